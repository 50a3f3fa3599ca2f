"""Sending of messages to other systems: one message at a time to each, to several systems at once.

The database is touched by the calling thread alone; the others only wait for somebody's server. So a slow receiver
keeps one of them busy, and nobody else from being told.
"""

from __future__ import annotations

import json
import logging
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from events.database_trouble import wait_out
from events.pacing import Breaker, Pace
from registrations.actions.sending import deliveries
from registrations.actions.sending.deliveries import Answer
from registrations.models import Webhook, WebhookDelivery
from registrations.webhooks.connecting import post
from registrations.webhooks.signing import signed_headers

logger = logging.getLogger(__name__)

AT_ONCE = 8
# Of these, so many to one host; and so many to receivers that failed the last time, all together: however many of
# them hang, the others find somebody who is free.
AT_ONCE_TO_A_HOST = 2
AT_ONCE_TO_FAILING = 4
# After so many seconds nothing new is begun in this round.
ROUND_SECONDS = 5.0
# A worker that got so many out in one round begins the next at once.
BATCH = 50
# A message that was taken is marked as long as its lease lasts: with the mark lost, it would be sent once more.
SECONDS_TO_MARK = 90.0

Sending = dict["Future[Answer]", WebhookDelivery]


class Receivers:
    """The receivers as one worker knows them: which hosts rest because nobody answered there, and how fast to go."""

    def __init__(self, pace: Pace | None = None, new_breaker: Callable[[], Breaker] = Breaker) -> None:
        self.pace = pace or Pace(settings.WEBHOOKS_PER_SECOND)
        self._breakers: dict[str, Breaker] = {}
        self._new_breaker = new_breaker

    def breaker_of(self, webhook: Webhook) -> Breaker:
        """The breaker of the host, shared by all webhooks there."""
        return self._breakers.setdefault(_host_of(webhook), self._new_breaker())

    def learn(self, delivery: WebhookDelivery, answer: Answer) -> None:
        """Remember whether anybody answered, whatever was said."""
        breaker = self.breaker_of(delivery.webhook)
        breaker.failed() if answer.status is None else breaker.worked()


def send_due(
    *,
    seconds: float = ROUND_SECONDS,
    at: datetime | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    receivers: Receivers | None = None,
) -> int:
    """Send messages that are due; return how many attempts were made, successful or not.

    A receiver that takes a message gets its next one at once, in order; one that fails is left alone for a while.
    """
    now = (lambda: at) if at else timezone.now
    receivers, sending, done = receivers or Receivers(), Sending(), 0
    waiting = _in_order(deliveries.webhooks_due(now()))
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhooks") as pool:
        while waiting or sending:
            if should_stop() or time.monotonic() >= end:
                waiting.clear()
            while webhook := _next(waiting, sending, receivers):
                receivers.pace.wait()
                _begin(pool, sending, webhook.pk, now())
            for delivery, answer in _ended(sending):
                receivers.learn(delivery, answer)
                mark = partial(deliveries.mark, delivery, answer, now())
                wait_out(mark, seconds=SECONDS_TO_MARK, should_stop=should_stop)
                done += 1
                if answer.is_taken:
                    waiting.append(delivery.webhook)
    return done


def _in_order(ids: list[int]) -> deque[Webhook]:
    rows = Webhook.objects.in_bulk(ids)
    return deque(rows[pk] for pk in ids if pk in rows)


def _next(waiting: deque[Webhook], sending: Sending, receivers: Receivers) -> Webhook | None:
    """Take the first that may be told now out of those waiting; whose host rests is left for a later round."""
    if len(sending) >= AT_ONCE:
        return None
    in_hand = [delivery.webhook for delivery in sending.values()]
    hosts = Counter(map(_host_of, in_hand))
    has_room_for_failing = sum(1 for one in in_hand if one.failures) < AT_ONCE_TO_FAILING
    for webhook in list(waiting):
        if not receivers.breaker_of(webhook).may_try():
            waiting.remove(webhook)
        elif hosts[_host_of(webhook)] < AT_ONCE_TO_A_HOST and (has_room_for_failing or not webhook.failures):
            waiting.remove(webhook)
            return webhook
    return None


def _host_of(webhook: Webhook) -> str:
    return urlsplit(webhook.url).netloc


def _begin(pool: ThreadPoolExecutor, sending: Sending, webhook_id: int, at: datetime) -> None:
    delivery = deliveries.lease_next(webhook_id, at)
    if delivery is not None:
        body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":")).encode()
        signed = signed_headers(delivery.webhook.secrets_at(at), str(delivery.uuid), at, body)
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
