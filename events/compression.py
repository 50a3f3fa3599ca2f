"""How answers become small on their way: whether a client takes a coding, and gzip by a quicker library than Python's.

zlib-ng makes a list of sessions as small as zlib's sixth level does, in a third of the time.
"""

from __future__ import annotations

import re
from functools import cache

from zlib_ng import zlib_ng

# A gzip member around the compressed bytes; its date is 0, so that the same content has the same bytes.
_GZIP = 31


@cache
def _named(coding: str) -> re.Pattern[str]:
    return re.compile(rf"\b{coding}\b\s*(?:;\s*q=([0-9.]+))?", re.IGNORECASE)


def takes(header: str, coding: str) -> bool:
    """Whether this `Accept-Encoding` names the coding, and not as what is not wanted."""
    found = _named(coding).search(header)
    return found is not None and (found[1] is None or found[1].strip("0.") != "")


def gzipped(content: bytes, effort: int) -> bytes:
    """The content by gzip; an effort from 1 to 9."""
    return zlib_ng.compress(content, effort, wbits=_GZIP)
