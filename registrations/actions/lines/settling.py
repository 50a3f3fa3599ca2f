"""Serve the waitlists: whenever a seat is freed, the oldest eligible item is registered or invited.

`settle` is a worklist, after commit and never recursive; each of its transactions settles something or changes
nothing, so it may be killed anywhere and run again.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from datetime import datetime
from functools import partial
from itertools import takewhile

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from events.actors import SYSTEM
from events.models import Contact, Event, SeatCount
from events.retrying import action
from registrations import locks, rules, sql
from registrations.actions.journal import Journal
from registrations.actions.lines.looking_again import look_again
from registrations.actions.lines.on_hold import decide_wishes, on_hold_with_a_seat
from registrations.actions.lines.serving import serve
from registrations.actions.targets import event_of, target_of
from registrations.queries import standings_of
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import WaitlistItem

logger = logging.getLogger(__name__)

BATCH = 250
# A chain of swaps takes a round for each person; beyond this the worker's next sweep goes on.
MOST_ROUNDS = 1_000


def settle_after_commit(
    freed: Collection[int], contacts: Collection[int], at: datetime, *, again: Collection[int] = ()
) -> None:
    """Settle, and never let a failure here spoil the answer to the person whose act freed the seats.

    `again` names lines in which those passed over are looked at again: what kept them back may have changed.
    """
    if not (freed or contacts or again):
        return
    try:
        # In a fixed order: who is served in which of two lines must not hang on how a set is laid out.
        in_order = sorted(freed) if isinstance(freed, Set) else freed
        settle([*in_order, *sorted(look_again(seat_ids=again, at=at))], contacts=contacts, at=at)
    except Exception:
        logger.exception("settling %s failed; the worker will do it", sorted(freed))


@action
def settle(seat_ids: Iterable[int], *, contacts: Collection[int] = (), at: datetime | None = None) -> int:
    """Serve the lines of these seat counts, and look again at what `contacts` were passed over for.

    Afterwards no eligible person waits beside a free seat of these targets, unless more than a request's share
    is to be done. Returns how many items were served, passed over or put back in line.
    """
    at, seat_ids = at or timezone.now(), list(seat_ids)
    waiting = look_again(contact_ids=contacts, pass_seat_ids=seat_ids, shorter_seat_ids=seat_ids, at=at)
    worklist = deque(dict.fromkeys([*seat_ids, *sorted(waiting)]))
    done = 0
    for _round in range(MOST_ROUNDS):
        if not worklist:
            break
        seats_id = worklist.popleft()
        settled, journal = _settle_batch(seats_id, at)
        done += settled
        if journal is None:
            continue
        # Also where nothing was settled: then the head left, or others were put before it, while we waited for it.
        (worklist.appendleft if settled else worklist.append)(seats_id)
        # Seats given up in a swap go to their own lines; who lost one may be served elsewhere now.
        freed = journal.freed | look_again(
            contact_ids=journal.lost_a_seat, shorter_seat_ids=journal.freed, at=at
        )
        worklist.extend(other for other in sorted(freed) if other not in worklist)
    return done


def _settle_batch(seats_id: int, at: datetime) -> tuple[int, Journal | None]:
    """Serve up to BATCH heads of one line; return how many items changed, and the journal of what was done.

    No journal where there is nothing to do.
    """
    # Asked first, since most lines are empty.
    target = target_of(seats_id) if sql.heads_of(seats_id, 1) else None
    if target is None or any(rules.refusals_to_serve(target, at)) or not target.seats.has_seat_for_line:
        return 0, None
    free = target.seats.free
    most = BATCH if free is None else min(BATCH, free * target.invitations_per_slot)
    heads = sql.heads_of(seats_id, most)
    if not heads:
        return 0, None
    wanted = {head.contact_id for head in heads} | set(sql.mates_of(seats_id, heads))
    with transaction.atomic(durable=True):
        contacts = locks.lock_contacts(wanted)
        journal, target = _read_under_locks(target, wanted, at)
        if any(rules.refusals_to_serve(target, at)):
            return 0, None
        standings = standings_of(contacts, event_of(target), contacts)
        line = _line_of(seats_id, most, contacts)
        settled = serve(journal, target, list(_items_of(line, target, contacts, standings)), standings)
        journal.write()
    return settled, journal


def _line_of(seats_id: int, most: int, contacts: Collection[int]) -> list[int]:
    """The heads of the line whose contacts are locked, then whoever waits together with one of them.

    Where another head than the one whose contact is locked, the next round looks again; so it does where one of a
    group has joined meanwhile, since the others must not be served without them.
    """
    heads = list(takewhile(lambda head: head.contact_id in contacts, sql.heads_of(seats_id, most)))
    mates = sql.mates_of(seats_id, heads)
    return [*(head.contact_id for head in heads), *mates] if set(mates) <= set(contacts) else []


def _items_of(
    line: Iterable[int],
    target: Event | Session,
    contacts: Mapping[int, Contact],
    standings: Mapping[int, Standing],
) -> Iterator[WaitlistItem]:
    """The items of these people, in their order. Needs the target's seat count: nobody joins or leaves."""
    for contact_id in line:
        item = standings[contact_id].items[target.pk if isinstance(target, Session) else None]
        sql.attach(item, contact=contacts[contact_id])
        yield item


def _read_under_locks(
    target: Event | Session, contacts: set[int], at: datetime
) -> tuple[Journal, Event | Session]:
    """Lock the target's seats (for an event also those its people have on hold), then read the facts."""
    seat_ids = {target.seats_id} | seats_to_give_up(target, contacts)
    if isinstance(target, Event):
        waiting = WaitlistItem.objects.filter(event=target, contact_id__in=contacts)
        seat_ids |= set(waiting.filter(status=WaitlistItem.Status.ON_HOLD).values_list("seats_id", flat=True))
        passes = waiting.open().exclude(event_pass=None)
        seat_ids |= set(passes.values_list("event_pass__seats_id", flat=True))
    seats = locks.lock_seats(seat_ids)
    fresh = target_of(target.seats_id)
    assert fresh is not None
    fresh.seats = seats[fresh.seats_id]
    return Journal(SYSTEM, at, seats), fresh


def seats_to_give_up(target: Event | Session, contacts: Collection[int]) -> set[int]:
    """The seat counts of the sessions that these contacts might give up for the target. Needs: the contacts."""
    if not isinstance(target, Session) or target.starts_at is None:
        return set()
    return sql.seats_overlapping(target, contacts)


def sweep(at: datetime | None = None) -> int:
    """Do what a killed process left undone: every line beside a free seat is served. Safe to run at any time.

    Returns how many items changed. What fails is logged and left for the next sweep, the rest is done; then the
    first failure is raised.
    """
    return do_each(_left_undone(at or timezone.now()))


def do_each(pieces: Iterable[Callable[[], int]]) -> int:
    """Do all the pieces; return what they did. The first failure is raised once the rest is done.

    One line that cannot be served must not keep all the others waiting.
    """
    done, failures = 0, []
    for piece in pieces:
        try:
            done += piece()
        except Exception as error:
            logger.exception("%s", piece)
            failures.append(error)
    if failures:
        raise failures[0]
    return done


def _left_undone(at: datetime) -> Iterator[Callable[[], int]]:
    """The pieces of work that a sweep looks for, each with transactions of its own."""
    for contact_id, event_id in on_hold_with_a_seat():
        yield partial(decide_wishes, contact_id, event_id, at)
    # Nobody is served after the start: what was passed over by then stays so, for ever.
    to_come = Q(session=None, event__starts_at__gt=at) | Q(session__starts_at__gt=at)
    to_come |= Q(session__isnull=False, session__starts_at=None)
    passed_over = WaitlistItem.objects.waiting().exclude(passed_over_at=None).filter(to_come).order_by()
    for seats_id in list(passed_over.values_list("seats_id", flat=True).distinct()):
        yield partial(_look_again_and_settle, seats_id, at)
    for seats_id in _beside_a_free_seat(SeatCount.objects.all()):
        yield partial(settle, [seats_id], at=at)


def lines_to_serve(seat_ids: Collection[int]) -> list[int]:
    """Of these seat counts those in whose line somebody waits beside a free seat."""
    return _beside_a_free_seat(SeatCount.objects.filter(pk__in=seat_ids))


def _beside_a_free_seat(rows: QuerySet[SeatCount]) -> list[int]:
    free = rows.filter(waiting__gt=0).filter(Q(capacity=None) | Q(capacity__gt=F("taken") + F("held")))
    return list(free.order_by("id").values_list("id", flat=True))


def _look_again_and_settle(seats_id: int, at: datetime) -> int:
    return settle(look_again(seat_ids=[seats_id], at=at), at=at)
