"""Whoever asks over HTTP: keeps cookies, asks again where there was no answer, as people and programs do."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from django.middleware.csrf import _get_new_csrf_string, _mask_cipher_secret

from tests.soak.notes import Notebook

SECONDS_AN_ANSWER, SECONDS_ALTOGETHER = 10.0, 40.0
# As a proxy does: whoever did not answer is left alone for a while, if there is another one.
SECONDS_LEFT_ALONE = 5.0
# Nothing was changed, or nobody knows; whoever wants it asks again.
AGAIN = {503}
NO_ANSWER = 0
# What the site may say to a soak that keeps its own rules.
EXPECTED = {200, 201, 204, 302, 409, 410, 422, 503, NO_ANSWER}


@dataclass(frozen=True)
class Answer:
    """The last answer, and the moments between which its request was sent and answered."""

    status: int
    location: str
    body: bytes
    sent: datetime
    answered: datetime

    @property
    def json(self) -> Any:
        """The body of an API's answer."""
        return json.loads(self.body)


@dataclass
class Browser:
    """One person's browser, or one program; it knows all web servers and asks another one when one does not answer."""

    ports: list[int]
    notes: Notebook
    chance: random.Random
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    # Once it is enough nobody asks again.
    enough: threading.Event = field(default_factory=threading.Event)
    _left_alone: dict[int, float] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._until_answered("GET", path, None, {})

    def post(self, path: str, fields: dict[str, Any] | None = None) -> Answer:
        """Send a form."""
        secret = self.cookies.setdefault("csrftoken", _get_new_csrf_string())
        body = urlencode({"csrfmiddlewaretoken": _mask_cipher_secret(secret), **(fields or {})}, doseq=True)
        return self._until_answered(
            "POST", path, body.encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        )

    def post_json(self, path: str, body: Any, **headers: str) -> Answer:
        """Send what another system sends."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._until_answered(
            "POST", path, json.dumps(body).encode(), {"Content-Type": "application/json", **named}
        )

    def _until_answered(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        until = time.monotonic() + SECONDS_ALTOGETHER
        while True:
            answer = self._ask(method, path, body, headers)
            took = (answer.answered - answer.sent).total_seconds()
            self.notes.noted(str(answer.status or "no answer"), took)
            is_enough = self.enough.is_set() or time.monotonic() > until
            if answer.status not in {NO_ANSWER, *AGAIN} or is_enough:
                break
            time.sleep(self.chance.uniform(0.1, 0.5))
        if answer.status not in EXPECTED:
            self.notes.accuse(f"{method} {_without_names(path)} was answered with {answer.status}")
        return answer

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        sent, port = datetime.now(UTC), self._port()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_AN_ANSWER)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        more = {"Cookie": cookies} if cookies else {}
        try:
            connection.request(method, path, body, {**self.headers, **headers, **more, "Connection": "close"})
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self._left_alone[port] = time.monotonic() + SECONDS_LEFT_ALONE
            return Answer(NO_ANSWER, "", b"", sent, datetime.now(UTC))
        finally:
            connection.close()
        self._keep_cookies(response)
        return Answer(response.status, response.headers.get("Location", ""), content, sent, datetime.now(UTC))

    def _port(self) -> int:
        now = time.monotonic()
        return self.chance.choice([p for p in self.ports if self._left_alone.get(p, 0) < now] or self.ports)

    def _keep_cookies(self, response: http.client.HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                # Messages are for people to read.
                if name == "messages":
                    continue
                if morsel["max-age"] == "0" or (not morsel["max-age"] and not morsel.value):
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value


def _without_names(path: str) -> str:
    """The address without personal links, so that equal offences read alike."""
    return "/".join(part if len(part) < 30 else "…" for part in path.split("?", maxsplit=1)[0].split("/"))
