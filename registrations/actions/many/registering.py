"""Register many people in one go, a verdict for each row; or say what would become of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from events.errors import Invalid
from events.models import Contact, Event, SeatCount
from events.retrying import action
from registrations import demand, locks
from registrations.actions.lines.settling import settle_after_commit
from registrations.actions.many._rows import Rows
from registrations.actions.many.terms import Terms
from registrations.rules.verdicts import Verdict, Wanted


@action
def register_many(
    event: Event, wanted: Sequence[Wanted], *, terms: Terms, at: datetime | None = None
) -> list[Verdict]:
    """Register each row's person at the event, in the row's sessions; return the verdicts in the rows' order.

    One transaction, so at most some hundred rows; a row that is refused leaves nothing behind and stops no other.
    Rows are served in their order: the earlier one has the last seat. Each person is told once. The number of queries
    grows with the sessions named, not with the rows. Raises NotPermitted or Invalid for terms that this actor may not
    set.
    """
    at = at or timezone.now()
    terms.decision.check()
    # A no may come from one fresh unlocked read; so nobody is made who gets nothing.
    verdicts = Forecast(event, terms, at).verdicts(wanted)
    is_wanted = [verdict.is_applied for verdict in verdicts]
    rows = [verdict.wanted for verdict in verdicts if verdict.is_applied]
    freed: set[int] = set()
    with transaction.atomic(durable=True):
        if rows:
            contacts = locks.lock_attendees(row.person for row in rows)
            go = Rows(event, rows, contacts, terms, at, locks.lock_seats)
            served = iter(go.run(rows))
            go.journal.write()
            freed = go.journal.freed
            verdicts = [
                next(served) if is_one else verdict
                for is_one, verdict in zip(is_wanted, verdicts, strict=True)
            ]
        terms.decision.actor.done(verdicts)
    demand.note_verdicts(event.pk, verdicts, terms.decision.actor, at)
    settle_after_commit(freed, (), at)
    return verdicts


class Forecast:
    """What would become of rows, by the very code that registers: nothing is locked, nothing is kept.

    It goes on from what the rows before would have taken, so any number of rows may be asked set by set.
    """

    def __init__(self, event: Event, terms: Terms, at: datetime | None = None) -> None:
        self.event, self.terms, self.at = event, terms, at or timezone.now()
        self._seats: dict[int, SeatCount] = {}
        self._lengths: dict[int, int] = {}

    def verdicts(self, wanted: Sequence[Wanted]) -> list[Verdict]:
        """What would become of these rows, after all rows asked before."""
        self.terms.decision.check()
        refused = {index: verdict for index, row in enumerate(wanted) if (verdict := _impossible(row))}
        rows = [row for index, row in enumerate(wanted) if index not in refused]
        # What rare rows write all the same (an invitation that ends) is undone.
        with transaction.atomic(durable=True):
            judged = iter(self._run(rows))
            transaction.set_rollback(True)
        return [refused[index] if index in refused else next(judged) for index in range(len(wanted))]

    def _run(self, rows: Sequence[Wanted]) -> list[Verdict]:
        if not rows:
            return []
        addresses = {row.person.email for row in rows}
        contacts = {one.email: one for one in Contact.objects.filter(email__in=addresses)}
        go = Rows(self.event, rows, contacts, self.terms, self.at, self._seats_of)
        dict.update(go.lengths, self._lengths)
        verdicts = go.run(rows)
        self._lengths |= go.lengths
        return verdicts

    def _seats_of(self, seat_ids: Collection[int]) -> dict[int, SeatCount]:
        """The seat counts as the rows before would have left them."""
        missing = set(seat_ids) - self._seats.keys()
        self._seats |= {seats.pk: seats for seats in SeatCount.objects.filter(pk__in=missing)}
        return {pk: self._seats[pk] for pk in seat_ids}


def _impossible(row: Wanted) -> Verdict | None:
    """The verdict on a row whose address or name cannot be; None for any other."""
    try:
        row.person.check()
    except Invalid as refusal:
        return Verdict(row, refusal=refusal)
    return None
