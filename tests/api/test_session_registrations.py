"""Seats as other systems read them, a registrant's ledger, and what is shown whole beside a registrant."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from events.actors import SYSTEM
from registrations.actions import add_to_session, check_in, mark_no_shows, revoke_links
from registrations.links import registration_from_token
from registrations.models import EventRegistration, SessionRegistration
from tests.api.registering import registered
from tests.api.test_registrant_lists import many
from tests.engine.acts import person
from tests.factories import EventFactory, RoomFactory, SessionFactory, SessionTrackFactory, UserFactory

# Token, number of rows, the page, its records, who did it.
QUERIES_FOR_SEATS = 4
# Those of a list of registrants; and people, links, events with who waits there, seats, their records, who did it.
QUERIES_EXPANDED = 12


@pytest.fixture
def event(db):
    return EventFactory()


@pytest.fixture
def session(event):
    return SessionFactory(event=event, capacity=1)


@pytest.fixture
def rid(api, event, session):
    return registered(api, event, [session])


@pytest.fixture
def staff():
    from events.actors import Actor

    return Actor.staff(UserFactory(is_superuser=True, email="ada@example.org"))


def listed(api, **query):
    answer = api.get("/session-registrations", **query)
    assert answer.status_code == 200, answer.content
    return answer.json()["items"]


# Seats


def test_says_who_has_a_seat_by_which_door_and_why(api, event, session, rid, staff):
    carol = person("carol")
    add_to_session(session, [carol], actor=staff, past_capacity=True, reason="Speaker's guest")
    seat = SessionRegistration.objects.get(contact__email=carol.email)
    assert listed(api, past_capacity=1) == [
        {
            "id": seat.pk,
            "event_id": event.pk,
            "session_id": session.pk,
            "registrant_id": seat.event_registration_id,
            "contact_id": seat.contact_id,
            "email": carol.email,
            "first_name": "carol",
            "last_name": "Test",
            "status": "registered",
            "source": "staff",
            "registered_by": "ada@example.org",
            "past_capacity": True,
            "reason": "Speaker's guest",
            "registered_at": seat.registered_at.isoformat().replace("+00:00", "Z"),
            "cancelled_at": None,
            "cancelled_by": None,
            "cancel_reason": "",
            "no_show": False,
            "no_show_at": None,
        }
    ]
    [mine] = listed(api, registrant_id=rid)
    assert (mine["source"], mine["registered_by"], mine["reason"]) == ("api", "Integrator", "")


def test_a_seat_given_back_says_by_whom(api, session, rid):
    api.delete(f"/registrants/{rid}?reason=Ill")
    [gone] = listed(api, status="cancelled")
    assert (gone["status"], gone["cancelled_by"], gone["cancel_reason"]) == (
        "cancelled",
        "Integrator",
        "Ill",
    )
    assert api.get(f"/session-registrations/{gone['id']}").json() == gone
    assert listed(api) == []
    assert [row["id"] for row in listed(api, search="status=cancelled")] == [gone["id"]]


def test_narrows_by_everything_that_a_seat_is_of(api, event, session, rid):
    other = SessionFactory(event=event)
    second = registered(api, event, [other], email="carol@example.com", first_name="Carol")
    first, last = [row["id"] for row in listed(api, sort="id")]
    assert [row["id"] for row in listed(api, session_id=other.pk)] == [last]
    assert [row["id"] for row in listed(api, registrant_id=second)] == [last]
    assert [row["id"] for row in listed(api, email=" CAROL@example.com")] == [last]
    assert [row["id"] for row in listed(api, search="carol")] == [last]
    assert [row["id"] for row in listed(api, event_id=event.pk, sort="-id")] == [last, first]
    assert listed(api, event_id=EventFactory().pk) == listed(api, source="website") == []
    wrong = api.get("/session-registrations", status="gone")
    assert (wrong.status_code, set(wrong.json()["fields"])) == (422, {"status"})


def test_lists_of_changes_have_tombstones(api, event, session, rid):
    since = timezone.now().isoformat()
    other = registered(api, event, [SessionFactory(event=event)], email="carol@example.com")
    [mine] = listed(api, registrant_id=rid)
    api.delete(f"/registrants/{rid}")
    changes = listed(api, updated_since=since, sort="id")
    assert changes[0] == {"id": mine["id"], "deleted": True, "deleted_at": changes[0]["deleted_at"]}
    assert [row.get("registrant_id") for row in changes[1:]] == [other]
    assert [row["status"] for row in listed(api, updated_since=since, status="cancelled")] == ["cancelled"]
    since = timezone.now().isoformat()
    assert listed(api, updated_since=since) == []
    api.patch(f"/registrants/{other}", {"email": "carola@example.com"})
    assert [row["email"] for row in listed(api, updated_since=since)] == ["carola@example.com"]


@pytest.mark.parametrize("count", [1, 30])
def test_lists_seats_in_constant_queries(api, event, count, django_assert_num_queries):
    many(event, count, wait=False)
    with django_assert_num_queries(QUERIES_FOR_SEATS):
        assert len(listed(api, **{"per-page": 200})) == count


# The ledger


def test_a_registrants_ledger_says_who_did_what_and_why(api, event, session, rid, staff):
    api.delete(f"/registrants/{rid}/session/{session.pk}")
    add_to_session(session, [person("dan")], actor=staff)
    answer = api.get(f"/registrants/{rid}/ledger")
    lines = answer.json()["items"]
    assert [(line["verb"], line["session_id"], line["by"], line["seats_taken"]) for line in lines] == [
        ("registered", None, "Integrator", 1),
        ("registered", session.pk, "Integrator", 1),
        ("cancelled", session.pk, "Integrator", -1),
    ]
    assert (lines[2]["detail"], lines[2]["event_id"]) == ("Cancelled", event.pk)
    assert api.get(f"/registrants/{rid}/ledger/{lines[0]['id']}").json() == lines[0]
    narrowed = api.get(f"/registrants/{rid}/ledger", verb="cancelled", session_id=session.pk)
    assert narrowed.json()["items"] == lines[2:]


def test_the_ledger_follows_an_address_that_is_corrected(api, rid):
    before = [line["id"] for line in api.get(f"/registrants/{rid}/ledger").json()["items"]]
    api.patch(f"/registrants/{rid}", {"email": "rob@example.com"})
    after = api.get(f"/registrants/{rid}/ledger").json()["items"]
    assert [line["id"] for line in after[: len(before)]] == before
    assert "address_corrected" in {line["verb"] for line in after[len(before) :]}


# What is shown whole


def test_expands_contact_event_and_seats(api, event, session, rid):
    words = "contact,event,session_registrations"
    [row] = api.get("/registrants", expand=words).json()["items"]
    assert row["contact"] == api.get(f"/contacts/{row['contact_id']}").json()
    assert row["event"] == api.get(f"/events/{event.pk}").json()
    assert row["session_registrations"] == listed(api, registrant_id=rid)
    assert api.get(f"/registrants/{rid}", expand=words, fields="email").json() == {
        name: row[name] for name in ("id", "email", *words.split(","))
    }


@pytest.mark.parametrize("count", [1, 30])
def test_expands_in_constant_queries(api, event, count, django_assert_num_queries):
    many(event, count, wait=False)
    words = "contact,direct_link,event,session_registrations"
    with django_assert_num_queries(QUERIES_EXPANDED):
        rows = api.get("/registrants", expand=words, **{"per-page": 200}).json()["items"]
    assert [len(row["session_registrations"]) for row in rows] == [1] * count


def test_the_personal_link_is_for_those_who_may_write(api, api_client_of, rid):
    link = api.get(f"/registrants/{rid}", expand="direct_link").json()["direct_link"]
    token = link.rstrip("/").rpartition("/")[2]
    assert registration_from_token(token).pk == rid
    reader = api_client_of("read")
    for path in (f"/registrants/{rid}", "/registrants"):
        refused = reader.get(path, expand="direct_link")
        assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    assert "direct_link" not in reader.get(f"/registrants/{rid}").json()
    from events.actors import Actor

    revoke_links(EventRegistration.objects.get(pk=rid), actor=Actor.api(api.client))
    assert api.get(f"/registrants/{rid}", expand="direct_link").json()["direct_link"] != link
    api.delete(f"/registrants/{rid}")
    assert api.get(f"/registrants/{rid}", expand="direct_link").json()["direct_link"] is None


def test_finds_a_registrant_by_the_code(api, event, rid):
    registered(api, event, [SessionFactory(event=event)], email="carol@example.com")
    code = api.get(f"/registrants/{rid}").json()["secure_id"]
    assert [row["id"] for row in api.get("/registrants", secure_id=code).json()["items"]] == [rid]
    assert api.get("/registrants", secure_id=code.replace("-", "")[::-1]).json()["items"] == []
    wrong = api.get("/registrants", secure_id="nonsense")
    assert (wrong.status_code, set(wrong.json()["fields"])) == (422, {"secure_id"})


@pytest.mark.parametrize("path", ["/sessions", "/events"])
def test_counts_registrants_where_asked(api, rid, path):
    [row] = api.get(path, expand="registrantCount").json()["items"]
    assert row["registrantCount"] == 1
    assert api.get(f"{path}/{row['id']}", expand="registrantCount", fields="name").json() == {
        "id": row["id"],
        "name": row["name"],
        "registrantCount": 1,
    }


def test_names_track_and_place_of_a_session_and_leads_to_its_page(api, event, client):
    room, track = RoomFactory(name="Room 1"), SessionTrackFactory(event=event, name="Harbour")
    session = SessionFactory(event=event, track=track, room=room, building=room.building)
    planned = SessionFactory(event=event, session_status="approved")
    shown = api.get(f"/sessions/{session.pk}", expand="track,location,direct_link").json()
    assert (shown["track"]["name"], shown["location"]["name"]) == ("Harbour", "Room 1")
    page = client.get(urlsplit(shown["direct_link"]).path)
    assert (page.status_code, session.name in page.content.decode()) == (200, True)
    hidden = api.get(f"/sessions/{planned.pk}", expand="direct_link").json()["direct_link"]
    assert hidden.rstrip("/").endswith(event.slug)


def test_says_who_did_not_come_and_who_did_after_all(api, event, session, rid):
    other = registered(api, event, [SessionFactory(event=event)], email="carol@example.com")
    ended = timezone.now() - timedelta(hours=1)
    session.starts_at, session.ends_at = ended - timedelta(hours=1), ended
    session.save()
    absent, came = (EventRegistration.objects.get(pk=pk) for pk in (rid, other))
    check_in(came, session, actor=SYSTEM)
    assert [row["no_show"] for row in listed(api, session_id=session.pk)] == [False]
    since = timezone.now().isoformat()
    mark_no_shows()
    [row] = listed(api, updated_since=since)
    assert (row["registrant_id"], row["no_show"], row["no_show_at"] is None) == (rid, True, False)
    assert [len(listed(api, session_id=session.pk, no_show=flag)) for flag in (1, 0)] == [1, 0]
    since = timezone.now().isoformat()
    check_in(absent, session, actor=SYSTEM)
    [row] = listed(api, updated_since=since)
    assert (row["no_show"], row["no_show_at"]) == (False, None)
