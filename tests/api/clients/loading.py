"""A loader into a warehouse: every parameter it knows stands in the address, blank where it has nothing to say."""

from __future__ import annotations

from typing import Any

from tests.api.clients.calling import Caller

BLANKS = {"search": "", "sort": "", "expand": "", "fields": "", "updated_since": ""}


def run(caller: Caller) -> dict[str, Any]:
    """Load every event, then its registrants and questions; return rows by kind."""
    caller.sign_in("/api/v1/oauth2/token")
    loaded: dict[str, Any] = {"events": _pages(caller, "events", {})}
    for kind in ("registrants", "event-questions"):
        rows = [row for event in loaded["events"] for row in _pages(caller, kind, {"event_id": event["id"]})]
        loaded[kind] = rows
    wrong = caller.call("GET", "/api/v1/registrants/0", BLANKS)
    loaded["message"] = wrong.body["message"]
    return loaded


def _pages(caller: Caller, kind: str, query: dict[str, Any]) -> list[Any]:
    rows: list[Any] = []
    page, pages = 1, 1
    while page <= pages:
        answer = caller.call("GET", f"/api/v1/{kind}", {**BLANKS, **query, "per-page": 200, "page": page})
        assert answer.status == 200, answer
        rows += answer.body["items"]
        page, pages = page + 1, answer.body["_meta"]["pageCount"]
    return rows
