"""HTML that was drawn before, kept by all that it says: what says the same again is not drawn again.

A key holds every word and number from which its fragment was drawn, read afresh by each request. So a fragment is never
wrong, and nothing ever has to be thrown away because something changed: what changed has another key.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from threading import Lock
from typing import TypeVar

from django.conf import settings
from django.urls import get_script_prefix
from django.utils.translation import get_language

K = TypeVar("K")


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
        self._keep({key: found})
        return found

    def known(self, keys: Mapping[K, Hashable]) -> dict[K, str]:
        """The kept ones among some fragments, in the language of the request, each by the name that it has here."""
        around, found = (get_language(), get_script_prefix()), {}
        with self._lock:
            for name, key in keys.items():
                whole = (*around, key)
                if (html := self._kept.get(whole)) is not None:
                    self._kept.move_to_end(whole)
                    found[name] = html
        return found

    def keep(self, drawn: Mapping[Hashable, str]) -> None:
        """Keep fragments that were drawn in the language of the request."""
        around = (get_language(), get_script_prefix())
        self._keep({(*around, key): html for key, html in drawn.items()})

    def _keep(self, drawn: Mapping[Hashable, str]) -> None:
        with self._lock:
            self._kept.update(drawn)
            while len(self._kept) > settings.FRAGMENTS_KEPT:
                self._kept.popitem(last=False)


fragments = Fragments()
