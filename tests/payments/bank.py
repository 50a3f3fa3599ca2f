"""A small bank that speaks Stripe's protocol over real HTTP: sessions, refunds, idempotency keys, signed messages.

It pays when a test says so, and answers late, twice, wrongly or not at all when a test says so. Its clock is the
test's.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.utils import timezone

SECRET = "whsec_of_the_bank"
Json = dict[str, Any]


class Refused(Exception):
    """What the bank does not do: status, type and words."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status, self.body = status, {"error": {"type": kind, "message": message}}


@dataclass
class Bank:
    """The state of the bank; the server only carries words to it."""

    sessions: dict[str, Json] = field(default_factory=dict)
    refunds: dict[str, Json] = field(default_factory=dict)
    # By idempotency key: what was asked, and what was answered.
    answered: dict[str, tuple[Json, int, Json]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    now: datetime | None = None
    # So many of the next requests are neither carried out nor answered.
    silent: int = 0
    # The next request of this kind, such as "POST refunds", is carried out, and its answer lost.
    lost: str = ""
    # What beginning a session is refused with.
    declines: str = ""
    # What refunds are refused with, or its state where it is taken.
    no_refund: str = ""
    refund_state: str = "succeeded"
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _lock: Any = field(default_factory=threading.RLock)

    def at(self) -> datetime:
        """Its clock."""
        return self.now or timezone.now()

    def answer(self, method: str, path: str, given: Json, key: str) -> tuple[int, Json, Json] | None:
        """The answer to one request: status, headers, body; None where none comes."""
        kind = f"{method} {path.split('/')[2]}"
        with self._lock:
            self.asked[kind] += 1
            if self.silent:
                self.silent -= 1
                return None
            answer = self._once(method, path, given, key)
            if self.lost == kind:
                self.lost = ""
                return None
            return answer

    def _once(self, method: str, path: str, given: Json, key: str) -> tuple[int, Json, Json]:
        if key in self.answered:
            before, status, body = self.answered[key]
            if before != given:
                error = Refused(400, "idempotency_error", "Keys for idempotent requests ask for the same.")
                return 400, {}, error.body
            return status, {"Idempotent-Replayed": "true"}, body
        try:
            status, body = 200, self._do(method, path.strip("/").split("/")[1:], given)
        except Refused as refusal:
            status, body = refusal.status, refusal.body
        if key:
            self.answered[key] = (given, status, json.loads(json.dumps(body)))
        return status, {}, body

    def _do(self, method: str, words: list[str], given: Json) -> Json:
        match method, words:
            case "POST", ["checkout", "sessions"]:
                return self._begin(given)
            case "GET", ["checkout", "sessions", name]:
                return self._session(name)
            case "POST", ["checkout", "sessions", name, "expire"]:
                return self._expire(self._session(name))
            case "POST", ["refunds"]:
                return self._refund(given)
            case "GET", ["refunds", name] if name in self.refunds:
                return self.refunds[name]
            case "GET", ["refunds"]:
                found = [
                    each
                    for each in self.refunds.values()
                    if each["payment_intent"] == given["payment_intent"]
                ]
                return {"object": "list", "data": found, "has_more": False, "url": "/v1/refunds"}
        raise Refused(404, "invalid_request_error", f"Unrecognized request URL ({method} {words})")

    def _begin(self, given: Json) -> Json:
        if self.declines:
            raise Refused(400, "invalid_request_error", self.declines)
        ends = int(given["expires_at"])
        if not 30 * 60 <= ends - self.at().timestamp() <= 24 * 3600:
            raise Refused(400, "invalid_request_error", "expires_at must be 30 minutes to 24 hours ahead")
        name = f"cs_test_{next(self._numbers)}"
        self.sessions[name] = {
            "id": name,
            "object": "checkout.session",
            "url": f"https://checkout.stripe.com/c/pay/{name}",
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": None,
            "amount_total": int(given["line_items[0][price_data][unit_amount]"]),
            "currency": given["line_items[0][price_data][currency]"],
            "expires_at": ends,
            "client_reference_id": given["client_reference_id"],
            "success_url": given["success_url"],
            "cancel_url": given["cancel_url"],
        }
        return self.sessions[name]

    def _session(self, name: str) -> Json:
        if name not in self.sessions:
            raise Refused(404, "invalid_request_error", f"No such checkout.session: {name}")
        session = self.sessions[name]
        if session["status"] == "open" and session["expires_at"] <= self.at().timestamp():
            session["status"] = "expired"
        return session

    def _expire(self, session: Json) -> Json:
        if session["status"] != "open":
            raise Refused(400, "invalid_request_error", "Only open sessions can be expired.")
        session["status"] = "expired"
        return session

    def _refund(self, given: Json) -> Json:
        if self.no_refund:
            raise Refused(400, "invalid_request_error", self.no_refund)
        intent, amount = given["payment_intent"], int(given["amount"])
        [session] = [
            each for each in self.sessions.values() if (each["payment_intent"] or {}).get("id") == intent
        ]
        if amount + self.given_back(intent) > session["amount_total"]:
            raise Refused(400, "invalid_request_error", "greater than unrefunded amount on charge")
        name = f"re_{next(self._numbers)}"
        self.refunds[name] = {
            "id": name,
            "object": "refund",
            "amount": amount,
            "payment_intent": intent,
            "status": self.refund_state,
            "failure_reason": "expired_or_canceled_card" if self.refund_state == "failed" else None,
            "metadata": {"refund": given["metadata[refund]"]},
        }
        return self.refunds[name]

    # What tests do at the bank, and ask of it.

    def pay(self, name: str, *, wrong_by: int = 0, delayed: bool = False) -> None:
        """The payer pays in the session; `delayed` as by a direct debit of which their bank says more in days."""
        with self._lock:
            session = self._session(name)
            assert session["status"] == "open", "nobody can pay what is over"
            session["status"] = "complete"
            session["amount_total"] += wrong_by
            session["payment_intent"] = {
                "id": f"pi_{name}",
                "object": "payment_intent",
                "status": "processing",
            }
            if not delayed:
                self.clear(name)

    def is_open(self, name: str) -> bool:
        """True while somebody could pay in the session."""
        with self._lock:
            return self._session(name)["status"] == "open"

    def clear(self, name: str, *, is_good: bool = True) -> None:
        """The payer's bank has sent the money, or says that it will not."""
        session = self.sessions[name]
        session["payment_status"] = "paid" if is_good else "unpaid"
        session["payment_intent"]["status"] = "succeeded" if is_good else "requires_payment_method"

    def given_back(self, intent: str) -> int:
        """How much of a payment went back."""
        gone = ("failed", "canceled")
        return sum(
            each["amount"]
            for each in self.refunds.values()
            if each["payment_intent"] == intent and each["status"] not in gone
        )

    def kept(self) -> int:
        """What it received and did not give back, in cents."""
        paid = [each for each in self.sessions.values() if each["payment_status"] == "paid"]
        return sum(each["amount_total"] - self.given_back(each["payment_intent"]["id"]) for each in paid)

    def message(self, name: str, kind: str = "checkout.session.completed", **more: Any) -> tuple[bytes, Json]:
        """A message about the session, or the refund, as the bank signs and sends it: body and headers.

        `event_id`, `account`, `secret` and `sent_at` stand in for the true ones.
        """
        about = {"id": name, "object": "refund" if name in self.refunds else "checkout.session"}
        event_id = more.get("event_id") or f"evt_{next(self._numbers)}"
        said = {"id": event_id, "object": "event", "type": kind, "data": {"object": about}}
        if "account" in more:
            said["account"] = more["account"]
        body = json.dumps(said).encode()
        return body, {"Stripe-Signature": signature(body, more.get("secret", SECRET), more.get("sent_at"))}


def settings_for(url: str) -> dict[str, Any]:
    """The settings of a site that takes the bank at this address for Stripe."""
    return {
        "PAYMENT_PROVIDERS": ["stripe", "test"],
        "STRIPE_SECRET_KEY": "sk_test_of_ours",
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "STRIPE_API_BASE": url,
        "STRIPE_ACCOUNT": "",
    }


def signature(body: bytes, secret: str = SECRET, sent_at: datetime | None = None) -> str:
    """The bank's signature of a body."""
    import stripe

    sent = int((sent_at or datetime.now(UTC)).timestamp())
    return stripe.WebhookSignature.generate_signature_header(body.decode(), secret, sent)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body in one packet: else each answer waits for an acknowledgement.
    wbufsize = -1
    bank: Bank

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self._answer(parse_qs(body))

    def _answer(self, given: dict[str, list[str]]) -> None:
        parts = urlsplit(self.path)
        flat = {name: values[0] for name, values in (given | parse_qs(parts.query)).items()}
        key = self.headers.get("Idempotency-Key", "") if self.command == "POST" else ""
        said = self.server.bank.answer(self.command, parts.path, flat, key)  # type: ignore[attr-defined]
        if said is None:
            self.close_connection = True
            return
        status, headers, body = said
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Serving:
    """The bank at an address of this machine; use as a context."""

    def __init__(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True)

    def open(self, settings: Any) -> Bank:
        """A new bank at this address, which the site of these settings takes for Stripe."""
        self.server.bank = Bank()  # type: ignore[attr-defined]
        for name, value in settings_for(self.url).items():
            setattr(settings, name, value)
        settings.ROOT_URLCONF = "tests.payments.urls"
        return self.server.bank  # type: ignore[attr-defined]

    def __enter__(self) -> Serving:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
