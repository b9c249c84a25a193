"""`python -m integration.demo [start|reset]`, as `make demo` and `make demo-reset` call it."""

import sys

from integration.demo import plan, reset, start


def main(words: list[str]) -> int:
    try:
        match words:
            case [] | ["start"]:
                return start.run(plan.from_environment())
            case ["reset"]:
                return reset.run(plan.from_environment())
    except plan.NoPort as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    sys.stderr.write("Say start or reset.\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
