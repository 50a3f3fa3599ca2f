"""Passes: on their own page, and as lines of their event. The first one turns the own-agenda switch off."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events.actors import Actor
from events.admin.archiving import ArchivingAdmin
from events.admin.cells import fill
from events.admin.scope import ScopedAdmin, ScopedInline
from events.admin.tabs import Tab, TabbedAdmin
from events.forms import PassForm, PassFormSet
from events.forms.effects import save_pass
from events.models import Event, Pass
from registrations.actions import within_form_add_pass

SWITCHED_OFF = _("Own agenda was switched off because passes register people at event level.")


def switch_off_for_pass(model_admin: TabbedAdmin, request: HttpRequest, event: Event) -> None:
    """Turn the own-agenda switch off for a pass just saved, and say so."""
    kept = within_form_add_pass(event, actor=Actor.staff(request.user))  # type: ignore[arg-type]
    if kept is None:
        return
    stays = ngettext("%(n)d registration is kept.", "%(n)d registrations are kept.", kept) % {"n": kept}
    model_admin.note(request, f"{SWITCHED_OFF} {stays}", messages.WARNING)


class PassInline(ScopedInline, admin.TabularInline):
    """The passes of one event; they are deleted on their own page, where it shows who holds them."""

    model = Pass
    form = PassForm
    formset = PassFormSet
    fields = ["name", "price", "currency", "capacity", "sold"]
    readonly_fields = ["sold"]
    extra = 1
    can_delete = False
    show_change_link = True
    verbose_name_plural = _("Passes")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pass]:
        return super().get_queryset(request).offered().select_related("seats", "event")  # type: ignore[attr-defined]

    @admin.display(description=_("sold"))
    def sold(self, obj: Pass) -> SafeString | str:
        """How many were given, of how many."""
        return fill(obj.seats) if obj.seats_id else "–"


@admin.register(Pass)
class PassAdmin(ArchivingAdmin, ScopedAdmin, TabbedAdmin):
    """What an event offers at event level."""

    form = PassForm
    list_display = ["name", "event", "price", "currency", "sold"]
    list_filter = [("event", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["event", "seats"]
    search_fields = ["name", "event__name"]
    tabs = (
        Tab(
            "pass",
            _("Pass"),
            fieldsets=(
                (None, {"fields": ("event", "name", "description")}),
                (
                    _("Sale"),
                    {"fields": (("price", "currency"), ("on_sale_from", "on_sale_until"), "position")},
                ),
                (_("How many"), {"fields": ("capacity", "most_sessions")}),
            ),
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["event"] if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if save_pass(obj, form, Actor.staff(request.user)):  # type: ignore[arg-type]
            switch_off_for_pass(self, request, obj.event)

    def after_delete_url(self, obj: Any) -> str:
        return f"{reverse('admin:events_event_change', args=[obj.event_id])}?tab=registration"

    @admin.display(description=_("sold"), ordering="seats__taken")
    def sold(self, obj: Pass) -> SafeString:
        """How many were given, of how many."""
        return fill(obj.seats)
