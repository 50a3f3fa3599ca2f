"""The calendar's address read by programs people use: `uv run python -m tests.mail.calendars_for_real`.

vdirsyncer follows the address on a live server into a folder, khal prints the folder, and both must show the agenda:
over a clock change, after a move, after a cancellation, after a seat was given up. Both tools are fetched by `uvx`
into an environment of their own that is nobody else's; nothing of them is installed here. Ends with 1 where anything
is shown that is not so.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import django

ZONE = "Europe/Amsterdam"
# The clocks of Amsterdam go back at three in the morning of Sunday, 26 October 2031.
DAYS = ("2031-10-25", "3d")

VDIRSYNCER = """
[general]
status_path = "{folder}/status"
[pair agenda]
a = "there"
b = "here"
collections = null
[storage there]
type = "http"
url = "{address}"
[storage here]
type = "filesystem"
path = "{folder}/here"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[agenda]]
path = {folder}/here
[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""
# Of an entry: start, end, title, place, and whether it is cancelled.
LINE = "{start-long} {end-time} {title} @ {location} {status}"


class Reader:
    """Somebody's calendar program, told one address."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address
        (folder / "here").mkdir()
        (folder / "vdirsyncer.conf").write_text(VDIRSYNCER.format(folder=folder, address=address))
        (folder / "khal.conf").write_text(KHAL.format(folder=folder, zone=ZONE))
        self.vdirsyncer("discover")

    def vdirsyncer(self, *asked: str) -> str:
        """Run vdirsyncer; return what it says."""
        return _tool("vdirsyncer", "-c", str(self.folder / "vdirsyncer.conf"), *asked)

    def khal(self, *asked: str) -> str:
        """Run khal; return what it says."""
        return _tool("khal", "-c", str(self.folder / "khal.conf"), *asked)

    def read(self) -> tuple[set[str], int]:
        """What khal prints, and how many files vdirsyncer has, now."""
        self.vdirsyncer("sync")
        printed = self.khal("list", "--day-format", "", "--once", "--format", LINE, *DAYS)
        return {" ".join(line.split()) for line in printed.splitlines() if line.strip()}, self.files

    @property
    def files(self) -> int:
        return len([*(self.folder / "here").glob("*.ics")])


def _tool(name: str, *asked: str) -> str:
    home = {"HOME": str(Path(tempfile.gettempdir())), "TZ": ZONE, "LC_ALL": "C.UTF-8"}
    environment = {**os.environ, **home, "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", _cache())}
    asked_for = ["uvx", "--quiet", "--no-config", "--from", name, name, *asked]
    done = subprocess.run(
        asked_for, check=False, env=environment, capture_output=True, text=True, cwd=tempfile.gettempdir()
    )
    if done.returncode:
        raise SystemExit(f"{name} {' '.join(asked)}: {done.stdout}{done.stderr}")
    return done.stdout


def _cache() -> str:
    return subprocess.run(["uv", "cache", "dir"], capture_output=True, text=True, check=True).stdout.strip()


def expected(registration: Any) -> set[str]:
    """What a calendar has to show of the agenda, as khal prints it."""
    from registrations.models import SessionRegistration

    rows = SessionRegistration.objects.filter(event_registration=registration)
    lines = set()
    for seat in rows.select_related("session__event", "session__room", "session__building"):
        session = seat.session
        if seat.is_cancelled and not session.cancelled_at:
            continue
        start, end = (moment.astimezone(session.zone) for moment in (session.starts_at, session.ends_at))
        said = f"{start:%Y-%m-%d %H:%M} {end:%H:%M} {session.name} @ {session.room}, {session.building}"
        lines.add(f"{said} {'CANCELLED' if session.cancelled_at else 'CONFIRMED'}")
    return lines


def read_by_library(address: str) -> int:
    """How many entries the library `icalendar` reads at the address; each has an identity of its own."""
    import icalendar

    with urlopen(address) as answer:
        entries = icalendar.Calendar.from_ical(answer.read()).events
    assert len({str(entry["UID"]) for entry in entries}) == len(entries)
    return len(entries)


def serve() -> int:
    """Serve the site on a free port of 127.0.0.1 until this process ends; return the port."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    server = ThreadedWSGIServer(
        ("127.0.0.1", 0), type("Silent", (WSGIRequestHandler,), {"log_message": lambda *_said: None})
    )
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return int(server.server_port)


def main() -> int:
    """Tell the story; print a line for each step; return 1 where a program shows something that is not so."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(SEATWISE_PROFILE="demo", SEATWISE_DATA=f"{folder}/data")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        Path(f"{folder}/data").mkdir()
        # There are no collected styles, and nobody asks for any.
        warnings.simplefilter("ignore", UserWarning)
        django.setup()
        return _story(Path(folder))


def _story(folder: Path) -> int:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tests.mail.story_for_real import Story

    story = Story(datetime(2031, 10, 24, tzinfo=UTC))
    reader = Reader(folder, story.address_at(serve()))
    print(datetime.now(UTC).date(), reader.vdirsyncer("--version").strip(), reader.khal("--version").strip())
    wrong = 0
    for name, act in story.steps:
        act()
        printed, files = reader.read()
        wanted, read = expected(story.registration), read_by_library(reader.address)
        is_right = printed == wanted and files == read == len(wanted)
        wrong += not is_right
        print(f"{'ok   ' if is_right else 'WRONG'} {name}: {files} files, {read} by icalendar, khal prints:")
        print("".join(f"        {line}\n" for line in sorted(printed)), end="")
        if not is_right:
            print("".join(f"  want: {line}\n" for line in sorted(wanted)), end="")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
