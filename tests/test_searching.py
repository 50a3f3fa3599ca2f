"""Words are found written large or small, in every script, at every door and on both databases."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from events.admin.searching import SearchedAdmin
from events.models import Contact
from events.searching import with_words
from registrations.rules.people import Attendee
from sessions_app.filters import sessions_with_words
from sessions_app.models import Session
from tests.admin_panels.helpers import add_url, panel, tab, text, typed
from tests.api.conftest import api, api_client_of  # noqa: F401  (fixtures)
from tests.engine.acts import claim
from tests.factories import ContactFactory, EventFactory, SessionFactory, SpeakerFactory

pytestmark = pytest.mark.django_db
NAMES = ["Émile Zola", "Ünal Öztürk", "ŁUKASZ ŻAK", "Ольга Чайка", "Ώρα Ελλάδα"]


@pytest.fixture
def session(db):
    session = SessionFactory(name="Überraschung in Łódź", event=EventFactory(name="Élan Kongress"))
    claim(session, Attendee("olga@example.org", "Ольга", "Чайка"))
    return session


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title])
@pytest.mark.parametrize("name", NAMES)
def test_finds_names_in_any_case(name, change):
    first, last = name.split()
    meant = ContactFactory(first_name=first, last_name=last)
    ContactFactory(first_name="Ana", last_name="Diaz")
    found = with_words(Contact.objects.all(), change(name), ["first_name", "last_name"])
    assert [contact.pk for contact in found] == [meant.pk]


@pytest.mark.parametrize("word", ["%", "_", "\\", "a_a", "Ü%"])
def test_takes_signs_of_patterns_as_they_are(word):
    ContactFactory(first_name="Ana", last_name="Über")
    meant = ContactFactory(first_name=f"x{word}y")
    assert [each.pk for each in with_words(Contact.objects.all(), word, ["first_name"])] == [meant.pk]


def test_finds_session_by_speaker_and_name(session):
    SessionFactory(event=session.event)
    session.speakers.add(SpeakerFactory(event=session.event, name="Günter Şahin"))
    for words in ("ÜBERRASCHUNG łÓDŹ", "GÜNTER şahin", "überraschung günter"):
        assert list(sessions_with_words(Session.objects.all(), words)) == [session]


def test_finds_through_api(session, api):  # noqa: F811
    SessionFactory(event=session.event)
    found = {
        "/registrants": {"event_id": session.event_id, "search": "ЧАЙКА"},
        "/contacts": {"search": "ольга"},
        "/sessions": {"event_id": session.event_id, "search": "überRASCHUNG"},
        "/events": {"search": "élan"},
    }
    assert {
        path: api.get(path, **asked).json()["_meta"]["totalCount"] for path, asked in found.items()
    } == dict.fromkeys(found, 1)


def test_finds_on_website(session, client):
    assert b"lan Kongress" in client.get(reverse("event_list"), {"q": "éLAN"}).content
    programme = reverse("session_list", args=[session.event.slug])
    assert session.name in client.get(programme, {"q": "ÜBERRASCHUNG"}).content.decode()


def test_finds_on_desk(session, client, alice):
    client.force_login(alice)
    assert "Чайка" in panel(client.get(tab(session, regs_q="ЧАЙКА")), "session_registrations")
    assert "Чайка" in text(client.post(add_url(SessionFactory()), typed(step="search", q="чайка")))
    people = client.get(reverse("admin:events_contact_changelist"), {"q": "ЧАЙКА"})
    assert "olga@example.org" in text(people)


def test_desk_searches_nowhere_else():
    """A new list of the desk that forgets would be blind again."""
    searching = [each for each in admin.site._registry.values() if each.search_fields]
    others = {type(each).__name__ for each in searching if not isinstance(each, SearchedAdmin)}
    assert others == {"GroupAdmin"}


def test_finds_rows_by_their_number():
    number = ContactFactory().uuid
    for written in (str(number), str(number)[5:20], str(number).upper()):
        assert with_words(Contact.objects.all(), written, ["uuid"]).count() == 1
