"""`Idempotency-Key` for any view: a POST that is repeated is carried out once.

A view whose POST writes plain rows needs nothing but the mixin: its handler runs in one transaction with the key.
A handler that calls an action of `registrations.actions` (durable: it commits by itself) is marked `@by_action`,
and gives the action the actor of an `Answering`, which keeps the answer in the action's own transaction.
"""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import DatabaseError, transaction
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import is_server_error

from events.actors import Actor
from events.answers import (
    Repeatable,
    claim_key,
    free_key,
    keep_answer,
    within_act_keep_answer,
)
from events.errors import Invalid, Refusal
from events.models import ApiClient, IdempotencyKey
from events.refused import say_whole

R = TypeVar("R")
Handler = TypeVar("Handler", bound=Callable[..., Any])
LONGEST_KEY = 255

logger = logging.getLogger(__name__)


def by_action(handler: Handler) -> Handler:
    """Mark a POST handler that calls a durable action: no transaction is opened around it."""
    handler.is_by_action = True  # type: ignore[attr-defined]
    return handler


class Kept(Exception):
    """The answer to this request is known already."""

    def __init__(self, row: IdempotencyKey) -> None:
        super().__init__(row.key)
        self.response = HttpResponse(row.answer, status=row.status_code, content_type=row.content_type)
        self.response["Idempotent-Replayed"] = "true"


class KeepsAnswers:
    """Mixin that keeps answers; it stands before APIView in the list of bases."""

    _claim: IdempotencyKey | None = None
    _kept: Any = None

    def is_preview(self, request: Request) -> bool:
        """True for a request that changes no row: there is nothing to keep, so its key is not even looked at."""
        return False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Claim the request's key, once it is known who asks and that they may."""
        key = request.headers.get("Idempotency-Key", "").strip() if request.method == "POST" else ""
        if key:
            # Read before anything parses it: Django keeps what it has read as a whole, and parsers find it again.
            _read(request)
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        if not key or self.is_preview(request):
            return
        row = claim_key(_repeatable(request, key))
        if row.is_answered:
            raise Kept(row)
        self._claim = row
        handler = getattr(self, "post", None)
        if handler is not None and not getattr(handler, "is_by_action", False):
            self.post = self._in_one_transaction(handler)

    def _in_one_transaction(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        def kept(request: Request, *args: Any, **kwargs: Any) -> Any:
            with transaction.atomic():
                response = handler(request, *args, **kwargs)
                self.keep_within_act(response)
            return response

        return kept

    def keep_within_act(self, response: Any) -> None:
        """Keep the request's answer in the open transaction. Raises InProgress when the key was lost meanwhile."""
        if self._claim is not None and not is_server_error(response.status_code):
            within_act_keep_answer(self._claim, *self._written(response))
            self._kept = response

    def handle_exception(self, exc: Exception) -> Any:
        """Answer what is known already; let a request that failed be sent again."""
        if isinstance(exc, Kept):
            return exc.response
        try:
            return super().handle_exception(exc)  # type: ignore[misc]
        except Exception:
            self._free()
            raise

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep an answer that no action has kept: a refusal, or that nothing had to be changed."""
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        if self._claim is None or response is self._kept:
            return response
        if is_server_error(response.status_code):
            self._free()
            return response
        try:
            keep_answer(self._claim, *self._written(response))
        except Refusal as refusal:
            # Another request has the key by now: what is said about it is said by that one.
            refused = super().handle_exception(refusal)  # type: ignore[misc]
            return super().finalize_response(request, refused, *args, **kwargs)  # type: ignore[misc]
        return response

    def _free(self) -> None:
        if self._claim is None:
            return
        try:
            free_key(self._claim)
        except (Refusal, DatabaseError):
            logger.exception("the key of %s stays claimed until its lease ends", self._claim)

    def _written(self, response: Any) -> tuple[int, str, str]:
        """Status, content type and text of the answer, rendered now if it was not."""
        if not getattr(response, "is_rendered", True):
            say_whole(response)
            request = self.request  # type: ignore[attr-defined]
            response.accepted_renderer = request.accepted_renderer
            response.accepted_media_type = request.accepted_media_type
            response.renderer_context = self.get_renderer_context()  # type: ignore[attr-defined]
            response.render()
        return response.status_code, response["Content-Type"], response.content.decode()


class Answering(Generic[R]):
    """One action called by one view, with how its result is said.

    `response_to(result)` after the action is what was kept inside its transaction, where a key was given.
    """

    def __init__(
        self,
        view: KeepsAnswers,
        client: ApiClient,
        render: Callable[[R], Response],
        *,
        may_override: bool = False,
    ) -> None:
        self._view, self._render = view, render
        self._response: Response | None = None
        receipt = self._receive if view._claim is not None else None
        self.actor = Actor.api(client, may_override=may_override, receipt=receipt)

    def _receive(self, result: R) -> None:
        self._response = self._render(result)
        self._view.keep_within_act(self._response)

    def response_to(self, result: R) -> Response:
        """The answer to the request."""
        return self._response or self._render(result)


def _read(request: Request) -> None:
    """Read the body as a whole, be it longer than Django keeps of a form: the view has checked how long it may be."""
    raw = request._request
    if not hasattr(raw, "_body"):
        raw._body = raw.read()
        raw._stream = io.BytesIO(raw._body)


def _repeatable(request: Request, key: str) -> Repeatable:
    if len(key) > LONGEST_KEY:
        words = "A key has at most 255 characters."
        raise Invalid(words, fields={"Idempotency-Key": [words]})
    asked = f"{request.method} {request.get_full_path()}"
    kind = request.headers.get("Content-Type", "")
    content = f"{asked}\n{kind}\n".encode() + request._request.body
    client: Any = request.auth
    return Repeatable(client.application, key, hashlib.sha256(content).hexdigest(), asked)
