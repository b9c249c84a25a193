"""`python -m connectors.sandbox --scenario NAME --port N`."""

from connectors.sandbox.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
