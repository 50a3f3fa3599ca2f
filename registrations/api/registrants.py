"""People at events: list, register, change, cancel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from events.api import parameters
from events.api.idempotency import Answering, by_action
from events.api.permissions import InsufficientScope
from events.api.searching import Address, Flag, Moment, Number, Text, Word
from events.api.views import ApiViewSet
from events.errors import Invalid
from events.models import Event, Pass, Source
from registrations.actions import cancel_event_registrations, resend_registrations
from registrations.api.adding import Asked
from registrations.api.base import ALL_OPTIONS, RegistrationsView, refused
from registrations.api.changing import DETAILS, Change
from registrations.api.custom_fields import answers_from
from registrations.api.expanding import expand_registrants
from registrations.api.filters import RegistrantFilters
from registrations.api.reading import (
    REGISTRATION_STATUSES,
    changed_since,
    described,
    prepare,
    registrants_at,
    to_be_asked,
)
from registrations.api.requests import CancellationRequest, RegistrantChange, RegistrantRequest
from registrations.api.shapes import Json, RegistrantSerializer
from registrations.models import EventRegistration, Notification
from registrations.rules.outcomes import Mode, Outcome
from registrations.rules.people import Attendee


class RegistrantViewSet(RegistrationsView, ApiViewSet):
    """One registrant is one person at one event; cancelled ones stay and say so."""

    serializer_class = RegistrantSerializer
    filterset_class = RegistrantFilters
    options_of = {
        "create": ALL_OPTIONS,
        "update": {"send_email"},
        "partial_update": {"send_email"},
        "destroy": {"reason", "send_email"},
    }
    search_fields = ["first_name", "last_name", "contact__email"]
    searchable = {
        **{name: Number(name) for name in ("id", "event_id", "contact_id")},
        "email": Address("contact__email"),
        **{name: Text(name) for name in ("first_name", "last_name", *DETAILS, "reason")},
        "registration_status": Word("registration_status", REGISTRATION_STATUSES),
        "source": Word("source", Source.values),
        "past_capacity": Flag("is_past_capacity"),
        **{name: Moment(name) for name in ("registered_at", "cancelled_at")},
        "updated_at": Moment("changed_at"),
    }
    sort_fields = {
        "id": "id",
        "email": "contact__email",
        "first_name": "first_name",
        "last_name": "last_name",
        "registered_at": "registered_at",
        "updated_at": "changed_at",
    }
    # The parameters that narrow or sort by what is worked out of a registrant.
    _SPEAKING_OF_WORDS = frozenset({"registration_status", "search", "sort"})
    # They never go away, so there are no tombstones.
    has_changes = True

    def rows(self) -> QuerySet[EventRegistration, Any]:
        """The registrants whom the client may see."""
        rows = registrants_at(self.events)
        # What only those parameters speak of takes longer to be put together than the rest of the query.
        is_asked = not self._SPEAKING_OF_WORDS.isdisjoint(self.request.query_params)
        return to_be_asked(rows, timezone.now()) if is_asked else rows

    def changed_since(self, rows: QuerySet[Any], since: datetime) -> QuerySet[Any]:
        """The registrants whose details, seats or places in line changed."""
        return changed_since(rows, since)

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The registrants with their seats, places in line, passes and answers."""
        found = described(rows, timezone.now())
        prepare(found)
        expand_registrants(found, self.expanded)
        return found

    @property
    def expanded(self) -> list[str]:
        """The words of `expand`. Raises InsufficientScope where a client that may only read asks for personal links.

        Whoever has the link can change and cancel what it opens.
        """
        words = parameters.names(self.request, "expand", RegistrantSerializer.expandable)
        if "direct_link" in words and "write" not in self.request.auth.scope.split():
            raise InsufficientScope(
                _("The token needs the scope “write” for this: the link can change the registration."),
                scope="write",
            )
        return words

    @by_action
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Register somebody; who is registered already gets the sessions asked for (200)."""
        asked = self.asked(RegistrantRequest)
        event = self.event_named(asked["event_id"])
        wish = Asked(
            event,
            self._attendee(event, asked),
            self.manner_of(asked),
            self.sessions_of(event, asked["session_ids"], "session_ids"),
            _pass_of(event, asked["pass_id"]),
            Mode(asked["mode"]),
        )
        return self.answer(wish, lambda: self._registered(wish))

    def _attendee(self, event: Event, asked: dict[str, Any]) -> Attendee:
        answers = answers_from(event, asked["custom_fields"])
        names = asked["first_name"], asked["last_name"]
        attendee = Attendee(asked["email"], *names, answers, asked["language"], _details(asked))
        attendee.check_named()
        return attendee

    def _registered(self, wish: Asked) -> Response:
        lines = list(wish.lines.values())
        if not wish.applied:
            return refused(lines, applied=False, lines=lines)
        if wish.manner.preview:
            return Response(_previewed(wish, lines))
        assert wish.registration is not None
        return self._record(wish.registration, wish, lines)

    def _record(self, registration: EventRegistration, wish: Asked, lines: Sequence[Json]) -> Response:
        [row] = self.prepare([registration])
        if lines:
            row.shown_lines = lines
        is_new = row.registered_at == wish.manner.at
        shaped = RegistrantSerializer(row, context=self.shape(self.request))
        return Response({"applied": wish.applied, **shaped.data}, status=201 if is_new else 200)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the address, names, details, answers and the status; seats have calls of their own."""
        asked = self.asked(RegistrantChange)
        registration = self.registration_at(int(self.kwargs["pk"]))
        [row] = self.prepare([registration])
        change = Change.of(registration, RegistrantSerializer(row).data, asked)
        if change:
            change.make(self.actor)
        else:
            self.ask_condition()
        return self.record(registration.pk)

    @by_action
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the named fields; the rest stays. A record sent back as it was read changes nothing."""
        return self.partial_update(request)

    @by_action
    @action(detail=True, methods=["post"])
    def confirmation(self, request: Request, pk: str) -> Response:
        """Mail the registrant once more what they have at the event; asked for twice, it is one mail."""
        registration = self.live_registration(int(pk))
        answering: Answering[list[Notification]] = self.act(lambda _mails: self.record(registration.pk))
        return answering.response_to(resend_registrations([registration], actor=answering.actor))

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Cancel the registration with all its seats and places in line; repeating is harmless."""
        asked = self.asked(CancellationRequest)
        registration = self.registration_at(int(self.kwargs["pk"]))
        cancel_event_registrations(
            [registration],
            actor=self.actor,
            reason=asked["reason"],
            notify=asked["send_email"],
        )
        return Response(status=204)


def _details(asked: dict[str, Any]) -> dict[str, str]:
    return {name: asked[name] for name in DETAILS if name in asked}


def _pass_of(event: Event, pk: int | None) -> Pass | None:
    if pk is None:
        return None
    found = event.passes.offered().select_related("seats").filter(pk=pk).first()
    if found is None:
        raise Invalid(fields={"pass_id": [_("Choose a pass of this event.")]})
    return found


def _previewed(wish: Asked, lines: Sequence[Json]) -> Json:
    """What a preview says: the lines of the real thing, and what the registration would be."""
    is_waiting = any(line["outcome"] == Outcome.ON_HOLD for line in lines)
    status = wish.registration.status if wish.registration else "waitlisted" if is_waiting else "confirmed"
    return {
        "validate_only": True,
        "applied": wish.applied,
        "registration_status": status,
        **_owed_if_done(wish, status),
        "lines": lines,
    }


def _owed_if_done(wish: Asked, status: str) -> Json:
    """What somebody new would owe for a pass with a price."""
    event_pass, known = wish.event_pass, wish.registration
    is_new = known is None or known.pk is None or known.registered_at == wish.manner.at
    if event_pass is None or not event_pass.price or not is_new or status != "confirmed":
        return {}
    price = 0 if wish.manner.complimentary else event_pass.price
    return {"owed": f"{price:.2f}", "currency": event_pass.currency}
