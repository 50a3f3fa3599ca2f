"""How events and sessions look in lists and headings of the desk, in the words of the panels."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from events import counted
from events.admin import words
from events.models import Event, SeatCount
from events.zones import left_to_right

Status = Event.PublishStatus
EVENT_CHIPS = {Status.LIVE: "live", Status.CANCELLED: "clash"}


def status_of_event(event: Event) -> SafeString:
    """Where the event stands."""
    status = Status(event.publish_status)
    return words.chip(status.label, EVENT_CHIPS.get(status, "muted"))


def fill(seats: SeatCount) -> SafeString:
    """Bar, `12/14`, `+2` when over, what is held and who waits."""
    limit: Any = "∞" if seats.capacity is None else seats.capacity
    shown = words.meter(seats) + format_html(' <span class="sw-num">{}/{}</span>', seats.taken, limit)
    if seats.past_capacity:
        title, over = words.taken_of(seats), f"+{seats.past_capacity}"
        shown += format_html(' <span class="sw-chip is-over" title="{}">{}</span>', title, over)
    beside = " · ".join(words.beside(seats))
    return format_html('<span class="sw-fill">{} <span class="sw-beside">{}</span></span>', shown, beside)


def time_span(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """`3 May 2031 09:00 – 5 May 2031 17:00`, in the zone."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    day = date_format(first, _("j M Y"))
    if first.date() == last.date():
        return f"{day} {left_to_right(f'{first:%H:%M}–{last:%H:%M}')}"
    return f"{day} {first:%H:%M} – {date_format(last, _('j M Y'))} {last:%H:%M}"


def people(registered: int, waiting: int) -> str:
    """How many people hang on something, in words."""
    return f"{counted.registered(registered)}, {counted.waiting(waiting)}"
