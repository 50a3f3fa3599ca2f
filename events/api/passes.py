"""`/passes`: what an event offers at event level. The first one turns the own-agenda switch off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from events.actors import Actor
from events.api.fields import MomentField, Record
from events.api.filters import ApiFilterSet, NumberFilter, TextFilter
from events.api.saving import check_form, event_to_write
from events.api.searching import Moment, Number, Text
from events.api.serializers import ApiSerializer, FlagField, IdField, NumberField, TextField
from events.api.views import ApiViewSet
from events.errors import Invalid
from events.forms.effects import save_links, save_pass
from events.forms.from_api import PassFromApi, filled_in
from events.models import MAXIMUM_CAPACITY, Event, Pass
from events.retrying import action as within_the_door
from registrations.actions import archive, within_form_add_pass
from sessions_app.models import Session

API_NAMES = {"capacity": "allocated"}


class PassRecord(Record):
    """One pass as the API says it."""

    zone = property(lambda self: self.event.zone)
    allocated = property(lambda self: self.seats.capacity)
    sold = property(lambda self: self.seats.taken)
    held = property(lambda self: self.seats.held)
    remaining = property(lambda self: self.seats.available)
    session_ids = property(lambda self: sorted(session.pk for session in self.sessions.all()))
    # Said only by the answer to what did it.
    agenda_switched_off: dict[str, int] | None = None


class PassSerializer(ApiSerializer):
    """One kind of admission to an event."""

    moved_by_others = frozenset({"sold", "held", "remaining", "agenda_switched_off"})

    id = serializers.IntegerField(read_only=True)
    event_id = IdField()
    name = TextField(max_length=120, required=True)
    description = TextField(required=False)
    price = serializers.DecimalField(max_digits=10, decimal_places=2, min_value=0, required=False)
    currency = serializers.RegexField(r"^[A-Za-z]{3}\Z", required=False)
    vat_rate = serializers.DecimalField(
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=100,
        required=False,
        help_text="Percent of VAT, which the price contains.",
    )
    pay_online = FlagField(required=False, help_text="May be paid online, where the event has a provider.")
    pay_by_invoice = FlagField(
        required=False, help_text="May be paid by invoice, where the event says how_to_pay."
    )
    allocated = NumberField(
        min_value=0, max_value=MAXIMUM_CAPACITY, required=False, allow_null=True, help_text="null: no limit."
    )
    sold = serializers.IntegerField(read_only=True)
    held = serializers.IntegerField(
        read_only=True, help_text="For orders that are being paid, and for invitations that are open."
    )
    remaining = serializers.IntegerField(read_only=True, allow_null=True)
    on_sale_from = MomentField(required=False, allow_null=True)
    on_sale_until = MomentField(required=False, allow_null=True)
    most_sessions = NumberField(min_value=0, max_value=32767, required=False, allow_null=True)
    position = NumberField(min_value=0, max_value=32767, required=False)
    session_ids = serializers.ListField(child=IdField(), required=False, max_length=2_000)
    agenda_switched_off = serializers.DictField(
        read_only=True,
        allow_null=True,
        help_text="Where this pass turned own agendas off: how many session registrations are kept.",
    )
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


class PassFilters(ApiFilterSet):
    """Passes of one event."""

    event_id = NumberFilter()
    name = TextFilter()


class PassViewSet(ApiViewSet):
    """The passes of the events this client sees."""

    serializer_class = PassSerializer
    filterset_class = PassFilters
    search_fields = ["name"]
    searchable = {
        **{name: Number(name) for name in ("id", "event_id", "position")},
        **{name: Text(name) for name in ("name", "description")},
        **{name: Moment(name) for name in ("created_at", "updated_at")},
    }
    sort_fields = {"id": "id", "name": "name", "position": "position", "price": "price"}
    has_tombstones = True

    def rows(self) -> QuerySet[Pass]:
        """The passes of events that were not deleted."""
        rows = Pass.objects.filter(event__in=self.events).select_related("event", "seats")
        return rows.prefetch_related("sessions")

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Records of the passes."""
        return [PassRecord(row) for row in rows]

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Offer a pass; with the first one registrants no longer make their own agendas, and the answer says so."""
        values = self.read(PassSerializer)
        event = event_to_write(self.events, values.pop("event_id"))
        pk, kept = _save(event, None, values, self.actor)
        response = self.record(pk, 201)
        if kept is not None and "agenda_switched_off" in response.data:
            response.data["agenda_switched_off"] = {"session_registrations_kept": kept}
        return response

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the pass's named fields; the rest stays."""
        row = self.get_object()
        values = self.read(PassSerializer, partial=True)
        event = event_to_write(self.events, values.pop("event_id", row.event_id), row)
        _save(event, row.pk, values, self.actor)
        return self.record(row.pk)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the pass's named fields; the rest stays."""
        return self.update(request)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete the pass once nobody holds it; else 409 with the counts."""
        archive(self.get_object(), actor=self.actor)
        return Response(status=204)


@within_the_door
def _save(event: Event, pk: int | None, values: dict[str, Any], actor: Actor) -> tuple[int, int | None]:
    """Save the pass with its sessions; how many session registrations are kept where it turned the switch off."""
    row = Pass(event=event) if pk is None else Pass.objects.select_related("event", "seats").get(pk=pk)
    values = dict(values)
    sessions = _sessions_of(row, values.pop("session_ids")) if "session_ids" in values else None
    if "allocated" in values:
        values["capacity"] = values.pop("allocated")
    form = filled_in(PassFromApi, row, values)
    check_form(form, API_NAMES)
    with transaction.atomic():
        actor.ask_condition()
        is_new = save_pass(row, form, actor)
        if sessions is not None and save_links(row.sessions, sessions):
            row.save(update_fields=["updated_at"])
        kept = within_form_add_pass(row.event, actor=actor) if is_new else None
    return row.pk, kept


def _sessions_of(row: Pass, ids: list[int]) -> list[Session]:
    found = list(Session.objects.not_archived().filter(event_id=row.event_id, pk__in=ids))
    missing = sorted(set(ids) - {session.pk for session in found})
    if missing:
        raise Invalid(fields={"session_ids": [_("The event has no session %(id)d.") % {"id": missing[0]}]})
    return found
