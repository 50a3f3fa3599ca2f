"""What tests do with phones at doors, as short words."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.actors import SYSTEM
from events.models import Event
from registrations.actions import Paired, begin_pairing, pair_device
from registrations.models import DoorDevice, EventRegistration
from sessions_app.models import Session

ASKING = {"X-Seatwise-Door": "1"}


def paired(event: Event, *sessions: Session, name: str = "Door 3", **more: Any) -> Paired:
    """A phone that was paired."""
    made = begin_pairing(event, name=name, sessions=sessions, actor=SYSTEM, **more)
    return pair_device(made.secret)


def device(event: Event, *sessions: Session, name: str = "Door 3", override: bool = False) -> DoorDevice:
    """A paired device, which may perhaps override."""
    made = paired(event, *sessions, name=name).device
    if override:
        made.may_override = True
        made.save()
    return made


def phone(found: Paired) -> Client:
    """The browser of a paired phone."""
    client = Client(headers=ASKING)
    client.cookies["seatwise_door"] = found.key
    return client


def scan(who: EventRegistration | str, moment: datetime | None = None, **more: Any) -> dict[str, Any]:
    """One scan as the page sends it."""
    of = {"code": who} if isinstance(who, str) else {"registration": str(who.uuid)}
    said = {"nonce": str(uuid.uuid4()), "scanned_at": (moment or timezone.now()).isoformat(), **of}
    return said | more


def send(client: Client, *scans: dict[str, Any], sent_at: datetime | None = None, waiting: int = 0) -> Any:
    """The phone sends its scans; the answer."""
    body = {"sent_at": (sent_at or timezone.now()).isoformat(), "waiting": waiting, "scans": list(scans)}
    return client.post(reverse("door_api_scans"), body, content_type="application/json")
