"""Names carry no stranger's message: cleaned and refused alike at every door, and left out of a greeting."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.urls import reverse

from events.actors import SYSTEM
from events.errors import Invalid
from events.models import Contact
from events.names import clean_name, clean_title, for_greeting, holds_address
from registrations.actions import add_to_event, submit_agenda, update_details
from registrations.models import EventRegistration, Notification
from registrations.rules.people import Attendee
from tests.admin_forms.paper import change, errors
from tests.admin_panels.helpers import add_url, typed
from tests.factories import (
    ContactFactory,
    EventFactory,
    PassFactory,
    RoomFactory,
    SessionFactory,
    SessionTrackFactory,
)
from tests.mail.reading import as_sent, text_of
from tests.website.clicks import choose, finish, mine, registered

pytestmark = pytest.mark.django_db
SPAM = "Win EUR 500 https://evil.example/x"
# A line break, a zero-width space, and the mark that turns the rest around.
ODD, CLEAN = "Bob\r\nBcc:\u200bx\u202e", "Bob Bcc:x"
BOB = Attendee("bob@example.com", "Bob", "Baker")


@pytest.mark.parametrize(
    ("typed_name", "kept"),
    [
        ("  Ada \t Lovelace ", "Ada Lovelace"),
        ("Ada\nLovelace", "Ada Lovelace"),
        ("Ada\u2028Lovelace\u2029\x85\x0b\x0cII", "Ada Lovelace II"),
        ("A\u200bd\u200c\u200d\u2060\ufeffa", "Ada"),
        ("\u202eadA\u202c \u2066x\u2069", "adA x"),
        ("A\x00d\x1ba\x7f", "Ada"),
        ("A\ud800da", "Ada"),
        ("\u3164\u115f\ufe0f", ""),
        ("Zoë O’Brien-Łukasz", "Zoë O’Brien-Łukasz"),
        ("山田 太郎", "山田 太郎"),
        ("नेहा", "नेहा"),
        ("", ""),
    ],
)
def test_keeps_names_on_one_line_and_visible(typed_name, kept):
    assert clean_name(typed_name) == kept
    assert clean_name(kept) == kept


@pytest.mark.parametrize(
    ("typed_title", "kept"),
    [
        ("  Knots\n under \u202eload ", "Knots under load"),
        ("Kno\u200bts\ufeff", "Knots"),
        # What joins the parts of an emoji, and letters of Persian, belongs to the name.
        ("Code 👩\u200d💻 together", "Code 👩\u200d💻 together"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200d \u200b\ufe0f", ""),
        ("\u3164", ""),
    ],
)
def test_keeps_titles_on_one_line_and_visible(typed_title, kept):
    assert clean_title(typed_title) == kept
    assert clean_title(kept) == kept


@pytest.mark.parametrize(
    "make", [EventFactory, SessionFactory, SessionTrackFactory, RoomFactory, PassFactory]
)
def test_every_name_of_a_thing_is_cleaned_and_can_be_seen(make):
    thing = make(name="Kno\u200bts\n")
    assert type(thing).objects.get(pk=thing.pk).name == "Knots"
    thing.name = "\u200b"
    with pytest.raises(ValidationError) as refused:
        thing.full_clean()
    assert "name" in refused.value.message_dict


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        (SPAM, True),
        ("www.evil.example", True),
        ("WWW.evil", True),
        ("ｗｗｗ．evil", True),
        ("ftp：／／x", True),
        ("Ada", False),
        ("J.R.R. Tolkien", False),
        ("Awww", False),
    ],
)
def test_knows_web_addresses(name, holds):
    assert holds_address(name) is holds


@pytest.mark.parametrize("name", ["Bob", "Anne-Marie", "J. R. R.", "O’Brien", "Ana María de la Cruz", "李"])
def test_greets_with_names(name):
    assert for_greeting(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "Win 500",
        "evil.example/x",
        "Click evil.example now",
        "mail me@evil.example",
        "You have won a prize today",
        "Congratulations!",
        "$$$",
        "x" * 41,
        "ｅｖｉｌ．ｅｘａｍｐｌｅ",
    ],
)
def test_greets_nobody_with_a_message(name):
    assert for_greeting(name) == ""


def by_form(client, event, names):
    choose(client, *event.sessions.all())
    who = Attendee(BOB.email)
    return _errors(finish(client, event, who, **names))


def by_details(client, event, names):
    registration = registered(event, BOB, *event.sessions.all())
    answer = client.post(mine("manage_details", registration), names)
    return _errors(client.get(answer.url) if answer.status_code == 303 else answer)


def _errors(page):
    """What the form that is shown again says; nothing where there is none."""
    return dict(page.context["form"].errors) if page.context else {}


def by_action(client, event, names):
    try:
        add_to_event(event, [Attendee(BOB.email, **names)], actor=SYSTEM)
    except Invalid as refusal:
        return refusal.data["fields"]
    return {}


def by_agenda(client, event, names):
    try:
        submit_agenda(event, Attendee(BOB.email, **names), event.sessions.all())
    except Invalid as refusal:
        return refusal.data["fields"]
    return {}


def by_update(client, event, names):
    registration = registered(event, BOB, *event.sessions.all())
    try:
        update_details(registration, Attendee(BOB.email, **names))
    except Invalid as refusal:
        return refusal.data["fields"]
    return {}


DOORS = [by_form, by_details, by_action, by_agenda, by_update]


@pytest.fixture
def event():
    event = EventFactory()
    SessionFactory(event=event)
    return event


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("field", ["first_name", "last_name"])
def test_refuses_address_at_its_field(client, event, door, field):
    names = {"first_name": "Bob", "last_name": "Baker", field: SPAM}
    refused = door(client, event, names)
    assert set(refused) == {field}
    assert "web address" in str(refused[field])
    assert not EventRegistration.objects.filter(**{field: SPAM}).exists()


@pytest.mark.parametrize("door", DOORS)
def test_cleans_names(client, event, door):
    assert door(client, event, {"first_name": ODD, "last_name": "Ba\nker"}) == {}
    kept = EventRegistration.objects.values_list("first_name", "last_name").get()
    assert kept == (CLEAN, "Ba ker")


@pytest.mark.parametrize(("field", "other"), [("first_name", "last_name"), ("last_name", "first_name")])
@pytest.mark.parametrize("door", [by_form, by_details])
def test_one_name_is_enough(client, event, door, field, other):
    assert door(client, event, {field: "Prince", other: ""}) == {}
    assert EventRegistration.objects.get().full_name == "Prince"


@pytest.mark.parametrize("door", [by_form, by_details])
def test_no_name_at_all_is_refused(client, event, door):
    assert set(door(client, event, {"first_name": " \u200b", "last_name": "\u3164"})) == {"first_name"}


def test_desk_cleans_and_refuses(client, alice, event):
    contact = ContactFactory()
    client.force_login(alice)
    page = reverse("admin:events_contact_change", args=[contact.pk])
    refused = change(client, page, "contact_form", first_name=SPAM)
    assert set(errors(refused)) == {"first_name"}
    assert change(client, page, "contact_form", first_name=ODD).status_code == 302
    contact.refresh_from_db()
    assert contact.first_name == CLEAN
    typed_in = typed(Attendee("x@example.com", SPAM, "Baker"), step="look", deed="")
    answer = client.post(add_url(event.sessions.get()), typed_in)
    assert "web address" in answer.content.decode()


def test_row_cleans_whatever_writes_it(event):
    contact = ContactFactory(first_name=ODD)
    assert Contact.objects.get(pk=contact.pk).first_name == CLEAN
    [made] = Contact.objects.bulk_create([Contact(email="y@example.com", last_name="A\nB")])
    assert Contact.objects.get(pk=made.pk).last_name == "A B"


def test_mail_leaves_out_a_name_that_is_a_message(event):
    registered(event, Attendee("victim@example.com", "You won at evil.example", "x"), *event.sessions.all())
    mail = as_sent(Notification.objects.get())
    for kind in ("plain", "html"):
        assert "evil.example" not in text_of(mail, kind)
        assert "Hello," in text_of(mail, kind)


def test_migration_cleans_what_was_kept_before(event):
    contact = ContactFactory(email="victim@example.com")
    registration = registered(event, BOB, *event.sessions.all())
    table = Contact.objects.filter(pk=contact.pk)
    # As an older version wrote it.
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE events_contact SET first_name = %s WHERE id = %s", [SPAM, contact.pk])
        cursor.execute(
            "UPDATE registrations_eventregistration SET last_name = %s WHERE id = %s", [ODD, registration.pk]
        )
    import_module("events.migrations.0015_names_on_one_line").clean_contacts(apps, None)
    import_module("registrations.migrations.0012_names_on_one_line").clean_registrations(apps, None)
    assert table.get().first_name == ""
    assert EventRegistration.objects.get(pk=registration.pk).last_name == CLEAN
