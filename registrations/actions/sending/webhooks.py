"""Other systems register addresses that are told what happens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import SYSTEM, Actor
from events.errors import Invalid, NotYours
from events.models import ApiClient, Event
from events.retrying import action
from registrations.addresses import check_url
from registrations.models import Activity, LedgerCursor, Webhook, WebhookDelivery, WebhookEvent
from registrations.models.webhooks import new_secret

MOST_PER_CLIENT = 20
READER = "webhooks"
# How far below the newest ledger row reading begins: transactions still open then have lower ids than those seen.
MARGIN = 1_000


@action
def create_webhook(
    client: ApiClient,
    url: str,
    names: Sequence[str],
    *,
    event: Event | None = None,
    actor: Actor = SYSTEM,
    at: datetime | None = None,
) -> Webhook:
    """Tell this address, from now on, what `names` name; the row returned carries the secret, shown this once.

    Raises Invalid for an address that may not be called, for unknown names and for too many webhooks, NotYours for
    an event that the client may not see.
    """
    names = _checked(names)
    check_url(url)
    if event is not None and not client.may_see(event):
        raise NotYours
    with transaction.atomic(durable=True):
        if client.webhooks.not_deleted().count() >= MOST_PER_CLIENT:
            said = _("A client has at most %(n)d webhooks. Delete one first.") % {"n": MOST_PER_CLIENT}
            raise Invalid(said, fields={"url": [said]})
        # From here on nothing may be passed by, however long it takes until a worker reads.
        ledger_cursor()
        webhook = Webhook.objects.create(
            client=client, event=event, url=url, names=list(names), created_at=at or timezone.now()
        )
        return actor.done(webhook)


def _checked(names: Sequence[str]) -> list[str]:
    unknown = sorted(set(names) - set(WebhookEvent.values))
    if unknown:
        said = _("Unknown: %(names)s.") % {"names": ", ".join(unknown)[:200]}
        raise Invalid(fields={"events": [said]})
    if not names:
        raise Invalid(fields={"events": [_("Name at least one.")]})
    return list(dict.fromkeys(names))


def ledger_cursor() -> LedgerCursor:
    """Return how far the ledger was read for webhooks; reading begins shortly before the newest row."""
    newest = Activity.objects.aggregate(newest=Max("id"))["newest"] or 0
    start = {"position": max(0, newest - MARGIN)}
    return LedgerCursor.objects.get_or_create(reader=READER, defaults=start)[0]


def delete_webhook(webhook: Webhook, *, at: datetime | None = None) -> None:
    """Tell this address nothing more, not even what is on its way; its messages stay in the log."""
    Webhook.objects.filter(pk=webhook.pk, deleted_at=None).update(deleted_at=at or timezone.now())


def switch_off(webhook: Webhook, *, reason: str, at: datetime | None = None) -> None:
    """Send nothing to this address until it is switched on again; what happens meanwhile is never told."""
    rows = Webhook.objects.filter(pk=webhook.pk, switched_off_at=None)
    rows.update(switched_off_at=at or timezone.now(), switched_off_reason=reason[:300])


def switch_on(webhook: Webhook) -> None:
    """Send to this address again, beginning with what was planned before it was switched off."""
    Webhook.objects.filter(pk=webhook.pk).update(
        switched_off_at=None, switched_off_reason="", failing_since=None, failures=0, resting_until=None
    )


def renew_secret(webhook: Webhook) -> str:
    """Sign with a new secret from now on, and return it; the old one is worth nothing any more."""
    secret = new_secret()
    Webhook.objects.filter(pk=webhook.pk).update(secret=secret)
    return secret


def resend(delivery: WebhookDelivery, *, at: datetime | None = None) -> None:
    """Have the message sent once more, delivered before or not, tried from the start.

    It keeps its `webhook-id`: a receiver that has it already can tell, one that lost it gets it. A message that a
    worker has in hand is left alone: it is being sent at this moment.
    """
    at = at or timezone.now()
    idle = Q(leased_until=None) | Q(leased_until__lt=at)
    WebhookDelivery.objects.filter(idle, pk=delivery.pk).update(
        delivered_at=None,
        given_up_at=None,
        leased_until=None,
        attempts=0,
        due_at=at,
        last_status=None,
        last_error="",
    )
