"""The parts of `manage.py bench consent`."""
