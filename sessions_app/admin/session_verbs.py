"""Go live, Stop, Cancel session: what each would do to whom, and doing it."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin.event_verbs import told_or_not, waiting_line
from events.admin.verbs import Answers, Consequence, Verb
from registrations.actions import cancel_session, go_live, people_on, stop
from registrations.queries import alternatives_to
from registrations.rules.standing import Standing
from sessions_app.models import Session

CANCEL_REASONS = (
    gettext_lazy("Speaker cannot come"),
    gettext_lazy("Room not available"),
    gettext_lazy("Too few registrations"),
    gettext_lazy("Merged with another session"),
    gettext_lazy("Other"),
)


def _live_consequences(session: Session) -> list[Consequence]:
    then = _("on the website, open to registration")
    if not session.event.is_live:
        then = _("live as soon as its event is")
    elif session.is_capacity_missing:
        then = _("on the website; nobody can register before it has a capacity")
    lines = [Consequence(_("The session"), session.get_session_status_display(), then)]
    _registered, waiting = people_on(session)
    if waiting:
        lines.append(
            Consequence(_("%(n)d waiting") % {"n": waiting}, _("paused"), _("served where seats are free"))
        )
    return lines


def _go_live(session: Session, answers: Answers) -> str:
    go_live(session, actor=answers.actor)
    said = _("“%(name)s” is live.") % {"name": session}
    return said if session.event.is_live else f"{said} {_('People see it once its event is live.')}"


def _stop_consequences(session: Session) -> list[Consequence]:
    registered, waiting = people_on(session)
    return [
        Consequence(_("The session"), _("on the website"), _("off the website; approved again")),
        Consequence(
            _("%(n)d registered") % {"n": registered}, _("have a seat"), _("keep it; nobody is told")
        ),
        Consequence(
            _("%(n)d waiting") % {"n": waiting}, _("in line"), _("keep their place; nobody moves up")
        ),
    ]


def _stop(session: Session, answers: Answers) -> str:
    stop(session, actor=answers.actor)
    return _("“%(name)s” is off the website. Seats are kept.") % {"name": session}


def _cancel_consequences(session: Session) -> list[Consequence]:
    registered, waiting = people_on(session)
    others = ", ".join(
        str(other) for other in alternatives_to(session, Standing(), held=[session], at=timezone.now())
    )
    offered = _("lose it and are offered: %(others)s") % {"others": others} if others else _("lose it")
    return [
        Consequence(_("%(n)d registered") % {"n": registered}, _("have a seat"), offered),
        *waiting_line(waiting, _("their wait ends")),
    ]


def _cancel(session: Session, answers: Answers) -> str:
    number = cancel_session(session, reason=answers.reason, notify=answers.notify, actor=answers.actor)
    text = ngettext(
        "Session cancelled. %(n)d seat was given back.",
        "Session cancelled. %(n)d seats were given back.",
        number,
    )
    return " ".join([text % {"n": number}, told_or_not(answers)])


def _is_open(session: Session) -> bool:
    return session.cancelled_at is None and session.event.cancelled_at is None


SESSION_VERBS = (
    Verb(
        slug="go-live",
        label=gettext_lazy("Go live"),
        applies=lambda session: _is_open(session) and not session.is_live,
        consequences=_live_consequences,
        act=_go_live,
        button=lambda session: _("Go live"),
    ),
    Verb(
        slug="stop",
        label=gettext_lazy("Stop"),
        applies=lambda session: session.is_live,
        consequences=_stop_consequences,
        act=_stop,
        button=lambda session: _("Stop"),
    ),
    Verb(
        slug="cancel",
        label=gettext_lazy("Cancel session"),
        applies=_is_open,
        consequences=_cancel_consequences,
        act=_cancel,
        button=lambda session: _("Cancel session"),
        is_danger=True,
        reasons=CANCEL_REASONS,
        tells=True,
    ),
)
