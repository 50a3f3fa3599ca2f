"""Addresses, parameters and names as other systems' clients send them: read as ours, and nothing decided by them."""

from __future__ import annotations

import pytest

from events.api.aliases import meant_path
from events.models import Event
from registrations.models import CheckIn
from tests.api.registering import registered
from tests.factories import EventFactory, SessionFactory

pytestmark = pytest.mark.django_db
NEW = {"name": "Harbour", "timezone": "Europe/Brussels"}


@pytest.mark.parametrize(
    ("method", "path", "meant"),
    [
        ("POST", "/api/v1/oauth2/token.json", "/oauth2/token"),
        ("GET", "/api/v1/events.json", "/api/v1/events"),
        ("GET", "/api/v1/events/5.json", "/api/v1/events/5"),
        ("POST", "/api/v1/waitlist-items/create", "/api/v1/waitlist-items"),
        ("PUT", "/api/v1/tracks/update/7.json", "/api/v1/tracks/7"),
        ("DELETE", "/api/v1/speakers/delete/7", "/api/v1/speakers/7"),
        ("GET", "/api/v1/event-questions/3", "/api/v1/registration-fields/3"),
        # No other method at these addresses, and nothing else.
        ("GET", "/api/v1/tracks/create", "/api/v1/tracks/create"),
        ("DELETE", "/api/v1/tracks/update/7", "/api/v1/tracks/update/7"),
        ("GET", "/api/v1/oauth2/token", "/api/v1/oauth2/token"),
        ("GET", "/api/v1/nothing/there", "/api/v1/nothing/there"),
    ],
)
def test_says_which_address_is_meant(method, path, meant):
    assert meant_path(method, path) == meant


def test_links_are_of_the_kind_that_was_asked_for(api):
    EventFactory.create_batch(2)
    page = api.get("/events.json", search="", sort="", **{"per-page": 1}).json()
    assert page["_links"]["next"]["href"].startswith("http://testserver/api/v1/events.json?")
    assert api.browser.get(page["_links"]["next"]["href"], headers=api._headers({})).status_code == 200


def test_counts_equal_parameters_once_and_refuses_two_that_differ(api):
    event = EventFactory()
    same = api.get("/sessions", event_id=[event.pk, event.pk, ""])
    assert same.status_code == 200
    differing = api.get("/sessions", event_id=[event.pk, event.pk + 1])
    assert (differing.status_code, set(differing.json()["fields"])) == (422, {"event_id"})


def test_caps_pages_and_names_fields_that_it_does_not_know(api):
    EventFactory()
    answer = api.get("/events", fields="id,hashtag,organizer_id", **{"per-page": 99_999})
    assert answer.json()["_meta"]["perPage"] == 1_000
    assert set(answer.json()["items"][0]) == {"id"}
    assert answer["X-Ignored-Fields"] == "hashtag,organizer_id"
    assert api.get("/sessions", expand="track", **{"per-page": 99_999}).json()["_meta"]["perPage"] == 200
    odd = api.get("/events", fields="id,x\r\nSet-Cookie: a=b,\u2603")
    assert odd["X-Ignored-Fields"] == "x??Set-Cookie:?a=b,?"
    assert "X-Ignored-Fields" not in api.get("/events", fields="id")
    unknown = api.get("/events", fields="hashtag")
    assert {"id", "name", "created_at"} <= set(unknown.json()["items"][0])
    assert unknown["X-Ignored-Fields"] == "hashtag"


def test_takes_ids(api):
    events = EventFactory.create_batch(3)
    rows = api.get("/events", ids=f"{events[0].pk},{events[2].pk}").json()["items"]
    assert [row["id"] for row in rows] == [events[0].pk, events[2].pk]
    refused = api.get("/events", ids="1,two")
    assert (refused.status_code, set(refused.json()["fields"])) == (422, {"ids"})


def test_says_message_beside_detail(api):
    for answer in (
        api.get("/events/0"),
        api.get("/nowhere"),
        api.post("/events", {}),
        api.post("/events", "{"),
    ):
        assert answer.json()["message"] == answer.json()["detail"] != ""


def test_reads_and_writes_days_and_times_of_events(api):
    days = {"start_date": "2031-05-03", "start_time": "09:30", "end_date": "2031-05-05"}
    made = api.post("/events", {**NEW, "url": "harbour", "status": "planned", **days})
    if made.status_code == 422:
        made = api.post("/events", {**NEW, "url": "harbour", "status": "draft", **days})
    record = made.json()
    assert made.status_code == 201, made.content
    assert (record["slug"], record["publish_status"], record["url"]) == (
        "harbour",
        record["status"],
        "harbour",
    )
    assert (record["start"], record["start_date"], record["start_time"]) == (
        "2031-05-03T09:30:00+02:00",
        "2031-05-03",
        "09:30:00",
    )
    assert (record["end_date"], record["end_time"]) == ("2031-05-05", "23:59:00")
    path = f"/events/{record['id']}"
    assert api.put(path, record).status_code == 200
    moved = api.patch(path, {"start_date": "2031-05-04", "start_time": "10:00"}).json()
    assert moved["start"] == "2031-05-04T10:00:00+02:00"
    for wrong, field in [
        ({**record, "start_date": "2031-05-02"}, "start_date"),
        ({"status": "live", "publish_status": "draft"}, "status"),
        ({"start_time": "10:00"}, "start_time"),
    ]:
        refused = api.patch(path, wrong)
        assert (refused.status_code, field in refused.json()["fields"]) == (422, True), refused.content
    assert Event.objects.get().slug == "harbour"


def test_scans_by_address_and_without_nonce(api):
    event = EventFactory()
    session = SessionFactory(event=event)
    rid = registered(api, event, [session])
    assert [api.post(f"/scans/registrant/{rid}").status_code for _ in range(2)] == [201, 200]
    assert api.post(f"/scans/registrant/{rid}/session/{session.pk}.json").status_code == 201
    assert CheckIn.objects.filter(event_registration=rid).count() == 2
    assert api.post(f"/scans/registrant/{rid}/session/{10**9}").status_code == 422


def test_leaves_parameters_of_the_description_page_alone(client):
    answer = client.get("/api/v1/docs?script=")
    assert answer["Content-Type"].startswith("application/javascript")
