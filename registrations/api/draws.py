"""Draws: planning, changing and cancelling them, their public number, publishing, and what was decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.filters import ApiFilterSet, NumberFilter
from events.api.idempotency import by_action
from events.api.views import ApiViewSet
from events.errors import Invalid
from registrations import actions
from registrations.api.base import RegistrationsView
from registrations.api.draw_record import (
    DecisionSerializer,
    DrawChange,
    DrawRequest,
    DrawSerializer,
    PublicNumberRequest,
    figures_record,
)
from registrations.models import Draw, DrawDecision, DrawSession, TicketHolder
from registrations.queries.draw_preview import preview_of
from registrations.queries.draw_standing import PHASES, in_phase, phase_of, wishing_in
from registrations.queries.drawable import changes_to


class DrawFilters(ApiFilterSet):
    """Narrow a list of draws."""

    event_id = NumberFilter(field_name="event_id")
    session_id = NumberFilter(
        field_name="draw_sessions__session_id", help_text="Draws with this session in them."
    )
    state = django_filters.ChoiceFilter(method="in_state", choices=[(phase, phase) for phase in PHASES])

    class Meta:
        model = Draw
        fields: list[str] = []

    def in_state(self, rows: QuerySet[Draw], name: str, value: str) -> Any:
        """The draws that stand so at this moment."""
        return rows.filter(in_phase(value, timezone.now()))


class DrawViewSet(RegistrationsView, ApiViewSet):
    """A draw gives seats in some sessions to those who wish for them, by a public number that nobody knew before."""

    serializer_class = DrawSerializer
    filterset_class = DrawFilters
    sort_fields = {"id": "id", "opens_at": "opens_at", "closes_at": "closes_at"}
    has_changes = True

    def rows(self) -> QuerySet[Draw]:
        """The draws of the events that the client sees."""
        rows = Draw.objects.without_file().filter(event__in=self.events.values("pk"))
        return rows.select_related("event__seats").order_by("id")

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The draws with their phase, their sessions and how many wish, read at once."""
        at, counts, sessions = timezone.now(), wishing_in(rows), defaultdict(list)
        links = DrawSession.objects.filter(draw__in=[row.pk for row in rows]).order_by("session_id")
        for draw, session in links.values_list("draw_id", "session_id"):
            sessions[draw].append(session)
        for row in rows:
            row.phase, row.wishing, row.drawn_sessions = phase_of(row, at), counts[row.pk], sessions[row.pk]
        return rows

    @by_action
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Plan a draw. From its opening until it is published its sessions answer `in_draw`."""
        asked = self.read(DrawRequest)
        event = self.event_named(asked.pop("event_id"))
        sessions = self.sessions_of(event, asked.pop("session_ids"), "session_ids")
        answering = self.act(self._made)
        draw = actions.plan_draw(event, sessions, **asked, actor=answering.actor)
        return answering.response_to(draw)

    def _made(self, draw: Draw) -> Response:
        return self.record(draw.pk, 201)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the named fields; the rest stays. Once wishes can be said only what breaks none of them."""
        draw, asked = self.get_object(), self.read(DrawChange, partial=True)
        if asked.pop("event_id", draw.event_id) != draw.event_id:
            raise Invalid(fields={"event_id": [_("A draw stays with its event.")]})
        if "session_ids" in asked:
            asked["sessions"] = self.sessions_of(draw.event, asked.pop("session_ids"), "session_ids")
        actions.change_draw(draw, **changes_to(draw, asked), actor=self.actor)
        return self.record(draw.pk)

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the named fields; the rest stays."""
        return self.partial_update(request)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Cancel the draw: its sessions are open to whoever comes first. Repeating is harmless."""
        actions.cancel_draw(self.get_object(), actor=self.actor)
        return Response(status=204)

    @by_action
    @action(detail=True, methods=["post"], url_path="public-number")
    def public_number(self, request: Request, pk: str) -> Response:
        """Give the draw its public number, which decides at once; another one, before publishing, corrects it."""
        draw, asked = self.get_object(), self.read(PublicNumberRequest)
        answering = self.act(self._as_it_is)
        return answering.response_to(
            actions.enter_public_number(draw, asked["public_number"], actor=answering.actor)
        )

    @by_action
    @action(detail=True, methods=["post"])
    def publication(self, request: Request, pk: str) -> Response:
        """Give the seats that were drawn, put unmet wishes in line, and tell everybody; the worker goes on."""
        draw = self.get_object()
        answering = self.act(self._taken_in_hand)
        return answering.response_to(actions.publish(draw, actor=answering.actor))

    def _as_it_is(self, draw: Draw) -> Response:
        return self.record(draw.pk)

    def _taken_in_hand(self, draw: Draw) -> Response:
        return self.record(draw.pk, 202)

    @action(detail=True, methods=["get"])
    def figures(self, request: Request, pk: str) -> Response:
        """What the draw gives to how many, beside first-come on the same wishes; 404 before the wishes are frozen."""
        preview = preview_of(get_object_or_404(Draw, pk=self.get_object().pk))
        if preview is None:
            raise Http404
        return Response(figures_record(preview))


class DecisionFilters(ApiFilterSet):
    """Narrow a list of decisions."""

    session_id = NumberFilter(field_name="session_id")
    registrant_id = NumberFilter(field_name="ticket__holders__registration_id")
    ticket = django_filters.CharFilter(field_name="ticket__code", max_length=64)
    round = NumberFilter(field_name="round")
    verdict = django_filters.ChoiceFilter(choices=DrawDecision.Verdict.choices)

    class Meta:
        model = DrawDecision
        fields: list[str] = []


class DrawDecisionViewSet(ApiViewSet):
    """One decision is about one wish of one ticket. There are none before the public number is known."""

    http_method_names = ["get", "head"]
    # Read by the description of the API alone.
    queryset = DrawDecision.objects.none()
    serializer_class = DecisionSerializer
    filterset_class = DecisionFilters
    sort_fields = {"id": "id", "round": "round", "rank": "rank", "place": "ticket__place"}

    def rows(self) -> QuerySet[DrawDecision]:
        """The decisions of the draw in the address, which has to be of an event that the client sees."""
        mine = Draw.objects.filter(event__in=self.events.values("pk"))
        draw = get_object_or_404(mine.only("pk"), pk=self.kwargs["draw_id"])
        return DrawDecision.objects.filter(draw=draw).select_related("ticket").order_by("number")

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The decisions with the people on their tickets, read at once."""
        people: dict[int, list[int]] = defaultdict(list)
        holders = TicketHolder.objects.filter(ticket__in={row.ticket_id for row in rows}).order_by("number")
        for ticket, registration in holders.values_list("ticket_id", "registration_id"):
            people[ticket].append(registration)
        for row in rows:
            row.people = people[row.ticket_id]
        return rows
