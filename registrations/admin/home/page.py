"""What the first page of the desk shows: decisions, events at hand with their seats, and today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, Q, Sum, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from events.admin import words
from events.admin.cells import fill, status_of_event, time_span
from events.admin.decisions import AtHand, decisions
from events.admin.scope import visible_events
from events.admin.verbs import change_url
from events.models import Event
from sessions_app.models import Session

# Somebody works on a few events; an administrator of hundreds sees the soonest.
MOST_EVENTS = 50
EVENTS_SHOWN = 8
TODAY_SHOWN = 12


@dataclass(frozen=True)
class SeatsTogether:
    """The seats of all sessions of an event, in the figures of a seat count.

    Together they may have room where one of them has none: what is past capacity is summed for itself.
    """

    capacity: int | None
    taken: int
    held: int
    waiting: int
    past_capacity: int
    hard_limit: None = None


@dataclass(frozen=True)
class EventRow:
    """One event at hand as the page shows it."""

    event: Event
    url: str
    when: str
    seats: SafeString
    status: SafeString


@dataclass(frozen=True)
class TodayRow:
    """One session that runs today."""

    session: Session
    url: str
    when: str
    place: str
    seats: SafeString
    chip: SafeString


def first_page(request: HttpRequest, at: datetime | None = None) -> dict[str, Any]:
    """The page's context; for whoever may see no event, nothing but that."""
    if not request.user.has_perm("events.view_event"):
        return {"events": None}
    hand = AtHand(request.user, at or timezone.now(), events_at_hand(request, at or timezone.now()))
    return {
        "events": _event_rows(hand),
        "more_events": max(0, len(hand.events) - EVENTS_SHOWN),
        "today": _today_rows(hand) if request.user.has_perm("sessions_app.view_session") else [],
        "decisions": decisions(hand),
    }


def events_at_hand(request: HttpRequest, at: datetime) -> list[Event]:
    """The events that are not over, of one's own and of one's teams first, then by time.

    Whoever sees every event is shown others' where none of their own lies ahead.
    """
    user = request.user
    ahead = (
        visible_events(request).filter(ends_at__gte=at, cancelled_at=None).select_related("seats", "building")
    )
    mine = ahead.filter(Q(created_by=user) | Q(team__user=user)).distinct().order_by("starts_at", "pk")
    return list(mine[:MOST_EVENTS]) or list(ahead.order_by("starts_at", "pk")[:MOST_EVENTS])


def _event_rows(hand: AtHand) -> list[EventRow]:
    shown = hand.events[:EVENTS_SHOWN]
    together = _seats_of_sessions(event for event in shown if event.allow_custom_agenda)
    return [
        EventRow(
            event,
            change_url(event),
            time_span(event.starts_at, event.ends_at, event.zone),
            fill(together.get(event.pk, event.seats)),
            status_of_event(event),
        )
        for event in shown
    ]


def _seats_of_sessions(events: Iterable[Event]) -> dict[int, Any]:
    """The seats of each event's sessions together."""
    rows = Session.objects.not_archived().filter(event__in=list(events), cancelled_at=None).order_by()
    past = F("seats__taken") - F("seats__capacity")
    over = Case(When(seats__taken__gt=F("seats__capacity"), then=past), default=0)
    sums = [Sum(f"seats__{name}") for name in ("capacity", "taken", "held", "waiting")]
    named = dict(zip(("capacity", "taken", "held", "waiting"), sums, strict=True))
    counted = rows.values_list("event_id").annotate(**named, past_capacity=Sum(over))
    return {event_id: SeatsTogether(*figures) for event_id, *figures in counted}


def _today_rows(hand: AtHand) -> list[TodayRow]:
    """What runs now or later today by each event's clock."""
    soon = Session.objects.not_archived().filter(
        event__in=hand.by_id,
        cancelled_at=None,
        ends_at__gt=hand.at,
        starts_at__lt=hand.at + timedelta(days=1),
    )
    rows = soon.select_related("seats", "room", "building").order_by("starts_at", "name", "pk")
    return [_today(hand, session) for session in rows[: 2 * TODAY_SHOWN] if _is_today(hand, session)][
        :TODAY_SHOWN
    ]


def _is_today(hand: AtHand, session: Session) -> bool:
    session.event = hand.by_id[session.event_id]
    return session.has_started(hand.at) or session.day == hand.at.astimezone(session.event.zone).date()


def _today(hand: AtHand, session: Session) -> TodayRow:
    runs = session.has_started(hand.at)
    chip = words.chip(_("Now"), "live") if runs else words.chip(_("Next"), "muted")
    place = str(session.room or session.building or "–")
    url = f"{change_url(session)}?tab=registration"
    return TodayRow(session, url, words.hours(session, session.event), place, fill(session.seats), chip)
