"""Two doors admit from standby at once, or one does while somebody late walks in: the last place has one person."""

from __future__ import annotations

from functools import partial

from events.actors import SYSTEM
from registrations.actions import admit_standby, check_in, submit_agenda
from registrations.models import CheckIn
from registrations.queries.recount import recount
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.factories import EventFactory, SessionFactory, at
from tests.races.at_once import appears, at_once, errors

DOORS = 6
LATE = at(10, 5)


def scene():
    """A session of one seat that has begun, its absent holder, and people who have seats elsewhere."""
    event = EventFactory()
    session = SessionFactory(
        event=event, capacity=1, starts_at=at(10), ends_at=at(11), own_standby_minutes=10
    )
    other = SessionFactory(event=event, starts_at=at(12), ends_at=at(13), capacity=None, format="webinar")
    absent = registered(session, "absent")
    return session, absent, [registered(other, f"walker{number}") for number in range(DOORS)]


def registered(session, name):
    person = Attendee(f"{name}-{session.pk}@example.org", name, "Test")
    return submit_agenda(session.event, person, [session]).registration


def inside(session):
    return CheckIn.objects.inside().filter(session=session).count()


def admitted_at_once(session, people):
    return at_once(*(partial(admit_standby, session, one, actor=SYSTEM, at=LATE) for one in people))


def test_last_free_place_goes_to_one_of_two_doors():
    session, _absent, people = scene()
    refused = errors(admitted_at_once(session, people))
    assert {error.code for error in refused} == {"full_house"}
    assert (len(refused), inside(session)) == (DOORS - 1, 1)
    assert recount() == []


def test_late_comer_and_standby_are_not_both_inside():
    session, absent, people = scene()
    acts = [partial(admit_standby, session, one, actor=SYSTEM, at=LATE) for one in people[:2]]
    late = partial(check_in, absent, session, actor=SYSTEM, at=LATE)
    results = at_once(*acts, late)
    assert inside(session) == 1
    assert {error.code for error in errors(results)} == {"full_house"}
    assert recount() == []


def test_overfills_without_locks(without_locks):
    def race():
        session, _absent, people = scene()
        admitted_at_once(session, people)
        return inside(Session.objects.get(pk=session.pk)) > 1

    assert appears(race)
