"""`/events`: what is planned. Its status is changed by the same commands as on the desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from events.actors import Actor
from events.api.event_record import API_NAMES, EventRecord, EventSerializer, as_typed
from events.api.filters import ApiFilterSet, ChoiceFilter, NumberFilter, TextFilter
from events.api.idempotency import Answering, by_action
from events.api.saving import check_form
from events.api.searching import Flag, Moment, Number, Text, Word
from events.api.serializers import ApiSerializer, FlagField, TextField
from events.api.views import ApiViewSet
from events.errors import Invalid, NotPermitted
from events.forms.effects import SWITCHES, act_on_event_changes, save_columns
from events.forms.from_api import EventFromApi, filled_in
from events.models import Event
from events.retrying import action as within_the_door
from registrations import actions
from waitlists.models import WaitlistItem

Status = Event.PublishStatus


class CancellationSerializer(ApiSerializer):
    """The reason why an event is cancelled, and whether its people are told."""

    reason = TextField(max_length=300, required=False)
    send_email = FlagField(required=False)


class EventFilters(ApiFilterSet):
    """Events by status, type, place and time."""

    slug = TextFilter()
    publish_status = ChoiceFilter(choices=Status.choices)
    event_type = ChoiceFilter(choices=Event.Type.choices)
    format = ChoiceFilter(choices=Event.Format.choices)
    location_id = NumberFilter(field_name="room_id")
    capacity__gte = NumberFilter(field_name="seats__capacity", lookup_expr="gte")
    capacity__lte = NumberFilter(field_name="seats__capacity", lookup_expr="lte")


class EventViewSet(ApiViewSet):
    """The events this client sees."""

    serializer_class = EventSerializer
    filterset_class = EventFilters
    search_fields = ["name", "slug"]
    searchable = {
        **{name: Text(name) for name in ("name", "slug", "description", "contact_email", "timezone")},
        **{name: Number(name) for name in ("id", "building_id", "layout_id")},
        "location_id": Number("room_id"),
        "capacity": Number("seats__capacity"),
        "seats_taken": Number("seats__taken"),
        **{name: Word("publish_status", Status.values) for name in ("publish_status", "status")},
        "url": Text("slug"),
        **{"start_date": Moment("starts_at"), "end_date": Moment("ends_at")},
        "event_type": Word("event_type", Event.Type.values),
        "format": Word("format", Event.Format.values),
        **{"start": Moment("starts_at"), "end": Moment("ends_at")},
        **{name: Flag(name) for name in ("allow_custom_agenda", "waitlist_enabled")},
        **{name: Moment(name) for name in ("created_at", "updated_at", "cancelled_at")},
    }
    sort_fields = {
        "id": "id",
        "name": "name",
        "slug": "slug",
        "start": "starts_at",
        "end": "ends_at",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }
    has_tombstones = True

    def rows(self) -> QuerySet[Event]:
        """Every event the client may know of."""
        return self.every_event.select_related("seats")

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Records with the number of people who wait for the event itself."""
        items = WaitlistItem.objects.open().filter(event_id__in=[row.pk for row in rows], session=None)
        waiting = dict(items.order_by().values_list("event_id").annotate(Count("pk")))
        records = [EventRecord(row) for row in rows]
        for record in records:
            record.waitlist_count = waiting.get(record.pk, 0)
        return records

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Plan an event. A client that is limited to some events may not."""
        if self.limited_to is not None:
            raise NotPermitted(_("This client is limited to some events, so it cannot make another."))
        values = self.read(EventSerializer)
        status = values.pop("publish_status", Status.DRAFT)
        if status == Status.CANCELLED:
            raise Invalid(fields={"publish_status": [_("A new event cannot be cancelled.")]})
        return self.record(_plan(values, status, self.actor), 201)

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the event's named fields; the rest stays."""
        event = self.get_object()
        values = self.read(EventSerializer, partial=True)
        status = values.pop("publish_status", event.publish_status)
        _check_status(event, status)
        _change(event.pk, values, self.actor)
        _change_status(event, status, self.actor)
        return self.record(event.pk)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the event's named fields; the rest stays."""
        return self.update(request)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete the event: hidden everywhere, once nobody hangs on it; else 409 with the counts."""
        actions.archive(self.get_object(), actor=self.actor)
        return Response(status=204)

    @action(detail=True, methods=["post"])
    @by_action
    def cancellation(self, request: Request, pk: str) -> Response:
        """Cancel the event with all its sessions: seats are released, everyone is told unless you say no."""
        event = self.get_object()
        asked = self.read(CancellationSerializer)
        answering: Answering[int] = Answering(self, self.client, lambda _released: self.record(event.pk))
        released = actions.cancel_event(
            event,
            reason=asked.get("reason", ""),
            notify=asked.get("send_email", True),
            actor=answering.actor,
        )
        return answering.response_to(released)


def _check_status(event: Event, status: str) -> None:
    """Raises Invalid for a status that only a command of its own gives or takes back."""
    if status == event.publish_status:
        return
    if status == Status.CANCELLED:
        raise Invalid(fields={"publish_status": [_("Use POST /api/v1/events/{id}/cancellation.")]})
    if event.cancelled_at:
        raise Invalid(fields={"publish_status": [_("It was cancelled. A cancelled event stays so.")]})


@within_the_door
def _plan(values: dict[str, Any], status: str, actor: Actor) -> int:
    event = Event(publish_status=status)
    form = filled_in(EventFromApi, event, as_typed(values))
    check_form(form, API_NAMES)
    with transaction.atomic():
        event.seats = actions.new_seat_count(form.cleaned_data["capacity"], event)
        event.save()
        actions.own_seat_count(event)
        actions.within_form_note_planned([event], actor=actor)
    return event.pk


@within_the_door
def _change(pk: int, values: dict[str, Any], actor: Actor) -> None:
    with transaction.atomic():
        actor.ask_condition()
        event = Event.objects.select_related("seats").get(pk=pk)
        form = filled_in(EventFromApi, event, as_typed(values))
        check_form(form, API_NAMES)
        save_columns(event, form.changed_columns() - SWITCHES)
        act_on_event_changes(event, form, actor)


def _change_status(event: Event, status: str, actor: Actor) -> None:
    """Live and no longer live are commands; the rest says how far planning is."""
    if status == event.publish_status:
        return
    if status == Status.LIVE:
        actions.go_live(event, actor=actor)
        return
    if event.publish_status == Status.LIVE:
        actions.stop(event, actor=actor)
    rows = Event.objects.filter(pk=event.pk, cancelled_at=None).exclude(
        publish_status__in=[Status.LIVE, status]
    )
    with transaction.atomic():
        if rows.update(publish_status=status, updated_at=timezone.now()):
            actions.within_form_note_edited([event], actor=actor)
