"""The calls of an official-style PHP class: `.json` behind every path, fields by name, …/create and …/update."""

from __future__ import annotations

from tests.api.clients.calling import Caller


def run(caller: Caller, event_id: int) -> dict[str, object]:
    """Read the event, plan a session, register somebody, correct and delete; return what was learnt."""
    caller.sign_in("/api/v1/oauth2/token.json")
    events = caller.call(
        "GET", "/api/v1/events.json", {"fields": "id,name,start_date,hashtag", "per-page": 200}
    )
    assert events.status == 200, events
    event = caller.call("GET", f"/api/v1/events/{event_id}.json").body
    form = {"event_id": event_id, "name": "Knots", "date": event["start_date"], "capacity": 5}
    session = caller.call("POST", "/api/v1/sessions/create.json", form=form)
    assert session.status == 201, session
    sid = session.body["id"]
    changed = caller.call("PUT", f"/api/v1/sessions/update/{sid}.json", form={"name": "Ropes"})
    assert (changed.status, changed.body["name"]) == (200, "Ropes")
    person = {"event_id": event_id, "email": "ada@example.com", "first_name": "Ada", "last_name": "Moore"}
    made = caller.call("POST", "/api/v1/registrants/create.json", form=person)
    assert made.status == 201, made
    rid = made.body["id"]
    added = caller.call("POST", f"/api/v1/registrants/{rid}/session/{sid}.json")
    assert (added.status, added.body["success"]) == (200, True)
    mailed = caller.call("POST", f"/api/v1/registrants/{rid}/trigger-email/confirmation.json")
    assert mailed.status == 200, mailed
    track = caller.call("POST", "/api/v1/tracks/create.json", form={"event_id": event_id, "name": "Harbour"})
    gone = caller.call("DELETE", f"/api/v1/tracks/delete/{track.body['id']}.json")
    assert (track.status, gone.status) == (201, 204)
    return {
        "first event": events.body["items"][0],
        "ignored": events.headers.get("X-Ignored-Fields"),
        "registrant": caller.call("GET", f"/api/v1/registrants/{rid}.json").body,
    }
