"""CSV of a listing's rows: those ticked, or all that match its search and filters."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from registrations.admin.verbs import access
from registrations.admin.verbs.access import Target
from registrations.admin.verbs.base import PanelListing, PanelVerb
from registrations.models import RegistrationResponse

CHUNK = 2_000
# A cell that begins so would be run as a formula by a spreadsheet program.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class Export(PanelVerb):
    """Download the chosen rows; nothing is changed."""

    key = "export"
    label = gettext_lazy("Export CSV")
    title = label
    permissions: ClassVar[Mapping[str, tuple[str, ...]]] = {"event": (), "session": ()}

    def is_allowed(self, user: Any, target: Target) -> bool:
        """Whoever may see the listing may take its rows along; the listing itself was asked before."""
        return access.may(user, access.event_of(target), "events.view_event")

    def response(self, listing: PanelListing, rows: QuerySet[Any]) -> HttpResponse | None:
        return as_csv(listing, rows)


class ExportAll(Export):
    """Download all rows that match; a link beside the search."""

    key = "export_all"

    def url(self, listing: PanelListing) -> str:
        return reverse(
            "admin:panel_export", args=[access.kind_of(listing.target), listing.target.pk, listing.key]
        )


def as_csv(listing: PanelListing, rows: QuerySet[Any]) -> HttpResponse:
    """Return the rows as a file that spreadsheet programs open as text, formulas disarmed."""
    name = f"{access.event_of(listing.target).slug}-{listing.key}-{listing.target.pk}.csv"
    return StreamingHttpResponse(  # type: ignore[return-value]
        _lines(listing, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, value: str) -> str:
        """Return the line."""
        return value


def _lines(listing: PanelListing, rows: QuerySet[Any]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    columns = listing.export_columns()
    questions = _questions(listing)
    # The mark at the beginning tells spreadsheet programs that this is UTF-8.
    yield "\ufeff" + writer.writerow(
        [safe_cell(title) for title, _value in columns] + [safe_cell(label) for _pk, label in questions]
    )
    iterator = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(iterator, CHUNK)):
        listing.add_figures(chunk)
        answers = _answers(chunk) if questions else {}
        for row in chunk:
            given = answers.get(_registration_id(row), {})
            cells = [value(row) for _title, value in columns] + [
                given.get(pk, "") for pk, _label in questions
            ]
            yield writer.writerow([safe_cell(cell) for cell in cells])


def safe_cell(value: Any) -> str:
    """Return the value as text that no spreadsheet program takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _registration_id(row: Any) -> int:
    return getattr(row, "event_registration_id", row.pk)


def _questions(listing: PanelListing) -> list[tuple[int, str]]:
    if not listing.has_answers or not access.may_see_answers(listing.user, listing.event):
        return []
    return list(listing.event.custom_registration_fields.values_list("pk", "label"))


def _answers(rows: list[Any]) -> dict[int, dict[int, str]]:
    found: dict[int, dict[int, str]] = {}
    ids = [_registration_id(row) for row in rows]
    for response in RegistrationResponse.objects.filter(event_registration__in=ids):
        found.setdefault(response.event_registration_id, {})[response.field_id] = str(response)
    return found
