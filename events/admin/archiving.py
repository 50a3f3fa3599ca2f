"""Delete, as organizers know it: hidden everywhere once nobody hangs on it, never gone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events.actors import Actor
from events.errors import Refusal
from registrations.actions import archive, people_on


class ArchivingAdmin(admin.ModelAdmin):
    """A ModelAdmin whose Delete hides; while people hang on the object it says how many and offers the way out."""

    def cancel_url(self, obj: Any) -> str:
        """Where the object can be cancelled instead; empty when there is no such command."""
        return ""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask on GET, hide on POST. Not inside Django's transaction: the action opens its own."""
        obj: Any = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_delete_permission(request, obj):
            raise PermissionDenied
        if request.method == "POST":
            return self._archive(request, obj)
        return self._ask_to_delete(request, obj)

    def _archive(self, request: HttpRequest, obj: Any) -> HttpResponse:
        try:
            archive(obj, actor=Actor.staff(request.user))  # type: ignore[arg-type]
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
            return self._ask_to_delete(request, obj)
        messages.success(request, _("“%(name)s” was deleted. Records of attendees are kept.") % {"name": obj})
        return redirect(self.after_delete_url(obj))

    def after_delete_url(self, obj: Any) -> str:
        """Where to go when the object is hidden."""
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"

    def _ask_to_delete(self, request: HttpRequest, obj: Any) -> HttpResponse:
        registered, waiting = people_on(obj)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Delete %(name)s") % {"name": obj},
            "opts": self.opts,
            "original": obj,
            "registered": registered,
            "waiting": waiting,
            "has_people": bool(registered or waiting),
            "cancel_url": self.cancel_url(obj),
        }
        status = 409 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/verbs/delete.html", context, status=status)
