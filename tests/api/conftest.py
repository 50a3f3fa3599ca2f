"""Other systems, with their tokens."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from events.models import ApiClient

FORM = "application/x-www-form-urlencoded"


@dataclass
class Api:
    """One other system that asks over HTTP. Paths begin below /api/v1."""

    client: ApiClient
    token: str
    browser: Any

    def get(self, path: str, **query: Any) -> Any:
        """`api.get("/sessions", event_id=1)`; names with a dash come by `**{"per-page": 5}`."""
        return self.browser.get(f"/api/v1{path}", query, headers=self._headers({}))

    def post(self, path: str, data: Any = None, *, form: bool = False, **headers: str) -> Any:
        """A body as JSON, or as a form; text and bytes as they are."""
        return self._send("post", path, data, form, headers)

    def put(self, path: str, data: Any = None, *, form: bool = False, **headers: str) -> Any:
        """See `post`."""
        return self._send("put", path, data, form, headers)

    def patch(self, path: str, data: Any = None, *, form: bool = False, **headers: str) -> Any:
        """See `post`."""
        return self._send("patch", path, data, form, headers)

    def delete(self, path: str, **headers: str) -> Any:
        """Delete what is there."""
        return self.browser.delete(f"/api/v1{path}", headers=self._headers(headers))

    def _send(self, method: str, path: str, data: Any, form: bool, headers: dict[str, str]) -> Any:
        from django.utils.http import urlencode

        content_type = headers.pop("content_type", FORM if form else "application/json")
        if not isinstance(data, str | bytes):
            data = urlencode(data or {}, doseq=True) if form else json.dumps({} if data is None else data)
        ask = getattr(self.browser, method)
        return ask(f"/api/v1{path}", data, content_type=content_type, headers=self._headers(headers))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.token}", **named}


def make_api_client(name: str = "Integrator", scopes: str = "read write", events: Sequence[Any] = ()) -> Any:
    """A client with credentials; limited to `events` when there are some."""
    from events.models import ApiClient

    client = ApiClient.objects.create(
        name=name,
        scopes=scopes,
        client_secret="sw_secret",
        sees_every_event=not events,
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
    )
    client.events.set(events)
    return client


def make_token(client: Any, scopes: str, minutes: int = 30) -> str:
    """A token of this client, as the token endpoint would have stored it."""
    from django.utils import timezone
    from oauth2_provider.models import get_access_token_model

    token = secrets.token_urlsafe(30)
    get_access_token_model().objects.create(
        application=client,
        token=token,
        token_checksum=hashlib.sha256(token.encode()).hexdigest(),
        scope=scopes,
        expires=timezone.now() + timedelta(minutes=minutes),
    )
    return token


@pytest.fixture
def api_client_of(db: None, client: Any) -> Callable[..., Api]:
    """Return `api_client_of("read write override", events=[event], name="Badges")`."""

    def build(scopes: str = "read write", *, events: Sequence[Any] = (), name: str = "Integrator") -> Api:
        owner = make_api_client(name, scopes, events)
        return Api(owner, make_token(owner, scopes), client)

    return build


@pytest.fixture
def api(api_client_of: Callable[..., Api]) -> Api:
    """A client that sees every event and may read and write."""
    return api_client_of()
