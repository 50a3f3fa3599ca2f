"""A person's own later changes are one mail, ten minutes after the first; what calendars are told equals the seats."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import icalendar
import pytest
from django.core import mail

from events.actors import SYSTEM
from registrations import actions
from registrations.mail.sending import send_due
from registrations.models import EventRegistration, Notification
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.engine.acts import fill
from tests.factories import EventFactory, SessionFactory, at

pytestmark = pytest.mark.django_db
BOB = Attendee("bob@example.com", "Bob", "Baker")
NOW = at(9, day=-30)


def minute(number: float) -> datetime:
    return NOW + timedelta(minutes=number)


@pytest.fixture
def sessions() -> list[Session]:
    """Four sessions one after the other; Bob has a seat in the first, and has been told so."""
    event = EventFactory(name="Harbour Conf")
    found = [SessionFactory(event=event, name=name) for name in ("Knots", "Tides", "Ropes", "Charts")]
    change(found[:1], [], 0)
    assert subjects(0) == ["You have a seat: Knots, Mon 09:00"]
    return found


def change(add: list[Session], drop: list[Session], when: float, **more: Any) -> None:
    session = [*add, *drop][0]
    actions.submit_agenda(session.event, BOB, add, drop, wait=True, at=minute(when), **more)


def subjects(when: float) -> list[str]:
    """What leaves at this minute."""
    before = len(mail.outbox)
    send_due(at=minute(when))
    return [str(message.subject) for message in mail.outbox[before:]]


def test_changes_of_ten_minutes_are_one_mail_with_one_calendar_file(sessions: list[Session]) -> None:
    knots, tides, ropes, charts = sessions
    fill(charts)
    send_due(at=minute(0.5))
    change([tides], [], 1)
    change([ropes], [], 3)
    change([], [knots], 5)
    change([charts], [], 9)
    assert subjects(10.9) == []
    assert subjects(11) == ["Your agenda has changed: Harbour Conf"]
    body = str(mail.outbox[-1].body)
    new, given_up = body.split("Given up:")
    for name in ("Tides", "Ropes", "Charts"):
        assert name in new
    assert "Knots" in given_up
    assert "You are 1st in line" in new
    assert "Knots" in str(mail.outbox[-1].alternatives[0][0])
    assert statuses(mail.outbox[-1]) == {"Tides": "CONFIRMED", "Ropes": "CONFIRMED", "Knots": "CANCELLED"}
    assert subjects(60) == []
    assert not Notification.objects.filter(sent_at=None).exists()


def test_single_change_is_told_in_its_own_words(sessions: list[Session]) -> None:
    change([sessions[1]], [], 1)
    assert subjects(11) == ["You have a seat: Tides, Mon 10:00"]
    change([], [sessions[1]], 20)
    assert subjects(30) == ["Your seat is cancelled: Tides, Mon 10:00"]


def test_whoever_leaves_a_line_is_not_told_that_a_seat_was_cancelled(sessions: list[Session]) -> None:
    fill(sessions[3])
    send_due(at=minute(0.5))
    change([sessions[3]], [], 1)
    assert subjects(11) == ["You are on the waitlist, number 1 in line: Charts, Mon 12:00"]
    change([], [sessions[3]], 12)
    assert subjects(60) == []
    change([sessions[1]], [], 70)
    assert subjects(80) == ["You have a seat: Tides, Mon 10:00"]


@pytest.mark.parametrize("drops_first", [True, False])
def test_what_comes_to_nothing_is_not_told(sessions: list[Session], drops_first: bool) -> None:
    session = sessions[0] if drops_first else sessions[1]
    for number, is_drop in enumerate((drops_first, not drops_first)):
        change([] if is_drop else [session], [session] if is_drop else [], 1 + number)
    assert subjects(60) == []
    rows = Notification.objects.filter(sent_at=None)
    assert {row.last_error for row in rows} == {"No longer true: the changes came to nothing"}


def test_what_others_do_is_told_at_once_and_what_is_cancelled_ends_the_rest(sessions: list[Session]) -> None:
    change([sessions[1]], [], 1)
    change([sessions[2]], [], 2)
    registration = EventRegistration.objects.get(contact__email=BOB.email)
    seat = registration.session_registrations.get(session=sessions[0])
    actions.cancel_session_registrations([seat], actor=SYSTEM, at=minute(3))
    assert subjects(3) == ["Your seat is cancelled: Knots, Mon 09:00"]
    actions.cancel_event_registrations([registration], actor=SYSTEM, at=minute(4))
    assert subjects(4) == ["Your registration is cancelled: Harbour Conf"]
    assert subjects(60) == []


def test_changes_wait_for_the_mail_that_tells_of_them_even_when_it_fails(
    sessions: list[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    change([sessions[1]], [], 1)
    change([sessions[2]], [], 2)
    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", _refuse)
        assert subjects(12) == []
    assert subjects(12.5) == []
    assert subjects(20) == ["Your agenda has changed: Harbour Conf"]


def _refuse(*args: Any) -> None:
    raise ValueError("not now")


def statuses(message: Any) -> dict[str, str]:
    """What the mail's calendar file says of each session."""
    return {str(entry["SUMMARY"]): str(entry["STATUS"]) for entry in entries_of(message)}


def entries_of(message: Any) -> list[icalendar.Event]:
    files = [part for part in message.attachments if part.get_content_type() == "text/calendar"]
    return [
        each for file in files for each in icalendar.Calendar.from_ical(file.get_payload(decode=True)).events
    ]


@pytest.mark.parametrize("seed", range(4))
def test_calendar_built_from_all_mails_equals_the_seats(sessions: list[Session], seed: int) -> None:
    """Whatever is swapped, removed and taken back, within seconds or hours; mails applied as calendars apply them."""
    dice, when, calendar = random.Random(seed), 0.0, {}
    for _step in range(12):
        when += dice.choice([0.1, 0.5, 4, 15])
        registration = EventRegistration.objects.get(contact__email=BOB.email)
        held = {seat.session for seat in registration.session_registrations.filter(cancelled_at=None)}
        free = [session for session in sessions if session not in held]
        add = dice.sample(free, min(len(free), dice.randint(0, 2)))
        drop = dice.sample(sorted(held, key=lambda each: each.pk), min(len(held), dice.randint(0, 1)))
        if add or drop:
            change(add, drop, when)
        send_due(at=minute(when))
    send_due(at=minute(when + 30))
    for message in mail.outbox:
        for entry in entries_of(message):
            known = calendar.get(str(entry["UID"]))
            if known is None or entry["SEQUENCE"] >= known["SEQUENCE"]:
                calendar[str(entry["UID"])] = entry
    registration = EventRegistration.objects.get(contact__email=BOB.email)
    held_now = {seat.session.name for seat in registration.session_registrations.filter(cancelled_at=None)}
    assert {str(each["SUMMARY"]) for each in calendar.values() if each["STATUS"] == "CONFIRMED"} == held_now
