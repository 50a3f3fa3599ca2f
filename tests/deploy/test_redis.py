"""Limits counted together in a real Redis, and pages that go on without it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.core.cache import cache, caches

from config.caches import SECONDS_TO_ANSWER
from events import limits
from tests.deploy.services import needs, running
from tests.serving.load import free_port


@pytest.fixture
def port(settings) -> int:
    """Where the cache is, as CACHE_URL says it."""
    port = free_port()
    settings.CACHES = {
        "default": {
            "BACKEND": "config.caches.ForgivingRedis",
            "LOCATION": f"redis://127.0.0.1:{port}/0",
            "OPTIONS": {"socket_connect_timeout": SECONDS_TO_ANSWER, "socket_timeout": SECONDS_TO_ANSWER},
        }
    }
    return port


@pytest.fixture
def redis(port: int, tmp_path) -> Iterator[None]:
    """A real one."""
    command = [
        needs("redis-server"),
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(tmp_path),
    ]
    with running(command, port):
        yield


def count(times: int) -> None:
    """Count as a limit does, on a connection of this thread."""
    for _ in range(times):
        limits.count("test", "somebody", 60)
    caches.close_all()


def test_counts_exactly_what_many_count_together(redis):
    threads = [threading.Thread(target=count, args=(50,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (limits.times("test", "somebody"), limits.count("test", "another", 60)) == (400, 1)
    client = cache._cache.get_client()
    assert [0 < client.ttl(key) <= 60 for key in client.scan_iter("*limit:test*")] == [True, True]
    cache.set("limit:test", 7, 60)
    assert (cache.incr("limit:test"), cache.delete("limit:test"), cache.get("limit:test")) == (8, True, None)
    with pytest.raises(ValueError, match="not found"):
        cache.incr("limit:test")


def test_limits_are_not_counted_while_the_cache_is_gone(port, caplog):
    assert (cache.add("limit:test", 0, 60), cache.get("limit:test", "unknown")) == (False, "unknown")
    with pytest.raises(ValueError, match="cannot be reached"):
        cache.incr("limit:test")
    assert [limits.count("test", "somebody", 60) for _ in range(2)] == [1, 1]
    cache.set("limit:test", 1)
    assert cache.delete("limit:test") is False
    assert "limits are not counted" in caplog.text
