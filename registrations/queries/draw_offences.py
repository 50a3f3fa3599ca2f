"""Whether what is stored of draws agrees: windows on seat counts, files and their hashes, seats and the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q, QuerySet

from events.models import SeatCount
from registrations.draw import snake
from registrations.models import Activity, Draw, DrawSession, TicketHolder
from registrations.queries.counters import Scope
from registrations.queries.offences import Offence

Verb = Activity.Verb


def wrong_draws(scope: Scope) -> Iterator[Offence]:
    """Every contradiction of the draws in scope; where there is none, one query says so."""
    draws = list(_of_event(Draw.objects.without_file(), scope, "event"))
    yield from _strange_windows(scope)
    if not draws:
        return
    yield from _states_of_sessions(scope)
    for draw in draws:
        yield from _changed_files(draw)
    yield from _seats_without_trace(scope, {draw.pk: draw for draw in draws})


def _of_event(rows: QuerySet[Any], scope: Scope, path: str) -> QuerySet[Any]:
    return rows if scope.event_id is None else rows.filter(**{path: scope.event_id})


def _strange_windows(scope: Scope) -> Iterator[Offence]:
    """Seats that say a draw has them which has not."""
    running = DrawSession.objects.filter(is_running=True, draw__state__in=Draw.RUNNING)
    kept = running.values("session__seats")
    rows = _of_event(SeatCount.objects.exclude(draw_opens_at=None), scope, "event")
    for seats_id in rows.exclude(pk__in=kept).order_by("pk").values_list("pk", flat=True):
        yield Offence(
            "draw_window", scope.name(seats_id), "its seats are kept for a draw that is not running"
        )


def _states_of_sessions(scope: Scope) -> Iterator[Offence]:
    """Sessions that a running draw has lost, and those that one which is over still has."""
    window = Q(session__seats__draw_opens_at=F("draw__opens_at"))
    window &= Q(session__seats__draw_closes_at=F("draw__closes_at"))
    is_kept = Q(is_running=True, draw__state__in=Draw.RUNNING) & window
    is_free = Q(is_running=False) & ~Q(draw__state__in=Draw.RUNNING)
    rows = _of_event(DrawSession.objects.exclude(is_kept | is_free), scope, "draw__event")
    for seats_id, name in rows.order_by("pk").values_list("session__seats", "draw__name"):
        message = f"it is not as the draw “{name}” has it"
        yield Offence("draw_session", scope.name(seats_id), message)


def _changed_files(draw: Draw) -> Iterator[Offence]:
    """A frozen file has the hash that was published."""
    if draw.commitment and snake.commitment(draw.frozen_file) != draw.commitment:
        yield Offence("draw_file", f"draw “{draw.name}”", "its frozen wishes are not those of its commitment")


def _seats_without_trace(scope: Scope, draws: dict[int, Draw]) -> Iterator[Offence]:
    """Of each seat that somebody was told the draw gave them, the ledger has the movement."""
    moves = Activity.objects.filter(verb=Verb.REGISTERED, detail__has_key="draw", session__isnull=False)
    traced = set(_of_event(moves, scope, "event").values_list("detail__draw", "contact", "session"))
    rows = TicketHolder.objects.filter(draw__in=draws).exclude(told_at=None).order_by("pk")
    for pk, draw_id, contact_id, outcome in rows.values_list(
        "pk", "draw", "registration__contact", "outcome"
    ):
        seats = [line["session"] for line in outcome if line["became"] == "seat"]
        for session_id in seats:
            if (draw_id, contact_id, session_id) not in traced:
                message = (
                    f"holder {pk} was told of a seat in session {session_id} that the ledger does not know"
                )
                yield Offence("draw_seat", f"draw “{draws[draw_id].name}”", message)
