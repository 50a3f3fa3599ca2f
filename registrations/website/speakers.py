"""Pages of those who speak at an event: all of them by letter, and each with their sessions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from events.middleware import allow_compression
from events.models import Event
from events.ranking import folded
from events.replica import newcomers_read_replica
from registrations.website.programme_days import by_day, with_speakers
from registrations.website.refusals import at_event
from registrations.website.seats import seats_for
from registrations.website.stars import with_stars
from registrations.website.summary import summary_of
from registrations.website.visitor import visitor_of
from sessions_app.models import Session, Speaker
from sessions_app.queries import find_speakers

# Fewer are seen at one glance, and need no letters to jump to.
LETTERS_FROM = 30
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Letter:
    """The speakers whose names begin with one letter; `anchor` is its place on the page."""

    letter: str
    speakers: list[Speaker]

    @property
    def anchor(self) -> str:
        """A name for the place that any browser takes, whatever the letter."""
        return f"letter-{ord(self.letter):x}"


@newcomers_read_replica
@at_event
def speaker_list(request: HttpRequest, event: Event) -> HttpResponse:
    """The page of all who speak at a session that is shown, by letter; or those whom the words in `q` mean."""
    words = request.GET.get("q", "")[:LONGEST_SEARCH].strip()
    live = Session.objects.live().filter(event=event)
    speaking = Speaker.speaking_at(live).select_related("picture").defer("biography", "links")
    found = _found(event, speaking, words) if words else sorted(speaking, key=_by_name)
    visitor = visitor_of(request, event)
    context = {
        "event": event,
        "visitor": visitor,
        "summary": summary_of(visitor),
        "words": words,
        "speakers": found,
        "letters": _letters(found) if not words and len(found) >= LETTERS_FROM else [],
    }
    response = render(request, "website/speaker_list.html", context)
    if visitor.registration is None:
        allow_compression(response)
    return response


@newcomers_read_replica
@at_event
def speaker_page(request: HttpRequest, event: Event, code: str) -> HttpResponse:
    """The page of one speaker: who they are, where to read more, and their sessions with the buttons of any list."""
    speaker = Speaker.objects.select_related("picture").filter(event=event, code=code).first()
    rows = Session.objects.live().filter(event=event, speakers=speaker) if speaker else Session.objects.none()
    related = rows.select_related("seats", "room", "building", "track").defer("description")
    sessions = with_speakers(related.in_programme_order())
    if speaker is None or not sessions:
        raise Http404("No such speaker")
    for session in sessions:
        session.event = event
    visitor = visitor_of(request, event)
    context = {
        "event": event,
        "visitor": visitor,
        "summary": summary_of(visitor),
        "speaker": speaker,
        "days": by_day(with_stars(visitor, seats_for(visitor, sessions))),
        "here": request.path,
    }
    response = render(request, "website/speaker_page.html", context)
    if visitor.registration is None:
        allow_compression(response)
    return response


def _found(event: Event, speaking: QuerySet[Speaker], words: str) -> list[Speaker]:
    keys = find_speakers(event, words).keys
    rows = speaking.in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def _by_name(speaker: Speaker) -> tuple[str, int]:
    return folded(speaker.name), speaker.pk


def _letters(speakers: Iterable[Speaker]) -> list[Letter]:
    """The speakers by the first letter of their names, accents off; what begins with none of them stands under “#”."""
    letters: dict[str, list[Speaker]] = {}
    for speaker in speakers:
        first = folded(speaker.name)[:1].upper()[:1]
        letters.setdefault(first if first.isalpha() else "#", []).append(speaker)
    in_order = sorted(letters, key=lambda letter: (letter == "#", letter))
    return [Letter(letter, letters[letter]) for letter in in_order]
