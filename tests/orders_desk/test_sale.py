"""How passes are sold: what is missing is said, settings are kept, and a copy of the event sells alike."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from events.actors import SYSTEM
from events.models import Event, Pass, Sale
from registrations.actions import copy_event
from registrations.models import Activity
from registrations.queries.copying import Copying
from tests.admin_panels.helpers import panel, tab

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TYPED = {
    **{"provider": "", "hold_minutes": 30, "invoice_days": 7, "how_to_pay": "Account 1"},
    **{"seller": "Expo Ltd\nQuay 1", "seller_tax_id": "NL1", "invoice_series": "27-", "invoice_footer": ""},
    **{"terms": "No returns.", "refunds_until_0": "", "refunds_until_1": "", "refund_percent": 80},
}


def settings_of(event: Event) -> str:
    return reverse("admin:sale_settings", args=["event", event.pk])


def test_says_what_is_missing_before_passes_can_be_sold(planner: Client, expo: Event, gold: Pass) -> None:
    assert "Invoices say no seller yet" in panel(planner.get(tab(expo)), "event_sale")
    Sale.objects.create(event=expo, seller="Expo Ltd", provider="nobody")
    shown = panel(planner.get(tab(expo)), "event_sale")
    assert "no VAT or tax number" in shown
    assert "“nobody” is not set up on this site" in shown
    assert "EUR 119.00" in shown
    Event.objects.update(how_to_pay="")
    assert "No way to pay: priced passes are not on offer." in panel(planner.get(tab(expo)), "event_sale")


def test_where_nothing_is_sold_nothing_is_said_of_it(planner: Client, expo: Event, gold: Pass) -> None:
    Pass.objects.update(price=0)
    page = planner.get(tab(expo))
    assert not panel(page, "event_sale")
    assert not panel(page, "event_orders")


def test_settings_are_kept_and_what_is_wrong_is_said(planner: Client, expo: Event, gold: Pass) -> None:
    refused = planner.post(settings_of(expo), {**TYPED, "refund_percent": 120, "hold_minutes": 1})
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"refund_percent", "hold_minutes"}
    until = {"refunds_until_0": "2031-05-01", "refunds_until_1": "12:00"}
    assert planner.post(settings_of(expo), {**TYPED, **until}).status_code == 302
    sale = Sale.objects.select_related("event").get(event=expo)
    assert (sale.hold_minutes, sale.invoice_days, sale.refund_percent) == (30, 7, 80)
    assert (sale.seller, sale.invoice_series) == ("Expo Ltd\r\nQuay 1".replace("\r", ""), "27-")
    assert sale.refunds_until.astimezone(expo.zone).hour == 12
    assert sale.event.how_to_pay == "Account 1"
    assert Activity.objects.filter(event=expo, verb=Activity.Verb.EDITED).count() == 1
    assert planner.post(settings_of(expo), {**TYPED, **until}).status_code == 302
    assert Activity.objects.filter(event=expo, verb=Activity.Verb.EDITED).count() == 1


def test_only_planners_say_how_passes_are_sold(desk: Client, expo: Event, gold: Pass) -> None:
    assert desk.post(settings_of(expo), TYPED).status_code == 403
    assert "Sale settings" not in panel(desk.get(tab(expo)), "event_sale")
    assert not Sale.objects.exists()


@pytest.mark.parametrize(
    ("online", "invoice", "known", "said", "is_offered"),
    [
        (True, False, ["test"], "", True),
        (True, False, [], "", False),
        (False, True, ["test"], "", False),
        (False, True, [], "Account 1", True),
        (True, True, ["test"], "", True),
        (False, False, ["test"], "Account 1", False),
    ],
)
def test_a_pass_is_on_offer_where_one_of_its_ways_to_pay_is_set_up(
    expo: Event,
    gold: Pass,
    settings,
    online: bool,
    invoice: bool,
    known: list[str],
    said: str,
    is_offered: bool,
) -> None:
    settings.PAYMENT_PROVIDERS = known
    Sale.objects.create(event=expo, provider="test")
    expo.how_to_pay, gold.pay_online, gold.pay_by_invoice, gold.event = said, online, invoice, expo
    assert gold.can_be_paid is is_offered
    gold.price = 0
    assert gold.can_be_paid


def test_the_pass_says_its_vat_and_ways_to_pay(planner: Client, expo: Event, gold: Pass) -> None:
    page = planner.get(reverse("admin:events_pass_change", args=[gold.pk]))
    form = page.context["adminform"].form
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    typed |= {"vat_rate": "7", "pay_online": "", "on_sale_from_0": "", "opens": []}
    saved = planner.post(reverse("admin:events_pass_change", args=[gold.pk]), typed)
    assert saved.status_code == 302
    gold.refresh_from_db()
    assert (gold.vat_rate, gold.pay_online, gold.pay_by_invoice) == (7, False, True)


@pytest.mark.django_db(transaction=True)
def test_a_copy_of_the_event_sells_alike(expo: Event, gold: Pass) -> None:
    Sale.objects.create(event=expo, seller="Expo Ltd", hold_minutes=20, refunds_until=expo.starts_at)
    day = expo.starts_at.astimezone(expo.zone).date() + timedelta(days=28)
    [copy] = copy_event(expo, Copying("Next", "next", day), actor=SYSTEM)
    sale = Sale.objects.get(event=copy)
    assert (sale.seller, sale.hold_minutes, sale.refunds_until) == ("Expo Ltd", 20, copy.starts_at)
    assert copy.passes.get().vat_rate == 19
    assert copy.how_to_pay == expo.how_to_pay
