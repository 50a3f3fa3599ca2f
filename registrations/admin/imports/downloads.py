"""The rows of an upload as a file: all of them with their verdicts, or only the bad ones to be corrected."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.actors import Actor
from events.models import User
from registrations.actions import note_export
from registrations.admin.files.taking import Format, attachment
from registrations.admin.files.writing import CHUNK, csv_file
from registrations.imports.words import GOOD, label
from registrations.models import ImportBatch, ImportRow


def as_csv(batch: ImportBatch, user: User, *, only_bad: bool) -> HttpResponse:
    """Return the rows in the file's own columns; the bad ones alone can be uploaded again.

    The ledger keeps who took them along.
    """
    rows = batch.rows.order_by("number")
    if only_bad:
        rows = rows.exclude(code__in=("", *GOOD))
    count = rows.count()
    said = ngettext("Rows of an upload: %(n)d row as CSV", "Rows of an upload: %(n)d rows as CSV", count)
    note_export(
        batch.target,
        actor=Actor.staff(user),
        what=said % {"n": count},
        detail={"list": "upload", "upload": str(batch.uuid), "rows": count, "is_only_bad": only_bad},
    )
    stem = slugify(batch.file_name.rsplit(".", 1)[0]) or "people"
    more = [] if only_bad else [_("Line"), _("Result"), _("In words"), _("Undoing")]
    lines = csv_file([*batch.headings, *more], _sets(batch, rows, only_bad=only_bad))
    return attachment(lines, f"{stem}-{'bad' if only_bad else 'result'}.csv", Format.CSV)


def _sets(batch: ImportBatch, rows: QuerySet[ImportRow], *, only_bad: bool) -> Iterator[list[list[Any]]]:
    read = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(read, CHUNK)):
        yield [_cells(batch, row, only_bad=only_bad) for row in chunk]


def _cells(batch: ImportBatch, row: ImportRow, *, only_bad: bool) -> list[Any]:
    said = [] if only_bad else [row.place, label(row.code), row.words, row.undo_words]
    return [*row.cells, *[""] * (len(batch.headings) - len(row.cells)), *said]
