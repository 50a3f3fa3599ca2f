"""`manage.py` in a process of its own, on the database of the running test.

`python -m tests.worker.process COMMAND …` is that process; `running(…)` starts it and ends it.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

NAME, MORE = "SEATWISE_TEST_DATABASE_NAME", "SEATWISE_TEST_SETTINGS"
SECONDS = 60


def main() -> None:
    """Run one management command there, with the settings that the test gives."""
    import django
    from django.conf import settings
    from django.core.management import execute_from_command_line

    settings.DATABASES["default"]["NAME"] = os.environ[NAME]
    for name, value in json.loads(os.environ[MORE]).items():
        setattr(settings, name, value)
    django.setup()
    execute_from_command_line(["manage.py", *sys.argv[1:]])


@contextlib.contextmanager
def running(log: Path, *command: str, **settings: object) -> Iterator[subprocess.Popen[bytes]]:
    """The command as a process whose words go to `log`; it does not outlive the block."""
    from django.conf import settings as ours
    from django.db import connection

    environment = {NAME: str(connection.settings_dict["NAME"]), MORE: json.dumps(settings)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.worker.process", *command],
            env=os.environ | environment,
            cwd=ours.BASE_DIR,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(10)


def until(holds: Callable[[], object], *, seconds: float = SECONDS, why: Callable[[], str] = str) -> float:
    """Wait until it holds; return how long that took. Fails when it does not within the time."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds, why() or "it did not come true in time"
        time.sleep(0.05)
    return time.monotonic() - begun


if __name__ == "__main__":
    main()
