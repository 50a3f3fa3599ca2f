"""What is given to schemathesis, and what it says of it.

Its world: rows of each kind with low ids, so many that deleting some leaves others.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import connection

from registrations.actions import submit_agenda
from registrations.actions.sending.webhooks import create_webhook
from registrations.rules.people import Attendee
from registrations.webhooks import plan
from tests.api.conftest import make_api_client, make_token
from tests.factories import (
    EventFactory,
    PassFactory,
    RoomFactory,
    SessionFactory,
    SessionTrackFactory,
    SpeakerFactory,
)

HERE = Path(__file__).parent
HOOKS = {"SCHEMATHESIS_HOOKS": "tests.api.fuzzing_hooks", "PYTHONPATH": str(HERE.parent.parent)}
EVENTS = 20
SCOPES = "read write override"


def make_world() -> str:
    """Make it, and return a token that may do everything in it."""
    _begin_at_one()
    client = make_api_client("Fuzz", SCOPES)
    events = [EventFactory(waitlist_enabled=True, auto_register_waitlisted=n % 2 == 0) for n in range(EVENTS)]
    for number, event in enumerate(events):
        large, small = SessionFactory(event=event, capacity=3), SessionFactory(event=event, capacity=1)
        SpeakerFactory(event=event)
        SessionTrackFactory(event=event)
        RoomFactory()
        if number < 5:
            create_webhook(client, "https://93.184.216.34/x", ["session_registration.created"])
        for guest in ("a", "b"):
            who = Attendee(f"{guest}{number}@example.org", guest.upper(), "Guest")
            submit_agenda(event, who, [large, small], wait=True)
    PassFactory.create_batch(3)
    plan()
    return make_token(client, SCOPES, minutes=120)


def _begin_at_one() -> None:
    """The database may have seen other tests; what is fuzzed should have the ids of schemathesis.toml."""
    tables = [
        "events_event",
        "events_room",
        "events_pass",
        "sessions_app_session",
        "sessions_app_speaker",
        "sessions_app_sessiontrack",
        "registrations_eventregistration",
        "registrations_webhook",
        "registrations_webhookdelivery",
        "waitlists_waitlistitem",
    ]
    with connection.cursor() as cursor:
        for table in tables:
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {table} ALTER COLUMN id RESTART WITH 1")
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])


def for_chains(description: dict[str, Any]) -> dict[str, Any]:
    """The description without what makes a row made in one step rightly be gone in another.

    An answer kept under an Idempotency-Key names rows that were deleted since, and an event that is deleted takes
    its speakers and sessions with it. Both are as they should be, and have tests of their own.
    """
    # A row of a batch that cannot be is refused in its own verdict, and the whole answered with 200.
    del description["paths"]["/api/v1/registrants/batch"]
    del description["paths"]["/api/v1/events/{id}"]["delete"]
    for methods in description["paths"].values():
        for operation in methods.values():
            kept = [each for each in operation.get("parameters", []) if each["name"] != "Idempotency-Key"]
            operation["parameters"] = kept
    return description


def fuzz(
    url: str,
    token: str,
    described: dict[str, Any],
    folder: Path,
    *arguments: str,
    seed: int,
    seconds: float,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run schemathesis, so many seconds at most; return what it said."""
    path = folder / "openapi.json"
    path.write_text(json.dumps(described))
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml")]
    command += ["run", str(path), "--url", url, "--header", f"Authorization: Bearer {token}"]
    command += ["--checks", "all", "--continue-on-failure", "--seed", str(seed), *arguments]
    ended = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        env={**os.environ, "COLUMNS": "120", **HOOKS, **(environment or {})},
    )
    return ended.stdout + ended.stderr


def outcome(said: str) -> tuple[int, str]:
    """How many requests were made, and what was wrong with them."""
    made = re.search(r"(\d[\d,]*) generated, ([^\n]*)", said)
    assert made, said[-3_000:]
    shown = said[said.find("= FAILURES =") :][:20_000] if "FAILURES" in said else said[-3_000:]
    is_clean = made[2].endswith("passed") and "found" not in made[2]
    return int(made[1].replace(",", "")), "" if is_clean else shown
