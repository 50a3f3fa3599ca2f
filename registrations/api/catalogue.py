"""The catalogue of refusals: what each code of the API means and what to do, on pages that anybody may read."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

_OTHERS = _("Offer one of the alternatives that the answer names, or another session.")
_READ_AGAIN = _("Read the record again, and send what is still to be done.")
_MEND = _("Correct the request; sent again as it is it is refused again.")
_AGAIN = _("Wait as long as Retry-After says, and send the very same request, with the same Idempotency-Key.")
_OVERRIDE = _("Staff may go past it: the scope override, the parameter that the guide names, and a reason.")
_TEXTS = {
    "full": (409, _("No seat is left in the session, or at the event."), _OTHERS),
    "conflict": (
        409,
        _("The session overlaps one that the person holds."),
        _("Swap: drop the one and add the other in one call of /agenda."),
    ),
    "closed": (409, _("Registration has closed, or the session has begun."), _OVERRIDE),
    "not_open_yet": (
        409,
        _("Registration has not opened yet; opens_at says when it will."),
        _("Come back then."),
    ),
    "in_draw": (
        409,
        _("The session's seats are drawn; opens_at and closes_at say when wishes may be said."),
        _("Say wishes in the draw until closes_at. Staff may go past it: override_closed with a reason."),
    ),
    "not_live": (409, _("The session or event is not live, was cancelled, or is gone."), _("Read it again.")),
    "capacity_missing": (
        409,
        _("The session takes place on site, and nobody has said how many may come."),
        _("Set its capacity."),
    ),
    "not_in_pass": (409, _("The person's pass does not cover the session."), _OVERRIDE),
    "session_limit": (409, _("The person has as many sessions as one may choose."), _("Give one up first.")),
    "track_limit": (
        409,
        _("The person has as many sessions of this track as one may choose."),
        _("Give one up first."),
    ),
    "locked": (
        409,
        _("The choice was locked when it was saved, and cannot be given up by its holder."),
        _("Ask the organizers."),
    ),
    "hard_limit": (
        409,
        _("The hard limit of the room is reached, for safety."),
        _("Nothing goes past it here."),
    ),
    "wrong_level": (
        409,
        _("The event registers people as a whole and not for sessions, or the other way round."),
        _MEND,
    ),
    "no_waitlist": (409, _("There is no waitlist here."), _OTHERS),
    "sessions_required": (
        409,
        _("Nobody is registered at this event without a session."),
        _("Name at least one in session_ids."),
    ),
    "payment_required": (
        409,
        _("The pass has a price, and nothing was paid; pass_id, price and currency say what it costs."),
        _("Place an order: POST /orders. Staff's clients need not: whoever they register owes it."),
    ),
    "order_over": (
        409,
        _("The order is in a state in which this cannot be done with it; state says in which."),
        _READ_AGAIN,
    ),
    "invitation_gone": (
        410,
        _("The invitation was answered, or its deadline has passed."),
        _("Read the place in line again."),
    ),
    "not_found": (
        404,
        _("There is no such thing, or the client may not see it."),
        _("Check the address and the id."),
    ),
    "not_permitted": (403, _("The client may not do this."), _("Ask the organizers for a client that may.")),
    "insufficient_scope": (
        403,
        _("The token lacks a scope; `scope` names it."),
        _("Fetch a token with that scope."),
    ),
    "not_registered": (409, _("The person has no seat at this door."), _OVERRIDE),
    "another_session": (409, _("The person has a seat in another session at this time."), _OVERRIDE),
    "standby_not_open": (
        409,
        _("No absent person's seat is free at this door now; open_from says from when, null for never."),
        _("Come back then, or set the session's standby_minutes."),
    ),
    "full_house": (409, _("As many are inside as the session has seats."), _("Wait until somebody leaves.")),
    "not_next_in_line": (
        409,
        _("Somebody else is admitted first; registrant_id says who."),
        _("Admit them first. Staff may admit out of turn: the scope override, and a reason."),
    ),
    "already_registered": (
        409,
        _("Somebody else is registered there with this address."),
        _("Look for that registration."),
    ),
    "checked_in": (409, _("The person was let in at a door."), _("Undo that check-in first.")),
    "not_begun": (409, _("The event has not begun yet."), _("Come back when it has.")),
    "not_inside": (409, _("The check-in was undone, so the person is not inside."), _READ_AGAIN),
    "not_now": (409, _("The upload is not at the step at which this can be done."), _READ_AGAIN),
    "cancelled": (409, _("The registration was cancelled."), _("Register the person anew.")),
    "not_waiting": (409, _("The place in line has ended."), _READ_AGAIN),
    "in_progress": (409, _("Another request with the same Idempotency-Key still runs."), _AGAIN),
    "has_registrations": (
        409,
        _("People are registered or waiting."),
        _("Cancel it instead; they will be told."),
    ),
    "session_has_registrations": (
        409,
        _("People are registered or waiting."),
        _("POST /sessions/{id}/cancellation tells them."),
    ),
    "in_use": (409, _("Something else refers to the record."), _("Take it out of there first.")),
    "duplicate": (409, _("There is one like this already."), _("Look for it in the list.")),
    "invalid": (422, _("A value or a parameter cannot be right; `fields` says which and why."), _MEND),
    "changed_meanwhile": (412, _("The record is not the one that If-Match names any more."), _READ_AGAIN),
    "malformed": (400, _("The body is not what its Content-Type says."), _MEND),
    "not_authenticated": (
        401,
        _("There is no token, or it is not known, or has expired."),
        _("Fetch one at /oauth2/token."),
    ),
    "method_not_allowed": (405, _("The address does not take this method."), _MEND),
    "unsupported_media_type": (
        415,
        _("The body is of a kind that is not read."),
        _("Send JSON or a form, in UTF-8."),
    ),
    "too_large": (413, _("The body is larger than what is read."), _("Send it in parts.")),
    "too_many_requests": (429, _("The client has spent its requests of this minute."), _AGAIN),
    "busy": (503, _("The database could not serve the request in time; nothing was changed."), _AGAIN),
    "error": (500, _("Something went wrong on our side."), _("Tell us the request_id.")),
    "invalid_client": (401, _("The client_id or the client_secret is wrong."), _MEND),
    "invalid_scope": (400, _("The client may not have this scope."), _MEND),
    "invalid_request": (400, _("The request for a token cannot be read."), _MEND),
    "unsupported_grant_type": (400, _("Tokens are given for grant_type=client_credentials."), _MEND),
}


@dataclass(frozen=True)
class Entry:
    """One code: the status with which it comes, what it means, and what to do."""

    code: str
    status: int
    means: object
    advice: object


def errors(request: HttpRequest, code: str = "") -> HttpResponse:
    """The page of one code, or of all of them."""
    entries = [Entry(each, *texts) for each, texts in sorted(_TEXTS.items()) if code in ("", each)]
    if not entries:
        raise Http404
    return render(request, "api/errors.html", {"entries": entries, "is_one": bool(code)})
