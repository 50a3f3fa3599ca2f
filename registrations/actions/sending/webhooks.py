"""Other systems register addresses that are told what happens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import SYSTEM, Actor
from events.errors import Invalid, NotYours
from events.models import ApiClient, Event
from events.retrying import action
from registrations.addresses import check_url
from registrations.models import LedgerCursor, Webhook, WebhookDelivery
from registrations.models.webhooks import SUBSCRIPTIONS, TEST, new_secret
from registrations.queries.feed import newest_number

MOST_PER_CLIENT = 20
READER = "messages"
OVERLAP, LONGEST_OVERLAP = timedelta(hours=24), timedelta(days=7)


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
        messages_cursor()
        webhook = Webhook.objects.create(
            client=client, event=event, url=url, names=list(names), created_at=at or timezone.now()
        )
        return actor.done(webhook)


@action
def change_webhook(
    webhook: Webhook,
    *,
    url: str | None = None,
    names: Sequence[str] | None = None,
    event: Event | None = None,
    of_every_event: bool = False,
) -> Webhook:
    """Let the webhook have another address, be told of other things, or of another event; the rest stays.

    What was planned already goes to the new address. Whatever else it is told of begins now. `of_every_event` is
    every event that its client may see. Raises what `create_webhook` raises.
    """
    changes: dict[str, Any] = {}
    if names is not None:
        changes["names"] = _checked(names)
    if url is not None and url != webhook.url:
        check_url(url)
        # What is known of the address before is not known of this one.
        changes |= {"url": url, "failing_since": None, "failures": 0, "resting_until": None}
    if of_every_event or event is not None:
        if event is not None and not webhook.client.may_see(event):
            raise NotYours
        changes["event"] = event
    if changes:
        Webhook.objects.filter(pk=webhook.pk).update(**changes)
        webhook.refresh_from_db()
    return webhook


def _checked(names: Sequence[str]) -> list[str]:
    unknown = sorted(set(names) - set(SUBSCRIPTIONS))
    if unknown:
        said = _("Unknown: %(names)s.") % {"names": ", ".join(unknown)[:200]}
        raise Invalid(fields={"events": [said]})
    if not names:
        raise Invalid(fields={"events": [_("Name at least one.")]})
    return list(dict.fromkeys(names))


def messages_cursor() -> LedgerCursor:
    """Return how far the feed was read for webhooks; reading begins behind the newest number."""
    start = {"position": newest_number()}
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


def renew_secret(webhook: Webhook, *, overlap: timedelta = OVERLAP, at: datetime | None = None) -> str:
    """Sign with a new secret from now on, and return it; for as long as `overlap` each message is signed with both.

    The one before is worth nothing afterwards; one before that is worth nothing any more. Raises Invalid for an
    overlap that is negative or longer than a week.
    """
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        said = _("Give at most %(n)d hours.") % {"n": LONGEST_OVERLAP // timedelta(hours=1)}
        raise Invalid(fields={"overlap_hours": [said]})
    secret, before = new_secret(), Webhook.objects.filter(pk=webhook.pk)
    until = (at or timezone.now()) + overlap if overlap else None
    # The old one is read by the statement that replaces it: of two renewals at once neither loses what the other gave.
    before.update(previous_secret=F("secret") if overlap else "", previous_secret_until=until, secret=secret)
    return secret


def send_test(webhook: Webhook, *, at: datetime | None = None) -> WebhookDelivery:
    """Have a message sent that tells of nothing, to see whether it arrives; return it, to see what became of it.

    Raises Invalid for an address that is switched off: nothing is sent there.
    """
    if not webhook.is_active:
        said = _("Nothing is sent to an address that is switched off. Switch it on first.")
        raise Invalid(said, fields={"active": [said]})
    at = at or timezone.now()
    said = _("A test message of Seatwise. Nothing happened.")
    data = {"webhook_id": webhook.pk, "url": webhook.url, "text": said}
    payload = {"type": TEST, "timestamp": at.isoformat().replace("+00:00", "Z"), "data": data}
    return WebhookDelivery.objects.create(
        webhook=webhook, name=TEST, payload=payload, created_at=at, due_at=at
    )


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
