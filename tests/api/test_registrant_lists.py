"""Lists of registrations: as many queries for two hundred rows as for one, complete, narrowed as asked."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Contact
from registrations.models import CheckIn, EventRegistration, SessionRegistration
from tests.api.registering import BOB, register, registered
from tests.factories import CustomRegistrationFieldFactory, EventFactory, SessionFactory
from waitlists.models import WaitlistItem

# Token, number of rows, the page, its people and status; seats, passes, answers, places.
QUERIES_FOR_REGISTRANTS = 6
QUERIES_FOR_ITEMS = 3
QUERIES_FOR_CHECK_INS = 2
PAGED = int(os.environ.get("SEATWISE_PAGED", "1050"))


@pytest.fixture
def event(db):
    return EventFactory()


def many(event, count, *, wait=True):
    """So many people, each with a seat in one session and (if they wait) a place in the line of another."""
    taken, wanted = SessionFactory(event=event, capacity=None), SessionFactory(event=event, capacity=0)
    now = timezone.now()
    people = Contact.objects.bulk_create(
        Contact(email=f"guest{number:06}-{event.pk}@example.com") for number in range(count)
    )
    rows = EventRegistration.objects.bulk_create(
        EventRegistration(event=event, contact=person, registered_at=now) for person in people
    )
    SessionRegistration.objects.bulk_create(
        SessionRegistration(
            event=event, session=taken, contact_id=row.contact_id, event_registration=row, registered_at=now
        )
        for row in rows
    )
    WaitlistItem.objects.bulk_create(
        WaitlistItem(
            event=event,
            session=wanted,
            seats_id=wanted.seats_id,
            contact_id=row.contact_id,
            joined_at=now + timedelta(seconds=number),
        )
        for number, row in enumerate(rows if wait else ())
    )
    return taken, wanted


@pytest.mark.parametrize("count", [1, 30, 200])
def test_lists_in_constant_queries(api, event, count, django_assert_num_queries):
    _taken, wanted = many(event, count)
    page = {"per-page": 200}
    with django_assert_num_queries(QUERIES_FOR_REGISTRANTS):
        registrants = api.get("/registrants", event_id=event.pk, **page).json()
    assert len(registrants["items"]) == count
    assert [item["lines"][1]["position"] for item in registrants["items"]] == list(range(1, count + 1))
    with django_assert_num_queries(QUERIES_FOR_ITEMS):
        items = api.get("/waitlist-items", session_id=wanted.pk, **page).json()["items"]
    assert [item["position"] for item in items] == list(range(1, count + 1))


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL knows how many rows each index would give"
)
def test_reads_ledger_of_each_person_and_not_of_the_whole_event(api, event):
    many(event, 2)
    with CaptureQueriesContext(connection) as asked:
        assert api.get("/registrants", event_id=event.pk).status_code == 200
    [text] = [each["sql"] for each in asked if "registrations_activity" in each["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {text}")
        steps = " ".join(row[3] for row in cursor.fetchall())
    assert ("activity_of_contact_at_event" in steps, "activity_of_event" in steps) == (True, False)


@pytest.mark.parametrize("count", [1, 30, 200])
def test_lists_check_ins_in_constant_queries(api, event, count, django_assert_num_queries):
    many(event, count)
    people = EventRegistration.objects.all()
    CheckIn.objects.bulk_create(
        CheckIn(event=event, event_registration=row, checked_in_at=timezone.now()) for row in people
    )
    with django_assert_num_queries(QUERIES_FOR_CHECK_INS):
        assert len(api.get("/check-ins", **{"per-page": 200}).json()["items"]) == count


def test_narrows_registrants(api, event):
    first, second = SessionFactory.create_batch(2, event=event, capacity=1)
    bob = registered(api, event, [first])
    carol = registered(api, event, [second, first], email="carol@example.com", last_name="Carter", waitlist=1)
    other = registered(api, EventFactory(sessions_required=False), (), email="bob@example.com")
    api.delete(f"/registrants/{other}")

    def listed(**query):
        response = api.get("/registrants", **query)
        assert response.status_code == 200, response.content
        return [item["id"] for item in response.json()["items"]]

    assert listed() == [bob, carol, other]
    assert listed(event_id=event.pk) == [bob, carol]
    assert listed(email=" BOB@example.com") == [bob, other]
    assert listed(session_id=first.pk) == [bob]
    assert listed(waitlisted_session_id=first.pk) == [carol]
    assert listed(waitlisted_session_id=second.pk) == []
    assert listed(registration_status="cancelled") == [other]
    assert listed(registration_status="confirmed") == [bob, carol]
    assert listed(search="cart") == [carol]
    assert listed(sort="-last_name") == [carol, bob, other]
    assert api.get("/registrants", registration_status="gone").status_code == 422
    assert api.get("/registrants", sort="contact__email").status_code == 422


def test_shows_fields_asked_for(api, event):
    rid = registered(api, event, [SessionFactory(event=event)])
    listed = api.get("/registrants", fields="email,session_ids").json()["items"]
    assert [set(item) for item in listed] == [{"id", "email", "session_ids"}]
    assert listed[0]["id"] == rid


def test_changes_are_those_of_details_seats_and_places(api, event):
    session, full = SessionFactory(event=event), SessionFactory(event=event, capacity=0)
    question = CustomRegistrationFieldFactory(event=event)
    people = [
        registered(api, event, [session], email=f"{name}@example.com") for name in ("a", "b", "c", "d", "e")
    ]
    since = timezone.now()
    acts = [
        lambda rid: api.delete(f"/registrants/{rid}/session/{session.pk}"),
        lambda rid: api.post(f"/registrants/{rid}/session/{full.pk}?waitlist=1"),
        lambda rid: api.patch(f"/registrants/{rid}", {"custom_fields": {f"c_{question.pk}": "x"}}),
        lambda rid: api.delete(f"/registrants/{rid}"),
    ]
    for act, rid in zip(acts, people, strict=False):
        assert act(rid).status_code in {200, 204}
    changed = api.get("/registrants", updated_since=since.isoformat(), sort="id").json()["items"]
    assert [item["id"] for item in changed] == people[:4]
    assert all(item["updated_at"] >= since.isoformat().replace("+00:00", "Z") for item in changed)


def test_pages_completely_while_others_are_added(api, event, settings):
    """Several pages of people, and one more of them between any two pages.

    A hundred thousand, by hand: `SEATWISE_PAGED=100000 uv run pytest tests/api/test_registrant_lists.py`.
    """
    settings.API_REQUESTS_PER_MINUTE = 10**6
    many(event, PAGED, wait=False)
    before = set(EventRegistration.objects.values_list("pk", flat=True))
    free = SessionFactory(event=event, capacity=None, format="webinar")
    found, page = [], 1
    while True:
        body = api.get("/registrants", page=page, **{"per-page": 200}, fields="email").json()
        found += [item["id"] for item in body["items"]]
        assert register(api, event, [free], **{**BOB, "email": f"new{page}@example.com"}).status_code == 201
        page += 1
        if not body["items"] or page > body["_meta"]["pageCount"] + 1:
            break
    assert len(found) == len(set(found))
    assert before <= set(found)
    assert found == sorted(found)
