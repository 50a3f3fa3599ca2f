"""Whoever was passed over is looked at again once what kept them back may have changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from events.actors import SYSTEM
from registrations import locks, sql
from registrations.actions.journal import Journal
from registrations.actions.lines.hindrances import Hindrance, hindrance_of_party
from registrations.actions.lines.serving import pass_over
from registrations.actions.targets import event_of, target_of
from registrations.queries import standings_of
from waitlists.models import WaitlistItem

Code = WaitlistItem.PassedOver
# So many people's standings are read at once.
BATCH = 250


def look_again(
    *,
    contact_ids: Collection[int] = (),
    seat_ids: Collection[int] = (),
    pass_seat_ids: Collection[int] = (),
    shorter_seat_ids: Collection[int] = (),
    at: datetime,
) -> set[int]:
    """Put passed-over items back in line where nothing keeps them from being served any more.

    Looks at those of the given contacts or targets, or waiting with one of the given passes; in lines that have become
    shorter, or have a seat more, at those who look at their place or wait together. Returns the seat counts concerned.
    """
    if not (contact_ids or seat_ids or pass_seat_ids or shorter_seat_ids):
        return set()
    found = sql.passed_over(contact_ids, seat_ids, pass_seat_ids, shorter_seat_ids)
    if not found:
        return set()
    items = WaitlistItem.objects.waiting().exclude(passed_over_at=None).filter(pk__in=found)
    parties = list(_kept_back_no_more(items, at))
    return {party[0].seats_id for party in parties if _put_back(party, at)}


def _kept_back_no_more(passed_over: QuerySet[WaitlistItem], at: datetime) -> Iterator[list[WaitlistItem]]:
    """The items, each with its group, that could be served, as it looks without a lock; the others stay as they are."""
    lines: dict[int, list[WaitlistItem]] = {}
    for item in passed_over.select_related("event_pass__seats").order_by("id"):
        lines.setdefault(item.seats_id, []).append(item)
    for seats_id, line in lines.items():
        target = target_of(seats_id)
        if target is None:
            continue
        parties = _parties_of(line)
        for begin in range(0, len(parties), BATCH):
            batch = parties[begin : begin + BATCH]
            people = {item.contact_id for party in batch for item in party}
            standings = standings_of(people, event_of(target))
            for party in batch:
                if _has_changed(party, hindrance_of_party(target, party, standings, at)):
                    yield party


def _has_changed(party: list[WaitlistItem], hindrance: Hindrance | None) -> bool:
    """True where nothing is in the way any more; and where nothing is but that too few seats are free.

    A group that lacks only seats comes back in the very transaction in which enough are free (`Journal`). Whoever lacks
    another thing than a pass by now keeps none from newcomers.
    """
    if hindrance is None:
        return True
    if hindrance.code != Code.PASS_SOLD_OUT and any(i.passed_over_code == Code.PASS_SOLD_OUT for i in party):
        return True
    return hindrance.code == Code.TOO_FEW_SEATS and any(i.passed_over_code != hindrance.code for i in party)


def _parties_of(items: list[WaitlistItem]) -> list[list[WaitlistItem]]:
    """Each of these items of one line by itself, or with all who wait together with it; each group once."""
    groups = {item.together for item in items if item.together}
    rows = WaitlistItem.objects.filter(
        seats_id=items[0].seats_id, together__in=groups, status__in=WaitlistItem.IN_A_PARTY
    )
    parties: dict[object, list[WaitlistItem]] = {}
    for item in rows.in_line() if groups else ():
        parties.setdefault(item.together, []).append(item)
    return [*([item] for item in items if not item.together), *parties.values()]


def _put_back(party: list[WaitlistItem], at: datetime) -> bool:
    with transaction.atomic(durable=True):
        contacts = {item.contact_id for item in party}
        locks.lock_contacts(contacts)
        seats = locks.lock_seats([party[0].seats_id])
        fresh = _as_they_are(party)
        target = target_of(party[0].seats_id)
        if target is None or {item.contact_id for item in fresh} != contacts:
            return False
        target.seats = seats[target.seats_id]
        hindrance = hindrance_of_party(target, fresh, standings_of(contacts, event_of(target)), at)
        if not _has_changed(fresh, hindrance):
            return False
        journal = Journal(SYSTEM, at, seats)
        for item in fresh:
            if hindrance is not None:
                pass_over(journal, item, target, hindrance)
            elif item.passed_over_at is not None:
                journal.back_in_line(item, target)
        journal.write()
    return hindrance is None


def _as_they_are(party: list[WaitlistItem]) -> list[WaitlistItem]:
    """The item as it is under the lock, with those of whoever waits together with it by now."""
    of_group = Q(together=party[0].together) if party[0].together else Q(pk=party[0].pk)
    rows = WaitlistItem.objects.filter(of_group, seats_id=party[0].seats_id)
    return list(rows.filter(status__in=WaitlistItem.IN_A_PARTY).select_related("contact").in_line())
