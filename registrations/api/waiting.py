"""Waitlists: who waits, in which order; join, leave, invite, register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from events.actors import Actor
from events.api.idempotency import Answering, by_action
from events.api.searching import Address, Moment, Number, Text, Word
from events.api.views import ApiViewSet
from events.errors import Invalid, NotWaiting
from events.models import Event
from registrations.actions import (
    decline_invitation,
    invite,
    join_waitlist,
    leave_waitlist,
    register_from_waitlist,
)
from registrations.api.adding import OVERRIDES, chosen, overrides_in
from registrations.api.base import RegistrationsView
from registrations.api.filters import WaitlistItemFilters
from registrations.api.reading import waitlist_items_at, with_places
from registrations.api.requests import InvitationRequest, JoinRequest, OverrideRequest
from registrations.api.seats import seat_response
from registrations.api.shapes import WaitlistItemSerializer, line_of_person
from registrations.models import Activity, EventRegistration
from registrations.rules.people import Attendee
from registrations.rules.results import PersonLine
from sessions_app.models import Session
from waitlists.models import WaitlistItem
from waitlists.order import LINE

_MOVES_NO_SEAT = [Activity.Verb.MOVED_IN_LINE, Activity.Verb.WAITING_CHOSEN, Activity.Verb.ERASED]


class WaitlistItemViewSet(RegistrationsView, ApiViewSet):
    """One item is one person waiting for one session, or (without one) for the event itself."""

    serializer_class = WaitlistItemSerializer
    filterset_class = WaitlistItemFilters
    options_of = {
        "create": {"send_email", "override_closed", "reason"},
        "invitation": {"send_email"},
        "registration": {*OVERRIDES, "reason", "send_email"},
    }
    search_fields = ["contact__first_name", "contact__last_name", "contact__email"]
    searchable = {
        **{name: Number(name) for name in ("id", "event_id", "session_id", "registrant_id")},
        "email": Address("contact__email"),
        **{name: Text(f"contact__{name}") for name in ("first_name", "last_name")},
        "status": Word("status", WaitlistItem.Status.values),
        **{name: Moment(name) for name in ("joined_at", "closed_at")},
    }
    sort_fields = {"id": "id", "joined_at": "joined_at", "email": "contact__email"}
    has_changes = True

    def rows(self) -> QuerySet[WaitlistItem]:
        """The places in line that the client may see."""
        return waitlist_items_at(self.events)

    def changed_since(self, rows: QuerySet[Any], since: datetime) -> QuerySet[Any]:
        """The items of which the ledger says something since then; who moves up because of others has not changed.

        Of somebody who was erased since then all, the closed ones too: whoever has copies is to forget them.
        """
        moves = Activity.objects.filter(contact_id=OuterRef("contact_id"), event_id=OuterRef("event_id"))
        # What moves no seat names no seat count.
        of_event = Q(session=None, verb__in=_MOVES_NO_SEAT)
        own = Q(seats_id=OuterRef("seats_id")) | Q(session_id=OuterRef("session_id")) | of_event
        return rows.filter(Exists(moves.filter(own, at__gte=since)))

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The items in the order in which they are served, unless another order is asked for."""
        rows = super().filter_queryset(queryset)
        is_line = self.action == "list" and "sort" not in self.request.query_params
        return rows.order_by(*LINE.fields) if is_line else rows

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The items, each with its place in line."""
        return with_places(list(rows))

    @by_action
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put somebody at the end of the line; who waits there already keeps the place (200)."""
        asked = self.asked(JoinRequest)
        target = self._target(asked)
        at = timezone.now()

        def joined(item: WaitlistItem) -> Response:
            return self.record(item.pk, status=201 if item.joined_at == at else 200)

        answering = self.act(joined, may_override=asked["override_closed"])
        item = join_waitlist(
            target,
            self._attendee(target, asked),
            automatically_register=asked["automatically_register"],
            when_clashing=WaitlistItem.WhenClashing(asked["when_clashing"]),
            place_at_most=asked["place_at_most"],
            until_hours=asked["until_hours"],
            actor=answering.actor,
            reason=asked["reason"],
            override_closed=asked["override_closed"],
            notify=asked["send_email"],
            at=at,
        )
        return answering.response_to(item)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Leave the line; a seat held for the person goes to the next. Repeating is harmless."""
        item = self.get_object()
        actor = Actor.api(self.client, condition=self.condition)
        leave_waitlist(item, contact=item.contact, actor=actor)
        return Response(status=204)

    @by_action
    @action(detail=True, methods=["post"])
    def invitation(self, request: Request, pk: str) -> Response:
        """Hold the next free seat for this person until the deadline."""
        asked = self.asked(InvitationRequest)
        item = self._open_item()
        answering: Answering[int] = self.act(lambda _count: self.record(item.pk))
        return answering.response_to(invite([item], actor=answering.actor, notify=asked["send_email"]))

    @invitation.mapping.delete
    def decline(self, request: Request, pk: str) -> Response:
        """Decline the invitation for this person; the seat goes to the next in line. Repeating is harmless."""
        item = self.get_object()
        decline_invitation(item, contact=item.contact, actor=self.actor)
        return Response(status=204)

    @by_action
    @action(detail=True, methods=["post"])
    def registration(self, request: Request, pk: str) -> Response:
        """Register this person now, whatever the place in line; past capacity with the scope `override`."""
        asked = self.asked(OverrideRequest)
        item = self._open_item()
        overrides = overrides_in(asked)
        answering: Answering[list[PersonLine]] = self.act(
            lambda lines: self._served(item, lines), may_override=bool(overrides)
        )
        lines = register_from_waitlist(
            [item],
            actor=answering.actor,
            reason=asked["reason"],
            notify=asked["send_email"],
            **chosen(overrides),
        )
        return answering.response_to(lines)

    def _served(self, item: WaitlistItem, lines: Sequence[PersonLine]) -> Response:
        if not lines:
            raise NotWaiting
        return seat_response(line_of_person(item.session, lines[0]))

    def _open_item(self) -> WaitlistItem:
        item = self.get_object()
        if not item.is_open:
            raise NotWaiting
        return item

    def _target(self, asked: dict[str, Any]) -> Event | Session:
        if ("session_id" in asked) == ("event_id" in asked):
            words = _("Give either a session_id or an event_id.")
            raise Invalid(words, fields={"session_id": [words]})
        if "event_id" in asked:
            return self.event_named(asked["event_id"])
        rows = Session.objects.filter(event__in=self.events.values("pk"), archived_at=None)
        found = rows.select_related("event__seats", "seats").filter(pk=asked["session_id"]).first()
        if found is None:
            raise Invalid(fields={"session_id": [_("There is no such session.")]})
        return found

    def _attendee(self, target: Event | Session, asked: dict[str, Any]) -> Attendee:
        """The registrant named, or somebody new."""
        if ("registrant_id" in asked) == ("email" in asked):
            words = _("Give either a registrant_id or an email.")
            raise Invalid(words, fields={"email": [words]})
        if "email" in asked:
            return Attendee(asked["email"], asked["first_name"], asked["last_name"])
        event = target.event if isinstance(target, Session) else target
        known = EventRegistration.objects.active().filter(event=event).select_related("contact")
        found = known.filter(pk=asked["registrant_id"]).first()
        if found is None:
            raise Invalid(fields={"registrant_id": [_("There is no such registrant at this event.")]})
        return Attendee.of(found)
