"""Correcting an address: all that somebody has at the event becomes the right person's, and the old link ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.actors import Actor
from events.errors import AlreadyRegistered, Busy, Invalid, RegistrationCancelled
from events.models import Contact
from registrations import locks
from registrations.actions import (
    cancel_event_registrations,
    check_in,
    correct_address,
    join_waitlist,
    resend,
    submit_agenda,
)
from registrations.links import LinkExpired, manage_token, registration_from_token
from registrations.mail import send_due
from registrations.models import Activity, CalendarEntry, EventRegistration, Notification
from registrations.rules.people import Attendee
from tests.api.registering import rows_of_every_table
from tests.engine.acts import claim, contact_of, figures, fill, holders, mails, person, seat_of
from tests.factories import EventFactory, SessionFactory, UserFactory, at

TYPO, RIGHT = person("bbo"), "bob@example.org"


@pytest.fixture
def desk():
    return Actor.staff(UserFactory(is_superuser=True, email="ada@example.org"))


@pytest.fixture
def session(event):
    return SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(11))


@pytest.fixture
def full(event):
    full = SessionFactory(event=event, capacity=1, starts_at=at(12), ends_at=at(13))
    fill(full)
    return full


@pytest.fixture
def registration(event, session, full):
    """Somebody whose address was mistyped, with a seat, a place in line and an entry; one mail has left."""
    submit_agenda(event, TYPO, [session])
    send_due()
    claim(full, TYPO, wait=True)
    found = EventRegistration.objects.get(contact__email=TYPO.email)
    check_in(found, actor=Actor.staff(UserFactory(is_superuser=True)))
    return found


def refused(kind, act):
    """The act is refused, and no table is another."""
    before = rows_of_every_table()
    with pytest.raises(kind):
        act()
    assert rows_of_every_table() == before


def test_moves_all_that_somebody_has(registration, session, full, desk):
    corrected = correct_address(registration, " BOB@example.org ", actor=desk)
    bob = Contact.objects.get(email=RIGHT)
    assert (corrected.pk, corrected.contact, corrected.full_name) == (registration.pk, bob, "bbo Test")
    assert (bob.first_name, bob.last_name) == ("bbo", "Test")
    assert holders(session) == {"bob"}
    assert [item.session for item in bob.waitlist_items.open()] == [full]
    assert (figures(session), figures(full)) == ((1, 1, 0, 0), (1, 1, 0, 1))
    assert not Contact.objects.filter(email=TYPO.email).exists(), "nothing is left under the wrong address"


def test_ends_the_old_link_and_mails_a_new_one(registration, session, full, desk):
    old = manage_token(registration)
    correct_address(registration, RIGHT, actor=desk)
    with pytest.raises(LinkExpired):
        registration_from_token(old)
    unsent = Notification.objects.filter(sent_at=None)
    assert [(row.kind, row.contact.email) for row in unsent.order_by("id")] == [
        ("waitlisted", RIGHT),
        ("registered", RIGHT),
    ]
    told = unsent.get(kind="registered").payload
    assert (told["session_ids"], told["waitlisted_session_ids"]) == ([session.pk], [full.pk])


def test_mails_what_they_have_with_the_new_link(registration, session, desk, mailoutbox):
    mailoutbox.clear()
    correct_address(registration, RIGHT, actor=desk)
    send_due()
    letters = [mail for mail in mailoutbox if mail.to == [RIGHT]]
    fresh = EventRegistration.objects.get(pk=registration.pk)
    assert not [mail for mail in mailoutbox if TYPO.email in mail.to]
    assert any(manage_token(fresh) in mail.body and session.name in mail.body for mail in letters)


def test_tells_nobody_where_staff_say_so(registration, desk):
    before = len(mails())
    correct_address(registration, RIGHT, actor=desk, notify=False)
    assert len(mails()) == before


def test_records_who_corrected_it_and_keeps_the_story_together(registration, event, desk):
    before = list(Activity.objects.filter(contact=registration.contact).values_list("pk", flat=True))
    correct_address(registration, RIGHT, actor=desk)
    mine = Activity.objects.filter(contact__email=RIGHT, event=event)
    assert set(before) < set(mine.values_list("pk", flat=True))
    line = mine.get(verb="address_corrected")
    assert (line.actor, line.detail["from_contact_id"]) == ("ada@example.org", registration.contact_id)


@pytest.mark.parametrize("kind", ["registered", "waiting"])
def test_refuses_an_address_registered_there(registration, session, full, desk, kind):
    claim(SessionFactory(event=session.event) if kind == "registered" else full, person("bob"), wait=True)
    refused(AlreadyRegistered, lambda: correct_address(registration, RIGHT, actor=desk))


@pytest.mark.parametrize("address", ["nonsense", "x@erased.invalid", f"{'x' * 250}@example.org"])
def test_refuses_an_address_that_cannot_be(registration, desk, address):
    refused(Invalid, lambda: correct_address(registration, address, actor=desk))


def test_refuses_a_registration_that_ended(registration, desk):
    cancel_event_registrations([registration], actor=desk)
    refused(RegistrationCancelled, lambda: correct_address(registration, RIGHT, actor=desk))


def test_changes_nothing_for_the_same_address(registration, desk):
    before = rows_of_every_table()
    correct_address(registration, TYPO.email.upper(), actor=desk)
    after = rows_of_every_table()
    # The lock alone leaves its number.
    assert {name: rows for name, rows in after.items() if rows != before[name]}.keys() <= {"events.Contact"}


def test_leaves_what_they_have_elsewhere(registration, desk):
    elsewhere = SessionFactory(event=EventFactory(), starts_at=at(15), ends_at=at(16))
    claim(elsewhere, TYPO)
    send_due()
    correct_address(registration, RIGHT, actor=desk)
    assert holders(elsewhere) == {"bbo"}
    assert Contact.objects.filter(email=TYPO.email).exists()
    told = {entry.contact.email: entry.session.event for entry in CalendarEntry.objects.all()}
    assert told.items() >= {TYPO.email: elsewhere.event, RIGHT: registration.event}.items()


def test_accepts_what_overlaps_at_another_event(registration, session, desk):
    elsewhere = SessionFactory(event=EventFactory(), starts_at=at(10), ends_at=at(11))
    claim(elsewhere, person("bob"))
    correct_address(registration, RIGHT, actor=desk)
    assert seat_of(session, person("bob")).overlap_accepted
    assert not seat_of(elsewhere, person("bob")).overlap_accepted


def test_serves_who_was_passed_over_for_the_seat_that_moved(registration, session, desk):
    """Who held a seat in the way of one elsewhere holds it no more."""
    elsewhere = SessionFactory(
        event=EventFactory(), capacity=1, starts_at=at(10), ends_at=at(11), prevent_session_conflicts=True
    )
    [holder] = fill(elsewhere)
    submit_agenda(elsewhere.event, TYPO, [elsewhere], wait=True, when_clashing="skip")
    first = EventRegistration.objects.get(contact__email=holder.email)
    cancel_event_registrations([first], actor=desk)
    assert holders(elsewhere) == set(), "passed over while the seat is in the way"
    correct_address(registration, RIGHT, actor=desk)
    assert holders(elsewhere) == {"bbo"}


def test_who_waits_for_the_event_keeps_the_place(desk):
    event = EventFactory(session_level=False, capacity=0)
    join_waitlist(event, TYPO)
    join_waitlist(event, person("second"))
    mine = EventRegistration.objects.get(contact__email=TYPO.email)
    correct_address(mine, RIGHT, actor=desk)
    line = event.waitlist_items.open().in_line().values_list("contact__email", flat=True)
    assert list(line) == [RIGHT, "second@example.org"]


def test_who_came_before_and_cancelled_may_be_corrected_to(registration, session, desk):
    """An ended registration under the right address is no registration."""
    claim(SessionFactory(event=session.event), person("bob"))
    cancel_event_registrations([EventRegistration.objects.get(contact__email=RIGHT)], actor=desk)
    correct_address(registration, RIGHT, actor=desk)
    assert holders(session) == {"bob"}


def test_a_mail_sent_again_goes_to_the_right_address(registration, desk):
    sent = Notification.objects.filter(sent_at__isnull=False, kind="registered").get(
        contact=registration.contact
    )
    correct_address(registration, RIGHT, actor=desk)
    [again] = resend([sent], actor=desk)
    assert again.contact.email == RIGHT


def test_asks_to_try_again_where_somebody_else_corrects_at_once(registration, desk, monkeypatch):
    """Between the look at whose it is and the lock the registration went to somebody else."""
    lock = locks.lock_contact_and_attendee

    def while_another_corrects(contact_id, who):
        other, _made = Contact.objects.get_or_create(email="other@example.org")
        EventRegistration.objects.filter(pk=registration.pk).update(contact=other)
        return lock(contact_id, who)

    monkeypatch.setattr(locks, "lock_contact_and_attendee", while_another_corrects)
    refused(Busy, lambda: correct_address(registration, RIGHT, actor=desk))


def test_cancelling_asks_to_try_again_where_the_address_is_corrected_at_once(registration, desk, monkeypatch):
    """Cancelled under the lock of who it was, somebody could take a seat for who it is at the same instant."""
    lock = locks.lock_contacts

    def while_another_corrects(ids):
        other, _made = Contact.objects.get_or_create(email="other@example.org")
        EventRegistration.objects.filter(pk=registration.pk).update(contact=other)
        return lock(ids)

    monkeypatch.setattr(locks, "lock_contacts", while_another_corrects)
    refused(Busy, lambda: cancel_event_registrations([registration], actor=desk))


def test_a_claim_by_the_old_link_gives_the_wrong_address_nothing(registration, event, desk):
    """Somebody who opened the page before is told that it ended, and is not registered anew."""
    before = Attendee.of(registration)
    correct_address(registration, RIGHT, actor=desk)
    other = SessionFactory(event=event, starts_at=at(16), ends_at=at(16) + timedelta(minutes=30))
    refused(RegistrationCancelled, lambda: submit_agenda(event, before, [other]))
    assert contact_of(person("bob")).event_registrations.count() == 1
