"""Mails about a seat for which another one was, or would have to be, given up."""

from __future__ import annotations

import icalendar
import pytest

from events.actors import SYSTEM
from registrations import actions
from registrations.models import EventRegistration, Notification
from sessions_app.models import Session
from tests.engine.acts import claim, contact_of, seat_of
from tests.factories import at
from tests.mail import scenes
from tests.mail.reading import as_sent, text_of
from tests.mail.scenes import BOB, CAROL
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db


def entries_of(notification: Notification) -> dict[str, str]:
    """Name and status of what the mail puts into the calendar."""
    parts = as_sent(notification).iter_attachments()
    (part,) = (each for each in parts if each.get_content_type() == "text/calendar")
    calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
    return {str(entry["SUMMARY"]): str(entry["STATUS"]) for entry in calendar.events}


def waits_for_overlapping(when_clashing: str) -> tuple[Session, Session]:
    """Carol holds one session and waits for a full one at the same time; then Bob gives his seat there up."""
    event = scenes.harbour_conf()
    wanted = scenes.seamanship(event, capacity=1)
    held = scenes.tides(event, starts_at=at(8, 30), ends_at=at(9, 30))
    claim(wanted, BOB)
    claim(held, CAROL)
    actions.join_waitlist(wanted, CAROL, when_clashing=WaitlistItem.WhenClashing(when_clashing))
    actions.cancel_session_registrations([seat_of(wanted, BOB)], actor=SYSTEM)
    return wanted, held


def test_swap_by_attendee_says_what_was_given_up_and_cancels_its_entry():
    event = scenes.harbour_conf()
    held, wanted = scenes.seamanship(event), scenes.tides(event)
    claim(held, BOB)
    actions.swap(EventRegistration.objects.get(contact=contact_of(BOB)), held, wanted)
    notification = scenes.latest("registered")
    text = text_of(as_sent(notification))
    assert "Given up for it, as you wished:\n\n* Practical seamanship" in text
    assert entries_of(notification) == {"Reading the tide": "CONFIRMED", "Practical seamanship": "CANCELLED"}


def test_swap_by_waitlist_says_what_was_given_up_and_cancels_its_entry():
    waits_for_overlapping("swap")
    notification = scenes.latest("promoted")
    mail = as_sent(notification)
    assert mail["Subject"] == "You have a seat: Practical seamanship, Mon 10:00"
    assert "Given up for it, as you wished:\n\n* Reading the tide" in text_of(mail)
    assert "Given up for it" in text_of(mail, "html")
    assert entries_of(notification) == {"Practical seamanship": "CONFIRMED", "Reading the tide": "CANCELLED"}


def test_invitation_to_what_overlaps_says_so():
    waits_for_overlapping("ask")
    mail = as_sent(scenes.latest("invited"))
    assert "It overlaps Reading the tide, which you hold." in text_of(mail)
    assert "It overlaps Reading the tide, which you hold." in text_of(mail, "html")
