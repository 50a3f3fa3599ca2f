"""One record as it was read: tags, changes that are refused once somebody else changed it, answers not sent twice."""

from __future__ import annotations

import gzip
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.compression import takes
from registrations.models import EventRegistration
from tests.api.registering import registered
from tests.engine.acts import fill
from tests.factories import EventFactory, SessionFactory, SessionTrackFactory
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db


def tag_of(api, path, **query):
    """The tag of one record, as it is now."""
    answer = api.get(path, **query)
    assert answer.status_code == 200, answer.content
    return answer["ETag"]


def ask(api, path, if_none_match, **more):
    """Ask for it again, with the tag of what is known."""
    headers = {"Authorization": f"Bearer {api.token}", "If-None-Match": if_none_match, **more}
    return api.browser.get(f"/api/v1{path}", headers=headers)


def test_change_of_what_was_read_is_done_once(api):
    track = SessionTrackFactory(event=EventFactory(), name="Sails")
    path = f"/tracks/{track.pk}"
    read = tag_of(api, path)
    changed = api.patch(path, {"name": "Ropes"}, if_match=read)
    assert (changed.status_code, changed.json()["name"]) == (200, "Ropes")
    refused = api.patch(path, {"name": "Masts"}, if_match=read)
    assert (refused.status_code, refused.json()["code"]) == (412, "changed_meanwhile")
    assert refused.json()["version"] in tag_of(api, path)
    assert api.get(path).json()["name"] == "Ropes"
    # The answer to a change names the version that it left.
    assert api.patch(path, {"name": "Masts"}, if_match=changed["ETag"]).status_code == 200


@pytest.mark.parametrize(
    ("tag", "status"),
    [("*", 200), ('"0-0", %s', 200), ("W/%s", 200), ('"0-0"', 412), ("nonsense", 412), ("", 412)],
)
def test_reads_tags_as_they_may_be_written(api, tag, status):
    path = f"/tracks/{SessionTrackFactory(event=EventFactory()).pk}"
    given = tag.replace("%s", tag_of(api, path))
    assert api.patch(path, {"name": "Ropes"}, if_match=given).status_code == status


def test_somebody_who_registers_changes_no_session(api):
    """Counters are in the answer, and in no version: an organizer may go on while people register."""
    session = SessionFactory(event=EventFactory(), capacity=2)
    path = f"/sessions/{session.pk}"
    before = tag_of(api, path)
    fill(session)
    after = tag_of(api, path)
    assert before != after
    assert ask(api, path, before).json()["seats_taken"] == 2
    changed = api.patch(path, {"name": "Knots"}, if_match=before)
    assert changed.status_code == 200, changed.content
    assert api.patch(path, {"name": "Bends"}, if_match=after).status_code == 412


def test_capacity_and_speakers_are_part_of_the_version(api):
    session = SessionFactory(event=EventFactory(), capacity=2)
    path = f"/sessions/{session.pk}"
    read = tag_of(api, path, fields="name")
    assert api.patch(path, {"capacity": 9}).status_code == 200
    assert api.patch(path, {"name": "Knots"}, if_match=read).status_code == 412
    assert api.delete(path, if_match=read).status_code == 412
    assert api.delete(path, if_match=tag_of(api, path)).status_code == 204


def test_registrant_is_cancelled_only_as_read(api):
    event = EventFactory()
    first, second = SessionFactory.create_batch(2, event=event)
    path = f"/registrants/{registered(api, event, [first])}"
    read = tag_of(api, path)
    assert api.post(f"{path}/session/{second.pk}").status_code == 200
    refused = api.delete(path, if_match=read)
    assert (refused.status_code, refused.json()["code"]) == (412, "changed_meanwhile")
    assert api.patch(path, {"first_name": "Rob"}, if_match=read).status_code == 412
    assert EventRegistration.objects.active().get().first_name != "Rob"
    assert api.delete(path, if_match=tag_of(api, path)).status_code == 204


def test_place_in_line_is_left_by_whoever_knows_it(api):
    event = EventFactory()
    full = SessionFactory(event=event, capacity=0)
    for guest in ("a", "b"):
        registered(api, event, [full], email=f"{guest}@example.com", waitlist=1)
    first, second = WaitlistItem.objects.order_by("id").values_list("pk", flat=True)
    read = tag_of(api, f"/waitlist-items/{second}")
    # Who stood ahead goes, and the second one moves up: that is no change of theirs.
    assert api.delete(f"/waitlist-items/{first}").status_code == 204
    assert api.delete(f"/waitlist-items/{second}", if_match=read).status_code == 204


def test_lists_and_records_are_not_sent_twice(api):
    event = EventFactory()
    SessionTrackFactory.create_batch(3, event=event)
    for path in ("/tracks?per-page=2", "/events", f"/events/{event.pk}"):
        first = api.browser.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {api.token}"})
        again = ask(api, path, first["ETag"])
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"]), path
        assert "X-Rate-Limit-Remaining" in again
        assert "Content-Type" not in again
        assert ask(api, path, f'W/"0", W/{first["ETag"]}').status_code == 304
        assert ask(api, path, '"0"').status_code == 200
    known = api.get("/tracks")["ETag"]
    SessionTrackFactory(event=event)
    assert ask(api, "/tracks", known).status_code == 200


def test_what_is_known_of_a_list_is_no_permission(api):
    """A tag opens nothing: who may not ask is told so."""
    known = api.get("/events")["ETag"]
    api.token = "nobody's"
    assert ask(api, "/events", known).status_code == 401


def test_answers_are_compressed_for_whoever_asks(api):
    event = EventFactory()
    SessionTrackFactory.create_batch(10, event=event)
    plain = api.get("/tracks")
    small = ask(api, "/tracks", "", **{"Accept-Encoding": "br, gzip"})
    assert small["Content-Encoding"] == "gzip"
    assert int(small["Content-Length"]) == len(small.content) < len(plain.content) / 3
    assert json.loads(gzip.decompress(small.content)) == plain.json()
    assert "Content-Encoding" not in plain
    # A cache on the way keeps them apart, and one client's from another's.
    for answer in (plain, small, api.get("/nowhere")):
        named = {each.strip() for each in answer["Vary"].split(",")}
        assert {"Authorization", "Accept-Encoding"} <= named
    assert plain["Cache-Control"] == "private, no-cache"
    # Other bytes, another tag; either of them is known again.
    assert small["ETag"] == f"W/{plain['ETag']}"
    assert ask(api, "/tracks", small["ETag"]).status_code == 304


@pytest.mark.parametrize(
    ("header", "is_taken"),
    [
        ("gzip", True),
        ("br;q=1.0, GZIP;q=0.2", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0", False),
        ("br", False),
    ],
)
def test_reads_what_encodings_are_taken(header, is_taken):
    assert takes(header, "gzip") is is_taken


def test_secrets_are_not_compressed(api, client):
    token = client.post("/oauth2/token", {"grant_type": "x"}, headers={"Accept-Encoding": "gzip"})
    page = client.get("/admin/login/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in token
    assert "Content-Encoding" not in page


def test_tag_costs_no_query(api):
    path = f"/api/v1/sessions/{SessionFactory(event=EventFactory()).pk}"
    counts = []
    for query in ({}, {"fields": "name", "expand": "track"}):
        with CaptureQueriesContext(connection) as asked:
            api.browser.get(path, query, headers={"Authorization": f"Bearer {api.token}"})
        counts.append(len(asked))
    assert counts[0] == counts[1]
