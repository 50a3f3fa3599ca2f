"""Go live, Stop, Cancel event: what each would do to whom, and doing it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events import counted
from events.admin.copying import CopyEvent
from events.admin.verbs import ConfirmForm, Consequence, Decision, Done, ObjectCancelForm, OneRow, Verb, chips
from events.models import Event
from events.templatetags.money import money
from registrations.actions import all_go_live, cancel_event, go_live, people_on, stop
from registrations.queries.refunds import refunds_if_cancelled
from sessions_app.models import Session

WITH_SESSIONS = "choice"
OF_EVENT: dict[str, tuple[str, ...]] = {"event": ()}


class GoLiveForm(ConfirmForm):
    """Whether the event's approved sessions go live with it; not asked where there is none."""

    choice = forms.BooleanField(
        initial=True, required=False, widget=forms.CheckboxInput(attrs={"value": "with_sessions"})
    )

    def __init__(self, data: Any = None, *, approved: int) -> None:
        super().__init__(data)
        if not approved:
            del self.fields[WITH_SESSIONS]
            return
        label = ngettext(
            "Its %(n)d approved session goes live too", "Its %(n)d approved sessions go live too", approved
        )
        self.fields[WITH_SESSIONS].label = label % {"n": approved}


class CancelEventForm(ObjectCancelForm):
    """Why the event is cancelled, and whether its people are told."""

    reasons = chips(
        gettext_lazy("Organizer's decision"),
        gettext_lazy("Venue not available"),
        gettext_lazy("Too few registrations"),
        gettext_lazy("Weather or transport"),
    )


def _approved(event: Event) -> QuerySet[Session]:
    return event.sessions.filter(archived_at=None, cancelled_at=None, session_status=Session.Status.APPROVED)


def _is_open(event: Event) -> bool:
    return event.cancelled_at is None


class GoLive(Verb[OneRow]):
    """Show the event on the website, with its approved sessions where that is wanted."""

    key = "go-live"
    label = gettext_lazy("Go live")
    permissions = OF_EVENT

    def applies(self, row: Event) -> bool:
        return _is_open(row) and not row.is_live

    def form(self, listing: OneRow, data: QueryDict | None) -> forms.Form:
        return GoLiveForm(data, approved=_approved(listing.target).count())

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        [event] = rows
        live = Session.objects.live().filter(event=event).count()
        missing = Session.objects.capacity_missing().filter(event=event).count()
        sessions, shown = (
            ngettext("%(n)d live session", "%(n)d live sessions", live) % {"n": live},
            _("shown and open to registration"),
        )
        lines = [
            Consequence(_("The event"), event.get_publish_status_display(), _("on the website")),
            Consequence(sessions, _("hidden"), shown),
        ]
        if event.allow_custom_agenda and missing:
            who = counted.sessions(missing)
            then = _("cannot be registered for until it is set")
            lines.append(Consequence(who, _("capacity missing"), then))
        return lines

    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        [event], opened = rows, 0
        if decided.given.get(WITH_SESSIONS):
            opened = all_go_live(list(_approved(event)), actor=decided.actor)
        go_live(event, actor=decided.actor)
        said = _("“%(name)s” is live.") % {"name": event}
        more = ngettext("%(n)d session went live with it.", "%(n)d sessions went live with it.", opened)
        return Done(f"{said} {more % {'n': opened}}" if opened else said)


class Stop(Verb[OneRow]):
    """Take the event off the website; seats are kept."""

    key = "stop"
    label = gettext_lazy("Stop")
    permissions = OF_EVENT

    def applies(self, row: Event) -> bool:
        return row.is_live

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        then = _("off the website, nobody new can register")
        return [Consequence(_("The event"), _("on the website"), then), *paused(listing.target)]

    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        return stopped(rows, decided)


class Cancel(Verb[OneRow]):
    """End the event, with everything that people have there."""

    key = "cancel"
    label = gettext_lazy("Cancel event")
    permissions = OF_EVENT
    form_class = CancelEventForm
    is_danger = True

    def applies(self, row: Event) -> bool:
        return _is_open(row)

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        [event] = rows
        registered, waiting = people_on(event)
        planned = event.sessions.filter(archived_at=None, cancelled_at=None).count()
        people, sessions = counted.registered(registered), counted.sessions(planned)
        return [
            Consequence(people, _("registered"), _("cancelled with all their sessions")),
            *waiting_line(waiting, _("their wait ends")),
            Consequence(sessions, _("planned"), _("no longer shown or registered for")),
            *refund_lines(event),
        ]

    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        [event] = rows
        number = cancel_event(event, reason=decided.reason, notify=decided.notify, actor=decided.actor)
        text = ngettext(
            "Event cancelled. %(n)d registration ended.",
            "Event cancelled. %(n)d registrations ended.",
            number,
        )
        return Done(" ".join([text % {"n": number}, told_or_not(decided)]))


def paused(target: Event | Session) -> list[Consequence]:
    """What becomes of the people on an event or a session that is stopped."""
    registered, waiting = people_on(target)
    return [
        Consequence(counted.registered(registered), _("have a seat"), _("keep it; nobody is told")),
        Consequence(counted.waiting(waiting), _("in line"), _("keep their place; nobody moves up")),
    ]


def stopped(rows: list[Any], decided: Decision) -> Done:
    """Stop the one event or session, and say so."""
    [target] = rows
    stop(target, actor=decided.actor)
    return Done(_("“%(name)s” is off the website. Seats are kept.") % {"name": target})


def waiting_line(waiting: int, then: str) -> list[Consequence]:
    """What becomes of those who wait; no line when nobody does."""
    return [Consequence(counted.waiting(waiting), _("in line"), then)] if waiting else []


def refund_lines(event: Event) -> list[Consequence]:
    """What becomes of the event's orders and their money; no line where there is none."""
    found, lines = refunds_if_cancelled(event), []
    if found.orders:
        paid = ngettext("%(n)d paid order", "%(n)d paid orders", found.orders) % {"n": found.orders}
        sums = " + ".join(money(amount, currency) for currency, amount in found.sums.items())
        lines.append(
            Consequence(paid, _("%(sum)s received") % {"sum": sums}, _("all of it goes back"), "over")
        )
    if found.owed:
        owed = ngettext("%(n)d open invoice", "%(n)d open invoices", found.owed) % {"n": found.owed}
        lines.append(Consequence(owed, _("still to be paid"), _("taken back: nothing is owed")))
    if found.held:
        held = ngettext("%(n)d order", "%(n)d orders", found.held) % {"n": found.held}
        lines.append(
            Consequence(held, _("waits for payment"), _("cancelled; whoever pays late gets it back"))
        )
    return lines


def told_or_not(decided: Decision) -> str:
    """Whether the people were told, in words."""
    return _("They are told by mail.") if decided.notify else _("Nobody was told.")


EVENT_VERBS = (GoLive, Stop, CopyEvent, Cancel)
