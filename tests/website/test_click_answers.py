"""The answer to a press holds exactly the rows that changed with it, each as a page drawn anew would show it."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from events.models import Event
from registrations.models import EventRegistration
from registrations.rules.people import Attendee
from registrations.website import states
from registrations.website.fragments import Fragments
from sessions_app.models import Session
from tests.engine.acts import fill
from tests.factories import SessionFactory, SessionTrackFactory, at
from tests.website.clicks import mine, registered

pytestmark = pytest.mark.django_db
LIST = "/harbour/sessions/"
# What Django makes anew for each answer, and what only says where a piece belongs.
OF_ANSWER = re.compile(r'(csrfmiddlewaretoken" value=")[^"]+|hx-swap-oob="true"')


class _Pieces(HTMLParser):
    """The whole elements of a page whose ids begin with one of these."""

    def __init__(self, page: str, beginnings: tuple[str, ...]) -> None:
        super().__init__(convert_charrefs=False)
        self.page, self.beginnings, self.found = page, beginnings, {}
        self.lines = [0]
        for line in page.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        self.open: tuple[str, str, int, int] | None = None
        self.feed(page)

    def _here(self) -> int:
        line, offset = self.getpos()
        return self.lines[line - 1] + offset

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("id") or ""
        if self.open is None and name.startswith(self.beginnings):
            self.open = (name, tag, 1, self._here())
        elif self.open and self.open[1] == tag:
            self.open = (*self.open[:2], self.open[2] + 1, self.open[3])

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[1] == tag:
            name, _tag, depth, begin = self.open
            self.open = (name, tag, depth - 1, begin)
            if depth == 1:
                self.found[name] = OF_ANSWER.sub("", self.page[begin : self._here()])
                self.open = None


def states_in(page: str) -> dict[str, str]:
    """What stands beside each session of the page, by its id there."""
    return _Pieces(page, ("seat-",)).found


def summary_in(page: str) -> dict[str, str]:
    """The panel, the bar and the number."""
    return _Pieces(page, ("agenda-panel", "agenda-bar", "agenda-count")).found


@pytest.fixture
def programme(event: Event) -> list[Session]:
    """Pairs that overlap, some full or nearly, some of a track of which two may be chosen."""
    track = SessionTrackFactory(event=event, most_sessions=2)
    made = [
        SessionFactory(
            event=event,
            name=f"Knots & <b>{number}</b> \u05e9",
            capacity=(1, 3, 40)[number % 3],
            starts_at=at(9 + number // 2),
            ends_at=at(10 + number // 2),
            track=track if number % 4 == 0 else None,
            sold_out_message="Come at <noon>." if number == 3 else "",
        )
        for number in range(10)
    ]
    fill(made[3])
    return made


def by_draft(event: Event, client: Client) -> Callable[[Session, str], str]:
    """Addresses of a newcomer's buttons."""
    return lambda session, verb: reverse("draft_seat", args=[event.slug, session.uuid, verb])


def by_link(event: Event, client: Client) -> Callable[[Session, str], str]:
    """Addresses of the buttons of somebody registered."""
    bob, last = Attendee("bob@example.com", "Bob", "Case"), event.sessions.order_by("pk")[9]
    registration: EventRegistration = registered(event, bob, last)
    client.get(mine("manage", registration))
    return lambda session, verb: mine("manage_seat", registration, session.uuid, verb)


FORM = re.compile(r'action="[^"]+/([0-9a-f-]{36})/([a-z]+)/"(.*?)</form>', re.DOTALL)


TOKEN = re.compile(r'csrfmiddlewaretoken" value="(\w+)"')


def test_forms_of_the_answer_have_the_token_that_let_the_press_in(
    event: Event, programme: list[Session]
) -> None:
    browser = Client(enforce_csrf_checks=True)
    token = TOKEN.findall(browser.get(LIST).content.decode())[0]
    address, secret = by_draft(event, browser), browser.cookies["csrftoken"].value
    for sent, is_masked in ((token, True), (secret, False)):
        form = {"next": LIST, "csrfmiddlewaretoken": sent}
        answer = browser.post(address(programme[0], "add"), form, headers={"HX-Request": "true"})
        [given] = set(TOKEN.findall(answer.content.decode()))
        # The bare secret is never put on a page, whoever sends it.
        assert (given == token, secret in answer.content.decode()) == (is_masked, False)
        again = {"next": LIST, "csrfmiddlewaretoken": given}
        assert browser.post(address(programme[1], "add"), again).status_code == 302


@pytest.mark.parametrize("of", [by_draft, by_link])
def test_answer_is_what_differs_between_the_page_before_and_the_page_after(
    client: Client, event: Event, programme: list[Session], of: Callable[..., Callable[[Session, str], str]]
) -> None:
    address, chance = of(event, client), random.Random(5)
    shown, verbs = ",".join(str(one.uuid) for one in programme), set()
    by_key = {str(one.uuid): one for one in programme}
    for _press in range(14):
        before = client.get(LIST).content.decode()
        key, verb, form = chance.choice(FORM.findall(before))
        give_up = re.findall(r'name="give_up" value="([^"]+)"', form)
        sent = {"next": LIST, "shown": shown} | ({"give_up": give_up[0]} if give_up else {})
        answer = client.post(address(by_key[key], verb), sent, headers={"HX-Request": "true"})
        after, said = client.get(LIST).content.decode(), answer.content.decode()
        assert answer.status_code == 200
        then, now, sent_back = states_in(before), states_in(after), states_in(said)
        pressed = f"seat-{key}"
        changed = {name for name in now if now[name] != then[name]} | {pressed}
        # A button where somebody waits may say the same: their place in line is read anew.
        assert changed <= sent_back.keys()
        assert {name for name in sent_back.keys() - changed if "tone-waiting" not in now[name]} == set()
        assert {name: sent_back[name] for name in sent_back.keys() - {pressed}} == {
            name: now[name] for name in sent_back.keys() - {pressed}
        }
        # The row itself says what did happen, and "Undo".
        if verb in {"add", "join"}:
            assert sent_back[pressed] == now[pressed]
        assert summary_in(said) == summary_in(after)
        verbs.add(verb)
    assert {"add", "remove"} <= verbs


def test_kept_shapes_say_what_a_template_drawn_anew_says(
    client: Client,
    event: Event,
    programme: list[Session],
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(states, "fragments", Fragments())
    shown = ",".join(str(one.uuid) for one in programme)
    client.post(by_draft(event, client)(programme[0], "add"), {"next": LIST})
    page = client.get(LIST).content.decode()
    for most in (8000, 8000, 0):
        settings.FRAGMENTS_KEPT = most
        rows = client.get("/harbour/live/", {"shown": shown, "next": LIST}).content.decode()
        assert states_in(rows) == states_in(page)


def test_shapes_kept_hold_nothing_of_one_session(
    client: Client, event: Event, programme: list[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Fragments()
    monkeypatch.setattr(states, "fragments", kept)
    address = by_link(event, client)
    shown = ",".join(str(one.uuid) for one in programme)
    for session in programme[::2]:
        client.post(address(session, "add"), {"next": LIST, "shown": shown}, headers={"HX-Request": "true"})
    words = " ".join(kept._kept.values())
    assert 0 < len(kept) <= len(programme)
    assert not [one for one in programme if str(one.uuid) in words or one.name in words]
    assert "/harbour/" not in words


def test_answer_into_a_draft_is_compressed_and_one_by_a_personal_link_is_not(
    client: Client, event: Event, programme: list[Session]
) -> None:
    """There each button's address holds the link: how small the answer becomes must not tell it."""
    headers = {"HX-Request": "true", "Accept-Encoding": "gzip"}
    sent = {"next": LIST, "shown": ",".join(str(one.uuid) for one in programme)}
    answer = client.post(by_draft(event, client)(programme[0], "add"), sent, headers=headers)
    assert "In your agenda" in gzip.decompress(answer.content).decode()
    answer = client.post(by_link(event, client)(programme[0], "add"), sent, headers=headers)
    assert "Content-Encoding" not in answer.headers
    assert "You have a seat" in answer.content.decode()


@pytest.mark.parametrize("is_leaving", [False, True])
def test_draft_with_a_hidden_session_is_shown_alike_with_nothing_kept(
    client: Client, event: Event, programme: list[Session], settings: LazySettings, is_leaving: bool
) -> None:
    address, sent = (
        by_draft(event, client),
        {"next": LIST, "shown": ",".join(str(one.uuid) for one in programme)},
    )
    client.post(address(programme[0], "add"), sent)
    Session.objects.filter(pk=programme[0].pk).update(session_status=Session.Status.APPROVED)
    session, verb = (programme[0], "remove") if is_leaving else (programme[4], "add")
    found = []
    for most in (8000, 0):
        settings.FRAGMENTS_KEPT = most
        client.get(LIST)
        page = client.post(address(session, verb), sent, headers={"HX-Request": "true"}).content.decode()
        found.append((states_in(page), summary_in(page), client.get("/harbour/agenda/").status_code))
    assert found[0] == found[1]
    assert (programme[0].name.split()[0] in str(summary_in(page))) is not is_leaving
