"""Versions of single records: `ETag` says which one an answer shows, `If-Match` asks that it is that one still.

A tag is `"version-digest"`. The version is of the whole record but for what others move all the time, such as
counters and places in line: who changes a session's name is not refused because somebody registered meanwhile. The
digest is of the very answer, so that `If-None-Match` misses nothing, and it is looked at there alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from hashlib import blake2b
from typing import Any

from django.db import models, transaction
from rest_framework.generics import get_object_or_404
from rest_framework.utils.encoders import JSONEncoder

from events.actors import Actor
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


class Versioned:
    """Mixed into collections: what changes or deletes one record does so on the condition of `If-Match`."""

    action: Any
    actor: Actor
    request: Any
    kwargs: Any
    rows: Any
    prepare: Any
    get_queryset: Any
    get_serializer_class: Any

    @property
    def looks_at_if_match(self) -> bool:
        """True for what changes or deletes one record."""
        return self.action in {"update", "partial_update", "destroy"}

    @cached_property
    def condition(self) -> Callable[[], None] | None:
        """That the record is the one whose tag `If-Match` names."""
        header = self.request.headers.get("If-Match")
        if header is None or not self.looks_at_if_match:
            return None
        pk = int(self.kwargs["pk"])
        return Unchanged(header, self.rows(), pk, lambda: self._version_now(pk))

    def ask_condition(self) -> None:
        """Ask the condition of a request that comes to nothing else. Raises ChangedMeanwhile."""
        with transaction.atomic():
            self.actor.ask_condition()

    def _version_now(self, pk: int) -> str:
        (row,) = self.prepare([get_object_or_404(self.get_queryset(), pk=pk)])
        return self.version(self.get_serializer_class()(row).data)

    def version(self, record: Mapping[str, Any]) -> str:
        """The version of a whole record of this collection."""
        kind = self.get_serializer_class()
        return version_of(record, getattr(kind, "moved_by_others", frozenset()))
