"""The parts of `manage.py bench payouts`."""
