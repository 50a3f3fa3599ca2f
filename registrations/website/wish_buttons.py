"""A press of a session's button "Wish" by somebody who is registered."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from events.errors import Refusal
from registrations.website.answers import Deed, answer
from registrations.website.proving import has_proved, registration_of, to_prove
from registrations.website.verbs import Verb
from registrations.website.visitor import Visitor
from registrations.website.wishing import change_wish
from sessions_app.models import Session


def press_wish(request: HttpRequest, visitor: Visitor, session: Session, verb: Verb) -> HttpResponse:
    """Put the session behind the registration's other wishes, or take it out; whose address it is comes first."""
    registration = registration_of(visitor)
    if verb == "wish" and not has_proved(request, registration):
        return to_prove(request, visitor, wish=str(session.uuid))
    try:
        change_wish(registration, session, is_wished=verb == "wish")
    except Refusal as refusal:
        return answer(request, visitor, Deed(session, refusal=refusal))
    if verb == "wish":
        return answer(request, visitor, Deed(session, _("Among your wishes")))
    return answer(request, visitor, Deed(session, _("Removed"), can_undo=True))
