"""What a claim reads in one statement is what the tables say; what is offered instead can really be had."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registrations import rules, sql
from registrations.actions import submit_agenda
from registrations.queries import standing_of
from registrations.queries.alternatives import MOST_OFFERED, alternatives_to
from registrations.rules.outcomes import Outcome
from registrations.rules.people import Attendee
from registrations.rules.standing import ClaimFacts
from sessions_app.models import Session
from tests.sql.rows import content
from tests.sql.worlds import NOW, WORLDS, World, make
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db
small = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def assert_same_row(ours: models.Model, stored: models.Model) -> None:
    """Every column that was read has the value that is stored."""
    assert type(ours) is type(stored)
    assert content(ours).items() <= content(stored).items()


def assert_facts(facts: ClaimFacts, world: World, wished: set[int]) -> None:
    """The facts are those of the tables, read by Django, and the rules answer alike."""
    standing = standing_of(world.contact, world.event)
    world.event.refresh_from_db()
    assert_same_row(facts.event, world.event)
    assert_same_row(facts.event.seats, world.event.seats)
    assert_same_row(facts.contact, world.contact)
    assert (facts.standing.registration is None) == (standing.registration is None)
    if facts.standing.registration is not None and world.registration is not None:
        assert_same_row(facts.standing.registration, world.registration)
    assert set(facts.standing.seats) == set(standing.seats)
    for session_id, seat in facts.standing.seats.items():
        assert_same_row(seat, standing.seats[session_id])
        assert_same_row(seat.session, standing.seats[session_id].session)
    assert set(facts.standing.items) == set(standing.items) & wished
    for session_id, item in facts.standing.items.items():
        assert_same_row(item, WaitlistItem.objects.get(pk=standing.items[session_id].pk))
    assert set(facts.sessions) == wished
    for session in Session.objects.filter(pk__in=wished).select_related("seats", "event", "track"):
        assert_same_row(facts.sessions[session.pk], session)
        assert_same_row(facts.sessions[session.pk].seats, session.seats)


def answers(standing: Any, sessions: Any) -> dict[int, list[str]]:
    """What becomes of a claim of each session, waiting or not."""
    return {
        session.pk: [
            str(rules.outcome_of_claim(session, standing, held, wait=wait, at=NOW)[0])
            for wait in (False, True)
        ]
        for session in sessions
        for held in [[mine for mine in standing.held_sessions if mine.pk != session.pk]]
    }


@small
@given(drawn=WORLDS, data=st.data())
def test_facts_of_a_claim_are_those_of_the_tables(drawn: dict[str, Any], data: st.DataObject) -> None:
    world = make(drawn)
    ids = [session.pk for session in world.sessions]
    wished = data.draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
    found = sql.facts_of_claim(world.event.pk, world.contact, wished)
    assert found is not None
    live = world.registration is not None and world.registration.cancelled_at is None
    included = Session.objects.filter(event=world.event, selection_control="included").values_list(
        "pk", flat=True
    )
    assert_facts(found, world, {*wished, *([] if live else included)})
    if not world.event.passes_with_agenda and world.event.most_sessions is None:
        sessions = Session.objects.filter(pk__in=wished).select_related("seats", "event", "track")
        seen = [found.sessions[session.pk] for session in sessions]
        assert answers(found.standing, seen) == answers(standing_of(world.contact, world.event), sessions)


@small
@given(drawn=WORLDS, data=st.data())
def test_facts_of_a_link_are_those_of_the_tables(drawn: dict[str, Any], data: st.DataObject) -> None:
    world = make(drawn)
    session = data.draw(st.sampled_from(world.sessions))
    if world.registration is None:
        assert sql.facts_of_link(world.event.uuid, session.uuid) is None
        return
    found = sql.facts_of_link(world.registration.uuid, session.uuid)
    assert found is not None
    if world.registration.cancelled_at is not None:
        assert found.standing.registration is not None
        assert_same_row(found.standing.registration, world.registration)
        return
    assert_facts(found, world, set() if session.archived_at else {session.pk})


@small
@given(drawn=WORLDS, data=st.data())
def test_what_is_offered_instead_can_be_had(drawn: dict[str, Any], data: st.DataObject) -> None:
    """As many as may be, up to three; each is one that the one list refuses for no reason."""
    world = make(drawn)
    refused = data.draw(st.sampled_from(world.sessions))
    standing = standing_of(world.contact, world.event)
    held = [session for session in standing.held_sessions if session.pk != refused.pk]
    offered = alternatives_to(refused, standing, held=held, at=NOW)
    everything = Session.objects.filter(event=world.event).select_related("seats", "event", "track")
    known = {refused.pk, *standing.items, *(session.pk for session in held)}
    possible = {
        session.pk
        for session in everything
        if session.pk not in known
        and rules.outcome_of_claim(session, standing, held, wait=False, at=NOW)[0] == Outcome.REGISTERED
    }
    ids = [session.pk for session in offered]
    assert set(ids) <= possible
    assert len(set(ids)) == len(ids) == min(MOST_OFFERED, len(possible))
    is_seated = world.registration is not None and world.registration.status == "confirmed"
    if offered and is_seated and refused.pk not in standing.seats:
        taken = data.draw(st.sampled_from(offered))
        result = submit_agenda(world.event, Attendee(world.contact.email), [taken], at=NOW)
        assert [str(line.outcome) for line in result.lines] == ["registered"]
