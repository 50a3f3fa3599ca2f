"""What became of each wish once a draw is published, why, and the way to give seats back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from events.limits import check_visitor
from registrations.actions import submit_agenda
from registrations.queries import draws_for, holder_of
from registrations.queries.draws import DrawOutcome, WishOutcome, outcome_of
from registrations.rules import clashes, refusals_to_drop
from registrations.rules.draws import words_of_wish
from registrations.rules.outcomes import names_at
from registrations.rules.people import Attendee
from registrations.website.answers import sessions_among, sessions_named
from registrations.website.personal import personal
from registrations.website.proving import registration_of
from registrations.website.seats import Seat, seats_for
from registrations.website.visitor import Visitor
from registrations.website.waiting_words import waiting_words
from registrations.website.wishes import named_draw
from sessions_app.models import Session


@dataclass(frozen=True)
class OutcomeLine:
    """One wish: what became of it, why, and the button of its session as things stand now."""

    rank: int
    session: Session
    tone: str
    icon: str
    words: str
    why: str
    seat: Seat | None


@personal
def manage_draw(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What became of each wish, and why; a draw that is not published yet has its wishes instead."""
    outcome = _outcome(request, visitor)
    if outcome is None:
        return _nothing(request, visitor)
    returned = sessions_among(request.GET.get("returned", ""), visitor.event)
    context = {
        "event": visitor.event,
        "visitor": visitor,
        "token": visitor.token,
        "outcome": outcome,
        "holder": holder_of(registration_of(visitor), outcome.draw),
        "lines": _lines(visitor, outcome),
        "held": sum(wish.has_seat for wish in outcome.wishes),
        "may_return": len(_may_return(outcome)),
        "returned": [session for session in returned if session.pk not in visitor.standing.seats],
        # The personal page says what was given back, with the way to undo it.
        "here": reverse("manage", args=[visitor.event.slug, visitor.token]),
        "section": "agenda",
    }
    return render(request, "website/wish_outcome.html", context)


@require_POST
@personal
def give_back(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Give back all seats that the draw gave; or take `again` those just given back, as far as there are any left."""
    registration = registration_of(visitor)
    check_visitor("seat", registration.uuid.hex)
    outcome = _outcome(request, visitor)
    if outcome is None:
        return _nothing(request, visitor)
    address = reverse("manage_draw", args=[visitor.event.slug, visitor.token])
    address = f"{address}?draw={outcome.draw.uuid}"
    if "again" in request.POST:
        given = {wish.session.pk for wish in outcome.wishes if wish.became == "seat"}
        again = [each for each in sessions_named(request, visitor.event, "again") if each.pk in given]
        submit_agenda(visitor.event, Attendee.of(registration), again, wait=True)
        return HttpResponseRedirect(address)
    back = _may_return(outcome)
    submit_agenda(visitor.event, Attendee.of(registration), [], back)
    return HttpResponseRedirect(f"{address}&returned={','.join(str(session.uuid) for session in back)}")


def _outcome(request: HttpRequest, visitor: Visitor) -> DrawOutcome | None:
    """What became of the wishes in the draw that the address names, else in the newest that has told it."""
    registration = registration_of(visitor)
    told = [draw for draw in draws_for(registration, visitor.at) if draw.publishing_at]
    draw = named_draw(request, told, visitor)
    if draw is None:
        return None
    draw.event = visitor.event
    return outcome_of(registration, draw)


def _nothing(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    messages.info(request, _("No result of a draw is here for you yet."))
    return redirect("manage", visitor.event.slug, visitor.token)


def _may_return(outcome: DrawOutcome) -> list[Session]:
    """The sessions in which a seat was drawn that its holder still has, and may give back."""
    return [
        wish.session
        for wish in outcome.wishes
        if wish.has_seat and wish.became == "seat" and not any(refusals_to_drop(wish.session, by_staff=False))
    ]


def _lines(visitor: Visitor, outcome: DrawOutcome) -> list[OutcomeLine]:
    seats = {seat.session.pk: seat for seat in seats_for(visitor, [wish.session for wish in outcome.wishes])}
    return [_line(wish, outcome, seats[wish.session.pk]) for wish in outcome.wishes]


def _line(wish: WishOutcome, outcome: DrawOutcome, seat: Seat) -> OutcomeLine:
    shown = seat if seat.verb or seat.link else None
    if wish.has_seat:
        back = replace(seat, label=_("Give back")) if seat.verb == "remove" else shown
        return OutcomeLine(wish.rank, wish.session, "free", "check", _("You have a seat"), "", back)
    if wish.became == "seat":
        return OutcomeLine(wish.rank, wish.session, "full", "dash", _("Given back"), "", shown)
    if wish.place is not None:
        words = waiting_words(wish.place)
        return OutcomeLine(wish.rank, wish.session, "waiting", "clock", words, _why(wish, outcome), shown)
    return OutcomeLine(wish.rank, wish.session, "full", "cross", _("No seat"), _why(wish, outcome), shown)


def _why(wish: WishOutcome, outcome: DrawOutcome) -> str:
    """Why there is no seat, in a sentence to the person."""
    given = [other.session for other in outcome.wishes if other.became == "seat"]
    if wish.verdict == "clash" and (others := clashes(wish.session, given)):
        words = _("It overlaps %(names)s, which was drawn for you.")
        return words % {"names": names_at(wish.session.event_id, others)}
    why = words_of_wish(wish.verdict, wish.code, wish.round)
    if wish.verdict == "full" and outcome.place:
        words = _("%(why)s; your ticket was number %(place)d of %(of)d.")
        return words % {"why": why, "place": outcome.place, "of": outcome.of}
    return f"{why.rstrip('.')}."
