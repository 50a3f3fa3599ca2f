"""Before registration opens every door says so, and when it opens: “closed” would send people away for good."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from events.errors import NotOpenYet
from events.models import Event
from registrations import actions
from tests.api.conftest import api, api_client_of  # noqa: F401  (fixtures)
from tests.api.registering import register
from tests.engine.acts import claim, person
from tests.factories import EventFactory, PassFactory, SessionFactory
from tests.website.clicks import choose, finish, mine, registered, text

pytestmark = pytest.mark.django_db
OPENS = datetime(2031, 4, 1, 8, tzinfo=UTC)
SAID = "Registration opens Tue 1 Apr 2031, 10:00 CEST."
ON_PAGE = "Tue 1 Apr, 10:00"
CODE = "not_open_yet"
BOB, CAROL = person("bob"), person("carol")


@pytest.fixture
def session(db):
    event = EventFactory(timezone="Europe/Brussels", waitlist_enabled=True, sessions_required=False)
    return SessionFactory(event=event, capacity=5)


@pytest.fixture
def registration(session):
    """Bob's, made by staff before the public may register."""
    return registered(session.event, BOB)


@pytest.fixture
def early(session, registration):
    """The session, once registration is not open yet (any more)."""
    Event.objects.update(registration_opens_at=OPENS)
    session.event.refresh_from_db()
    return session


def test_actions_say_when(early, registration):
    for result in (
        claim(early, CAROL),
        actions.submit_agenda(early.event, BOB, [early], mode="all_or_nothing"),
        actions.submit_agenda(early.event, CAROL, [early], wait=True, preview=True),
    ):
        [line] = result.lines
        assert (line.outcome, line.message, line.reason.moment) == (CODE, SAID, OPENS)
    for act in (
        lambda: actions.join_waitlist(early, CAROL),
        lambda: actions.submit_agenda(early.event, CAROL, []),
    ):
        with pytest.raises(NotOpenYet) as refused:
            act()
        assert (str(refused.value), refused.value.data["opens_at"]) == (SAID, OPENS)


def test_event_and_pass_say_when(db):
    event = EventFactory(timezone="Europe/Brussels", session_level=False, registration_opens_at=OPENS)
    for chosen in (None, PassFactory(event=event)):
        with pytest.raises(NotOpenYet) as refused:
            actions.register_for_event(event, CAROL, chosen)
        assert refused.value.data["opens_at"] == OPENS


def test_api_says_when(api, early, registration):  # noqa: F811
    rid, newcomer = registration.pk, {"email": "carol@example.org", "first_name": "Carol"}
    other = EventFactory(timezone="Europe/Brussels", session_level=False, registration_opens_at=OPENS)
    joined = {**newcomer, "last_name": "C", "session_id": early.pk}
    answers = {
        "seat": api.post(f"/registrants/{rid}/session/{early.pk}"),
        "seat, tried": api.post(f"/registrants/{rid}/session/{early.pk}?validate_only=1"),
        "agenda": api.post(f"/registrants/{rid}/agenda", {"add": [early.pk]}),
        "registrant": register(api, early.event, [early], **newcomer),
        "without sessions": register(api, early.event, **newcomer),
        "at the event": register(api, other, **newcomer),
        "line": api.post("/waitlist-items", joined),
    }
    for door, answer in answers.items():
        said = answer.json()
        assert (answer.status_code, said["code"], said["detail"]) == (409, CODE, SAID), door
        assert datetime.fromisoformat(said["opens_at"]) == OPENS, door
        for line in [*said.get("lines", []), *([said["line"]] if "line" in said else [])]:
            assert datetime.fromisoformat(line["opens_at"]) == OPENS, door


def test_pages_say_when(client, early, registration):
    slug = early.event.slug
    for page in (f"/{slug}/", f"/{slug}/sessions/", f"/{slug}/sessions/{early.uuid}/"):
        assert ON_PAGE in text(client.get(page)), page
    choose(client, early)
    for page in (client.get(reverse("finish_registration", args=[slug])), finish(client, early.event, CAROL)):
        assert (page.status_code, ON_PAGE in text(page)) == (409, True)


def test_personal_page_says_when(client, early, registration):
    for verb in ("add", "join"):
        page = client.post(mine("manage_seat", registration, early.uuid, verb))
        assert (page.status_code, SAID in text(page)) == (409, True)
        part = client.post(
            mine("manage_seat", registration, early.uuid, verb), headers={"HX-Request": "true"}
        )
        assert (part.status_code, SAID in text(part)) == (409, True)


def test_result_says_when(client, early, registration):
    choose(client, early)
    page = client.post(mine("manage_draft", registration), follow=True)
    assert SAID in text(page)
