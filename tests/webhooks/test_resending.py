"""A message to another system is sent again, unless a worker has it in hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from registrations.actions.sending import deliveries as queue
from registrations.actions.sending.webhooks import resend
from registrations.webhooks import plan
from tests.engine.acts import claim, person
from tests.webhooks.scenes import a_session, deliveries


@pytest.mark.django_db
def test_message_in_a_workers_hand_is_not_given_to_another(hook):
    webhook = hook()
    claim(a_session(), person("bob"))
    plan()
    at = timezone.now()
    leased = queue.lease_next(webhook.pk, at)
    resend(leased, at=at)
    assert queue.lease_next(webhook.pk, at) is None
    resend(leased, at=at + queue.LEASE + timedelta(seconds=1))
    assert deliveries().get().leased_until is None
