"""The counters of several seat counts change in one statement, or their transaction changes none."""

from __future__ import annotations

import pytest

from events.models import SeatCount
from registrations import locks

pytestmark = pytest.mark.django_db


def counts() -> tuple[SeatCount, SeatCount]:
    """One with two seats, one of them taken, and one without a limit where somebody waits."""
    return SeatCount.objects.create(capacity=2, taken=1), SeatCount.objects.create(waiting=1)


@pytest.mark.parametrize("is_locked", [True, False])
def test_all_say_afterwards_what_is_stored(is_locked, django_assert_num_queries):
    one, other = counts()
    SeatCount.objects.filter(pk=other.pk).update(held=3)
    with django_assert_num_queries(1):
        changes = [locks.Change(one, 1, 0, 0, 1), locks.Change(other, 2, 1, -1, None)]
        assert locks.change_counters(changes, is_locked=is_locked)
    for seats, figures in ((one, (2, 2, 0, 0)), (other, (None, 2, 4, 0))):
        assert (seats.capacity, seats.taken, seats.held, seats.waiting) == figures
        seats.refresh_from_db()
        assert (seats.capacity, seats.taken, seats.held, seats.waiting) == figures


@pytest.mark.parametrize("is_locked", [True, False])
def test_one_without_a_seat_for_a_newcomer_refuses_the_whole(is_locked):
    one, other = counts()
    SeatCount.objects.filter(pk=one.pk).update(held=1)
    changes = [locks.Change(one, 1, 0, 0, 1), locks.Change(other, 1, 0, 0, 1)]
    assert not locks.change_counters(changes, is_locked=is_locked)
    one.refresh_from_db()
    assert one.taken == 1


@pytest.mark.parametrize("is_locked", [True, False])
def test_many_change_in_one_statement_or_none_does(is_locked, django_assert_num_queries):
    many = [SeatCount.objects.create(capacity=number) for number in (None, *range(3, 15))]
    changes = [locks.Change(seats, 1, 0, 2, 3 if seats.capacity else None) for seats in many]
    with django_assert_num_queries(1):
        assert locks.change_counters(changes, is_locked=is_locked)
    stored = list(SeatCount.objects.order_by("pk").values_list("capacity", "taken", "held", "waiting"))
    assert stored == [(seats.capacity, 1, 0, 2) for seats in many]
    assert stored == [(seats.capacity, seats.taken, seats.held, seats.waiting) for seats in many]
    # The smaller ones have no seats left for three more.
    assert not locks.change_counters(changes, is_locked=is_locked)


def test_a_newer_revision_refuses_what_was_read_without_a_lock():
    one, other = counts()
    SeatCount.objects.filter(pk=other.pk).update(revision=other.revision + 1)
    changes = [locks.Change(each, 1, 0, 0, None) for each in (one, other)]
    assert not locks.change_counters(changes, is_locked=False)
    assert locks.change_counters(changes, is_locked=True)
