"""An invitation answered twice, or too late: what is said is what is so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from events.actors import SYSTEM
from events.errors import InvitationGone
from events.models import Event
from registrations.actions import (
    accept_invitation,
    cancel_session_registrations,
    decline_invitation,
    join_waitlist,
)
from registrations.actions.lines.answered import gone
from registrations.mail.rendering import render
from registrations.models import EventRegistration, Notification, SessionRegistration
from registrations.rules.people import Attendee
from tests.engine.acts import claim, fill, mails, people, seat_of
from tests.factories import EventFactory, SessionFactory
from tests.website.clicks import mine, text
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def invited():
    """One seat, offered to two."""
    event = EventFactory(auto_register_waitlisted=False, invitations_per_slot=2)
    session = SessionFactory(event=event, capacity=1)
    [holder] = fill(session)
    for who in people(2):
        claim(session, who, wait=True)
    cancel_session_registrations([seat_of(session, holder)], actor=SYSTEM)
    return list(WaitlistItem.objects.invited().in_line())


def address(item):
    registration = EventRegistration.objects.get(event=item.event, contact=item.contact)
    return mine("invitation", registration, item.uuid)


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_second_accept_of_the_one_who_has_the_seat_is_a_success(client, invited):
    first, _second = invited
    answers = [client.post(address(first), {"answer": "accept"}) for _time in range(2)]
    assert [each.status_code for each in answers] == [302, 302]
    assert said(answers[0])[0] == said(answers[1])[-1]
    assert "you have a seat" in said(answers[1])[-1]
    assert SessionRegistration.objects.active().count() == 1
    assert len(mails("promoted")) == 1


def test_second_decline_is_a_success(client, invited):
    first, _second = invited
    answers = [client.post(address(first), {"answer": "decline"}) for _time in range(2)]
    assert [each.status_code for each in answers] == [302, 302]
    with pytest.raises(InvitationGone):
        accept_invitation(first, contact=first.contact)


@pytest.mark.parametrize("method", ["get", "post"])
def test_beaten_person_reads_that_the_place_is_kept(client, invited, method):
    first, second = invited
    accept_invitation(first, contact=first.contact)
    page = getattr(client, method)(address(second), {"answer": "accept"})
    assert page.status_code == 410
    assert "You keep your place in line" in text(page)
    assert "join the waitlist again" not in text(page)
    second.refresh_from_db()
    assert second.status == "waiting"


def withdraw(item):
    WaitlistItem.objects.filter(pk=item.pk).update(
        status="withdrawn", invitation_slot=None, closed_at=timezone.now()
    )
    return WaitlistItem.objects.get(pk=item.pk)


def test_whoever_is_seated_meanwhile_is_not_sent_into_line(invited):
    first, _second = invited
    seat = accept_invitation(first, contact=first.contact)
    assert str(gone(withdraw(first))) == "You have this seat already, and need do nothing."
    cancel_session_registrations([seat], actor=SYSTEM)
    assert "You can join the waitlist again" in str(gone(WaitlistItem.objects.get(pk=first.pk)))


def test_whoever_waits_again_is_not_told_to_join(invited):
    first, _second = invited
    old = withdraw(first)
    join_waitlist(old.session, Attendee(old.contact.email, "Guest", ""))
    assert "You wait in line again, and need do nothing" in str(gone(old))


@pytest.mark.parametrize(
    "changed",
    [
        {"registration_closes_at": timezone.now() - timedelta(days=1)},
        {"waitlist_enabled": False},
        {"cancelled_at": timezone.now(), "publish_status": "cancelled"},
    ],
    ids=["closed", "no line", "cancelled"],
)
def test_where_nobody_can_join_nobody_is_told_to(client, invited, changed):
    first, _second = invited
    decline_invitation(first, contact=first.contact)
    Event.objects.update(**changed)
    page = client.get(address(first))
    assert page.status_code == 410
    assert "waitlist takes nobody any more" in text(page)
    assert "join the waitlist again" not in text(page)


def test_mail_about_an_expired_invitation_offers_the_line_only_where_one_is_kept(invited):
    first, second = invited
    for item, is_kept in ((first, True), (second, False)):
        Event.objects.update(waitlist_enabled=is_kept)
        withdraw(item)
        row = Notification(kind="invitation_expired", session=item.session, event=item.event)
        row.contact, row.dedup_key, row.payload = item.contact, f"x{item.pk}", {"item_id": item.pk}
        row.created_at = row.due_at = timezone.now()
        row.save()
        assert ("Join the waitlist again" in render(row).body) is is_kept


def test_beaten_person_cannot_decline_what_is_gone(invited):
    first, second = invited
    accept_invitation(first, contact=first.contact)
    with pytest.raises(InvitationGone) as refused:
        decline_invitation(second, contact=second.contact)
    assert "keep your place" in str(refused.value)


def test_seat_given_up_since_is_not_promised_again(invited):
    first, _second = invited
    seat = accept_invitation(first, contact=first.contact)
    cancel_session_registrations([seat], actor=SYSTEM)
    with pytest.raises(InvitationGone):
        accept_invitation(first, contact=first.contact)
