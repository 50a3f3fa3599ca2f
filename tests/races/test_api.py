"""Other systems at the same instant, over real HTTP: one seat, one key, one answer; and processes killed in between."""

from __future__ import annotations

import json
import os
import threading
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.utils import timezone

from events import answers
from events.models import IdempotencyKey
from registrations.models import CheckIn, EventRegistration, Notification
from registrations.queries.recount import recount
from tests.api.conftest import Api, make_api_client, make_token
from tests.engine.acts import fill, holders
from tests.factories import EventFactory, SessionFactory
from tests.races.at_once import at_once
from waitlists.models import WaitlistItem

CLIENTS, ROUNDS = 50, int(os.environ.get("RACE_ROUNDS", "1"))


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes

    @property
    def said(self) -> Any:
        return json.loads(self.body)

    @property
    def word(self) -> str:
        """The status, or the code of a refusal."""
        return self.said["code"] if self.status >= 400 else str(self.status)


class Server(ThreadedWSGIServer):
    """A thread for each request, and room for fifty who knock at the same instant."""

    request_queue_size = 2 * CLIENTS


class Handler(WSGIRequestHandler):
    """Says nothing about each request."""

    def log_message(self, *args):
        """Fifty refusals are as they should be."""


@pytest.fixture
def address():
    """Where the product answers over HTTP."""
    server = Server(("127.0.0.1", 0), Handler)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def make_caller(address):
    """Return a fresh client's way to POST over a socket of its own."""

    def build():
        token = make_token(make_api_client("Storm"), "read write")

        def post(path, body, key=None):
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            headers |= {"Idempotency-Key": key} if key else {}
            request = urllib.request.Request(
                f"{address}/api/v1{path}", json.dumps(body).encode(), headers, method="POST"
            )
            try:
                with urllib.request.urlopen(request, timeout=60) as response:
                    return Answer(response.status, response.read())
            except urllib.error.HTTPError as error:
                return Answer(error.code, error.read())

        return post

    return build


def somebody(session, number, **more):
    return {
        "event_id": session.event_id,
        "email": f"guest{number}-{session.pk}@example.com",
        "first_name": "Guest",
        "last_name": str(number),
        "session_ids": [session.pk],
        **more,
    }


def patiently(post, *args):
    """A 503 says that nothing was changed and asks for a repeat."""
    for _try in range(10):
        answer = post(*args)
        if answer.status != 503:
            break
    return answer


@pytest.mark.parametrize("waitlist", [0, 1])
@pytest.mark.parametrize("by", ["registrants", "session"])
def test_one_seat_goes_to_one_of_fifty(make_caller, by, waitlist):
    """Fifty systems, each with credentials of its own."""
    callers = [make_caller() for _ in range(CLIENTS)]
    for _round in range(ROUNDS):
        event = EventFactory(sessions_required=False)
        session = SessionFactory(event=event, capacity=1)
        wishes = [somebody(session, number, waitlist=waitlist) for number in range(CLIENTS)]
        if by == "registrants":
            asks = [("/registrants", wish) for wish in wishes]
        else:
            made = [callers[0]("/registrants", {**wish, "session_ids": []}).said for wish in wishes]
            path = f"/registrants/%d/session/{session.pk}"
            asks = [(path % one["id"], {"waitlist": waitlist}) for one in made]
        wanted = zip(callers, asks, strict=True)
        results = at_once(*(partial(patiently, post, *ask) for post, ask in wanted))
        words = Counter(answer.word for answer in results)
        if waitlist:
            assert set(words) <= {"200", "201"}
            assert WaitlistItem.objects.waiting().filter(session=session).count() == CLIENTS - 1
        else:
            assert words["200"] + words["201"] == 1
            assert words["full"] == CLIENTS - 1
        assert len(holders(session)) == 1
        assert recount(event) == []


def test_one_key_takes_one_seat_and_says_one_thing(make_caller):
    for number in range(ROUNDS):
        post = make_caller()
        session = SessionFactory(capacity=1)
        ask = partial(post, "/registrants", somebody(session, number), "order-1")
        results = at_once(*[ask] * CLIENTS)
        stored = {answer.body for answer in results if answer.status == 201}
        assert {answer.word for answer in results} <= {"201", "in_progress"}
        assert len(stored) == 1
        assert {ask().body} == stored
        assert len(holders(session)) == 1
        assert recount(session.event) == []
        assert Notification.objects.filter(event=session.event).count() == 1


def test_without_a_key_repeats_are_answered_differently(make_caller):
    """The control: it is the key that makes fifty answers one, not the engine (which takes one seat all the same)."""
    session = SessionFactory(capacity=1)
    results = at_once(*[partial(make_caller(), "/registrants", somebody(session, 1))] * 10)
    assert Counter(answer.word for answer in results) == {"201": 1, "200": 9}
    assert len(holders(session)) == 1


def test_one_key_with_fifty_bodies_takes_one_seat(make_caller):
    post = make_caller()
    session = SessionFactory(capacity=CLIENTS)
    asks = [partial(post, "/registrants", somebody(session, number), "order-1") for number in range(CLIENTS)]
    results = at_once(*asks)
    assert Counter(answer.word for answer in results) == {"201": 1, "invalid": CLIENTS - 1}
    assert len(holders(session)) == 1


def test_one_key_gets_one_refusal(make_caller):
    """A no is kept as well: it is the answer, even when a seat frees between two repeats."""
    post = make_caller()
    session = SessionFactory(capacity=1)
    fill(session)
    results = at_once(*[partial(post, "/registrants", somebody(session, 1), "order-1")] * 20)
    assert {answer.word for answer in results} <= {"full", "in_progress"}
    assert len({answer.body for answer in results if answer.word == "full"}) == 1
    assert len(holders(session)) == 1


@pytest.fixture
def system(client, monkeypatch):
    """Another system, which is told at once that its first request still runs."""
    monkeypatch.setattr(answers, "PATIENCE_SECONDS", 0)
    owner = make_api_client("Shop")
    return Api(owner, make_token(owner, "read write"), client)


def killed_and_repeated(victim, system, session, key, death):
    """Let a process die over a POST; return whether it died, and the first repeat's answer."""
    body = json.dumps(somebody(session, 1))
    was_killed = victim.obey(
        "post", death, path="/api/v1/registrants", token=system.token, key=key, body=body
    )
    assert recount(session.event) == []
    return was_killed, system.post("/registrants", body, Idempotency_Key=key)


def lease_is_over(key):
    over = timezone.now() - timedelta(seconds=1)
    IdempotencyKey.objects.filter(key=key).update(leased_until=over)


def test_answer_outlives_process_killed_between_commit_and_answer(victim, system):
    """The seat's commit is the answer's commit: the repeat is told what the first was not, and takes no other seat."""
    session = SessionFactory(capacity=5)
    was_killed, repeat = killed_and_repeated(victim, system, session, "order-1", ("commit", 2, True))
    assert was_killed
    assert (repeat.status_code, repeat["Idempotent-Replayed"]) == (201, "true")
    registration = EventRegistration.objects.get()
    assert repeat.json()["id"] == registration.pk
    assert (len(holders(session)), Notification.objects.count()) == (1, 1)


@pytest.mark.parametrize(("kind", "step", "least"), [("commit", 1, 4), ("statement", 4, 5)])
def test_repeat_is_right_wherever_the_first_was_killed(victim, system, kind, step, least):
    """Killed before and after each commit, and after every fourth statement: one seat, one mail, one answer."""
    kills = 0
    for number in range(1, 200, step):
        for after in (False, True) if kind == "commit" else (True,):
            session, key = SessionFactory(capacity=5), f"{kind}-{number}-{after}"
            was_killed, repeat = killed_and_repeated(victim, system, session, key, (kind, number, after))
            kills += was_killed
            if repeat.status_code == 409:
                assert repeat.json()["code"] == "in_progress"
                assert holders(session) == set()
                lease_is_over(key)
                repeat = system.post("/registrants", json.dumps(somebody(session, 1)), Idempotency_Key=key)
            assert repeat.status_code == 201
            assert len(holders(session)) == 1
            assert Notification.objects.filter(event=session.event).count() == 1
            assert recount(session.event, swept=True) == []
        if not was_killed:
            break
    assert kills >= least


@pytest.mark.parametrize("nonce", ["one for all", "each its own"])
def test_person_at_ten_doors_is_let_in_once(make_caller, nonce):
    post = make_caller()
    session = SessionFactory()
    rid = post("/registrants", somebody(session, 1)).said["id"]
    scans = [
        {"registrant_id": rid, "nonce": str(number) if nonce == "each its own" else nonce}
        for number in range(10)
    ]
    results = at_once(*(partial(patiently, post, "/check-ins", scan) for scan in scans))
    words = Counter(answer.said["outcome"] for answer in results)
    assert words == ({"admitted": 10} if nonce == "one for all" else {"admitted": 1, "already_in": 9})
    assert len({answer.said["id"] for answer in results}) == 1
    assert CheckIn.objects.count() == 1
