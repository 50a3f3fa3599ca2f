"""The ledger's lines get numbers that a reader can rely on: in order, none below one already read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from registrations import sql
from registrations.actions.sending import numbering
from registrations.actions.sending.numbering import READER, Gap, number_ledger
from registrations.models import Activity, FeedEntry, LedgerCursor
from tests.engine.acts import claim, fill, person
from tests.factories import SessionFactory
from tests.races.holding import held, in_turn

BOB, CAROL = person("bob"), person("carol")


def numbers() -> dict[int, int]:
    """The numbers given, by the ids of the ledger's lines."""
    return dict(FeedEntry.objects.values_list("activity_id", "seq"))


def only_on_postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one transaction write at a time: ids become visible in their order")


@pytest.mark.django_db
def test_numbers_each_line_once_by_its_own_id():
    fill(SessionFactory(capacity=10), 3)
    assert number_ledger() is False
    ids = list(Activity.objects.order_by("id").values_list("id", flat=True))
    assert numbers() == {pk: pk for pk in ids}
    number_ledger()
    assert numbers() == {pk: pk for pk in ids}


@pytest.mark.django_db
def test_looks_only_where_nothing_is_new(django_assert_num_queries):
    claim(SessionFactory(), BOB)
    number_ledger()
    LedgerCursor.objects.update(gaps=[])
    with django_assert_num_queries(2):
        assert number_ledger() is False


@pytest.mark.django_db
def test_says_that_there_is_more_than_one_step_takes(monkeypatch):
    monkeypatch.setattr(numbering, "CHUNK", 4)
    fill(SessionFactory(capacity=10), 3)
    assert number_ledger() is True
    while number_ledger():
        pass
    assert len(numbers()) == Activity.objects.count()


# What is not yet committed, and what never will be.


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
def test_line_that_appears_late_gets_the_next_number():
    only_on_postgresql()
    slow, quick = SessionFactory(), SessionFactory()
    with held(lambda: claim(slow, BOB)) as first:
        claim(quick, CAROL)
        number_ledger()
        read_up_to = max(numbers().values())
        # However long it takes: the transaction is open.
        number_ledger(at=timezone.now() + timedelta(days=2))
        first.end()
    late = Activity.objects.get(session=slow)
    assert late.pk < read_up_to, "the lower id came second, or this test proves nothing"
    number_ledger()
    assert numbers()[late.pk] > read_up_to
    assert len(numbers()) == Activity.objects.count()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
def test_reader_of_ids_alone_misses_it():
    """The negative control: whoever asks the ledger for ids after the last one seen never sees the late line."""
    only_on_postgresql()
    slow, quick = SessionFactory(), SessionFactory()
    seen: list[int] = []

    def read_on() -> None:
        rows = Activity.objects.filter(id__gt=max(seen, default=0)).order_by("id")
        seen.extend(rows.values_list("id", flat=True))

    with held(lambda: claim(slow, BOB)) as first:
        claim(quick, CAROL)
        read_on()
        first.end()
    read_on()
    missed = set(Activity.objects.values_list("id", flat=True)) - set(seen)
    assert missed == set(Activity.objects.filter(event=slow.event).values_list("id", flat=True))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
def test_by_the_clock_alone_it_would_be_given_up(monkeypatch):
    """The negative control: where nobody asks which transactions are open, a line that takes long is lost."""
    only_on_postgresql()
    monkeypatch.setattr(sql, "oldest_open_transaction", lambda: 2**62)
    slow, quick = SessionFactory(), SessionFactory()
    with held(lambda: claim(slow, BOB)) as first:
        claim(quick, CAROL)
        number_ledger()
        number_ledger(at=timezone.now() + timedelta(days=2))
        first.end()
    number_ledger()
    assert Activity.objects.get(session=slow).pk not in numbers()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
def test_ids_that_were_rolled_back_are_waited_for_no_longer():
    only_on_postgresql()
    session = SessionFactory()
    with transaction.atomic():
        claim_in_vain(session)
        transaction.set_rollback(True)
    claim(session, CAROL)
    number_ledger()
    now = timezone.now()
    assert LedgerCursor.objects.get(reader=READER).gaps != []
    number_ledger(at=now + numbering.YOUNGEST + timedelta(seconds=1))
    assert LedgerCursor.objects.get(reader=READER).gaps == []


def claim_in_vain(session) -> None:
    """A line of the ledger, in a transaction that is rolled back."""
    Activity.objects.create(
        at=timezone.now(), verb=Activity.Verb.MOVED, event=session.event, session=session, actor="Nobody"
    )


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
def test_two_at_once_number_one_after_the_other():
    only_on_postgresql()
    fill(SessionFactory(capacity=20), 12)
    first, second, waited = in_turn(number_ledger, number_ledger)
    assert (first, second, waited) == (False, False, True)
    assert sorted(numbers()) == sorted(Activity.objects.values_list("id", flat=True))


def test_many_gaps_become_one_wide_one():
    gaps = [Gap(10 * n, 10 * n + 3, n, f"2026-11-{n % 28 + 1:02}") for n in range(numbering.MOST_GAPS * 3)]
    fewer = numbering._fewer(gaps)
    assert len(fewer) <= numbering.MOST_GAPS
    assert (fewer[0].first, fewer[-1]) == (0, gaps[-1])
    assert all(any(wide.first <= gap.first and gap.last <= wide.last for wide in fewer) for gap in gaps)
