"""`python -m tests.api.on_test_database COMMAND …`: manage.py on the database that the running test uses."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run one management command there."""
    import django
    from django.conf import settings
    from django.core.management import execute_from_command_line

    settings.DATABASES["default"]["NAME"] = os.environ["SEATWISE_GUIDE_DATABASE"]
    django.setup()
    execute_from_command_line(["manage.py", *sys.argv[1:]])


if __name__ == "__main__":
    main()
