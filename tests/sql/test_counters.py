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


def test_a_newer_revision_refuses_what_was_read_without_a_lock():
    one, other = counts()
    SeatCount.objects.filter(pk=other.pk).update(revision=other.revision + 1)
    changes = [locks.Change(each, 1, 0, 0, None) for each in (one, other)]
    assert not locks.change_counters(changes, is_locked=False)
    assert locks.change_counters(changes, is_locked=True)
