"""Addresses of other systems on the desk: registered, changed, tested, paused, renewed; each says what it means."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from registrations.models import Webhook
from registrations.webhooks import plan_and_send
from tests.engine.acts import claim, person
from tests.factories import EventTeamMemberFactory, UserFactory
from tests.webhooks.scenes import a_session, deliveries, new_client, planned

ADD = "admin:registrations_webhook_add"


def verb(webhook, name: str) -> str:
    """The page of one verb."""
    return reverse(f"admin:registrations_webhook_{name}", args=[webhook.pk])


def page_of(webhook) -> str:
    return reverse("admin:registrations_webhook_change", args=[webhook.pk])


@pytest.fixture
def desk(client, alice):
    """Alice at the desk."""
    client.force_login(alice)
    return client


@pytest.mark.django_db
def test_registers_an_address_and_shows_its_secret_once(desk, receiver):
    owner = new_client("Reporting")
    asked = desk.get(reverse(ADD)).content.decode()
    assert "told of everything that you choose" in asked
    data = {"client": owner.pk, "url": receiver.url, "names": ["session_registration.*"], "event": ""}
    done = desk.post(reverse(ADD), data, follow=True).content.decode()
    webhook = Webhook.objects.get()
    assert (webhook.client, webhook.names, webhook.event) == (owner, ["session_registration.*"], None)
    assert webhook.secret in done
    assert webhook.secret not in desk.get(page_of(webhook)).content.decode()
    claim(a_session(), person("bob"))
    plan_and_send()
    (message,) = receiver.messages
    assert message.verified(webhook.secret)["type"] == "session_registration.created"


@pytest.mark.django_db
def test_keeps_what_was_typed_where_it_cannot_be(desk, receiver):
    data = {"client": new_client("Reporting").pk, "url": "https://10.0.0.1/", "names": ["*"]}
    answer = desk.post(reverse(ADD), data)
    assert answer.status_code == 422
    assert "https://10.0.0.1/" in answer.content.decode()
    assert "not on the public internet" in answer.content.decode()
    assert Webhook.objects.count() == 0


@pytest.mark.django_db
def test_changes_what_it_is_told_of(desk, hook):
    webhook, session = hook(), a_session()
    assert "signs each message" in desk.get(verb(webhook, "edit")).content.decode()
    data = {"url": webhook.url, "names": ["event.*"], "event": session.event_id}
    assert "Changed." in desk.post(verb(webhook, "edit"), data, follow=True).content.decode()
    webhook.refresh_from_db()
    assert (webhook.names, webhook.event) == (["event.*"], session.event)


@pytest.mark.django_db
def test_tests_it_and_shows_what_became_of_the_message(desk, hook, receiver):
    webhook = hook()
    desk.post(verb(webhook, "test"))
    plan_and_send()
    assert receiver.types == planned() == ["webhook.test"]
    shown = desk.get(page_of(webhook)).content.decode()
    assert re.search(r"webhook\.test.*?Delivered.*?204", shown, re.DOTALL)
    of_message = desk.get(reverse("admin:registrations_webhookdelivery_change", args=[deliveries().get().pk]))
    assert "A test message of Seatwise" in of_message.content.decode()
    log = reverse("admin:registrations_webhookdelivery_changelist")
    listed = desk.get(log, {"webhook__id__exact": webhook.pk}).context["cl"].result_list
    assert list(listed) == list(deliveries())
    again = {"action": "send_again_action", "_selected_action": [deliveries().get().pk]}
    assert "1 message is on its way." in desk.post(log, again, follow=True).content.decode()


@pytest.mark.django_db
def test_pauses_and_goes_on(desk, hook):
    webhook = hook()
    assert "never told here" in desk.get(verb(webhook, "pause")).content.decode()
    desk.post(verb(webhook, "pause"))
    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.switched_off_reason) == (False, "By alice@example.com.")
    assert "is so already" in desk.get(verb(webhook, "test"), follow=True).content.decode()
    desk.post(verb(webhook, "go_on"))
    webhook.refresh_from_db()
    assert webhook.is_active


@pytest.mark.django_db
def test_gives_it_another_secret(desk, hook):
    webhook = hook()
    before = webhook.secret
    assert "with the one before as well" in desk.get(verb(webhook, "renew_secret")).content.decode()
    assert desk.post(verb(webhook, "renew_secret"), {"overlap_hours": "200"}).status_code == 422
    done = desk.post(verb(webhook, "renew_secret"), {"overlap_hours": "3"}, follow=True).content.decode()
    webhook.refresh_from_db()
    assert webhook.secret in done
    assert (webhook.previous_secret, webhook.secret == before) == (before, False)
    assert before not in done


@pytest.mark.django_db
def test_deletes_it(desk, hook):
    webhook = hook()
    desk.post(verb(webhook, "forget"))
    webhook.refresh_from_db()
    assert webhook.deleted_at is not None
    assert desk.post(verb(webhook, "go_on")).status_code == 403


@pytest.mark.django_db
def test_only_those_who_may(client, hook, receiver):
    mine, foreign = a_session(), a_session()
    of_mine, of_foreign, of_all = hook(event=mine.event), hook(event=foreign.event), hook()
    user = UserFactory()
    EventTeamMemberFactory(event=mine.event, user=user, role="planner")
    client.force_login(user)
    may = ["view_event", "view_webhook"]
    user.user_permissions.set(Permission.objects.filter(codename__in=may))
    assert client.post(verb(of_mine, "pause")).status_code == 403
    assert client.get(reverse(ADD)).status_code == 403
    assert "Pause" not in client.get(page_of(of_mine)).content.decode()
    user.user_permissions.set(Permission.objects.filter(codename__in=[*may, "change_webhook", "add_webhook"]))
    assert client.post(verb(of_mine, "pause")).status_code == 302
    assert [client.post(verb(each, "pause")).status_code for each in (of_foreign, of_all)] == [404, 404]
    data = {"client": of_all.client_id, "url": receiver.url, "names": ["*"], "event": ""}
    assert client.post(reverse(ADD), data).status_code == 422, "every event is not theirs to give away"
    assert client.post(reverse(ADD), {**data, "event": foreign.event_id}).status_code == 422
    assert client.post(reverse(ADD), {**data, "event": mine.event_id}).status_code == 302
