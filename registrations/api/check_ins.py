"""Check-ins: who came, at the event's door or a session's."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.idempotency import Answering, by_action
from events.api.searching import Flag, Moment, Number
from events.api.views import ApiViewSet
from events.errors import Invalid
from registrations import door_codes
from registrations.actions import Entry, admit_standby, check_in, check_out, undo_check_in
from registrations.api.base import RegistrationsView
from registrations.api.filters import CheckInFilters
from registrations.api.reading import check_ins_at
from registrations.api.requests import CheckInRequest, CheckOutRequest, UndoRequest
from registrations.api.shapes import CheckInSerializer
from registrations.models import CheckIn, EventRegistration


class CheckInViewSet(RegistrationsView, ApiViewSet):
    """One check-in is one entry of one registrant."""

    serializer_class = CheckInSerializer
    filterset_class = CheckInFilters
    options_of = {"destroy": {"reason"}}
    search_fields = ["event_registration__first_name", "event_registration__last_name"]
    searchable = {
        **{name: Number(name) for name in ("id", "session_id")},
        "registrant_id": Number("event_registration_id"),
        "event_id": Number("event_registration__event_id"),
        "override": Flag("is_override"),
        **{name: Moment(name) for name in ("checked_in_at", "left_at", "undone_at")},
    }
    sort_fields = {"id": "id", "checked_in_at": "checked_in_at"}
    has_changes = True

    def rows(self) -> QuerySet[CheckIn]:
        """The entries that the client may see."""
        return check_ins_at(self.events)

    def changed_since(self, rows: QuerySet[Any], since: datetime) -> QuerySet[Any]:
        """The entries told, left or undone since then."""
        names = ("recorded_at", "updated_at", "checked_in_at", "undone_at")
        return rows.filter(Q(*((f"{name}__gte", since) for name in names), _connector=Q.OR))

    @by_action
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let somebody in (201); who is in already, since when (200). The same nonce gets the same answer."""
        asked = self.asked(CheckInRequest)
        registration = self._registration(asked)
        session_id = asked["session_id"]
        session = None
        if session_id is not None:
            [session] = self.sessions_of(registration.event, [session_id], "session_id")
        answering = self.act(self._admitted, may_override=asked["override"])
        scan = {
            "actor": answering.actor,
            # The client's own: two clients may count their scans alike.
            "nonce": self._nonce(asked.get("nonce", "")),
            "override": asked["override"],
            "reason": asked["reason"],
            "scanned_at": asked["checked_in_at"],
        }
        if not asked["standby"]:
            return answering.response_to(check_in(registration, session, **scan))
        if session is None:
            words = _("Standby is a session's. Name the session.")
            raise Invalid(words, fields={"session_id": [words]})
        return answering.response_to(admit_standby(session, registration, **scan))

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Undo the entry: it stays on record, with the moment of undoing. Repeating is harmless."""
        asked = self.asked(UndoRequest)
        undo_check_in(self.get_object(), actor=self.actor, reason=asked["reason"])
        return Response(status=204)

    @by_action
    @action(detail=True, methods=["post"], url_path="check-out")
    def check_out(self, request: Request, pk: str) -> Response:
        """Let the person out: they came, and are not inside any more. Repeating is harmless."""
        asked = self.asked(CheckOutRequest)
        answering: Answering[CheckIn] = self.act(lambda entry: self.record(entry.pk))
        left = check_out(self.get_object(), actor=answering.actor, left_at=asked["left_at"])
        return answering.response_to(left)

    def _nonce(self, given: str) -> uuid.UUID:
        return uuid.uuid5(uuid.NAMESPACE_URL, f"{self.client.pk}:{given}") if given else uuid.uuid4()

    def _admitted(self, entry: Entry) -> Response:
        outcome = "already_in" if entry.was_in_already else "admitted"
        body = {"outcome": outcome, **CheckInSerializer(entry.check_in).data}
        return Response(body, status=200 if entry.was_in_already else 201)

    def _registration(self, asked: dict[str, Any]) -> EventRegistration:
        if sum(name in asked for name in ("registrant_id", "secure_id", "code")) != 1:
            words = _("Give either a registrant_id, a secure_id or a code.")
            raise Invalid(words, fields={"registrant_id": [words]})
        if "registrant_id" in asked:
            return self.registration_at(asked["registrant_id"])
        if "secure_id" in asked:
            return self.registration_by(uuid=asked["secure_id"])
        code = door_codes.read(asked["code"])
        if code is None:
            raise Invalid(fields={"code": [_("This is no door code: it has twelve letters and digits.")]})
        return self.registration_by(door_code=code)


class ScanView(CheckInViewSet):
    """A check-in whose registrant, and session, stand in the address, as other systems' scanners send it."""

    # Described like the address that it means.
    schema = None

    def _body_and_query(self) -> Any:
        """The body, and who is checked in where."""
        named = {"registrant_id": self.kwargs["rid"], "session_id": self.kwargs.get("sid")}
        return {**super()._body_and_query(), **{name: pk for name, pk in named.items() if pk is not None}}
