"""In the minute when registration opens a click costs a handful of statements, whatever else the event holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from registrations.models import EventRegistration
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.engine.acts import fill
from tests.factories import SessionFactory, at
from tests.website.clicks import choose, mine, registered

# Autocommit, as a request has it: in a test's own transaction the claim would only be a savepoint.
pytestmark = pytest.mark.django_db(transaction=True)
IS_POSTGRESQL = connection.vendor == "postgresql"
HTMX = {"HX-Request": "true"}


@pytest.fixture(params=[1, 30])
def registration(request: pytest.FixtureRequest, event: Event, bob: Attendee) -> EventRegistration:
    """Bob's, with so many seats."""
    held = [
        SessionFactory(event=event, starts_at=at(9, n), ends_at=at(9, n + 1)) for n in range(request.param)
    ]
    return registered(event, bob, *held)


@pytest.fixture
def wanted(event: Event) -> Session:
    """A session of one seat."""
    return SessionFactory(event=event, capacity=1, starts_at=at(15), ends_at=at(16))


def statements(client: Client, registration: EventRegistration, session: Session, **headers: str) -> int:
    """How many statements one click takes, without BEGIN and COMMIT."""
    return posted(client, mine("manage_seat", registration, session.uuid, "add"), {}, **headers)


def posted(client: Client, address: str, form: dict[str, str], **headers: str) -> int:
    """How many statements a form takes, without BEGIN and COMMIT."""
    with CaptureQueriesContext(connection) as queries:
        client.post(address, form, headers=headers)
    return sum(not query["sql"].startswith(("BEGIN", "COMMIT")) for query in queries)


def looked(client: Client, address: str) -> int:
    """How many statements a page takes."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def everything_shown(event: Event) -> dict[str, str]:
    """What a page with all of the event's sessions sends with a press."""
    shown = Session.objects.filter(event=event).values_list("uuid", flat=True)
    return {"next": "/", "shown": ",".join(map(str, shown))}


def test_claim_is_one_reading_and_one_writing(client, registration, wanted):
    # SQLite writes each table by a statement of its own.
    assert statements(client, registration, wanted) == (2 if IS_POSTGRESQL else 6)


def test_htmx_answer_reads_only_the_places_in_line_and_the_rows_that_change(
    client, event, registration, wanted
):
    SessionFactory.create_batch(3, event=event, starts_at=at(15), ends_at=at(16))
    address = mine("manage_seat", registration, wanted.uuid, "add")
    assert posted(client, address, everything_shown(event), **HTMX) == (4 if IS_POSTGRESQL else 8)


@pytest.mark.parametrize("has_seen_the_list", [False, True])
def test_htmx_answer_reads_no_more_than_seats_of_a_programme_at_hand(
    client, event, registration, wanted, has_seen_the_list
):
    SessionFactory.create_batch(3, event=event, starts_at=at(15), ends_at=at(16))
    if has_seen_the_list:
        client.get(reverse("session_list", args=[event.slug]))
    form, address = everything_shown(event), mine("manage_seat", registration, wanted.uuid, "add")
    with CaptureQueriesContext(connection) as asked:
        client.post(address, form, headers=HTMX)
    rows = [each for each in asked.captured_queries if "sold_out_message" in each["sql"]]
    # The first reading is the claim's own session.
    assert len(rows) == (1 if has_seen_the_list else 2)


def test_changing_ones_mind_reads_nothing_twice(client, registration, wanted):
    """The press, what is locked, what is waited for, the rows, and whether anybody is to be served."""
    other = SessionFactory(event=wanted.event, starts_at=at(17), ends_at=at(18))
    assert statements(client, registration, other) == (2 if IS_POSTGRESQL else 6)
    address = mine("manage_seat", registration, wanted.uuid, "swap")
    assert posted(client, address, {"give_up": str(other.uuid)}) == 14
    assert posted(client, mine("manage_seat", registration, wanted.uuid, "remove"), {}) == 11
    fill(wanted)
    assert posted(client, mine("manage_seat", registration, wanted.uuid, "join"), {}) == 10
    assert posted(client, mine("manage_seat", registration, wanted.uuid, "leave"), {}) == 10


@pytest.mark.parametrize("is_waiting", [False, True])
def test_refused_press_reads_once_what_it_says_and_writes_nothing(
    client, event, registration, wanted, is_waiting
):
    """The press, and what else there is; of whoever waits, places in line and their sessions. No page, no offers."""
    SessionFactory.create_batch(3, event=event, starts_at=at(17), ends_at=at(18))
    fill(wanted)
    if is_waiting:
        other = SessionFactory(event=event, capacity=1, starts_at=at(12), ends_at=at(13))
        fill(other)
        posted(client, mine("manage_seat", registration, other.uuid, "join"), {})
    places = 2 if is_waiting else 0
    # The order in which others are offered is read once for each revision of the programme.
    assert [statements(client, registration, wanted) for _ in range(2)] == [3 + places, 2 + places]
    assert statements(client, registration, wanted, **HTMX) == 1 + places


def test_press_before_registration_opens_reads_nothing_more(client, event, registration, wanted):
    Event.objects.filter(pk=event.pk).update(registration_opens_at=timezone.now() + timedelta(days=1))
    assert statements(client, registration, wanted) == 1


@pytest.fixture(params=[1, 20])
def browser(request: pytest.FixtureRequest, event: Event, client: Client) -> Client:
    """One with a draft of so many sessions."""
    times = [{"starts_at": at(9, n), "ends_at": at(9, n + 1)} for n in range(request.param)]
    choose(client, *(SessionFactory(event=event, **each) for each in times))
    return client


@pytest.mark.parametrize("has_seen_the_list", [False, True])
def test_press_into_a_draft_reads_event_session_and_agenda_once(browser, event, wanted, has_seen_the_list):
    """Event, session with draft, the write, agenda with rows; a swap takes out what it puts the session in place of."""
    rival, *_others = SessionFactory.create_batch(3, event=event, starts_at=at(15), ends_at=at(16))
    if has_seen_the_list:
        browser.get(reverse("session_list", args=[event.slug]))
    form = everything_shown(event)
    swap = {**form, "give_up": str(rival.uuid)}
    for session, verb, sent, number in (
        (rival, "add", form, 4),
        (wanted, "swap", swap, 5),
        (wanted, "remove", form, 4),
        (wanted, "add", form, 4),
    ):
        address = reverse("draft_seat", args=[event.slug, session.uuid, verb])
        assert posted(browser, address, sent, **HTMX) == number, verb


def test_registration_takes_as_many_statements_for_20_sessions_as_for_1(browser, event):
    form = {"first_name": "Bob", "last_name": "Baker", "email": "bob@example.org", "wait": "on"}
    address = reverse("finish_registration", args=[event.slug])
    # What the event asks is known from when the form was shown.
    browser.get(address)
    assert looked(browser, address) == 2
    # SQLite writes what the draft became, and empties it, by two.
    assert posted(browser, address, form) == (12 if IS_POSTGRESQL else 13)
    assert EventRegistration.objects.get(event=event).status == "confirmed"


def test_result_takes_as_many_statements_for_20_sessions_as_for_1(browser, event):
    form = {"first_name": "Bob", "last_name": "Baker", "email": "bob@example.org", "wait": "on"}
    result = browser.post(reverse("finish_registration", args=[event.slug]), form).url
    browser.get(result)
    assert looked(browser, result) == 2


def test_session_page_reads_event_visitor_and_seats(browser, event, registration, wanted):
    """And nothing else: stars, and places in line, are read where there are some."""
    SessionFactory.create_batch(3, event=event, name=wanted.name)
    page, holder = reverse("session_page", args=[event.slug, wanted.uuid]), Client()
    holder.get(mine("manage", registration))
    for client, number in ((Client(), 2), (browser, 3), (holder, 3)):
        client.get(page)
        assert looked(client, page) == number
    for client in (browser, holder):
        client.post(reverse("star", args=[event.slug, wanted.uuid]), {"star": "1", "next": page})
    assert 'aria-pressed="true"' in browser.get(page).content.decode()
    fill(wanted)
    holder.post(mine("manage_seat", registration, wanted.uuid, "join"), {"next": page})
    said = holder.get(page).content.decode()
    assert 'aria-pressed="true"' in said
    assert "You are 1st in line" in said
