"""Check-ins over the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from events.actors import SYSTEM
from registrations.actions import door_code_of, revoke_links
from registrations.models import Activity, CheckIn, EventRegistration
from tests.api.registering import registered, rows_of_every_table
from tests.factories import EventFactory, SessionFactory, at


@pytest.fixture
def event(db):
    return EventFactory()


@pytest.fixture
def session(event):
    return SessionFactory(event=event, validate_registrants=True, starts_at=at(10), ends_at=at(11))


@pytest.fixture
def rid(api, event, session):
    return registered(api, event, [session])


def enter(api, nonce="scan-1", **more):
    return api.post("/check-ins", {"nonce": nonce, **more})


def test_admits_once(api, event, rid):
    first = enter(api, registrant_id=rid)
    again = enter(api, "scan-2", registrant_id=rid)
    row = CheckIn.objects.get()
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == {
        "outcome": "admitted",
        "id": row.pk,
        "registrant_id": rid,
        "secure_id": str(row.event_registration.uuid),
        "event_id": event.pk,
        "session_id": None,
        "checked_in_at": row.checked_in_at.isoformat().replace("+00:00", "Z"),
        "override": False,
        "reason": "",
        "left_at": None,
        "undone_at": None,
    }
    assert again.json() == {**first.json(), "outcome": "already_in"}
    assert api.get(f"/registrants/{rid}").json()["registration_status"] == "attended"


def test_admits_by_door_code(api, rid):
    row = EventRegistration.objects.get(pk=rid)
    code = door_code_of(row)
    answers = [
        enter(api, f"scan-{text}", code=text)
        for text in (f"SW1:{code}", code.lower(), f" {code[:4]}-{code[4:]}")
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    refused = [enter(api, "x", code=text) for text in ("https://example.org/", "0" * 12)]
    assert [answer.status_code for answer in refused] == [422, 404]
    assert set(refused[0].json()["fields"]) == {"code"}
    assert enter(api, "y", code=code, registrant_id=rid).status_code == 422
    assert code not in str(api.get(f"/registrants/{rid}").json()), "no id that the API answers opens a door"
    revoke_links(row, actor=SYSTEM)
    assert enter(api, "z", code=code).status_code == 404


def test_same_nonce_gets_the_same_answer(api, rid, session):
    secure_id = api.get(f"/registrants/{rid}").json()["secure_id"]
    answers = [enter(api, secure_id=secure_id, session_id=session.pk) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert CheckIn.objects.count() == 1


def test_two_clients_may_count_alike(api, api_client_of, event, rid):
    other = registered(api, event, [SessionFactory(event=event)], email="carol@example.com")
    assert enter(api, registrant_id=rid).status_code == 201
    assert enter(api_client_of(name="Gate 2"), registrant_id=other).status_code == 201


def test_refuses_nonce_of_another_scan(api, event, rid):
    other = registered(api, event, [SessionFactory(event=event)], email="carol@example.com")
    enter(api, registrant_id=rid)
    response = enter(api, registrant_id=other)
    assert (response.status_code, set(response.json()["fields"])) == (422, {"nonce"})
    assert CheckIn.objects.count() == 1


def test_refuses_who_belongs_elsewhere(api, event, rid, session):
    elsewhere = SessionFactory(event=event, validate_registrants=True, starts_at=at(10), ends_at=at(11))
    response = enter(api, registrant_id=rid, session_id=elsewhere.pk)
    assert (response.status_code, response.json()["code"]) == (409, "another_session")
    assert response.json()["session_ids"] == [session.pk]
    later = SessionFactory(event=event, validate_registrants=True, starts_at=at(12), ends_at=at(13))
    response = enter(api, registrant_id=rid, session_id=later.pk)
    assert (response.status_code, response.json()["code"]) == (409, "not_registered")
    assert not CheckIn.objects.exists()


def test_refuses_who_cancelled(api, rid):
    api.delete(f"/registrants/{rid}")
    response = enter(api, registrant_id=rid)
    assert (response.status_code, response.json()["code"]) == (409, "cancelled")
    assert not CheckIn.objects.exists()


def test_override_needs_its_scope_and_is_recorded(api, api_client_of, event, rid):
    later = SessionFactory(event=event, validate_registrants=True, starts_at=at(12), ends_at=at(13))
    wish = {"registrant_id": rid, "session_id": later.pk, "override": True}
    refused = enter(api, **wish)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    assert not CheckIn.objects.exists()
    gate = api_client_of("read write override", name="Gate")
    admitted = enter(gate, reason="VIP", **wish)
    assert (admitted.status_code, admitted.json()["override"], admitted.json()["reason"]) == (
        201,
        True,
        "VIP",
    )
    entry = Activity.objects.get(verb="admitted_all_the_same")
    assert (entry.actor, entry.reason) == ("Gate", "VIP")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "registrant_id"),
        ({"registrant_id": "mine", "secure_id": "0d2c1a52-6a0d-4f0e-8a8e-000000000000"}, "registrant_id"),
        ({"secure_id": "nonsense"}, "secure_id"),
        ({"registrant_id": "mine", "session_id": 10**9}, "session_id"),
        ({"registrant_id": "mine", "door": 1}, "door"),
    ],
)
def test_refuses_what_cannot_be(api, rid, body, field):
    response = enter(api, **{name: rid if value == "mine" else value for name, value in body.items()})
    assert (response.status_code, set(response.json()["fields"])) == (422, {field})
    assert not CheckIn.objects.exists()


def test_hides_what_belongs_to_others(api, api_client_of, rid):
    stranger = api_client_of(events=[EventFactory()])
    before = rows_of_every_table()
    secure_id = EventRegistration.objects.get().uuid
    answers = [
        enter(stranger, registrant_id=rid),
        enter(stranger, registrant_id=10**9),
        enter(stranger, secure_id=str(secure_id)),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert rows_of_every_table() == before


def test_lists_entries(api, event, session, rid):
    other = registered(api, event, [SessionFactory(event=event)], email="carol@example.com")
    enter(api, "1", registrant_id=rid)
    enter(api, "2", registrant_id=rid, session_id=session.pk)
    enter(api, "3", registrant_id=other)
    first, second, third = CheckIn.objects.order_by("id").values_list("pk", flat=True)

    def listed(**query):
        response = api.get("/check-ins", **query)
        assert response.status_code == 200
        return [item["id"] for item in response.json()["items"]]

    assert listed(event_id=event.pk) == [first, second, third]
    assert listed(session_id=session.pk) == [second]
    assert listed(registrant_id=rid, sort="-id") == [second, first]
    assert listed(checked_in_since="2100-01-01T00:00:00Z") == []
    assert listed(search="carol") == []
    assert api.get(f"/check-ins/{second}").json()["session_id"] == session.pk


@pytest.mark.parametrize(("came", "word"), [(True, "attended"), (False, "no_show")])
def test_says_who_came_once_the_event_is_over(api, event, rid, came, word):
    other = registered(api, event, [SessionFactory(event=event)], email="carol@example.com")
    enter(api, registrant_id=rid if came else other)
    event.ends_at = datetime(2020, 1, 2, tzinfo=UTC)
    event.starts_at = datetime(2020, 1, 1, tzinfo=UTC)
    event.save(update_fields=["starts_at", "ends_at"])
    assert api.get(f"/registrants/{rid}").json()["registration_status"] == word
    listed = api.get("/registrants", registration_status=word).json()["items"]
    assert rid in [item["id"] for item in listed]


def test_undoes_an_entry(api, rid):
    entry = enter(api, registrant_id=rid).json()
    for _ in range(2):
        assert api.delete(f"/check-ins/{entry['id']}?reason=Wrong+badge").status_code == 204
    assert api.get(f"/check-ins/{entry['id']}").json()["undone_at"] is not None
    assert api.get(f"/registrants/{rid}").json()["registration_status"] == "confirmed"
    line = Activity.objects.get(verb="check_in_undone")
    assert (line.actor, line.reason) == ("Integrator", "Wrong badge")
    assert enter(api, "scan-2", registrant_id=rid).status_code == 201


def test_lets_people_out(api, rid):
    entry = enter(api, registrant_id=rid, checked_in_at="2026-01-01T00:00:00Z")
    assert (entry.status_code, set(entry.json()["fields"])) == (422, {"checked_in_at"})
    came, went = timezone.now() - timedelta(hours=2), timezone.now() - timedelta(hours=1)
    entry = enter(api, registrant_id=rid, checked_in_at=came.isoformat()).json()
    assert datetime.fromisoformat(entry["checked_in_at"]) == came
    where = f"/check-ins/{entry['id']}/check-out"
    early = api.post(where, {"left_at": (came - timedelta(minutes=1)).isoformat()})
    assert (early.status_code, set(early.json()["fields"])) == (422, {"left_at"})
    left = [api.post(where, {"left_at": went.isoformat()}, idempotency_key="out-1") for _ in range(2)]
    left.append(api.post(where))
    assert [answer.status_code for answer in left] == [200] * 3
    assert {datetime.fromisoformat(answer.json()["left_at"]) for answer in left} == {went}
    assert [row["id"] for row in api.get("/check-ins", inside=0).json()["items"]] == [entry["id"]]
    again = enter(api, "scan-2", registrant_id=rid)
    assert (again.status_code, again.json()["outcome"]) == (201, "admitted")
    assert [row["id"] for row in api.get("/check-ins", inside=1).json()["items"]] == [again.json()["id"]]
    api.delete(f"/check-ins/{again.json()['id']}")
    gone = api.post(f"/check-ins/{again.json()['id']}/check-out")
    assert (gone.status_code, gone.json()["code"]) == (409, "not_inside")


def test_lists_what_was_told_late(api, rid):
    """A scan of this morning that was told now is news, as is leaving or undoing it."""
    since = timezone.now().isoformat()
    came = timezone.now() - timedelta(hours=2)
    entry = enter(api, registrant_id=rid, checked_in_at=came.isoformat()).json()
    assert [row["id"] for row in api.get("/check-ins", updated_since=since).json()["items"]] == [entry["id"]]
    since = timezone.now().isoformat()
    assert api.get("/check-ins", updated_since=since).json()["items"] == []
    api.post(f"/check-ins/{entry['id']}/check-out", {"left_at": came.isoformat()})
    assert [row["id"] for row in api.get("/check-ins", updated_since=since).json()["items"]] == [entry["id"]]


def test_records_somebody_cancelled_who_is_inside(api_client_of, api, rid):
    api.delete(f"/registrants/{rid}")
    gate = api_client_of("read write override", name="Gate")
    entry = enter(gate, registrant_id=rid, override=True, reason="Is inside")
    assert (entry.status_code, entry.json()["override"], entry.json()["reason"]) == (201, True, "Is inside")
    assert api.get(f"/registrants/{rid}").json()["registration_status"] == "cancelled"


def test_admits_from_standby(api, api_client_of, event, rid):
    """What a door of another system asks: in turn, never past those inside, out of turn with the scope."""
    begun = timezone.now() - timedelta(minutes=5)
    full = SessionFactory(event=event, capacity=1, starts_at=begun + timedelta(days=1), ends_at=at(10))
    waiting = registered(api, event, [SessionFactory(event=event)], email="carol@example.com")
    registered(api, event, [full], email="absent@example.com")
    api.post("/waitlist-items", {"session_id": full.pk, "registrant_id": waiting})
    wish = {"registrant_id": rid, "session_id": full.pk, "standby": 1}
    closed = enter(api, **wish)
    assert (closed.status_code, closed.json()["code"], closed.json()["open_from"]) == (
        409,
        "standby_not_open",
        None,
    )
    full.starts_at, full.own_standby_minutes = begun, 10
    full.save()
    not_next = enter(api, **wish)
    assert (not_next.status_code, not_next.json()["code"]) == (409, "not_next_in_line")
    assert not_next.json()["registrant_id"] == waiting
    assert enter(api, **wish, override=1).status_code == 403
    assert enter(api, **{**wish, "session_id": None}).status_code == 422
    admitted = enter(api, "scan-9", **{**wish, "registrant_id": waiting})
    assert (admitted.status_code, admitted.json()["outcome"]) == (201, "admitted")
    gate = api_client_of("read write override", name="Gate")
    house = enter(gate, **wish, override=1, reason="VIP")
    assert (house.status_code, house.json()["code"], house.json()["inside"]) == (409, "full_house", 1)
    [seat] = api.get("/session-registrations", session_id=full.pk, source="standby").json()["items"]
    assert (seat["registrant_id"], seat["past_capacity"], seat["reason"]) == (waiting, True, "standby")
