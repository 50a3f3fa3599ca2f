"""Who sees and changes what on the desk: the permission and the event must both say yes."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.forms.utils import pretty_name
from django.http import HttpRequest

from events.admin.answers import HonestAdmin
from events.models import Event
from events.roles import events_to_plan, may_plan, may_view, sees_every_event


def visible_events(request: HttpRequest) -> QuerySet[Event]:
    """The events this member of staff may see, without the deleted ones."""
    return Event.objects.not_archived().visible_to(request.user)  # type: ignore[arg-type]


class ScopedAdmin(HonestAdmin):
    """A ModelAdmin that shows rows of visible events only, to be changed by those who plan the event."""

    # The way from a row to its event; empty for the event itself.
    event_lookup = "event"

    def event_of(self, obj: Any) -> Event:
        """The event a row belongs to."""
        for name in filter(None, self.event_lookup.split("__")):
            obj = getattr(obj, name)
        return obj

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset = super().get_queryset(request)
        if hasattr(self.model, "archived_at"):
            queryset = queryset.filter(archived_at=None)
        if sees_every_event(request.user):
            return queryset
        lookup = f"{self.event_lookup}__in" if self.event_lookup else "pk__in"
        return queryset.filter(**{lookup: visible_events(request).values("pk")})

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_view_permission(request, obj)
        return allowed and (obj is None or may_view(request.user, self.event_of(obj)))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or may_plan(request.user, self.event_of(obj)))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or self.may_delete(request, obj))

    def may_delete(self, request: HttpRequest, obj: Any) -> bool:
        """True for those who plan the event; the event itself is stricter."""
        return may_plan(request.user, self.event_of(obj))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "event" and "queryset" not in kwargs:
            kwargs["queryset"] = events_to_plan(request.user)  # type: ignore[arg-type]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class NamedInline:
    """Mixed into inlines: the head of a column names a box to those who see, and each says its name itself too."""

    def get_formset(self: Any, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)  # type: ignore[misc]
        return type(formset.__name__, (_Named, formset), {})


class _Named:
    """Mixed into a formset: each box is named, the one that deletes the line as well."""

    def add_fields(self: Any, form: Any, index: int | None) -> None:
        super().add_fields(form, index)  # type: ignore[misc]
        for name, field in form.fields.items():
            # A choice of other rows is wrapped in links to add one.
            box = getattr(field.widget, "widget", field.widget)
            box.attrs.setdefault("aria-label", field.label or pretty_name(name))


class ScopedInline(NamedInline):
    """Mixed into inlines of events and sessions: whoever may not plan the event only looks."""

    def event_of(self, parent: Any) -> Event:
        """The event of the object whose form this is part of."""
        return parent if isinstance(parent, Event) else parent.event

    def has_add_permission(self: Any, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and self._plans(request, obj)  # type: ignore[misc]

    def has_change_permission(self: Any, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._plans(request, obj)  # type: ignore[misc]

    def has_delete_permission(self: Any, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._plans(request, obj)  # type: ignore[misc]

    def _plans(self: Any, request: HttpRequest, parent: Any) -> bool:
        return parent is None or may_plan(request.user, self.event_of(parent))
