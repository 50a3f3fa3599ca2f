"""The desk and how many sessions one person may choose: seen before, overridden with a reason, never by the way."""

from __future__ import annotations

import pytest

from events.actors import Actor
from registrations import actions
from registrations.models import Activity, SessionRegistration
from sessions_app.models import Session
from tests.admin_panels.helpers import add_url, fill, person, text, typed, verb_url
from tests.factories import SessionFactory, SessionTrackFactory
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db(transaction=True)
SPEAKER = {"reason_choice": "Speaker", "notify": "on"}


@pytest.fixture
def limited(session: Session) -> Session:
    """A session of a track of which guest 50 has another one, as many as one person may choose."""
    track = SessionTrackFactory(event=session.event, name="Workshops", most_sessions=1)
    Session.objects.filter(pk=session.pk).update(track=track)
    session.refresh_from_db()
    other = SessionFactory(event=session.event, track=track, name="Knots")
    fill(other, 1, start=50)
    return session


def add(client, session, *people, **more):
    """Send the page that adds people."""
    return client.post(add_url(session), typed(*people, **{"step": "add", **more}))


def has_seat(session, someone) -> bool:
    """True when the person has a seat there."""
    seats = SessionRegistration.objects.active()
    return seats.filter(session=session, contact__email=someone.email).exists()


def test_page_says_the_limit_and_names_what_counts(client, staff, limited):
    client.force_login(staff)
    page = text(add(client, limited, person(50), person(51), step="look"))
    assert "Has as many as one person may choose (1): Knots" in page
    assert "Override the limit for 1 person" in page
    assert 'data-words="Add 1 person"' in page
    assert 'data-words-override_limits="Add 2 people"' in page


def test_limit_is_overridden_with_a_reason_that_is_kept(client, staff, limited):
    client.force_login(staff)
    without = add(client, limited, person(50), deed="fit", override_limits="on", notify="on")
    assert (without.status_code, has_seat(limited, person(50))) == (422, False)
    add(client, limited, person(50), deed="fit", override_limits="on", **SPEAKER)
    assert has_seat(limited, person(50))
    row = Activity.objects.filter(session=limited).latest("id")
    assert (row.user, row.reason, row.detail) == (staff, "Speaker", {"limits_overridden": ["track_limit"]})


def test_past_capacity_overrides_no_limit(client, staff, limited):
    fill(limited, 10)
    client.force_login(staff)
    response = add(client, limited, person(50), deed="past", **SPEAKER)
    assert "Has as many as one person may choose (1): Knots" in text(response)
    assert not has_seat(limited, person(50))


def test_both_are_decided_each_on_its_own(client, staff, limited):
    fill(limited, 10)
    client.force_login(staff)
    page = text(add(client, limited, person(50), step="look"))
    assert 'data-words-override_limits="Add 1 past capacity"' in page
    add(client, limited, person(50), deed="past", override_limits="on", **SPEAKER)
    seat = SessionRegistration.objects.get(session=limited, contact__email=person(50).email)
    assert (seat.is_past_capacity, seat.reason) == (True, "Speaker")


def test_register_now_shows_and_overrides_the_limit(client, staff, limited):
    fill(limited, 10)
    actions.submit_agenda(limited.event, person(60), [limited], wait=True, notify=False)
    knots = Session.objects.get(name="Knots")
    actions.add_to_session(
        knots, [person(60)], actor=Actor.staff(staff), override_limits=True, reason="Speaker", notify=False
    )
    [item] = WaitlistItem.objects.waiting()
    client.force_login(staff)
    url = verb_url(limited, "session_waitlist", "register")
    page = text(client.post(url, {"row": [item.pk]}))
    assert "At most 1 session of this track can be chosen; this counts: Knots." in page
    assert "Override how many sessions one person may choose" in page
    decided = {"row": [item.pk], "confirmed": "1", "past_capacity": "on", "override_limits": "on"}
    client.post(url, {**decided, **SPEAKER})
    assert has_seat(limited, person(60))
