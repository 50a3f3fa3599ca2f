"""Logs and reports say what happened, and never to whom."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
from django.urls import reverse

from config.logs import JsonLines, Lines, scrub
from registrations.links import manage_token
from registrations.models import EventRegistration
from tests.engine.acts import claim
from tests.factories import SessionFactory
from tests.mail import scenes
from tests.processes import SECONDS, environment_on_test_database, run_module
from tests.website.clicks import choose, finish, mine


@pytest.fixture(params=[JsonLines, Lines])
def written(request) -> Iterator[io.StringIO]:
    """Every line that any part of the site writes at DEBUG, as the handler writes it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(request.param())
    root = logging.getLogger()
    before = {logger: logger.level for logger in (root, logging.getLogger("django"))}
    root.addHandler(handler)
    for logger in before:
        logger.setLevel(logging.DEBUG)
    yield out
    root.removeHandler(handler)
    for logger, level in before.items():
        logger.setLevel(level)


@pytest.mark.django_db
def test_no_line_names_a_person_or_opens_a_page(client, event, bob, written, monkeypatch):
    """A registration, its page, a cancellation, a mail and an error: all lines are read."""
    session = SessionFactory(event=event, name="Knots")
    choose(client, session)
    result = finish(client, event, bob).url
    registration = EventRegistration.objects.get()
    client.get(result)
    client.get(mine("manage", registration))
    client.get(mine("manage", registration) + "nothing-here")
    logging.getLogger("seatwise").error("no mail to %s: %s", bob.email, mine("manage", registration))
    try:
        raise ValueError(f"Key (email)=({bob.email}) already exists")
    except ValueError:
        logging.getLogger("seatwise").exception("it broke")
    lines = written.getvalue()
    assert "seatwise.requests" in lines or "POST" in lines
    assert "it broke" in lines
    for secret in (bob.email, bob.email.replace("@", "%40"), manage_token(registration), bob.first_name):
        assert secret not in lines, secret


@pytest.mark.django_db
def test_line_of_a_request_says_number_actor_and_outcome(client, event, bob, caplog):
    session = SessionFactory(event=event, name="Knots", capacity=1)
    claim(session, scenes.CAROL)
    choose(client, session)
    with caplog.at_level(logging.INFO, "seatwise.requests"):
        answer = finish(client, event, bob)
    (record,) = [record for record in caplog.records if record.name == "seatwise.requests"]
    facts = json.loads(JsonLines().format(record))
    assert facts["actor"] == "visitor"
    assert facts["status"] == answer.status_code
    assert facts["view"] == "finish_registration"
    assert facts["outcomes"] == ["submit_agenda:waitlisted"]
    assert facts["milliseconds"] > 0


@pytest.mark.django_db
def test_actors_are_told_by_kind_alone(client, event, bob, alice, caplog):
    session = SessionFactory(event=event)
    claim(session, bob)
    with caplog.at_level(logging.INFO, "seatwise.requests"):
        client.get("/harbour/sessions/")
        client.get(mine("manage", EventRegistration.objects.get()))
        client.get("/api/v1/events")
        client.force_login(alice)
        client.get(reverse("admin:index"))
    kinds = [record.facts["actor"] for record in caplog.records if record.name == "seatwise.requests"]
    assert kinds == ["visitor", "attendee", "client", "staff"]


@pytest.mark.django_db
def test_number_stands_in_the_answer_and_comes_from_our_own_proxy_alone(client, event, settings):
    theirs = {"X-Request-ID": "given-by-somebody"}
    first, second = client.get("/", headers=theirs), client.get("/", headers=theirs)
    assert len(first["X-Request-ID"]) == 16
    assert first["X-Request-ID"] != second["X-Request-ID"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert client.get("/", headers=theirs)["X-Request-ID"] == "given-by-somebody"
    forged = client.get("/", headers={"X-Request-ID": 'x"} {"level": "ERROR'})
    assert len(forged["X-Request-ID"]) == 16


@pytest.mark.django_db
@pytest.mark.parametrize("written", [JsonLines], indirect=True)
def test_refusal_of_the_api_is_found_in_the_log_by_its_number(client, written):
    """What the other system reads, in its body and its header, is what stands in the lines written for it."""
    answers = [client.get("/api/v1/events"), client.post("/oauth2/token"), client.get("/api/v1/nowhere")]
    numbers = [answer.json()["request_id"] for answer in answers]
    assert numbers == [answer["X-Request-ID"] for answer in answers]
    assert len(set(numbers)) == len(answers)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    of_requests = [line for line in lines if line["logger"] == "seatwise.requests"]
    found = [(line["request_id"], line["status"]) for line in of_requests]
    assert found == [(number, answer.status_code) for number, answer in zip(numbers, answers, strict=True)]
    assert [status for _number, status in found] == [401, 400, 404]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("to bob@example.com now", "to …@… now"),
        ("?email=bob%40example.com&x=1", "?email=…@…&x=1"),
        ('{"email": "bob.o\'neil+x@mail.example.co.uk"}', '{"email": "…@…"}'),
        ("/harbour/me/abc:def:ghi/agenda/", "/harbour/me/…/agenda/"),
        ("nothing personal at 10:00", "nothing personal at 10:00"),
    ],
)
def test_scrubs_addresses_and_links(text, left):
    assert scrub(text) == left


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_report_of_an_error_has_no_people_in_it(event, tmp_path):
    SessionFactory(event=event, name="Knots", selected_by_default=True)
    SessionFactory(event=event, name="Tides")
    environment = environment_on_test_database(tmp_path)
    done = run_module("tests.monitoring.reporting", event.slug, seconds=SECONDS, environment=environment)
    status, reports = json.loads(done.stdout.splitlines()[-1])
    assert status == 500
    assert len(reports) >= 1
    said = json.dumps(reports)
    assert "RuntimeError" in said
    for secret in ("bob@example.com", "Bob", "Baker", "secret-token", "signed-cookie-of-bob", "sessionid"):
        assert secret not in said, secret


def test_nothing_reports_from_the_process_of_the_tests():
    assert "sentry_sdk" not in sys.modules
