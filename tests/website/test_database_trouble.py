"""The database cannot serve us: 503, nothing half-written, what was filled in is kept, and it goes on afterwards."""

from __future__ import annotations

import html
import os
import re
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client

from events.database_trouble import Trouble, end_is_unknown, trouble_of
from events.models import Event
from registrations.models import EventRegistration
from tests import troubles
from tests.factories import CustomRegistrationFieldFactory, SessionFactory
from tests.website.clicks import choose, finish, held, mine, registered, text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
only_on_a_server = pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="SQLite has no server")
ALL = [
    *troubles.EVERYWHERE,
    *(pytest.param(name, marks=only_on_a_server) for name in troubles.ON_A_SERVER),
]
KEPT = {"username": "alice@example.com", "next": '/admin/?a="b"'}
STORY = "A long story, told at length.\r\n" * 150


def trouble(name: str) -> Any:
    """The context of that name."""
    return (troubles.EVERYWHERE | troubles.ON_A_SERVER)[name]()


def rows() -> dict[str, int]:
    """How many rows each table has."""
    return {model.__name__: model._default_manager.count() for model in apps.get_models()}


def fields(page: Any) -> dict[str, str]:
    """The hidden fields of the form that is sent once more; the foot of the page has one of its own."""
    main = page.content.decode().partition("<main")[2].partition("</main>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', main)
    return {html.unescape(name): html.unescape(value) for name, value in found}


@pytest.fixture
def story(event) -> None:
    """Two questions with room for long answers."""
    CustomRegistrationFieldFactory.create_batch(2, event=event, kind="long_text")


def question_fields(client: Client, event: Event) -> list[str]:
    """The names of the form's long answers."""
    page = client.get(f"/{event.slug}/register/").content.decode()
    return re.findall(r'<textarea name="([^"]+)"', page)


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize("name", ALL)
def test_keeps_the_form_and_registers_once_all_is_well(event, bob, name, assert_seats_true):
    client = Client(enforce_csrf_checks=False)
    choose(client, SessionFactory(event=event, name="Knots"))
    answers = dict.fromkeys(question_fields(client, event), STORY)
    assert len(answers) == 2
    before = rows()
    with trouble(name):
        page = finish(client, event, bob, **answers)
        assert page.status_code == 503
        assert int(page["Retry-After"]) > 0
    assert rows() == before
    kept = fields(page)
    assert {key: kept[key] for key in answers} == answers
    assert "Nothing was changed" in text(page)
    assert client.post(f"/{event.slug}/register/", kept).status_code == 302
    assert held(bob) == ["Knots"]
    assert_seats_true()


def test_pages_that_only_read_are_shown_while_nothing_may_be_written(client, event, bob):
    registration = registered(event, bob, SessionFactory(event=event, name="Knots"))
    with troubles.read_only():
        assert "Knots" in text(client.get("/harbour/sessions/"))
        assert "Knots" in text(client.get(mine("manage", registration)))


@only_on_a_server
def test_dead_connection_is_noticed_before_it_is_used(client, event):
    """The server was started again between two requests: the next one notices, and nobody sees it."""
    SessionFactory(event=event, name="Knots")
    assert client.get("/harbour/sessions/").status_code == 200
    troubles.end_connection()
    connection.close_if_unusable_or_obsolete()  # what the handler does where a request begins
    assert "Knots" in text(client.get("/harbour/sessions/"))


def test_password_is_not_kept_in_the_page(client, alice):
    with troubles.read_only():
        page = client.post("/admin/login/", {**KEPT, "password": "alice"})
    assert page.status_code == 503
    assert fields(page) == {"csrfmiddlewaretoken": fields(page)["csrfmiddlewaretoken"], **KEPT}


@pytest.mark.parametrize(
    ("kind", "state", "expected"),
    [
        (OperationalError, "40P01", Trouble.DEADLOCK),
        (OperationalError, "55P03", Trouble.LOCKED),
        (OperationalError, "57P01", Trouble.GONE),
        (OperationalError, "57P03", Trouble.GONE),
        (OperationalError, "53300", Trouble.TOO_MANY),
        (OperationalError, "53100", Trouble.FULL),
        (DatabaseError, "25006", Trouble.READ_ONLY),
        (OperationalError, "08006", Trouble.GONE),
        (ProgrammingError, "42P01", None),
        (DatabaseError, "25P02", None),
    ],
)
def test_knows_trouble_by_its_state(kind, state, expected):
    error = kind("words")
    error.__cause__ = type("Cause", (Exception,), {"sqlstate": state})()
    assert trouble_of(error) is expected


def test_mistake_of_ours_is_no_trouble():
    with pytest.raises(DatabaseError) as caught, connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert trouble_of(caught.value) is None
    assert trouble_of(ValueError("database is locked")) is None
    assert trouble_of(InterfaceError("connection already closed")) is Trouble.GONE
    assert not end_is_unknown(InterfaceError("connection already closed"))
    assert EventRegistration.objects.count() == 0
