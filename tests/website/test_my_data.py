"""One's own data as a file, and being erased: both only with a code that was mailed for that very purpose."""

from __future__ import annotations

import json

import pytest
from django.apps import apps
from django.core import mail
from django.urls import reverse

from events.models import Contact
from registrations.actions import add_to_draft, draft_token, erase_contact, finish_draft, submit_agenda
from registrations.links import manage_token
from registrations.mail import send_due
from registrations.models import Activity, AddressMail, EventRegistration
from registrations.models.address_codes import MOST_TRIES
from registrations.queries.everything import everything_about
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.engine.acts import contact_of
from tests.factories import CustomRegistrationFieldFactory, SessionFactory
from tests.sql.rows import APPS
from tests.website.clicks import held, mine, text, waits

pytestmark = [pytest.mark.django_db, pytest.mark.once]
BOTH = ("export", "erase")


@pytest.fixture
def registration(event, bob, carol):
    """Bob has a seat, locked when saved, and an answer; Carol waits for that seat."""
    knots = SessionFactory(event=event, name="Knots", capacity=1)
    question = CustomRegistrationFieldFactory(event=event, label="Diet")
    who = Attendee(bob.email, "Bob", "Baker", {question.pk: "vegan"})
    made = submit_agenda(event, who, [knots]).registration
    submit_agenda(event, carol, [knots], wait=True)
    Session.objects.update(locked_when_saved=True)
    return made


def ask(client, registration, what) -> tuple[str, str]:
    """Have a code mailed; return the page that asks for it, and the code."""
    page = client.post(mine(f"manage_{what}", registration)).url
    send_due()
    words = [message.subject.partition(" ")[0] for message in mail.outbox]
    return page, next(word for word in reversed(words) if word.isdigit())


def test_file_holds_everything_and_the_ledger_says_that_it_was_taken(client, registration, bob, carol):
    said = text(client.get(mine("manage_export", registration)))
    assert "everything that is kept about you" in said
    page, code = ask(client, registration, "export")
    told = next(message for message in mail.outbox if message.subject.startswith(code))
    assert told.to == [bob.email]
    assert "get everything that is kept about you as a file" in told.body
    file = client.post(page, {"code": code})
    assert file["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert "no-store" in file["Cache-Control"]
    found = json.loads(file.content)
    assert (found["person"]["email"], found["answers"][0]["value"]) == (bob.email, "vegan")
    assert {"event": "Harbour Conf", "session": "Knots"}.items() <= found["seats"][0].items()
    assert found["seats"][0]["starts_at"]
    assert carol.email not in file.content.decode()
    entry = Activity.objects.get(verb="people_exported")
    assert (entry.actor, entry.contact.email, entry.user) == ("Attendee", bob.email, None)


def test_erased_once_the_mailed_code_is_typed_in(client, event, registration, bob, carol):
    client.get(mine("manage", registration))
    said = text(client.get(mine("manage_erase", registration)))
    assert "Your seat in 1 session is given back; whoever waits may get it at once." in said
    assert "cannot be undone" in said
    page, code = ask(client, registration, "erase")
    assert "Your registration is cancelled." in text(client.get(page))
    assert held(bob) == ["Knots"]
    answer = client.post(page, {"code": code})
    assert answer.url == "/me/erased/"
    assert "You are erased" in text(client.get(answer.url))
    assert client.cookies["seatwise_me"].value == ""
    assert not Contact.objects.filter(email=bob.email).exists()
    assert not AddressMail.objects.exists()
    assert (held(carol), waits(carol)) == (["Knots"], [])
    entry = Activity.objects.get(verb="erased")
    assert (entry.actor, str(entry.contact)) == ("Attendee", "Erased person")
    assert client.get(mine("manage", registration)).status_code == 410
    # Back, and the same form again.
    assert client.post(page, {"code": code}).status_code == 410


@pytest.mark.parametrize("what", BOTH)
def test_wrong_codes_are_refused_by_get_and_five_of_them_end_it(client, registration, bob, what):
    page, code = ask(client, registration, what)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(MOST_TRIES):
        assert client.post(page, {"code": wrong}).url == page
        again = client.get(page)
        assert (again.status_code, list(again.context["form"].errors)) == (422, ["code"])
    client.post(page, {"code": code})
    assert "This code has ended" in text(client.get(page))
    assert held(bob) == ["Knots"]
    assert not Activity.objects.filter(verb__in=["people_exported", "erased"]).exists()


@pytest.mark.parametrize(("asked", "used"), [BOTH, BOTH[::-1]])
def test_code_for_the_one_is_none_for_the_other(client, registration, bob, asked, used):
    page, code = ask(client, registration, asked)
    identity = page.rstrip("/").rpartition("/")[2]
    other = mine(f"manage_{used}_code", registration, identity)
    assert client.post(other, {"code": code}).url == mine(f"manage_{used}", registration)
    own_page, own = ask(client, registration, used)
    if own != code:
        assert client.post(own_page, {"code": code}).url == own_page
    assert held(bob) == ["Knots"]


@pytest.mark.parametrize("what", BOTH)
def test_code_of_somebody_else_is_none(client, event, registration, bob, carol, what):
    carols = EventRegistration.objects.get(contact__email=carol.email)
    page, code = ask(client, carols, what)
    identity = page.rstrip("/").rpartition("/")[2]
    assert client.post(mine(f"manage_{what}_code", registration, identity), {"code": code}).status_code == 302
    assert Contact.objects.filter(email__in=[bob.email, carol.email]).count() == 2
    # Nor does the code open anything without the link.
    forged = reverse(
        f"manage_{what}_code", args=["harbour", manage_token(registration)[:-3] + "abc", identity]
    )
    assert client.post(forged, {"code": code}).status_code == 404


def test_code_of_an_address_left_since_is_none(client, registration, bob):
    page, code = ask(client, registration, "erase")
    contact = contact_of(bob)
    Contact.objects.filter(pk=contact.pk).update(email="other@example.com")
    client.post(page, {"code": code})
    assert "This code has ended" in text(client.get(page))
    assert Contact.objects.filter(pk=contact.pk, erased_at=None).exists()


def test_two_tabs_and_a_code_used_once(client, registration):
    first, code = ask(client, registration, "export")
    second, other = ask(client, registration, "export")
    assert client.post(first, {"code": code}).status_code == 200
    assert client.post(first, {"code": code}).status_code == 303
    assert client.post(second, {"code": other}).status_code == 200


@pytest.mark.parametrize("what", BOTH)
def test_ten_megabytes_are_no_code(client, registration, what):
    page, _code = ask(client, registration, what)
    answer = client.post(page, "code=" + "1" * 10_000_000, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {303, 422}


def test_cancelled_registration_has_its_person_still(client, registration, bob):
    Session.objects.update(locked_when_saved=False)
    client.post(mine("manage_cancel", registration))
    shown = client.get(mine("manage", registration)).content.decode()
    assert mine("manage_export", registration) in shown
    page, code = ask(client, registration, "erase")
    assert client.post(page, {"code": code}).url == "/me/erased/"
    assert not Contact.objects.filter(email=bob.email).exists()


def test_asking_is_limited_by_mailbox(client, registration):
    for _ in range(5):
        assert client.post(mine("manage_export", registration)).status_code == 302
    answer = client.post(mine("manage_erase", registration))
    assert client.get(answer.url).status_code == 429


def test_nobody_is_asked_a_code_who_is_erased_already(client, registration, bob):
    from events.actors import SYSTEM

    erase_contact(contact_of(bob), actor=SYSTEM)
    assert client.get(mine("manage_erase", registration)).status_code == 410


# Every table that knows a person, by contact, registration or address, and the part of the file that tells of it.
EXPORTED = {
    "Activity": "ledger",
    "AddressCode": "codes",
    "AddressMail": "codes",
    "AgendaDraft": "drafts",
    "AttendeePass": "passes",
    "CalendarEntry": "calendar",
    "CheckIn": "check_ins",
    "Contact": "person",
    "DoorScan": "scans",
    "EventRegistration": "registrations",
    "ImportRow": "uploads",
    "LinkRequest": "links_asked_for",
    "MessageOptOut": "messages_declined",
    "Notification": "mails",
    "Order": "orders",
    "OrderLine": "ordered",
    "RegistrationResponse": "answers",
    "SessionRegistration": "seats",
    "TicketHolder": "draws",
    "WaitlistItem": "waitlists",
}


def test_every_table_that_knows_a_person_is_in_the_file(registration, bob):
    """A new table about people cannot be forgotten: it is named here, with its part of the file."""
    people = (Contact, EventRegistration)
    ours = [each for each in apps.get_models() if each.__module__.split(".")[0] in APPS]
    columns = {model.__name__: model._meta.concrete_fields for model in ours}
    knowing = {name for name, of in columns.items() if any(each.related_model in people for each in of)}
    addressed = {name for name, of in columns.items() if any(each.name == "email" for each in of)}
    # Staff, and people of the programme, are known by other names.
    addressed -= {"Speaker", "User"}
    assert knowing | addressed == set(EXPORTED)
    # Stars hang on a draft, wishes on a ticket, money on an order, which know whose they are.
    of_orders = {"payments", "refunds", "invoices"}
    assert {*EXPORTED.values(), "stars", "wishes"} | of_orders == set(everything_about(contact_of(bob)))


def test_what_was_begun_and_asked_for_is_in_it_too(client, event, registration, bob):
    tides = SessionFactory(event=event, name="Tides")
    token = draft_token(add_to_draft(event, None, tides))
    finish_draft(event, token, registration)
    client.post("/harbour/link/", {"email": bob.email})
    ask(client, registration, "export")
    found = everything_about(contact_of(bob))
    assert [row["event"] for row in found["drafts"]] == ["Harbour Conf"]
    assert [row["event"] for row in found["links_asked_for"]] == ["Harbour Conf"]
    assert [row["purpose"] for row in found["codes"]] == ["export"]
