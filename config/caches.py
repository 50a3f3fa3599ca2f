"""Where limits are counted: in a shared cache, without which they are not kept and everything else goes on, or here."""

from __future__ import annotations

import logging
import pickle  # nosec B403 # of numbers in this process's own memory
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)
# A server that does not answer must not hold up a page.
SECONDS_TO_ANSWER = 0.5


class OwnMemory(LocMemCache):
    """The memory of one process, which counts with one look at it."""

    _cache: OrderedDict[str, bytes]
    _lock: Lock
    _has_expired: Callable[[str], bool]
    _set: Callable[[str, bytes, int], None]

    def validate_key(self, key: str) -> None:
        """Take any key: Django looks at each of its letters, lest some other kind of cache should not take it."""

    def count(self, key: str, seconds: int) -> int:
        """Count one more time; how many it were since the first, which is forgotten after so many seconds."""
        key = self.make_key(key)
        with self._lock:
            if self._has_expired(key):
                self._set(key, self._packed(1), seconds)
                return 1
            number = int(pickle.loads(self._cache[key])) + 1  # nosec B301 # a number of ours
            self._cache[key] = self._packed(number)
            self._cache.move_to_end(key, last=False)
        return number

    def _packed(self, number: int) -> bytes:
        return pickle.dumps(number, self.pickle_protocol)


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

    def count(self, key: str, seconds: int) -> int:
        """Count one more time, for all processes together, as `OwnMemory.count`; 1 when it cannot be counted."""
        return int(self._or(1, self._count, self.make_and_validate_key(key), seconds))

    def _count(self, key: str, seconds: int) -> int:
        both = self._cache.get_client(key, write=True).pipeline()
        both.set(key, 0, ex=seconds, nx=True)
        both.incr(key)
        return int(both.execute()[-1])

    def _or(self, otherwise: Any, ask: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        from redis.exceptions import ConnectionError, TimeoutError

        try:
            return ask(*args, **kwargs)
        except (ConnectionError, TimeoutError) as error:
            logger.warning("The cache of CACHE_URL cannot be reached; limits are not counted: %s", error)
            return otherwise
