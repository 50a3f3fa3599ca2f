"""CSV of a panel's rows: those ticked, or all that match its search and filters."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from registrations.admin import access
from registrations.admin.access import Target
from registrations.admin.panels.base import Panel
from registrations.admin.verbs.base import Verb
from registrations.models import RegistrationResponse

CHUNK = 500
# A cell that begins so would be run as a formula by a spreadsheet program.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

Column = tuple[Any, Callable[[Any], Any]]


class Export(Verb):
    """Download the chosen rows; nothing is changed."""

    key = "export"
    label = gettext_lazy("Export CSV")
    title = label
    permissions: ClassVar[Mapping[str, tuple[str, ...]]] = {"event": (), "session": ()}

    def is_allowed(self, user: Any, target: Target) -> bool:
        """Whoever may see the panel may take its rows along; the panel itself was asked before."""
        return access.may(user, access.event_of(target), "events.view_event")

    def answer(self, panel: Panel, rows: QuerySet[Any]) -> HttpResponse | None:
        return as_csv(panel, rows)


class ExportAll(Export):
    """Download all rows that match; a link beside the search."""

    key = "export_all"

    def url(self, panel: Panel) -> str:
        return reverse("admin:panel_export", args=[access.kind_of(panel.target), panel.target.pk, panel.key])


def as_csv(panel: Panel, rows: QuerySet[Any]) -> HttpResponse:
    """Return the rows as a file that spreadsheet programs open as text, formulas disarmed."""
    name = f"{access.event_of(panel.target).slug}-{panel.key}-{panel.target.pk}.csv"
    response = StreamingHttpResponse(
        _lines(panel, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
    return response  # type: ignore[return-value]


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, value: str) -> str:
        """Return the line."""
        return value


def _lines(panel: Panel, rows: QuerySet[Any]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    columns = panel.export_columns()
    questions = _questions(panel)
    # The mark at the beginning tells spreadsheet programs that this is UTF-8.
    yield "\ufeff" + writer.writerow(
        [safe_cell(title) for title, _value in columns] + [safe_cell(label) for _pk, label in questions]
    )
    iterator = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(iterator, CHUNK)):
        panel.add_figures(chunk)
        answers = _answers(panel, chunk) if questions else {}
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


def _questions(panel: Panel) -> list[tuple[int, str]]:
    if not panel.has_answers or not access.may_see_answers(panel.user, panel.event):
        return []
    return list(panel.event.custom_registration_fields.values_list("pk", "label"))


def _answers(panel: Panel, rows: list[Any]) -> dict[int, dict[int, str]]:
    found: dict[int, dict[int, str]] = {}
    ids = [_registration_id(row) for row in rows]
    for response in RegistrationResponse.objects.filter(event_registration__in=ids):
        found.setdefault(response.event_registration_id, {})[response.field_id] = str(response)
    return found
