"""What is counted to limit abuse, in the memory of one process."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import time_machine

from events import limits

MORNING = datetime(2026, 6, 1, 9, tzinfo=UTC)


def test_counts_each_name_by_itself_and_forgets_it_in_time():
    with time_machine.travel(MORNING, tick=False) as clock:
        assert [limits.count("test", "Mallory", 60) for _ in range(3)] == [1, 2, 3]
        clock.shift(timedelta(seconds=59))
        assert (limits.count("test", "Mallory", 60), limits.count("test", "Bob", 60)) == (4, 1)
        clock.shift(timedelta(seconds=2))
        # By the first of them, not by the last.
        assert (limits.times("test", "Mallory"), limits.times("test", "Bob")) == (0, 1)
        assert (limits.count("test", "Mallory", 60), limits.count("test", "Bob", 60)) == (1, 2)


def test_takes_one_count_back():
    assert [limits.count("test", "Carol", 60) for _ in range(2)] == [1, 2]
    limits.forget_one("test", "Carol")
    assert (limits.times("test", "Carol"), limits.count("test", "Carol", 60)) == (1, 2)


def test_counts_exactly_what_several_threads_count_together():
    def count() -> None:
        for _ in range(200):
            limits.count("test", "together", 60)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert limits.times("test", "together") == 1600
