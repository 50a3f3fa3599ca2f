"""Bad input of every kind: 4xx with a code and the fields, and nothing changed."""

from __future__ import annotations

import json

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client

from events.models import Event, SeatCount
from sessions_app.models import Session, SessionTrack
from tests.engine.acts import claim, person
from tests.factories import EventFactory, SessionFactory

pytestmark = pytest.mark.django_db
BIG = "9" * 40


@pytest.fixture
def session():
    """One session, at one event."""
    return SessionFactory(event=EventFactory(), name="Kept")


def _rows():
    return [
        list(model.objects.order_by("pk").values()) for model in (Event, Session, SessionTrack, SeatCount)
    ]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "malformed"),
        ("[]", 400, "malformed"),
        ('"text"', 400, "malformed"),
        ("null", 400, "malformed"),
        ('{"name": NaN}', 400, "malformed"),
        (b'{"name": "\xff"}', 400, "malformed"),
        ("[" * 100_000, 400, "malformed"),
        ('{"a":' * 50_000 + "1" + "}" * 50_000, 400, "malformed"),
        ('{"capacity": ' + "9" * 5_000 + "}", 400, "malformed"),
        ('{"name": "' + "x" * 1_100_000 + '"}', 413, "too_large"),
    ],
)
def test_refuses_body_that_is_no_json_object(api, session, body, status, code):
    before = _rows()
    for path, send in [(f"/sessions/{session.pk}", api.patch), ("/sessions", api.post)]:
        answer = send(path, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path
        assert answer.json()["detail"]
    assert _rows() == before


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/yaml",
        "application/xml",
        "application/json; charset=utf-16",
        "",
    ],
)
def test_refuses_other_media_types(api, session, content_type):
    before = _rows()
    answer = api.patch(f"/sessions/{session.pk}", '{"name": "x"}', content_type=content_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert _rows() == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": 5}, "name"),
        ({"name": ["a"]}, "name"),
        ({"name": {"a": 1}}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "\ud800"}, "name"),
        ({"description": "a\x00b"}, "description"),
        ({"admin_short_name": "x" * 101}, "admin_short_name"),
        ({"date": "20.7.2025"}, "date"),
        ({"date": "2025-13-01"}, "date"),
        ({"date": 20250720}, "date"),
        ({"date": None}, "date"),
        ({"date": "0001-01-01"}, "date"),
        ({"date": "9999-12-31", "end_date": "9999-12-31"}, "date"),
        ({"start_time": "25:00:00"}, "start_time"),
        ({"start_time": "10:00+02:00"}, "start_time"),
        ({"start_time": 10}, "start_time"),
        ({"timezone": "Europe/Atlantis"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"timezone": "a\x00"}, "timezone"),
        ({"capacity": -1}, "capacity"),
        ({"capacity": 50_001}, "capacity"),
        ({"capacity": 1.5}, "capacity"),
        ({"capacity": "many"}, "capacity"),
        ({"capacity": True}, "capacity"),
        ({"capacity": [1]}, "capacity"),
        ({"capacity": int(BIG)}, "capacity"),
        ({"location_id": int(BIG)}, "location_id"),
        ({"location_id": 0}, "location_id"),
        ({"location_id": 2**63}, "location_id"),
        ({"track_id": -5}, "track_id"),
        ({"track_id": {"id": 1}}, "track_id"),
        ({"speaker_ids": 5}, "speaker_ids"),
        ({"speaker_ids": [2**64]}, "speaker_ids.0"),
        ({"speaker_ids": [999]}, "speaker_ids"),
        ({"use_event_timezone": 2}, "use_event_timezone"),
        ({"locked_when_saved": "yes"}, "locked_when_saved"),
        ({"locked_when_saved": None}, "locked_when_saved"),
        ({"session_status": "cancelled"}, "session_status"),
        ({"session_status": 1}, "session_status"),
        ({"session_status": []}, "session_status"),
        ({"selection_control": "mandatory"}, "selection_control"),
        ({"webinar_url": "javascript:alert(1)"}, "webinar_url"),
        ({"webinar_url": "https://" + "x" * 300}, "webinar_url"),
        ({"custom_fields": []}, "custom_fields"),
        ({"custom_fields": {"c": 1}}, "custom_fields"),
        ({"custom_fields": {"c": {"id": 1}}}, "custom_fields"),
        ({"custom_fields": {"c": [{"id": 1, "x": 2}]}}, "custom_fields"),
        ({"custom_fields": {"c": "\x00"}}, "custom_fields"),
        ({"custom_fields": {"c": "\ud800"}}, "custom_fields"),
        ({"custom_fields": {"c\x00": "x"}}, "custom_fields"),
        ({"custom_fields": {"c": [{"id": 2**70}]}}, "custom_fields"),
        ({"event_id": "x"}, "event_id"),
        ({"organizer": 1}, "organizer"),
        ({"seats": 5}, "seats"),
        ({"archived_at": "2025-01-01"}, "archived_at"),
        ({"end_date": "2020-01-01", "start_time": "10:00", "end_time": "11:00"}, "end_time"),
    ],
)
def test_refuses_wrong_values_by_field(api, session, wrong, field):
    before = _rows()
    new = {"event_id": session.event_id, "name": "N", "date": "2031-05-05", **wrong}
    for path, send, sent in [(f"/sessions/{session.pk}", api.patch, wrong), ("/sessions", api.post, new)]:
        answer = send(path, json.dumps(sent))
        said = answer.json()
        assert (answer.status_code, said["code"], list(said["fields"])) == (422, "invalid", [field]), path
        assert all(isinstance(each, str) for each in said["fields"][field])
    assert _rows() == before


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sort": "name; DROP TABLE events_event"}, "sort"),
        ({"sort": "password"}, "sort"),
        ({"sort": "event__api_clients__client_secret"}, "sort"),
        ({"sort": "--name"}, "sort"),
        ({"expand": "event__team"}, "expand"),
        ({"page": "0"}, "page"),
        ({"page": "-1"}, "page"),
        ({"page": "x"}, "page"),
        ({"page": BIG}, "page"),
        ({"page": "١"}, "page"),
        ({"per-page": "0"}, "per-page"),
        ({"updated_since": "yesterday"}, "updated_since"),
        ({"updated_since": "2025-13-45T00:00:00Z"}, "updated_since"),
        ({"updated_since": "0001-01-01T00:00:00+14:00"}, "updated_since"),
        ({"search": "x" * 501}, "search"),
        ({"search": "a\x00b"}, "search"),
        ({"event_id": "1 OR 1=1"}, "event_id"),
        ({"event_id": BIG}, "event_id"),
        ({"event_id": "1\x00"}, "event_id"),
        ({"capacity__gte": "1e999"}, "capacity__gte"),
        ({"capacity__gt": "1"}, "capacity__gt"),
        ({"event__name": "x"}, "event__name"),
        ({"date": "someday"}, "date"),
        ({"session_status": "gone"}, "session_status"),
        ({"has_seats": "maybe"}, "has_seats"),
        ({"is_cancelled": "2"}, "is_cancelled"),
        ({"access_token": "x"}, "access_token"),
        ({"page": ["1", "2"]}, "page"),
    ],
)
def test_refuses_parameters_that_cannot_be(api, session, query, field):
    answer = api.get("/sessions", **query)
    said = answer.json()
    assert (answer.status_code, said["code"], list(said["fields"])) == (422, "invalid", [field])


def test_refuses_parameters_of_lists_elsewhere(api, session):
    before = _rows()
    for answer in (
        api.get(f"/sessions/{session.pk}", page=1),
        api.get(f"/tracks/{session.pk}", updated_since="2025-01-01T00:00:00Z"),
        api.post("/sessions?preview=1", {"event_id": session.event_id, "name": "N", "date": "2031-05-05"}),
        api.patch(f"/sessions/{session.pk}?send_email=perhaps", {"name": "N"}),
        api.delete(f"/sessions/{session.pk}?force=1"),
    ):
        assert (answer.status_code, answer.json()["code"], len(answer.json()["fields"])) == (
            422,
            "invalid",
            1,
        )
    assert _rows() == before


@pytest.mark.parametrize(
    "path",
    [
        "/sessions/x",
        "/sessions/-1",
        f"/sessions/{BIG}",
        "/sessions/1/",
        f"/registrants/{BIG}",
        f"/registrants/{2**63}",
        "/nothing",
        "",
        "/",
    ],
)
def test_answers_json_where_nothing_is(api, path):
    answer = api.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("number", [BIG, 2**63, 2**31])
def test_knows_no_seat_of_whoever_or_whatever_no_number_names(api, number):
    """Of numbers that the database could not even compare with."""
    session = SessionFactory()
    registration = claim(session, person("Bob")).registration
    for path in (
        f"/registrants/{number}/session/{session.pk}",
        f"/registrants/{registration.pk}/session/{number}",
    ):
        for answer in (api.post(path), api.delete(path)):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_answers_json_where_method_does_not_exist(api, session):
    for answer in (
        api.put("/sessions", {}),
        api.post(f"/sessions/{session.pk}", {}),
        api.post("/contacts", {}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert answer["Allow"]


def test_counts_requests_of_each_client(api_client_of, settings):
    settings.API_REQUESTS_PER_MINUTE = 2
    busy, calm = api_client_of(), api_client_of()
    with time_machine.travel("2030-01-01T00:00:20Z", tick=False):
        for one in (busy, calm):
            one.client.accesstoken_set.update(expires="2031-01-01T00:00:00Z")
        answers = [busy.get("/events"), busy.get("/events/999"), busy.get("/events")]
        other = calm.get("/events")
    shown = [
        (each.status_code, *(each[f"X-Rate-Limit-{name}"] for name in ("Limit", "Remaining", "Reset")))
        for each in answers
    ]
    assert shown == [(200, "2", "1", "40"), (404, "2", "0", "40"), (429, "2", "0", "40")]
    assert answers[2].json()["code"] == "too_many_requests"
    assert answers[2]["Retry-After"] == "40"
    assert other["X-Rate-Limit-Remaining"] == "1"
    with time_machine.travel("2030-01-01T00:01:01Z", tick=False):
        assert busy.get("/events").status_code == 200


def test_says_busy_with_retry_after_where_lock_is_not_had(api, session, monkeypatch):
    """The lock trouble of a database, raised where a save would meet it."""

    def locked(*args, **kwargs):
        raise OperationalError("database is locked")

    before = _rows()
    monkeypatch.setattr(Session, "save", locked)
    answer = api.patch(f"/sessions/{session.pk}", {"name": "x"})
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "busy", "2")
    assert _rows() == before


def test_asks_neither_session_nor_csrf_nor_language(api, session):
    api.browser = Client(enforce_csrf_checks=True)
    answer = api.post(
        "/tracks", {"event_id": session.event_id, "name": "T"}, Origin="https://elsewhere.example"
    )
    assert answer.status_code == 201
    assert answer.cookies == {}
    german = api.browser.get(
        "/api/v1/sessions/1",
        headers={"Authorization": "Bearer x", "Accept-Language": "de", "Accept": "text/html"},
    )
    assert (german.status_code, german["Content-Type"]) == (401, "application/json")


def test_answers_json_where_something_breaks(api, session, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("a bug")

    monkeypatch.setattr(Session, "save", broken)
    api.browser.raise_request_exception = False
    answer = api.patch(f"/sessions/{session.pk}", {"name": "x"})
    assert (answer.status_code, answer.json()["code"]) == (500, "error")
    assert "a bug" not in answer.content.decode()
