"""The desk's answer to what cannot be kept: the page again, with a status that machines read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from events.admin.searching import SearchedAdmin

UNPROCESSABLE = 422


class HonestAdmin(SearchedAdmin):
    """A ModelAdmin that answers 422 when it shows a posted form again with its errors; Django says 200."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """The page, which says that it is a refusal."""
        response = super().render_change_form(request, context, *args, **kwargs)
        # `errors` gathers those of the form and of all its lines.
        if request.method == "POST" and context.get("errors"):
            response.status_code = UNPROCESSABLE
        return response
