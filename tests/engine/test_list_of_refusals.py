"""The list of refusals itself, question by question: what a door does with an answer stands in the table of doors."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.errors import Invalid
from events.models import Event
from registrations.rules.doors import Why
from registrations.rules.people import Attendee
from registrations.rules.refusals import limited_tracks, may_limit_all, refusals_of_session, refusals_to_open
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


@pytest.mark.parametrize(("most_of_event", "with_passes"), [(None, False), (2, False), (None, True)])
def test_limit_of_the_event_or_of_a_pass_may_count_all_sessions(event, most_of_event, with_passes):
    event.most_sessions, event.passes_with_agenda = most_of_event, with_passes
    assert may_limit_all(event) is bool(most_of_event or with_passes)


def test_tracks_limit_their_own_sessions_where_they_say_so(event):
    limited = SessionTrackFactory(event=event, most_sessions=1)
    tracks = [limited, SessionTrackFactory(event=event), None]
    assert limited_tracks(SessionFactory(event=event, track=track) for track in tracks) == {limited.pk}
