"""Erasing a person: seats go on, and nothing anywhere says who it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.management import CommandError, call_command
from django.db import models
from django.urls import reverse
from django.utils import timezone

from events.actors import Actor
from events.errors import Invalid, RegistrationCancelled
from events.models import Contact, CustomRegistrationField, Event, IdempotencyKey, User
from registrations import sql
from registrations.actions import (
    cancel_event_registrations,
    erase_contact,
    join_waitlist,
    resend,
    submit_agenda,
    swap,
    update_details,
)
from registrations.actions.sending import outbox
from registrations.links import manage_token
from registrations.mail import send_due
from registrations.models import (
    Activity,
    EventRegistration,
    LedgerCursor,
    Notification,
    Webhook,
    WebhookDelivery,
)
from registrations.rules.people import Attendee
from registrations.webhooks import plan
from sessions_app.models import Session
from tests.api.conftest import make_api_client
from tests.engine.acts import claim, contact_of, figures, holders, mails, outcomes, person
from tests.factories import EventFactory, PassFactory, SessionFactory, UserFactory

# Words that stand nowhere else, so that finding one means that somebody is still named.
ADDRESS, FIRST, LAST, ANSWER = "wilhelmina.q@example.org", "Wilhelmina", "Quasthoff", "Vegan-and-nut-free"
WHO = Attendee(ADDRESS, FIRST, LAST)
WAITS = person("Waits")


@pytest.fixture
def chief() -> Actor:
    """Somebody who may do everything."""
    return Actor.staff(UserFactory(is_superuser=True))


@pytest.fixture
def known(event: Event) -> Contact:
    """Somebody with a seat, a place in line, an answer, a second event, mails and messages, who was looked up."""
    question = CustomRegistrationField.objects.create(event=event, label="Diet")
    session, full = SessionFactory(event=event, capacity=1), SessionFactory(event=event, capacity=0)
    submit_agenda(event, Attendee(ADDRESS, FIRST, LAST, {question.pk: ANSWER}), [session])
    claim(full, WHO, wait=True)
    claim(session, WAITS, wait=True)
    elsewhere = EventFactory(session_level=False, capacity=0, auto_register_waitlisted=False)
    join_waitlist(elsewhere, WHO)
    contact = contact_of(WHO)
    contact.user = UserFactory()
    contact.save()
    _write_about(contact)
    return contact


def _write_about(contact: Contact) -> None:
    """What mail servers, other systems and the desk have on record."""
    Notification.objects.filter(contact=contact).update(last_error=f"550 {ADDRESS}: no such user")
    client = make_api_client("CRM")
    for number in range(2):
        names = ["registrant.created", "session_registration.created"]
        hook = Webhook.objects.create(client=client, url=f"https://crm{number}.example.org/", names=names)
        Webhook.objects.filter(pk=hook.pk).update(created_at=timezone.now() - timedelta(days=1))
    plan()
    WebhookDelivery.objects.filter(webhook=hook).update(delivered_at=timezone.now())
    IdempotencyKey.objects.create(
        client=client,
        key="1",
        fingerprint="x",
        request="POST /registrants",
        leased_until=timezone.now(),
        created_at=timezone.now(),
        status_code=201,
        answer=f'{{"email": "{ADDRESS}", "first_name": "{FIRST}"}}',
    )
    staff = UserFactory()
    for obj in (contact, EventRegistration.objects.filter(contact=contact)[0]):
        LogEntry.objects.log_actions(staff.pk, [obj], CHANGE, f"Changed {FIRST}", single_object=True)


def where_named() -> set[str]:
    """Every column of every table in which one of the person's own words stands."""
    found = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, (models.CharField, models.TextField, models.JSONField)):
                values = map(str, model._default_manager.values_list(field.attname, flat=True))
                if any(word in value for value in values for word in (ADDRESS, FIRST, LAST, ANSWER)):
                    found.add(f"{model._meta.label}.{field.name}")
    return found


def test_nothing_says_who_it_was(known: Contact, chief: Actor) -> None:
    before = where_named()
    assert {
        "events.Contact.email",
        "registrations.EventRegistration.first_name",
        "registrations.RegistrationResponse.value",
        "registrations.Notification.last_error",
        "registrations.WebhookDelivery.payload",
        "events.IdempotencyKey.answer",
        "admin.LogEntry.object_repr",
    } <= before
    assert WebhookDelivery.objects.count() > 2
    assert erase_contact(known, actor=chief) == 1
    assert where_named() == set()


def test_seats_and_places_are_given_back_and_nobody_is_told(
    known: Contact, event: Event, chief: Actor
) -> None:
    session, full = Session.objects.filter(event=event).order_by("pk")
    told = len(mails())
    erase_contact(known, actor=chief)
    assert (holders(session), figures(full)[1:]) == ({"waits"}, (0, 0, 0))
    assert [(kind, who) for kind, who in mails()[told:]] == [("promoted", "waits")]
    assert not EventRegistration.objects.active().filter(contact=known).exists()
    known.refresh_from_db()
    assert (known.user, known.erased_at is not None, str(known)) == (None, True, "Erased person")


def test_ledger_keeps_what_was_moved(known: Contact, chief: Actor) -> None:
    before = list(Activity.objects.filter(contact=known).values("pk", "verb", "taken_change"))
    erase_contact(known, actor=chief)
    rows = Activity.objects.filter(contact=known)
    assert [row for row in rows.values("pk", "verb", "taken_change") if row in before] != []
    assert {row["pk"] for row in before} <= set(rows.values_list("pk", flat=True))
    assert rows.filter(verb="erased").count() == 2


def test_no_mail_that_was_due_is_sent(known: Contact, chief: Actor, mailoutbox: list[Any]) -> None:
    erase_contact(known, actor=chief)
    send_due()
    assert {address for mail in mailoutbox for address in mail.to} == {WAITS.email}


def test_old_links_lead_nowhere(known: Contact, chief: Actor, client: Any) -> None:
    registration = EventRegistration.objects.filter(contact=known).first()
    assert registration is not None
    page = reverse("manage", args=[registration.event.slug, manage_token(registration)])
    assert client.get(page).status_code == 200
    erase_contact(known, actor=chief)
    assert client.get(page).status_code == 410


def test_same_address_makes_somebody_new(known: Contact, event: Event, chief: Actor) -> None:
    erase_contact(known, actor=chief)
    assert outcomes(claim(SessionFactory(event=event), WHO)) == ["registered"]
    assert contact_of(WHO).pk != known.pk


def test_nobody_is_erased_twice(known: Contact, chief: Actor) -> None:
    erase_contact(known, actor=chief)
    with pytest.raises(Invalid):
        erase_contact(known, actor=chief)
    assert Activity.objects.filter(verb="erased").count() == 2


def test_pass_and_included_sessions_are_given_back(chief: Actor) -> None:
    from registrations.actions import add_to_event

    event = EventFactory(session_level=False)
    offered = PassFactory(event=event, capacity=1)
    add_to_event(event, [WHO], offered, actor=chief)
    erase_contact(contact_of(WHO), actor=chief)
    assert offered.attendee_passes.filter(cancelled_at=None).count() == 0


@pytest.mark.parametrize("ends", ["erased", "cancelled"])
def test_click_that_comes_too_late_registers_nobody(
    known: Contact, event: Event, chief: Actor, ends: str
) -> None:
    """The page was opened, and the button pressed, while somebody was at it."""
    session = SessionFactory(event=event)
    registration = EventRegistration.objects.select_related("event", "contact").get(
        event=event, contact=known
    )
    seen = sql.facts_of_link(registration.uuid, session.uuid)
    late = Attendee.of(registration)
    if ends == "erased":
        erase_contact(known, actor=chief)
    else:
        cancel_event_registrations([registration], actor=chief)
    people = Contact.objects.count()
    acts: list[Callable[[], object]] = [
        lambda: submit_agenda(event, late, [session], seen=seen),
        lambda: submit_agenda(event, late, [session]),
        lambda: submit_agenda(event, late, [session], preview=True),
        lambda: swap(registration, event.sessions.order_by("pk")[0], session),
        lambda: join_waitlist(event.sessions.order_by("pk")[1], late),
        lambda: update_details(registration, late),
    ]
    for act in acts:
        with pytest.raises(RegistrationCancelled):
            act()
    assert (Contact.objects.count(), holders(session)) == (people, set())
    assert not EventRegistration.objects.active().filter(event=event, first_name=FIRST).exists()


def test_message_planned_afterwards_names_nobody(known: Contact, chief: Actor) -> None:
    WebhookDelivery.objects.all().delete()
    LedgerCursor.objects.filter(reader="messages").update(position=0)
    erase_contact(known, actor=chief)
    plan()
    assert WebhookDelivery.objects.count() > 2
    assert where_named() == set()


def test_no_mail_is_sent_again(known: Contact, chief: Actor, mailoutbox: list[Any]) -> None:
    mail = Notification.objects.filter(contact=known).first()
    assert mail is not None
    erase_contact(known, actor=chief)
    resend([mail], actor=chief)
    send_due()
    mail.refresh_from_db()
    assert (mail.sent_at, mail.last_error) == (None, "No longer true: the person was erased")
    assert known.email not in {address for sent in mailoutbox for address in sent.to}


def test_mail_that_failed_meanwhile_keeps_no_address(known: Contact, chief: Actor) -> None:
    mail = Notification.objects.filter(contact=known, sent_at=None).first()
    assert mail is not None
    erase_contact(known, actor=chief)
    outbox.mark_failed(mail, f"550 {ADDRESS}: no such user")
    assert where_named() == set()


def test_kept_answers_of_others_stay(known: Contact, chief: Actor) -> None:
    other = IdempotencyKey.objects.get()
    other.pk, other.key, other.answer = None, "2", f'{{"email": "x{ADDRESS}"}}'
    other.save()
    erase_contact(known, actor=chief)
    assert list(IdempotencyKey.objects.order_by("key").values_list("status_code", flat=True)) == [410, 201]


def test_nobody_registers_at_an_erased_address(known: Contact, event: Event, chief: Actor) -> None:
    erase_contact(known, actor=chief)
    known.refresh_from_db()
    with pytest.raises(Invalid):
        claim(SessionFactory(event=event), Attendee(known.email))


# The command


def erase_by_command(address: str, **more: Any) -> str:
    said = StringIO()
    call_command("erase_contact", address, stdout=said, **more)
    return said.getvalue()


def test_command_says_what_it_would_do_and_does_it_when_told(known: Contact) -> None:
    assert "2 registrations, 1 session seats, 2 places in line" in erase_by_command(f" {ADDRESS.upper()}")
    assert contact_of(WHO) == known
    assert erase_by_command(ADDRESS, yes=True) == "Erased. 1 session seats came free.\n"
    with pytest.raises(CommandError, match="Nobody is known"):
        erase_by_command(ADDRESS, yes=True)


# The desk


@pytest.mark.parametrize("is_allowed", [True, False])
def test_desk_asks_first_and_lets_administrators_only(
    known: Contact, client: Any, alice: User, *, is_allowed: bool
) -> None:
    from django.contrib.auth.models import Group

    from events.roles import setup_roles

    setup_roles()
    planner = UserFactory()
    planner.groups.add(Group.objects.get(name="Event Planner"))
    Event.objects.update(created_by=planner)
    client.force_login(alice if is_allowed else planner)
    address = reverse("admin:events_contact_erase", args=[known.pk])
    shown = client.get(reverse("admin:events_contact_change", args=[known.pk])).content.decode()
    assert (address in shown) is is_allowed
    page = client.get(address)
    assert page.status_code == (200 if is_allowed else 403)
    assert client.post(address).status_code == (302 if is_allowed else 403)
    known.refresh_from_db()
    assert (known.erased_at is not None) is is_allowed
    if is_allowed:
        assert [line.now for line in page.context["consequences"]] == [
            *("name, address, links", "registered", "in line", "kept", "of this person")
        ]
        again = client.get(reverse("admin:events_contact_change", args=[known.pk]))
        assert (again.status_code, address in again.content.decode()) == (200, False)
        again = client.post(address, follow=True)
        assert [str(message) for message in again.context["messages"]] == ["Nothing to do: it is so already."]
