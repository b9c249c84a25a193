"""The parts of `manage.py bench identity`, each run in a process of its own."""
