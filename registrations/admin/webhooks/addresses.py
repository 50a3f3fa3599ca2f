"""Addresses of other systems on the desk: registered, changed, tested, paused and given another secret."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin import words
from events.admin.answers import HonestAdmin
from events.admin.scope import visible_events
from events.admin.verbs import Frame, OneRow, Verb, VerbsAdmin, ask_or_act
from events.roles import sees_every_event
from registrations.actions.sending import webhooks
from registrations.admin.webhooks.deliveries import state_of
from registrations.admin.webhooks.verbs import WEBHOOK_VERBS, Register
from registrations.models import Webhook

RECENT = 20


@admin.register(Webhook)
class WebhookAdmin(VerbsAdmin, HonestAdmin):
    """Addresses of other systems. A secret is shown once, when it is made, and never here."""

    verbs = WEBHOOK_VERBS
    change_form_template = "admin/registrations/webhook.html"
    list_display = ["url", "client", "scope", "told_of", "state", "created_at"]
    list_filter = [
        ("switched_off_at", admin.EmptyFieldListFilter),
        ("deleted_at", admin.EmptyFieldListFilter),
        ("client", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["client", "event"]
    search_fields = ["url", "client__name"]
    search_help_text = gettext_lazy("Address or client")
    fields = [
        "url",
        "client",
        "scope",
        "told_of",
        "state",
        "failing_since",
        "failures",
        "switched_off_reason",
        "previous_secret_until",
        "created_at",
        "deleted_at",
    ]

    actions = ["switch_on_action", "switch_off_action"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Webhook]:
        """The webhooks of all events only for those who see all events."""
        rows = super().get_queryset(request)
        if sees_every_event(request.user):
            return rows
        return rows.filter(event__in=visible_events(request).values("pk"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never by the form: each change is a verb, and says what it would mean."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def may_use(self, request: HttpRequest, obj: Webhook, verb: Verb[Any]) -> bool:
        """True when this member of staff may use the verb on the address, which still exists."""
        return obj.deleted_at is None and verb.is_allowed(request.user, obj)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask for a new address on GET, register it on POST."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        listed = reverse("admin:registrations_webhook_changelist")
        frame = Frame(Register.label, [(capfirst(str(self.opts.verbose_name_plural)), listed)], listed)
        listing, is_confirmed = OneRow(None, request.user), request.method == "POST"
        return ask_or_act(request, frame, Register(), listing, list, is_confirmed=is_confirmed)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Add what it was told lately, and how each message fared."""
        rows = context["original"].deliveries.select_related("event", "webhook")[:RECENT]
        context["recent"] = [{"row": row, "state": state_of(row)} for row in rows]
        return super().render_change_form(request, context, *args, **kwargs)

    def has_switch_permission(self, request: HttpRequest) -> bool:
        """True when this member of staff may switch addresses on and off."""
        return request.user.has_perm("registrations.change_webhook")

    @admin.action(description=gettext_lazy("Switch on"), permissions=["switch"])
    def switch_on_action(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Send to these addresses again."""
        for webhook in queryset:
            webhooks.switch_on(webhook)
        self.message_user(request, _("Switched on."), messages.SUCCESS)

    @admin.action(description=gettext_lazy("Switch off"), permissions=["switch"])
    def switch_off_action(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Send nothing to these addresses until they are switched on again."""
        for webhook in queryset:
            webhooks.switch_off(webhook, reason=_("By %(who)s.") % {"who": request.user})
        self.message_user(request, _("Switched off."), messages.SUCCESS)

    @admin.display(description=gettext_lazy("events"), ordering="event__name")
    def scope(self, row: Webhook) -> str:
        """The event that it is told of."""
        return str(row.event) if row.event else _("All that the client may see")

    @admin.display(description=gettext_lazy("told of"))
    def told_of(self, row: Webhook) -> SafeString:
        """The names it asked for."""
        return words.lines(*row.names)

    @admin.display(description=gettext_lazy("state"), ordering="switched_off_at")
    def state(self, row: Webhook) -> SafeString:
        """On, failing, switched off or deleted."""
        if row.deleted_at:
            return words.chip(_("Deleted"), "muted")
        if row.switched_off_at:
            return words.chip(_("Switched off"), "clash") + words.lines(row.switched_off_reason)
        if row.failing_since:
            return words.chip(_("Failing"), "few")
        return words.chip(_("On"), "free")
