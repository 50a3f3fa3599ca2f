"""Rate limits of clients: a budget of requests for each minute."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponseBase
from rest_framework.exceptions import Throttled

from events.models import ApiClient

SECONDS = 60


@dataclass(frozen=True)
class Budget:
    """The requests left to a client in this minute."""

    limit: int
    remaining: int
    seconds_left: int

    def note_on(self, response: HttpResponseBase) -> None:
        """Say on the answer what is left of the budget."""
        response["X-Rate-Limit-Limit"] = str(self.limit)
        response["X-Rate-Limit-Remaining"] = str(self.remaining)
        response["X-Rate-Limit-Reset"] = str(self.seconds_left)


def spend_one(client: ApiClient) -> tuple[Budget, bool]:
    """Count one more request of this client; the budget, and whether the request is within it."""
    now = time.time()
    window, limit = int(now // SECONDS), settings.API_REQUESTS_PER_MINUTE
    key = f"api-rate:{client.client_id}:{window}"
    cache.add(key, 0, SECONDS * 2)
    try:
        used = cache.incr(key)
    except ValueError:  # it ran out in between
        used = 1
    left = max(1, math.ceil((window + 1) * SECONDS - now))
    return Budget(limit, max(0, limit - used), left), used <= limit


def refuse(budget: Budget) -> None:
    """Raises Throttled, which says when to come back."""
    raise Throttled(wait=budget.seconds_left - 1)
