"""How the desk says seats and times: the same words in every panel, message and file."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from events import counted
from events.models import Event, SeatCount
from events.zones import hours_in_words
from sessions_app.models import Session

ONE_WEEK = timedelta(days=7)
METER_WIDTH = 64


def taken_of(seats: SeatCount) -> str:
    """Say "11 of 10, 1 past capacity", or "11 registered" where there is no limit."""
    if seats.capacity is None:
        return counted.registered(seats.taken)
    words = _("%(taken)d of %(capacity)d") % {"taken": seats.taken, "capacity": seats.capacity}
    if seats.past_capacity:
        words += ", " + counted.past_capacity(seats.past_capacity)
    return words


def beside(seats: SeatCount) -> list[str]:
    """Say the hard limit, what is held and who waits, each only where there is something to say."""
    said = []
    if seats.hard_limit is not None:
        said.append(_("hard limit %(limit)d") % {"limit": seats.hard_limit})
    if seats.held:
        said.append(counted.held(seats.held))
    if seats.waiting:
        said.append(counted.waiting(seats.waiting))
    return said


def summary_of(seats: SeatCount) -> str:
    """Say everything about a seat count in one line."""
    said = [taken_of(seats)]
    if seats.available:
        said.append(counted.free(seats.available))
    return " · ".join([*said, *beside(seats)])


def meter(seats: SeatCount) -> SafeString:
    """Draw how full it is; the words beside it say the same."""
    if not seats.capacity:
        return SafeString("")
    taken = min(METER_WIDTH, round(METER_WIDTH * seats.taken / seats.capacity))
    held = min(METER_WIDTH - taken, round(METER_WIDTH * seats.held / seats.capacity))
    return format_html(
        '<svg class="panel-meter{}" viewBox="0 0 {} 8" width="{}" height="8" aria-hidden="true">'
        '<rect class="ground" width="{}" height="8" rx="2"/><rect class="taken" width="{}" height="8" rx="2"/>'
        '<rect class="held" x="{}" width="{}" height="8" rx="2"/></svg>',
        " is-over" if seats.past_capacity else "",
        METER_WIDTH,
        METER_WIDTH,
        METER_WIDTH,
        taken,
        taken,
        held,
    )


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    """Say a moment as the event's clocks show it."""
    return date_format(at.astimezone(zone), _("D j M Y, H:i")) if at else ""


def hours(session: Session, event: Event) -> str:
    """Say "Sat 10:00–11:00" by the event's clock, with the date where the event is longer than a week."""
    if session.starts_at is None or session.ends_at is None:
        return date_format(session.date, _("D j M")) + ", " + _("no time yet")
    day = "D" if event.ends_at - event.starts_at <= ONE_WEEK else _("D j M")
    zone = ZoneInfo(session.own_timezone or event.timezone)
    said = hours_in_words(session.starts_at, session.ends_at, event.zone, zone)
    return f"{date_format(session.starts_at.astimezone(event.zone), day)} {said}"


def in_draw(seats: SeatCount, event: Event) -> str:
    """Say that a draw gives the seats, and until when wishes are said; empty where none does."""
    if seats.draw_closes_at is None:
        return ""
    return _("in the draw, wishes until %(when)s") % {"when": moment(seats.draw_closes_at, event.zone)}


def chip(words: object, kind: str) -> SafeString:
    """Return a small label; `kind` is one of the status words of the style sheet."""
    return format_html('<span class="sw-chip is-{}">{}</span>', kind, words)


def beside_one_another(*parts: SafeString) -> SafeString:
    """Return the parts beside one another, empty ones left out."""
    return format_html_join(" ", "{}", ((part,) for part in parts if part))


def lines(*parts: object) -> SafeString:
    """Return the parts as small lines under one another, empty ones left out."""
    said = SafeString("")
    for part in parts:
        if part:
            said += format_html('<span class="panel-line">{}</span>', part)
    return said


def name_and_address(name: str, email: str) -> SafeString:
    """Return a person's name over their address."""
    return format_html(
        '<span class="panel-name">{}</span> <span class="panel-line">{}</span>', name or email, email
    )
