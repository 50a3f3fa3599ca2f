"""Invoices are numbered without gaps, each order is invoiced once, and credit notes take back what there is."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from events.actors import SYSTEM
from registrations.actions.invoicing import within_reissue
from registrations.actions.journal import Journal
from registrations.models import Invoice, InvoiceSeries, Order
from registrations.queries.recount import recount
from tests.invoices.orders import State, Way, credited, invoiced, owed

pytestmark = pytest.mark.django_db


def numbers() -> list[str]:
    return [str(each) for each in Invoice.objects.order_by("pk")]


def faults() -> list[str]:
    return [each.code for each in recount() if each.code.startswith("invoice")]


def test_numbers_follow_each_other_by_series() -> None:
    other = owed("20", terms={})
    for order in (owed("20"), owed("30"), other, owed("40")):
        invoiced(order)
    assert numbers() == ["2027-00001", "2027-00002", f"{other.event_id}-00001", "2027-00003"]


def test_a_rolled_back_invoice_leaves_no_gap() -> None:
    first, second, third = owed("20"), owed("20"), owed("20")
    invoiced(first)
    with transaction.atomic():
        invoiced(second)
        transaction.set_rollback(True)
    invoiced(third)
    assert numbers() == ["2027-00001", "2027-00002"]
    assert InvoiceSeries.objects.get().next_number == 3


PAID = {"state": State.PAID, "paid_at": timezone.now()}


@pytest.mark.parametrize(
    ("prices", "fields", "is_written"),
    [
        (["20"], {}, True),
        (["20"], {"state": State.HELD, "held_until": timezone.now()}, True),
        (["20"], {"state": State.HELD, "way": Way.ONLINE}, False),
        (["20"], {**PAID, "way": Way.ONLINE}, True),
        (["0"], {}, False),
        (["20"], {"state": State.EXPIRED, "ended_at": timezone.now()}, False),
        (["20"], {"credited": 20}, False),
    ],
)
@pytest.mark.once
def test_is_written_when_something_is_to_be_paid(prices, fields, is_written) -> None:
    order = owed(*prices, **fields)
    order.refresh_from_db()
    assert (invoiced(order) is not None) is is_written
    # Asked again, there is none more.
    assert invoiced(order) is None


@pytest.mark.once
def test_says_all_that_is_true_then() -> None:
    order = owed("119", "10", billing={"company": "Harbour Ltd", "reference": "PO-1"})
    invoice = invoiced(order)
    assert invoice is not None
    content = invoice.content
    assert (content["number"], content["kind"], content["order"]) == ("2027-00001", "invoice", order.code)
    assert content["buyer"] == {"company": "Harbour Ltd", "reference": "PO-1", "email": order.payer.email}
    assert content["seller"] == order.terms["seller"]
    assert [(line["pass"], line["attendee"], line["price"]) for line in content["lines"]] == [
        ("Pass 0", "Łucja Nr0", "119.00"),
        ("Pass 1", "Łucja Nr1", "10.00"),
    ]
    assert content["rates"] == [{"rate": "19.00", "net": "108.40", "vat": "20.60", "gross": "129.00"}]
    assert (invoice.total, invoice.currency, invoice.due_at) == (Decimal(129), "EUR", order.pay_by)


@pytest.mark.once
def test_credit_notes_take_back_what_was_invoiced_and_no_cent_more() -> None:
    order = owed("33.33", "33.33", "33.34")
    invoice = invoiced(order)
    first = order.order_lines.first()
    one = credited(order, "33.33", {first.pk: Decimal("33.33")})
    assert one is not None
    assert (one.credits, [line["line"] for line in one.content["lines"]]) == (invoice, [first.pk])
    assert faults() == []
    two, rest = credited(order, "10.01"), credited(order, "56.66")
    assert two is not None
    assert rest is not None
    assert credited(owed("5"), "5") is None
    assert [one.total, two.total, rest.total] == [Decimal("33.33"), Decimal("10.01"), Decimal("56.66")]
    vat = sum(Decimal(each["vat"]) for note in (one, two, rest) for each in note.content["rates"])
    assert str(vat) == invoice.content["rates"][0]["vat"]
    assert numbers() == [f"2027-0000{n}" for n in (1, 2, 3, 4)]
    assert faults() == []


@pytest.mark.once
def test_an_order_paid_after_its_credit_note_is_invoiced_anew() -> None:
    order = owed("20", "30")
    invoiced(order)
    credited(order, "50")
    assert invoiced(order) is None
    order.credited = Decimal(0)
    order.save()
    again = invoiced(order)
    assert again is not None
    assert (str(again), again.total) == ("2027-00003", Decimal(50))
    assert faults() == []


@pytest.mark.once
def test_check_seats_finds_invoices_unlike_their_order() -> None:
    order = owed("20")
    invoiced(order)
    assert faults() == []
    Order.objects.update(credited=5)
    assert faults() == ["invoices"]


@pytest.mark.once
def test_a_reissued_invoice_takes_the_old_one_back_and_says_the_new_details() -> None:
    order = owed("20", "30")
    first, old = order.order_lines.first(), invoiced(order)
    credited(order, "20", {first.pk: Decimal(20)})
    order.billing = {"company": "Harbour Ltd"}
    order.save()
    with transaction.atomic():
        new = within_reissue(Journal(SYSTEM, timezone.now(), {}), order, "Other details")
    assert new is not None
    assert (str(new), new.total, new.content["buyer"]["company"]) == (
        "2027-00004",
        Decimal(30),
        "Harbour Ltd",
    )
    assert new.content["rates"][0]["vat"] == "4.79"
    assert [note.content["buyer"] for note in old.credit_notes.all()] == [old.content["buyer"]] * 2
    assert faults() == []
    with transaction.atomic():
        assert within_reissue(Journal(SYSTEM, timezone.now(), {}), owed("5"), "Other details") is None


@pytest.mark.once
def test_check_seats_finds_a_number_that_was_left_out() -> None:
    for _each in range(3):
        invoiced(owed("20"))
    assert faults() == []
    Invoice.objects.filter(number=2).delete()
    assert faults() == ["invoice_numbers"]
