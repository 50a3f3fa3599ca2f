"""The panel of an event's draws: how each stands, and what is to be done next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin import words
from registrations.admin.draws.standing import chip_of, next_in_words, wishing_in_words
from registrations.admin.files import columns
from registrations.admin.files.columns import Column
from registrations.admin.panels.base import Panel
from registrations.admin.verbs.base import PanelVerb
from registrations.admin.verbs.draws import DRAW_VERBS, MAY_LOOK, PlanDraw, facts_of
from registrations.models import Draw
from registrations.queries.draw_standing import phase_of, wishing_in


class EventDraws(Panel):
    """The draws of an event, the newest first."""

    rows_of = Draw
    key = "event_draws"
    prefix = "draws"
    tab = "agenda"
    title = gettext_lazy("Draws")
    empty = gettext_lazy(
        "No draw yet. Where many want few seats, let people rank their wishes first: nobody has to be the quickest."
    )
    view_permission = MAY_LOOK
    holds_people = False
    verbs: ClassVar[Sequence[type[PanelVerb]]] = DRAW_VERBS
    tools: ClassVar[Sequence[type[PanelVerb]]] = (PlanDraw,)
    list_display = ["window", "phase", "next_step", "wishing"]
    list_display_links = ["window"]

    def rows(self) -> QuerySet[Draw]:
        return Draw.objects.without_file().filter(event=self.event)

    def get_ordering(self, request: Any) -> list[Any]:
        return ["-opens_at", "-id"]

    def add_figures(self, rows: list[Any]) -> None:
        counts, at = wishing_in(rows), timezone.now()
        for row in rows:
            row.event, row.counts, row.shown_phase = self.event, counts[row.pk], phase_of(row, at)

    def file_columns(self) -> list[Column]:
        return [
            Column("id", _("ID"), "pk"),
            columns.moment("opens_at", _("Wishes from"), self.zone),
            columns.moment("closes_at", _("Wishes until"), self.zone),
            columns.choice("state", _("State"), Draw),
            Column("most_seats", _("Most seats for one ticket"), "most_seats"),
            Column("number_source", _("Public number"), "number_source"),
            Column("public_number", _("The number"), "public_number"),
            Column("commitment", _("Commitment"), "commitment"),
            columns.moment("published", _("Published"), self.zone, "published_at"),
        ]

    def row_url(self, row: Any) -> str:
        return reverse("admin:draw_page", args=[row.uuid])

    @admin.display(description=gettext_lazy("wishes"), ordering="opens_at")
    def window(self, row: Any) -> SafeString:
        """From when until when, and for how many sessions."""
        sessions = ngettext("%(n)d session", "%(n)d sessions", row.counts.sessions) % {
            "n": row.counts.sessions
        }
        return format_html('<span class="panel-name">{}</span>', facts_of(row, self.event)) + words.lines(
            sessions
        )

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def phase(self, row: Any) -> SafeString:
        """The draw's phase in a word."""
        return chip_of(row.shown_phase)

    @admin.display(description=gettext_lazy("what next"))
    def next_step(self, row: Any) -> str:
        """What happens next, and by whose hand."""
        return next_in_words(row, row.shown_phase)

    @admin.display(description=gettext_lazy("with wishes"))
    def wishing(self, row: Any) -> str:
        """How many tickets, people and wishes; not for which session."""
        return wishing_in_words(row.counts)

    def name_of(self, row: Any) -> str:
        return facts_of(row, self.event)
