"""Passes are bought on the website: what the form comes to, paying and coming back, and the order's own page."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from events.actors import SYSTEM, Actor
from events.models import Event, Pass, Sale, SeatCount
from registrations.actions import cancel_order, expire_orders, mark_paid, place_order, submit_agenda
from registrations.links import order_path
from registrations.mail import render
from registrations.models import EventRegistration, Notification, Order, Payment, Refund
from registrations.payments import flow
from registrations.payments.test import TestAnswer
from registrations.rules.orders import Bought
from registrations.rules.people import Attendee
from tests.factories import PassFactory, SessionFactory, UserFactory
from tests.website.buying import (
    HOW,
    a_pass,
    a_sale,
    filled_in,
    hidden,
    order_by_form,
    send,
    the_order,
    the_payment,
)
from tests.website.clicks import choose, held, mine, text
from waitlists.models import WaitlistItem

pytestmark = [pytest.mark.django_db, pytest.mark.once]
State = Order.State


@pytest.fixture(autouse=True)
def _a_site_with_test_payments(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = ["test"]


@pytest.fixture
def expo(db: None) -> Event:
    return a_sale()


@pytest.fixture
def day(expo: Event) -> Pass:
    return a_pass(expo)


def placed(day: Pass, *people: Attendee, **more: Any) -> Order:
    return place_order(day.event, people[0], [Bought(one, day) for one in people], **more)


def test_event_page_says_what_a_pass_costs_and_leads_to_it(client: Client, expo: Event) -> None:
    a_pass(expo, capacity=3)
    a_pass(expo, "Gone", capacity=0)
    said = text(client.get("/expo/"))
    assert "EUR 40 incl. 19 % VAT" in said
    assert "3 left" in said
    assert "Gone" not in said
    [day] = Pass.objects.filter(name="Day pass")
    address = f"/expo/register/?pass={day.uuid}"
    assert address in client.get("/expo/").content.decode()
    page = client.get(address).content.decode()
    assert f'value="{day.uuid}" checked' in " ".join(page.split())


def test_form_shows_the_sum_before_anything_is_ordered(client: Client, day: Pass, bob: Attendee) -> None:
    page = send(client, filled_in((bob, day)))
    said = text(page)
    assert "Total EUR 40.00" in said
    assert "contains 19 % VAT EUR 6.39" in said
    assert "Order for EUR 40.00" in said
    assert "No dogs." in said
    assert not Order.objects.exists()


def test_two_people_are_ordered_for_and_paid_at_the_provider(
    client: Client, expo: Event, day: Pass, bob: Attendee, carol: Attendee
) -> None:
    half = a_pass(expo, "Half day", price="12.50", vat_rate=7)
    answer = order_by_form(client, filled_in((bob, day), (carol, half)), **{"billing-company": "Baker Ltd"})
    order, payment = the_order(), the_payment()
    assert (order.state, order.total, order.billing) == (
        State.HELD,
        Decimal("52.50"),
        {"company": "Baker Ltd"},
    )
    assert (answer.status_code, answer.url) == (303, payment.address)
    page = client.get(answer.url)
    assert "no money moves" in text(page)
    back = client.post(answer.url, {"answer": "pay"})
    page = client.get(client.get(back.url).url)
    said = text(page)
    for words in ("Paid", "Bob Baker", "Carol Carter", "Half day", "Baker Ltd", "EUR 52.50"):
        assert words in said
    assert "contains 7 % VAT EUR 0.82 contains 19 % VAT EUR 6.39" in said
    # Of the personal pages only the payer's own.
    assert page.content.decode().count("/expo/me/") == 1
    registered = {
        each.contact.email: each for each in EventRegistration.objects.select_related("contact", "event")
    }
    assert mine("manage", registered[bob.email]) in page.content.decode()
    assert "Bought by Bob Baker" in text(client.get(mine("manage", registered[carol.email])))
    assert order_path(order) in client.get(mine("manage", registered[bob.email])).content.decode()
    assert order_path(order) not in client.get(mine("manage", registered[carol.email])).content.decode()


def test_double_press_makes_one_order_and_one_payment(client: Client, day: Pass, bob: Attendee) -> None:
    form = filled_in((bob, day))
    page = send(client, form)
    form |= {"agreed": hidden(page, "agreed"), "order": hidden(page, "order")}
    first, again = send(client, form), send(client, form)
    assert first.url == again.url
    assert (Order.objects.count(), Payment.objects.count()) == (1, 1)
    # A form kept is no order's link.
    Order.objects.update(placed_at=timezone.now() - timedelta(minutes=11))
    assert send(client, form).url == "/expo/"


def test_by_invoice_says_how_to_pay_until_it_is_marked_as_paid(
    client: Client, day: Pass, bob: Attendee, alice: Any
) -> None:
    answer = order_by_form(client, filled_in((bob, day)), **{"billing-way": "invoice"})
    order = the_order()
    assert answer.url == order_path(order)
    said = text(client.get(answer.url))
    for words in (HOW, order.code, "Your seats are held until", "Waiting for your payment"):
        assert words in said
    mark_paid(order, actor=Actor.staff(alice))
    said = text(client.get(answer.url))
    assert "Paid" in said
    assert HOW not in said


def test_whoever_began_to_pay_online_asks_for_an_invoice_instead(
    client: Client, expo: Event, day: Pass, bob: Attendee
) -> None:
    order = placed(day, bob)
    address = order_path(order) + "by-invoice/"
    assert "Pay by invoice instead" in text(client.get(order_path(order)))
    assert client.get(address).status_code == 302
    assert Order.objects.get().way == "online"
    said = text(client.post(address, follow=True))
    assert "Your invoice is on its way by mail." in said
    assert "Pay by invoice instead" not in said
    assert (Order.objects.get().way, order.invoices.count()) == ("invoice", 1)
    other = placed(day, Attendee("eve@example.com", "Eve", "Evans"))
    Event.objects.update(how_to_pay="")
    assert "Pay by invoice instead" not in text(client.get(order_path(other)))
    refused = client.post(order_path(other) + "by-invoice/")
    assert refused.status_code == 409
    assert "This order cannot be paid by invoice." in text(refused)


@pytest.mark.parametrize(
    ("answer", "words", "state"),
    [
        (None, "Your bank has not answered yet; your seats are held until", State.HELD),
        (TestAnswer.NOT_PAID, "Your seats are held until", State.HELD),
        (TestAnswer.WRONG_SUM, "instead of EUR 40.00: the organizer looks at it", State.HELD),
        (TestAnswer.PAID, "Everybody on this order is registered", State.PAID),
    ],
)
def test_coming_back_believes_the_provider_alone(
    client: Client, day: Pass, bob: Attendee, answer: TestAnswer | None, words: str, state: str
) -> None:
    order_by_form(client, filled_in((bob, day)))
    order, payment = the_order(), the_payment()
    if answer:
        flow.say(payment, answer)
    back = client.get(order_path(order) + "back/?paid=1&amount=40&state=paid")
    assert words in text(client.get(back.url))
    order.refresh_from_db()
    assert order.state == state


def test_the_address_of_the_button_loaded_anew_shows_the_order_and_begins_no_payment(
    client: Client, day: Pass, bob: Attendee
) -> None:
    order_by_form(client, filled_in((bob, day)))
    order = the_order()
    Payment.objects.all().delete()
    address = order_path(order) + "pay/"
    assert client.get(address).url == order_path(order)
    assert not Payment.objects.exists()
    assert client.post(address).url == the_payment().address
    broken = client.get(f"/expo/orders/{'x' * 40}/pay/")
    assert broken.status_code == client.get(f"/expo/orders/{'x' * 40}/").status_code
    assert b"Bob" not in broken.content


def test_expired_order_says_so_and_money_that_still_comes_is_a_seat(
    client: Client, day: Pass, bob: Attendee
) -> None:
    order_by_form(client, filled_in((bob, day)))
    order, payment = the_order(), the_payment()
    expire_orders(timezone.now() + timedelta(minutes=51))
    said = text(client.get(order_path(order)))
    assert "Not paid in time The seats are free again. If your money still comes, you get the seats" in said
    assert "/pay/" not in client.get(order_path(order)).content.decode()
    assert client.post(order_path(order) + "pay/").url == order_path(order)
    flow.say(payment, TestAnswer.PAID)
    assert "Everybody on this order is registered" in text(client.get(order_path(order)))


def test_late_money_without_a_seat_goes_back(
    client: Client, expo: Event, bob: Attendee, carol: Attendee
) -> None:
    last = a_pass(expo, capacity=1)
    order_by_form(client, filled_in((bob, last)))
    order, payment = the_order(), the_payment()
    expire_orders(timezone.now() + timedelta(minutes=51))
    mark_paid(placed(last, carol), actor=SYSTEM)
    flow.say(payment, TestAnswer.PAID)
    assert "EUR 40.00 go back to you" in text(client.get(order_path(order)))
    assert Refund.objects.get().amount == 40


def test_payer_cancels_by_the_terms_of_the_day(client: Client, expo: Event, day: Pass, bob: Attendee) -> None:
    Sale.objects.update(refunds_until=timezone.now() + timedelta(days=1), refund_percent=75)
    order_by_form(client, filled_in((bob, day)))
    order, payment = the_order(), the_payment()
    assert "You have paid nothing" in text(client.get(order_path(order) + "cancel/"))
    flow.say(payment, TestAnswer.PAID)
    Sale.objects.update(refund_percent=0)
    said = text(client.get(order_path(order) + "cancel/"))
    assert "EUR 30.00 go back to you. EUR 10.00 are kept" in said
    assert client.get(order_path(order)).content.decode().count("/cancel/") == 1
    client.post(order_path(order) + "cancel/")
    said = text(client.get(order_path(order)))
    assert "This order was cancelled" in said
    assert "EUR 30.00 go back to you" in said
    # Cancelled once: the address says so, and nothing more happens.
    assert client.post(order_path(order) + "cancel/").url == order_path(order)
    assert Refund.objects.get().amount == 30


def test_order_pages_are_the_payers_alone(client: Client, day: Pass, bob: Attendee, carol: Attendee) -> None:
    mine_is, other = placed(day, bob), placed(day, carol)
    path = order_path(mine_is)
    answer = client.get(path, {"q": "knots"}, headers={"accept-encoding": "br, gzip"})
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    assert not answer.has_header("Content-Encoding")
    token = path.split("/")[-2]
    others = order_path(other).split("/")[-2]
    identity = others.rpartition(".")[0]
    forged = [
        path.replace(token, "nonsense"),
        path.replace(token, f"{token[:-1]}~"),
        path.replace(token, f"{identity}.{token.rpartition('.')[2]}"),
        path.replace("/expo/", "/elsewhere/"),
    ]
    for address in forged:
        for more in ("", "back/", "cancel/"):
            answer = client.get(address + more)
            assert answer.status_code == 404
            assert "no-store" in answer["Cache-Control"]
            assert "link" in text(answer).lower()
    assert client.post(forged[0] + "pay/").status_code == 404
    payment = Payment.objects.create(
        order=other, provider="test", amount=40, currency="EUR", begun_at=timezone.now()
    )
    assert client.get(f"{path}test/{payment.key}/").status_code == 404
    assert client.get(f"{path}invoice/{payment.key}/").status_code == 404


def test_what_was_typed_is_kept_where_the_form_is_wrong(client: Client, day: Pass, bob: Attendee) -> None:
    form = filled_in((bob, day), **{"billing-vat_id": "ZZ123", "billing-way": "invoice"})
    page = order_by_form(client, {**form, "email": "no address"})
    assert page.status_code == 422
    page = order_by_form(client, {**form, "billing-company": "x" * 201})
    body = page.content.decode()
    assert 'value="ZZ123"' in body
    assert '<details class="billing-more" open>' in body
    assert not Order.objects.exists()


class Bad:
    """Each a form that cannot be taken, with what is said."""

    @staticmethod
    def elsewhere(form: Any, expo: Event, day: Pass) -> str:
        form["event_pass"] = str(PassFactory(name="Other").uuid)
        return "Choose a pass of this event."

    @staticmethod
    def elsewhere_for_another(form: Any, expo: Event, day: Pass) -> str:
        form["p2-event_pass"] = str(PassFactory(name="Other").uuid)
        return "Choose a pass of this event."

    @staticmethod
    def twice(form: Any, expo: Event, day: Pass) -> str:
        form["p2-email"] = form["email"].upper()
        return "This address is named twice"

    @staticmethod
    def currencies(form: Any, expo: Event, day: Pass) -> str:
        form["p2-event_pass"] = str(a_pass(expo, "In francs", currency="CHF").uuid)
        return "Choose passes of one currency for one order."

    @staticmethod
    def sold_out(form: Any, expo: Event, day: Pass) -> str:
        placed(day, *[Attendee(f"{n}@example.com", "N", str(n)) for n in range(9)])
        return "“Day pass”: only 1 left"

    @staticmethod
    def dearer(form: Any, expo: Event, day: Pass) -> str:
        Pass.objects.filter(pk=day.pk).update(price=50)
        return "The sum has changed"

    @staticmethod
    def known(form: Any, expo: Event, day: Pass) -> str:
        placed(day, Attendee(form["p2-email"], "Carol", "Carter"))
        return "Person 2"

    @staticmethod
    def too_many(form: Any, expo: Event, day: Pass) -> str:
        Event.objects.filter(pk=expo.pk).update(people_in_one_go=1)
        return "The sum has changed"

    @staticmethod
    def no_way(form: Any, expo: Event, day: Pass) -> str:
        form["billing-way"] = "complimentary"
        return "Select a valid choice"


@pytest.mark.parametrize("bad", [name for name in vars(Bad) if not name.startswith("_")])
def test_form_that_cannot_be_taken_comes_back_as_it_was_typed(
    client: Client, expo: Event, day: Pass, bob: Attendee, carol: Attendee, bad: str
) -> None:
    form = filled_in((bob, day), (carol, day), **{"billing-reference": "PO 77"})
    page = send(client, form)
    form |= {"agreed": hidden(page, "agreed"), "order": hidden(page, "order")}
    words = getattr(Bad, bad)(form, expo, day)
    before = Order.objects.count()
    page = send(client, form)
    assert words in text(page)
    assert page.status_code in {200, 409, 422}
    body = page.content.decode()
    assert bob.email in body
    assert bad == "too_many" or form["p2-email"] in body
    assert Order.objects.count() == before
    assert not EventRegistration.objects.exists()


@pytest.mark.parametrize("forged", ["", "x" * 5000, "{other}.{event}.forged", "{other}"])
def test_forged_key_opens_no_other_order(
    client: Client, day: Pass, bob: Attendee, carol: Attendee, forged: str
) -> None:
    other = placed(day, carol)
    form = filled_in((bob, day))
    agreed = hidden(send(client, form), "agreed")
    key = forged.format(other=other.uuid.hex, event=day.event_id)
    answer = send(client, {**form, "agreed": agreed, "order": key})
    assert answer.url == Payment.objects.get(order__payer__email=bob.email).address


def test_who_is_registered_gets_a_mail_instead_of_an_order(client: Client, day: Pass, bob: Attendee) -> None:
    mark_paid(placed(day, bob), actor=SYSTEM)
    answer = order_by_form(client, filled_in((bob, day)))
    assert answer.status_code == 200
    assert "website/link_sent.html" in [each.name for each in answer.templates]
    assert Order.objects.count() == 1


def test_free_pass_needs_no_order(
    client: Client, expo: Event, day: Pass, bob: Attendee, carol: Attendee
) -> None:
    free = a_pass(expo, "Helper", price=0)
    answer = send(client, filled_in((bob, free)))
    assert "/result/" in answer.url
    assert not Order.objects.exists()
    # Several people, of whom somebody pays nothing, are one order.
    dora, eve = (Attendee(f"{name}@example.com", name, "X") for name in ("dora", "eve"))
    order_by_form(Client(), filled_in((dora, free), (eve, day)))
    assert the_order().total == 40


def test_only_the_page_that_pays_may_post_to_the_provider(
    client: Client, settings: Any, day: Pass, bob: Attendee
) -> None:
    settings.PAYMENT_PROVIDERS, settings.STRIPE_SECRET_KEY = ["stripe"], "sk_test_1"
    Sale.objects.update(provider="stripe")

    def forms_go_to(address: str) -> str:
        policy = client.get(address)["Content-Security-Policy"]
        [rule] = [each for each in policy.split("; ") if each.startswith("form-action")]
        return rule

    assert forms_go_to("/expo/register/") == "form-action 'self'"
    page = send(client, filled_in((bob, day)))
    assert "form-action 'self' https://checkout.stripe.com" in page["Content-Security-Policy"]
    order = placed(day, bob)
    assert forms_go_to(order_path(order)) == "form-action 'self' https://checkout.stripe.com"
    assert forms_go_to(order_path(order) + "cancel/") == "form-action 'self'"


def test_sessions_chosen_are_held_with_the_pass_and_given_once_it_is_paid(
    client: Client, bob: Attendee
) -> None:
    event = a_sale(session_level=True, passes_with_agenda=True)
    day = a_pass(event)
    knots, tides = (SessionFactory(event=event, name=name, capacity=1) for name in ("Knots", "Tides"))
    choose(client, knots, tides)
    order_by_form(client, filled_in((bob, day)))
    order, payment = the_order(), the_payment()
    assert "Day pass : Knots , Tides" in text(client.get(order_path(order)))
    # Nobody else gets the seat while Bob looks for his card.
    assert "Fully booked" in text(Client().get("/expo/sessions/"))
    flow.say(payment, TestAnswer.PAID)
    assert held(bob) == ["Knots", "Tides"]


def test_sold_out_pass_is_waited_for_and_the_invitation_leads_to_an_order(
    client: Client, bob: Attendee, carol: Attendee
) -> None:
    event = a_sale(waitlist_enabled=True)
    last = a_pass(event, capacity=1)
    mark_paid(placed(last, carol), actor=SYSTEM)
    assert "Sold out – join the waitlist" in text(client.get("/expo/"))
    chosen = send(client, filled_in((bob, last), **{"do": "sum"}))
    assert "You pay nothing now" in text(chosen)
    send(client, filled_in((bob, last)))
    waiting = EventRegistration.objects.select_related("event", "contact").get(contact__email=bob.email)
    assert (waiting.status, Order.objects.count()) == ("waitlisted", 1)
    for page in ("manage_result", "manage"):
        said = text(client.get(mine(page, waiting)))
        assert "You are 1st in line" in said
        assert last.name in said
    cancel_order(Order.objects.get(), actor=SYSTEM)
    item = WaitlistItem.objects.invited().get()
    offered = render(Notification.objects.get(kind="invited")).body.replace("\xa0", " ")
    assert last.name in offered
    assert "Order for EUR 40" in offered
    address = mine("invitation", waiting, item.uuid)
    said = text(client.get(address))
    assert "Order for EUR 40.00" in said
    assert "Accept the seat" not in said
    answer = client.post(address, {"answer": "order", "billing-company": "Baker Ltd"})
    payment = Payment.objects.select_related("order__event").get(provider="test")
    assert answer.url == payment.address
    assert client.get(address).url == order_path(payment.order)
    flow.say(payment, TestAnswer.PAID)
    assert "Everybody on this order is registered" in text(client.get(order_path(payment.order)))
    waiting.refresh_from_db()
    assert waiting.status == "confirmed"


@pytest.mark.parametrize("price", [0, 40])
def test_where_people_choose_their_sessions_a_sold_out_pass_promises_no_line(
    client: Client, bob: Attendee, carol: Attendee, price: int
) -> None:
    event = a_sale(session_level=True, passes_with_agenda=True, waitlist_enabled=True)
    last, other = a_pass(event, "Last", capacity=1, price=price), a_pass(event, "Other", price=price)
    knots = SessionFactory(event=event, name="Knots")
    submit_agenda(event, carol, [knots], event_pass=last, actor=Actor.staff(UserFactory()))
    choose(client, knots)
    for address in ("/expo/", "/expo/register/"):
        said = text(client.get(address))
        assert said.count("Sold out It has no waitlist. Look again later") == 1
        assert "join the waitlist" not in said
    form = client.get("/expo/register/").content.decode()
    for each, is_had in ((last, False), (other, True)):
        assert ("disabled" not in form.split(f'value="{each.uuid}"')[1].split(">")[0]) == is_had
    # Whoever had the page open still is told so, and nobody is promised a place in line.
    for more in ({"do": "sum"}, {"wait": "on"}):
        answer = order_by_form(client, filled_in((bob, last), **more))
        assert "You pay nothing now" not in text(answer)
    assert "sold out. Choose another" in text(answer)
    assert not EventRegistration.objects.filter(contact__email=bob.email).exists()
    # Where the event itself is full, people wait for that, with a pass that is left.
    SeatCount.objects.filter(pk=event.seats_id).update(capacity=1)
    page = send(client, filled_in((bob, other), **{"do": "sum"}))
    assert ("You pay nothing now" in text(page)) == bool(price)
