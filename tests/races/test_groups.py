"""Groups that stay together, at the same instant: never a part of one is seated."""

from __future__ import annotations

from functools import partial

from registrations.actions import new_draft_token, register_group
from registrations.models import EventRegistration, Notification, SessionRegistration
from registrations.queries.recount import recount
from registrations.rules.groups import Member
from registrations.rules.people import Attendee
from tests.factories import SessionFactory
from tests.races.at_once import appears, at_once, errors


def three(name):
    return [Attendee(f"{name}{number}@example.org", name, str(number)) for number in range(3)]


def two_groups_for_five_seats():
    """Both ask at once for the same session; return how many of each are seated."""
    session = SessionFactory(capacity=5)
    names = [f"{name}{session.pk}-" for name in ("one", "other")]
    groups = [[Member(who, [session]) for who in three(name)] for name in names]
    results = at_once(*(partial(register_group, session.event, g, together={session.pk}) for g in groups))
    assert errors(results) == []
    seats = SessionRegistration.objects.active().filter(session=session)
    return session, [seats.filter(contact__email__startswith=name).count() for name in names]


def test_never_seats_a_part_of_a_group():
    for _round in range(3):
        session, seated = two_groups_for_five_seats()
        assert sorted(seated) == [0, 3]
        assert recount(session.event, swept=True) == []


def test_oversells_without_locks(without_locks):
    def race():
        session, seated = two_groups_for_five_seats()
        return sum(seated) > 3 or recount(session.event)

    assert appears(race)


def test_same_form_at_once_is_one_group():
    session, key = SessionFactory(capacity=9), new_draft_token()
    members = [Member(who, [session]) for who in three("same")]
    results = at_once(*[partial(register_group, session.event, members, key=key)] * 4)
    assert errors(results) == []
    assert sorted(result.is_repeated for result in results) == [False, True, True, True]
    assert (EventRegistration.objects.count(), Notification.objects.count()) == (3, 3)
    assert recount(swept=True) == []
