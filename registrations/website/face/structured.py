"""Events and sessions as schema.org describes them, for search engines that show dates, places and free seats."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from events.models import Event, Pass
from registrations.models import Activity
from registrations.website.face.sharing import Shared, absolute
from sessions_app.models import Session

_SCHEMA = "https://schema.org/"
_ATTENDANCE = {
    "on_site": "OfflineEventAttendanceMode",
    "webinar": "OnlineEventAttendanceMode",
    "hybrid": "MixedEventAttendanceMode",
}
# What an event's one button says, as a shop would.
_AVAILABILITY = {"full": "SoldOut", "wait": "SoldOut", "early": "PreOrder"}
_ESCAPES = {
    ord("<"): "\\u003c",
    ord(">"): "\\u003e",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


def event_data(event: Event, shared: Shared, state: str, passes: Iterable[Pass] = ()) -> dict[str, Any]:
    """A live or cancelled event. What it costs and whether it may be had is what its page says, by `state`."""
    return {
        "@context": "https://schema.org",
        **_facts(event, shared),
        "startDate": event.starts_at.astimezone(event.zone).isoformat(),
        "endDate": event.ends_at.astimezone(event.zone).isoformat(),
        "eventStatus": _SCHEMA + ("EventCancelled" if event.cancelled_at else "EventScheduled"),
        **_offers(event, shared, state, list(passes)),
    }


def session_data(session: Session, shared: Shared, available: int | None) -> dict[str, Any] | None:
    """A live session as a part of its event; None while it has no time, without which it is no event to them.

    `available` is how many seats a newcomer may take, None for any number.
    """
    if not (session.starts_at and session.ends_at):
        return None
    event = session.event
    has_seat = available is None or available > 0
    return {
        "@context": "https://schema.org",
        **_facts(session, shared),
        "name": session.name,
        "startDate": session.starts_at.astimezone(session.zone).isoformat(),
        "endDate": session.ends_at.astimezone(session.zone).isoformat(),
        **_status(session),
        "performer": [{"@type": "Person", "name": speaker.name} for speaker in session.speakers.all()],
        "superEvent": {
            "@type": "Event",
            "name": event.name,
            "url": absolute(reverse("event_page", args=[event.slug])),
            "startDate": event.starts_at.astimezone(event.zone).isoformat(),
            "location": _location(event, shared),
        },
        **({} if has_seat else {"remainingAttendeeCapacity": 0}),
    }


def _status(session: Session) -> dict[str, str]:
    """Whether it takes place as it was first announced, else when it was to begin before it was moved last."""
    if session.calendar_sequence:
        moves = Activity.objects.filter(session=session, verb=Activity.Verb.MOVED).order_by("-pk")
        before = (moves.values_list("detail", flat=True).first() or {}).get("before", {}).get("starts_at")
        if before and session.starts_at and before != session.starts_at.isoformat():
            return {"eventStatus": f"{_SCHEMA}EventRescheduled", "previousStartDate": before}
    return {"eventStatus": f"{_SCHEMA}EventScheduled"}


def as_script(data: dict[str, Any]) -> SafeString:
    """The facts as an element of the page: data that no browser runs, and no text in it can end it."""
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', SafeString(text))  # nosec B703 # escaped above


def _facts(of: Event | Session, shared: Shared) -> dict[str, Any]:
    return {
        "@type": "Event",
        "name": of.name,
        "description": shared.description,
        "url": shared.url,
        "image": [shared.picture],
        "inLanguage": get_language(),
        "eventAttendanceMode": _SCHEMA + _ATTENDANCE[of.format],
        "location": _location(of, shared),
    }


def _location(of: Any, shared: Shared) -> Any:
    """Where it is: the building, the page on which one takes part, or both."""
    online = {"@type": "VirtualLocation", "url": shared.url}
    building = of.building or getattr(of, "event", of).building
    if of.format == Event.Format.WEBINAR:
        return online
    place = {"@type": "Place", "name": building.name if building else of.name}
    if building and building.address:
        place["address"] = building.address
    return [place, online] if of.format == Event.Format.HYBRID else place


def _offers(event: Event, shared: Shared, state: str, passes: list[Pass]) -> dict[str, Any]:
    """What it costs; nothing once nobody can register any more."""
    if event.cancelled_at or state == "closed":
        return {}
    availability = _SCHEMA + _AVAILABILITY.get(state, "InStock")
    offer = {"@type": "Offer", "url": shared.url, "availability": availability}
    if event.registration_opens_at:
        offer["validFrom"] = event.registration_opens_at.astimezone(event.zone).isoformat()
    if not passes:
        return {"isAccessibleForFree": True, "offers": offer | {"price": "0", "priceCurrency": "EUR"}}
    return {"offers": [_offer_of(each, offer) for each in passes if each.can_be_paid]}


def _offer_of(each: Pass, offer: dict[str, Any]) -> dict[str, Any]:
    own = {"name": each.name, "price": str(each.price), "priceCurrency": each.currency}
    if each.on_sale_from:
        own["validFrom"] = each.on_sale_from.isoformat()
    if not each.seats.has_seat_for_newcomer:
        own["availability"] = f"{_SCHEMA}SoldOut"
    return offer | own
