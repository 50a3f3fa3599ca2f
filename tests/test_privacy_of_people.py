"""How long people are kept, and what they may ask to see."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from events.actors import SYSTEM
from events.models import Contact, Event
from registrations.actions import check_in, erase_contact, mark_paid, place_order, submit_agenda
from registrations.actions.people.retention import forget_people
from registrations.mail import send_due
from registrations.models import EventRegistration, Order, RegistrationResponse, SessionRegistration
from registrations.queries.everything import everything_about
from registrations.rules.orders import Bought
from registrations.rules.people import Attendee
from tests.admin_forms.paper import change
from tests.engine.acts import contact_of, figures
from tests.factories import (
    CustomRegistrationFieldFactory,
    EventFactory,
    PassFactory,
    SessionFactory,
    UserFactory,
    at,
)
from tests.website.clicks import mine

pytestmark = pytest.mark.django_db
DAYS = 30


@pytest.fixture
def event():
    return EventFactory(name="Harbour Conf", slug="harbour", retention_days=DAYS)


@pytest.fixture
def session(event, bob, carol):
    """Bob has its one seat, and answered; Carol waits."""
    session = SessionFactory(event=event, name="Knots", capacity=1)
    question = CustomRegistrationFieldFactory(event=event, label="Diet")
    submit_agenda(event, Attendee(bob.email, "Bob", "Baker", {question.pk: "vegan"}), [session])
    submit_agenda(event, carol, [session], wait=True)
    return session


def after(event, days=DAYS, **more):
    return event.ends_at + timedelta(days=days, **more)


def test_people_are_forgotten_after_their_days_and_figures_stay(event, session, bob, assert_seats_true):
    before = figures(session)
    assert forget_people(after(event, seconds=-1)) == 0
    assert Contact.objects.filter(email=bob.email).exists()
    assert forget_people(after(event)) == 2
    assert figures(session) == before == (1, 1, 0, 1)
    assert SessionRegistration.objects.active().filter(session=session).count() == 1
    assert Contact.objects.filter(erased_at=None).count() == 0
    assert set(EventRegistration.objects.values_list("first_name", "last_name")) == {("", "")}
    assert not RegistrationResponse.objects.exists()
    assert_seats_true(event)
    assert forget_people(after(event, days=DAYS + 1)) == 0
    event.refresh_from_db()
    assert event.people_forgotten_at == after(event)


def test_personal_links_of_forgotten_people_are_dead(client, event, session, bob):
    registration = EventRegistration.objects.get(contact=contact_of(bob))
    address = mine("manage", registration)
    assert client.get(address).status_code == 200
    forget_people(after(event))
    assert client.get(address).status_code == 410


def test_event_without_days_keeps_its_people(event, session, bob):
    Event.objects.update(retention_days=None)
    assert forget_people(after(event, days=4000)) == 0
    assert Contact.objects.filter(email=bob.email, erased_at=None).exists()


def test_whoever_another_event_keeps_stays_known_there_only(event, session, bob):
    other = EventFactory(name="Sail Expo", starts_at=at(9, day=200), ends_at=at(18, day=200))
    submit_agenda(
        other, bob, [SessionFactory(event=other, starts_at=at(9, day=200), ends_at=at(10, day=200))]
    )
    assert forget_people(after(event)) == 2
    names = dict(
        EventRegistration.objects.filter(contact__email=bob.email).values_list("event", "first_name")
    )
    assert names == {event.pk: "", other.pk: "Bob"}
    assert not RegistrationResponse.objects.exists()
    assert forget_people(after(event, days=DAYS + 1)) == 0
    Event.objects.filter(pk=other.pk).update(retention_days=1)
    assert forget_people(after(other, days=1)) == 1
    assert Contact.objects.filter(erased_at=None).count() == 0


def test_command_names_events_first_and_forgets_only_when_told(event, session, bob):
    Event.objects.update(starts_at=at(9, day=-5000), ends_at=at(9, day=-4999))
    out = io.StringIO()
    call_command("forget_people", stdout=out)
    assert "Harbour Conf" in out.getvalue()
    assert "Nothing was changed" in out.getvalue()
    assert Contact.objects.filter(email=bob.email).exists()
    call_command("forget_people", "--yes", stdout=out)
    assert "2 people are forgotten." in out.getvalue()
    assert not Contact.objects.filter(email=bob.email).exists()


def test_worker_forgets_too(event, session, bob):
    Event.objects.update(starts_at=at(9, day=-5000), ends_at=at(9, day=-4999))
    call_command("worker", "--once", stdout=io.StringIO())
    assert not Contact.objects.filter(email=bob.email).exists()


def test_desk_sets_the_days(client, alice, event):
    client.force_login(alice)
    page = reverse("admin:events_event_change", args=[event.pk])
    assert change(client, page, "event_form", retention_days="90").status_code == 302
    event.refresh_from_db()
    assert event.retention_days == 90


# What is kept about somebody.


@pytest.fixture
def known(event, session, bob):
    send_due()
    check_in(EventRegistration.objects.get(contact=contact_of(bob)), actor=SYSTEM)
    return contact_of(bob)


def test_everything_is_told_and_nothing_of_others(known, carol):
    found = everything_about(known)
    assert (found["person"]["email"], found["person"]["first_name"]) == (known.email, "Bob")
    assert [row["event"] for row in found["registrations"]] == ["Harbour Conf"]
    assert [row["session"] for row in found["seats"]] == ["Knots"]
    assert [(row["field"], row["value"]) for row in found["answers"]] == [("Diet", "vegan")]
    assert [row["kind"] for row in found["mails"]] == ["registered"]
    assert (len(found["check_ins"]), len(found["calendar"]), found["waitlists"]) == (1, 1, [])
    assert {row["verb"] for row in found["ledger"]} >= {"registered"}
    assert "carol" not in json.dumps(found, default=str).lower()
    assert [row["session"] for row in everything_about(contact_of(carol))["waitlists"]] == ["Knots"]


def test_every_table_that_names_a_contact_is_in_it(known):
    """A new table about people cannot be forgotten."""
    from django.apps import apps

    about = {
        model.__name__
        for model in apps.get_models()
        if any(field.related_model is Contact for field in model._meta.concrete_fields)
    }
    assert about == {
        "Activity",
        "CalendarEntry",
        "EventRegistration",
        "MessageOptOut",
        "Notification",
        "Order",
        "OrderLine",
        "SessionRegistration",
        "WaitlistItem",
    }


def test_command_prints_it(known):
    out = io.StringIO()
    call_command("export_contact", known.email.upper(), stdout=out)
    assert json.loads(out.getvalue())["person"]["email"] == known.email
    with pytest.raises(CommandError, match="nobody@example"):
        call_command("export_contact", "nobody@example.com")


def test_desk_shows_it_and_hands_it_over(client, alice, known):
    client.force_login(alice)
    page = reverse("admin:events_contact_everything", args=[known.pk])
    assert page in client.get(reverse("admin:events_contact_change", args=[known.pk])).content.decode()
    shown = client.get(page)
    assert "vegan" in shown.content.decode()
    file = client.get(page, {"file": "json"})
    assert file["Content-Disposition"].startswith("attachment")
    assert file.json()["person"]["email"] == known.email
    assert "no-store" in file["Cache-Control"]
    client.force_login(UserFactory())
    assert client.get(page).status_code == 403


PAYER, ON_IT = Attendee("pays@example.org", "Paula", "Payer"), Attendee("goes@example.org", "Gus", "Guest")


@pytest.fixture
def invoiced(event):
    """Paula pays for Gus by invoice, and was never registered herself; Gus answered."""
    Event.objects.filter(pk=event.pk).update(allow_custom_agenda=False)
    offered = PassFactory(event=event, price=20)
    who = Attendee(ON_IT.email, "Gus", "Guest", details={"company": "Knots"})
    billing = {"name": "Paula Payer", "city": "Kiel"}
    how = {"way": Order.Way.INVOICE, "owed": True, "billing": billing, "actor": SYSTEM}
    placed = place_order(Event.objects.get(pk=event.pk), PAYER, [Bought(who, offered)], **how)
    mark_paid(placed, note="Paula's transfer", actor=SYSTEM)
    return placed


def test_whoever_only_paid_is_forgotten_too_but_for_what_an_invoice_says(event, invoiced, assert_seats_true):
    [invoice] = invoiced.invoices.all()
    before = invoice.content
    assert "Paula" in str(before)
    assert forget_people(after(event, seconds=-1)) == 0
    assert forget_people(after(event)) == 2
    assert not Contact.objects.filter(erased_at=None).exists()
    invoiced.refresh_from_db()
    assert (invoiced.billing, invoiced.state, invoiced.received) == ({}, "paid", 20)
    line, payment = invoiced.order_lines.get(), invoiced.payments.get()
    assert (line.first_name, line.last_name, line.details, line.price) == ("", "", {}, 20)
    assert (payment.note, payment.amount) == ("", 20)
    invoice.refresh_from_db()
    assert invoice.content == before
    assert_seats_true(event)
    assert forget_people(after(event, days=DAYS + 1)) == 0


def test_a_payer_whom_another_event_keeps_is_forgotten_here_only(event, invoiced):
    other = PassFactory(price=5)
    place_order(other.event, PAYER, [Bought(PAYER, other)])
    assert forget_people(after(event)) == 2
    assert Contact.objects.get(email=PAYER.email).erased_at is None
    assert not Contact.objects.filter(email=ON_IT.email).exists()
    invoiced.refresh_from_db()
    assert invoiced.billing == {}


def test_a_payer_may_see_and_erase_all_of_it(event, invoiced):
    contact = contact_of(PAYER)
    found = everything_about(contact)
    assert found["orders"][0]["billing"] == {"name": "Paula Payer", "city": "Kiel"}
    assert [(row["amount"], row["note"]) for row in found["payments"]] == [(20, "Paula's transfer")]
    assert [row["kind"] for row in found["invoices"]] == ["invoice"]
    erase_contact(contact, actor=SYSTEM)
    invoiced.refresh_from_db()
    assert (invoiced.billing, invoiced.state) == ({}, "paid")
    # Whoever has the seat keeps it.
    assert EventRegistration.objects.confirmed().get().contact == contact_of(ON_IT)
