"""What staff do with orders: each verb shows first what it does, and does no more than its role may."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.actors import SYSTEM
from events.models import Event, Pass
from registrations.actions import (
    begin_payment,
    cancel_order,
    expire_orders,
    mark_paid,
    note_refund_failed,
    place_order,
    refund_payment,
    settle_payment,
)
from registrations.models import EventRegistration, Notification, Order, Payment, Refund
from registrations.queries.recount import recount
from registrations.rules.orders import Bought
from registrations.rules.people import Attendee
from tests.admin_panels.helpers import add_url, text, typed, verb_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
NBSP = " "  # What `text` makes of a space that does not break.
ADA, BOB = Attendee("ada@example.com", "Ada", "Ayr"), Attendee("bob@example.com", "Bob", "Bay")


def order(offered: Pass, *people: Attendee, **more: Any) -> Order:
    placed = place_order(offered.event, people[0], [Bought(who, offered) for who in people], **more)
    return Order.objects.get(pk=placed.pk)


def ask(client: Client, placed: Order, verb: str, **given: Any) -> Any:
    data = {"row": placed.pk, "back": "/admin/", **given}
    return client.post(verb_url(placed.event, "event_orders", verb), data)


def do(client: Client, placed: Order, verb: str, **given: Any) -> Any:
    return ask(client, placed, verb, confirmed="1", **given)


def is_whole() -> bool:
    return not list(recount())


def test_mark_as_paid_shows_the_sum_and_registers(desk: Client, gold: Pass) -> None:
    placed = order(gold, ADA, BOB, way=Order.Way.INVOICE)
    asked = text(ask(desk, placed, "mark_paid"))
    assert f"EUR{NBSP}238.00 open" in asked
    assert "2 people registered" in asked
    assert not EventRegistration.objects.exists()
    assert do(desk, placed, "mark_paid", note="Statement 7").status_code == 302
    placed.refresh_from_db()
    assert (placed.state, placed.open) == ("paid", 0)
    assert Payment.objects.get().note == "Statement 7"
    assert EventRegistration.objects.confirmed().count() == 2
    again = ask(desk, placed, "mark_paid")
    assert "None of the chosen orders waits for money." in text(again)
    assert is_whole()


def test_another_sum_is_noted_seats_nobody_and_goes_back(planner: Client, gold: Pass) -> None:
    placed = order(gold, ADA, way=Order.Way.INVOICE)
    answer = do(planner, placed, "mark_paid", amount="100")
    assert (answer.status_code, "nobody is registered by it" in text(answer)) == (409, True)
    assert Payment.objects.get().state == "wrong"
    page = text(planner.get(reverse("admin:order_page", args=[placed.uuid])))
    assert "Give the wrong payment back" in page
    assert f"EUR{NBSP}100.00 came" in text(ask(planner, placed, "wrong_back"))
    assert do(planner, placed, "wrong_back", reason_choice="Paid twice").status_code == 302
    refund = Refund.objects.get()
    assert (refund.amount, refund.state) == (100, "due")
    assert do(planner, placed, "mark_sent", reference="Transfer 9").status_code == 302
    refund.refresh_from_db()
    assert (refund.state, refund.reference) == ("done", "Transfer 9")
    assert is_whole()


def test_more_time(desk: Client, expo: Event, gold: Pass) -> None:
    placed = order(gold, ADA, way=Order.Way.INVOICE)
    past = {"until_0": "2020-01-01", "until_1": "10:00"}
    assert do(desk, placed, "extend", **past).status_code == 422
    until = (timezone.now() + timedelta(days=3)).astimezone(expo.zone).replace(second=0, microsecond=0)
    given = {"until_0": f"{until:%Y-%m-%d}", "until_1": f"{until:%H:%M}"}
    assert do(desk, placed, "extend", **given).status_code == 302
    placed.refresh_from_db()
    assert placed.held_until == until


def test_refund_of_a_pass_shows_whom_it_takes_what_from(planner: Client, gold: Pass) -> None:
    placed = order(gold, ADA, BOB, way=Order.Way.INVOICE)
    mark_paid(placed, actor=SYSTEM)
    line = placed.order_lines.get(contact__email="bob@example.com")
    assert "Of these passes" in text(ask(planner, placed, "refund"))
    nothing = ask(planner, placed, "refund", step="look", reason_choice="Goodwill")
    assert (nothing.status_code, "Choose passes, or give an amount." in text(nothing)) == (422, True)
    chosen = {"lines": line.pk, "reason_choice": "Cannot come"}
    look = ask(planner, placed, "refund", step="look", **chosen)
    assert f"Give EUR{NBSP}119.00 back" in text(look)
    assert "loses the registration, and is told" in text(look)
    # The button does what was shown: chosen otherwise meanwhile, it is shown again.
    changed = {**chosen, "amount": "20", "decided": look.context["decided"]}
    assert ask(planner, placed, "refund", step="do", **changed).status_code == 200
    assert not Refund.objects.exists()
    done = ask(planner, placed, "refund", step="do", decided=look.context["decided"], **chosen)
    assert done.status_code == 302
    assert Refund.objects.get().amount == 119
    assert list(EventRegistration.objects.active().values_list("contact__email", flat=True)) == [ADA.email]
    assert is_whole()


def test_goodwill_takes_nobodys_seat(planner: Client, gold: Pass) -> None:
    placed = order(gold, ADA, way=Order.Way.INVOICE)
    mark_paid(placed, actor=SYSTEM)
    too_much = ask(planner, placed, "refund", step="look", amount="120", reason_choice="Goodwill")
    assert "is left of that" in text(too_much)
    chosen = {"amount": "19.50", "reason_choice": "Goodwill"}
    look = ask(planner, placed, "refund", step="look", **chosen)
    ask(planner, placed, "refund", step="do", decided=look.context["decided"], **chosen)
    assert Refund.objects.get().amount == Decimal("19.50")
    assert EventRegistration.objects.active().count() == 1
    assert is_whole()


def test_registration_staff_cancel_what_is_not_paid_and_give_no_money_back(desk: Client, gold: Pass) -> None:
    held, settled = order(gold, ADA), order(gold, BOB)
    payment = begin_payment(settled, "test", "of bob")
    settle_payment(payment, amount=settled.total, currency="EUR")
    assert ask(desk, settled, "refund").status_code == 403
    assert "only planners" in text(do(desk, settled, "cancel", reason_choice="Ordered twice"))
    assert do(desk, held, "cancel").status_code == 422
    assert do(desk, held, "cancel", reason_choice="Ordered twice").status_code == 302
    states = dict(Order.objects.values_list("payer__email", "state"))
    assert states == {ADA.email: "cancelled", BOB.email: "paid"}
    assert is_whole()


def test_planners_cancel_a_paid_order_and_the_sum_is_shown(planner: Client, gold: Pass) -> None:
    placed = order(gold, ADA, way=Order.Way.INVOICE)
    mark_paid(placed, actor=SYSTEM)
    assert f"EUR{NBSP}119.00 goes back" in text(ask(planner, placed, "cancel"))
    assert do(planner, placed, "cancel", reason_choice="Asked to cancel").status_code == 302
    assert Refund.objects.get().amount == 119
    assert not EventRegistration.objects.active().exists()
    assert is_whole()


def test_reminders_and_mails_again_leave_once(desk: Client, expo: Event, gold: Pass) -> None:
    for who in (ADA, BOB):
        order(gold, who, way=Order.Way.INVOICE)
    Notification.objects.update(sent_at=timezone.now(), created_at=timezone.now() - timedelta(hours=1))
    url = verb_url(expo, "event_orders", "remind")
    asked = {"across": "1", "back": "/admin/"}
    assert "2 mails" in text(desk.post(url, asked))
    for _again in range(2):
        assert desk.post(url, {**asked, "confirmed": "1"}).status_code == 302
    assert Notification.objects.filter(kind="order_reminder").count() == 2
    assert do(desk, Order.objects.earliest("pk"), "send_again").status_code == 302
    assert Notification.objects.filter(kind="order_placed", sent_at=None).count() == 1


@pytest.mark.parametrize(("why", "owed"), [("", 119), ("Speaker's guest", 0)])
def test_added_by_staff_a_priced_pass_is_owed_or_complimentary(
    desk: Client, expo: Event, gold: Pass, why: str, owed: int
) -> None:
    data = typed(ADA, event_pass=gold.pk, complimentary=why)
    said = text(desk.post(add_url(expo), {**data, "step": "look"}))
    assert (f"owes EUR{NBSP}119.00 by invoice" if owed else "complimentary: nothing is owed") in said
    assert not Order.objects.exists()
    assert desk.post(add_url(expo), {**data, "step": "add", "deed": "fit"}).status_code == 302
    placed = Order.objects.get()
    assert (placed.state, placed.open) == ("owed" if owed else "paid", owed)
    assert placed.reason == why
    assert is_whole()


def test_cancelling_the_event_shows_the_sum_that_goes_back(planner: Client, expo: Event, gold: Pass) -> None:
    mark_paid(order(gold, ADA, way=Order.Way.INVOICE), actor=SYSTEM)
    order(gold, BOB)
    url = reverse("admin:events_event_cancel", args=[expo.pk])
    said = text(planner.get(url))
    assert f"EUR{NBSP}119.00 received" in said
    assert "whoever pays late gets it back" in said
    planner.post(url, {"confirmed": "1", "reason": "Weather or transport", "notify": "on"})
    assert Refund.objects.get().amount == 119
    assert is_whole()


def test_billing_details_of_one_order_are_corrected_and_invoiced_anew(desk: Client, gold: Pass) -> None:
    placed = order(gold, ADA, way=Order.Way.INVOICE, billing={"company": "Acme", "city": "Bonn"})
    asked = ask(desk, placed, "billing")
    assert "a credit note and a new invoice will be written" in text(asked)
    assert 'value="Acme"' in asked.content.decode()
    assert do(desk, placed, "billing", company="x" * 201).status_code == 422
    assert do(desk, placed, "billing", company="Acme", city="Ghent", vat_id="BE 1").status_code == 302
    placed.refresh_from_db()
    assert placed.billing == {"company": "Acme", "city": "Ghent", "vat_id": "BE 1"}
    assert list(placed.invoices.order_by("pk").values_list("kind", flat=True)) == [
        *("invoice", "credit_note", "invoice")
    ]
    both = [placed.pk, order(gold, BOB).pk]
    answer = desk.post(verb_url(gold.event, "event_orders", "billing"), {"row": both, "back": "/admin/"})
    assert "Choose one order" in text(answer)
    assert is_whole()


def test_a_transfer_that_comes_too_late_is_noted_and_seats_whoever_still_finds_a_seat(
    desk: Client, gold: Pass
) -> None:
    late, gone = order(gold, ADA, way=Order.Way.INVOICE), order(gold, BOB, way=Order.Way.INVOICE)
    expire_orders(timezone.now() + timedelta(days=200))
    assert "while there are seats for them" in text(ask(desk, late, "mark_paid"))
    assert do(desk, late, "mark_paid").status_code == 302
    again = order(gold, BOB, way=Order.Way.INVOICE)
    cancel_order(again, actor=SYSTEM)
    answer = do(desk, again, "mark_paid")
    assert "is to be sent back" in text(answer)
    states = Order.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["paid", "expired", "cancelled"]
    assert (Refund.objects.get().payment.order, gone.received) == (again, 0)
    assert is_whole()


def test_what_another_refund_made_good_keeps_no_other_from_being_marked_as_sent(
    planner: Client, gold: Pass
) -> None:
    placed = order(gold, ADA, way=Order.Way.INVOICE)
    mark_paid(placed, amount=Decimal(100), actor=SYSTEM)
    payment = Payment.objects.get()
    note_refund_failed(refund_payment(payment, reason="Wrong", actor=SYSTEM), "No such account", final=True)
    refund_payment(payment, reason="Wrong", actor=SYSTEM)
    assert do(planner, placed, "mark_sent", reference="Transfer 9").status_code == 302
    assert sorted(Refund.objects.values_list("state", flat=True)) == ["done", "failed"]
    assert is_whole()
