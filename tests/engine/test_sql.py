"""What the fixed statements owe to whoever writes rows with them."""

from __future__ import annotations

import pytest

from events.models import SeatCount
from registrations import sql

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", [1, 12])
def test_writes_rows_in_which_all_values_are_alike(number: int) -> None:
    rows = [SeatCount(capacity=3) for _ in range(number)]
    sql.insert(rows)
    assert [row.pk for row in rows] == list(SeatCount.objects.order_by("pk").values_list("pk", flat=True))


def test_gives_each_of_many_rows_its_own_id() -> None:
    rows = [SeatCount(capacity=number) for number in range(300)]
    sql.insert(rows)
    stored = dict(SeatCount.objects.values_list("pk", "capacity"))
    assert {row.pk: row.capacity for row in rows} == stored
