"""Custom fields of a session on its form: texts as rows, another system's choices as they are."""

from __future__ import annotations

import pytest

from registrations.models import Activity
from tests.admin_forms.paper import read
from tests.factories import SessionFactory

pytestmark = pytest.mark.django_db
KEPT = {"Level": "Beginner", "c_8": [{"id": 5}, {"id": 6}]}


@pytest.fixture
def session():
    """A session with a text and another system's choice."""
    return SessionFactory(custom_fields=KEPT)


def rows(*pairs):
    """What a browser sends of these rows, and an empty one."""
    pairs = [*pairs, ("", "")]
    return {
        "custom_fields_label": [label for label, _ in pairs],
        "custom_fields_text": [text for _, text in pairs],
    }


@pytest.fixture
def send(desk, url, session):
    """Return a function that saves the session's form with these rows, or without any."""

    def act(**given):
        rest = read(desk.get(url(session)), "session_form").data
        of_form = {name: value for name, value in rest.items() if not name.startswith("custom_fields")}
        return desk.post(url(session), {**of_form, **given})

    return act


def test_shows_and_keeps_them_verbatim(desk, url, session, send):
    page = desk.get(url(session)).content.decode()
    assert all(words in page for words in ('value="Level"', 'value="Beginner"', "c_8: 5, 6"))
    assert send(**rows(("Level", "Expert"), ("Bring", "a rope"))).status_code == 302
    session.refresh_from_db()
    assert session.custom_fields == {"Level": "Expert", "Bring": "a rope", "c_8": KEPT["c_8"]}
    assert Activity.objects.filter(verb="edited", session=session).count() == 1


@pytest.mark.parametrize("given", [{}, rows(("Level", "Beginner"))])
def test_changes_nothing_where_nothing_was_said(session, send, given):
    assert send(**given).status_code == 302
    session.refresh_from_db()
    assert session.custom_fields == KEPT
    assert not Activity.objects.filter(verb="edited").exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ([("", "lonely")], "Give “lonely” a label."),
        ([("A", "1"), ("A", "2")], "There are two fields “A”."),
        ([("c_8", "x")], "“c_8” is set by another system."),
        ([("A", "x" * 10_001)], "at most 10000"),
        ([("A" * 101, "x")], "at most 100 letters"),
    ],
)
def test_refuses_what_other_systems_could_not_send(session, send, wrong, words):
    answer = send(**rows(*wrong))
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    session.refresh_from_db()
    assert session.custom_fields == KEPT
