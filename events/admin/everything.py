"""Everything about one person, on the desk: to read, and as a file to hand over."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events.actors import Actor
from events.admin import words
from events.models import Contact
from registrations.actions import note_everything_taken
from registrations.queries.everything import everything_about

MAY_SEE = "events.delete_contact"
MAY_EXPORT = "registrations.export_people"


@require_safe
def everything(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; with `?file=json` the file. Whoever may erase a person may see what is kept of them.

    To take the file along asks for the permission to export besides, and each event of theirs keeps that it was done.
    """
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    contact = get_object_or_404(Contact, pk=pk)
    found = everything_about(contact)
    may_export = request.user.has_perm(MAY_EXPORT)
    if request.GET.get("file") == "json":
        if not may_export:
            raise PermissionDenied
        note_everything_taken(contact, actor=Actor.staff(request.user))  # type: ignore[arg-type]
        response: HttpResponse = JsonResponse(found, json_dumps_params={"indent": 2, "ensure_ascii": False})
        response["Content-Disposition"] = f'attachment; filename="person-{contact.uuid}.json"'
    else:
        context = {**admin.site.each_context(request), "title": _("Everything about this person")}
        response = render(
            request,
            "admin/contacts/everything.html",
            {
                **context,
                "contact": contact,
                "may_export": may_export,
                "parts": [_part(name, rows) for name, rows in found.items() if rows],
                "empty": [name.replace("_", " ") for name, rows in found.items() if not rows],
            },
        )
    return response


def _part(name: str, rows: Any) -> dict[str, Any]:
    """One table: the columns that say something in any row."""
    rows = rows if isinstance(rows, list) else [rows]
    keys = [key for key in (rows[0] if rows else ()) if any(row[key] not in (None, "", []) for row in rows)]
    return {
        "name": name.replace("_", " "),
        "heads": [key.replace("_", " ") for key in keys],
        "rows": [[_in_words(row[key]) for key in keys] for row in rows],
    }


def _in_words(value: Any) -> Any:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return words.moment(value, ZoneInfo("UTC"))
    return "" if value is None else value
