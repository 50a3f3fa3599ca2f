"""Several people registered in one go: each a registration of their own, in the order entered, together where asked."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.actors import Actor
from events.errors import Full, Invalid, Refusal
from events.models import Event
from registrations.actions import (
    change_capacity,
    draft_for,
    erase_contact,
    new_draft_token,
    register_for_event,
    register_group,
)
from registrations.admin.files import columns
from registrations.models import EventRegistration, Notification
from registrations.rules.groups import GroupResult, Member
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.engine.acts import claim, contact_of, figures, fill, holders, mails, people, person, seat_of
from tests.engine.test_agenda import every_row
from tests.factories import EventFactory, PassFactory, SessionFactory, UserFactory, at
from waitlists.models import WaitlistItem


def group(event: Event, who: list[Attendee], *sessions: Session, **how: Any) -> GroupResult:
    """All of them ask for the same sessions."""
    return register_group(event, [Member(one, sessions) for one in who], **how)


def said(result: GroupResult) -> list[list[str]]:
    """The outcomes, by person."""
    return [[str(line.outcome) for line in member.lines] for member in result.members]


def waiting(session: Session) -> list[str]:
    """Who waits, in the line's order."""
    items = WaitlistItem.objects.open().filter(session=session).in_line().select_related("contact")
    return [item.contact.email.split("@")[0] for item in items]


def test_everybody_has_a_registration_a_mail_and_who_registered_them(event: Event) -> None:
    session, three = SessionFactory(event=event, capacity=5), people(3)
    result = group(event, three, session)
    assert (result.applied, said(result)) == (True, [["registered"]] * 3)
    first, *others = [member.registration for member in result.members]
    assert (figures(session), figures(event)) == ((5, 3, 0, 0), (None, 3, 0, 0))
    assert mails() == [("registered", f"guest{number}") for number in range(3)]
    rows = dict(EventRegistration.objects.values_list("pk", "registered_by"))
    assert first is not None
    assert rows == {first.pk: None, **{other.pk: first.pk for other in others if other}}
    causes = Notification.objects.order_by("id").values_list("contact", "activity__contact")
    assert all(whose == of_whom for whose, of_whom in causes)


def test_later_ones_wait_where_the_first_was_seated(event: Event) -> None:
    session, three = SessionFactory(event=event, capacity=1), people(3)
    assert said(group(event, three, session, wait=True)) == [["registered"], ["waitlisted"], ["waitlisted"]]
    assert (holders(session), waiting(session)) == ({"guest0"}, ["guest1", "guest2"])


def test_each_may_have_sessions_of_their_own(event: Event) -> None:
    one, other = SessionFactory.create_batch(2, event=event, capacity=5, starts_at=None, ends_at=None)
    first, second = people(2)
    register_group(event, [Member(first, [one, other]), Member(second, [other])])
    assert (holders(one), holders(other)) == ({"guest0"}, {"guest0", "guest1"})


def test_nobody_is_left_with_nothing(event: Event) -> None:
    session, two = SessionFactory(event=event, capacity=1), people(2)
    before = every_row()
    result = group(event, two, session)
    assert (result.applied, said(result)) == (False, [["registered"], ["full"]])
    assert every_row() == before


@pytest.mark.parametrize(
    ("capacity", "wait_together", "seats", "in_line"),
    [(3, False, 3, 0), (2, False, 0, 0), (2, True, 0, 3), (0, True, 0, 3)],
)
def test_together_all_or_nobody(
    event: Event, capacity: int, wait_together: bool, seats: int, in_line: int
) -> None:
    session = SessionFactory(event=event, capacity=capacity)
    beside = SessionFactory(event=event, capacity=9, starts_at=at(15), ends_at=at(16))
    how = {"together": {session.pk}, "wait_together": wait_together, "wait": True}
    result = group(event, people(3), session, beside, **how)
    assert (result.applied, bool(result.apart)) == (True, not seats)
    assert (len(holders(session)), len(waiting(session)), len(holders(beside))) == (seats, in_line, 3)


def test_those_who_wait_together_are_served_in_one_go(event: Event) -> None:
    session, staff = SessionFactory(event=event, capacity=2), Actor.staff(UserFactory(is_superuser=True))
    beside = SessionFactory(event=event, capacity=9, starts_at=at(15), ends_at=at(16))
    group(event, people(3), session, beside, together={session.pk}, wait_together=True)
    items = WaitlistItem.objects.open()
    assert len(set(items.values_list("together", flat=True))) == 1
    # Too few for them: somebody else may have these.
    assert claim(session, person("Quick")).applied
    change_capacity(session, 3, actor=staff)
    assert holders(session) == {"quick"}
    change_capacity(session, 4, actor=staff)
    assert holders(session) == {"quick", "guest0", "guest1", "guest2"}


def test_together_looks_at_whoever_wishes_for_the_session(event: Event) -> None:
    few = SessionFactory(event=event, capacity=2)
    many = SessionFactory(event=event, capacity=5, starts_at=at(15), ends_at=at(16))
    first, second, third = people(3)
    members = [Member(first, [few, many]), Member(second, [few, many]), Member(third, [many])]
    register_group(event, members, together={few.pk, many.pk})
    assert (len(holders(few)), len(holders(many))) == (2, 3)


def test_what_is_not_had_together_leaves_room_for_what_it_clashed_with(event: Event) -> None:
    few, instead = (SessionFactory(event=event, capacity=capacity) for capacity in (1, 2))
    result = group(event, people(2), few, instead, together={few.pk, instead.pk})
    assert result.apart == {few.pk}
    assert (holders(few), holders(instead)) == (set(), {"guest0", "guest1"})


def test_many_clashes_end(event: Event) -> None:
    clashing = SessionFactory.create_batch(25, event=event, capacity=9, starts_at=at(10), ends_at=at(11))
    result = group(event, people(2), *clashing, together={session.pk for session in clashing})
    assert (len(result.apart), holders(clashing[0])) == (24, {"guest0", "guest1"})


def test_the_same_form_twice_changes_nothing(event: Event) -> None:
    session, key = SessionFactory(event=event, capacity=5), new_draft_token()
    group(event, people(2), session, key=key)
    before = every_row()
    assert group(event, people(2), session, key=key).is_repeated
    assert every_row() == before
    draft = draft_for(event, key)
    assert draft is not None
    assert draft.group is not None
    assert [len(one["lines"]) for one in draft.group["people"]] == [1, 1]


@pytest.mark.parametrize("is_elsewhere", [False, True])
def test_whoever_is_known_is_left_as_they_are(event: Event, is_elsewhere: bool, bob: Attendee) -> None:
    session = SessionFactory(event=event, capacity=5)
    held = SessionFactory(event=EventFactory() if is_elsewhere else event, capacity=5)
    claim(held, bob)
    result = group(event, [*people(1), bob], session, together={session.pk})
    assert [member.known_at for member in result.members] == [None, held.event]
    assert (result.applied, holders(session)) == (True, {"guest0"})


def test_nobody_is_said_to_be_registered_by_somebody_unproved(event: Event, bob: Attendee) -> None:
    session = SessionFactory(event=event, capacity=5)
    claim(session, bob)
    group(event, [bob, *people(1)], session)
    assert not EventRegistration.objects.filter(registered_by__isnull=False).exists()


@pytest.mark.parametrize(
    ("addresses", "person_number", "field"),
    [
        (["a@b.org", " A@B.org "], 1, "email"),
        (["a@b.org", "nowhere"], 1, "email"),
        (["a+1@b.org", "a+1@b.org"], 1, "email"),
    ],
)
def test_refuses_address_at_its_person(
    event: Event, addresses: list[str], person_number: int, field: str
) -> None:
    session = SessionFactory(event=event, capacity=5)
    with pytest.raises(Invalid) as caught:
        group(event, [Attendee(one, "A", "B") for one in addresses], session)
    assert (caught.value.data["person"], list(caught.value.data["fields"])) == (person_number, [field])
    assert not EventRegistration.objects.exists()


@pytest.mark.parametrize(
    ("setting", "number"),
    [({"people_in_one_go": 2}, 3), ({"people_in_one_go": 1}, 2), ({"multi_attendee_registration": False}, 2)],
)
def test_refuses_more_people_than_the_event_allows(setting: dict[str, Any], number: int) -> None:
    session = SessionFactory(event=EventFactory(**setting), capacity=9)
    with pytest.raises(Invalid):
        group(session.event, people(number), session)
    assert group(session.event, people(number - 1), session).applied


def test_erased_registrar_leaves_no_name(event: Event) -> None:
    session, two = SessionFactory(event=event, capacity=5), people(2)
    group(event, two, session)
    other = seat_of(session, two[1]).event_registration
    assert other.registrar == "guest0 Test"
    erase_contact(contact_of(two[0]), actor=Actor.staff(UserFactory(is_superuser=True)))
    other = EventRegistration.objects.get(pk=other.pk)
    assert columns.registrar().say(
        ["", None, contact_of(two[1]).email, other.registered_by.contact.email]
    ) == [*("", "", "guest1@example.org", "")]
    assert (other.registrar, other.registered_by is not None, holders(session)) == ("", True, {"guest1"})


def test_preview_changes_nothing_and_says_the_same(event: Event) -> None:
    session, two = SessionFactory(event=event, capacity=1), people(2)
    before = every_row()
    previewed = group(event, two, session, wait=True, preview=True)
    assert every_row() == before
    assert said(previewed) == said(group(event, two, session, wait=True))


@pytest.mark.parametrize("with_pass", [False, True])
def test_at_event_level(with_pass: bool) -> None:
    event = EventFactory(allow_custom_agenda=False, capacity=2)
    event_pass = PassFactory(event=event, capacity=9) if with_pass else None
    how = {"event_pass": event_pass, "together": {None}}
    with pytest.raises(Full) as caught:
        group(event, people(3), **how)
    assert caught.value.data["person"] == 2
    assert not EventRegistration.objects.exists()
    assert group(event, people(2), **how).applied
    assert figures(event) == (2, 2, 0, 0)


def test_at_event_level_later_ones_wait() -> None:
    event = EventFactory(allow_custom_agenda=False, capacity=2)
    result = group(event, people(3), wait=True)
    assert [member.is_seated for member in result.members] == [True, True, False]
    assert mails() == [("registered", "guest0"), ("registered", "guest1"), ("waitlisted", "guest2")]
    with pytest.raises(Refusal):
        group(event, people(1, "late"))
    fresh = register_for_event(event, people(1)[0])
    assert fresh.registered_by is None


def test_last_pass_is_not_given_twice() -> None:
    event = EventFactory(allow_custom_agenda=False)
    event_pass = PassFactory(event=event, capacity=1)
    with pytest.raises(Full) as caught:
        group(event, people(2), event_pass=event_pass)
    assert caught.value.data["person"] == 1
    assert not EventRegistration.objects.exists()


def test_three_cost_no_more_queries_than_three_alone(event: Event) -> None:
    session = SessionFactory(event=event, capacity=50)
    with CaptureQueriesContext(
        connection,
    ) as together:
        group(event, people(3), session, together={session.pk}, key=new_draft_token())
    with CaptureQueriesContext(connection) as alone:
        for one in people(3, "alone"):
            claim(session, one)
    assert len(together) <= len(alone)


def test_full_room_is_said_before_anybody_is_named(event: Event) -> None:
    session = SessionFactory(event=event, capacity=2)
    fill(session)
    assert said(group(event, [person("Newcomer")], session, preview=True)) == [["full"]]
