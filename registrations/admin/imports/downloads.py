"""The rows of an upload as a file: all of them with their verdicts, or only the bad ones to be corrected."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from registrations.admin.verbs.export import CHUNK, safe_cell
from registrations.imports.words import GOOD, label
from registrations.models import ImportBatch


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, value: str) -> str:
        """Return the line."""
        return value


def as_csv(batch: ImportBatch, *, only_bad: bool) -> HttpResponse:
    """Return the rows in the file's own columns, formulas disarmed; the bad ones alone can be uploaded again."""
    stem = slugify(batch.file_name.rsplit(".", 1)[0]) or "people"
    name = f"{stem}-{'bad' if only_bad else 'result'}.csv"
    return StreamingHttpResponse(  # type: ignore[return-value]
        _lines(batch, only_bad=only_bad),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _lines(batch: ImportBatch, *, only_bad: bool) -> Iterator[str]:
    writer = csv.writer(_Echo())
    more = [] if only_bad else [_("Line"), _("Result"), _("In words"), _("Undoing")]
    # The mark at the beginning tells spreadsheet programs that this is UTF-8.
    yield "\ufeff" + writer.writerow([safe_cell(cell) for cell in [*batch.headings, *more]])
    rows = batch.rows.order_by("number")
    if only_bad:
        rows = rows.exclude(code__in=("", *GOOD))
    for row in rows.iterator(chunk_size=CHUNK):
        said = [] if only_bad else [row.place, label(row.code), row.words, row.undo_words]
        cells = [*row.cells, *[""] * (len(batch.headings) - len(row.cells)), *said]
        yield writer.writerow([safe_cell(cell) for cell in cells])
