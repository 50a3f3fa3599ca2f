#!/usr/bin/env python
"""Seatwise's command line; `manage.py demo` is the one to try first."""

import os
import sys


def main() -> None:
    """Run one management command; `demo` brings its own settings profile with it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["demo"]:
        os.environ.setdefault("SEATWISE_PROFILE", "demo")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
