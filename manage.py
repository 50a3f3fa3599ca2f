#!/usr/bin/env python
"""Seatwise's command line; `manage.py demo` is the one to try first."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run one management command; `demo` brings its own settings profile with it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["demo"]:
        os.environ.setdefault("SEATWISE_PROFILE", "demo")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(_what_to_set(str(error)))


def _what_to_set(problem: str) -> str:
    """Return the problem in one line, with what helps where somebody has only ever started the demo."""
    line = " ".join(problem.split())
    if "SEATWISE_PROFILE" not in os.environ and (Path(__file__).parent / ".demo").is_dir():
        line += " To work on the demo's data instead, set SEATWISE_PROFILE=demo."
    return line


if __name__ == "__main__":
    main()
