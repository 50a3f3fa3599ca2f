"""The personal page: everything a registered person may do, and that nobody else may."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.actors import ATTENDEE, SYSTEM
from events.models import Event
from registrations.actions import (
    answer_link_requests,
    cancel_event,
    cancel_session_registrations,
    submit_agenda,
)
from registrations.links import manage_token
from registrations.models import EventRegistration, Notification, SessionRegistration
from sessions_app.models import Session
from tests.engine.acts import fill, mails
from tests.factories import (
    BuildingFactory,
    CustomRegistrationFieldFactory,
    EventFactory,
    RoomFactory,
    SessionFactory,
    at,
)
from tests.website.clicks import held, mine, registered, text, use_up, waits
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def knots(event):
    return SessionFactory(event=event, name="Knots", starts_at=at(9), ends_at=at(10))


@pytest.fixture
def tides(event):
    return SessionFactory(event=event, name="Tides", starts_at=at(9, 30), ends_at=at(11), capacity=1)


@pytest.fixture
def registration(event, bob, knots) -> EventRegistration:
    """Bob's, with a seat in Knots."""
    return registered(event, bob, knots)


def press(client: Client, registration, session: Session, verb: str, **more: str):
    return client.post(mine("manage_seat", registration, session.uuid, verb), more)


def invite(session: Session, who) -> WaitlistItem:
    """Invite somebody to a seat of the session, which is full but for that one."""
    Session.objects.filter(pk=session.pk).update(own_auto_register_waitlisted=False)
    holder = fill(session)[0]
    submit_agenda(session.event, who, [session], wait=True)
    cancel_session_registrations(
        SessionRegistration.objects.active().filter(session=session, contact__email=holder.email),
        actor=SYSTEM,
    )
    item = WaitlistItem.objects.get(session=session, contact__email=who.email)
    assert item.status == "invited"
    return item


# What it shows.


def test_shows_where_to_go_next_first(client, event, bob):
    room = RoomFactory(name="Deck", building=BuildingFactory(name="Pier"), directions="Follow the blue line")
    SessionFactory(event=event, name="Later", starts_at=at(15), ends_at=at(16))
    SessionFactory(
        event=event, name="Soon", starts_at=at(9), ends_at=at(10), room=room, building=room.building
    )
    page = client.get(mine("manage", registered(event, bob, *event.sessions.all())))
    assert page.context["next"].name == "Soon"
    for words in ("Deck Soon", "Follow the blue line", "Monday 5 May"):
        assert words in text(page)


def test_shows_place_in_line_and_what_will_happen(client, event, bob, registration):
    later = SessionFactory(event=event, capacity=1, starts_at=at(20), ends_at=at(21))
    fill(later)
    registered(event, bob, later, wait=True)
    said = text(client.get(mine("manage", registration)))
    assert "You are 1st in line We will register you as soon as a seat frees." in said


def test_is_private(client, registration):
    page = client.get(mine("manage", registration))
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Referrer-Policy"] == "same-origin"
    assert {"private", "no-store"} <= set(page["Cache-Control"].split(", "))


@pytest.mark.parametrize("count", [1, 30])
def test_takes_as_many_queries_for_30_as_for_1(client, event, bob, count, django_assert_num_queries):
    for session in SessionFactory.create_batch(count, event=event, capacity=1):
        fill(session)
    SessionFactory.create_batch(count, event=event)
    registration = registered(event, bob, *event.sessions.all(), wait=True)
    client.get(mine("manage", registration))
    with django_assert_num_queries(13):
        client.get(mine("manage", registration))


# What may be done.


def test_adds_and_removes(client, event, bob, registration):
    late = SessionFactory(event=event, name="Late", starts_at=at(20), ends_at=at(21))
    assert press(client, registration, late, "add").status_code == 302
    assert held(bob) == ["Knots", "Late"]
    answer = press(client, registration, late, "remove")
    assert answer.url == f"{mine('manage', registration)}?removed={late.uuid}"
    assert "“Late” was removed. Undo" in text(client.get(answer.url))
    assert held(bob) == ["Knots"]


def test_pressing_twice_is_harmless(client, event, bob, registration, knots):
    for verb in ("add", "add", "remove", "remove", "leave", "leave"):
        assert press(client, registration, knots, verb).status_code == 302
    assert mails() == [("registered", "bob"), ("cancelled", "bob")]


def test_undo_is_offered_only_where_the_seat_can_be_had_again(client, event, bob, carol, registration):
    only = SessionFactory(event=event, name="Only", capacity=1, own_waitlist_enabled=True)
    registered(event, bob, only)
    registered(event, carol, only, wait=True)
    page = client.get(press(client, registration, only, "remove").url)
    assert (held(carol), page.context["removed"].label) == (["Only"], "Join waitlist")


def test_swap_gives_up_what_was_shown(client, bob, registration, knots, tides):
    press(client, registration, tides, "swap", give_up=str(knots.uuid))
    assert held(bob) == ["Tides"]


def test_swap_into_a_full_session_keeps_the_first(client, bob, registration, knots, tides):
    fill(tides)
    page = press(client, registration, tides, "swap", give_up=str(knots.uuid))
    assert page.status_code == 409
    assert held(bob) == ["Knots"]
    assert "Given up" not in text(page)


def test_swap_gives_up_nothing_that_was_not_shown(client, bob, registration, knots, tides):
    other = SessionFactory(event=knots.event, name="Other", starts_at=at(20), ends_at=at(21))
    page = press(client, registration, tides, "swap", give_up=str(other.uuid))
    assert page.status_code == 409
    assert held(bob) == ["Knots"]


def test_refusal_says_why_and_offers_something_else(client, event, bob, registration, tides):
    fill(tides)
    SessionFactory(event=event, name="Repeat", starts_at=at(20), ends_at=at(21))
    page = press(client, registration, tides, "add")
    assert page.status_code == 409
    assert "That was not possible" in text(page)
    assert "Repeat" in text(page)


def test_refusal_comes_to_htmx_in_the_seats_own_place(client, registration, tides):
    fill(tides)
    address = mine("manage_seat", registration, tides.uuid, "add")
    answer = client.post(address, {}, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert answer.content.decode().lstrip().startswith(f'<div class="seat" id="seat-{tides.uuid}"')


def test_joins_and_leaves_a_waitlist(client, bob, registration, tides):
    fill(tides)
    press(client, registration, tides, "join")
    assert waits(bob) == ["Tides"]
    press(client, registration, tides, "leave")
    assert waits(bob) == []


@pytest.mark.parametrize(
    "settings", [{"locked_when_saved": True}, {"selection_control": "included"}], ids=str
)
@pytest.mark.parametrize("htmx", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_locked_seat_stays_whatever_is_sent(client, bob, registration, knots, tides, settings, htmx):
    Session.objects.filter(pk=knots.pk).update(**settings)
    # It would be offered to whoever is refused a seat.
    SessionFactory(event=knots.event, starts_at=at(20), ends_at=at(21))
    for session, verb, more in ((knots, "remove", {}), (tides, "swap", {"give_up": str(knots.uuid)})):
        address = mine("manage_seat", registration, session.uuid, verb)
        page = client.post(address, more, headers=htmx)
        assert (page.status_code, held(bob)) == (409, ["Knots"])
        assert "Only the organizer can change this. Please contact them." in text(page)
        assert "Instead:" not in text(page)


def test_locked_seat_keeps_the_registration_and_an_included_one_does_not(client, bob, registration, knots):
    Session.objects.filter(pk=knots.pk).update(locked_when_saved=True)
    page = client.post(mine("manage_cancel", registration))
    assert (page.status_code, held(bob)) == (409, ["Knots"])
    assert "Only the organizer can change this." in text(page)
    Session.objects.filter(pk=knots.pk).update(locked_when_saved=False, selection_control="included")
    assert client.post(mine("manage_cancel", registration)).status_code == 302
    assert held(bob) == []


@pytest.mark.parametrize("verb", ["add", "join", "swap"])
def test_after_closing_nothing_is_added(client, event, bob, registration, tides, verb):
    Event.objects.update(registration_closes_at=timezone.now() - timedelta(hours=1))
    assert press(client, registration, tides, verb).status_code == 409
    assert (held(bob), waits(bob)) == (["Knots"], [])


def test_after_closing_seats_can_be_given_up(client, bob, registration, knots):
    Event.objects.update(registration_closes_at=timezone.now() - timedelta(hours=1))
    press(client, registration, knots, "remove")
    assert held(bob) == []


def test_programme_knows_who_opened_the_link(client, registration, knots):
    client.get(mine("manage", registration))
    page = client.get("/harbour/sessions/")
    assert "You have a seat" in text(page)
    assert "My page" in text(page)
    cookie = client.cookies["seatwise_me"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/harbour/", True, "Lax")


def test_browser_can_be_made_a_strangers_again(client, registration):
    client.get(mine("manage", registration))
    client.post(mine("manage_leave", registration))
    assert "You have a seat" not in text(client.get("/harbour/sessions/"))


def test_details_can_be_changed(client, event, registration):
    asked = CustomRegistrationFieldFactory(event=event, kind="yes_no")
    address = mine("manage_details", registration)
    form = {"first_name": "Rob", "last_name": "Baker", f"question_{asked.pk}": "yes"}
    assert client.post(address, form).status_code == 302
    assert "Rob Baker" in text(client.get(mine("manage", registration)))
    assert client.get(address).context["form"].initial == {**form, "language": "en"}
    wrong = client.post(address, {**form, "first_name": "x" * 101}, follow=True)
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["first_name"])


def test_cancels_everything_after_asking_once(client, event, bob, registration, tides):
    fill(tides)
    registered(event, bob, tides, wait=True)
    address = mine("manage_cancel", registration)
    assert "your seats in 1 session" in text(client.get(address)) or "seat in 1 session" in text(
        client.get(address)
    )
    assert held(bob) == ["Knots"]
    page = client.get(client.post(address).url)
    assert "Your registration is cancelled" in text(page)
    assert (held(bob), waits(bob)) == ([], [])
    assert client.post(address).status_code == 302
    assert "You have a seat" not in text(client.get("/harbour/sessions/"))


def test_cancelled_person_cannot_act_by_the_old_link(client, event, bob, registration, tides):
    client.post(mine("manage_cancel", registration))
    assert press(client, registration, tides, "add").status_code == 410
    assert client.get(mine("manage_details", registration)).status_code == 410
    assert held(bob) == []


# The calendar.


def calendar_address(client, registration):
    """The path of the calendar, as the personal page gives it away."""
    page = client.get(mine("manage_calendar", registration))
    return urlsplit(page.context["address"]).path


def test_calendar_holds_the_agenda(client, registration):
    for address in (calendar_address(client, registration), mine("calendar_by_link", registration)):
        answer = client.get(address)
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        for line in (b"SUMMARY:Knots", b"TRIGGER:-PT5M", b"SEQUENCE:0"):
            assert line in answer.content


def test_address_of_the_calendar_opens_nothing_else(client, registration):
    address = calendar_address(client, registration)
    assert address == calendar_address(client, registration)
    for secret in (manage_token(registration), registration.uuid.hex, str(registration.uuid)):
        assert secret not in address
    stranger = Client()
    answer = stranger.get(address)
    assert (answer.status_code, answer["X-Robots-Tag"], len(answer.cookies)) == (200, "noindex, nofollow", 0)
    for secret in (manage_token(registration), "/me/"):
        assert secret not in answer.content.decode()
    assert stranger.post(address).status_code == 405
    key = address.rpartition("/")[2].removesuffix(".ics")
    assert stranger.get(f"/harbour/me/{key}/").status_code == 404


def test_pages_give_away_no_calendar_behind_the_personal_link(client, registration):
    for name in ("manage", "manage_result", "manage_calendar"):
        assert "agenda.ics" not in text(client.get(mine(name, registration)))


def test_address_of_the_calendar_ends_with_the_links(client, registration):
    before = calendar_address(client, registration)
    client.post(mine("manage_new_link", registration))
    assert client.get(before).status_code == 404
    registration.refresh_from_db()
    after = calendar_address(client, registration)
    assert (after == before, client.get(after).status_code) == (False, 200)


def test_calendar_of_a_cancelled_registration_is_emptied(client, registration):
    address = calendar_address(client, registration)
    client.post(mine("manage_cancel", registration))
    answer = client.get(address)
    assert (answer.status_code, b"STATUS:CONFIRMED" in answer.content) == (200, False)


def test_calendar_ends_long_after_the_event(client, event, registration):
    address = calendar_address(client, registration)
    with time_machine.travel(event.ends_at + timedelta(days=31), tick=False):
        assert client.get(address).status_code == 410
    assert client.get("/other/" + address.split("/", 2)[2]).status_code == 404


# Invitations.


def test_invitation_is_only_shown_by_a_get(client, event, bob, registration, tides):
    item = invite(SessionFactory(event=event, name="Held", capacity=1, starts_at=at(20), ends_at=at(21)), bob)
    page = client.get(mine("invitation", registration, item.uuid))
    assert "A seat is held for you" in text(page)
    item.refresh_from_db()
    assert item.status == "invited"


@pytest.mark.parametrize(("answer", "seats"), [("accept", ["Knots", "Held"]), ("decline", ["Knots"])])
def test_invitation_is_answered_by_a_post(client, event, bob, registration, answer, seats):
    item = invite(SessionFactory(event=event, name="Held", capacity=1, starts_at=at(20), ends_at=at(21)), bob)
    address = mine("invitation", registration, item.uuid)
    assert client.post(address, {"answer": answer}).status_code == 302
    assert (held(bob), waits(bob)) == (seats, [])
    again = client.post(address, {"answer": answer})
    assert (again.status_code, again.url) == (302, mine("manage", registration))


def test_invitation_that_clashes_is_accepted_by_a_swap(client, bob, registration, tides):
    item = invite(tides, bob)
    address = mine("invitation", registration, item.uuid)
    assert "Accepting gives that seat up" in text(client.get(address))
    assert client.post(address, {"answer": "accept"}).status_code == 409
    client.post(address, {"answer": "swap"})
    assert held(bob) == ["Tides"]


@pytest.mark.parametrize("answer", [{}, {"answer": "perhaps"}])
def test_invitation_without_an_answer_is_shown_again(client, event, bob, registration, answer):
    item = invite(SessionFactory(event=event, name="Held", capacity=1, starts_at=at(20), ends_at=at(21)), bob)
    page = client.post(mine("invitation", registration, item.uuid), answer, follow=True)
    assert page.redirect_chain == [(mine("invitation", registration, item.uuid), 302)]
    assert "Please accept the seat or decline it" in text(page)
    item.refresh_from_db()
    assert item.status == "invited"


def test_expired_invitation_says_so(client, event, bob, registration):
    item = invite(SessionFactory(event=event, name="Held", capacity=1, starts_at=at(20), ends_at=at(21)), bob)
    past = datetime(2020, 1, 1, tzinfo=UTC)
    slot = item.invitation_slot
    slot.opened_at, slot.expires_at = past, past + timedelta(hours=1)
    slot.save()
    address = mine("invitation", registration, item.uuid)
    for page in (client.get(address), client.post(address, {"answer": "accept"})):
        assert page.status_code == 410
        assert "no longer open" in text(page)
    assert held(bob) == ["Knots"]


def test_stranger_cannot_see_or_answer_an_invitation(client, event, bob, mallory, registration):
    item = invite(SessionFactory(event=event, name="Held", capacity=1, starts_at=at(20), ends_at=at(21)), bob)
    stranger = registered(event, mallory, SessionFactory(event=event, starts_at=at(22), ends_at=at(23)))
    address = mine("invitation", stranger, item.uuid)
    assert client.get(address).status_code == 404
    assert client.post(address, {"answer": "accept"}).status_code == 404
    assert client.get(mine("invitation", registration, uuid.uuid4())).status_code == 404


# Links.


@pytest.mark.parametrize("forged", ["x", "{uuid}", "{uuid}.1", "{uuid}.1.x", "{token}x", "{uuid}.2.{token}"])
@pytest.mark.parametrize(
    "name", ["manage", "manage_result", "manage_cancel", "manage_details", "manage_calendar"]
)
def test_forged_link_is_not_found(client, registration, forged, name):
    token = forged.format(uuid=registration.uuid.hex, token=manage_token(registration))
    page = client.get(reverse(name, args=["harbour", token]))
    assert page.status_code == 404
    assert "This link is not complete" in text(page)
    assert page["X-Robots-Tag"] == "noindex, nofollow"


def test_forged_link_changes_nothing(client, registration, bob, knots):
    forged = f"{registration.uuid.hex}.1.forged"
    address = reverse("manage_seat", args=["harbour", forged, knots.uuid, "remove"])
    assert client.post(address).status_code == 404
    assert client.post(reverse("manage_cancel", args=["harbour", forged])).status_code == 404
    assert held(bob) == ["Knots"]


def test_link_of_one_event_opens_no_other(client, registration):
    EventFactory(slug="other")
    assert client.get(reverse("manage", args=["other", manage_token(registration)])).status_code == 404


def test_expired_link_offers_a_new_one(client, event, registration):
    old = mine("manage", registration)
    answer = client.post(mine("manage_new_link", registration))
    assert "All links mailed before have ended" in text(answer)
    assert Notification.objects.latest("id").kind == "link_requested"
    page = client.get(old)
    assert page.status_code == 410
    assert "This link no longer works" in text(page)
    assert reverse("request_link", args=["harbour"]) in page.content.decode()
    registration.refresh_from_db()
    assert client.get(mine("manage", registration)).status_code == 200


def test_link_ends_some_time_after_the_event(client, event, registration):
    past = timezone.now() - timedelta(days=40)
    Event.objects.update(starts_at=past, ends_at=past + timedelta(days=2))
    assert client.get(mine("manage", registration)).status_code == 410


@pytest.mark.parametrize("address", ["bob@example.com", " BOB@example.com", "nobody@example.com"])
def test_link_request_says_the_same_to_everybody(client, event, registration, address):
    before = Notification.objects.count()
    page = client.post("/harbour/link/", {"email": address})
    assert page.status_code == 200
    assert "If that address is registered" in text(page)
    assert address.strip() not in text(page)
    answer_link_requests()
    assert Notification.objects.count() - before == (0 if "nobody" in address else 1)


@pytest.mark.parametrize("address", ["", "bob", "b" * 250 + "@example.com"])
def test_link_request_without_an_address_is_refused_at_its_field(client, event, address):
    page = client.post("/harbour/link/", {"email": address}, follow=True)
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["email"])


def test_link_requests_are_limited(client, event):
    statuses = [
        client.post("/harbour/link/", {"email": "nobody@example.com"}).status_code for _time in range(5)
    ]
    assert statuses == [200, 200, 200, 429, 429]
    use_up("link-from")
    assert client.post("/harbour/link/", {"email": "another@example.com"}).status_code == 429


def test_page_of_a_cancelled_or_stopped_event_stays(client, event, registration):
    Event.objects.update(publish_status=Event.PublishStatus.READY)
    assert client.get(mine("manage", registration)).status_code == 200
    Event.objects.update(publish_status=Event.PublishStatus.LIVE)
    cancel_event(Event.objects.get(), reason="Storm", actor=ATTENDEE)
    page = client.get(mine("manage", registration))
    assert page.status_code == 200
    assert "Your registration is cancelled" in text(page)
