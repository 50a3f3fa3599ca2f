"""Included sessions, passes beside own agendas, hard limits, order in line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission

from events.actors import Actor
from events.errors import Full, Invalid, NotPermitted
from events.models import Event, Pass, User
from registrations.actions import (
    PassRow,
    add_passes,
    add_to_event,
    add_to_session,
    change_capacity,
    join_waitlist,
    move_in_line,
    preview_capacity,
    submit_agenda,
)
from registrations.models import Activity, AttendeePass
from registrations.queries import position
from registrations.rules.outcomes import Mode
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.engine.acts import claim, figures, fill, holders, mails, outcomes, person
from tests.factories import EventFactory, PassFactory, SessionFactory, UserFactory
from waitlists.models import WaitlistItem

INCLUDED = Session.SelectionControl.INCLUDED


@pytest.fixture
def opening(event: Event) -> Session:
    """An included session of two."""
    return SessionFactory(event=event, capacity=2, selection_control=INCLUDED)


@pytest.fixture
def together(db: None) -> Event:
    """An event where passes and own agendas go together."""
    return EventFactory(passes_with_agenda=True)


def test_included_session_is_given_before_the_chosen_ones(opening: Session, bob: Attendee) -> None:
    chosen = SessionFactory(event=opening.event)
    result = claim(chosen, bob)
    assert [(line.session, str(line.outcome), line.is_included) for line in result.lines] == [
        (opening, "registered", True),
        (chosen, "registered", False),
    ]
    assert holders(opening) == {"bob"}
    assert mails() == [("registered", "bob")]


def test_full_included_session_is_waited_for_and_the_rest_proceeds(opening: Session, bob: Attendee) -> None:
    chosen = SessionFactory(event=opening.event)
    claim(chosen, person("One"))
    claim(chosen, person("Two"))
    result = submit_agenda(opening.event, bob, [chosen], mode=Mode.ALL_OR_NOTHING)
    assert (outcomes(result), result.applied) == (["waitlisted", "registered"], True)


def test_chosen_session_that_clashes_with_an_included_one_is_refused(opening: Session, bob: Attendee) -> None:
    clashing = SessionFactory(event=opening.event, starts_at=opening.starts_at, ends_at=opening.ends_at)
    result = claim(clashing, bob)
    assert (outcomes(result), result.applied) == (["registered", "conflict"], False)
    assert holders(opening) == set()


@pytest.mark.parametrize("way", ["session", "event", "waitlist"])
def test_included_session_is_given_however_one_registers(
    opening: Session, bob: Attendee, alice: User, way: str
) -> None:
    other = SessionFactory(event=opening.event, capacity=0)
    staff = Actor.staff(alice)
    ways: dict[str, Callable[[], object]] = {
        "session": lambda: add_to_session(other, [bob], actor=staff, reason="VIP", past_capacity=True),
        "event": lambda: add_to_event(opening.event, [bob], actor=staff),
        "waitlist": lambda: join_waitlist(other, bob),
    }
    ways[way]()
    assert holders(opening) == {"bob"}


def test_pass_beside_own_agenda_keeps_the_switch(together: Event, alice: User) -> None:
    assert add_passes(together, [PassRow("Full")], actor=Actor.staff(alice)) is None
    together.refresh_from_db()
    assert together.allow_custom_agenda


def test_pass_limits_which_sessions_and_how_many(together: Event, bob: Attendee) -> None:
    a, b, c, outside = (SessionFactory(event=together) for _ in range(4))
    offered = PassFactory(event=together, most_sessions=2)
    offered.sessions.set([a, b, c])
    result = submit_agenda(together, bob, [a, outside, b, c], event_pass=offered)
    assert outcomes(result) == ["registered", "not_in_pass", "registered", "session_limit"]
    assert AttendeePass.objects.get().event_pass == offered
    assert outcomes(claim(c, bob)) == ["session_limit"]
    assert outcomes(submit_agenda(together, bob, [c], [a])) == ["dropped", "registered"]


def test_pass_is_required_and_never_oversold(together: Event, bob: Attendee) -> None:
    session = SessionFactory(event=together)
    offered = PassFactory(event=together, capacity=1)
    with pytest.raises(Invalid) as refused:
        claim(session, bob)
    assert set(refused.value.data["fields"]) == {"event_pass"}
    with pytest.raises(Invalid):
        claim(session, bob, event_pass=PassFactory())
    claim(session, bob, event_pass=offered)
    with pytest.raises(Full):
        claim(session, person("Late"), event_pass=Pass.objects.get(pk=offered.pk))
    assert figures(session) == (10, 1, 0, 0)


def test_hard_limit_needs_a_permission_of_its_own(event: Event) -> None:
    desk = UserFactory()
    desk.user_permissions.add(Permission.objects.get(codename="add_past_capacity"))
    session = SessionFactory(event=event, capacity=1)
    session.seats.hard_limit = 1
    session.seats.save()
    fill(session)
    extra = [person("Extra")]
    staff = Actor.staff(User.objects.get(pk=desk.pk))
    [line] = add_to_session(session, extra, actor=staff, reason="VIP", past_capacity=True)
    assert str(line.outcome) == "hard_limit"
    with pytest.raises(NotPermitted):
        add_to_session(session, extra, actor=staff, reason="VIP", past_capacity=True, past_hard_limit=True)
    desk.user_permissions.add(Permission.objects.get(codename="add_past_hard_limit"))
    chief = Actor.staff(User.objects.get(pk=desk.pk))
    [line] = add_to_session(
        session, extra, actor=chief, reason="VIP", past_capacity=True, past_hard_limit=True
    )
    assert str(line.outcome) == "registered"


def waiting(session: Session, *names: str) -> list[WaitlistItem]:
    """Let people wait in order."""
    return [join_waitlist(session, person(name)) for name in names]


def test_staff_move_somebody_in_line_and_it_is_recorded(event: Event, alice: User) -> None:
    session = SessionFactory(event=event, capacity=0)
    items = waiting(session, "A", "B", "C", "D")
    same = items[0].joined_at
    WaitlistItem.objects.update(joined_at=same)
    move_in_line(items[3], before=items[1], actor=Actor.staff(alice), reason="Accessibility")
    for item in items:
        item.refresh_from_db()
    assert [position(item) for item in items] == [1, 3, 4, 2]
    row = Activity.objects.get(verb="moved_in_line")
    assert (row.reason, row.user, row.detail["joined_at"]) == ("Accessibility", alice, same.isoformat())
    with pytest.raises(Invalid):
        move_in_line(items[0], before=items[0], actor=Actor.staff(alice))


def test_capacity_preview_says_what_the_change_then_does(event: Event, alice: User) -> None:
    session = SessionFactory(event=event, capacity=1)
    fill(session)
    items = waiting(session, "A", "B", "C")
    session = Session.objects.get(pk=session.pk)
    preview = preview_capacity(session, 3)
    assert ([item.pk for item in preview.seated], preview.over_by) == ([item.pk for item in items[:2]], 0)
    assert preview_capacity(session, 0).over_by == 1
    assert figures(session) == (1, 1, 0, 3)
    change_capacity(session, 3, actor=Actor.staff(alice))
    assert holders(session) >= {"a", "b"}
