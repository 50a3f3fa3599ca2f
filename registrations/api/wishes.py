"""Wishes of one registrant in one draw: an ordered list, read and replaced as a whole."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from events.actors import Actor
from events.api.views import ApiView
from events.errors import Invalid
from registrations import actions
from registrations.api.base import RegistrationsView
from registrations.api.draw_record import WishesRequest, WishesSerializer
from registrations.models import Draw, EventRegistration, Ticket
from sessions_app.models import Session


class WishesView(RegistrationsView, ApiView):
    """The wishes of one registrant in one draw; on the ticket of a group they are everybody's."""

    def get(self, request: Request, rid: int, draw_id: int) -> Response:
        """Read what the registrant wishes for, the dearest first."""
        registration = self.registration_at(rid)
        return Response(_said(registration, self._draw(registration, draw_id)))

    def put(self, request: Request, rid: int, draw_id: int) -> Response:
        """Say all wishes anew, the dearest first; they take the place of those before, until the window closes."""
        registration = self.live_registration(rid)
        draw = self._draw(registration, draw_id)
        asked = self.asked(WishesRequest)["wishes"]
        wished = self._sessions(draw, [row["session_id"] for row in asked])
        wishes = [(session, row["wait_at_most"]) for session, row in zip(wished, asked, strict=True)]
        actions.state_wishes(registration, draw, wishes, actor=Actor.api(self.client))
        return Response(_said(registration, draw))

    def _draw(self, registration: EventRegistration, pk: int) -> Draw:
        rows = Draw.objects.without_file().filter(event_id=registration.event_id)
        draw = get_object_or_404(rows, pk=pk)
        draw.event = registration.event
        return draw

    def _sessions(self, draw: Draw, ids: list[int]) -> list[Session]:
        """The sessions named. Raises Invalid for one named twice, or that is not in the draw."""
        twice = sorted(str(pk) for pk, times in Counter(ids).items() if times > 1)
        if twice:
            raise Invalid(
                fields={"wishes": [_("Named more than once: %(ids)s.") % {"ids": ", ".join(twice)}]}
            )
        return self.sessions_of(draw.event, ids, "wishes")


def _said(registration: EventRegistration, draw: Draw) -> Any:
    ticket = Ticket.objects.filter(draw=draw, holders__registration=registration).first()
    wishes: list[Any] = []
    people = [registration.pk]
    if ticket is not None:
        wishes = list(ticket.wishes.order_by("rank").values("session_id", "rank", "wait_at_most"))
        people = list(ticket.holders.order_by("number").values_list("registration_id", flat=True))
    said = {
        "draw_id": draw.pk,
        "registrant_id": registration.pk,
        "ticket": ticket.code if ticket else None,
        "registrant_ids": people,
        "wishes": wishes,
    }
    return WishesSerializer(said).data
