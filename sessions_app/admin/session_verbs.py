"""Go live, Stop, Cancel session: what each would do to whom, and doing it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events import counted
from events.admin.event_verbs import paused, stopped, told_or_not, waiting_line
from events.admin.verbs import Consequence, Decision, Done, ObjectCancelForm, OneRow, Verb, chips
from registrations.actions import cancel_session, go_live, people_on
from registrations.queries import alternatives_to
from registrations.rules.standing import Standing
from sessions_app.models import Session

OF_SESSION: dict[str, tuple[str, ...]] = {"session": ()}


class CancelSessionForm(ObjectCancelForm):
    """Why the session is cancelled, and whether its people are told."""

    reasons = chips(
        gettext_lazy("Speaker cannot come"),
        gettext_lazy("Room not available"),
        gettext_lazy("Too few registrations"),
        gettext_lazy("Merged with another session"),
    )


def _is_open(session: Session) -> bool:
    return session.cancelled_at is None and session.event.cancelled_at is None


class GoLive(Verb[OneRow]):
    """Show the session on the website, and open it."""

    key = "go-live"
    label = gettext_lazy("Go live")
    permissions = OF_SESSION

    def applies(self, row: Session) -> bool:
        return _is_open(row) and not row.is_live

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        [session] = rows
        then = _("on the website, open to registration")
        if not session.event.is_live:
            then = _("live as soon as its event is")
        elif session.is_capacity_missing:
            then = _("on the website; nobody can register before it has a capacity")
        lines = [Consequence(_("The session"), session.get_session_status_display(), then)]
        _registered, waiting = people_on(session)
        if waiting:
            who = counted.waiting(waiting)
            lines.append(Consequence(who, _("paused"), _("served where seats are free")))
        return lines

    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        [session] = rows
        go_live(session, actor=decided.actor)
        said = _("“%(name)s” is live.") % {"name": session}
        return Done(said if session.event.is_live else f"{said} {_('People see it once its event is live.')}")


class Stop(Verb[OneRow]):
    """Take the session off the website; seats are kept."""

    key = "stop"
    label = gettext_lazy("Stop")
    permissions = OF_SESSION

    def applies(self, row: Session) -> bool:
        return row.is_live

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        then = _("off the website; approved again")
        return [Consequence(_("The session"), _("on the website"), then), *paused(listing.target)]

    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        return stopped(rows, decided)


class Cancel(Verb[OneRow]):
    """End the session; its people lose their seats there and are offered others."""

    key = "cancel"
    label = gettext_lazy("Cancel session")
    permissions = OF_SESSION
    form_class = CancelSessionForm
    is_danger = True

    def applies(self, row: Session) -> bool:
        return _is_open(row)

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        [session] = rows
        registered, waiting = people_on(session)
        offered = alternatives_to(session, Standing(), held=[session], at=timezone.now())
        others = ", ".join(str(other) for other in offered)
        then = _("lose it and are offered: %(others)s") % {"others": others} if others else _("lose it")
        return [
            Consequence(counted.registered(registered), _("have a seat"), then),
            *waiting_line(waiting, _("their wait ends")),
        ]

    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        [session] = rows
        number = cancel_session(session, reason=decided.reason, notify=decided.notify, actor=decided.actor)
        text = ngettext(
            "Session cancelled. %(n)d seat was given back.",
            "Session cancelled. %(n)d seats were given back.",
            number,
        )
        return Done(" ".join([text % {"n": number}, told_or_not(decided)]))


SESSION_VERBS = (GoLive, Stop, Cancel)
