"""Lines of an event's form: its questions and its team."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from events.admin.scope import ScopedInline
from events.forms import QuestionForm
from events.forms.sponsor_form import SponsorForm
from events.models import CustomRegistrationField, EventTeamMember, Sponsor, User, normalise_email
from events.roles import sees_every_event

Role = EventTeamMember.Role
# What each role allows at the event in whose team it is.
ALLOWED: dict[str, Any] = {
    Role.PLANNER: _("plan everything, register people, also past capacity, let people in."),
    Role.REGISTRATION: _("register and cancel people, also past capacity, work on waitlists, let people in."),
    Role.DOOR: _("let people in."),
    Role.VIEWER: _("look."),
}


class CustomRegistrationFieldInline(ScopedInline, admin.StackedInline):
    """What everybody who registers is asked."""

    model = CustomRegistrationField
    form = QuestionForm
    extra = 1
    fields = [("label", "kind"), ("is_required", "position"), "choices", "help_text"]
    verbose_name_plural = _("Custom registration fields")


class SponsorInline(ScopedInline, admin.StackedInline):
    """Who is thanked on the event's page."""

    model = Sponsor
    form = SponsorForm
    extra = 1
    fields = [("name", "level", "position"), "link", "picture"]
    verbose_name_plural = _("Sponsors")


def members_of_staff() -> QuerySet[User]:
    """Everybody who may sign in to the desk."""
    return User.objects.filter(is_staff=True, is_active=True).order_by("email")


class StaffByAddress(forms.ModelChoiceField):
    """One member of staff, known by the whole address and by nothing less."""

    widget = forms.EmailInput
    default_error_messages = {
        "invalid_choice": _("No member of staff has this address. Check it, or ask them.")
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(members_of_staff(), to_field_name="email", **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The address, also of a member who may no longer sign in."""
        if isinstance(value, int):
            return User.objects.filter(pk=value).values_list("email", flat=True).first()
        return super().prepare_value(value)

    def to_python(self, value: Any) -> Any:
        return super().to_python(normalise_email(value) if isinstance(value, str) else value)


class EventTeamMemberInline(ScopedInline, admin.TabularInline):
    """Who works on the event, in which role. Whoever is added here has the permissions that the role needs."""

    model = EventTeamMember
    extra = 1
    fields = ["user", "role", "allows"]
    readonly_fields = ["allows"]
    verbose_name_plural = _("Team")

    @admin.display(description=_("what it allows here"))
    def allows(self, member: EventTeamMember) -> str:
        """In words; of all roles beside a line that is still empty."""
        if member.pk:
            return str(ALLOWED[member.role])
        return " ".join(f"{EventTeamMember.Role(role).label}: {words}" for role, words in ALLOWED.items())

    def get_queryset(self, request: HttpRequest) -> QuerySet[EventTeamMember]:
        return super().get_queryset(request).select_related("user")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Administrators choose from a list; to everybody else it would give away all addresses of staff."""
        if db_field.name == "user" and not sees_every_event(request.user):
            return StaffByAddress(label=_("e-mail"))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Members of staff, in a list that works without JavaScript too."""
        if db_field.name == "user":
            kwargs["queryset"] = members_of_staff()
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "user":
            field.choices = _read_once(request, field)
        return field

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or request.user.has_perm("events.view_event")


def _read_once(request: Any, field: Any) -> list[Any]:
    """The choices, read once a request and not once a line of the form."""
    if not hasattr(request, "seatwise_staff"):
        # Not list(): it would count them first.
        request.seatwise_staff = [*iter(field.choices)]
    return request.seatwise_staff
