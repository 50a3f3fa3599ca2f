"""Versions of single records: `ETag` says which one an answer shows, `If-Match` asks that it is that one still.

A tag is `"version-digest"`. The version is of the whole record but for what others move all the time, such as
counters and places in line: who changes a session's name is not refused because somebody registered meanwhile. The
digest is of the very answer, so that `If-None-Match` misses nothing, and it is looked at there alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import blake2b
from typing import Any

from django.db import models, transaction
from rest_framework.utils.encoders import JSONEncoder

from events.errors import ChangedMeanwhile
from registrations import locks

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
LONGEST_HEADER = 2_000


def digest(text: bytes) -> str:
    """A short name for a text; two texts have the same one by chance once in 2^64."""
    return blake2b(text, digest_size=8).hexdigest()


def version_of(record: Mapping[str, Any], moved_by_others: frozenset[str]) -> str:
    """The version of a whole record, without what others move."""
    kept = {name: value for name, value in record.items() if name not in moved_by_others}
    return digest(json.dumps(kept, cls=JSONEncoder, sort_keys=True).encode())


def tags_in(header: str) -> list[str]:
    """The tags of an `If-Match` or `If-None-Match`, weak ones like others: `*` alone is any."""
    if header.strip() == "*":
        return ["*"]
    return _TAG.findall(header[:LONGEST_HEADER])


class Unchanged:
    """The condition that a row is as it was when the client read it, asked inside the transaction that changes it.

    Whoever asks it twice, because the request is carried out by two acts, is answered once: after the first one has
    been committed the row is changed, by the request itself.
    """

    def __init__(self, header: str, rows: models.QuerySet[Any], pk: int, now: Callable[[], str]) -> None:
        self._wanted = {tag.partition("-")[0] for tag in tags_in(header)}
        self._rows, self._pk, self._now = rows, pk, now
        self._is_met = False

    def __call__(self) -> None:
        """Raises ChangedMeanwhile, with nothing changed."""
        if self._is_met:
            return
        locks.lock_row(self._rows.model, self._pk)
        version = self._now()
        if not self._wanted & {"*", version}:
            raise ChangedMeanwhile(version=version)
        # Not at once: after a deadlock the act is tried again, with the row unlocked in between.
        transaction.on_commit(partial(setattr, self, "_is_met", True))
