"""What the views of registrations share: the request as asked, the rows it names, the answer kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from typing import Any, ClassVar, TypeVar

from django.db.models import BigIntegerField, QuerySet
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from events.api.idempotency import Answering
from events.api.serializers import read_by
from events.errors import Invalid, RegistrationCancelled
from events.models import Event
from registrations import sql
from registrations.api.adding import OVERRIDES, Answer, Asked, Manner, overrides_in
from registrations.models import EventRegistration
from registrations.rules.outcomes import SUCCESSES
from sessions_app.models import Session

# What a request says to go past a rule, or to let somebody in all the same: it needs the scope `override`.
OVERRIDING = (*OVERRIDES, "override")
ALL_OPTIONS = {*OVERRIDES, "reason", "send_email", "validate_only", "waitlist"}
# Fields as the actions name them, and as the API does.
FIELDS = {
    "event_pass": "pass_id",
    "session": "session_ids",
    "sessions": "session_ids",
    "complimentary": "complimentary_reason",
}
R = TypeVar("R")


def _may_be(pk: int) -> bool:
    """Whether the number of an address could name a row: the database cannot even compare with a larger one."""
    return pk <= BigIntegerField.MAX_BIGINT


class RegistrationsView:
    """Mixin, before ApiView or ApiViewSet: options come in the query, in a form or as JSON alike."""

    request: Any
    client: Any
    events: QuerySet[Event]
    limited_to: list[int] | None
    # Options that may stand in the query, by the name of the action (of a viewset) or the method.
    options_of: ClassVar[dict[str, set[str]]] = {}

    @property
    def _options(self) -> set[str]:
        return self.options_of.get(getattr(self, "action", None) or str(self.request.method).lower(), set())

    def known_parameters(self, request: Request) -> set[str]:
        """What the kind of view knows, and this request's options."""
        return super().known_parameters(request) | self._options  # type: ignore[misc]

    def override_scope(self, request: Request) -> bool:
        """True where the scope `override` is needed: going past a rule, letting in all the same."""
        if request.method in SAFE_METHODS:
            return False
        return self._is_on(request, *OVERRIDING)

    def is_preview(self, request: Request) -> bool:
        """True for a preview, which changes no row, not even its key's."""
        return self._is_on(request, "validate_only")

    def _is_on(self, request: Request, *names: str) -> bool:
        """True where the body, or else the address, says one of these."""
        body: Any = request.data
        query = request.query_params
        return any(str(body.get(name, query.get(name))).lower() in {"1", "true"} for name in names)

    def asked(self, shape: type[Serializer]) -> dict[str, Any]:
        """What the request asks for, checked for its shape."""
        return read_by(shape).run_validation(self._body_and_query())

    def _body_and_query(self) -> Any:
        """The body, and those options that the query names and the body does not.

        Raises Invalid for an option of which the two say different things: one of them would be passed over.
        """
        body, query = self.request.data, self.request.query_params
        both = [
            name for name in sorted(self._options) if query.get(name) and body.get(name) not in (None, "")
        ]
        if twice := [name for name in both if _plain(query[name]) != _plain(body[name])]:
            said = [_("The address says one thing and the body another. Say it once.")]
            raise Invalid(fields=dict.fromkeys(twice, said))
        more = {name: query[name] for name in self._options if name in query and name not in body}
        if not isinstance(body, QueryDict):
            return {**body, **more}
        # Its own `copy` would copy what was uploaded with it, which cannot be where that is large.
        merged = copy(body)
        merged.update(more)
        return merged

    def manner_of(self, asked: dict[str, Any]) -> Manner:
        """The manner in which the request wants somebody registered; the clock is read once."""
        return Manner(
            timezone.now(),
            overrides_in(asked),
            reason=asked.get("reason", ""),
            wait=asked.get("waitlist", False),
            preview=asked.get("validate_only", False),
            notify=asked.get("send_email", True),
            automatically_register=asked.get("automatically_register"),
            complimentary=asked.get("complimentary_reason", ""),
        )

    def answer(self, asked: Asked, render: Callable[[], Response]) -> Response:
        """Register as asked, and answer; with a key the answer is kept in the action's transaction."""
        answering: Answering[Answer] = Answering(
            self,  # type: ignore[arg-type]
            self.client,
            lambda answer: _noted(asked, answer, render),
            may_override=bool(asked.manner.overrides),
        )
        return answering.response_to(asked.run(answering.actor))

    def act(self, render: Callable[[R], Response], *, may_override: bool = False) -> Answering[R]:
        """The frame of one action, whose answer is kept in its transaction; its actor is the client."""
        return Answering(self, self.client, render, may_override=may_override)  # type: ignore[arg-type]

    def registration_at(self, pk: int) -> EventRegistration:
        """The registration at an event that the client may see, else 404."""
        found = sql.registration_numbered(pk) if _may_be(pk) else None
        if found is None or found.event.archived_at is not None or not self._sees(found.event_id):
            raise Http404
        return found

    def _sees(self, event_id: int) -> bool:
        return self.limited_to is None or event_id in self.limited_to

    def registration_by(self, **named: Any) -> EventRegistration:
        """The registration with these values at an event that the client may see, else 404."""
        rows = EventRegistration.objects.filter(event__in=self.events.values("pk"), **named)
        found = rows.select_related("event__seats", "contact").first()
        if found is None:
            raise Http404
        return found

    def live_registration(self, pk: int) -> EventRegistration:
        """The registration of this id, not cancelled, so that it can be changed. Raises RegistrationCancelled."""
        found = self.registration_at(pk)
        if found.is_cancelled:
            raise RegistrationCancelled(cancelled_at=found.cancelled_at)
        return found

    def event_named(self, pk: int) -> Event:
        """The event named in a body. Raises Invalid where the client sees none such."""
        found = sql.event_numbered(pk) if self._sees(pk) else None
        if found is None:
            raise Invalid(fields={"event_id": [_("There is no such event.")]})
        return found

    def session_of(self, event: Event, pk: int) -> Session:
        """The event's session named in the address, else 404."""
        found = sql.sessions_named(event, [pk]).get(pk) if _may_be(pk) else None
        if found is None:
            raise Http404
        return found

    def sessions_of(self, event: Event, ids: Iterable[int], field: str) -> list[Session]:
        """The event's sessions named in a body, in their order. Raises Invalid, naming those that it has not."""
        wanted = list(dict.fromkeys(ids))
        found = self.sessions_named(event, wanted)
        unknown = [str(pk) for pk in wanted if pk not in found]
        if unknown:
            words = _("No session of this event: %(ids)s.") % {"ids": ", ".join(unknown)}
            raise Invalid(fields={field: [words]})
        return [found[pk] for pk in wanted]

    def sessions_named(self, event: Event, ids: Sequence[int]) -> dict[int, Session]:
        """The sessions of the event among these, by id."""
        return sql.sessions_named(event, ids) if ids else {}

    def handle_exception(self, exc: Exception) -> Any:
        """Answer a refusal, its fields named as in the API."""
        if isinstance(exc, Invalid) and "fields" in exc.data:
            exc.data["fields"] = {FIELDS.get(name, name): words for name, words in exc.data["fields"].items()}
        return super().handle_exception(exc)  # type: ignore[misc]


def _plain(value: Any) -> str:
    """An option's value as text, however it is written in a query, a form or JSON."""
    text = str(value).strip().lower()
    return {"true": "1", "false": "0"}.get(text, text)


def _noted(asked: Asked, answer: Answer, render: Callable[[], Response]) -> Response:
    asked.note(answer)
    return render()


def refused(rows: Sequence[dict[str, Any]], **more: Any) -> Response:
    """A 409 that names the first line refused."""
    first = next((line for line in rows if line["outcome"] not in SUCCESSES), rows[0])
    moment = {name: first[name] for name in ("opens_at", "closes_at") if name in first}
    body = {"code": first["outcome"], "detail": first["detail"], **moment, **more}
    return Response(body, status=409)
