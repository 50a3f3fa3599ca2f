"""A client that asks for 250 rows at once, and for what it knows by their ids."""

from __future__ import annotations

from typing import Any

from tests.api.clients.calling import Caller


def run(caller: Caller, event_id: int, ids: list[int]) -> dict[str, Any]:
    """Read sessions in large pages, and some by ids; return them."""
    caller.sign_in("/oauth2/token", is_basic=False)
    every = caller.call(
        "GET", "/api/v1/sessions", {"event_id": event_id, "per-page": 250, "expand": "location"}
    )
    assert every.status == 200, every
    some = caller.call("GET", "/api/v1/sessions", {"ids": ",".join(map(str, ids)), "per-page": 5_000})
    assert some.status == 200, some
    return {
        "per page": every.body["_meta"]["perPage"],
        "all": [row["id"] for row in every.body["items"]],
        "some": [row["id"] for row in some.body["items"]],
        "most": some.body["_meta"]["perPage"],
    }
