"""A mail that would tell something that is not so any more is not sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from events.actors import SYSTEM
from registrations import actions
from registrations.mail import NoLongerTrue, render
from registrations.models import EventRegistration, Notification
from tests.engine.acts import claim
from tests.factories import SessionFactory, at
from tests.mail import scenes
from tests.mail.scenes import BOB, CAROL, SCENES
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db

# State is read again before sending: each line undoes what the mail would tell.


def _give_up(notification: Notification) -> None:
    registration = EventRegistration.objects.active().get(contact=notification.contact)
    actions.cancel_event_registrations([registration], actor=SYSTEM, notify=False)


def _leave(notification: Notification) -> None:
    for item in WaitlistItem.objects.open().filter(contact=notification.contact):
        actions.leave_waitlist(item, contact=notification.contact)


def _accept(notification: Notification) -> None:
    item = WaitlistItem.objects.invited().get(contact=notification.contact)
    actions.accept_invitation(item, contact=notification.contact)


def _register_again(notification: Notification) -> None:
    session = notification.session or SessionFactory(
        event=notification.event, starts_at=at(12), ends_at=at(13)
    )
    claim(session, BOB, wait=True)
    for pk in notification.payload.get("session_ids", []):
        claim(notification.event.sessions.get(pk=pk), BOB)


def _join_again(notification: Notification) -> None:
    who = CAROL if notification.contact.email == CAROL.email else BOB
    actions.join_waitlist(notification.session, who)


def _move_back(notification: Notification) -> None:
    scenes.move(notification.session, starts_at=at(8), ends_at=at(9))


@pytest.mark.parametrize(
    ("story", "undo"),
    [
        ("registered", _give_up),
        ("registered_for_several", _give_up),
        ("registered_by_pass", _give_up),
        ("waitlisted", _leave),
        ("waitlisted_for_several", _leave),
        ("waitlisted_for_event", _leave),
        ("promoted", _give_up),
        ("promoted_at_event", _give_up),
        ("invited", _accept),
        ("invited", _leave),
        ("invitation_taken", _leave),
        ("cancelled_by_staff", _register_again),
        ("cancelled_everything", _register_again),
        ("removed_from_waitlist", _join_again),
        ("session_changed", _give_up),
        ("session_changed", _move_back),
        ("session_changed_for_waiting", _leave),
        ("session_changed_for_invited", _leave),
        ("link_requested", _give_up),
    ],
)
def test_is_not_sent_when_no_longer_true(story: str, undo: Callable[[Notification], None]):
    notification = SCENES[story]()
    undo(notification)
    with pytest.raises(NoLongerTrue):
        render(notification)
    assert render(notification, checked=False).subject


def test_invitation_is_not_sent_after_its_deadline():
    notification = scenes.invited()
    with pytest.raises(NoLongerTrue):
        render(notification, at=timezone.now() + timedelta(days=2))
