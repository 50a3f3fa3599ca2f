"""Take a list along as a file: its columns are chosen on a page, and what leaves is kept in the ledger before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.actors import Actor
from events.admin.verbs import page
from registrations import actions
from registrations.admin.files.columns import Column
from registrations.admin.files.writing import csv_file, sets_of, xlsx_file
from registrations.admin.verbs import access
from registrations.admin.verbs.access import Target
from registrations.admin.verbs.pages import frame_of
from registrations.models import FileChoice

Format = FileChoice.Format
LONGEST_NAME = 40
# What only says how a list is shown.
NOT_A_FILTER = {"q", "o", "p"}
TYPES: dict[str, str] = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class TakenList(Protocol):
    """A list as its file knows it."""

    key: ClassVar[str]
    title: ClassVar[Any]
    holds_people: ClassVar[bool]

    @property
    def target(self) -> Target:
        """The event or session that the rows belong to."""

    def file_columns(self) -> list[Column]:
        """What a file of the rows may contain."""


@dataclass(frozen=True)
class Narrowed:
    """How the rows were chosen: ticked, or by what the list's search and filters say."""

    parameters: Mapping[str, Any]
    is_ticked: bool = False

    @classmethod
    def by(cls, parameters: QueryDict, *, is_ticked: bool = False) -> Narrowed:
        """By the list's own parameters."""
        return cls({name: str(value) for name, value in parameters.items()}, is_ticked)

    @property
    def is_search(self) -> bool:
        """True where words were searched for."""
        return bool(self.parameters.get("q"))

    @property
    def filters(self) -> dict[str, str]:
        """The filters in force. Words that were searched for are not kept: they name people."""
        return {name: value for name, value in self.parameters.items() if name not in NOT_A_FILTER}

    @property
    def words(self) -> str:
        """What is not in the file, said on the page."""
        if self.is_ticked:
            return _("Only the ticked rows.")
        if self.is_search or self.filters:
            return _("Only what the list's search and filters show, in its order.")
        return _("Everything that the list shows, in its order.")


def take_along(
    request: HttpRequest,
    listing: TakenList,
    rows: QuerySet[Any],
    narrowed: Narrowed,
    carried: Sequence[tuple[str, Any]] = (),
) -> HttpResponse:
    """Ask for columns and format; once they are chosen, remember them and hand over the file."""
    columns = listing.file_columns()
    wanted = request.POST.get("format", "")
    if request.method != "POST" or wanted not in Format.values:
        return _ask(request, listing, rows, columns, narrowed, carried)
    keys = set(request.POST.getlist("column"))
    chosen = [column for column in columns if column.key in keys]
    if not chosen:
        return _ask(request, listing, rows, columns, narrowed, carried, is_refused=True)
    left_out = [column.key for column in columns if column.key not in keys]
    user: Any = request.user
    FileChoice.objects.update_or_create(
        user=user, of_list=listing.key, defaults={"format": wanted, "left_out": left_out}
    )
    if listing.holds_people:
        _note(request, listing, rows.count(), wanted, narrowed)
    return file_of(listing, rows, chosen, wanted)


def _ask(
    request: HttpRequest,
    listing: TakenList,
    rows: QuerySet[Any],
    columns: Sequence[Column],
    narrowed: Narrowed,
    carried: Sequence[tuple[str, Any]],
    *,
    is_refused: bool = False,
) -> HttpResponse:
    user: Any = request.user
    known = FileChoice.objects.filter(user=user, of_list=listing.key).first()
    left_out = set(known.left_out if known else ())
    frame = frame_of(request, listing.target, _("%(list)s as a file") % {"list": listing.title}, carried)
    return page(
        request,
        frame,
        "columns",
        422 if is_refused else 200,
        folder="files",
        columns=[(column, not is_refused and column.key not in left_out) for column in columns],
        formats=_formats(known.format if known else Format.CSV),
        count=rows.count(),
        narrowed=narrowed.words,
        is_kept=listing.holds_people,
        is_refused=is_refused,
    )


def _formats(last: str) -> list[tuple[str, Any, bool]]:
    """The formats, the one taken last before the others."""
    return [
        (key, words, key == last) for key, words in sorted(Format.choices, key=lambda each: each[0] != last)
    ]


def _note(request: HttpRequest, listing: TakenList, count: int, form: str, narrowed: Narrowed) -> None:
    said = ngettext("%(list)s: %(n)d row as %(format)s", "%(list)s: %(n)d rows as %(format)s", count)
    actions.note_export(
        listing.target,
        actor=Actor.staff(request.user),  # type: ignore[arg-type]
        what=said % {"list": listing.title, "n": count, "format": form.upper()},
        detail={
            "list": listing.key,
            "rows": count,
            "format": form,
            "filters": narrowed.filters,
            "is_search": narrowed.is_search,
            "is_ticked": narrowed.is_ticked,
        },
    )


def file_of(listing: TakenList, rows: QuerySet[Any], columns: Sequence[Column], form: str) -> HttpResponse:
    """The file itself, written while it is read."""
    titles, sets = [str(column.title) for column in columns], sets_of(rows, columns)
    made: Iterator[Any] = (
        xlsx_file(str(listing.title), titles, sets) if form == Format.XLSX else csv_file(titles, sets)
    )
    return attachment(made, file_name(listing.target, str(listing.key), form), form)


def file_name(target: Target, what: str, form: str) -> str:
    """Event, session, list and day: `harbour-practical-seamanship-registrations-2027-03-02.csv`."""
    event = access.event_of(target)
    session = "" if target is event else slugify(str(target))[:LONGEST_NAME]
    today = timezone.now().astimezone(event.zone).date()
    parts = (event.slug, session, what.replace("_", "-"), today.isoformat())
    return f"{'-'.join(filter(None, parts))}.{form}"


def attachment(content: Iterable[Any], name: str, form: str) -> HttpResponse:
    """A file to be kept, which no proxy keeps."""
    return StreamingHttpResponse(  # type: ignore[return-value]
        content,
        content_type=TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
