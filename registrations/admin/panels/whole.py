"""Lists of a whole event that no tab shows, to be taken along as files: seats, people, mails, speakers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Contact
from registrations.admin.files import columns
from registrations.admin.files.columns import Column
from registrations.admin.panels.base import Panel
from registrations.models import EventRegistration, Notification, SessionRegistration
from sessions_app.models import Speaker
from waitlists.models import WaitlistItem


class EventSeats(Panel):
    """Who sits where: one row for each seat in a session, in the order of the day."""

    rows_of = SessionRegistration
    key = "event_seats"
    prefix = "seats"
    title = gettext_lazy("Who sits where")
    view_permission = "registrations.view_sessionregistration"

    def rows(self) -> QuerySet[SessionRegistration]:
        return SessionRegistration.objects.active().filter(event=self.event)

    def get_ordering(self, request: Any) -> list[Any]:
        """By session, then by name."""
        return [
            F("session__starts_at").asc(nulls_last=True),
            "session__name",
            "session_id",
            "event_registration__last_name",
            "event_registration__first_name",
            "id",
        ]

    def file_columns(self) -> list[Column]:
        return [
            columns.moment("starts_at", _("Start"), self.zone, "session__starts_at"),
            columns.moment("ends_at", _("End"), self.zone, "session__ends_at"),
            Column("session", _("Session"), "session__name"),
            Column("room", _("Room"), "session__room__name"),
            *columns.person("event_registration__", "contact__email"),
            *columns.details("event_registration__"),
            columns.yes_no("overlap_accepted", _("Clash accepted")),
            columns.moment("no_show", _("No-show"), self.zone, "no_show_at"),
            *columns.given(self.rows_of, self.zone)[:-2],
            *self.answer_columns("event_registration"),
        ]


class EventContacts(Panel):
    """Everybody the event knows, once each: registered, waiting, or no longer."""

    rows_of = Contact
    key = "event_contacts"
    prefix = "contacts"
    title = gettext_lazy("Contacts")
    view_permission = "events.view_contact"
    ordering = ["last_name", "first_name", "email"]

    def rows(self) -> QuerySet[Contact]:
        registered = EventRegistration.objects.filter(event=self.event).values("contact")
        waiting = WaitlistItem.objects.filter(event=self.event).values("contact")
        return Contact.objects.filter(Q(pk__in=registered) | Q(pk__in=waiting))

    def file_columns(self) -> list[Column]:
        return [
            *columns.person("", "email"),
            Column("language", _("Language"), "language"),
            columns.figure("status", _("Status"), self._status_of, otherwise=_("Waitlisted")),
            columns.figure("sessions", _("Sessions"), self._seats_of, otherwise=0),
            columns.figure("waiting", _("Places in line"), self._places_of, otherwise=0),
        ]

    def _status_of(self, ids: Sequence[int]) -> dict[int, str]:
        """What each has at the event, the last registration where there are several."""
        words = dict(EventRegistration.Status.choices)
        rows = EventRegistration.objects.filter(event=self.event, contact__in=ids).order_by("pk")
        return {contact: str(words[status]) for contact, status in rows.values_list("contact", "status")}

    def _seats_of(self, ids: Sequence[int]) -> dict[int, int]:
        return _counted(SessionRegistration.objects.active().filter(event=self.event, contact__in=ids))

    def _places_of(self, ids: Sequence[int]) -> dict[int, int]:
        return _counted(WaitlistItem.objects.open().filter(event=self.event, contact__in=ids))


def _counted(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.order_by().values_list("contact").annotate(Count("pk")))


class EventMails(Panel):
    """Every mail of the event: to whom, about what, and whether it has left."""

    rows_of = Notification
    key = "event_mails"
    prefix = "mails"
    title = gettext_lazy("Mails")
    view_permission = "registrations.view_notification"
    ordering = ["-id"]

    def rows(self) -> QuerySet[Notification]:
        return Notification.objects.filter(event=self.event)

    def file_columns(self) -> list[Column]:
        return [
            columns.choice("kind", _("Kind"), self.rows_of),
            *columns.person("contact__", "contact__email"),
            Column("session", _("Session"), "session__name"),
            columns.moment("written", _("Written"), self.zone, "created_at"),
            columns.moment("sent", _("Sent"), self.zone, "sent_at"),
            columns.moment("given_up", _("Given up"), self.zone, "given_up_at"),
            Column("attempts", _("Attempts"), "attempts"),
            Column("last_error", _("Last error"), "last_error"),
        ]


class EventSpeakers(Panel):
    """The people who speak at the event."""

    rows_of = Speaker
    key = "event_speakers"
    prefix = "speakers"
    title = gettext_lazy("Speakers")
    view_permission = "sessions_app.view_speaker"
    ordering = ["name", "id"]

    def rows(self) -> QuerySet[Speaker]:
        return Speaker.objects.filter(event=self.event)

    def file_columns(self) -> list[Column]:
        return [
            Column("name", _("Name"), "name"),
            Column("email", _("E-mail"), "email"),
            Column("company", _("Company"), "company"),
            Column("job_title", _("Job title"), "job_title"),
            Column("biography", _("Biography"), "biography"),
            Column("links", _("Links"), "links"),
            Column("order", _("Order"), "position"),
            columns.figure("sessions", _("Sessions"), _sessions_of),
        ]


def _sessions_of(ids: Sequence[int]) -> dict[int, str]:
    """The names of the sessions at which each speaks, in the order of the day."""
    named: dict[int, list[str]] = {}
    rows = Speaker.sessions.through.objects.filter(speaker__in=ids, session__archived_at=None)
    for speaker, name in rows.order_by("session__starts_at", "session").values_list(
        "speaker", "session__name"
    ):
        named.setdefault(speaker, []).append(name)
    return {speaker: ", ".join(names) for speaker, names in named.items()}
