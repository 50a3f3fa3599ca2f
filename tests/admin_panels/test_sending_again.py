"""Mails sent again from the desk: one for one click, however often it arrives, and the ledger names who."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core import mail as mailbox
from django.urls import reverse
from django.utils import timezone

from events.actors import Actor
from registrations import actions
from registrations.actions.sending import outbox
from registrations.mail import send_due
from registrations.models import Activity, EventRegistration, Notification
from tests.admin_panels.helpers import person, verb_url
from tests.factories import SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(session):
    """The mail that told Bob of his seat; it has left."""
    actions.submit_agenda(session.event, person(1), [session])
    send_due()
    return Notification.objects.get()


@pytest.fixture(params=["send again", "resend at the event", "resend at the session"])
def post(request, client, staff, told) -> Callable[[], Any]:
    """One of the three buttons that send a mail again; each call is the same POST."""
    client.force_login(staff)
    if request.param == "send again":
        url = reverse("admin:registrations_notification_changelist")
        data = {"action": "send_again_action", "_selected_action": told.pk}
    elif request.param == "resend at the event":
        url = verb_url(told.event, "event_registrations", "resend")
        data = {"confirmed": "1", "row": told.event_registration_id}
    else:
        seat = told.event_registration.session_registrations.get()
        url = verb_url(seat.session, "session_registrations", "resend")
        data = {"confirmed": "1", "row": seat.pk}
    return lambda: client.post(url, data)


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def ledger() -> list[tuple[str, str]]:
    """Who sent what to whom again, by the ledger."""
    rows = Activity.objects.filter(verb="mail_sent_again").order_by("id")
    return [(row.user.email, row.contact.email) for row in rows.select_related("user", "contact")]


def test_same_post_twice_sends_one_mail(post, told):
    first, second = post(), post()
    assert said(first) == ["1 mail is on its way."]
    assert said(second)[-1:] == ["1 mail is on its way."]
    mailbox.outbox.clear()
    assert send_due() == 1
    assert [message.to for message in mailbox.outbox] == [[told.contact.email]]
    assert Notification.objects.count() == 2


def test_same_post_twice_sends_one_mail_even_where_worker_was_quicker(post, told):
    post()
    assert send_due() == 1
    answer = post()
    expected = "0 mails are on their way. 1 left a moment ago and was not sent once more."
    assert said(answer)[-1:] == [expected]
    assert send_due() == 0
    assert Notification.objects.count() == 2


def test_ledger_names_who_sent_it_again_once(post, told, staff):
    post()
    post()
    assert ledger() == [(staff.email, told.contact.email)]
    again = Notification.objects.exclude(pk=told.pk).get()
    assert again.activity.verb == "mail_sent_again"
    assert again.payload["resent_by"] == staff.email


def test_sends_once_more_when_asked_for_later(post, told):
    post()
    send_due()
    Notification.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    post()
    assert send_due() == 1
    assert Notification.objects.count() == 3
    assert len(ledger()) == 2


def test_mail_and_its_repeat_ticked_together_are_one(client, staff, told):
    long_ago = timezone.now() - timedelta(hours=1)
    [repeat] = actions.resend([told], actor=Actor.staff(staff), at=long_ago)
    send_due()
    client.force_login(staff)
    url = reverse("admin:registrations_notification_changelist")
    client.post(url, {"action": "send_again_action", "_selected_action": [told.pk, repeat.pk]})
    assert Notification.objects.filter(sent_at=None).count() == 1


def test_mail_in_a_workers_hand_is_not_sent_by_another(staff, session):
    actions.submit_agenda(session.event, person(1), [session])
    [leased] = outbox.lease_due(1)
    assert actions.resend([leased], actor=Actor.staff(staff)) == [leased]
    assert list(outbox.lease_due(1)) == []
    assert ledger() == []


def test_mail_that_waits_tells_newest_agenda(client, staff, told):
    client.force_login(staff)
    url = verb_url(told.event, "event_registrations", "resend")
    data = {"confirmed": "1", "row": told.event_registration_id}
    client.post(url, data)
    other = SessionFactory(event=told.event, name="Knots")
    actions.submit_agenda(told.event, person(1), [other], notify=False)
    client.post(url, data)
    waiting = Notification.objects.get(sent_at=None)
    assert set(waiting.payload["session_ids"]) == {other.pk, *told.payload["session_ids"]}


def test_mails_of_strangers_events_are_not_sent_again(client, staff, told, grant):
    other = SessionFactory()
    actions.submit_agenda(other.event, person(2), [other])
    foreign = Notification.objects.get(event=other.event)
    client.force_login(staff)
    url = reverse("admin:registrations_notification_changelist")
    client.post(url, {"action": "send_again_action", "_selected_action": [told.pk, foreign.pk]})
    assert [email for _user, email in ledger()] == [told.contact.email]


def test_who_is_registered_no_more_gets_no_mail(client, staff, told):
    registration = EventRegistration.objects.get()
    actions.cancel_event_registrations([registration], actor=Actor.staff(staff), notify=False)
    assert actions.resend_registrations([registration], actor=Actor.staff(staff)) == []
    assert ledger() == []
