"""Verbs on rows of a panel: ticked ones, all that match, permitted and not."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from events.actors import Actor
from events.models import SeatCount
from registrations import actions
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from tests.admin_panels.helpers import fill, panel, person, tab, text, typed, verb_url
from tests.factories import EventFactory, SessionFactory
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db
CONFIRMED = {"confirmed": "1", "notify": "on"}


@pytest.fixture
def waiting(full_session):
    """Return three items in the full session's line."""
    for number in (60, 61, 62):
        actions.submit_agenda(full_session.event, person(number), [full_session], wait=True, notify=False)
    return list(WaitlistItem.objects.in_line())


def said(response):
    """Return the messages that the next page shows."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def seats_of(session):
    """Return (taken, held, waiting) as stored."""
    seats = SeatCount.objects.get(pk=session.seats_id)
    return seats.taken, seats.held, seats.waiting


def test_asks_before_it_cancels(client, staff, full_session):
    client.force_login(staff)
    rows = [seat.pk for seat in SessionRegistration.objects.all()[:2]]
    page = text(client.post(verb_url(full_session, "session_registrations", "cancel"), {"row": rows}))
    assert "Cancel 2 registrations" in page
    assert seats_of(full_session) == (10, 0, 0)


def test_cancels_ticked_rows_and_serves_the_line(client, staff, full_session, waiting, assert_seats_true):
    client.force_login(staff)
    seat = SessionRegistration.objects.get(contact__email=person(1).email)
    response = client.post(
        verb_url(full_session, "session_registrations", "cancel"),
        {**CONFIRMED, "row": seat.pk, "reason_choice": "Asked to cancel", "back": tab(full_session)},
    )
    assert said(response) == ["1 registration cancelled."]
    assert response.url == tab(full_session)
    assert seats_of(full_session) == (10, 0, 2)
    assert Activity.objects.get(verb="cancelled").reason == "Asked to cancel"
    assert_seats_true(full_session.event)


def test_cancels_everything_a_person_has_at_the_event(client, staff, full_session):
    client.force_login(staff)
    registration = EventRegistration.objects.get(contact__email=person(1).email)
    client.post(
        verb_url(full_session.event, "event_registrations", "cancel"), {**CONFIRMED, "row": registration.pk}
    )
    assert seats_of(full_session) == (9, 0, 0)
    assert EventRegistration.objects.active().count() == 9


def test_reaches_beyond_the_page(client, staff, event):
    session = SessionFactory(event=event, capacity=70)
    fill(session, 60)
    client.force_login(staff)
    url = verb_url(session, "session_registrations", "cancel")
    page = text(client.post(url, {"across": "1", "parameters": "q=Guest"}))
    assert "Cancel 60 registrations" in page
    assert "and 10 more" in page
    client.post(url, {**CONFIRMED, "across": "1", "parameters": "q=Guest"})
    assert seats_of(session) == (0, 0, 0)


def test_reaches_only_what_the_filter_shows(client, staff, full_session):
    client.force_login(staff)
    url = verb_url(full_session, "session_registrations", "cancel")
    client.post(url, {**CONFIRMED, "across": "1", "parameters": "q=Number003"})
    assert seats_of(full_session) == (9, 0, 0)


def test_ignores_rows_of_other_sessions(client, staff, full_session):
    other = SessionFactory(event=full_session.event)
    fill(other, 1, start=50)
    client.force_login(staff)
    seat = SessionRegistration.objects.get(session=other)
    url = verb_url(full_session, "session_registrations", "cancel")
    for row in (seat.pk, "9" * 30, "x"):
        assert client.post(url, {**CONFIRMED, "row": row}).status_code in {409, 422}
    assert seats_of(other) == (1, 0, 0)


def test_asks_for_rows(client, staff, full_session):
    client.force_login(staff)
    response = client.post(verb_url(full_session, "session_registrations", "cancel"), {})
    assert response.status_code == 422
    assert "Choose at least one row first." in text(response)


def test_moves_each_person_who_finds_a_seat(client, staff, full_session, assert_seats_true):
    small = SessionFactory(event=full_session.event, capacity=1, name="Small")
    client.force_login(staff)
    rows = [seat.pk for seat in SessionRegistration.objects.order_by("pk")[:2]]
    response = client.post(
        verb_url(full_session, "session_registrations", "move"),
        {**CONFIRMED, "row": rows, "session": small.pk},
    )
    assert "1 person moved to Small (1 of 1). 1 refused." in text(response)
    assert seats_of(full_session) == (9, 0, 0)
    assert seats_of(small) == (1, 0, 0)
    assert_seats_true(full_session.event)


def test_refuses_to_move_to_another_event(client, staff, full_session):
    foreign = SessionFactory()
    client.force_login(staff)
    seat = SessionRegistration.objects.first()
    response = client.post(
        verb_url(full_session, "session_registrations", "move"),
        {**CONFIRMED, "row": seat.pk, "session": foreign.pk},
    )
    assert response.status_code == 422


def test_refuses_to_invite_where_no_seat_is_free(client, staff, full_session, waiting):
    client.force_login(staff)
    url = verb_url(full_session, "session_waitlist", "invite")
    asked = text(client.post(url, {"row": waiting[2].pk}))
    assert "There is no free seat to offer (10 of 10)." in asked
    assert "Invite 1 person" not in asked
    response = client.post(url, {**CONFIRMED, "row": waiting[2].pk})
    assert response.status_code == 409
    assert "There is no free seat to offer." in text(response)
    assert seats_of(full_session) == (10, 0, 3)


@pytest.mark.parametrize("is_free", [False, True])
def test_offers_to_invite_where_a_seat_is_free(client, staff, full_session, waiting, is_free):
    if is_free:
        # As it is for a moment, until the line is served.
        SeatCount.objects.filter(pk=full_session.seats_id).update(capacity=11)
    client.force_login(staff)
    shown = panel(client.get(tab(full_session)), "session_waitlist")
    buttons = {button.rpartition(">")[2]: button for button in shown.split("</button>")[:-1]}
    invite = buttons["Invite now"].rpartition("<button")[2]
    assert (" disabled" in invite) == (not is_free)
    assert ("Invite now: There is no free seat to offer (10 of 10)." in shown) == (not is_free)
    assert ('aria-describedby="why-not-session_waitlist-invite"' in invite) == (not is_free)
    assert " disabled" not in buttons["Register now"].rpartition("<button")[2]


def test_invites_who_was_passed_over(client, staff, full_session, assert_seats_true):
    other = SessionFactory(event=full_session.event, starts_at=full_session.starts_at)
    actions.submit_agenda(full_session.event, person(60), [full_session], wait=True, notify=False)
    fill(other, 1, start=60)
    WaitlistItem.objects.update(when_clashing=WaitlistItem.WhenClashing.SKIP)
    seat = SessionRegistration.objects.get(session=full_session, contact__email=person(1).email)
    actions.cancel_session_registrations([seat], actor=Actor.staff(staff), notify=False)
    item = WaitlistItem.objects.get(passed_over_at__isnull=False)
    client.force_login(staff)
    response = client.post(
        verb_url(full_session, "session_waitlist", "invite"), {**CONFIRMED, "row": item.pk}
    )
    assert said(response) == ["1 person invited."]
    assert seats_of(full_session) == (9, 1, 0)
    assert Notification.objects.get().kind == Notification.Kind.INVITED
    assert_seats_true(full_session.event)


def test_registers_now_past_capacity_with_reason(client, staff, full_session, waiting, assert_seats_true):
    client.force_login(staff)
    url = verb_url(full_session, "session_waitlist", "register")
    response = client.post(
        url, {**CONFIRMED, "row": waiting[1].pk, "past_capacity": "on", "reason_choice": "VIP"}
    )
    assert said(response) == ["1 person registered, 1 of them past capacity (11 of 10, 1 past capacity)."]
    waiting[1].refresh_from_db()
    assert waiting[1].status == WaitlistItem.Status.REGISTERED
    assert SessionRegistration.objects.get(is_past_capacity=True).reason == "VIP"
    assert_seats_true(full_session.event)


def test_refuses_to_register_past_capacity_without_permission(client, desk, full_session, waiting):
    client.force_login(desk)
    url = verb_url(full_session, "session_waitlist", "register")
    assert 'name="past_capacity" disabled' in text(client.post(url, {"row": waiting[1].pk}))
    response = client.post(
        url, {**CONFIRMED, "row": waiting[1].pk, "past_capacity": "on", "reason_choice": "VIP"}
    )
    assert response.status_code == 403
    assert seats_of(full_session) == (10, 0, 3)


def test_refuses_to_register_where_no_seat_is_free(client, staff, full_session, waiting):
    client.force_login(staff)
    url = verb_url(full_session, "session_waitlist", "register")
    response = client.post(url, {**CONFIRMED, "row": waiting[0].pk})
    assert response.status_code == 409
    assert "Fully booked" in text(response)
    assert seats_of(full_session) == (10, 0, 3)


def test_removes_from_the_waitlist(client, staff, full_session, waiting, assert_seats_true):
    client.force_login(staff)
    url = verb_url(full_session, "session_waitlist", "remove")
    response = client.post(url, {**CONFIRMED, "row": [item.pk for item in waiting[:2]]})
    assert said(response) == ["2 people removed from the waitlist."]
    assert seats_of(full_session) == (10, 0, 1)
    assert Notification.objects.count() == 2
    assert_seats_true(full_session.event)


def test_adds_to_the_waitlist(client, staff, full_session):
    client.force_login(staff)
    url = reverse("admin:join_waitlist", args=["session", full_session.pk])
    response = client.post(url, {**typed(person(70), person(71)), "step": "add", "notify": "on"})
    assert said(response) == ["2 people are in line."]
    assert seats_of(full_session) == (10, 0, 2)


def test_refuses_to_add_to_the_waitlist_while_a_seat_is_free(client, staff, session):
    client.force_login(staff)
    url = reverse("admin:join_waitlist", args=["session", session.pk])
    response = client.post(url, {**typed(person(70)), "step": "add"})
    assert response.status_code == 409
    assert "There is a free seat." in text(response)


def test_sends_the_registration_mail_again(client, staff, full_session):
    client.force_login(staff)
    registration = EventRegistration.objects.get(contact__email=person(1).email)
    url = verb_url(full_session.event, "event_registrations", "resend")
    client.post(url, {**CONFIRMED, "row": registration.pk})
    mail = Notification.objects.get()
    assert (mail.kind, mail.contact, mail.payload["session_ids"]) == (
        Notification.Kind.REGISTERED,
        registration.contact,
        [full_session.pk],
    )


def test_sets_one_capacity_for_many_sessions(client, alice, event):
    sessions = SessionFactory.create_batch(3, event=event, capacity=None)
    client.force_login(alice)
    url = verb_url(event, "event_sessions", "set_capacity")
    rows = [session.pk for session in sessions]
    assert client.post(url, {"confirmed": "1", "row": rows, "capacity": "60000"}).status_code == 422
    response = client.post(url, {"confirmed": "1", "row": rows, "capacity": "30", "seen": "30"})
    assert said(response) == ["3 sessions now have 30 seats."]
    assert set(SeatCount.objects.filter(pk__in=[s.seats_id for s in sessions]).values_list("capacity")) == {
        (30,)
    }


def test_stops_and_goes_live(client, alice, event, session):
    client.force_login(alice)
    client.post(verb_url(event, "event_sessions", "stop"), {"confirmed": "1", "row": session.pk})
    session.refresh_from_db()
    assert not session.is_live
    client.post(verb_url(event, "event_sessions", "go_live"), {"confirmed": "1", "row": session.pk})
    session.refresh_from_db()
    assert session.is_live


@pytest.mark.parametrize(
    ("panel", "verb", "codename"),
    [
        ("session_registrations", "cancel", "change_sessionregistration"),
        ("session_waitlist", "remove", "change_waitlistitem"),
        ("session_registrations", "resend", "change_notification"),
    ],
)
def test_refuses_a_verb_without_its_permission(client, desk, full_session, panel, verb, codename):
    desk.user_permissions.remove(*desk.user_permissions.filter(codename=codename))
    client.force_login(desk)
    response = client.post(verb_url(full_session, panel, verb), {**CONFIRMED, "across": "1"})
    assert response.status_code == 403
    assert seats_of(full_session) == (10, 0, 0)


def test_refuses_planners_verbs_to_registration_staff(client, staff, event, session):
    client.force_login(staff)
    response = client.post(verb_url(event, "event_sessions", "stop"), {"confirmed": "1", "row": session.pk})
    assert response.status_code == 403


def test_finds_nothing_of_strangers_events(client, staff):
    other = SessionFactory(event=EventFactory())
    client.force_login(staff)
    url = verb_url(other, "session_registrations", "cancel")
    assert client.post(url, {**CONFIRMED, "across": "1"}).status_code == 404


def test_finds_no_verb_of_another_panel(client, alice, full_session):
    client.force_login(alice)
    assert client.post(verb_url(full_session, "ledger", "cancel"), {"across": "1"}).status_code == 404
    assert client.post(verb_url(full_session, "nonsense", "cancel"), {"across": "1"}).status_code == 404


def test_goes_back_only_within_the_site(client, alice, full_session):
    client.force_login(alice)
    seat = SessionRegistration.objects.first()
    url = verb_url(full_session, "session_registrations", "cancel")
    response = client.post(url, {**CONFIRMED, "row": seat.pk, "back": "https://mallory.example/"})
    assert response.url.startswith("/admin/")


def test_changes_the_place_in_line_with_reason(client, staff, full_session, waiting):
    client.force_login(staff)
    url = verb_url(full_session, "session_waitlist", "reorder")
    response = client.post(
        url, {"confirmed": "1", "row": waiting[2].pk, "place": "1", "reason_choice": "Accessibility"}
    )
    assert said(response) == ["Guest Number062 is now number 1 in line."]
    assert list(WaitlistItem.objects.in_line()) == [waiting[2], waiting[0], waiting[1]]
    assert Activity.objects.get(reason="Accessibility").user == staff


@pytest.mark.parametrize(
    ("rows", "place"), [(slice(0, 2), "1"), (slice(0, 1), "9"), (slice(0, 1), "0"), (slice(0, 1), "")]
)
def test_refuses_an_impossible_place(client, staff, full_session, waiting, rows, place):
    client.force_login(staff)
    url = verb_url(full_session, "session_waitlist", "reorder")
    chosen = [item.pk for item in waiting[rows]]
    response = client.post(url, {"confirmed": "1", "row": chosen, "place": place, "reason_choice": "VIP"})
    assert response.status_code == 422
    assert list(WaitlistItem.objects.in_line()) == waiting
