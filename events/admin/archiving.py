"""Delete, as organizers know it: hidden everywhere once nobody hangs on it, never gone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin.cells import people
from events.admin.verbs import Consequence, Decision, Done, Obstacle, OneRow, Verb, act_on_object
from registrations.actions import archive, people_on


class Delete(Verb[OneRow]):
    """Hide one object; while people hang on it, say how many and offer the way out."""

    key = "delete"
    label = gettext_lazy("Delete")
    is_danger = True

    def __init__(self, cancel_url: str) -> None:
        self.cancel_url = cancel_url

    def obstacle(self, listing: OneRow, rows: list[Any]) -> Obstacle | None:
        registered, waiting = people_on(listing.target)
        if not registered and not waiting:
            return None
        said = {"kind": listing.target._meta.verbose_name, "people": people(registered, waiting)}
        why = _("%(people)s: with people on it this %(kind)s cannot be deleted.")
        if not self.cancel_url:
            return Obstacle((why % said, _("Cancel these people's registrations first.")))
        instead = _(
            "Cancel the %(kind)s instead: seats are given back, everyone is told, and records stay. "
            "After that it can be deleted."
        )
        return Obstacle((why % said, instead % said), self.cancel_url, _("Cancel %(kind)s…") % said)

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        [obj] = rows
        then = _("hidden everywhere; what attendees did before stays on record")
        return [Consequence(obj, _("nobody is registered or waiting"), then)]

    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        [obj] = rows
        archive(obj, actor=decided.actor)
        return Done(_("“%(name)s” was deleted. Records of attendees are kept.") % {"name": obj})


class ArchivingAdmin(admin.ModelAdmin):
    """A ModelAdmin whose Delete hides."""

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
        delete = Delete(self.cancel_url(obj))
        return act_on_object(request, self, obj, delete, after=self.after_delete_url(obj))

    def after_delete_url(self, obj: Any) -> str:
        """Where to go when the object is hidden."""
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
