"""Panels of people registered for an event, or no longer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin import words
from events.models import CustomRegistrationField
from events.templatetags.seatwise import opened
from registrations.admin.files import columns
from registrations.admin.files.columns import Column
from registrations.admin.panels.base import Panel
from registrations.admin.panels.filters import EventSeatFilter, answer_filters
from registrations.admin.verbs import access
from registrations.admin.verbs.base import PanelVerb
from registrations.admin.verbs.doors import CameAfterAll, LetIn, NoShow, entries_of
from registrations.admin.verbs.export import Export, ExportAll
from registrations.admin.verbs.mail import Resend
from registrations.admin.verbs.messages import SendMessage
from registrations.admin.verbs.people import AddPeople, Files, ImportPeople, Mails
from registrations.admin.verbs.printing import Badges, BadgesForAll, DoorList, DoorListForAll
from registrations.admin.verbs.seats import Cancel
from registrations.models import AttendeePass, EventRegistration, RegistrationResponse, SessionRegistration
from registrations.queries import opened_sessions


class EventRegistrations(Panel):
    """People registered for the event; by default those with at least one seat."""

    rows_of = EventRegistration
    key = "event_registrations"
    prefix = "regs"
    title = gettext_lazy("Registrations")
    empty = gettext_lazy("Nobody is registered yet.")
    view_permission = "registrations.view_eventregistration"
    verbs: ClassVar[Sequence[type[PanelVerb]]] = (
        *(LetIn, NoShow, CameAfterAll),
        *(Cancel, Resend, SendMessage, Badges, DoorList, Export),
    )
    tools: ClassVar[Sequence[type[PanelVerb]]] = (
        *(AddPeople, ImportPeople, Mails),
        *(BadgesForAll, DoorListForAll, ExportAll, Files),
    )

    list_display = ["person", "sessions", "event_pass", "status_shown", "answers", "registered"]
    list_display_links = ["person"]
    list_filter = [EventSeatFilter]
    list_select_related = ["contact", "added_by"]
    search_fields = ["first_name", "last_name", "contact__email"]
    search_help_text = gettext_lazy("Name or e-mail")

    @cached_property
    def questions(self) -> list[CustomRegistrationField]:
        """The event's questions, for those who may read the answers."""
        if not access.may_see_answers(self.user, self.event):
            return []
        return list(self.event.custom_registration_fields.all())

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [*self.list_filter, *answer_filters(self.questions)] if self.list_filter else []

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        shown = super().get_list_display(request)
        if "answers" in shown and not self.questions:
            shown.remove("answers")
        if "event_pass" in shown and not self.has_passes:
            shown.remove("event_pass")
        return shown

    @cached_property
    def has_passes(self) -> bool:
        """True when the event offers, or ever offered, passes."""
        return self.event.passes.exists()

    def rows(self) -> QuerySet[EventRegistration]:
        return EventRegistration.objects.active().filter(event=self.event)

    def file_columns(self) -> list[Column]:
        return [
            *columns.person("", "contact__email"),
            *columns.details(),
            columns.choice("status", _("Status"), self.rows_of),
            columns.figure("sessions", _("Sessions"), _seats_of, otherwise=0),
            columns.figure("pass", _("Pass"), _passes_of),
            columns.moment("no_show", _("No-show"), self.zone, "no_show_at"),
            columns.registrar(),
            *columns.given(self.rows_of, self.zone),
            *self.answer_columns("pk"),
        ]

    def summary(self) -> str:
        return words.summary_of(self.event.seats)

    def add_figures(self, rows: list[Any]) -> None:
        ids = [row.pk for row in rows]
        seats = SessionRegistration.objects.active().filter(event_registration__in=ids)
        counted = seats.values("event_registration").annotate(
            all=Count("pk"), past=Count("pk", filter=Q(is_past_capacity=True))
        )
        figures: dict[int, Any] = {row["event_registration"]: row for row in counted.order_by()}
        names = _passes_of(ids)
        answers = self._answers(ids) if "answers" in self.list_display and self.questions else {}
        opened_by_pass = self._opened_by_pass(ids) if "sessions" in self.list_display else {}
        entries = entries_of(self.event, ids)
        for row in rows:
            row.entry, own = entries.get(row.pk), figures.get(row.pk, {})
            row.session_count, row.past_count = own.get("all", 0), own.get("past", 0)
            row.pass_name, row.answers_given = names.get(row.pk, ""), answers.get(row.pk, [])
            row.opened_by_pass = opened_by_pass.get(row.pk, "")

    def _opened_by_pass(self, ids: list[int]) -> dict[int, str]:
        """What each person's pass opens, in words; nothing where people choose their sessions themselves."""
        if self.event.allow_custom_agenda or not self.has_passes:
            return {}
        passes = self.event.passes.prefetch_related(opened_sessions())
        said = {each.pk: opened(each) for each in passes}
        issued = AttendeePass.objects.filter(event_registration__in=ids, cancelled_at=None)
        return {person: said[one] for person, one in issued.values_list("event_registration", "event_pass")}

    def _answers(self, ids: list[int]) -> dict[int, list[str]]:
        given: dict[int, list[str]] = defaultdict(list)
        responses = RegistrationResponse.objects.filter(event_registration__in=ids)
        for response in responses.select_related("field").order_by("field__position", "field"):
            given[response.event_registration_id].append(f"{response.field.label}: {response}")
        return given

    def name_of(self, row: Any) -> str:
        return row.full_name

    @admin.display(description=gettext_lazy("person"), ordering="last_name")
    def person(self, row: Any) -> SafeString:
        """Name over address."""
        return words.name_and_address(row.full_name, row.contact.email)

    @admin.display(description=gettext_lazy("sessions"))
    def sessions(self, row: Any) -> SafeString | str:
        """The number of seats in sessions, and what the person may attend by their pass, which takes no seat."""
        by_pass = words.lines(row.opened_by_pass, row.opened_by_pass and _("Via pass"))
        if row.session_count:
            return format_html("{}{}", row.session_count, by_pass)
        return by_pass or _("no sessions")

    @admin.display(description=gettext_lazy("pass"))
    def event_pass(self, row: Any) -> str:
        """The pass in force."""
        return row.pass_name or "–"

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def status_shown(self, row: Any) -> SafeString:
        """Confirmed or waiting, whether they stayed away, and whether past capacity, with the reason."""
        waiting = row.status == EventRegistration.Status.WAITLISTED
        shown = [words.chip(row.get_status_display(), "waiting" if waiting else "free")]
        if row.entry:
            since = {"at": words.moment(row.entry.checked_in_at, self.zone)}
            shown.append(words.chip(_("In since %(at)s") % since, "live"))
        if row.no_show_at:
            shown.append(words.chip(_("No-show"), "clash"))
        if row.is_past_capacity:
            shown += [words.chip(_("Past capacity"), "over"), words.lines(row.reason)]
        elif row.past_count:
            told = ngettext(
                "past capacity in %(n)d session", "past capacity in %(n)d sessions", row.past_count
            )
            shown.append(words.chip(told % {"n": row.past_count}, "over"))
        return words.beside_one_another(*shown)

    @admin.display(description=gettext_lazy("answers"))
    def answers(self, row: Any) -> SafeString:
        """The answers to the event's questions."""
        return words.lines(*row.answers_given) or SafeString("–")

    @admin.display(description=gettext_lazy("registered"), ordering="registered_at")
    def registered(self, row: Any) -> SafeString:
        """The time of registering, and by whom, else in which way."""
        return words.lines(
            words.moment(row.registered_at, self.zone), row.added_by or row.get_source_display()
        )


def _seats_of(ids: Sequence[int]) -> dict[int, int]:
    """How many seats in sessions each of these registrations has."""
    seats = SessionRegistration.objects.active().filter(event_registration__in=ids)
    return dict(seats.order_by().values_list("event_registration").annotate(Count("pk")))


def _passes_of(ids: Sequence[int]) -> dict[int, str]:
    """The pass in force of each of these registrations."""
    passes = AttendeePass.objects.filter(event_registration__in=ids, cancelled_at=None)
    return dict(passes.values_list("event_registration", "event_pass__name"))


class CancelledRegistrations(EventRegistrations):
    """People who gave up everything at this event."""

    key = "event_cancelled"
    prefix = "gone"
    title = gettext_lazy("Contacts who canceled")
    empty = gettext_lazy("Nobody has cancelled.")
    is_of_gone = True
    verbs: ClassVar[Sequence[type[PanelVerb]]] = (SendMessage, Export)
    tools: ClassVar[Sequence[type[PanelVerb]]] = (ExportAll,)
    list_display = ["person", "cancelled", "cancel_reason", "registered"]
    list_filter = []
    ordering = ["-cancelled_at", "-id"]

    def rows(self) -> QuerySet[EventRegistration]:
        return EventRegistration.objects.filter(event=self.event, cancelled_at__isnull=False)

    def summary(self) -> str:
        return ""

    @admin.display(description=gettext_lazy("cancelled"), ordering="cancelled_at")
    def cancelled(self, row: Any) -> str:
        """The time at which the seat was given back."""
        return words.moment(row.cancelled_at, self.zone)
