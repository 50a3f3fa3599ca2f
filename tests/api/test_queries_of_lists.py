"""Every list of the API, with and without each word of `expand`: as many queries for twelve rows as for two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.urls.resolvers import URLResolver
from django.utils import timezone

from registrations.actions.sending.webhooks import create_webhook
from registrations.models import (
    Activity,
    CheckIn,
    Draw,
    DrawDecision,
    EventRegistration,
    ImportBatch,
    Ticket,
    Webhook,
)
from registrations.webhooks import plan
from tests.api.registering import orders_with_money
from tests.factories import (
    CustomRegistrationFieldFactory,
    EventFactory,
    LayoutFactory,
    PassFactory,
    SessionFactory,
    SessionTrackFactory,
    SpeakerFactory,
)

pytestmark = pytest.mark.django_db
ROOT = "api/v1/"
FEW, MORE = 2, 10


def lists() -> dict[str, list[str]]:
    """Every list that has an address, as it is written there, with the words of its `expand`."""
    found = {}
    for route, view in _routes(get_resolver()):
        if getattr(view, "actions", {}).get("get") == "list":
            found[route] = sorted(getattr(view.cls.serializer_class, "expandable", {}))
    return found


def _routes(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, Any]]:
    for each in resolver.url_patterns:
        route = before + str(each.pattern).strip("^$")
        if isinstance(each, URLResolver):
            yield from _routes(each, route)
        else:
            yield route, each.callback


def add(api: Any, event: Any, count: int) -> None:
    """So many more rows of everything: each row with rows of its own that its record may have to read."""
    full = SessionFactory(event=event, capacity=0)
    people = [_person(event, full, number) for number in range(count)]
    sent = {"event_id": event.pk, "registrants": people, "mode": "best_effort", "waitlist": 1}
    assert api.post("/registrants/batch", sent).json()["counts"] == {"registered": count}
    CustomRegistrationFieldFactory.create_batch(count, event=event)
    EventFactory.create_batch(count)
    for number, row in enumerate(EventRegistration.objects.order_by("-pk")[:count]):
        CheckIn.objects.create(event=event, event_registration=row, checked_in_at=timezone.now())
        Webhook.objects.create(
            client=api.client, url=f"https://example.org/{number}", names=["event.cancelled"]
        )
    first, at = EventRegistration.objects.earliest("pk"), timezone.now()
    Activity.objects.bulk_create(
        Activity(event=event, contact_id=first.contact_id, verb=Activity.Verb.DETAILS_CHANGED, at=at)
        for _ in range(count)
    )
    _draw(event, count)
    orders_with_money(event, count)
    plan()
    _upload(api, event)
    batch = ImportBatch.objects.latest("pk")
    ImportBatch.objects.bulk_create(_copied(batch) for _ in range(count - 1))


def _person(event: Any, full: Any, number: int) -> dict[str, Any]:
    """Somebody with a pass who takes one session and waits for another, and all that is said of the one taken."""
    offered, speaker = PassFactory(event=event), SpeakerFactory(event=event)
    room, track = LayoutFactory().room, SessionTrackFactory(event=event)
    session = SessionFactory(event=event, room=room, track=track)
    session.speakers.add(speaker)
    offered.sessions.add(session, full)
    sessions = {"session_ids": [session.pk, full.pk], "pass_id": offered.pk}
    return {"email": f"{full.pk}-{number}@example.org", "first_name": "Bob", **sessions}


def _draw(event: Any, count: int) -> None:
    """So many draws, and as many decisions of the first one."""
    opens, session = event.starts_at - timedelta(days=9), SessionFactory(event=event)
    told = {
        "name": "Draw",
        "opens_at": opens,
        "closes_at": opens + timedelta(days=1),
        "number_source": "Dice",
    }
    Draw.objects.bulk_create(Draw(event=event, **told) for _ in range(count))
    first = Draw.objects.earliest("pk")
    for number in range(first.decisions.count() + 1, first.decisions.count() + count + 1):
        ticket = Ticket.objects.create(draw=first)
        decided = {"number": number, "round": 1, "rank": 1, "verdict": "full"}
        DrawDecision.objects.create(draw=first, ticket=ticket, session=session, **decided)


def _upload(api: Any, event: Any) -> None:
    """A file with as many rows as there are people by now."""
    lines = [f"{row.pk}@example.org,Bob" for row in EventRegistration.objects.all()]
    file = SimpleUploadedFile("people.csv", "\n".join(["email,first_name", *lines]).encode())
    sent = {"file": file, "event_id": event.pk, "validate_only": 1}
    answer = api.browser.post("/api/v1/imports", sent, headers=api._headers({}))
    assert answer.status_code == 202, answer.content


def _copied(batch: ImportBatch) -> ImportBatch:
    """Another upload like this one."""
    copied = copy(batch)
    copied.pk, copied.uuid = None, uuid4()
    return copied


def asked(api: Any) -> dict[str, tuple[int, int]]:
    """How many queries each list needs, and how many rows it then shows."""
    rows = {
        "registrant_id": EventRegistration.objects.earliest("pk").pk,
        "draw_id": Draw.objects.earliest("pk").pk,
        "import_id": ImportBatch.objects.exclude(rows=None).latest("pk").pk,
        "webhook_id": Webhook.objects.earliest("pk").pk,
    }
    found = {}
    for route, words in lists().items():
        path = "/" + re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda name: str(rows[name[1]]), route.removeprefix(ROOT))
        for expand in ("", *words):
            query = {"per-page": 200, **({"expand": expand} if expand else {})}
            with CaptureQueriesContext(connection) as queries:
                answer = api.get(path, **query)
            assert answer.status_code == 200, (route, answer.content)
            found[f"{route} {expand}".strip()] = (len(queries), len(answer.json()["items"]))
    return found


def test_needs_as_many_queries_for_twelve_rows_as_for_two(api):
    event = EventFactory(waitlist_enabled=True)
    create_webhook(api.client, "https://93.184.216.34/first", ["*"])
    add(api, event, FEW)
    few = asked(api)
    add(api, event, MORE)
    many = asked(api)
    assert [name for name, (_queries, rows) in few.items() if rows < FEW] == []
    assert [name for name, (_queries, rows) in many.items() if rows < FEW + MORE] == []
    wrong = {name: (few[name][0], many[name][0]) for name in few if few[name][0] != many[name][0]}
    assert wrong == {}


def test_knows_every_list():
    assert len(lists()) >= 20
    assert lists()["api/v1/sessions"] == [
        "direct_link",
        "event",
        "location",
        "registrantCount",
        "speakers",
        "track",
    ]
