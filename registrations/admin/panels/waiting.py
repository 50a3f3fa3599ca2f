"""Panels of people who wait: for the event itself, or for one session. The two lists never mix."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin import words
from registrations.admin.files import columns
from registrations.admin.files.columns import Column
from registrations.admin.panels.base import Panel
from registrations.admin.panels.filters import WaitlistFilter
from registrations.admin.verbs.base import PanelVerb
from registrations.admin.verbs.export import Export, ExportAll
from registrations.admin.verbs.messages import SendMessage
from registrations.admin.verbs.people import JoinPeople
from registrations.admin.verbs.waiting import Invite, Register, Remove, Reorder
from waitlists.models import WaitlistItem
from waitlists.order import LINE
from waitlists.rules import priced_pass_of

CHIPS = {
    WaitlistItem.Status.WAITING: "waiting",
    WaitlistItem.Status.INVITED: "invited",
    WaitlistItem.Status.ON_HOLD: "waiting",
    WaitlistItem.Status.REGISTERED: "free",
}


def places_in_line(seats_id: int, ids: list[int]) -> dict[int, int]:
    """The places in line of these items, in one query however many there are; items not in line are left out."""
    line = WaitlistItem.objects.waiting().filter(seats_id=seats_id)
    numbered = line.annotate(place=Window(RowNumber(), order_by=LINE.fields))
    # `place__lt=1` is never true. It keeps the condition outside, after the numbering of the whole line.
    wanted = numbered.filter(Q(pk__in=ids) | Q(place__lt=1))
    return dict(wanted.values_list("pk", "place"))


def people_together(links: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many of each group still wait, in one query; none where nobody waits together."""
    if not links:
        return {}
    rows = WaitlistItem.objects.filter(together__in=links, status__in=WaitlistItem.IN_A_PARTY)
    counted = rows.order_by().values_list("together").annotate(n=Count("pk"))
    return {link: number for link, number in counted.values_list("together", "n") if link}


class Waitlist(Panel):
    """One line of people who wait, in its order."""

    rows_of = WaitlistItem
    prefix = "wait"
    title = gettext_lazy("Waitlist")
    empty = gettext_lazy("Nobody is waiting.")
    view_permission = "waitlists.view_waitlistitem"
    verbs: ClassVar[Sequence[type[PanelVerb]]] = (Invite, Register, Reorder, Remove, SendMessage, Export)
    tools: ClassVar[Sequence[type[PanelVerb]]] = (JoinPeople, ExportAll)

    list_display = ["place", "person", "since", "status_shown", "automatic", "passed_over"]
    list_display_links = ["person"]
    list_filter = [WaitlistFilter]
    list_select_related = ["contact", "invitation_slot", "event_pass"]
    search_fields = ["contact__first_name", "contact__last_name", "contact__email"]
    search_help_text = gettext_lazy("Name or e-mail")

    def get_ordering(self, request: Any) -> list[Any]:
        """As they are served, unless another column is clicked."""
        return LINE.fields

    def summary(self) -> str:
        said = [words.summary_of(self.target.seats)]
        if not self.target.waitlist_enabled:
            said.append(_("The waitlist is off: nobody is served until it is turned on."))
        return " · ".join(said)

    def add_figures(self, rows: list[Any]) -> None:
        numbers = places_in_line(self.target.seats_id, [row.pk for row in rows])
        for row in rows:
            row.number = numbers.get(row.pk)
        parties = people_together({row.together for row in rows if row.together})
        for row in rows:
            row.party = parties.get(row.together, 1)

    def file_columns(self) -> list[Column]:
        def served(ids: Sequence[int]) -> list[str]:
            items = WaitlistItem.objects.select_related("event_pass").in_bulk(ids)
            return [self._served(items[pk]) for pk in ids]

        return [
            columns.figure("place", _("Place"), lambda ids: places_in_line(self.target.seats_id, list(ids))),
            *columns.person("contact__", "contact__email"),
            columns.moment("since", _("Waiting since"), self.zone, "joined_at"),
            columns.choice("status", _("Status"), self.rows_of),
            columns.moment("until", _("Seat held until"), self.zone, "invitation_slot__expires_at"),
            Column("automatic", _("When a seat frees"), "pk", served),
            Column("passed_over", _("Passed over"), "passed_over_reason"),
        ]

    def name_of(self, row: Any) -> str:
        return str(row.contact)

    def row_url(self, row: Any) -> str:
        return reverse("admin:waitlists_waitlistitem_change", args=[row.pk])

    @admin.display(description=gettext_lazy("place"))
    def place(self, row: Any) -> str:
        """The place in line."""
        return f"{row.number}." if row.number else "–"

    @admin.display(description=gettext_lazy("person"), ordering="contact__last_name")
    def person(self, row: Any) -> SafeString:
        """Name over address, and the pass they wait for."""
        shown = words.name_and_address(row.contact.full_name, row.contact.email)
        return shown + words.lines(row.event_pass and row.event_pass.name)

    @admin.display(description=gettext_lazy("waiting since"), ordering="joined_at")
    def since(self, row: Any) -> str:
        """The time at which the person joined."""
        return words.moment(row.joined_at, self.zone)

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def status_shown(self, row: Any) -> SafeString:
        """Waiting or invited, with the invitation's deadline."""
        shown = words.chip(row.get_status_display(), CHIPS.get(row.status, "muted"))
        if row.invitation_slot:
            until = words.moment(row.invitation_slot.expires_at, self.zone)
            return shown + words.lines(_("seat held until %(until)s") % {"until": until})
        return shown + words.lines(words.moment(row.closed_at, self.zone))

    @admin.display(description=gettext_lazy("when a seat frees"))
    def automatic(self, row: Any) -> SafeString:
        """Whether the head of the line is registered without being asked; and what the person asks besides."""
        return words.lines(self._served(row), self._asks(row))

    def _asks(self, row: Any) -> str:
        """“asks: together (3) · until 2 h before · place ≤ 10”; empty for whoever asks for nothing."""
        asked = []
        if row.together:
            asked.append(_("together (%(n)d)") % {"n": row.party})
        if row.until_hours:
            asked.append(_("until %(n)d h before") % {"n": row.until_hours})
        if row.place_at_most:
            asked.append(_("place ≤ %(n)d") % {"n": row.place_at_most})
        return _("asks: %(what)s") % {"what": " · ".join(asked)} if asked else ""

    def _served(self, row: Any) -> str:
        if priced_pass_of(row) is not None:
            return _("Invited")
        if self.target.auto_register_waitlisted:
            return _("Registered")
        may_choose = self.target.contacts_choose_auto_register
        return _("Registered, as chosen") if may_choose and row.automatically_register else _("Invited")

    @admin.display(description=gettext_lazy("if it clashes"), ordering="when_clashing")
    def clashing(self, row: Any) -> str:
        """What becomes of a seat elsewhere that is in the way."""
        said = {"ask": _("Asked"), "swap": _("Swapped"), "skip": _("Passed over")}
        return said.get(row.when_clashing, "–")

    @admin.display(description=gettext_lazy("passed over"), ordering="passed_over_at")
    def passed_over(self, row: Any) -> SafeString:
        """Since when nobody could serve this one, and why."""
        if row.passed_over_at is None:
            return SafeString("–")
        return words.lines(row.passed_over_reason, words.moment(row.passed_over_at, self.zone))


class EventWaitlist(Waitlist):
    """People who wait for a seat of the event itself."""

    key = "event_waitlist"

    def rows(self) -> QuerySet[WaitlistItem]:
        return WaitlistItem.objects.filter(event=self.event, session=None)


class SessionWaitlist(Waitlist):
    """People who wait for a seat in the session."""

    key = "session_waitlist"
    list_display = ["place", "person", "since", "status_shown", "automatic", "clashing", "passed_over"]

    def rows(self) -> QuerySet[WaitlistItem]:
        return WaitlistItem.objects.filter(session=self.own_session)
