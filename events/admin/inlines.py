"""Lines of an event's form: its questions and its team."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from events.admin.scope import ScopedInline
from events.forms import QuestionForm
from events.models import CustomRegistrationField, EventTeamMember


class CustomRegistrationFieldInline(ScopedInline, admin.StackedInline):
    """What everybody who registers is asked."""

    model = CustomRegistrationField
    form = QuestionForm
    extra = 1
    fields = [("label", "kind"), ("is_required", "position"), "choices", "help_text"]
    verbose_name_plural = _("Custom registration fields")


class EventTeamMemberInline(ScopedInline, admin.TabularInline):
    """Who works on the event, in which role."""

    model = EventTeamMember
    extra = 1
    autocomplete_fields = ["user"]
    verbose_name_plural = _("Team")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or request.user.has_perm("events.view_event")
