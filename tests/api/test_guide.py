"""README's guide to the API: the commands that it prints are run, so that it cannot rot."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as used
from django.db import connection

from registrations.models import Activity, SessionRegistration
from sessions_app.models import Session
from tests.factories import EventFactory

ROOT = Path(__file__).parent.parent.parent
# README says `uv run manage.py`; here it has to find the test's database.
UV = """#!/bin/sh
[ "$1 $2" = "run manage.py" ] || exit 64
shift 2
exec "{python}" -m tests.api.on_test_database "$@"
"""


def commands() -> str:
    """The shell lines of the guide."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    guide = text.partition("## REST API in ten minutes")[2].partition("\n## ")[0]
    return "\n".join(re.findall(r"```sh\n(.*?)```", guide, re.S))


def run(site: str, folder: Path) -> list[str]:
    """Run them against this address; return the lines they print."""
    shim = folder / "uv"
    shim.write_text(UV.format(python=sys.executable))
    shim.chmod(0o755)
    script = commands()
    assert script.count("http://127.0.0.1:8000") == 1
    environment = {
        **os.environ,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "SEATWISE_GUIDE_DATABASE": str(connection.settings_dict["NAME"]),
    }
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace("http://127.0.0.1:8000", site)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2_000:]
    return [line for line in ended.stdout.splitlines() if line]


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="needs curl and bash")
@pytest.mark.django_db(transaction=True)
def test_guide_does_what_it_says(live_server, settings, tmp_path):
    # The command hashes its secret as in production, not in the tests' quick way.
    settings.PASSWORD_HASHERS = [*used.PASSWORD_HASHERS, "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    EventFactory(slug="harbour-conf")
    bob, tried, added, shown = map(json.loads, run(live_server.url, tmp_path))
    session = Session.objects.get(name="Knots at dawn")
    assert (bob["registration_status"], bob["session_ids"]) == ("confirmed", [session.pk])
    assert (tried["code"], tried["lines"][0]["outcome"]) == ("full", "full")
    assert added["lines"][0]["outcome"] == "registered"
    assert shown == {
        "id": session.pk,
        "name": "Knots at dawn",
        "capacity": 1,
        "seats_taken": 2,
        "past_capacity": 1,
    }
    (carol,) = SessionRegistration.objects.filter(is_past_capacity=True)
    assert (carol.contact.email, carol.reason) == ("carol@example.org", "Speaker's guest")
    assert set(Activity.objects.filter(session=session).values_list("actor", flat=True)) == {"My script"}
