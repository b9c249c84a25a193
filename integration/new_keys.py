"""`python -m integration.new_keys`: the secrets of a new desk, as lines for its environment."""

import sys

from integration.env import new_key

NAMES = ("SECRET_KEY", "SECRET_BOX_KEYS", "SUPPRESSION_KEY")


def main() -> int:
    for name in NAMES:
        sys.stdout.write(f"{name}={new_key(fernet=name == 'SECRET_BOX_KEYS')}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
