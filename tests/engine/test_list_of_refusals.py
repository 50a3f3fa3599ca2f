"""The list of refusals itself, question by question: what a door does with an answer stands in the table of doors."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.errors import Invalid
from events.models import Event
from registrations.rules.doors import Why
from registrations.rules.people import Attendee
from registrations.rules.refusals import refusals_of_session, refusals_to_open, share_a_limit
from sessions_app.models import Session
from tests.engine.acts import claim, outcomes, person
from tests.factories import FIRST_DAY, EventFactory, SessionFactory, SessionTrackFactory

NOW = FIRST_DAY - timedelta(days=5)


def whys(found):
    return [reason.why for reason in found]


@pytest.mark.parametrize(("first", "last"), [("Cher", ""), ("", "Obama"), ("Bob", "Baker")])
def test_one_name_is_enough(first, last):
    Attendee("one@example.org", first, last).check_named()


def test_no_name_is_not_enough():
    with pytest.raises(Invalid) as refused:
        Attendee("one@example.org", "", "").check_named()
    assert refused.value.data["fields"]["first_name"]


@pytest.mark.parametrize(
    ("hours", "expected"), [(-1, []), (0, []), (1, [Why.NOT_OPEN_YET])], ids=["before", "now", "later"]
)
def test_registration_is_open_from_its_moment_on(hours, expected):
    event = EventFactory(registration_opens_at=NOW + timedelta(hours=hours))
    assert whys(refusals_to_open(event, NOW)) == expected
    answer = outcomes(claim(SessionFactory(event=event), person("early"), at=NOW))
    assert answer == (["not_open_yet"] if expected else ["registered"])


@pytest.mark.parametrize("column", ["cancelled_at", "archived_at"])
@pytest.mark.parametrize("model", [Event, Session])
def test_nobody_gets_a_seat_of_what_was_cancelled_or_deleted(model, column):
    session = SessionFactory()
    target = session if model is Session else session.event
    setattr(target, column, NOW)
    assert whys(refusals_of_session(session, at=NOW)) == [Why.GONE]


@pytest.mark.parametrize(
    ("most_of_track", "is_one_track", "most_of_event", "expected"),
    [
        (1, True, None, True),
        (None, True, None, False),
        (1, False, None, False),
        (None, False, 2, True),
    ],
)
def test_sessions_share_a_limit_of_their_track_or_of_the_event(
    event, most_of_track, is_one_track, most_of_event, expected
):
    event.most_sessions = most_of_event
    event.save()
    one = SessionTrackFactory(event=event, most_sessions=most_of_track)
    other = one if is_one_track else SessionTrackFactory(event=event, most_sessions=most_of_track)
    pair = [SessionFactory(event=event, track=track) for track in (one, other)]
    assert share_a_limit(*pair) is expected


def test_sessions_without_a_track_share_no_limit(event):
    assert not share_a_limit(*(SessionFactory(event=event, track=None) for _ in range(2)))
