"""The form that ends in a registration before anything is typed into it: drawn once for all who are asked the same."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.html import conditional_escape

from registrations.actions import draft_token, new_draft_token
from registrations.website.asked import ask, asked_of_waiting, asks_for_pass, said_of, shows_address
from registrations.website.own_parts import own_parts
from registrations.website.refusals import private
from registrations.website.shown_programme import programme_of
from registrations.website.skeletons import Sketch, answer, drawn, mark, sketch_of
from registrations.website.stormed import guard_of
from registrations.website.summary import summary_of
from registrations.website.visitor import Visitor


def blank_page(request: HttpRequest, visitor: Visitor) -> HttpResponse | None:
    """The page with the blank form; None where it says more: an address confirmed before, passes with their seats."""
    event = visitor.event
    programme = programme_of(event)
    if programme is None or shows_address(visitor) or (programme.passes and asks_for_pass(event)):
        return None

    def sketch() -> Sketch:
        said = said_of(visitor, ask(request, visitor, None))
        return drawn(request, "finish.html", {**said, "key": mark("key")})

    def key() -> str:
        return conditional_escape(draft_token(visitor.draft) if visitor.draft else new_draft_token())

    holes = {
        **own_parts(visitor, known=summary_of(visitor)),
        "key": key,
        "against_programs": lambda: guard_of(request, request.path),
    }
    kept = sketch_of(event, ("finish", request.path, *asked_of_waiting(visitor)), sketch)
    return private(answer(request, kept, holes, here=request.path))
