"""Conditions in `search=`: taken on known fields, refused on all others, and plain words stay words."""

from __future__ import annotations

from datetime import date

import pytest

from sessions_app.models import Session
from tests.api.registering import registered
from tests.engine.acts import claim, fill, person
from tests.factories import EventFactory, SessionFactory
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(db):
    return EventFactory()


@pytest.fixture
def programme(event):
    return [
        SessionFactory(event=event, name="Knots", capacity=10, session_status="live"),
        SessionFactory(event=event, name="Knots and ropes", capacity=50, session_status="draft"),
        SessionFactory(event=event, name="Sails", capacity=100, session_status="live"),
    ]


def _names(api, **query):
    answer = api.get("/sessions", sort="id", **query)
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["items"]]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("session_status=live", ["Knots", "Sails"]),
        ("session_status!=live", ["Knots and ropes"]),
        ("capacity>=50", ["Knots and ropes", "Sails"]),
        ("capacity>50", ["Sails"]),
        ("capacity<=50", ["Knots", "Knots and ropes"]),
        ("capacity < 50", ["Knots"]),
        ("name=knots", ["Knots"]),
        ("name=knots*", ["Knots", "Knots and ropes"]),
        ("name=*ropes", ["Knots and ropes"]),
        ("name=*and*", ["Knots and ropes"]),
        ("name!=*and*", ["Knots", "Sails"]),
        ("name=knots*,session_status=live", ["Knots"]),
        ("webinar_url=", ["Knots", "Knots and ropes", "Sails"]),
        ("webinar_url=*", []),
        ("cancelled_at=", ["Knots", "Knots and ropes", "Sails"]),
        ("selected_by_default=0,id>0", ["Knots", "Knots and ropes", "Sails"]),
        ("updated_at>=2020-01-01", ["Knots", "Knots and ropes", "Sails"]),
        ("updated_at<2020-01-01T00:00:00Z", []),
        # Words stay words, with or without stars and commas.
        ("knots ropes", ["Knots and ropes"]),
        ("*ropes*", ["Knots and ropes"]),
        ("ropes, anchors", []),
    ],
)
def test_takes_conditions_on_known_fields(api, programme, search, found):
    assert _names(api, search=search) == found


def test_joins_conditions_by_or_where_asked_for(api, programme):
    assert _names(api, search="name=sails,capacity<20", searchCondition="or") == ["Knots", "Sails"]
    assert _names(api, search="name=sails,capacity<20", searchCondition="and") == []


def test_compares_days(api, event, programme):
    day = event.starts_at.date()
    Session.objects.filter(name="Sails").update(date=date(2090, 1, 1), starts_at=None, ends_at=None)
    assert _names(api, search="date>2089-12-31") == ["Sails"]
    assert _names(api, search=f"date={day}") == ["Knots", "Knots and ropes"]


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("colour=red", "“colour” cannot be searched."),
        ("session_status=lively", "session_status: Known here:"),
        ("capacity>many", "capacity: Give a whole number."),
        ("capacity>", "capacity: Give a whole number."),
        ("date=soon", "date: Give a day such as 2026-11-20."),
        ("updated_at>soon", "updated_at: Give a moment"),
        ("locked_when_saved=maybe", "locked_when_saved: Give 1 or 0."),
        ("name>M", "name: Texts have no order here."),
        ("name=K*s", "name: A star stands at the beginning or the end."),
        ("name=Knots,Sails", "“Sails” is no condition."),
    ],
)
def test_refuses_what_it_does_not_understand(api, programme, search, said):
    answer = api.get("/sessions", search=search)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["fields"]["search"][0].startswith(said)


def test_refuses_another_way_to_join(api, programme):
    answer = api.get("/sessions", search="id>1", searchCondition="xor")
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {"searchCondition"})


def test_finds_registrants_by_computed_status_and_address(api, event):
    session = SessionFactory(event=event)
    bob = registered(api, event, [session])
    eve = registered(api, event, [session], email="eve@example.com")
    api.delete(f"/registrants/{eve}")
    for search, found in [
        ("registration_status=confirmed", [bob]),
        ("registration_status=cancelled", [eve]),
        ("registration_status!=confirmed", [eve]),
        ("email= EVE@example.com", [eve]),
        ("email=*@example.com", [bob, eve]),
        (f"event_id={event.pk},last_name=Baker", [bob, eve]),
    ]:
        assert [row["id"] for row in api.get("/registrants", search=search).json()["items"]] == found, search


def test_finds_ended_places_in_line_whose_status_is_asked_for(api, event):
    session = SessionFactory(event=event, capacity=1)
    fill(session)
    claim(session, person("Carol"), wait=True)
    item = WaitlistItem.objects.get()
    api.delete(f"/waitlist-items/{item.pk}")
    assert api.get("/waitlist-items", session_id=session.pk).json()["items"] == []
    gone = api.get("/waitlist-items", session_id=session.pk, search="status!=waiting").json()["items"]
    assert [row["status"] for row in gone] == ["withdrawn"]


@pytest.mark.parametrize(
    "path",
    [
        "events",
        "tracks",
        "speakers",
        "locations",
        "passes",
        "contacts",
        "registrants",
        "waitlist-items",
        "check-ins",
    ],
)
def test_every_list_takes_conditions_on_each_field_it_knows(api, path):
    answer = api.get(f"/{path}", search="no_such=1")
    known = answer.json()["fields"]["search"][0].partition("Known here: ")[2].rstrip(".").split(", ")
    assert answer.status_code == 422
    assert "id" in known
    for name in known:
        assert api.get(f"/{path}", search=f"{name}=").status_code in {200, 422}
        assert api.get(f"/{path}", search=f"{name}=1,id>0").status_code in {200, 422}
