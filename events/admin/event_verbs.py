"""Go live, Stop, Cancel event: what each would do to whom, and doing it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin.verbs import Answers, Choice, Consequence, Verb
from events.models import Event
from registrations.actions import all_go_live, cancel_event, go_live, people_on, stop
from sessions_app.models import Session

WITH_SESSIONS = "with_sessions"
CANCEL_REASONS = (
    gettext_lazy("Organizer's decision"),
    gettext_lazy("Venue not available"),
    gettext_lazy("Too few registrations"),
    gettext_lazy("Weather or transport"),
    gettext_lazy("Other"),
)


def _approved(event: Event) -> Any:
    return event.sessions.filter(archived_at=None, cancelled_at=None, session_status=Session.Status.APPROVED)


def _live_consequences(event: Event) -> list[Consequence]:
    live = Session.objects.live().filter(event=event).count()
    missing = Session.objects.capacity_missing().filter(event=event).count()
    lines = [
        Consequence(_("The event"), event.get_publish_status_display(), _("on the website")),
        Consequence(_("%(n)d live sessions") % {"n": live}, _("hidden"), _("shown and open to registration")),
    ]
    if event.allow_custom_agenda and missing:
        who = ngettext("%(n)d session", "%(n)d sessions", missing) % {"n": missing}
        lines.append(Consequence(who, _("capacity missing"), _("cannot be registered for until it is set")))
    return lines


def _live_choices(event: Event) -> list[Choice]:
    number = _approved(event).count()
    if not number:
        return []
    text = ngettext(
        "Its %(n)d approved session goes live too", "Its %(n)d approved sessions go live too", number
    )
    return [Choice(WITH_SESSIONS, text % {"n": number}, is_ticked=True)]


def _go_live(event: Event, answers: Answers) -> str:
    opened = 0
    if WITH_SESSIONS in answers.ticked:
        opened = all_go_live(list(_approved(event)), actor=answers.actor)
    go_live(event, actor=answers.actor)
    said = _("“%(name)s” is live.") % {"name": event}
    more = ngettext("%(n)d session went live with it.", "%(n)d sessions went live with it.", opened) % {
        "n": opened
    }
    return f"{said} {more}" if opened else said


def _stop_consequences(event: Event) -> list[Consequence]:
    registered, waiting = people_on(event)
    return [
        Consequence(_("The event"), _("on the website"), _("off the website, nobody new can register")),
        Consequence(
            _("%(n)d registered") % {"n": registered}, _("have a seat"), _("keep it; nobody is told")
        ),
        Consequence(
            _("%(n)d waiting") % {"n": waiting}, _("in line"), _("keep their place; nobody moves up")
        ),
    ]


def _stop(event: Event, answers: Answers) -> str:
    stop(event, actor=answers.actor)
    return _("“%(name)s” is off the website. Seats are kept.") % {"name": event}


def _cancel_consequences(event: Event) -> list[Consequence]:
    registered, waiting = people_on(event)
    sessions = event.sessions.filter(archived_at=None, cancelled_at=None).count()
    return [
        Consequence(
            _("%(n)d registered") % {"n": registered}, _("registered"), _("cancelled with all their sessions")
        ),
        *waiting_line(waiting, _("their wait ends")),
        Consequence(
            _("%(n)d sessions") % {"n": sessions}, _("planned"), _("no longer shown or registered for")
        ),
    ]


def _cancel(event: Event, answers: Answers) -> str:
    number = cancel_event(event, reason=answers.reason, notify=answers.notify, actor=answers.actor)
    text = ngettext(
        "Event cancelled. %(n)d registration ended.", "Event cancelled. %(n)d registrations ended.", number
    )
    return " ".join([text % {"n": number}, told_or_not(answers)])


def waiting_line(waiting: int, then: str) -> list[Consequence]:
    """What becomes of those who wait; no line when nobody does."""
    return [Consequence(_("%(n)d waiting") % {"n": waiting}, _("in line"), then)] if waiting else []


def told_or_not(answers: Answers) -> str:
    """Whether the people were told, in words."""
    return _("They are told by mail.") if answers.notify else _("Nobody was told.")


def _is_open(event: Event) -> bool:
    return event.cancelled_at is None


EVENT_VERBS = (
    Verb(
        slug="go-live",
        label=gettext_lazy("Go live"),
        applies=lambda event: _is_open(event) and not event.is_live,
        consequences=_live_consequences,
        choices=_live_choices,
        act=_go_live,
        button=lambda event: _("Go live"),
    ),
    Verb(
        slug="stop",
        label=gettext_lazy("Stop"),
        applies=lambda event: event.is_live,
        consequences=_stop_consequences,
        act=_stop,
        button=lambda event: _("Stop"),
    ),
    Verb(
        slug="cancel",
        label=gettext_lazy("Cancel event"),
        applies=_is_open,
        consequences=_cancel_consequences,
        act=_cancel,
        button=lambda event: _("Cancel event"),
        is_danger=True,
        reasons=CANCEL_REASONS,
        tells=True,
    ),
)
