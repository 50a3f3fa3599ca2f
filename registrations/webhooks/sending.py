"""Sending of messages to other systems: one message at a time to each, to several systems at once.

The database is touched by the calling thread alone; the others only wait for somebody's server. So a slow receiver
keeps one of them busy, and nobody else from being told.
"""

from __future__ import annotations

import json
import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime

from django.utils import timezone

from registrations.actions.sending import deliveries
from registrations.actions.sending.deliveries import Answer
from registrations.models import WebhookDelivery
from registrations.webhooks.connecting import post
from registrations.webhooks.signing import signed_headers

logger = logging.getLogger(__name__)

AT_ONCE = 8
# After so many seconds nothing new is begun: mails and waitlists wait for the end of the round.
ROUND_SECONDS = 5.0
# A worker that got so many out in one round begins the next at once.
BATCH = 50

Sending = dict["Future[Answer]", WebhookDelivery]


def send_due(
    *,
    seconds: float = ROUND_SECONDS,
    at: datetime | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> int:
    """Send messages that are due; return how many attempts were made, successful or not.

    A receiver that takes a message gets its next one at once, in order; one that fails is left alone for a while.
    """
    now = (lambda: at) if at else timezone.now
    waiting, sending, done = deque(deliveries.webhooks_due(now())), Sending(), 0
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhooks") as pool:
        while waiting or sending:
            may_begin = time.monotonic() < end and not should_stop()
            if not may_begin:
                waiting.clear()
            while waiting and len(sending) < AT_ONCE:
                _begin(pool, sending, waiting.popleft(), now())
            for delivery, answer in _ended(sending):
                deliveries.mark(delivery, answer, now())
                done += 1
                if answer.is_taken:
                    waiting.append(delivery.webhook_id)
    return done


def _begin(pool: ThreadPoolExecutor, sending: Sending, webhook_id: int, at: datetime) -> None:
    delivery = deliveries.lease_next(webhook_id, at)
    if delivery is not None:
        body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":")).encode()
        signed = signed_headers(delivery.webhook.secret, str(delivery.uuid), at, body)
        headers = {"Content-Type": "application/json", "User-Agent": "Seatwise-Webhooks/1", **signed}
        sending[pool.submit(post, delivery.webhook.url, body, headers)] = delivery


def _ended(sending: Sending) -> list[tuple[WebhookDelivery, Answer]]:
    """Wait until at least one attempt has ended; return the ended ones."""
    if not sending:
        return []
    ended, _others = wait(sending, return_when=FIRST_COMPLETED)
    return [(sending.pop(future), _result(future)) for future in ended]


def _result(future: Future[Answer]) -> Answer:
    try:
        return future.result()
    except Exception as error:
        # A receiver that finds a way to break us gets its failure noted like any other.
        logger.exception("webhooks: an attempt broke")
        return Answer(error=f"{type(error).__name__}: {error}")
