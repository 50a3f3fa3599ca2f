"""A sign-up site that posts its visitors' forms on as they came, and a door that scans badges."""

from __future__ import annotations

from typing import Any

from tests.api.clients.calling import Caller


def run(caller: Caller, event_id: int, sessions: list[int], question: int) -> dict[str, Any]:
    """Sign somebody up with boxes ticked, then scan them in twice; return what became of it."""
    caller.sign_in("/api/v1/oauth2/token")
    form = [
        ("event_id", event_id),
        ("email", "Grace@Example.com"),
        ("first_name", "Grace"),
        ("last_name", ""),
        ("pass_id", ""),
        ("waitlist", "0"),
        ("waitlist", "1"),
        (f"c_{question}", "Vegan"),
        *[("session_ids[]", each) for each in sessions],
    ]
    made = caller.call("POST", "/api/v1/registrants/create", form=form)
    assert made.status == 201, made
    rid = made.body["id"]
    scans = [
        caller.call("POST", f"/api/v1/scans/registrant/{rid}/session/{sessions[0]}").status for _ in range(2)
    ]
    attended = caller.call(
        "POST", "/api/v1/session-attendances/create", js={"registrant_id": rid, "session_id": sessions[1]}
    )
    at_door = caller.call("POST", "/api/v1/registrants/checkin", form={"registrant_id": rid})
    return {"made": made.body, "scans": scans, "attended": attended.status, "at door": at_door.status}
