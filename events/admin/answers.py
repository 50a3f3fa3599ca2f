"""The desk's answer to what cannot be kept: the page again, with a status that machines read."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from events.admin import words
from events.admin.searching import SearchedAdmin

UNPROCESSABLE = 422


class HonestAdmin(SearchedAdmin):
    """A ModelAdmin that answers 422 when it shows a posted form again with its errors; Django says 200.

    Its history shows times as every other page does: by the clocks of the event, where there is one.
    """

    object_history_template = "admin/history.html"

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Django's page, with the moments of the entries in words."""
        response = super().history_view(request, object_id, extra_context)
        context = getattr(response, "context_data", None)
        if context is not None:
            zone = _zone_of(context["object"])
            context["zone"] = zone.key
            context["entries"] = [
                (words.moment(entry.action_time, zone), entry) for entry in context["action_list"]
            ]
        return response

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """The page, which says that it is a refusal."""
        response = super().render_change_form(request, context, *args, **kwargs)
        # `errors` gathers those of the form and of all its lines.
        if request.method == "POST" and context.get("errors"):
            response.status_code = UNPROCESSABLE
        return response


def _zone_of(obj: Any) -> ZoneInfo:
    """The zone of the event, which the object is or belongs to; of what belongs to no event, the site's."""
    for owner in (getattr(obj, "event", None), obj):
        zone = getattr(owner, "zone", None)
        if isinstance(zone, ZoneInfo):
            return zone
    return ZoneInfo(timezone.get_default_timezone_name())
