"""What a calendar was told is put right by every later mail, and by the feed, though a mail in between was dropped."""

from __future__ import annotations

import icalendar
import pytest
from django.core import mail
from django.utils import timezone

from events.actors import ATTENDEE, SYSTEM
from registrations import actions
from registrations.calendar import agenda_ics
from registrations.mail import send_due
from registrations.models import CalendarEntry, EventRegistration, Notification
from registrations.notifications import GATHERED, GATHERINGS
from registrations.rules.people import Attendee
from tests.engine.acts import claim, contact_of, seat_of
from tests.factories import at
from tests.mail import scenes
from tests.mail.calendars import Calendar
from tests.mail.scenes import BOB

pytestmark = pytest.mark.django_db


def entries_in(data) -> dict[str, str]:
    return {str(each["SUMMARY"]): str(each["STATUS"]) for each in icalendar.Calendar.from_ical(data).events}


def sent() -> list[dict[str, str]]:
    """What each mail that leaves now puts into the calendar."""
    before = len(mail.outbox)
    # Also what waits some minutes for the person's next change.
    send_due(at=timezone.now() + GATHERINGS[GATHERED])
    return [_of(message) for message in mail.outbox[before:]]


def _of(message) -> dict[str, str]:
    parts = [
        part for part in message.attachments if "calendar" in str(getattr(part, "get_content_type", str)())
    ]
    return entries_in(parts[0].get_payload(decode=True)) if parts else {}


def feed() -> dict[str, str]:
    return entries_in(agenda_ics(registration()))


def registration() -> EventRegistration:
    return EventRegistration.objects.get(contact=contact_of(BOB))


@pytest.fixture
def swapped():
    """Bob's calendar knows Practical seamanship; he swaps it, and gives the other up within seconds."""
    event = scenes.harbour_conf()
    first, second = scenes.seamanship(event), scenes.tides(event)
    claim(first, BOB)
    assert sent() == [{"Practical seamanship": "CONFIRMED"}]
    actions.swap(registration(), first, second)
    actions.submit_agenda(event, BOB, [], [second])
    return first, second


def test_swap_and_removal_within_seconds_leave_no_ghost(swapped):
    assert feed() == {"Practical seamanship": "CANCELLED"}
    assert sent() == [{"Practical seamanship": "CANCELLED"}]
    assert feed() == {}


def test_corrected_once_and_not_again(swapped):
    first, _second = swapped
    sent()
    actions.request_link(first.event, BOB.email)
    assert sent() == [{}]


def test_any_later_mail_puts_it_right():
    session = scenes.seamanship()
    claim(session, BOB)
    sent()
    actions.cancel_session_registrations([seat_of(session, BOB)], actor=SYSTEM, notify=False)
    actions.request_link(session.event, BOB.email)
    assert sent() == [{"Practical seamanship": "CANCELLED"}]


def test_later_mail_tells_of_a_move_that_nobody_told():
    session = scenes.seamanship()
    claim(session, BOB)
    sent()
    scenes.move(session, starts_at=at(14), ends_at=at(15))
    Notification.objects.filter(sent_at=None).delete()
    actions.request_link(session.event, BOB.email)
    assert sent() == [{"Practical seamanship": "CONFIRMED"}]
    session.refresh_from_db()
    assert CalendarEntry.objects.get().sequence == session.calendar_sequence


def test_seat_taken_again_is_told_again(swapped):
    first, _second = swapped
    sent()
    claim(first, BOB)
    assert sent() == [{"Practical seamanship": "CONFIRMED"}]
    assert feed() == {"Practical seamanship": "CONFIRMED"}


def test_seat_that_no_mail_told_of_is_not_in_the_feed_as_cancelled():
    session = scenes.seamanship()
    claim(session, BOB)
    actions.submit_agenda(session.event, BOB, [], [session])
    assert feed() == {}


def test_erasing_forgets_what_a_calendar_was_told(swapped):
    sent()
    actions.erase_contact(contact_of(BOB), actor=SYSTEM)
    assert not CalendarEntry.objects.exists()


def test_session_that_moved_while_it_was_given_up_is_put_right_although_nothing_changed():
    """Found by the stories of `test_calendars_equal_seats`: the swap back comes to nothing, but not in the calendar."""
    event = scenes.harbour_conf()
    first, second = scenes.seamanship(event), scenes.tides(event)
    claim(first, BOB)
    sent()
    actions.swap(registration(), first, second)
    scenes.move(first, starts_at=at(14), ends_at=at(15))
    actions.swap(registration(), second, first)
    assert sent() == [{"Practical seamanship": "CONFIRMED"}]
    assert mail.outbox[-1].subject == "Your agenda is up to date again: Harbour Conf"
    assert sent() == []


def uids_in_feed() -> dict[str, str]:
    entries = icalendar.Calendar.from_ical(agenda_ics(registration())).events
    return {str(each["SUMMARY"]): str(each["UID"]) for each in entries}


def corrected(email: str) -> EventRegistration:
    return actions.correct_address(EventRegistration.objects.active().get(), email, actor=SYSTEM)


def test_entries_are_the_same_after_the_address_was_corrected_there_and_back():
    session = scenes.seamanship()
    claim(session, BOB)
    sent()
    before = uids_in_feed()
    corrected("bob@new.example")
    assert sent() == [{"Practical seamanship": "CONFIRMED"}]
    [part] = [each for each in mail.outbox[-1].attachments if "calendar" in each.get_content_type()]
    [entry] = icalendar.Calendar.from_ical(part.get_payload(decode=True)).events
    assert str(entry["UID"]) == before["Practical seamanship"]
    corrected(BOB.email)
    assert uids_in_feed() == before
    assert sent() == [{"Practical seamanship": "CONFIRMED"}]


def test_of_a_session_that_both_contacts_knew_the_entry_that_takes_place_is_left():
    """Bob gave it up under his own address, and came back with a mistyped one."""
    session = scenes.seamanship()
    claim(session, BOB)
    sent()
    actions.cancel_event_registrations([registration()], actor=ATTENDEE)
    sent()
    claim(session, Attendee("bbo@example.com", "Bob", "Baker"))
    sent()
    typo = CalendarEntry.objects.get(contact__email="bbo@example.com").identity
    corrected(BOB.email)
    assert sent() == [{"Practical seamanship": "CONFIRMED"}]
    [entry] = CalendarEntry.objects.all()
    assert (entry.contact.email, entry.identity, entry.is_cancelled) == (BOB.email, typo, False)
    assert Calendar().take(mail.outbox).shown == Calendar().take([mail.outbox[-1]]).shown
