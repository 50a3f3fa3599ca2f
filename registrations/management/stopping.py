"""Stop when asked, at a moment of our own choosing."""

from __future__ import annotations

import signal
import threading
import time
from typing import Any

_LONGEST_NAP = 0.2


class Stop:
    """Becomes set by SIGINT (ctrl-C), SIGTERM and SIGHUP (a closed terminal).

    A plain flag: a handler that took a lock, as `threading.Event.set` does, could find it held by the very thread
    that it interrupts.
    """

    def __init__(self) -> None:
        self._is_set = False

    @classmethod
    def on_signals(cls) -> Stop:
        """Return one that the signals set; outside of the main thread (in tests) nothing sets it."""
        stop = cls()
        if threading.current_thread() is threading.main_thread():
            for name in ("SIGINT", "SIGTERM", "SIGHUP"):
                if hasattr(signal, name):
                    signal.signal(getattr(signal, name), stop.set)
        return stop

    def set(self, *_: Any) -> None:
        """Ask to stop."""
        self._is_set = True

    def clear(self) -> None:
        """Be as if nobody had asked."""
        self._is_set = False

    def is_set(self) -> bool:
        """True once somebody asked to stop."""
        return self._is_set

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until asked to stop; return whether somebody asked."""
        end = time.monotonic() + seconds
        while not self._is_set and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _LONGEST_NAP))
        return self._is_set
