"""`/sessions` and the addresses that Swoogo's clients know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from events.api import parameters
from events.api.events import CancellationSerializer
from events.api.idempotency import Answering, by_action
from events.api.saving import event_to_write
from events.api.searching import Day, Flag, Moment, Number, Text, Word
from events.api.views import ApiViewSet
from events.errors import HasRegistrations
from registrations.actions import archive, cancel_session
from sessions_app.api.reading import records_of
from sessions_app.api.session_filters import SessionFilters
from sessions_app.api.session_record import SessionSerializer
from sessions_app.api.writing import change_session, create_session
from sessions_app.filters import sessions_with_words
from sessions_app.models import Session
from sessions_app.queries import warnings_of


class SessionHasRegistrations(HasRegistrations):
    """The session cannot be deleted; `registered` and `waiting` say how many hang on it."""

    code = "session_has_registrations"
    default_message = _(
        "People are registered or waiting. POST /api/v1/sessions/{id}/cancellation tells them and frees the seats."
    )


class SessionViewSet(ApiViewSet):
    """The sessions of the events this client sees."""

    serializer_class = SessionSerializer
    filterset_class = SessionFilters
    parameters = {"send_email"}
    sort_fields = {
        "id": "id",
        "name": "name",
        "date": "date",
        "start_time": "starts_at",
        "end_time": "ends_at",
        "capacity": "seats__capacity",
        "seats_taken": "seats__taken",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }
    search_fields = ["name", "description", "track__name", "speakers__name"]
    searchable = {
        **{name: Text(name) for name in ("name", "admin_short_name", "badge_name", "description")},
        **{name: Text(name) for name in ("kind", "level")},
        **{name: Text(name) for name in ("webinar_url", "sold_out_message", "secure_id")},
        **{name: Number(name) for name in ("id", "event_id", "track_id", "building_id", "layout_id")},
        "location_id": Number("room_id"),
        "date": Day("date"),
        "capacity": Number("seats__capacity"),
        "seats_taken": Number("seats__taken"),
        "session_status": Word("session_status", Session.Status.values),
        "format": Word("format", Session.Format.values),
        "selection_control": Word("selection_control", Session.SelectionControl.values),
        **{name: Flag(name) for name in ("locked_when_saved", "selected_by_default")},
        **{name: Flag(name) for name in ("prevent_session_conflicts", "validate_registrants")},
        "standby_minutes": Number("own_standby_minutes"),
        **{name: Moment(name) for name in ("created_at", "updated_at", "cancelled_at")},
    }
    has_tombstones = True

    def rows(self) -> QuerySet[Session, Any]:
        """The ids of the sessions of events that were not deleted.

        Who registered is no change of a session: /registrants tells that.
        """
        rows = Session.objects.filter(event__in=self.events.values("pk"))
        return rows.order_by("id").values_list("pk", named=True)

    def with_words(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """The sessions in which every word occurs, by the website's own search."""
        return sessions_with_words(rows, text)

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The records of these sessions, with all that is said of them."""
        expanded = parameters.names(self.request, "expand", SessionSerializer.expandable)
        return records_of([row.pk for row in rows], expanded, timezone.now())

    def session(self) -> Session:
        """The session named in the address, to be written. Raises Http404."""
        return Session.objects.select_related("event__seats", "seats").get(pk=self.get_object().pk)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Plan a session. `event_id`, `name` and `date` are required."""
        values = self.read(SessionSerializer)
        event = event_to_write(self.events, values.pop("event_id"))
        return self._saved(create_session(event, values, self.actor), 201)

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the session's named fields; the rest stays. Another time or room is told to those registered."""
        session = self.session()
        values = self.read(SessionSerializer, partial=True)
        event_to_write(self.events, values.pop("event_id", session.event_id), session)
        notify = parameters.flag(request, "send_email", default=True)
        change_session(session, values, self.actor, notify=notify)
        return self._saved(session.pk)

    def _saved(self, pk: int, status: int = 200) -> Response:
        """The whole record, and what its plan runs into: the list that the desk shows after saving."""
        response = self.record(pk, status)
        related = ("event", "seats", "layout", "room", "building")
        session = Session.objects.select_related(*related).get(pk=pk)
        found = warnings_of(session, sees=self.limited_to)
        response.data["warnings"] = [
            {name: value for name, value in asdict(one).items() if value is not None} for one in found
        ]
        return response

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the session's named fields; the rest stays."""
        return self.update(request)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete the session once nobody hangs on it; else 409 `session_has_registrations` with the counts."""
        try:
            archive(self.session(), actor=self.actor)
        except HasRegistrations as refusal:
            raise SessionHasRegistrations(**refusal.data) from refusal
        return Response(status=204)

    @action(detail=True, methods=["post"])
    @by_action
    def cancellation(self, request: Request, pk: str) -> Response:
        """Cancel the session: seats are released, everyone is told and offered other times, unless you say no."""
        session = self.session()
        asked = self.read(CancellationSerializer)
        answering: Answering[int] = Answering(self, self.client, lambda _released: self.record(session.pk))
        released = cancel_session(
            session,
            reason=asked.get("reason", ""),
            notify=asked.get("send_email", True),
            actor=answering.actor,
        )
        return answering.response_to(released)
