"""`python -m tests.soak.shifted COMMAND …`: manage.py on a machine whose clock is wrong.

By so many seconds as the variable says; how long something takes is measured as ever.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta

import time_machine

SHIFT = "SOAK_CLOCK_IS_AHEAD_BY"


def main() -> None:
    """Run the command there."""
    from django.core.management import execute_from_command_line

    ahead = timedelta(seconds=float(os.environ[SHIFT]))
    with time_machine.travel(datetime.now(UTC) + ahead, tick=True):
        execute_from_command_line(["manage.py", *sys.argv[1:]])


if __name__ == "__main__":
    main()
