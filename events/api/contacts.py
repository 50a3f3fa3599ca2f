"""`/contacts`: people who are registered or wait at an event this client sees. Nobody else can be found here."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from rest_framework import serializers

from events.api.filters import ApiFilterSet, NumberFilter, TextFilter
from events.api.searching import Address, Moment, Number, Text
from events.api.serializers import ApiSerializer
from events.api.views import ApiViewSet
from events.models import Contact, normalise_email
from registrations.models import EventRegistration
from waitlists.models import WaitlistItem


class ContactSerializer(ApiSerializer):
    """One person, known by one address."""

    id = serializers.IntegerField(read_only=True)
    email = serializers.EmailField(read_only=True)
    first_name = serializers.CharField(read_only=True)
    last_name = serializers.CharField(read_only=True)
    language = serializers.CharField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


class ContactFilters(ApiFilterSet):
    """People by address, and by an event they are registered or wait at."""

    email = TextFilter(method="with_email")
    event_id = NumberFilter(method="at_event")

    def with_email(self, rows: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        """Keep the contact with this address, however it is capitalised."""
        return rows.filter(email=normalise_email(value))

    def at_event(self, rows: QuerySet[Contact], name: str, value: int) -> QuerySet[Contact]:
        """Keep the contacts at this event."""
        return rows.filter(known_at(Q(event_id=value)))


class ContactViewSet(ApiViewSet):
    """To be read only: names and answers belong to a registration, and are changed there."""

    http_method_names = ["get", "head"]
    serializer_class = ContactSerializer
    filterset_class = ContactFilters
    search_fields = ["email", "first_name", "last_name"]
    searchable = {
        "id": Number("id"),
        "email": Address("email"),
        **{name: Text(name) for name in ("first_name", "last_name", "language")},
        **{name: Moment(name) for name in ("created_at", "updated_at")},
    }
    sort_fields = {"id": "id", "email": "email", "first_name": "first_name", "last_name": "last_name"}
    has_changes = True

    def rows(self) -> QuerySet[Contact]:
        """The contacts with a registration or a place in line at an event the client sees."""
        return Contact.objects.filter(known_at(Q(event__in=self.events)))


def known_at(events: Q) -> Any:
    """The condition that somebody registered or waited at one of these events."""
    registered = EventRegistration.objects.filter(events, contact=OuterRef("pk"))
    waiting = WaitlistItem.objects.filter(events, contact=OuterRef("pk"))
    return Exists(registered) | Exists(waiting)
