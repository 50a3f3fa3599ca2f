"""What other systems are told of addresses that are corrected, of doors, and of who did not come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.actors import ATTENDEE, Actor
from registrations import actions
from registrations.models import EventRegistration
from registrations.webhooks.planning import plan
from tests.engine.acts import claim, person
from tests.factories import UserFactory
from tests.webhooks.scenes import a_session, deliveries

pytestmark = pytest.mark.django_db
TYPO, RIGHT = person("bbo"), "bob@example.org"


@pytest.fixture
def desk():
    return Actor.staff(UserFactory(is_superuser=True))


@pytest.fixture
def registration(hook):
    hook("*")
    claim(a_session(), TYPO)
    return EventRegistration.objects.get()


def told():
    """The name of each message and its record, in order."""
    plan()
    return [(row.name, row.payload["data"]) for row in deliveries()]


def test_tells_whose_the_registration_is_now(registration, desk):
    old = registration.contact_id
    actions.correct_address(registration, RIGHT, actor=desk)
    messages = told()
    # Read by the worker only now: what happened before is told of the person as they are known.
    assert {data["email"] for _name, data in messages} == {RIGHT}
    name, data = messages[-1]
    assert (name, data["id"], data["from_contact_id"]) == ("registrant.updated", registration.pk, old)
    assert data["registration_status"] == "confirmed"


def test_tells_of_who_came_left_and_was_undone(registration, desk):
    entry = actions.check_in(registration, actor=desk).check_in
    actions.check_out(entry, actor=desk)
    actions.undo_check_in(entry, actor=desk)
    messages = told()[2:]
    assert [name for name, _data in messages] == [
        "check_in.created",
        "check_in.updated",
        "check_in.undone",
        "registrant.updated",
    ]
    assert [data["left_at"] is None for name, data in messages if name.startswith("check_in")] == [
        True,
        False,
        False,
    ]
    assert messages[-1][1]["registration_status"] == "confirmed"


def test_tells_of_who_did_not_come(registration, desk):
    later = registration.event.starts_at + timedelta(hours=1)
    actions.mark_no_show(registration, actor=desk, at=later)
    actions.back_to_confirmed(registration, actor=desk, at=later)
    told_later = [(name, data["registration_status"]) for name, data in told()[-2:]]
    assert told_later == [("registrant.updated", "no_show"), ("registrant.updated", "confirmed")]


def test_undoing_the_entry_of_somebody_cancelled_brings_nobody_back(registration, desk):
    actions.cancel_event_registrations([registration], actor=ATTENDEE)
    before = len(told())
    entry = actions.check_in(registration, actor=desk, override=True, reason="Is inside").check_in
    actions.undo_check_in(entry, actor=desk)
    assert [name for name, _data in told()[before:]] == ["check_in.created", "check_in.undone"]
