"""Who came: check in, undo, check out, and say that somebody did not come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin import words
from events.admin.verbs import OTHER, Consequence, Decision, Done, ReasonForm, one_by_one
from events.errors import Refusal
from events.models import Event
from registrations import actions, queries, rules
from registrations.admin.verbs import access
from registrations.admin.verbs.base import PanelListing, PanelVerb
from registrations.models import CheckIn, EventRegistration
from sessions_app.models import Session

MAY_LET_IN = ("registrations.add_checkin",)
MAY_CORRECT = ("registrations.change_checkin",)
MAY_CHANGE = ("registrations.change_eventregistration",)


class DoorForm(ReasonForm):
    """Before people are let in: whether also those whom the door refuses, and why."""

    leading = ("override",)
    reasons = (
        ("Speaker", gettext_lazy("Speaker")),
        ("Crew", gettext_lazy("Crew")),
        ("Registered at the desk", gettext_lazy("Registered at the desk")),
        (OTHER, gettext_lazy("Other…")),
    )
    override = forms.BooleanField(
        label=gettext_lazy("Let them in all the same, where the door refuses"), required=False
    )

    def __init__(self, data: Any = None, *, may_override: bool, **kwargs: Any) -> None:
        is_decided = may_override and data is not None and bool(data.get("override"))
        super().__init__(data, is_reason_required=is_decided, **kwargs)
        if not may_override:
            for name in ("override", self.choice_name, self.words_name):
                del self.fields[name]


class NoShowForm(ReasonForm):
    """Before it is said that people did not come."""

    reasons = (
        ("Not seen at the door", gettext_lazy("Not seen at the door")),
        ("Told us afterwards", gettext_lazy("Told us afterwards")),
        (OTHER, gettext_lazy("Other…")),
    )


def entries_of(target: Event | Session, registrations: Sequence[int]) -> dict[int, CheckIn]:
    """The entry of each of these registrations that is inside, at the event's own door or the session's."""
    session = target if isinstance(target, Session) else None
    inside = CheckIn.objects.inside().filter(event_registration__in=registrations, session=session)
    return {entry.event_registration_id: entry for entry in inside}


def _registration_of(listing: PanelListing, row: Any) -> EventRegistration:
    registration: EventRegistration = row if isinstance(row, EventRegistration) else row.event_registration
    registration.event = listing.event
    return registration


class LetIn(PanelVerb):
    """Let the chosen people in, at the event's door or the session's; nobody is told."""

    key = "check_in"
    label = gettext_lazy("Check in")
    title = gettext_lazy("Check in")
    permissions = {"event": MAY_LET_IN, "session": MAY_LET_IN}

    def form(self, listing: PanelListing, data: QueryDict | None) -> forms.Form:
        return DoorForm(
            data, may_override=access.may(listing.user, listing.event, "registrations.admit_all_the_same")
        )

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        people = [(row, _registration_of(listing, row)) for row in rows]
        inside = entries_of(listing.target, [registration.pk for _row, registration in people])
        house = _house(listing.target)
        return [
            self._of(listing, row, registration, inside.get(registration.pk), house)
            for row, registration in people
        ]

    def _of(
        self,
        listing: PanelListing,
        row: Any,
        registration: EventRegistration,
        entry: CheckIn | None,
        house: rules.House | None,
    ) -> Consequence:
        who = listing.name_of(row)
        if entry:
            since = {"at": words.moment(entry.checked_in_at, listing.event.zone)}
            return Consequence(who, _("in since %(at)s") % since, _("stays as it is"))
        now = registration.get_status_display()
        refusal = _refusal(listing.target, registration, house)
        if refusal is not None:
            return Consequence(who, now, refusal.message, "clash")
        return Consequence(who, now, _("is in"), "free")

    def deed(self, count: int) -> str:
        return ngettext("Check in %(n)d person", "Check in %(n)d people", count) % {"n": count}

    def act(self, listing: PanelListing, rows: QuerySet[Any], decided: Decision) -> Done:
        session = listing.target if isinstance(listing.target, Session) else None

        def let_in(row: Any) -> None:
            actions.check_in(
                _registration_of(listing, row),
                session,
                actor=decided.actor,
                override=decided.given.get("override", False),
                reason=decided.reason,
            )

        def said(count: int) -> str:
            return ngettext("%(n)d person is in.", "%(n)d people are in.", count) % {"n": count}

        return one_by_one(rows, listing, let_in, done_words=said)


def _house(target: Event | Session) -> rules.House | None:
    """Who is inside, where seats of absent people are given away now."""
    if isinstance(target, Session) and rules.is_standby_open(target, timezone.now()):
        return queries.house_of(target)
    return None


def _refusal(
    target: Event | Session, registration: EventRegistration, house: rules.House | None
) -> Refusal | None:
    """Why the door refuses somebody of this list, who has a seat there; None where it does not."""
    session = target if isinstance(target, Session) else None
    held = [session] if session else []
    found = rules.refusals_to_enter(registration, session, held, has_pass_for_it=False, house=house)
    return next(iter(found), None)


class OfEntries(PanelVerb):
    """A verb whose rows are entries."""

    permissions = {"event": MAY_CORRECT, "session": MAY_CORRECT}

    def now(self, listing: PanelListing, entry: CheckIn) -> str:
        """How the entry stands."""
        zone = listing.event.zone
        if entry.undone_at:
            return _("undone %(at)s") % {"at": words.moment(entry.undone_at, zone)}
        if entry.left_at:
            return _("left %(at)s") % {"at": words.moment(entry.left_at, zone)}
        return _("in since %(at)s") % {"at": words.moment(entry.checked_in_at, zone)}


class Undo(OfEntries):
    """Take entries back, as if nobody had been let in by them."""

    key = "undo_check_in"
    label = gettext_lazy("Undo")
    title = gettext_lazy("Undo check-ins")
    note = gettext_lazy("For entries made by mistake. Whoever only leaves is checked out.")
    form_class = NoShowForm
    is_danger = True

    def form(self, listing: PanelListing, data: QueryDict | None) -> forms.Form:
        form = NoShowForm(data)
        form.fields[form.choice_name].choices = [  # type: ignore[attr-defined]
            ("Wrong person", _("Wrong person")),
            ("Scanned by mistake", _("Scanned by mistake")),
            (OTHER, _("Other…")),
        ]
        return form

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        then = {True: _("stays as it is"), False: _("as if not let in by it")}
        return [
            Consequence(listing.name_of(row), self.now(listing, row), then[bool(row.undone_at)])
            for row in rows
        ]

    def deed(self, count: int) -> str:
        return ngettext("Undo %(n)d check-in", "Undo %(n)d check-ins", count) % {"n": count}

    def act(self, listing: PanelListing, rows: QuerySet[Any], decided: Decision) -> Done:
        def undo(row: CheckIn) -> None:
            actions.undo_check_in(row, actor=decided.actor, reason=decided.reason)

        def said(count: int) -> str:
            return ngettext("%(n)d check-in is undone.", "%(n)d check-ins are undone.", count) % {"n": count}

        return one_by_one(rows, listing, undo, done_words=said)


class LetOut(OfEntries):
    """Let people out: they came, and are not inside any more."""

    key = "check_out"
    label = gettext_lazy("Check out")
    title = gettext_lazy("Check out")

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        then = {True: _("stays as it is"), False: _("came, and has left")}
        return [
            Consequence(
                listing.name_of(row), self.now(listing, row), then[bool(row.undone_at or row.left_at)]
            )
            for row in rows
        ]

    def deed(self, count: int) -> str:
        return ngettext("Check out %(n)d person", "Check out %(n)d people", count) % {"n": count}

    def act(self, listing: PanelListing, rows: QuerySet[Any], decided: Decision) -> Done:
        def let_out(row: CheckIn) -> None:
            actions.check_out(row, actor=decided.actor)

        def said(count: int) -> str:
            return ngettext("%(n)d person has left.", "%(n)d people have left.", count) % {"n": count}

        return one_by_one(rows, listing, let_out, done_words=said)


class NoShow(PanelVerb):
    """Say of people that they did not come; seats stay, and nobody is told."""

    key = "no_show"
    label = gettext_lazy("No-show")
    title = gettext_lazy("Mark as no-show")
    note = gettext_lazy("Whoever is let in afterwards has come, and loses the mark.")
    permissions = {"event": MAY_CHANGE}
    form_class = NoShowForm

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        standing = CheckIn.objects.standing().filter(event_registration__in=[row.pk for row in rows])
        came = set(standing.values_list("event_registration", flat=True))
        return [self._of(listing, row, was_let_in=row.pk in came) for row in rows]

    def _of(self, listing: PanelListing, row: EventRegistration, *, was_let_in: bool) -> Consequence:
        registration = _registration_of(listing, row)
        if registration.no_show_at:
            return Consequence(listing.name_of(row), _("No-show"), _("stays as it is"))
        now = _("was let in") if was_let_in else registration.get_status_display()
        refused = rules.refusals_to_mark_no_show(registration, timezone.now(), was_let_in=was_let_in)
        for refusal in refused:
            return Consequence(listing.name_of(row), now, refusal.message, "clash")
        return Consequence(listing.name_of(row), now, _("did not come"))

    def deed(self, count: int) -> str:
        return ngettext("Mark %(n)d person as no-show", "Mark %(n)d people as no-show", count) % {"n": count}

    def act(self, listing: PanelListing, rows: QuerySet[Any], decided: Decision) -> Done:
        def mark(row: EventRegistration) -> None:
            actions.mark_no_show(row, actor=decided.actor, reason=decided.reason)

        def said(count: int) -> str:
            return ngettext("%(n)d person did not come.", "%(n)d people did not come.", count) % {"n": count}

        return one_by_one(rows, listing, mark, done_words=said)


class CameAfterAll(PanelVerb):
    """Take back that people did not come."""

    key = "no_show_undo"
    label = gettext_lazy("Take no-show back")
    title = gettext_lazy("Take the no-show mark back")
    permissions = {"event": MAY_CHANGE}

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        return [
            Consequence(listing.name_of(row), _("No-show"), _("no mark"))
            if row.no_show_at
            else Consequence(listing.name_of(row), row.get_status_display(), _("stays as it is"))
            for row in rows
        ]

    def act(self, listing: PanelListing, rows: QuerySet[Any], decided: Decision) -> Done:
        def take_back(row: EventRegistration) -> None:
            actions.back_to_confirmed(row, actor=decided.actor)

        def said(count: int) -> str:
            return ngettext("%(n)d mark is gone.", "%(n)d marks are gone.", count) % {"n": count}

        # Whoever was let in has no mark, and their entries are no business of this verb.
        return one_by_one(rows.exclude(no_show_at=None), listing, take_back, done_words=said)
