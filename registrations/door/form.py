"""The door without scripts: a form for a typed code or name, which answers as a page."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from events.searching import with_words
from registrations import door_codes
from registrations.actions import merge_scans
from registrations.door.devices import for_device
from registrations.door.short import IN, word_of
from registrations.models import DoorDevice, EventRegistration
from registrations.queries.doors import sessions_at
from registrations.rules.scans import Scan, Verdict

MOST_FOUND = 20


@dataclass
class Asked:
    """What the form says: who stands there, at which door, and whether to let them in all the same."""

    nonce: uuid.UUID
    door: uuid.UUID | None
    typed: str
    registration: uuid.UUID | None
    reason: str

    @classmethod
    def by(cls, sent: Any) -> Asked:
        """Return what was sent; whatever cannot be read counts as not given."""
        return cls(
            nonce=_uuid(sent.get("nonce")) or uuid.uuid4(),
            door=_uuid(sent.get("door")),
            typed=sent.get("typed", "").strip(),
            registration=_uuid(sent.get("registration")),
            reason=sent.get("reason", "").strip()[:200],
        )


@for_device
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, device: DoorDevice) -> HttpResponse:
    """Ask for a code or name (GET); say whether that person may come in, and if so note it (POST)."""
    asked = Asked.by(request.POST if request.method == "POST" else request.GET)
    page = {"device": device, "sessions": sessions_at(device), "asked": asked, "nonce": uuid.uuid4()}
    if request.method == "POST":
        page |= _answer(device, asked)
    return render(request, "door/form.html", page)


def _answer(device: DoorDevice, asked: Asked) -> dict[str, Any]:
    if asked.registration is None and not door_codes.read(asked.typed):
        found = _named(device, asked.typed)
        if len(found) != 1:
            return {"found": found, "outcome": "" if found else "unknown_code"}
        asked.registration = found[0].uuid
    verdict = _scan(device, asked)
    outcome, person = str(verdict.outcome), verdict.registration
    return {
        "outcome": outcome,
        "word": word_of(outcome),
        "person": person,
        "verdict": verdict,
        "is_refused": outcome not in IN and person is not None,
    }


def _scan(device: DoorDevice, asked: Asked) -> Verdict:
    scan = Scan(
        # Sent again by a reload, it is the same scan and has the same answer.
        nonce=asked.nonce,
        scanned_at=timezone.now(),
        door=asked.door,
        code="" if asked.registration else asked.typed[: door_codes.LONGEST],
        registration=asked.registration,
        override=bool(asked.reason),
        reason=asked.reason,
    )
    return merge_scans(device, [scan]).verdicts[0]


def _named(device: DoorDevice, typed: str) -> list[EventRegistration]:
    if not typed:
        return []
    rows = EventRegistration.objects.active().filter(event=device.event_id).select_related("contact")
    columns = ("first_name", "last_name", "contact__first_name", "contact__last_name")
    return list(with_words(rows, typed, columns).order_by("last_name", "first_name", "id")[:MOST_FOUND])


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
