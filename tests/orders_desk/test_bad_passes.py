"""Prices and VAT that there are none of, and a pass deleted while it is ordered: a clear sentence, nothing lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from events.actors import SYSTEM
from events.models import Event, Pass, SeatCount
from registrations.actions import cancel_order, place_order, register_for_event
from registrations.models import Order
from registrations.queries.recount import recount
from registrations.rules.orders import Bought
from registrations.rules.people import Attendee
from tests.admin_panels.helpers import text, verb_url
from tests.factories import PassFactory
from waitlists.models import WaitlistItem

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
ADA, BOB = Attendee("ada@example.com", "Ada", "Ayr"), Attendee("bob@example.com", "Bob", "Bay")


def pass_url(offered: Pass, what: str = "change") -> str:
    return reverse(f"admin:events_pass_{what}", args=[offered.pk])


def typed_on(page: Any) -> dict[str, Any]:
    form = page.context["adminform"].form
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    return {**typed, "on_sale_from_0": "", "opens": []}


def test_a_negative_price_and_too_much_vat_are_refused_and_nothing_typed_is_lost(
    planner: Client, gold: Pass
) -> None:
    typed = typed_on(planner.get(pass_url(gold)))
    for wrong, said in [
        ({"price": "-1"}, "greater than or equal to 0"),
        ({"vat_rate": "101"}, "less than or equal to 100"),
        ({"vat_rate": "-1"}, "greater than or equal to 0"),
    ]:
        answer = planner.post(pass_url(gold), {**typed, "name": "Golden", **wrong})
        page = answer.content.decode()
        [value] = wrong.values()
        assert (answer.status_code, said in page) == (422, True), wrong
        assert 'value="Golden"' in page
        assert f'value="{value}"' in page
    gold.refresh_from_db()
    assert (gold.name, gold.price, gold.vat_rate) == ("Gold", 119, 19)


def test_a_pass_in_somebodys_order_is_not_deleted(planner: Client, gold: Pass) -> None:
    placed = place_order(gold.event, ADA, [Bought(ADA, gold)])
    refused = planner.post(pass_url(gold, "delete"))
    assert refused.status_code == 409
    assert "Somebody is paying for it right now. Cancel the orders first" in text(refused)
    assert Pass.objects.offered().filter(pk=gold.pk).exists()
    cancel_order(placed, actor=SYSTEM)
    assert planner.post(pass_url(gold, "delete")).status_code == 302
    # What was ordered still says which pass it was.
    assert Order.objects.get().order_lines.get().event_pass == gold
    assert not list(recount())


@pytest.mark.parametrize(("why", "owed"), [("", 119), ("Speaker", 0)])
def test_from_the_waitlist_a_priced_pass_is_owed_or_complimentary(
    desk: Client, expo: Event, gold: Pass, why: str, owed: int
) -> None:
    gold.seats.capacity = 0
    gold.seats.save()
    assert register_for_event(expo, BOB, gold, wait=True).status == "waitlisted"
    gold.seats.capacity = 5
    gold.seats.save()
    row = WaitlistItem.objects.get().pk
    data = {"row": row, "back": "/admin/"}
    url = verb_url(expo, "event_waitlist", "register")
    asked = text(desk.post(url, data)).replace("\N{NO-BREAK SPACE}", " ")
    assert "owes EUR 119.00 by invoice" in asked
    assert desk.post(url, {**data, "confirmed": "1", "complimentary": why}).status_code == 302
    placed = Order.objects.get()
    assert (placed.state, placed.open, placed.reason) == ("owed" if owed else "paid", owed, why)
    assert WaitlistItem.objects.get().status == "registered"
    assert not list(recount())


def test_preview_from_the_waitlist_says_for_each_what_their_own_pass_comes_to(
    desk: Client, expo: Event, gold: Pass
) -> None:
    silver = PassFactory(event=expo, name="Silver", price=40, capacity=0)
    press = PassFactory(event=expo, name="Press", price=0, capacity=0)
    SeatCount.objects.filter(pk=gold.seats_id).update(capacity=0)
    for name, each in (("Ann", gold), ("Ben", silver), ("Cat", press)):
        who = Attendee(f"{name.lower()}@example.com", name, "Ayr")
        assert register_for_event(expo, who, Pass.objects.get(pk=each.pk), wait=True).status == "waitlisted"
    SeatCount.objects.filter(pk__in=[gold.seats_id, silver.seats_id, press.seats_id]).update(capacity=5)
    rows = list(WaitlistItem.objects.values_list("pk", flat=True))
    asked = desk.post(verb_url(expo, "event_waitlist", "register"), {"row": rows, "back": "/admin/"})
    said = {one.who: one.then for one in asked.context_data["consequences"]}
    assert {who: then.replace("\N{NO-BREAK SPACE}", " ") for who, then in said.items()} == {
        "Ann Ayr": "gets a seat · owes EUR 119.00 by invoice",
        "Ben Ayr": "gets a seat · owes EUR 40.00 by invoice",
        "Cat Ayr": "gets a seat",
    }
    assert not Order.objects.exists()
