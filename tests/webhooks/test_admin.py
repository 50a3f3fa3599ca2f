"""The delivery log on the desk: who may look, what it shows, sending again, switching an address off."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from registrations.actions.sending import webhooks as webhook_actions
from registrations.models import Webhook
from registrations.webhooks import plan_and_send
from tests.engine.acts import claim, fill, person
from tests.factories import EventTeamMemberFactory, UserFactory
from tests.webhooks.receiver import status
from tests.webhooks.scenes import a_session, deliveries

BOB = person("bob")


def log() -> str:
    return reverse("admin:registrations_webhookdelivery_changelist")


def page_of(delivery) -> str:
    return reverse("admin:registrations_webhookdelivery_change", args=[delivery.pk])


def colleague(event, *codenames: str):
    """Somebody of the event's team with these permissions."""
    user = UserFactory()
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_event", *codenames]))
    EventTeamMemberFactory(event=event, user=user, role="registration_staff")
    return user


@pytest.mark.django_db
def test_shows_message_state_and_error(client, alice, hook, receiver):
    hook()
    receiver.otherwise = status(500, b"out of order")
    claim(a_session(), BOB)
    plan_and_send()
    client.force_login(alice)
    listed = client.get(log()).content.decode()
    assert "session_registration.created" in listed
    assert receiver.url in listed
    assert "tried 1 time" in listed
    shown = client.get(page_of(deliveries().get())).content.decode()
    assert "Answered 500: out of order" in shown
    assert "bob@example.org" in shown
    assert str(deliveries().get().uuid) in shown


@pytest.mark.django_db
def test_filters_by_state(client, alice, hook, receiver):
    hook()
    receiver.script = [status(500)]
    fill(a_session(capacity=1))
    plan_and_send()
    client.force_login(alice)
    found = {
        state: client.get(log(), {"state": state}).context["cl"].result_count
        for state in ("waiting", "failing", "delivered", "failed")
    }
    assert found == {"waiting": 1, "failing": 1, "delivered": 0, "failed": 0}


@pytest.mark.django_db
def test_sends_again(client, alice, hook, receiver):
    hook()
    claim(a_session(), BOB)
    plan_and_send()
    client.force_login(alice)
    chosen = {"action": "send_again_action", "_selected_action": [deliveries().get().pk]}
    answer = client.post(log(), chosen, follow=True)
    assert "1 message is on its way." in answer.content.decode()
    plan_and_send()
    first, second = receiver.messages
    assert first.id == second.id


@pytest.mark.django_db
def test_only_those_who_may_see_log(client, hook, receiver):
    hook()
    mine, foreign = a_session(), a_session()
    claim(mine, BOB)
    claim(foreign, person("carol"))
    plan_and_send()
    of_mine, of_foreign = deliveries(event=mine.event).get(), deliveries(event=foreign.event).get()
    client.force_login(colleague(mine.event))
    assert client.get(log()).status_code == 403
    client.force_login(colleague(mine.event, "view_webhookdelivery"))
    assert list(client.get(log()).context["cl"].result_list) == [of_mine]
    looked = client.get(page_of(of_mine)).content.decode()
    assert "bob@example.org" not in looked
    assert "not what they say" in looked
    assert client.get(page_of(of_foreign)).status_code == 302
    assert client.get(reverse("admin:registrations_webhook_changelist")).status_code == 403


@pytest.mark.django_db
def test_sends_only_own_events_messages_again(client, hook, receiver):
    hook()
    mine, foreign = a_session(), a_session()
    claim(mine, BOB)
    claim(foreign, person("carol"))
    plan_and_send()
    user = colleague(mine.event, "view_webhookdelivery", "change_webhookdelivery", "add_eventregistration")
    client.force_login(user)
    chosen = {"action": "send_again_action", "_selected_action": [row.pk for row in deliveries()]}
    client.post(log(), chosen)
    assert [row.event for row in deliveries(delivered_at=None)] == [mine.event]
    assert "bob@example.org" in client.get(page_of(deliveries(event=mine.event).get())).content.decode()


@pytest.mark.django_db
def test_secret_is_never_on_desk_and_nothing_can_be_changed(client, alice, hook):
    webhook = hook()
    client.force_login(alice)
    listed = client.get(reverse("admin:registrations_webhook_changelist")).content.decode()
    address = reverse("admin:registrations_webhook_change", args=[webhook.pk])
    shown = client.get(address).content.decode()
    assert webhook.url in listed
    assert webhook.url in shown
    assert webhook.secret not in listed + shown
    assert webhook.secret.removeprefix("whsec_") not in listed + shown
    assert client.post(address, {"url": "http://127.0.0.1/"}).status_code == 403
    assert Webhook.objects.get().url == webhook.url


@pytest.mark.django_db
def test_switches_off_and_on(client, alice, hook):
    webhook = hook()
    client.force_login(alice)
    address = reverse("admin:registrations_webhook_changelist")
    client.post(address, {"action": "switch_off_action", "_selected_action": [webhook.pk]})
    webhook.refresh_from_db()
    assert webhook.switched_off_reason == "By alice@example.com."
    assert "Switched off" in client.get(address).content.decode()
    client.post(address, {"action": "switch_on_action", "_selected_action": [webhook.pk]})
    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.switched_off_reason) == (True, "")


@pytest.mark.django_db
def test_logs_take_same_number_of_queries_for_many(client, alice, hook, receiver, django_assert_num_queries):
    client.force_login(alice)
    hook()
    session = a_session(capacity=40)
    claim(session, BOB)
    plan_and_send()
    with django_assert_num_queries(7):
        client.get(log())
    fill(session, 29)
    plan_and_send()
    with django_assert_num_queries(7):
        assert len(client.get(log()).context["cl"].result_list) == 30


@pytest.mark.django_db
def test_deleted_webhook_keeps_its_log(client, alice, hook, receiver):
    webhook = hook()
    claim(a_session(), BOB)
    plan_and_send()
    webhook_actions.delete_webhook(webhook)
    client.force_login(alice)
    assert client.get(log()).context["cl"].result_count == 1
