"""The door code in a mail: to be typed, and as a picture that comes along, since mail programs draw no SVG."""

from __future__ import annotations

from email.mime.image import MIMEImage
from typing import Any

from registrations import actions, door_codes
from registrations.mail.facts import MailFacts
from registrations.models import Notification

Kind = Notification.Kind
# What confirms a registration, brings its new link, or comes just before the door.
WITH_CODE = frozenset({Kind.REGISTERED, Kind.PROMOTED, Kind.DRAWN, Kind.LINK_REQUESTED, Kind.REMINDER})
FILE_NAME = "door-code.png"


def door_code(facts: MailFacts, message_id: str) -> dict[str, Any]:
    """What a mail of this kind says of the door code; nothing where there is no door, or no seat at the event.

    A mail that is only looked at makes no code: it shows the one that there is.
    """
    registration = facts.standing.registration
    if facts.notification.kind not in WITH_CODE or registration is None:
        return {}
    if not registration.is_expected_at_a_door:
        return {}
    code = actions.door_code_of(registration) if facts.checked else registration.door_code
    if not code:
        return {}
    name = f"door.{message_id.strip('<>')}"
    return {"door_code": code, "door_code_said": door_codes.said(code), "door_picture": name}


def picture(said: dict[str, Any]) -> MIMEImage:
    """The QR code as a part of the mail, shown where the HTML names it."""
    part = MIMEImage(door_codes.qr_png(said["door_code"]), "png")
    part.add_header("Content-ID", f"<{said['door_picture']}>")
    part.add_header("Content-Disposition", "inline", filename=FILE_NAME)
    return part
