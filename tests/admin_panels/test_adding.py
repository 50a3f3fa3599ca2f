"""Add registration: consequences first, past capacity only by permission and with a reason."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from events.actors import Actor
from events.models import Contact, SeatCount
from registrations import actions
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from registrations.rules.people import Attendee
from tests.admin_panels.helpers import add_url, fill, person, tab, text, typed
from tests.factories import ContactFactory, EventFactory, PassFactory, SessionFactory
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db

SPEAKER = {"reason_choice": "Speaker", "notify": "on"}


def said(response):
    """Return the messages that the next page shows."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def add(client, target, *people, deed="", step="add", **more):
    """Post what the page sends."""
    return client.post(add_url(target), typed(*people, step=step, deed=deed, **more))


def test_shows_consequences_and_changes_nothing(client, staff, full_session):
    client.force_login(staff)
    page = text(add(client, full_session, person(50), step="look"))
    assert "No free seat: 1 past capacity" in page
    assert "Add 1 past capacity" in page
    assert "11 of 10, 1 past capacity" in page
    assert not Contact.objects.filter(email=person(50).email).exists()


def test_adds_past_capacity_with_reason(client, staff, full_session, assert_seats_true):
    client.force_login(staff)
    response = add(client, full_session, person(50), deed="past", **SPEAKER)
    assert said(response) == ["1 person registered, 1 of them past capacity (11 of 10, 1 past capacity)."]
    seat = SessionRegistration.objects.active().get(contact__email=person(50).email)
    assert (seat.is_past_capacity, seat.reason, seat.added_by) == (True, "Speaker", staff)
    assert SeatCount.objects.get(pk=full_session.seats_id).capacity == 10
    entry = Activity.objects.get(verb=Activity.Verb.ADDED_PAST_CAPACITY)
    assert (entry.user, entry.reason, entry.taken, entry.capacity) == (staff, "Speaker", 11, 10)
    assert_seats_true(full_session.event)


def test_promotes_nobody_when_one_past_capacity_cancels(client, staff, full_session):
    actions.submit_agenda(full_session.event, person(60), [full_session], wait=True, notify=False)
    client.force_login(staff)
    add(client, full_session, person(50), deed="past", **SPEAKER)
    seat = SessionRegistration.objects.active().get(session=full_session, contact__email=person(1).email)
    actions.cancel_session_registrations([seat], actor=Actor.staff(staff))
    assert WaitlistItem.objects.waiting().count() == 1
    assert SeatCount.objects.get(pk=full_session.seats_id).taken == 10


@pytest.mark.parametrize("level", ["session", "event"])
def test_refuses_crafted_post_without_permission(client, desk, full_session, level):
    target = full_session if level == "session" else full_session.event
    client.force_login(desk)
    before = Activity.objects.count()
    response = add(client, target, person(50), deed="past", **SPEAKER)
    assert response.status_code == 403
    assert "You may not add people past capacity." in text(response)
    assert Activity.objects.count() == before
    assert Notification.objects.count() == 0


def test_shows_disabled_control_with_reason_without_permission(client, desk, full_session):
    client.force_login(desk)
    page = text(add(client, full_session, person(50), step="look"))
    assert "You may not add people past capacity." in page
    assert 'value="past"' in page
    assert 'disabled aria-describedby="why-not-past"' in page


def test_asks_for_a_reason(client, staff, full_session):
    client.force_login(staff)
    response = add(client, full_session, person(50), deed="past", notify="on")
    assert response.status_code == 422
    assert "Choose a reason: it is kept in the ledger." in text(response)
    assert SeatCount.objects.get(pk=full_session.seats_id).taken == 10


def test_takes_own_words_as_reason(client, staff, full_session):
    client.force_login(staff)
    add(
        client,
        full_session,
        person(50),
        deed="past",
        reason_choice="other",
        reason_other="Brings the projector",
    )
    assert SessionRegistration.objects.get(is_past_capacity=True).reason == "Brings the projector"


def test_adds_only_those_who_fit(client, staff, session):
    fill(session, 9)
    client.force_login(staff)
    page = text(add(client, session, person(50), person(51), step="look"))
    assert "Add 2 people, 1 past capacity" in page
    response = add(client, session, person(50), person(51), deed="fit")
    assert response.status_code == 200
    assert "1 person registered (10 of 10). 1 refused." in text(response)
    assert "Fully booked" in text(response)


def test_never_accepts_a_clash_by_past_capacity(client, staff, full_session):
    other = SessionFactory(event=full_session.event, starts_at=full_session.starts_at, name="At once")
    fill(other, 1, start=50)
    client.force_login(staff)
    page = text(add(client, full_session, person(50), step="look"))
    assert "Clashes with At once" in page
    response = add(client, full_session, person(50), deed="past", **SPEAKER)
    assert response.status_code == 409
    assert "Clashes with At once" in text(response)
    assert not SessionRegistration.objects.filter(
        session=full_session, contact__email=person(50).email
    ).exists()


def test_records_an_accepted_clash(client, staff, session):
    other = SessionFactory(event=session.event, starts_at=session.starts_at, name="At once")
    fill(other, 1, start=50)
    client.force_login(staff)
    add(client, session, person(50), deed="fit", accept_clash="on", **SPEAKER)
    seat = SessionRegistration.objects.get(session=session, contact__email=person(50).email)
    assert (seat.overlap_accepted, seat.is_past_capacity, seat.reason) == (True, False, "Speaker")


def test_adds_several_known_contacts_at_once(client, staff, session):
    known = ContactFactory.create_batch(3)
    elsewhere = SessionFactory(event=session.event, starts_at=session.ends_at)
    people = [Attendee.of_contact(contact) for contact in known]
    actions.add_to_session(elsewhere, people, actor=Actor.staff(staff), notify=False)
    client.force_login(staff)
    found = text(client.post(add_url(session), typed(step="search", q="Pat")))
    assert all(contact.email in found for contact in known)
    add(client, session, deed="fit", contact=[contact.pk for contact in known], notify="on")
    assert SeatCount.objects.get(pk=session.seats_id).taken == 3
    assert Notification.objects.count() == 3


def test_tells_nobody_when_staff_say_no(client, staff, session):
    client.force_login(staff)
    add(client, session, person(50), deed="fit")
    assert SeatCount.objects.get(pk=session.seats_id).taken == 1
    assert Notification.objects.count() == 0


def test_adds_to_an_event_past_capacity(client, alice):
    event = EventFactory(session_level=False, capacity=1)
    actions.register_for_event(event, person(1))
    client.force_login(alice)
    response = add(client, event, person(2), deed="past", **SPEAKER)
    assert said(response) == ["1 person registered, 1 of them past capacity (2 of 1, 1 past capacity)."]
    assert "2 of 1, 1 past capacity" in text(client.get(tab(event)))
    assert EventRegistration.objects.get(is_past_capacity=True).reason == "Speaker"


def test_adds_with_a_pass(client, alice):
    event_pass = PassFactory()
    client.force_login(alice)
    add(client, event_pass.event, person(2), deed="fit", event_pass=event_pass.pk)
    assert event_pass.attendee_passes.count() == 1


def test_adds_to_a_session_from_the_events_tab(client, staff, full_session):
    client.force_login(staff)
    add(client, full_session.event, person(50), deed="past", session=full_session.pk, **SPEAKER)
    assert SeatCount.objects.get(pk=full_session.seats_id).taken == 11


def test_says_when_nobody_was_picked(client, staff, session):
    client.force_login(staff)
    response = client.post(add_url(session), {**typed(), "people-TOTAL_FORMS": 0, "step": "look"})
    assert response.status_code == 422
    assert "Tick somebody" in text(response)


@pytest.mark.parametrize("email", ["nonsense", "a" * 250 + "@example.com"])
def test_refuses_an_impossible_address_at_its_field(client, staff, session, email):
    client.force_login(staff)
    data = {"people-TOTAL_FORMS": 1, "people-INITIAL_FORMS": 0, "people-0-email": email, "step": "look"}
    response = client.post(add_url(session), data)
    assert response.status_code == 422
    assert "errorlist" in text(response)


def test_is_harmless_when_posted_twice(client, staff, session):
    client.force_login(staff)
    for _again in range(2):
        add(client, session, person(50), deed="fit", notify="on")
    assert SeatCount.objects.get(pk=session.seats_id).taken == 1
    assert Notification.objects.count() == 1


def test_finds_only_contacts_of_own_events(client, staff, session):
    stranger = ContactFactory(first_name="Mallory")
    client.force_login(staff)
    page = text(client.post(add_url(session), typed(step="search", q="Mallory")))
    assert stranger.email not in page


def test_passes_the_hard_limit_only_with_its_own_permission(client, staff, grant, full_session):
    SeatCount.objects.filter(pk=full_session.seats_id).update(hard_limit=10)
    client.force_login(staff)
    page = text(add(client, full_session, person(50), step="look"))
    assert 'disabled aria-describedby="why-not-hard"' in page
    assert add(client, full_session, person(50), deed="hard", **SPEAKER).status_code == 403
    assert add(client, full_session, person(50), deed="past", **SPEAKER).status_code == 409
    grant(staff, "add_past_hard_limit")
    response = add(client, full_session, person(50), deed="hard", **SPEAKER)
    assert said(response) == ["1 person registered, 1 of them past capacity (11 of 10, 1 past capacity)."]


def test_says_where_an_address_is_typed_twice(client, staff, session):
    client.force_login(staff)
    first, again = person(50), Attendee(f"  {person(50).email.upper()}", "Somebody", "Else")
    for url in (add_url(session), reverse("admin:join_waitlist", args=["session", session.pk])):
        for step in ("look", "add"):
            page = client.post(url, typed(first, again, step=step, deed="fit", notify="on"))
            assert page.status_code == 422
            assert text(page).count("This address stands above already.") == 1
    assert not SessionRegistration.objects.exists()
