"""Examples of what is about many sessions or people: agendas, batches, files of people, ledgers."""

from __future__ import annotations

from typing import Any

_LINE = {"session_id": 12345, "outcome": "registered", "detail": "You have a seat"}
_WAITING = {
    "session_id": 12345,
    "outcome": "waitlisted",
    "detail": "You are number 1 in line.",
    "position": 1,
}
_ROW = {
    "status": 201,
    "secure_id": "5b3f6ac2-6d2e-4e5e-9d5e-0a7f4f4f2a11",
    "registration_status": "confirmed",
    "applied": True,
}
_IMPORT: dict[str, Any] = {
    "id": 12,
    "event_id": 67890,
    "session_id": 12345,
    "file_name": "people.csv",
    "encoding": "UTF-8",
    "kind": "add",
    "policy": "wait",
    "validate_only": 0,
    "send_email": 1,
    "reason": "",
    "columns": [{"heading": "Email", "means": "email"}, {"heading": "Name", "means": "full_name"}],
    "status": "running",
    "total": 1,
    "done": 0,
    "counts": {},
    "owed": [],
    "same_file_as": None,
    "failure": "",
    "created_at": "2026-11-20T09:00:00Z",
    "finished_at": None,
    "undone_at": None,
}
MANY: dict[str, Any] = {
    "BatchRequest": {
        "event_id": 67890,
        "waitlist": 1,
        "registrants": [
            {"email": "bob@example.org", "first_name": "Bob", "last_name": "Baker", "session_ids": [12345]},
            {"email": "carol@example.org", "first_name": "Carol", "session_ids": [12345]},
        ],
    },
    "BatchAnswer": {
        "validate_only": False,
        "applied": True,
        "counts": {"registered": 1, "waitlisted": 1},
        "owed": [],
        "rows": [
            {"index": 0, "code": "registered", "id": 501, **_ROW, "lines": [_LINE]},
            {"index": 1, "code": "waitlisted", "id": 502, **_ROW, "lines": [_WAITING]},
        ],
    },
    "Import": _IMPORT,
    "ImportRequest": {
        "file": "Email;Name\nbob@example.org;Bob Baker\n",
        "event_id": 67890,
        "session_id": 12345,
        "policy": "wait",
    },
    "ImportRow": {
        "id": 7,
        "row": 1,
        "line": 2,
        "email": "bob@example.org",
        "code": "registered",
        "detail": "Registered",
        "done": 1,
        "registrant_id": 501,
        "order_id": None,
        "undo": "",
        "cells": ["bob@example.org", "Bob Baker"],
    },
    "AgendaRequest": {"add": [12346], "drop": [12345], "mode": "all_or_nothing"},
    "AgendaAnswer": {
        "applied": True,
        "lines": [{**_LINE, "session_id": 12346}, {**_LINE, "outcome": "dropped", "detail": "Given up"}],
    },
    "SessionRegistration": {
        "id": 9001,
        "event_id": 67890,
        "session_id": 12345,
        "registrant_id": 501,
        "contact_id": 77,
        "email": "bob@example.org",
        "first_name": "Bob",
        "last_name": "Baker",
        "status": "registered",
        "source": "staff",
        "registered_by": "ada@example.org",
        "past_capacity": True,
        "reason": "Speaker's guest",
        "registered_at": "2026-11-20T09:00:00Z",
        "cancelled_at": None,
        "cancelled_by": None,
        "cancel_reason": "",
        "no_show": False,
        "no_show_at": None,
    },
    "LedgerLine": {
        "id": 48211,
        "seq": 48211,
        "at": "2026-11-20T09:00:00Z",
        "verb": "added_past_capacity",
        "detail": "Added past capacity",
        "event_id": 67890,
        "session_id": 12345,
        "by": "ada@example.org",
        "reason": "Speaker's guest",
        "seats_taken": 1,
        "seats_held": 0,
        "waiting": 0,
    },
}
