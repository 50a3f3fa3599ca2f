"""Nobody learns from the website who is registered: refusals look alike, and asking for a link is the same work."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.actors import SYSTEM
from events.models import Event
from registrations.actions import answer_link_requests, ask_for_link, erase_contact, register_for_event
from registrations.models import EventRegistration, LinkRequest, Notification
from registrations.rules.people import Attendee
from tests.engine.acts import contact_of, fill, mails
from tests.factories import EventFactory, PassFactory, SessionFactory, at
from tests.website.clicks import choose, finish, held, registered, text

pytestmark = pytest.mark.django_db
PAIRS = 20
# Asks first, so that what a process keeps of the page is there for all who are compared.
FIRST = Attendee("first@example.org", "A", "B")


def full(event):
    session = SessionFactory(event=event, name="Knots", capacity=1)
    fill(session)
    return [session]


def full_without_waiting(event):
    sessions = full(event)
    type(sessions[0]).objects.update(own_waitlist_enabled=True)
    return sessions


def clashing(event):
    """Two that overlap, and neither has a seat."""
    knots = SessionFactory(event=event, name="Knots", capacity=1, starts_at=at(9), ends_at=at(10))
    tides = SessionFactory(event=event, name="Tides", capacity=1, starts_at=at(9), ends_at=at(10))
    fill(knots)
    fill(tides)
    return [knots, tides]


REFUSALS = {"full": full, "no waiting wished": full_without_waiting, "clash": clashing}


def body_of(response, who):
    """The page without what is drawn by lot, and without the address that was typed."""
    page = re.sub(r'(name="(csrfmiddlewaretoken|key)" value=")[^"]*', r"\1", response.content.decode())
    return re.sub(r"nonce=\"[^\"]*\"", "", page).replace(who.email, "ADDRESS")


def ask(event, sessions, who, **more):
    browser = Client()
    for session in sessions:
        choose(browser, session)
    browser.get("/harbour/agenda/")  # says “added”, once
    browser.get("/harbour/register/")  # whoever is first reads what it asks, for all others
    with CaptureQueriesContext(connection) as queries:
        response = finish(browser, event, who, wait="", **more)
    return response.status_code, body_of(response, who), len(queries)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_refusal_is_one_page_for_known_and_unknown_addresses(event, refusal):
    known = [Attendee(f"known{number}@example.org", "A", "B") for number in range(PAIRS)]
    held_by_all = SessionFactory(event=event, name="Open", capacity=50, starts_at=at(20), ends_at=at(21))
    for who in known:
        registered(event, who, held_by_all)
    sessions = REFUSALS[refusal](event)
    alike = 0
    ask(event, sessions, FIRST)
    for number, who in enumerate(known):
        stranger = Attendee(f"other{number}@example.org", "A", "B")
        alike += ask(event, sessions, who) == ask(event, sessions, stranger)
    assert alike == PAIRS
    status, page, _queries = ask(event, sessions, known[0])
    assert (status, "You are not registered yet" in page) == (409, True)
    assert EventRegistration.objects.filter(event=event, contact__email__startswith="other").count() == 0
    assert not Notification.objects.filter(kind="link_requested").exists()


def test_event_level_refusal_is_one_page_too(client):
    event = EventFactory(slug="harbour", session_level=False, capacity=1)
    known = Attendee("known@example.org", "A", "B")
    register_for_event(event, known)
    ask(event, [], FIRST)
    said = [ask(event, [], Attendee(who, "A", "B")) for who in ("known@example.org", "other@example.org")]
    assert said[0] == said[1]
    assert said[0][0] == 409


def test_sold_out_pass_is_one_page_too(client):
    event = EventFactory(slug="harbour", session_level=False)
    sold, other = PassFactory(event=event, capacity=1), PassFactory(event=event)
    register_for_event(event, Attendee("known@example.org", "A", "B"), sold)
    people = [Attendee(who, "A", "B") for who in ("known@example.org", "other@example.org")]
    ask(event, [], FIRST, event_pass=str(sold.uuid))
    said = [ask(event, [], who, event_pass=str(sold.uuid)) for who in people]
    assert said[0] == said[1]
    assert said[0][0] == 409
    assert other.seats.taken == 0


def test_closed_event_is_one_page_too(event):
    sessions = [SessionFactory(event=event, name="Knots")]
    registered(event, Attendee("known@example.org", "A", "B"), *sessions)
    browsers = [Client(), Client()]
    for browser in browsers:
        choose(browser, *sessions)
    Event.objects.update(registration_closes_at=at(0, day=-365 * 6))
    said = [
        finish(browser, event, Attendee(who, "A", "B"))
        for browser, who in zip(browsers, ("known@example.org", "other@example.org"), strict=True)
    ]
    assert [each.status_code for each in said] == [409, 409]
    assert text(said[0]) == text(said[1])


def test_where_a_seat_can_be_had_only_the_result_differs(event):
    sessions = [SessionFactory(event=event, name="Knots")]
    registered(event, Attendee("known@example.org", "A", "B"), *sessions)
    known = ask(event, sessions, Attendee("known@example.org", "A", "B"))
    other = ask(event, sessions, Attendee("other@example.org", "A", "B"))
    assert (known[0], "We mailed a personal link" in known[1], other[0]) == (200, True, 302)


def test_overlap_at_finish_never_speaks_of_what_somebody_holds(event, bob):
    """Bob sits in another event at that hour; whoever types his address reads of that nothing."""
    elsewhere = EventFactory(name="Secret Summit")
    registered(elsewhere, bob, SessionFactory(event=elsewhere, starts_at=at(9), ends_at=at(10)))
    knots = SessionFactory(event=event, name="Knots", starts_at=at(9), ends_at=at(10))
    status, page, _queries = ask(event, [knots], bob)
    assert status == 200
    assert not any(word in page for word in ("Overlaps", "another event", "Secret", "Clash"))


def test_asking_for_a_link_is_the_same_work_for_everybody(client, event, bob):
    registered(event, bob, SessionFactory(event=event))
    said, work = [], []
    for address in (bob.email, "nobody@example.com"):
        with CaptureQueriesContext(connection) as queries:
            page = client.post("/harbour/link/", {"email": address, "key": "form"})
        said.append((page.status_code, body_of(page, Attendee(address))))
        work.append([re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries])
    assert said[0] == said[1]
    assert work[0] == work[1]
    assert LinkRequest.objects.count() == 2
    assert mails("link_requested") == []
    answer_link_requests()
    answer_link_requests()
    assert mails("link_requested") == [("link_requested", "bob")]


def test_form_posted_again_is_one_wish_one_mail_and_one_answer(client, event, bob):
    registered(event, bob, SessionFactory(event=event))
    key = client.get("/harbour/link/").context["form"]["key"].value()
    said = [client.post("/harbour/link/", {"email": bob.email, "key": key}) for _time in range(8)]
    assert {each.status_code for each in said} == {200}
    answer_link_requests()
    client.post("/harbour/link/", {"email": bob.email, "key": key})
    answer_link_requests()
    assert mails("link_requested") == [("link_requested", "bob")]
    again = client.post("/harbour/link/", {"email": "x", "key": key}, follow=True)
    assert f'value="{key}"' in again.content.decode()


def test_two_forms_are_two_wishes(client, event, bob):
    registered(event, bob, SessionFactory(event=event))
    for _time in range(2):
        key = client.get("/harbour/link/").context["form"]["key"].value()
        client.post("/harbour/link/", {"email": bob.email, "key": key})
    answer_link_requests()
    assert len(mails("link_requested")) == 2


def test_asked_for_links_are_forgotten(event, bob):
    registered(event, bob, SessionFactory(event=event))
    ask_for_link(event, "nobody@example.com", "x", at=at(9))
    ask_for_link(event, bob.email, "y", at=at(9, 5))
    assert answer_link_requests(at(9, 6)) == 2
    assert answer_link_requests(at(9, 12)) == 0
    assert list(LinkRequest.objects.values_list("email", flat=True)) == [bob.email]
    erase_contact(contact_of(bob), actor=SYSTEM)
    assert not LinkRequest.objects.exists()
    assert held(bob) == []
