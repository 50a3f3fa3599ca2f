"""The feed over HTTP: every change in order, page by page, for those who may see it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from events.actors import ATTENDEE, SYSTEM
from registrations import actions, locks
from registrations.actions.journal import Journal
from registrations.actions.lines.hindrances import Hindrance
from registrations.actions.lines.serving import pass_over
from registrations.api.feed import MOST, cursor_of
from registrations.models import LedgerCursor
from registrations.webhooks.planning import plan
from tests.engine.acts import claim, contact_of, fill, person, seat_of
from tests.factories import EventFactory
from tests.webhooks.scenes import a_session, deliveries
from waitlists.models import WaitlistItem

BOB, CAROL = person("bob"), person("carol")


def read_all(api: Any, **query: Any) -> list[dict[str, Any]]:
    """Every change, read page by page to the end."""
    found: list[dict[str, Any]] = []
    page = {"more": True, "next": ""}
    while page["more"]:
        page = api.get("/feed", **query, after=page["next"]).json()
        found += page["items"]
    return found


@pytest.mark.django_db
def test_tells_what_happened_in_order(api):
    session = a_session(capacity=1)
    claim(session, BOB)
    claim(session, CAROL, wait=True)
    actions.cancel_session_registrations([seat_of(session, BOB)], actor=ATTENDEE)
    told = read_all(api)
    assert [(one["type"], one["data"]["email"][:3]) for one in told] == [
        ("registrant.created", "bob"),
        ("session_registration.created", "bob"),
        ("registrant.created", "car"),
        ("waitlist_item.created", "car"),
        ("session_registration.cancelled", "bob"),
        ("session_registration.created", "car"),
        ("waitlist_item.promoted", "car"),
    ]
    assert [one["seq"] for one in told] == sorted(one["seq"] for one in told)
    assert told[3]["data"]["status"] == "waiting", "as it was then, not as it is"


@pytest.mark.django_db
def test_says_the_same_as_a_webhook_with_the_same_number(api, hook):
    hook("*")
    claim(a_session(), BOB)
    plan()
    assert [row.payload for row in deliveries()] == read_all(api)


@pytest.mark.django_db
def test_small_pages_say_what_one_says(api):
    fill(a_session(capacity=10), 5)
    assert read_all(api, limit=2) == read_all(api)


@pytest.mark.django_db
def test_empty_page_has_a_cursor_that_goes_on(api):
    first = api.get("/feed").json()
    assert (first["items"], first["more"]) == ([], False)
    claim(a_session(), BOB)
    assert len(api.get("/feed", after=first["next"]).json()["items"]) == 2
    latest = api.get("/feed", after="latest").json()
    assert (latest["items"], latest["more"]) == ([], False)
    claim(a_session(), CAROL)
    assert {one["data"]["email"] for one in api.get("/feed", after=latest["next"]).json()["items"]} == {
        "carol@example.org"
    }


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["nonsense", "ZmVlZDoweDE", "ZmVlZDotMQ", "é", "a" * 5_000])
def test_refuses_what_is_no_cursor_and_says_what_to_do(api, cursor):
    answer = api.get("/feed", after=cursor)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert "`next`" in answer.json()["fields"]["after"][0]


@pytest.mark.django_db
def test_refuses_cursor_of_a_later_state(api):
    claim(a_session(), BOB)
    read_all(api)
    answer = api.get("/feed", after=cursor_of(10**9))
    assert answer.status_code == 422
    assert "put back" in answer.json()["fields"]["after"][0]


@pytest.mark.django_db
def test_limited_client_reads_only_its_events(api_client_of):
    session, other = a_session(), a_session()
    limited = api_client_of(events=[other.event])
    claim(session, BOB)
    claim(other, CAROL)
    assert {one["data"]["event_id"] for one in read_all(limited)} == {other.event_id}
    assert limited.get("/feed", event_id=session.event_id).status_code == 422
    claim(session, person("dave"))
    page = limited.get("/feed", after=limited.get("/feed").json()["next"]).json()
    assert (page["items"], page["more"]) == ([], False)


@pytest.mark.django_db
def test_reads_one_event_and_some_types(api):
    session, other = a_session(), a_session()
    claim(session, BOB)
    claim(other, CAROL)
    told = read_all(api, event_id=other.event_id, types="registrant.*")
    assert [(one["type"], one["data"]["email"]) for one in told] == [
        ("registrant.created", "carol@example.org")
    ]
    assert api.get("/feed", types="nonsense").status_code == 422


@pytest.mark.django_db
def test_same_number_of_queries_for_many(api, django_assert_num_queries):
    session = a_session(capacity=40)
    for count in (1, 30):
        fill(session, count)
        api.get("/feed")
        # Ids that another test has used up would be asked for again.
        LedgerCursor.objects.update(gaps=[])
        with django_assert_num_queries(13):
            page = api.get("/feed", limit=MOST).json()
    assert len(page["items"]) >= 60


@pytest.mark.django_db
def test_who_was_erased_is_a_tombstone_from_then_on(api):
    session = a_session()
    claim(session, BOB)
    claim(session, CAROL)
    before = read_all(api)
    actions.erase_contact(contact_of(BOB), actor=SYSTEM)
    told = read_all(api)
    assert "bob" not in str(told).lower()
    assert [(one["type"], one["seq"]) for one in told[: len(before)]] == [
        (one["type"], one["seq"]) for one in before
    ]
    registrant, seat = told[:2]
    assert (registrant["data"]["email"], registrant["data"]["first_name"], seat["data"]["email"]) == (
        "",
        "",
        "",
    )
    assert registrant["data"]["erased_at"] == seat["data"]["erased_at"] is not None
    erased = [one["data"] for one in told if one["type"] == "contact.erased"]
    assert [one["contact_id"] for one in erased] == [seat["data"]["contact_id"]]
    assert told[2] == before[2], "nobody else's"


@pytest.mark.django_db
def test_other_details_tell_the_status_of_that_moment(api):
    """Not that of the form, which was opened while the person still waited."""
    event = EventFactory(session_level=False, capacity=1, waitlist_enabled=True)
    bobs = actions.register_for_event(event, BOB)
    as_read = actions.register_for_event(event, CAROL, wait=True)
    actions.cancel_event_registrations([bobs], actor=ATTENDEE)
    actions.update_details(as_read, CAROL)
    last = read_all(api)[-1]
    assert (last["type"], last["data"]["cause"]) == ("registrant.updated", "details_changed")
    assert last["data"]["registration_status"] == "confirmed"


@pytest.mark.django_db
def test_who_is_passed_over_stays_so_when_moved_in_line_and_not_when_invited(api):
    session = a_session(capacity=1, auto_register_waitlisted=False)
    claim(session, BOB)
    for who in (CAROL, person("dave")):
        claim(session, who, wait=True)
    first, last = WaitlistItem.objects.in_line()
    with transaction.atomic():
        seats = locks.lock_seats([session.seats_id])
        journal = Journal(SYSTEM, timezone.now(), seats)
        pass_over(journal, last, session, Hindrance(WaitlistItem.PassedOver.OVERLAP, "overlaps"))
        journal.write()
    actions.move_in_line(last, before=first, actor=SYSTEM)
    moved = read_all(api)[-1]
    assert (moved["data"]["cause"], moved["data"]["passed_over_reason"]) == ("moved_in_line", "overlaps")
    actions.change_capacity(session, 3, actor=SYSTEM)
    actions.invite([last], actor=SYSTEM)
    last.refresh_from_db()
    assert (last.status, last.passed_over_reason) == ("invited", "")
    assert read_all(api)[-1]["data"]["passed_over_reason"] == ""


@pytest.mark.django_db
def test_claim_pays_nothing_for_the_feed():
    from django.test.utils import CaptureQueriesContext

    session = a_session()
    with CaptureQueriesContext(connection) as captured:
        claim(session, BOB)
    assert not [query for query in captured.captured_queries if "feed" in query["sql"].lower()]
