"""One session, or a whole agenda, of one registrant."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from events.api.idempotency import by_action
from events.api.views import ApiView
from registrations.actions import submit_agenda
from registrations.api.adding import Asked
from registrations.api.base import ALL_OPTIONS, RegistrationsView, refused
from registrations.api.requests import AgendaRequest, DropRequest, SeatRequest
from registrations.api.shapes import Json, applied_of, line_of
from registrations.rules.outcomes import SUCCESSES, Mode
from registrations.rules.people import Attendee
from registrations.rules.results import AgendaResult
from waitlists.models import WaitlistItem


class SeatView(RegistrationsView, ApiView):
    """Take one seat, give it up."""

    options_of = {"post": ALL_OPTIONS, "delete": {"validate_only", "send_email"}}

    @by_action
    def post(self, request: Request, rid: int, sid: int) -> Response:
        """Register the registrant in the session; repeating is harmless."""
        asked = self.asked(SeatRequest)
        registration = self.live_registration(rid)
        session = self.session_of(registration.event, sid)
        person = Attendee.of(registration)
        wish = Asked(registration.event, person, self.manner_of(asked), [session], mode=Mode.ALL_OR_NOTHING)
        return self.answer(wish, lambda: seat_response(wish.lines[session.pk]))

    def delete(self, request: Request, rid: int, sid: int) -> Response:
        """Give the seat, or the place in line, up; it goes to whoever has waited longest."""
        asked = self.asked(DropRequest)
        registration = self.live_registration(rid)
        session = self.session_of(registration.event, sid)
        manner = self.manner_of(asked)
        answering = self.act(_one_line)
        result = submit_agenda(
            registration.event,
            Attendee.of(registration),
            [],
            [session],
            mode=Mode.ALL_OR_NOTHING,
            preview=manner.preview,
            actor=answering.actor,
            notify=manner.notify,
            at=manner.at,
        )
        return answering.response_to(result)

    def handle_exception(self, exc: Exception) -> Any:
        """Every refusal of a rule says `success: false`."""
        response = super().handle_exception(exc)
        if response.status_code == HTTPStatus.CONFLICT and isinstance(getattr(response, "data", None), dict):
            response.data = {"success": False, **response.data}
        return response


def _one_line(result: AgendaResult) -> Response:
    return seat_response(line_of(result.lines[0]))


def seat_response(line: Json) -> Response:
    """What became of one session."""
    if line["outcome"] in SUCCESSES:
        return Response({"success": True, "line": line})
    return refused([line], success=False, line=line)


class AgendaView(RegistrationsView, ApiView):
    """A whole agenda in one call."""

    options_of = {"post": ALL_OPTIONS}

    @by_action
    def post(self, request: Request, rid: int) -> Response:
        """Take and give up sessions in one transaction, or try it without changing anything."""
        asked = self.asked(AgendaRequest)
        registration = self.live_registration(rid)
        manner = self.manner_of(asked)
        answering = self.act(agenda_response, may_override=bool(manner.overrides))
        result = submit_agenda(
            registration.event,
            Attendee.of(registration),
            self.sessions_of(registration.event, asked["add"], "add"),
            self.sessions_of(registration.event, asked["drop"], "drop"),
            mode=Mode(asked["mode"]),
            wait=manner.wait,
            preview=manner.preview,
            automatically_register=manner.automatically_register,
            when_clashing=WaitlistItem.WhenClashing(asked["when_clashing"]),
            actor=answering.actor,
            reason=asked["reason"],
            overrides=manner.overrides,
            notify=manner.notify,
            at=manner.at,
        )
        return answering.response_to(result)


def agenda_response(result: AgendaResult) -> Response:
    """What became of each session; 409 when the whole was refused."""
    lines = [line_of(line) for line in result.lines]
    applied = result.applied and applied_of([line.is_success for line in result.lines])
    if applied:
        return Response({"applied": applied, "lines": lines})
    return refused(lines, applied=False, lines=lines)
