"""The worker's part: rows are tried, served or undone in sets, each in a transaction of its own with its verdicts.

Killed anywhere, it goes on with the first row that has no verdict: what is done and what is said of it are one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import F, Max
from django.utils import timezone

from events.actors import Actor
from events.errors import Busy, Refusal
from registrations.actions import Forecast, Made, Terms, register_many, remove_many, undo_many
from registrations.actions.many.undoing import WORDS, Undoing
from registrations.imports.people import Planned, Reader
from registrations.imports.uploading import Kind, Status, actor_of, terms_of
from registrations.imports.words import told
from registrations.models import Activity, ImportBatch, ImportRow, Order
from registrations.rules.outcomes import Outcome
from registrations.rules.verdicts import Verdict, owed_by

logger = logging.getLogger(__name__)

SET = 250
LEASE = timedelta(seconds=30)
ShouldStop = Callable[[], bool]


class LeaseLost(Exception):
    """Another worker has taken the upload over: what this one was at is undone with its transaction."""


def work_on_imports(*, should_stop: ShouldStop = lambda: False) -> int:
    """Go on with every upload that waits for it; return how many came to the end of a step."""
    done = 0
    while not should_stop():
        batch = _claim(timezone.now())
        if batch is None:
            break
        done += _work(batch, should_stop)
    return done


def _claim(at: datetime) -> ImportBatch | None:
    """Take the oldest upload that nobody is at; of two workers one gets it."""
    waiting = ImportBatch.objects.waiting_for_work(at).order_by("created_at", "pk")
    for pk, lease in waiting.values_list("pk", "lease"):
        mine = ImportBatch.objects.waiting_for_work(at).filter(pk=pk, lease=lease)
        if mine.update(lease=F("lease") + 1, leased_until=at + LEASE):
            return ImportBatch.objects.select_related("event__seats", "session__seats", "user", "client").get(
                pk=pk
            )
    return None


def _work(batch: ImportBatch, should_stop: ShouldStop) -> int:
    steps = {Status.CHECKING: _check, Status.RUNNING: _run, Status.UNDOING: _undo}
    try:
        is_finished = steps[Status(batch.status)](batch, should_stop)
    except LeaseLost:
        logger.warning("import %s: another worker goes on", batch.pk)
        return 0
    except Busy:
        # Nothing was changed; the next round tries again.
        return 0
    except Refusal as refusal:
        _finish(batch, Status.FAILED, failure=str(refusal))
        return 1
    if not is_finished:
        ImportBatch.objects.filter(pk=batch.pk, lease=batch.lease).update(leased_until=None)
    return int(is_finished)


def _plan(batch: ImportBatch) -> list[Planned]:
    return Reader.of(batch).plan(batch.rows.order_by("number").values_list("number", "cells", "flaw"))


def _sets(planned: Sequence[Planned]) -> Iterator[Sequence[Planned]]:
    for begin in range(0, len(planned), SET):
        yield planned[begin : begin + SET]


def _check(batch: ImportBatch, should_stop: ShouldStop) -> bool:
    """Say of every row what would become of it. A check that is broken off begins anew."""
    batch.rows.update(code="")
    ImportBatch.objects.filter(pk=batch.pk, lease=batch.lease).update(done=0)
    forecast, mails, orders = Forecast(batch.event, terms_of(batch)), 0, []
    for rows in _sets(_plan(batch)):
        if should_stop():
            return False
        wanted = [row.wanted for row in rows if row.wanted]
        if batch.kind == Kind.REMOVE:
            verdicts = remove_many(batch.event, wanted, batch.session, terms=terms_of(batch), preview=True)
        else:
            verdicts = forecast.verdicts(wanted)
        mails += sum(map(_tells, verdicts))
        orders += [verdict.order for verdict in verdicts if verdict.order is not None]
        _keep(batch, rows, verdicts, is_done=False)
    _finish(batch, Status.CHECKED, mails=mails, owed=owed_by(orders))
    return True


def _tells(verdict: Verdict) -> bool:
    """True where the row changes something, of which its person is told."""
    is_dropped = any(line.outcome == Outcome.DROPPED for line in verdict.lines)
    changes = verdict.is_new or verdict.seats or verdict.items or verdict.has_changed_others or is_dropped
    return verdict.is_applied and bool(changes)


def _run(batch: ImportBatch, should_stop: ShouldStop) -> bool:
    """Serve every row that has no verdict yet, in the file's order."""
    done = set(batch.rows.filter(is_done=True).values_list("number", flat=True))
    left = [row for row in _plan(batch) if row.number not in done]
    for rows in _sets(left):
        if should_stop():
            return False
        _serve(batch, rows)
    made = batch.rows.exclude(made={}).values_list("made", flat=True)
    orders = Order.objects.filter(pk__in=[each["order"] for each in made if each.get("order")])
    _finish(batch, Status.DONE, owed=owed_by(orders))
    return True


def _serve(batch: ImportBatch, rows: Sequence[Planned]) -> None:
    """Serve one set; its verdicts are kept in the transaction of the deed."""
    wanted = [row.wanted for row in rows if row.wanted]

    def receipt(verdicts: Sequence[Verdict]) -> None:
        _keep(batch, rows, verdicts, is_done=True)

    terms = _terms(batch, receipt)
    if batch.kind == Kind.REMOVE:
        remove_many(batch.event, wanted, batch.session, terms=terms)
    else:
        register_many(batch.event, wanted, terms=terms)


def _terms(batch: ImportBatch, receipt: Callable[[Sequence[Verdict]], None]) -> Terms:
    actor: Actor = replace(actor_of(batch), receipt=receipt)
    return terms_of(batch, actor)


def _keep(batch: ImportBatch, rows: Sequence[Planned], verdicts: Sequence[Verdict], *, is_done: bool) -> None:
    """Keep what is said of these rows, and that this worker is still at it."""
    _hold(batch, len(rows))
    said = {verdict.wanted.number: verdict for verdict in verdicts}
    ledger = _ledger(batch, verdicts) if is_done else {}
    kept = {row.number: row for row in batch.rows.filter(number__in=[row.number for row in rows])}
    for row in rows:
        one = kept[row.number]
        one.email, one.is_done = row.email[:254], is_done
        verdict = said.get(row.number)
        one.code, one.words = told(verdict) if verdict else (row.code, row.words)
        one.made = _made(verdict, ledger) if verdict and is_done else {}
    ImportRow.objects.bulk_update(kept.values(), ["email", "is_done", "code", "words", "made"])


def _hold(batch: ImportBatch, number: int) -> None:
    """Count the rows, and hold the lease on. Raises LeaseLost where another worker has taken over."""
    mine = ImportBatch.objects.filter(pk=batch.pk, lease=batch.lease)
    if not mine.update(done=F("done") + number, leased_until=timezone.now() + LEASE):
        raise LeaseLost


def _ledger(batch: ImportBatch, verdicts: Sequence[Verdict]) -> dict[int, int]:
    """The last entry of the ledger about each person, as this set leaves it."""
    people = [one.registration.contact_id for one in verdicts if one.registration is not None]
    rows = Activity.objects.filter(event=batch.event, contact__in=people).order_by()
    return dict(rows.values_list("contact").annotate(last=Max("pk")))


def _made(verdict: Verdict, ledger: dict[int, int]) -> dict[str, object]:
    registration = verdict.registration
    is_making = verdict.is_new or verdict.seats or verdict.items or verdict.has_changed_others
    if not verdict.is_applied or registration is None or not is_making:
        return {}
    return {
        "contact": registration.contact_id,
        "registration": registration.pk,
        "is_new": verdict.is_new,
        "seats": [seat.pk for seat in verdict.seats],
        "items": [item.pk for item in verdict.items],
        "ledger": ledger.get(registration.contact_id, 0),
        "at": timezone.now().isoformat(),
        "has_changed_others": verdict.has_changed_others,
        **({"order": verdict.order.pk} if verdict.order else {}),
    }


def _undo(batch: ImportBatch, should_stop: ShouldStop) -> bool:
    """Take back what the rows made, the last ones first: so no seat goes to somebody whose row is undone next."""
    rows = batch.rows.filter(undo_code="").exclude(made={}).order_by("-number")
    while made := [_made_by(row) for row in rows[:SET]]:
        if should_stop():
            return False

        def receipt(answers: dict[int, Undoing]) -> None:
            _hold(batch, len(answers))
            kept = list(batch.rows.filter(number__in=answers))
            for row in kept:
                answer = answers[row.number]
                row.undo_code, row.undo_words = answer.value, str(WORDS[answer])
            ImportRow.objects.bulk_update(kept, ["undo_code", "undo_words"])

        undo_many(
            batch.event,
            made,
            actor=replace(actor_of(batch), receipt=receipt),
            notify=batch.notify,
            reason=batch.reason,
        )
    _finish(batch, Status.UNDONE)
    return True


def _made_by(row: ImportRow) -> Made:
    kept = row.made
    return Made(
        number=row.number,
        contact_id=kept["contact"],
        registration_id=kept["registration"],
        is_new=kept["is_new"],
        seats=kept["seats"],
        items=kept["items"],
        ledger=kept["ledger"],
        at=datetime.fromisoformat(kept["at"]),
        has_changed_others=kept["has_changed_others"],
    )


def _finish(batch: ImportBatch, status: str, **more: object) -> None:
    """End the step, for whoever holds the lease."""
    at = timezone.now()
    ended: dict[str, object] = {"status": status, "leased_until": None, **more}
    if status == Status.DONE:
        ended["finished_at"] = at
    if status == Status.UNDONE:
        ended["undone_at"] = at
    ImportBatch.objects.filter(pk=batch.pk, lease=batch.lease).update(**ended)
