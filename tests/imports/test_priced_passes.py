"""Passes with a price in a file: owed by invoice, or complimentary where the file says why."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from registrations.models import EventRegistration, Order
from registrations.queries.recount import recount
from tests.factories import EventFactory, PassFactory
from tests.imports.conftest import codes, ran, tried, undone, upload, words

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = [
    ["Email", "First name", "Pass", "Complimentary reason"],
    ["alice@example.org", "Alice", "Gold", ""],
    ["bob@example.org", "Bob", "Gold", "Speaker"],
    ["carol@example.org", "Carol", "Gold", ""],
    ["dora@example.org", "Dora", "Gold", "x" * 301],
    ["eve@example.org", "Eve", "Silver", ""],
    ["fay@example.org", "Fay", "Gold", ""],
]
OWED = [{"currency": "EUR", "orders": 2, "amount": "238.00"}]


@pytest.fixture
def expo(db: None) -> Any:
    event = EventFactory(session_level=False, capacity=10)
    PassFactory(event=event, name="Gold", capacity=3, price=Decimal("119.00"), vat_rate=Decimal(19))
    return event


def test_preview_says_how_much_will_be_owed_and_by_row_what_is_wrong(expo):
    batch = tried(upload(expo, ROWS))
    assert codes(batch) == ["registered", "registered", "registered", "invalid", "invalid", "full"]
    said = words(batch)
    assert [said[place].rpartition("; ")[2] for place in (0, 1)] == [
        "Owes 119.00 EUR",
        "Complimentary: Speaker",
    ]
    assert "300" in said[3]
    assert (batch.owed, Order.objects.count(), EventRegistration.objects.count()) == (OWED, 0, 0)


def test_is_what_comes_true_and_is_undone(expo):
    batch = ran(upload(expo, ROWS))
    assert batch.owed == OWED
    rows = Order.objects.order_by("id").values_list("payer__email", "state", "way", "total", "reason")
    assert list(rows) == [
        ("alice@example.org", "owed", "invoice", Decimal("119.00"), ""),
        ("bob@example.org", "paid", "complimentary", Decimal(0), "Speaker"),
        ("carol@example.org", "owed", "invoice", Decimal("119.00"), ""),
    ]
    made = [row.made.get("order") for row in batch.rows.order_by("number")]
    assert [pk for pk in made if pk] == list(Order.objects.order_by("id").values_list("pk", flat=True))
    assert recount() == []
    undone(batch)
    assert not EventRegistration.objects.active().exists()
    assert set(Order.objects.values_list("state", flat=True)) == {"cancelled"}
    assert recount() == []
