"""Everything about one person, on the desk: to read, and as a file to hand over."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events.models import Contact
from registrations.queries.everything import everything_about

MAY_SEE = "events.delete_contact"


@require_safe
def everything(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; with `?file=json` the file. Whoever may erase a person may hand over what is kept of them."""
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    contact = get_object_or_404(Contact, pk=pk)
    found = everything_about(contact)
    if request.GET.get("file") == "json":
        response: HttpResponse = JsonResponse(found, json_dumps_params={"indent": 2, "ensure_ascii": False})
        response["Content-Disposition"] = f'attachment; filename="person-{contact.uuid}.json"'
    else:
        context = {**admin.site.each_context(request), "title": _("Everything about this person")}
        response = render(
            request,
            "admin/contacts/everything.html",
            {**context, "contact": contact, "parts": [_part(name, rows) for name, rows in found.items()]},
        )
    return response


def _part(name: str, rows: Any) -> dict[str, Any]:
    rows = rows if isinstance(rows, list) else [rows]
    heads = [key.replace("_", " ") for key in rows[0]] if rows else []
    return {"name": name.replace("_", " "), "heads": heads, "rows": [list(row.values()) for row in rows]}
