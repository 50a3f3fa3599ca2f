"""What has to happen for each mail to be written: small stories, told through the actions."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from events.actors import SYSTEM, Actor
from events.models import Event, Room
from registrations import actions
from registrations.models import Notification
from registrations.moves import TimeAndPlace
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.engine.acts import claim, contact_of, fill, seat_of
from tests.factories import (
    BuildingFactory,
    EventFactory,
    PassFactory,
    RoomFactory,
    SessionFactory,
    UserFactory,
    at,
)
from waitlists.models import WaitlistItem

Kind = Notification.Kind
BOB = Attendee("bob@example.org", "Bob", "Baker")
CAROL = Attendee("carol@example.org", "Carol", "Carter")
LONG_AGO = datetime(2026, 1, 5, 12, tzinfo=at(0).tzinfo)


def harbour_conf(**fields: object) -> Event:
    """The event of these stories: in Rotterdam, so that its clock is not UTC."""
    hall = BuildingFactory(name="Harbour Hall", address="Quay 12\n3011 AA Rotterdam")
    words = {"name": "Harbour Conf", "timezone": "Europe/Amsterdam", "contact_email": "info@harbour.example"}
    return EventFactory(**{**words, "building": hall, "accent_colour": "#1d4f91", **fields})


def seamanship(event: Event | None = None, **fields: object) -> Session:
    """“Practical seamanship”, Monday 10:00 in Rotterdam."""
    event = event or harbour_conf()
    words = {"name": "Practical seamanship", "starts_at": at(8), "ends_at": at(9), "capacity": 2}
    return SessionFactory(
        **{**words, "event": event, "building": event.building, "room": room_2(event), **fields}
    )


def room_2(event: Event) -> Room:
    """The room of these stories."""
    return Room.objects.filter(name="Room 2").first() or RoomFactory(name="Room 2", building=event.building)


def tides(event: Event, **fields: object) -> Session:
    """“Reading the tide”, the same day at noon."""
    words = {"name": "Reading the tide", "starts_at": at(10), "ends_at": at(11), "event": event}
    return SessionFactory(**{**words, "building": event.building, **fields})


def staff() -> Actor:
    """A member of staff who may do everything."""
    return Actor.staff(UserFactory(is_superuser=True))


def latest(kind: str) -> Notification:
    """The newest outbox row of a kind."""
    return Notification.objects.filter(kind=kind).latest("id")


def item_of(session: Session | None, who: Attendee) -> WaitlistItem:
    """Somebody's newest place in line."""
    return WaitlistItem.objects.filter(session=session, contact__email=who.email).latest("id")


def registered() -> Notification:
    """Bob takes one session."""
    claim(seamanship(), BOB)
    return latest(Kind.REGISTERED)


def registered_for_several() -> Notification:
    """Bob takes two sessions, waits for a third and holds a fourth already."""
    event = harbour_conf()
    full = seamanship(event, name="Knots under load", starts_at=at(13), ends_at=at(14), capacity=1)
    fill(full)
    claim(tides(event, name="Charts without paper", starts_at=at(15), ends_at=at(16)), BOB)
    actions.submit_agenda(event, BOB, [seamanship(event), tides(event), full], wait=True)
    return latest(Kind.REGISTERED)


def registered_without_sessions() -> Notification:
    """Bob registers first and chooses later."""
    actions.submit_agenda(harbour_conf(sessions_required=False), BOB, [])
    return latest(Kind.REGISTERED)


def registered_by_pass() -> Notification:
    """Bob buys a pass at event level."""
    event = harbour_conf(session_level=False, capacity=5)
    actions.register_for_event(event, BOB, PassFactory(event=event, name="Deck pass"))
    return latest(Kind.REGISTERED)


def waitlisted() -> Notification:
    """Carol is second in line."""
    session = seamanship()
    fill(session)
    for who in (BOB, CAROL):
        actions.join_waitlist(session, who)
    return latest(Kind.WAITLISTED)


def registered_to_wait() -> Notification:
    """Everything Carol chose is full, and she is new."""
    event = harbour_conf(auto_register_waitlisted=False)
    sessions = [seamanship(event, capacity=1), tides(event, capacity=1)]
    for session in sessions:
        fill(session)
    actions.submit_agenda(event, CAROL, sessions, wait=True)
    return latest(Kind.REGISTERED)


def waitlisted_for_several() -> Notification:
    """Everything that Carol, who is registered already, chose besides is full."""
    event = registered_to_wait().event
    later = seamanship(event, name="Knots under load", starts_at=at(13), ends_at=at(14), capacity=0)
    latest_one = tides(event, name="Lights at night", starts_at=at(15), ends_at=at(16), capacity=0)
    actions.submit_agenda(event, CAROL, [later, latest_one], wait=True)
    return latest(Kind.WAITLISTED)


def waitlisted_for_event() -> Notification:
    """The event is full: Carol waits for it, her session on hold."""
    event = harbour_conf(capacity=1)
    session = seamanship(event)
    claim(tides(event), BOB)
    actions.submit_agenda(event, CAROL, [session], wait=True)
    return latest(Kind.WAITLISTED)


def promoted() -> Notification:
    """Bob gives up the seat that Carol waits for."""
    session = seamanship(capacity=1)
    claim(session, BOB)
    actions.join_waitlist(session, CAROL)
    actions.cancel_session_registrations([seat_of(session, BOB)], actor=SYSTEM)
    return latest(Kind.PROMOTED)


def drawn(*, is_winner: bool = True, has_line: bool = True) -> Notification:
    """Bob and Carol wish for the one seat; the mail is that of whoever has it, or of the other."""
    session = seamanship(harbour_conf(sessions_required=False, waitlist_enabled=has_line), capacity=1)
    event, alice, now = session.event, Actor.staff(UserFactory(is_superuser=True)), timezone.now()
    opens, closes = now - timedelta(days=2), now - timedelta(days=1)
    draw = actions.plan_draw(event, [session], opens, closes, "Lottery", actor=alice, at=opens)
    for who in (BOB, CAROL):
        registration = actions.submit_agenda(event, who, [], at=opens).registration
        assert registration is not None
        actions.state_wishes(registration, draw, [(session, None)], at=opens)
    actions.freeze(draw)
    actions.enter_public_number(draw, "12 7", actor=alice)
    actions.publish(draw, actor=alice)
    rows = Notification.objects.filter(kind=Kind.DRAWN)
    return next(row for row in rows if bool(row.payload["session_ids"]) is is_winner)


def drawn_to_wait() -> Notification:
    """As `drawn`, of whoever is in line instead."""
    return drawn(is_winner=False)


def drawn_nothing() -> Notification:
    """As `drawn`, where there is no line either."""
    return drawn(is_winner=False, has_line=False)


def promoted_at_event() -> Notification:
    """Bob gives up the event that Carol waits for."""
    waitlisted_for_event()
    registration = contact_of(BOB).event_registrations.get()
    actions.cancel_event_registrations([registration], actor=SYSTEM)
    return latest(Kind.PROMOTED)


def invited(*, together: int = 1) -> Notification:
    """As `promoted`, but people are asked first."""
    session = seamanship(
        harbour_conf(auto_register_waitlisted=False, invitations_per_slot=together), capacity=1
    )
    claim(session, BOB)
    actions.join_waitlist(session, CAROL)
    if together > 1:
        actions.join_waitlist(session, Attendee("dave@example.org", "Dave"))
    actions.cancel_session_registrations([seat_of(session, BOB)], actor=SYSTEM)
    return latest(Kind.INVITED)


def invitation_taken() -> Notification:
    """Carol accepts what Dave was offered as well."""
    session = invited(together=2).session
    actions.accept_invitation(item_of(session, CAROL), contact=contact_of(CAROL))
    return latest(Kind.INVITATION_TAKEN)


def invitation_expired() -> Notification:
    """Carol does not answer."""
    invited()
    actions.expire_invitations(at=timezone.now() + timedelta(days=2))
    return latest(Kind.INVITATION_EXPIRED)


def cancelled() -> Notification:
    """Bob gives his seat back."""
    session = seamanship()
    claim(session, BOB)
    actions.submit_agenda(session.event, BOB, [], [session])
    return latest(Kind.CANCELLED)


def cancelled_by_staff() -> Notification:
    """Staff take Bob's seat away and say why."""
    session = seamanship()
    claim(session, BOB)
    actions.cancel_session_registrations([seat_of(session, BOB)], actor=staff(), reason="Room is too small")
    return latest(Kind.CANCELLED)


def cancelled_everything() -> Notification:
    """Bob gives back all he has at the event."""
    event = harbour_conf()
    actions.submit_agenda(event, BOB, [seamanship(event), tides(event)])
    actions.cancel_event_registrations([contact_of(BOB).event_registrations.get()], actor=SYSTEM)
    return latest(Kind.CANCELLED)


def removed_from_waitlist() -> Notification:
    """Staff end Carol's place in line."""
    session = waitlisted().session
    actions.remove_from_waitlist([item_of(session, CAROL)], actor=staff())
    return latest(Kind.CANCELLED)


def move(session: Session, **changes: object) -> None:
    """Save the session with other facts, as the admin does."""
    before = TimeAndPlace.of(session)
    for name, value in changes.items():
        setattr(session, name, value)
    with transaction.atomic():
        session.save()
        actions.within_form_move_session(before, session, actor=staff())


def session_changed() -> Notification:
    """Bob's session moves onto another one of his."""
    event = harbour_conf()
    session = seamanship(event)
    actions.submit_agenda(event, BOB, [session, tides(event)])
    move(session, starts_at=at(10, 30), ends_at=at(11, 30))
    return latest(Kind.SESSION_CHANGED)


def session_changed_place() -> Notification:
    """Bob's session moves to another room."""
    session = seamanship()
    claim(session, BOB)
    move(session, room=RoomFactory(name="Room 5", building=session.building))
    return latest(Kind.SESSION_CHANGED)


def session_renamed() -> Notification:
    """Bob's session gets another title."""
    session = seamanship()
    claim(session, BOB)
    move(session, name="Seamanship for all")
    return latest(Kind.SESSION_CHANGED)


def sessions_changed() -> Notification:
    """One of Bob's sessions moves twice, the other once, within a minute."""
    event = harbour_conf()
    first, second = seamanship(event), tides(event)
    actions.submit_agenda(event, BOB, [first, second])
    move(first, starts_at=at(12), ends_at=at(13))
    move(second, starts_at=at(14), ends_at=at(15))
    move(first, room=RoomFactory(name="Room 5", building=first.building))
    return Notification.objects.filter(kind=Kind.SESSION_CHANGED).earliest("id")


def session_changed_for_waiting() -> Notification:
    """The session Carol waits for moves."""
    move(waitlisted().session, starts_at=at(10, 30), ends_at=at(11, 30))
    return Notification.objects.get(kind=Kind.SESSION_CHANGED, contact=contact_of(CAROL))


def session_changed_for_invited() -> Notification:
    """The session Carol is invited to changes its title."""
    move(invited().session, name="Seamanship for all")
    return latest(Kind.SESSION_CHANGED)


def sessions_changed_for_waiting() -> Notification:
    """One session that Bob has a seat in and one that he waits for change within a minute."""
    event = harbour_conf()
    mine, full = seamanship(event), tides(event, capacity=0)
    actions.submit_agenda(event, BOB, [mine, full], wait=True)
    room = RoomFactory(name="Room 5", building=mine.building)
    for session in (mine, full):
        move(session, room=room, building=mine.building)
    return Notification.objects.filter(kind=Kind.SESSION_CHANGED).earliest("id")


def session_cancelled() -> Notification:
    """Bob's session does not take place; another has free seats."""
    event = harbour_conf()
    session = seamanship(event)
    tides(event)
    claim(session, BOB)
    actions.cancel_session(session, actor=staff(), reason="The speaker is ill")
    return latest(Kind.SESSION_CANCELLED)


def session_cancelled_for_waiting() -> Notification:
    """The session Carol waits for does not take place."""
    session = waitlisted().session
    actions.cancel_session(session, actor=staff())
    return Notification.objects.get(kind=Kind.SESSION_CANCELLED, contact=contact_of(CAROL))


def event_cancelled() -> Notification:
    """Nothing takes place."""
    session = seamanship()
    claim(session, BOB)
    actions.cancel_event(session.event, actor=staff(), reason="Storm")
    return latest(Kind.EVENT_CANCELLED)


def link_requested() -> Notification:
    """Bob asks for his link."""
    session = seamanship()
    claim(session, BOB)
    actions.request_link(session.event, BOB.email)
    return latest(Kind.LINK_REQUESTED)


def address_code() -> Notification:
    """Bob asks to be registered with another address."""
    seat = claim(seamanship(), BOB)
    assert seat.registration is not None
    actions.mail_address_code(seat.registration, "bob@new.example")
    return latest(Kind.ADDRESS_CODE)


def reminder() -> Notification:
    """Bob's event begins tomorrow."""
    session = seamanship()
    claim(session, BOB)
    actions.write_reminders(session.event.starts_at - timedelta(hours=20))
    return latest(Kind.REMINDER)


def reminder_of_session() -> Notification:
    """Bob's session begins in ten minutes."""
    session = seamanship()
    claim(session, BOB)
    no_paragraphs = actions.Mails(event_hours=None, session_minutes=10, paragraphs={})
    actions.change_mails(session.event, no_paragraphs, actor=staff())
    actions.write_reminders(session.starts_at - timedelta(minutes=10))
    return latest(Kind.REMINDER)


def message() -> Notification:
    """Staff write to Bob."""
    session = seamanship()
    claim(session, BOB)
    body = "Hello {first_name}, **bring boots** to:\n\n{sessions}"
    words = actions.Words(uuid.uuid4(), "Boots, {first_name}", body)
    actions.send_message(session, [contact_of(BOB).pk], words, actor=staff())
    return latest(Kind.MESSAGE)


SCENES: dict[str, Callable[[], Notification]] = {
    scene.__name__: scene
    for scene in (
        *(registered, registered_for_several, registered_without_sessions, registered_by_pass),
        registered_to_wait,
        *(waitlisted, waitlisted_for_several, waitlisted_for_event, promoted, promoted_at_event),
        *(drawn, drawn_to_wait, drawn_nothing),
        *(invited, invitation_taken, invitation_expired),
        *(cancelled, cancelled_by_staff, cancelled_everything, removed_from_waitlist),
        *(session_changed, session_changed_place, session_renamed, sessions_changed),
        *(session_changed_for_waiting, session_changed_for_invited, sessions_changed_for_waiting),
        *(session_cancelled, session_cancelled_for_waiting),
        *(event_cancelled, link_requested, address_code, reminder, reminder_of_session, message),
    )
}
