"""What the door's page sends, read forgivingly: one scan that nobody can read stops none of the others."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.errors import Invalid, Refusal
from registrations.models import DoorDevice
from registrations.queries.doors import sessions_at
from registrations.rules.scans import MOST_AT_ONCE, Answer, Kind, Scan
from sessions_app.models import Session


class NotThisDoor(Refusal):
    """The device does not stand there, or there is no such door any more."""

    code = "not_this_door"
    status = 404
    default_message = gettext_lazy("This phone does not stand at that door. Choose another one.")


def door_in(device: DoorDevice, text: str) -> Session | None:
    """Return the session at whose door the device stands, None for the event's own. Raises NotThisDoor."""
    if not text and not device.is_limited:
        return None
    named = _uuid(text)
    found = sessions_at(device).filter(uuid=named).select_related("seats").first() if named else None
    if found is None:
        raise NotThisDoor
    return found


def body_of(request: HttpRequest) -> dict[str, Any]:
    """Return what was sent. Raises Invalid for what is no JSON object."""
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Invalid(_("This is no JSON object."))
    return body


def scans_in(body: dict[str, Any]) -> tuple[list[Scan], datetime | None, list[dict[str, Any]]]:
    """Return the scans, the phone's time of sending, and the answers to those that nobody can read.

    Raises Invalid for more than may be sent at once.
    """
    sent = body.get("scans")
    if not isinstance(sent, list):
        raise Invalid(fields={"scans": [_("Give a list.")]})
    if len(sent) > MOST_AT_ONCE:
        words = _("Send at most %(most)s scans at once.") % {"most": MOST_AT_ONCE}
        raise Invalid(words, fields={"scans": [words]})
    sent_at = _moment(body.get("sent_at"))
    found, unreadable = [], []
    for each in sent:
        scan = _scan(each, sent_at or timezone.now()) if isinstance(each, dict) else None
        if scan is not None:
            found.append(scan)
        else:
            nonce = each.get("nonce") if isinstance(each, dict) else None
            word = Answer.UNREADABLE
            unreadable.append({"nonce": nonce, "outcome": word.value, "words": str(word.label)})
    return found, sent_at, unreadable


def _scan(said: dict[str, Any], sent_at: datetime) -> Scan | None:
    nonce, kind, door = _uuid(said.get("nonce")), said.get("kind", "in"), said.get("door")
    if nonce is None or kind not in Kind.values or (door and _uuid(door) is None):
        return None
    return Scan(
        nonce,
        _moment(said.get("scanned_at")) or sent_at,
        Kind(kind),
        _uuid(door),
        _text(said.get("code")),
        _uuid(said.get("registration")),
        _uuid(said.get("of")),
        offline=said.get("offline") is True,
        admitted=said.get("admitted") is True,
        override=said.get("override") is True,
        reason=_text(said.get("reason")),
        standby=said.get("standby") is True,
        not_here=_uuids(said.get("not_here")),
    )


def _uuids(said: Any) -> tuple[uuid.UUID, ...]:
    found = [_uuid(each) for each in said[:MOST_AT_ONCE]] if isinstance(said, list) else []
    return tuple(each for each in found if each is not None)


def _uuid(said: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(said) if isinstance(said, str) else None
    except ValueError:
        return None


def _text(said: Any) -> str:
    return said if isinstance(said, str) else ""


def _moment(said: Any) -> datetime | None:
    """A moment with its zone; None for anything else."""
    try:
        found = parse_datetime(said) if isinstance(said, str) else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None
