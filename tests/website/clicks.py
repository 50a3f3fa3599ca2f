"""What a visitor does, as short words."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, NamedTuple

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from events.limits import TEN_MINUTES, is_allowed
from events.models import Event
from registrations.actions import submit_agenda
from registrations.links import manage_token
from registrations.models import EventRegistration
from registrations.rules.people import Attendee
from registrations.website.programme_days import with_speakers
from registrations.website.seats import seats_for
from registrations.website.stars import with_stars
from registrations.website.visitor import visitor_of
from sessions_app.models import Session
from waitlists.models import WaitlistItem


def text(response: Any) -> str:
    """What a page says, without its markup."""
    page = re.sub(r"<(style|script)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).strip()


def choose(client: Client, *sessions: Session, verb: str = "add", **more: str) -> Any:
    """Press the buttons of these sessions, without JavaScript; return the last answer."""
    response = None
    for session in sessions:
        address = reverse("draft_seat", args=[session.event.slug, session.uuid, verb])
        response = client.post(address, {"next": f"/{session.event.slug}/sessions/", **more})
    return response


_ROW = re.compile(r'<li class="session-row.*?data-session="([0-9a-f-]+)".*?</li>', re.S)


def listed(page: Any) -> list[Any]:
    """The seats that a page of the programme lists: by time, or the best match first.

    They are put together anew for whoever asked; the page says the same of each.
    """
    if page.context and "hits" in page.context:
        return list(page.context["hits"])
    asked = page.wsgi_request
    event = Event.objects.get(slug=asked.path.split("/")[1])
    visitor = visitor_of(asked, event)
    sessions = {str(each.uuid): each for each in with_speakers(Session.objects.filter(event=event))}
    found = []
    for row in _ROW.finditer(page.content.decode()):
        session = sessions[row[1]]
        session.event = event
        [seat] = with_stars(visitor, seats_for(visitor, [session]))
        assert f'data-state="{seat.state}"' in row[0]
        assert all(escape(words) in row[0] for words in (session.name, seat.words, seat.note, *seat.walks))
        found.append(seat)
    return found


_OUTCOME = re.compile(
    r'<li class="result-row.*?result-words">(.*?)</p>\s*<h2><bdi>(.*?)</bdi>(.*?)(?=<li class="result-row|</main>)',
    re.S,
)


class OutcomeSaid(NamedTuple):
    """What the result page says became of one wish, and the addresses of what it offers instead."""

    name: str
    words: str
    offered: list[str]


def outcomes(page: Any) -> list[OutcomeSaid]:
    """The lines of the result page."""
    found = _OUTCOME.findall(page.content.decode())
    return [
        OutcomeSaid(unescape(name), unescape(words), re.findall(r'<form[^>]*?\saction="([^"]+)"', rest))
        for words, name, rest in found
    ]


def key_of(page: Any) -> str:
    """By what the page's form is known where it is sent twice."""
    [key] = re.findall(r'name="key" value="([^"]+)"', page.content.decode())
    return key


def finish(client: Client, event: Event, who: Attendee, **more: str) -> Any:
    """Send the form that finishes a registration; return what is shown then, where something in it is wrong."""
    form = {"first_name": who.first_name, "last_name": who.last_name, "email": who.email, "wait": "on"}
    answer = client.post(reverse("finish_registration", args=[event.slug]), {**form, **more})
    return client.get(answer.url) if answer.status_code == 303 else answer


def registered(event: Event, who: Attendee, *sessions: Session, wait: bool = False) -> EventRegistration:
    """Register somebody by the one door."""
    registration = submit_agenda(event, who, sessions, wait=wait).registration
    assert registration is not None
    return registration


def mine(name: str, registration: EventRegistration, *more: object) -> str:
    """An address behind the personal link."""
    return reverse(name, args=[registration.event.slug, manage_token(registration), *more])


def chosen(client: Client, event: Event) -> list[str]:
    """The sessions on the visitor's agenda page, in its order."""
    page = client.get(reverse("agenda", args=[event.slug]))
    return [seat.session.name for _day, seats in page.context["days"] for seat in seats]


def held(who: Attendee) -> list[str]:
    """The sessions in which somebody has a seat, by time."""
    rows = EventRegistration.objects.filter(contact__email=who.email)
    live = rows.filter(session_registrations__cancelled_at=None).order_by(
        "session_registrations__session__starts_at"
    )
    names = live.values_list("session_registrations__session__name", flat=True)
    return [name for name in names if name]


def waits(who: Attendee) -> list[str]:
    """The sessions for which somebody waits, or is invited."""
    items = WaitlistItem.objects.open().filter(contact__email=who.email).in_line()
    return [item.session.name if item.session else "the event" for item in items]


def use_up(what: str) -> None:
    """Let the tests' own network address have asked as often as it may."""
    for _time in range(settings.TRIES_PER_NETWORK_ADDRESS):
        is_allowed(what, "127.0.0.1", settings.TRIES_PER_NETWORK_ADDRESS, TEN_MINUTES)
