"""Advice on the Overview tab: what might be done, why, and one button that leads to its preview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Event
from registrations.admin.overview.base import Reading
from registrations.admin.overview.seats import percent
from registrations.admin.verbs import access
from registrations.queries.advice import Overbook, RaiseCapacity, Repeat, SwapRooms, advice_for

MOST_SHOWN = 8
CHANGE = "sessions_app.change_session"


@dataclass(frozen=True)
class Offer:
    """One piece of advice: what, why, and where its preview is. With `fields` the button sends them."""

    words: str
    reason: str
    button: str
    url: str
    fields: Sequence[tuple[str, Any]] = ()


def advice(request: HttpRequest, _model_admin: ModelAdmin, event: Event) -> SafeString:
    """What might be done about the longest lines; nothing for those who may not do it."""
    if not access.may(request.user, event, CHANGE):
        return SafeString("")
    reading = Reading.of(request, event)
    found = advice_for(event, reading.sessions, reading.at)
    context = {"offers": [offer(one, event) for one in found[:MOST_SHOWN]], "more": len(found[MOST_SHOWN:])}
    return render_to_string("admin/overview/advice.html", context, request)


@singledispatch
def offer(one: Any, event: Event) -> Offer:
    """A piece of advice in words, with its button."""
    raise NotImplementedError(type(one))


def _waiting(number: int) -> str:
    return ngettext("%(n)d waits", "%(n)d wait", number) % {"n": number}


def _capacity_fields(event: Event, session_id: int, to: int) -> tuple[str, list[tuple[str, Any]]]:
    """The address and fields of the panel's own verb, which shows first what the number does."""
    url = reverse("admin:panel_verb", args=["event", event.pk, "event_sessions", "set_capacity"])
    back = f"{reverse('admin:events_event_change', args=[event.pk])}?tab=overview"
    return url, [
        ("row", session_id),
        ("capacity", to),
        ("confirmed", "1"),
        ("parameters", ""),
        ("back", back),
    ]


@offer.register
def _raise(one: RaiseCapacity, event: Event) -> Offer:
    row = one.session
    url, fields = _capacity_fields(event, row.pk, one.to)
    reason = _("%(waiting)s; the capacity is %(now)d, and %(fits)d fit into %(room)s.")
    said = {
        "waiting": _waiting(row.waiting),
        "now": row.capacity,
        "fits": one.to,
        "room": row.room or _("the place"),
    }
    words = _("Raise “%(name)s” to %(to)d seats") % {"name": row.name, "to": one.to}
    return Offer(words, reason % said, _("See what it does"), url, fields)


@offer.register
def _swap(one: SwapRooms, event: Event) -> Offer:
    row, other = one.session, one.other
    reason = _(
        "%(waiting)s for %(room)s (%(fits)d seats); “%(other)s” has %(taken)d people in %(there)s (%(larger)d)."
    )
    said = {
        "waiting": _waiting(row.waiting),
        "room": row.room,
        "fits": row.fits,
        "other": other.name,
        "taken": other.taken,
        "there": other.room,
        "larger": other.fits,
    }
    words = _("Swap the rooms of “%(name)s” and “%(other)s”") % {"name": row.name, "other": other.name}
    back = f"{reverse('admin:events_event_change', args=[event.pk])}?tab=overview"
    url = reverse("admin:swap_rooms", args=["session", row.pk, other.pk])
    return Offer(words, reason % said, _("See what it does"), f"{url}?{urlencode({'back': back})}")


@offer.register
def _repeat(one: Repeat, event: Event) -> Offer:
    row, (begins, ends) = one.session, one.span
    first, last = begins.astimezone(event.zone), ends.astimezone(event.zone)
    when = f"{date_format(first, _('D j M'))} {first:%H:%M}"
    reason = _("%(waiting)s, and %(free)d of them are free then. %(room)s is free, and so are the speakers.")
    said = {"waiting": _waiting(row.waiting), "free": one.can_come, "room": one.room}
    typed: dict[str, Any] = {
        "event": event.pk,
        "name": row.name,
        "date": first.date().isoformat(),
        "start_time": f"{first:%H:%M}",
        "end_time": f"{last:%H:%M}",
        "room": one.room_id,
        "capacity": "" if one.fits is None else one.fits,
    }
    url = f"{reverse('admin:sessions_app_session_add')}?{urlencode(typed)}"
    words = _("Repeat “%(name)s” on %(when)s in %(room)s") % {
        "name": row.name,
        "when": when,
        "room": one.room,
    }
    return Offer(words, reason % said, _("Look at the new session"), url)


@offer.register
def _overbook(one: Overbook, event: Event) -> Offer:
    row = one.session
    url, fields = _capacity_fields(event, row.pk, one.to)
    reason = _(
        "%(waiting)s, and %(rate)s of those with a seat came so far: %(now)d seats would be filled by %(to)d."
    )
    said = {"waiting": _waiting(row.waiting), "rate": percent(one.rate), "now": row.capacity, "to": one.to}
    words = _("Overbook “%(name)s” to %(to)d seats") % {"name": row.name, "to": one.to}
    return Offer(words, reason % said, _("See what it does"), url, fields)
