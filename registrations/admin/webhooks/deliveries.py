"""What other systems were told, on the desk: each message, and sending it again."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin import words
from events.admin.readonly import ReadOnlyAdmin
from events.admin.verbs import Done, say
from events.models import Event
from events.roles import sees_every_event
from registrations.actions.sending import webhooks
from registrations.admin.verbs import access
from registrations.models import WebhookDelivery

MAY_RESEND = "registrations.change_webhookdelivery"


class DeliveryStateFilter(admin.SimpleListFilter):
    """A filter by how far a message has come."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("waiting", gettext_lazy("On its way")),
            ("failing", gettext_lazy("Failed so far")),
            ("delivered", gettext_lazy("Delivered")),
            ("failed", gettext_lazy("Given up")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        narrowed: dict[str, dict[str, Any]] = {
            "waiting": {"delivered_at": None, "given_up_at": None},
            "failing": {"delivered_at": None, "given_up_at": None, "attempts__gt": 0},
            "delivered": {"delivered_at__isnull": False},
            "failed": {"given_up_at__isnull": False},
        }
        return queryset.filter(**narrowed.get(self.value() or "", {}))


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """Every message to another system. What it says names people, so reading it needs more than viewing."""

    list_display = ["what", "address", "event", "state", "planned", "delivered"]
    list_display_links = ["what"]
    list_filter = [DeliveryStateFilter, "name", ("event", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["webhook", "event"]
    search_fields = ["webhook__url", "uuid"]
    search_help_text = gettext_lazy("Address or webhook-id")
    date_hierarchy = "created_at"
    change_form_template = "admin/registrations/webhook_delivery.html"
    fields = [
        "what",
        "uuid",
        "address",
        "event",
        "state",
        "planned",
        "delivered",
        "attempts",
        "last_status",
        "last_error",
    ]
    actions = ["send_again_action"]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Add what the message says."""
        delivery = context["original"]
        if may_read(request, delivery.event):
            context["body"] = json.dumps(delivery.payload, indent=2, ensure_ascii=False)
        return super().render_change_form(request, context, *args, **kwargs)

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        """True when this member of staff may send messages again, somewhere."""
        return request.user.has_perm(MAY_RESEND)

    @admin.action(description=gettext_lazy("Send again"), permissions=["send_again"])
    def send_again_action(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        """Send the chosen messages once more, those of events this member of staff works on."""
        chosen = list(queryset)
        allowed = [row for row in chosen if may_read(request, row.event)]
        for row in allowed:
            webhooks.resend(row)
        count = len(allowed)
        said = ngettext("%(n)d message is on its way.", "%(n)d messages are on their way.", count)
        done = Done(said % {"n": count}, count)
        for row in chosen:
            if row not in allowed:
                done.refuse(_("not your event."), row.name)
        say(request, done)

    @admin.display(description=gettext_lazy("told"), ordering="name")
    def what(self, row: WebhookDelivery) -> str:
        """The name of what is told, as integrators know it."""
        return row.name

    @admin.display(description=gettext_lazy("address"), ordering="webhook__url")
    def address(self, row: WebhookDelivery) -> str:
        """The address that the message goes to."""
        return row.webhook.url

    @admin.display(description=gettext_lazy("state"), ordering="delivered_at")
    def state(self, row: WebhookDelivery) -> SafeString:
        """Delivered, on its way, tried, held up or given up."""
        return state_of(row)

    @admin.display(description=gettext_lazy("planned"), ordering="created_at")
    def planned(self, row: WebhookDelivery) -> str:
        """The time at which the worker read of it."""
        return words.moment(row.created_at, self.zone_of(row))

    @admin.display(description=gettext_lazy("delivered"), ordering="delivered_at")
    def delivered(self, row: WebhookDelivery) -> str:
        """The time at which the receiver took it."""
        return words.moment(row.delivered_at, self.zone_of(row)) or "–"

    def zone_of(self, obj: Any) -> ZoneInfo:
        """The zone in which the message's times are shown: its event's, of a test message the site's."""
        return obj.event.zone if obj.event else timezone.get_default_timezone()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """True for whoever sees its event; a test message is of no event, and its address decides."""
        if obj is not None and obj.event is None:
            return request.user.has_perm("registrations.view_webhookdelivery") and sees_every_event(
                request.user
            )
        return super().has_view_permission(request, obj)


def state_of(row: WebhookDelivery) -> SafeString:
    """How far a message has come, in words: delivered, on its way, tried, held up or given up."""
    if row.delivered_at:
        return words.chip(_("Delivered"), "free")
    if row.given_up_at:
        return words.chip(_("Given up"), "clash") + words.lines(row.last_error[:80])
    if not row.webhook.is_active:
        return words.chip(_("Address is off"), "muted")
    tried = (
        ngettext("tried %(n)d time", "tried %(n)d times", row.attempts) % {"n": row.attempts}
        if row.attempts
        else ""
    )
    return words.chip(_("On its way"), "waiting") + words.lines(tried, row.last_error[:80])


def may_read(request: HttpRequest, event: Event | None) -> bool:
    """True when this member of staff may read and repeat the event's messages, which name its people."""
    if event is None:
        # A test message names nobody.
        return request.user.has_perm(MAY_RESEND)
    return access.may(request.user, event, MAY_RESEND)
