"""Seats are freed, offered and expire while others act at the same instant."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial

from events.actors import ATTENDEE, SYSTEM
from events.errors import InvitationGone, Refusal
from events.models import SeatCount
from registrations.actions import (
    accept_invitation,
    cancel_event_registrations,
    cancel_session_registrations,
    change_capacity,
    expire_invitations,
    submit_agenda,
    sweep,
)
from registrations.models import EventRegistration, Notification, SessionRegistration
from registrations.queries.recount import recount
from registrations.rules.people import Attendee
from tests.factories import FIRST_DAY, EventFactory, SessionFactory
from tests.races.at_once import appears, at_once, errors
from tests.races.switch import count_without_the_line
from waitlists.models import WaitlistItem

BEFORE = FIRST_DAY - timedelta(days=10)
AFTER_START = FIRST_DAY + timedelta(days=30)


def someone(session, name):
    return Attendee(f"{name}-{session.pk}@example.org", name.title())


def holders(session):
    emails = (
        SessionRegistration.objects.active().filter(session=session).values_list("contact__email", flat=True)
    )
    return sorted(email.split("-")[0] for email in emails)


def full_session(capacity, waiting, **event):
    """Return a full session, and who waits for it, in line."""
    session = SessionFactory(event=EventFactory(**event), capacity=capacity)
    for number in range(capacity):
        submit_agenda(session.event, someone(session, f"holder{number}"), [session], at=BEFORE)
    names = [f"waiting{number}" for number in range(waiting)]
    for number, name in enumerate(names):
        moment = BEFORE + timedelta(minutes=number)
        submit_agenda(session.event, someone(session, name), [session], wait=True, at=moment)
    return session, names


def cancel_while_newcomers_try(*, seats=1, waiting=1, newcomers=8):
    """Everybody gives up their seat while newcomers try to take one; return the session and all answers."""
    session, _names = full_session(seats, waiting)
    mine = list(SessionRegistration.objects.filter(session=session))
    acts = [partial(cancel_session_registrations, [seat], actor=ATTENDEE) for seat in mine]
    for number in range(newcomers):
        newcomer = someone(session, f"newcomer{number}")
        acts.insert(number, partial(keep_asking, session, newcomer))
    return session, at_once(*acts)


def keep_asking(session, person, tries=6):
    """Ask again and again, as somebody does who waits for a seat to come free."""
    for _try in range(tries):
        result = submit_agenda(session.event, person, [session])
        if result.applied:
            break
    return result


def test_gives_freed_seat_to_line_not_to_newcomer():
    for _round in range(3):
        session, results = cancel_while_newcomers_try()
        assert errors(results) == []
        assert holders(session) == ["waiting0"]
        assert recount(session.event, swept=True) == []


def test_gives_each_freed_seat_once_when_more_are_freed_than_people_wait():
    for _round in range(3):
        session, results = cancel_while_newcomers_try(seats=3, waiting=2, newcomers=8)
        assert errors(results) == []
        assert {"waiting0", "waiting1"} <= set(holders(session))
        assert len(holders(session)) <= 3
        assert recount(session.event, swept=True) == []


def test_lets_newcomer_snatch_seat_when_the_line_does_not_count(row_locks, monkeypatch):
    count_without_the_line(monkeypatch)

    def race():
        session, _results = cancel_while_newcomers_try()
        return [name for name in holders(session) if name.startswith("newcomer")]

    assert appears(race)


def test_oversells_freed_seats_without_locks(without_locks):
    def race():
        session, results = cancel_while_newcomers_try(seats=3, waiting=2, newcomers=8)
        return errors(results) or recount(session.event)

    assert appears(race)


def many_to_promote(waiting=12, capacity=7):
    """Return a session where seats are free and people wait, as a killed process leaves it."""
    session, _names = full_session(1, waiting)
    # Nobody is served at a moment after the start, so this frees the seats and serves nobody.
    change_capacity(session, capacity, actor=SYSTEM, at=AFTER_START)
    assert SeatCount.objects.get(pk=session.seats_id).waiting == waiting
    return session


def test_promotes_each_once_with_several_workers():
    session = many_to_promote()
    results = at_once(*[partial(sweep, at=BEFORE + timedelta(days=1))] * 4)
    assert errors(results) == []
    assert holders(session) == ["holder0", *(f"waiting{number}" for number in range(6))]
    told = Counter(Notification.objects.filter(kind="promoted").values_list("contact", flat=True))
    assert sorted(told.values()) == [1] * 6
    assert recount(swept=True, at=BEFORE) == []


def test_promotes_wrongly_with_several_workers_without_locks(without_locks):
    def race():
        session = many_to_promote()
        results = at_once(*[partial(sweep, at=BEFORE + timedelta(days=1))] * 4)
        return errors(results) or recount(session.event)

    assert appears(race)


def invited_session(invited=3, waiting=9):
    """Return a session whose one seat is held for the first of the line."""
    session, _names = full_session(1, waiting, auto_register_waitlisted=False, invitations_per_slot=invited)
    mine = SessionRegistration.objects.filter(session=session)
    cancel_session_registrations(mine, actor=ATTENDEE, at=BEFORE + timedelta(hours=1))
    assert WaitlistItem.objects.invited().filter(session=session).count() == invited
    return session


def accept_at_once(session):
    moment = BEFORE + timedelta(hours=2)
    invited = WaitlistItem.objects.invited().filter(session=session).select_related("contact")
    acts = [partial(accept_invitation, item, contact=item.contact, at=moment) for item in invited]
    return at_once(*acts)


def test_gives_offered_seat_to_one_of_those_invited():
    for _round in range(3):
        session = invited_session()
        results = accept_at_once(session)
        assert [type(error) for error in errors(results)] == [InvitationGone] * 2
        assert len(holders(session)) == 1
        line = WaitlistItem.objects.eligible().filter(session=session).in_line()
        expected = sorted({f"waiting{number}" for number in range(9)} - set(holders(session)))
        assert [item.contact.email.split("-")[0] for item in line] == expected
        assert recount(session.event, swept=True, at=BEFORE) == []


def accept_twice():
    """The one person invited clicks twice; return the session and both answers."""
    session = invited_session(invited=1)
    item = WaitlistItem.objects.invited().get(session=session)
    moment = BEFORE + timedelta(hours=2)
    return session, at_once(*[partial(accept_invitation, item, contact=item.contact, at=moment)] * 2)


def test_gives_offered_seat_once_on_double_click():
    session, results = accept_twice()
    assert all(isinstance(error, InvitationGone) for error in errors(results))
    assert holders(session) == ["waiting0"]
    assert Notification.objects.filter(kind="promoted").count() == 1
    assert recount(session.event, swept=True, at=BEFORE) == []


def test_fails_on_double_click_of_accept_without_locks(without_locks):
    def race():
        session, results = accept_twice()
        unexpected = [error for error in errors(results) if not isinstance(error, InvitationGone)]
        return unexpected or recount(session.event)

    assert appears(race)


def expire_at_once(workers=4):
    """Several workers find the same invitations expired; return their answers."""
    moment = BEFORE + timedelta(days=2)
    return at_once(*[partial(expire_invitations, at=moment)] * workers, *[partial(sweep, at=moment)] * 2)


def test_expires_each_invitation_once_with_several_workers():
    sessions = [invited_session() for _number in range(3)]
    results = expire_at_once()
    assert errors(results) == []
    assert sum(results[:4]) == 3
    told = Notification.objects.filter(kind="invitation_expired").values_list("contact", flat=True)
    assert sorted(Counter(told).values()) == [1] * 9
    for session in sessions:
        invited = WaitlistItem.objects.invited().filter(session=session).in_line()
        assert [item.contact.email.split("-")[0] for item in invited] == ["waiting3", "waiting4", "waiting5"]
    assert recount(swept=True, at=BEFORE) == []


def test_expires_wrongly_with_several_workers_without_locks(without_locks):
    def race():
        session = invited_session()
        return errors(expire_at_once()) or recount(session.event)

    assert appears(race)


def accept_while_it_expires():
    """The one person invited accepts in the last second, by a clock that is a little behind; return what came of it."""
    session = invited_session(invited=1)
    item = WaitlistItem.objects.invited().get(session=session)
    deadline = item.invitation_slot.expires_at
    results = at_once(
        partial(accept_invitation, item, contact=item.contact, at=deadline - timedelta(seconds=1)),
        *[partial(expire_invitations, at=deadline)] * 2,
    )
    item.refresh_from_db()
    return session, item, results


def test_gives_seat_or_lets_it_expire_never_both():
    for _round in range(3):
        session, item, results = accept_while_it_expires()
        assert all(isinstance(error, InvitationGone) for error in errors(results))
        assert (item.status, len(holders(session))) in {("registered", 1), ("expired", 0)}
        assert recount(session.event, swept=True, at=BEFORE) == []


def test_gives_seat_that_expired_without_locks(without_locks):
    def race():
        session, _item, results = accept_while_it_expires()
        unexpected = [error for error in errors(results) if not isinstance(error, InvitationGone)]
        return unexpected or recount(session.event)

    assert appears(race)


def change_agenda_while_event_invitation_expires():
    """Who was offered a seat of the event changes the agenda in the moment the offer expires; return the answers."""
    event = EventFactory(capacity=1, auto_register_waitlisted=False)
    sessions = SessionFactory.create_batch(3, event=event, capacity=5)
    holder, hopeful = someone(sessions[0], "holder"), someone(sessions[0], "hopeful")
    submit_agenda(event, holder, sessions[:1], at=BEFORE)
    submit_agenda(event, hopeful, sessions[:1], wait=True, at=BEFORE + timedelta(minutes=1))
    mine = EventRegistration.objects.filter(contact__email=holder.email)
    cancel_event_registrations(mine, actor=ATTENDEE, at=BEFORE + timedelta(hours=1))
    assert WaitlistItem.objects.invited().filter(event=event, session=None).count() == 1
    moment = BEFORE + timedelta(days=2)
    ask = [partial(submit_agenda, event, hopeful, [one], wait=True, at=moment) for one in sessions[1:]]
    return event, at_once(*ask, partial(expire_invitations, at=moment))


def test_answers_agenda_changed_while_event_invitation_expires():
    for _round in range(8):
        event, results = change_agenda_while_event_invitation_expires()
        assert [error for error in errors(results) if not isinstance(error, Refusal)] == []
        assert recount(event) == []
