"""A sync that pages through everything: it follows `next`, and adds its own parameters to that address again."""

from __future__ import annotations

from typing import Any

from tests.api.clients.calling import Caller


def run(caller: Caller, event_id: int) -> dict[str, list[Any]]:
    """Read all confirmed registrants and all live sessions of the event; return their ids."""
    caller.sign_in("/api/v1/oauth2/token")
    registrants = _all(caller, "registrants", event_id, "registration_status=confirmed")
    sessions = _all(caller, "sessions", event_id, "session_status=live,updated_at>=2020-01-01 00:00:00")
    return {"registrants": registrants, "sessions": sessions}


def _all(caller: Caller, of: str, event_id: int, search: str) -> list[Any]:
    mine = {"event_id": event_id, "per-page": 2, "search": search, "sort": "id"}
    found: list[Any] = []
    address = f"/api/v1/{of}.json"
    while address:
        page = caller.call("GET", address, mine)
        assert page.status == 200, page
        found += [row["id"] for row in page.body["items"]]
        address = page.body["_links"].get("next", {}).get("href", "")
    assert page.body["_meta"]["totalCount"] == len(found)
    return found
