"""One wish more or less, and the wishes of a draft, which come behind those said before."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import ngettext

from events.actors import ATTENDEE
from events.errors import Invalid, Refusal
from registrations.actions import change_wishes
from registrations.models import EventRegistration
from registrations.queries.draws import draw_of_session, draws_of_sessions
from registrations.website.wish_list import not_drawn
from sessions_app.models import Session


def change_wish(registration: EventRegistration, session: Session, *, is_wished: bool) -> None:
    """Put the session behind the other wishes, or take it out; repeating is harmless. Raises what refuses wishes."""
    draw = draw_of_session(session)
    if draw is None:
        raise Invalid(not_drawn())
    if is_wished:
        change_wishes(registration, draw, add=[session], actor=ATTENDEE)
    else:
        change_wishes(registration, draw, remove=[session], actor=ATTENDEE)


def say_drafted_wishes(
    request: HttpRequest, registration: EventRegistration, drafted: Sequence[Session]
) -> bool:
    """Say a draft's wishes, each in its session's draw, behind those said before; tell the visitor what became of it.

    Returns whether any is in a draw now.
    """
    if not drafted:
        return False
    by_session, said = draws_of_sessions([session.pk for session in drafted]), 0
    for draw in dict.fromkeys(by_session.values()):
        wishes = [each for each in drafted if by_session.get(each.pk) == draw]
        try:
            change_wishes(registration, draw, add=wishes, actor=ATTENDEE)
        except Refusal as refusal:
            messages.warning(request, str(refusal))
        else:
            said += len(wishes)
    if said:
        words = ngettext(
            "Your wish is in the draw. You can change it until the draw closes.",
            "Your %(n)d wishes are in the draw. You can change them until the draw closes.",
            said,
        )
        messages.success(request, words % {"n": said})
    return said > 0
