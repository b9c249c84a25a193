#!/usr/bin/env python
"""Runs the project's commands."""

import os
import sys

from integration.command_line import run

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration.settings")
    run(sys.argv)
