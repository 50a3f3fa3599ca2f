"""What may be drawn, and what may be wished for. Pure: no query, no write."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from events.errors import Invalid
from registrations.models import Draw
from registrations.models.tickets import MOST_WISHES
from registrations.rules.doors import WISH
from registrations.rules.outcomes import Outcome
from registrations.rules.reasons import Reason
from registrations.rules.refusals import first_refusal, refusals_to_seat
from registrations.rules.standing import Standing
from sessions_app.models import Session

MOST_PLACE = 50_000
GIVEN = "given"
# Why the draw, or what happened since, gave no seat; all other words are those of the outcomes.
_WORDS = {
    "clash": _lazy("Overlaps what you have"),
    "enough": _lazy("You have as many seats as this draw gives to one person"),
    "limit": _lazy("You have as many as one person may choose"),
    "already": _lazy("Needed no draw: you, or one of your group, have it"),
    "cancelled": _lazy("Your registration had ended"),
}
Wished = Sequence[tuple[Session, int | None]]


def check_plan(draw: Draw, sessions: Sequence[Session], at: datetime, own: Collection[int] = ()) -> None:
    """Raise Invalid by field unless these sessions may be drawn so; they carry their seat count.

    `own` are those that this very draw has already.
    """
    found = dict(_flaws(draw, sessions, at, own))
    if found:
        raise Invalid(next(iter(found.values())), fields={field: [words] for field, words in found.items()})


def _flaws(
    draw: Draw, sessions: Sequence[Session], at: datetime, own: Collection[int]
) -> Iterator[tuple[str, str]]:
    if not draw.event.allow_custom_agenda:
        yield "sessions", _("Registrants do not choose sessions here: there is nothing to draw.")
    elif not sessions:
        yield "sessions", _("Choose at least one session.")
    elif flaw := next(_flaws_of(sessions, own), None):
        yield "sessions", flaw
    if draw.closes_at <= draw.opens_at:
        yield "closes_at", _("The window has to close after it opens.")
    elif draw.closes_at <= at:
        yield "closes_at", _("The closing lies in the past.")
    elif begun := next((one for one in sessions if one.has_started(draw.closes_at)), None):
        yield "closes_at", _("“%(session)s” begins before the window closes.") % {"session": begun.name}
    if not draw.number_source:
        yield "number_source", _("Say which public number decides, and when it appears.")
    if draw.most_seats is not None and draw.most_seats < 1:
        yield "most_seats", _("At least 1; leave it empty for no limit.")


def _flaws_of(sessions: Iterable[Session], own: Collection[int]) -> Iterator[str]:
    """Why the seats of one of these sessions cannot be drawn."""
    for session in sessions:
        said = {"session": session.name}
        if session.cancelled_at or session.archived_at:
            yield _("“%(session)s” is cancelled.") % said
        if session.selection_control == Session.SelectionControl.INCLUDED:
            yield _("Everybody is given “%(session)s”: there is nothing to draw.") % said
        if session.seats.draw_opens_at is not None and session.pk not in own:
            yield _("“%(session)s” is in another draw that is not over.") % said


def check_wishes(wishes: Wished, drawn: Iterable[int]) -> None:
    """Raise Invalid unless these may be somebody's whole list: sessions of the draw, each once, and not too many."""
    ids = [session.pk for session, _place in wishes]
    words = ""
    if len(ids) > MOST_WISHES:
        words = _("At most %(n)d sessions can be wished for.") % {"n": MOST_WISHES}
    elif len(set(ids)) < len(ids):
        words = _("Each session can be wished for once.")
    elif set(ids) - set(drawn):
        words = _("Choose sessions of this draw.")
    elif any(place is not None and not 1 <= place <= MOST_PLACE for _session, place in wishes):
        words = _("A place in line is a whole number from 1.")
    if words:
        raise Invalid(words, fields={"wishes": [words]})


def words_of_wish(verdict: str | None, code: str, round_number: int | None) -> str:
    """Why a wish did not become a seat, in a few words: by the draw's verdict, or by what refused it besides."""
    if code == "no_waitlist":
        return _("Full in round %(n)d, and nobody can wait for it") % {"n": round_number or 1}
    if code == Outcome.FULL:
        if verdict == GIVEN:
            return _("Drawn for you, but full by the time it was given")
        return _("Full in round %(n)d") % {"n": round_number or 1}
    return str(_WORDS[code] if code in _WORDS else Outcome(code).label)


def refusal_to_wish(session: Session, standing: Standing, at: datetime) -> Reason | None:
    """Why this person may not wish for the session, whatever the draw decides; None where they may.

    Seats, clashes and limits of choice are the draw's own to look at.
    """
    found = refusals_to_seat(session, standing, standing.held_sessions, at=at)
    return first_refusal(found, WISH)
