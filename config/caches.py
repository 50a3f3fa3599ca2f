"""The shared cache, in which limits are counted: without it they are not kept, and everything else goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)
# A server that does not answer must not hold up a page.
SECONDS_TO_ANSWER = 0.5


class ForgivingRedis(RedisCache):
    """Redis or Valkey; while it cannot be reached nothing is known, and nothing is counted."""

    def get(self, *args: Any, **kwargs: Any) -> Any:
        default = args[1] if len(args) > 1 else kwargs.get("default")
        return self._or(default, super().get, *args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._or(False, super().add, *args, **kwargs))

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._or(None, super().set, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._or(False, super().delete, *args, **kwargs))

    def incr(self, *args: Any, **kwargs: Any) -> int:
        """Count; ValueError, as for a counter that has run out, when it cannot be counted."""
        counted = self._or(None, super().incr, *args, **kwargs)
        if counted is None:
            raise ValueError("not counted: the cache cannot be reached")
        return int(counted)

    def _or(self, otherwise: Any, ask: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        from redis.exceptions import ConnectionError, TimeoutError

        try:
            return ask(*args, **kwargs)
        except (ConnectionError, TimeoutError) as error:
            logger.warning("The cache of CACHE_URL cannot be reached; limits are not counted: %s", error)
            return otherwise
