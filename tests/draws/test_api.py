"""Draws, wishes and decisions for other systems: the whole way, and bad input, which changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from registrations import actions
from registrations.models import Draw, Wish
from registrations.webhooks.feed import page_after
from tests.api.conftest import Api, make_api_client, make_token
from tests.factories import EventFactory, SessionFactory, at

pytestmark = pytest.mark.django_db(transaction=True)
OPENS, CLOSES = at(9, day=-30), at(18, day=-20)
WINDOW = {"opens_at": OPENS.isoformat(), "closes_at": CLOSES.isoformat(), "number_source": "The lottery"}


@pytest.fixture
def clock() -> Iterator[Any]:
    """The day before the window opens, to be moved on."""
    with time_machine.travel(OPENS - timedelta(days=1)) as traveller:
        yield traveller


@pytest.fixture
def api(client: Any, clock: Any) -> Api:
    """A client that sees every event and may read and write; its token outlives the window."""
    owner = make_api_client()
    return Api(owner, make_token(owner, "read write", minutes=60 * 24 * 60), client)


@pytest.fixture
def event() -> Any:
    return EventFactory(slug="harbour", timezone="UTC")


@pytest.fixture
def sessions(event: Any) -> list[Any]:
    """One seat, and two."""
    return [
        SessionFactory(event=event, name="Knots", capacity=1, starts_at=at(10), ends_at=at(11)),
        SessionFactory(event=event, name="Splices", capacity=2, starts_at=at(12), ends_at=at(13)),
    ]


def plan(api: Api, event: Any, sessions: list[Any], **more: Any) -> Any:
    """The answer to planning a draw."""
    ids = [session.pk for session in sessions]
    return api.post("/draws", {"event_id": event.pk, "session_ids": ids, **WINDOW, **more})


def registrant(api: Api, event: Any, name: str) -> int:
    """The id of somebody registered without a session."""
    body = {"event_id": event.pk, "email": f"{name}@example.org", "first_name": name, "send_email": 0}
    return api.post("/registrants", body).json()["id"]


def test_what_is_drawn_cannot_be_given_to_everybody(api, event, sessions):
    draw = plan(api, event, sessions[:1]).json()
    path, included = f"/sessions/{sessions[0].pk}", {"selection_control": "included"}
    refused = api.patch(path, included)
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["selection_control"])
    assert api.get(path).json()["selection_control"] != "included"
    assert api.patch(f"/sessions/{sessions[1].pk}", included).status_code == 200
    assert api.delete(f"/draws/{draw['id']}").status_code in {200, 204}
    assert api.patch(path, included).status_code == 200


def test_from_the_plan_to_the_decisions(api, event, sessions, clock):
    made = plan(api, event, sessions, most_seats=1)
    assert made.status_code == 201, made.content
    draw = made.json()
    assert (draw["state"], draw["most_seats"], draw["tickets"]) == ("planned", 1, 0)
    assert sorted(draw["session_ids"]) == [session.pk for session in sessions]
    assert api.patch(f"/draws/{draw['id']}", {"most_seats": None}).json()["most_seats"] is None

    people = [registrant(api, event, name) for name in ("ana", "ben", "cy")]
    clock.move_to(OPENS + timedelta(hours=1))
    assert api.get("/draws", state="open").json()["_meta"]["totalCount"] == 1
    wanted = [{"session_id": sessions[0].pk, "wait_at_most": 5}, {"session_id": sessions[1].pk}]
    for pk in people:
        said = api.put(f"/registrants/{pk}/draws/{draw['id']}/wishes", {"wishes": wanted})
        assert said.status_code == 200, said.content
    assert said.json() == api.get(f"/registrants/{people[-1]}/draws/{draw['id']}/wishes").json()
    assert [(one["rank"], one["wait_at_most"]) for one in said.json()["wishes"]] == [(1, 5), (2, None)]
    refused = api.post(f"/registrants/{people[0]}/session/{sessions[0].pk}")
    assert (refused.status_code, refused.json()["code"]) == (409, "in_draw")
    assert api.get(f"/draws/{draw['id']}/figures").status_code == 404

    clock.move_to(CLOSES + timedelta(minutes=1))
    actions.freeze(Draw.objects.get())
    assert api.get(f"/draws/{draw['id']}/figures").json()["example"] == 1
    drawn = api.post(f"/draws/{draw['id']}/public-number", {"public_number": " 7  12 "}).json()
    assert (drawn["state"], drawn["public_number"], len(drawn["seed"])) == ("drawn", "7 12", 64)
    figures = api.get(f"/draws/{draw['id']}/figures").json()
    assert (figures["example"], figures["people"], figures["draw"]["seats_given"]) == (0, 3, 3)
    given = api.get(f"/draws/{draw['id']}/decisions", verdict="given", session_id=sessions[0].pk).json()
    assert [one["registrant_ids"][0] in people for one in given["items"]] == [True]
    assert api.get(f"/draws/{draw['id']}/decisions").json()["_meta"]["totalCount"] == len(people) * 2

    first = api.post(f"/draws/{draw['id']}/publication", Idempotency_Key="go")
    assert first.status_code == 202, first.content
    again = api.post(f"/draws/{draw['id']}/publication", Idempotency_Key="go")
    assert again["Idempotent-Replayed"] == "true"
    assert api.get(f"/draws/{draw['id']}").json()["state"] == "published"
    told = [
        item for item in page_after(0, 1_000, events=[event.pk]).items if item["type"].startswith("draw.")
    ]
    assert [item["type"] for item in told] == ["draw.frozen", "draw.drawn", "draw.published"]
    assert [bool(item["data"]["seed"]) for item in told] == [False, True, True]
    assert told[-1]["data"]["published_at"] is not None
    assert api.delete(f"/draws/{draw['id']}").status_code == 422


@pytest.mark.once
def test_is_cancelled_once_by_whoever_knows_it_as_it_is_and_others_are_told(api, event, sessions):
    path = f"/draws/{plan(api, event, sessions).json()['id']}"
    read = api.get(path)["ETag"]
    changed = api.patch(path, {"name": "Evening"}, if_match=read)
    assert changed.status_code == 200
    for answer in (api.patch(path, {"name": "Morning"}, if_match=read), api.delete(path, if_match=read)):
        assert (answer.status_code, answer.json()["code"]) == (412, "changed_meanwhile")
    assert api.delete(path, if_match=changed["ETag"]).status_code == 204
    assert api.delete(path).status_code == 204
    told = [item for item in page_after(0, 1_000, events=[event.pk]).items if item["type"][:5] == "draw."]
    assert [(item["type"], item["data"]["state"], item["data"]["name"]) for item in told] == [
        ("draw.cancelled", "cancelled", "Evening")
    ]
    assert told[0]["data"]["cancelled_at"] is not None
    assert told[0]["data"]["session_ids"] == sorted(session.pk for session in sessions)


BAD_PLANS: list[dict[str, Any]] = [
    {"closes_at": (OPENS - timedelta(days=2)).isoformat()},
    {"closes_at": OPENS.isoformat()},
    {"closes_at": "tomorrow"},
    {"number_source": ""},
    {"number_source": "x" * 301},
    {"most_seats": 0},
    {"session_ids": []},
    {"session_ids": [999_999_999]},
    {"rule": "dice"},
]


@pytest.mark.once
def test_refuses_bad_plans(api, event, sessions):
    for given in BAD_PLANS:
        answer = plan(api, event, sessions, **given)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), (given, answer.content)
    foreign = SessionFactory(event=EventFactory())
    assert plan(api, event, [foreign]).status_code == 422
    assert plan(api, event, sessions).status_code == 201
    assert plan(api, event, sessions[:1]).status_code == 422
    assert Draw.objects.count() == 1


@pytest.mark.once
def test_refuses_bad_wishes_and_numbers(api, event, sessions, clock):
    draw = plan(api, event, sessions[:1]).json()
    pk = registrant(api, event, "ana")
    address = f"/registrants/{pk}/draws/{draw['id']}/wishes"
    one, other = ({"session_id": session.pk} for session in sessions)
    clock.move_to(OPENS + timedelta(hours=1))
    bad: list[Any] = [
        [one, one],
        [other],
        [{"session_id": 10**12}],
        [one] * 10_000,
        [{"session_id": "x"}],
        "all",
    ]
    bad += [[{**one, "wait_at_most": 0}], [{**one, "rank": 1}]]
    for wishes in bad:
        answer = api.put(address, {"wishes": wishes})
        assert answer.status_code == 422, (str(wishes)[:80], answer.content[:300])
    assert not Wish.objects.exists()
    assert api.put(f"/registrants/{pk}/draws/{draw['id'] + 1}/wishes", {"wishes": []}).status_code == 404
    for body in ({}, {"public_number": ""}, {"public_number": "\n"}, {"public_number": 12}):
        assert api.post(f"/draws/{draw['id']}/public-number", body).status_code == 422
    early = api.post(f"/draws/{draw['id']}/public-number", {"public_number": "12"})
    assert early.status_code == 422
    assert api.post(f"/draws/{draw['id']}/publication").status_code == 422
    assert api.patch(f"/draws/{draw['id']}", {"closes_at": OPENS.isoformat()}).status_code == 422
    clock.move_to(CLOSES)
    assert api.put(address, {"wishes": [one]}).status_code == 409
    actions.freeze(Draw.objects.get())
    for number in ("x" * 201, "zwölf"):
        assert api.post(f"/draws/{draw['id']}/public-number", {"public_number": number}).status_code == 422
    Draw.objects.get(public_number="")


@pytest.mark.once
def test_shows_no_draw_of_an_event_that_is_not_the_clients(api, client, event, sessions):
    draw = plan(api, event, sessions).json()
    owner = make_api_client("Other", events=[EventFactory()])
    stranger = Api(owner, make_token(owner, "read write"), client)
    for address in ("", "/figures", "/decisions"):
        assert stranger.get(f"/draws/{draw['id']}{address}").status_code == 404
    assert stranger.get("/draws").json()["items"] == []
    reader = Api(api.client, make_token(api.client, "read"), client)
    assert reader.post(f"/draws/{draw['id']}/publication").status_code == 403
