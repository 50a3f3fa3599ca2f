"""Passes: on their own page, and as lines of their event. The first one turns the own-agenda switch off."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events import counted
from events.actors import Actor
from events.admin.archiving import ArchivingAdmin
from events.admin.asking import AsksBeforeSaving, Question
from events.admin.cells import fill
from events.admin.pass_sessions import PassPageForm
from events.admin.scope import ScopedAdmin, ScopedInline
from events.admin.tab_parts import Tab
from events.admin.tabs import TabbedAdmin
from events.admin.verbs import Consequence, change_url
from events.forms import PassForm, PassFormSet
from events.forms.effects import save_links, save_pass
from events.models import Event, Pass
from registrations.actions import within_form_add_pass
from registrations.models import SessionRegistration

# What can be attended still.
ATTENDED = Q(sessions__archived_at=None, sessions__cancelled_at=None)
SESSIONS = Tab("sessions", _("Sessions"), fieldsets=((None, {"fields": ("opens",)}),))
SWITCHED_OFF = _("Own agenda was switched off because passes register people at event level.")


def switch_off_for_pass(model_admin: TabbedAdmin, request: HttpRequest, event: Event) -> None:
    """Turn the own-agenda switch off for a pass just saved, and say so."""
    kept = within_form_add_pass(event, actor=Actor.staff(request.user))  # type: ignore[arg-type]
    if kept is None:
        return
    stays = ngettext("%(n)d registration is kept.", "%(n)d registrations are kept.", kept) % {"n": kept}
    model_admin.note(request, f"{SWITCHED_OFF} {stays}", messages.WARNING)


def question_before_first_pass(event: Event) -> Question | None:
    """What the event's first pass does to registrants who choose sessions; None where it does nothing."""
    if not event.allow_custom_agenda or event.passes_with_agenda or event.passes.offered().exists():
        return None
    kept = SessionRegistration.objects.active().filter(event=event).count()
    stays = ngettext("%(n)d registration is kept.", "%(n)d registrations are kept.", kept) % {"n": kept}
    off = gettext(
        "switched off: passes register people at event level, and nobody chooses sessions any more."
    )
    line = Consequence(
        gettext("Own agenda"), gettext("registrants choose sessions"), f"{off} {stays}", "clash"
    )
    return Question([line], gettext("Add the pass, and switch own agendas off"))


class PassInline(ScopedInline, admin.TabularInline):
    """The passes of one event; they are removed on their own page, where it shows who holds them."""

    model = Pass
    form = PassForm
    formset = PassFormSet
    fields = ["name", "price", "currency", "capacity", "sold", "opens", "page"]
    readonly_fields = ["sold", "opens", "page"]
    extra = 1
    can_delete = False
    verbose_name_plural = _("Passes")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pass]:
        offered = super().get_queryset(request).offered().select_related("seats", "event")  # type: ignore[attr-defined]
        return offered.annotate(number_of_sessions=Count("sessions", filter=ATTENDED))

    @admin.display(description=_("sold"))
    def sold(self, obj: Pass) -> SafeString | str:
        """How many were given, of how many."""
        return fill(obj.seats) if obj.seats_id else "–"

    @admin.display(description=_("opens"))
    def opens(self, obj: Any) -> SafeString | str:
        """How many sessions, leading to them."""
        if obj.pk is None:
            return "–"
        number = obj.number_of_sessions
        said = counted.sessions(number)
        return format_html('<a href="{}?tab=sessions">{}</a>', change_url(obj), said)

    @admin.display(description=_("more"))
    def page(self, obj: Pass) -> SafeString | str:
        """The way to the pass's own page, on which it is removed."""
        return format_html('<a href="{}">{}</a>', change_url(obj), gettext("Sale, remove…")) if obj.pk else ""


@admin.register(Pass)
class PassAdmin(AsksBeforeSaving, ArchivingAdmin, ScopedAdmin, TabbedAdmin):
    """What an event offers at event level."""

    form = PassPageForm
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
                    {
                        "fields": (
                            ("price", "currency", "vat_rate"),
                            ("pay_online", "pay_by_invoice"),
                            ("on_sale_from", "on_sale_until"),
                            "position",
                        )
                    },
                ),
                (_("How many"), {"fields": ("capacity", "most_sessions")}),
            ),
        ),
        SESSIONS,
    )

    def get_tabs(self, request: HttpRequest, obj: Any) -> list[Tab]:
        return [tab for tab in super().get_tabs(request, obj) if obj is not None or tab is not SESSIONS]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["event"] if obj else []

    def question_before_saving(self, request: HttpRequest, before: Any, form: Any) -> Question | None:
        """Nothing: what is allocated concerns nobody who holds one."""
        return None

    def question_before_adding(self, request: HttpRequest, form: Any) -> Question | None:
        """What the first pass switches off."""
        return question_before_first_pass(form.cleaned_data["event"])

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if save_pass(obj, form, Actor.staff(request.user)):  # type: ignore[arg-type]
            switch_off_for_pass(self, request, obj.event)
        if "opens" in form.cleaned_data:
            save_links(obj.sessions, form.cleaned_data["opens"])

    @admin.display(description=_("opens these sessions"))
    def opens(self, obj: Pass) -> str:
        """For those who may only look."""
        attended = obj.sessions.filter(archived_at=None, cancelled_at=None).in_programme_order()
        return ", ".join(attended.values_list("name", flat=True)) or "–"

    def after_delete_url(self, obj: Any) -> str:
        return f"{reverse('admin:events_event_change', args=[obj.event_id])}?tab=registration"

    @admin.display(description=_("sold"), ordering="seats__taken")
    def sold(self, obj: Pass) -> SafeString:
        """How many were given, of how many."""
        return fill(obj.seats)
