"""The outbox on the desk: what was sent, what is on its way, what each mail says, sending again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.actors import Actor
from events.admin import words
from events.admin.harmless import harmless
from events.admin.readonly import ReadOnlyAdmin
from events.admin.verbs import PORTION, Done, say
from events.models import Event
from registrations import actions
from registrations.actions.sending.outbox import NO_LONGER_TRUE
from registrations.admin.verbs import access
from registrations.admin.verbs.mail import said_of
from registrations.mail import render
from registrations.models import Notification

MAY_READ = "registrations.change_notification"


class StateFilter(admin.SimpleListFilter):
    """A filter by how far a mail has come."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("waiting", gettext_lazy("On its way")),
            ("sent", gettext_lazy("Sent")),
            ("failed", gettext_lazy("Given up")),
            ("over", gettext_lazy("No longer true")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        narrowed: dict[str, dict[str, Any]] = {
            "waiting": {"sent_at": None, "given_up_at": None},
            "sent": {"sent_at__isnull": False},
            "failed": {"given_up_at__isnull": False},
            "over": {"last_error__startswith": NO_LONGER_TRUE},
        }
        found = queryset.filter(**narrowed.get(self.value() or "", {}))
        return found.exclude(last_error__startswith=NO_LONGER_TRUE) if self.value() == "failed" else found


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """Every mail to an attendee. What it says carries their personal link, so looking needs more than viewing."""

    list_display = ["what", "contact", "event", "session", "state", "written", "sent"]
    list_display_links = ["what"]
    list_filter = [StateFilter, "kind", ("event", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["contact", "event", "session"]
    search_fields = ["contact__email", "contact__first_name", "contact__last_name"]
    search_help_text = gettext_lazy("Name or e-mail")
    date_hierarchy = "created_at"
    change_form_template = "admin/registrations/mail.html"
    fields = ["what", "contact", "event", "session", "state", "written", "sent", "attempts", "last_error"]
    actions = ["send_again_action"]

    def get_urls(self) -> list[Any]:
        html = path(
            "<int:pk>/html/",
            self.admin_site.admin_view(self.html_view),
            name="registrations_notification_html",
        )
        return [html, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Add what the mail says."""
        notification = context["original"]
        if may_read(request, notification.event):
            mail = render(notification, checked=False)
            context.update(
                subject=mail.subject,
                body=mail.body,
                html_url=reverse("admin:registrations_notification_html", args=[notification.pk]),
            )
        return super().render_change_form(request, context, *args, **kwargs)

    def html_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The mail's HTML on a page of its own that may load and run nothing."""
        notification = self.get_queryset(request).filter(pk=pk).first()
        if notification is None or not may_read(request, notification.event):
            raise Http404
        return harmless(request, render(notification, checked=False).html_alone)

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        """True when this member of staff may send mails again, somewhere."""
        return request.user.has_perm(MAY_READ)

    @admin.action(description=gettext_lazy("Send again"), permissions=["send_again"])
    def send_again_action(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        """Send the chosen mails once more, those of events this member of staff works on."""
        chosen = list(queryset)
        events = {row.event_id: row.event for row in chosen}
        allowed = {pk for pk, event in events.items() if may_read(request, event)}
        wanted = [row for row in chosen if row.event_id in allowed]
        actor, mails = Actor.staff(request.user), list[Notification]()  # type: ignore[arg-type]
        for start in range(0, len(wanted), PORTION):
            mails += actions.resend(wanted[start : start + PORTION], actor=actor)
        done = Done(said_of(mails), len(mails))
        for row in chosen:
            if row.event_id not in allowed:
                done.refuse(_("not your event."), str(row))
        say(request, done)

    @admin.display(description=gettext_lazy("mail"), ordering="kind")
    def what(self, row: Notification) -> str:
        """The kind of mail."""
        return row.get_kind_display()

    @admin.display(description=gettext_lazy("state"), ordering="sent_at")
    def state(self, row: Notification) -> SafeString:
        """Sent, on its way, tried, or given up."""
        if row.sent_at:
            return words.chip(_("Sent"), "free")
        if row.last_error.startswith(NO_LONGER_TRUE):
            return words.chip(_("No longer true"), "full")
        if row.given_up_at:
            return words.chip(_("Given up"), "clash")
        tried = (
            ngettext("tried %(n)d time", "tried %(n)d times", row.attempts) % {"n": row.attempts}
            if row.attempts
            else ""
        )
        return words.chip(_("On its way"), "waiting") + words.lines(tried)

    @admin.display(description=gettext_lazy("written"), ordering="created_at")
    def written(self, row: Notification) -> str:
        """The time at which the mail was caused."""
        return words.moment(row.created_at, row.event.zone)

    @admin.display(description=gettext_lazy("sent"), ordering="sent_at")
    def sent(self, row: Notification) -> str:
        """The time at which the mail left."""
        return words.moment(row.sent_at, row.event.zone) or "–"


def may_read(request: HttpRequest, event: Event) -> bool:
    """True when this member of staff may read the event's mails, which open attendees' own pages."""
    return access.may(request.user, event, MAY_READ)
