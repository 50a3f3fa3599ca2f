"""Limits of choice for other systems: written, refused by, and overridden with a reason."""

from __future__ import annotations

import pytest

from registrations.models import Activity
from sessions_app.models import SessionTrack
from tests.api.registering import registered
from tests.factories import EventFactory, SessionFactory, SessionTrackFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event(db):
    """A live event at session level."""
    return EventFactory()


@pytest.fixture
def workshops(event):
    """Two sessions of a track of which everybody may choose one."""
    track = SessionTrackFactory(event=event, most_sessions=1)
    return [SessionFactory(event=event, track=track, capacity=5) for _ in range(2)]


def test_track_and_event_say_and_take_their_limits(api, event):
    made = api.post("/tracks", {"event_id": event.pk, "name": "Workshops", "most_sessions": 2})
    assert (made.status_code, made.json()["most_sessions"]) == (201, 2)
    cleared = api.patch(f"/tracks/{made.json()['id']}", {"most_sessions": None})
    assert cleared.json()["most_sessions"] is None
    assert SessionTrack.objects.get().most_sessions is None
    assert api.patch(f"/tracks/{made.json()['id']}", {"most_sessions": -1}).status_code == 422
    assert api.patch(f"/events/{event.pk}", {"most_sessions": 3}).json()["most_sessions"] == 3


def test_refusal_names_the_limit_and_what_counts(api, event, workshops):
    first, second = workshops
    rid = registered(api, event, [first])
    answer = api.post(f"/registrants/{rid}/session/{second.pk}")
    line = answer.json()["line"]
    assert (answer.status_code, answer.json()["code"]) == (409, "track_limit")
    assert (line["outcome"], line["limit"], line["limited_by"]) == ("track_limit", 1, [first.pk])


def test_override_of_limits_needs_its_scope_and_is_not_implied(api, api_client_of, event, workshops):
    first, second = workshops
    rid = registered(api, event, [first])
    path = f"/registrants/{rid}/session/{second.pk}"
    assert api.post(f"{path}?override_limits=1").status_code == 403
    bold = api_client_of("read write override", name="Desk system")
    assert bold.post(f"{path}?override_capacity_errors=1").json()["code"] == "track_limit"
    tried = bold.post(f"{path}?override_limits=1&validate_only=1")
    assert (tried.status_code, tried.json()["line"]["outcome"]) == (200, "registered")
    done = bold.post(f"{path}?override_limits=1")
    assert (done.status_code, done.json()["line"].get("past_capacity")) == (200, None)
    row = Activity.objects.filter(session=second).latest("id")
    assert (row.reason, row.detail) == ("Desk system", {"limits_overridden": ["track_limit"]})


def test_override_of_limits_gives_no_seat_past_capacity(api, api_client_of, event, workshops):
    first, second = workshops
    SessionTrack.objects.update(most_sessions=1)
    second.seats.capacity = 0
    second.seats.save(update_fields=["capacity"])
    rid = registered(api, event, [first])
    bold = api_client_of("read write override")
    answer = bold.post(f"/registrants/{rid}/session/{second.pk}?override_limits=1")
    assert (answer.status_code, answer.json()["code"]) == (409, "full")
