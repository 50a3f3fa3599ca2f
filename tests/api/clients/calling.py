"""What the clients share: one call over HTTP, whose answer they read as they like."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen


@dataclass
class Answer:
    """One answer: its status, its headers, and its JSON."""

    status: int
    headers: dict[str, str]
    body: Any


@dataclass
class Caller:
    """Somebody with a host, a key and a secret."""

    host: str
    key: str
    secret: str
    token: str = field(default="", init=False)

    def sign_in(self, path: str, *, is_basic: bool = True) -> None:
        """Fetch a token at this path, by HTTP Basic or by form fields."""
        form, headers = {"grant_type": "client_credentials"}, {}
        if is_basic:
            pair = f"{quote(self.key)}:{quote(self.secret)}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        else:
            form |= {"client_id": self.key, "client_secret": self.secret}
        headers["Content-Type"] = "application/x-www-form-urlencoded;charset=UTF-8"
        answer = self._send("POST", f"{self.host}{path}", urlencode(form).encode(), headers)
        assert answer.status == 200, answer
        self.token = answer.body["access_token"]

    def call(self, method: str, path: str, query: Any = None, form: Any = None, js: Any = None) -> Answer:
        """One call with the token; `path` may be a whole address."""
        address = path if path.startswith("http") else f"{self.host}{path}"
        if query:
            address += f"{'&' if '?' in address else '?'}{urlencode(query, doseq=True)}"
        headers, data = {"Authorization": f"Bearer {self.token}"}, None
        if form is not None:
            data = urlencode(form, doseq=True).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif js is not None:
            data, headers["Content-Type"] = json.dumps(js).encode(), "application/json"
        return self._send(method, address, data, headers)

    def _send(self, method: str, address: str, data: bytes | None, headers: dict[str, str]) -> Answer:
        request = Request(address, data, headers, method=method)
        try:
            with urlopen(request, timeout=20) as answer:
                return Answer(answer.status, dict(answer.headers), _json_of(answer.read()))
        except HTTPError as refused:
            return Answer(refused.code, dict(refused.headers), _json_of(refused.read()))


def _json_of(text: bytes) -> Any:
    return json.loads(text) if text else None
