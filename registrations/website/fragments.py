"""HTML that was drawn before, kept by all that it says: what says the same again is not drawn again.

A key holds every word and number from which its fragment was drawn, read afresh by each request. So a fragment is never
wrong, and nothing ever has to be thrown away because something changed: what changed has another key.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from django.conf import settings
from django.urls import get_script_prefix
from django.utils.translation import get_language


class Fragments:
    """One process's kept fragments, `FRAGMENTS_KEPT` at most; those not asked for longest go first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def drawn(self, key: Hashable, draw: Callable[[], str]) -> str:
        """The fragment of this key, in the language of the request; `draw` draws it where it is not kept."""
        if not settings.FRAGMENTS_KEPT:
            return draw()
        key = (get_language(), get_script_prefix(), key)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        found = draw()
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > settings.FRAGMENTS_KEPT:
                self._kept.popitem(last=False)
        return found


fragments = Fragments()
