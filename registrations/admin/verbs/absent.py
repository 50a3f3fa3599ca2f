"""Seats of those who have not come to a session that has begun."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin.verbs import OTHER, Consequence, Decision, Done, Obstacle, ReasonForm, TellForm, in_portions
from registrations import actions, queries
from registrations.admin.verbs.base import PanelListing, PanelVerb
from sessions_app.models import Session


class FreeingForm(ReasonForm, TellForm):
    """Before seats are freed: why, and whether their holders are told."""

    reasons = (
        ("No-show", gettext_lazy("No-show")),
        ("Seats needed for the waitlist", gettext_lazy("Seats needed for the waitlist")),
        (OTHER, gettext_lazy("Other…")),
    )


class FreeSeats(PanelVerb):
    """Give back the seats of those among the chosen people whom the session's door has not let in."""

    key = "free_no_shows"
    label = gettext_lazy("Free no-shows' seats")
    title = gettext_lazy("Free seats of those who have not come")
    note = gettext_lazy("Whoever was let in keeps the seat. The others are marked as no-shows.")
    permissions = {"session": ("registrations.change_sessionregistration",)}
    form_class = FreeingForm
    is_danger = True

    def why_not(self, listing: PanelListing) -> str:
        session = _session_of(listing)
        if session.has_started(timezone.now()):
            return ""
        return _("The session has not begun. Until then everybody may still come.")

    def obstacle(self, listing: PanelListing, rows: Any) -> Obstacle | None:
        why_not = self.why_not(listing)
        return Obstacle((why_not,)) if why_not else None

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        absent = queries.absent_from(_session_of(listing)).filter(pk__in=[row.pk for row in rows])
        have_not_come = set(absent.values_list("pk", flat=True))
        return [self._of(listing, row, is_absent=row.pk in have_not_come) for row in rows]

    def _of(self, listing: PanelListing, row: Any, *, is_absent: bool) -> Consequence:
        if is_absent:
            return Consequence(
                listing.name_of(row), _("has not come"), _("gives the seat back, as a no-show"), "clash"
            )
        return Consequence(listing.name_of(row), _("was let in"), _("stays as it is"))

    def warning(self, listing: PanelListing, count: int) -> str:
        if _session_of(listing).standby_minutes:
            return _("Their seats are free at the door: for the waitlist in its order, then for others.")
        return _("A session that has begun gives nobody a seat from the waitlist; you can add people to it.")

    def deed(self, count: int) -> str:
        return ngettext("Free the seat", "Free the seats of those who have not come", count)

    def act(self, listing: PanelListing, rows: QuerySet[Any], decided: Decision) -> Done:
        session = _session_of(listing)

        def free(portion: list[Any]) -> int:
            return actions.free_no_shows(
                session, portion, actor=decided.actor, reason=decided.reason, notify=decided.notify
            )

        def said(count: int) -> str:
            return ngettext("%(n)d seat is free.", "%(n)d seats are free.", count) % {"n": count}

        return in_portions(rows, listing, free, done_words=said)


def _session_of(listing: PanelListing) -> Session:
    session = listing.target
    assert isinstance(session, Session)
    return session
