"""The panel of orders and the page of one: what is said of each state, what is found, and at what cost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events.models import Contact, Event, Pass
from registrations.models import Invoice, InvoiceFile, InvoiceSeries, Order, OrderLine, Payment, Refund
from registrations.queries import sales
from tests.admin_panels.helpers import columns_of, panel, tab, text
from tests.factories import ContactFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NBSP = " "  # What `text` makes of a space that does not break.
NOW = timezone.now()


def row(offered: Pass, name: str, state: str = "held", **more: Any) -> Order:
    """One order of one pass, written as it stands: what becomes of orders is told elsewhere."""
    payer: Contact = ContactFactory(email=f"{name.lower()}@example.com", first_name=name, last_name="Payer")
    dates = {
        "held": {"held_until": NOW + timedelta(hours=1)},
        "owed": {"pay_by": NOW + timedelta(days=3)},
        "paid": {"paid_at": NOW},
        "expired": {"ended_at": NOW, "credited": offered.price},
        "cancelled": {"ended_at": NOW, "credited": offered.price},
    }[state]
    given: dict[str, Any] = {"currency": "EUR", "total": offered.price, "placed_at": NOW} | dates | more
    placed = Order.objects.create(event=offered.event, payer=payer, state=state, **given)
    OrderLine.objects.create(
        order=placed, event=offered.event, event_pass=offered, contact=payer, first_name=name,
        price=offered.price, vat_rate=19, vat=19, is_held=state == "held", credited=placed.credited,
    )  # fmt: skip
    return placed


def paid(placed: Order, amount: Decimal | int | None = None, state: str = "paid", **more: Any) -> Payment:
    amount = placed.total if amount is None else amount
    given: dict[str, Any] = {"provider": "test", "currency": "EUR", "begun_at": NOW, "paid_at": NOW} | more
    return Payment.objects.create(order=placed, amount=amount, state=state, **given)


def back(of: Payment, state: str = "due", **more: Any) -> Refund:
    done = {"done_at": NOW} if state == "done" else {}
    return Refund.objects.create(payment=of, amount=of.amount, state=state, due_at=NOW, **done, **more)


@pytest.fixture
def orders(gold: Pass) -> dict[str, Order]:
    """An order for each state and each trouble, by the name of whoever pays."""
    made = {
        "Held": row(gold, "Held"),
        "Owed": row(gold, "Owed", "owed", way="invoice"),
        "Late": row(gold, "Late", "owed", way="invoice", pay_by=NOW - timedelta(days=1)),
        "Paid": row(gold, "Paid", "paid"),
        "Expired": row(gold, "Expired", "expired"),
        "Wrong": row(gold, "Wrong"),
        "Failed": row(gold, "Failed", "cancelled"),
        "Byhand": row(gold, "Byhand", "cancelled"),
        "Overtime": row(gold, "Overtime", "expired"),
    }
    paid(made["Paid"], reference="pi_123")
    paid(made["Wrong"], 100, "wrong")
    back(paid(made["Failed"]), "failed", last_error="card closed")
    back(paid(made["Byhand"], provider="manual"))
    back(paid(made["Overtime"], paid_at=NOW + timedelta(minutes=1)))
    return made


def shown(client: Client, event: Event, **parameters: str) -> str:
    return panel(client.get(tab(event, **parameters)), "event_orders")


def names_in(html: str) -> set[str]:
    names = ("Held", "Owed", "Late", "Paid", "Expired", "Wrong", "Failed", "Byhand", "Overtime")
    return {name for name in names if f"{name.lower()}@example.com" in html}


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("look", {"Wrong", "Failed", "Byhand", "Overtime"}),
        ("held", {"Held", "Wrong"}),
        ("owed", {"Owed", "Late"}),
        ("overdue", {"Late"}),
        ("paid", {"Paid"}),
        ("ended", {"Expired", "Failed", "Byhand", "Overtime"}),
    ],
)
def test_filters(desk: Client, expo: Event, orders: dict[str, Order], status: str, found: set[str]) -> None:
    assert names_in(shown(desk, expo, orders_status=status)) == found


def test_search_finds_by_code_name_address_and_reference(
    desk: Client, expo: Event, orders: dict[str, Order]
) -> None:
    for words in (orders["Paid"].code, "paid@example.com", "pi_123", "Paid+Payer"):
        assert names_in(shown(desk, expo, orders_q=words)) == {"Paid"}, words


def test_sums_stand_above_and_states_beside(desk: Client, expo: Event, orders: dict[str, Order]) -> None:
    said = shown(desk, expo)
    # Paid, failed to go back; what goes back is not counted.
    assert f"EUR{NBSP}238.00 received" in said
    assert f"EUR{NBSP}476.00 open" in said
    assert f"EUR{NBSP}119.00 overdue" in said
    for words in (
        "Overdue",
        "Another sum was paid than asked for",
        "A refund failed",
        "To be sent back by hand",
    ):
        assert words in said


def test_sums_by_pass_and_by_rate(expo: Event, gold: Pass, orders: dict[str, Order]) -> None:
    [sold] = sales.sold_passes(expo)
    assert (sold.paid, sold.owed, sold.held, sold.received) == (1, 2, 2, Decimal(119))
    OrderLine.objects.filter(order=orders["Paid"]).update(credited=50)
    [of_rate] = sales.by_rate(expo)
    # 19 of 119 are VAT, and 7.98 of the 50 that were credited.
    assert (of_rate.gross, of_rate.vat) == (Decimal(69), Decimal("11.02"))


def test_many_orders_cost_no_more_statements(desk: Client, expo: Event, gold: Pass) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert shown(desk, expo)
        return len(asked)

    paid(row(gold, "One", "paid"))
    few = statements()
    for number in range(30):
        paid(row(gold, f"Many{number}", "paid"))
    assert statements() == few


def test_page_says_all_that_belongs_to_an_order(desk: Client, expo: Event, orders: dict[str, Order]) -> None:
    order = orders["Failed"]
    order.billing, order.terms = {"company": "Acme", "vat_id": "NL1"}, {"text": "No returns."}
    order.save()
    series = InvoiceSeries.objects.create(name="27-")
    invoice = Invoice.objects.create(
        order=order, series=series, number=1, total=119, currency="EUR", issued_at=NOW
    )
    InvoiceFile.objects.create(invoice=invoice, content=b"%PDF", digest="0" * 64, made_at=NOW)
    page = desk.get(reverse("admin:order_page", args=[order.uuid]))
    said = text(page)
    for words in ("card closed", "Acme", "No returns.", "27-00001", "Gold", order.code, "A refund failed"):
        assert words in said, words
    file = desk.get(reverse("admin:order_invoice_file", args=[order.uuid, invoice.pk]))
    assert (file.content, file["Content-Type"]) == (b"%PDF", "application/pdf")
    other = desk.get(reverse("admin:order_invoice_file", args=[orders["Paid"].uuid, invoice.pk]))
    assert other.status_code == 404


@pytest.mark.parametrize(
    ("group", "role", "status"),
    [
        ("Registration staff", "registration_staff", 200),
        ("Viewer", "viewer", 403),
        ("Door staff", "door_staff", 403),
    ],
)
def test_orders_are_for_those_who_sell(
    signed_in, expo: Event, orders: dict[str, Order], group: str, role: str, status: int
) -> None:
    client = signed_in(group, role)
    assert client.get(reverse("admin:order_page", args=[orders["Paid"].uuid])).status_code == status
    assert bool(shown(client, expo)) == (status == 200)


@pytest.mark.parametrize(
    ("key", "rows"),
    [
        ("event_orders", 9),
        ("event_order_lines", 9),
        ("event_payments", 5),
        ("event_refunds", 3),
        ("event_invoices", 0),
    ],
)
def test_files_for_the_bookkeeper(
    planner: Client, expo: Event, orders: dict[str, Order], key: str, rows: int
) -> None:
    url = reverse("admin:panel_export", args=["event", expo.pk, key])
    every = columns_of(planner.get(url))
    for form in ("csv", "xlsx"):
        answer = planner.post(url, {"format": form, "column": every})
        content = b"".join(answer.streaming_content)
        if form == "csv":
            assert content.decode().count("\r\n") == rows + 1
            assert key != "event_orders" or (b",119.00," in content and b",0,EUR" not in content)
    figures = reverse("admin:figure_file", args=["event", expo.pk, "vat_rates"])
    assert "19.00,EUR,100.00,19.00,119.00" in planner.get(figures).content.decode()


def test_home_names_what_waits(desk: Client, expo: Event, orders: dict[str, Order]) -> None:
    said = text(desk.get("/admin/"))
    assert "Orders to look at" in said
    assert "4 orders" in said
    assert "Invoices overdue" in said
