"""Pages of those who speak at an event: all of them by letter, and each with their sessions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from events.middleware import allow_compression
from events.models import Event
from events.ranking import folded
from events.replica import newcomers_read_replica
from registrations.website.own_parts import own_parts
from registrations.website.phases import phase_of
from registrations.website.refusals import at_event
from registrations.website.rows import rows_of
from registrations.website.seats import seats_for
from registrations.website.shown_programme import sessions_now
from registrations.website.skeletons import Holes, Sketch, answer, drawn, form_token, sketch_of
from registrations.website.stars import with_stars
from registrations.website.visitor import Visitor, visitor_of
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
    visitor = visitor_of(request, event)
    words = request.GET.get("q", "")[:LONGEST_SEARCH].strip()
    # What was searched for is hardly ever the same again.
    key = None if words else (request.path, phase_of(visitor))
    sketch = sketch_of(event, key, lambda: _list(request, visitor, words))
    return _answer(request, visitor, sketch, {})


def _list(request: HttpRequest, visitor: Visitor, words: str) -> Sketch:
    event = visitor.event
    live = Session.objects.live().filter(event=event)
    speaking = Speaker.speaking_at(live).select_related("picture").defer("biography", "links")
    found = _found(event, speaking, words) if words else sorted(speaking, key=_by_name)
    context = {
        "event": event,
        "visitor": visitor,
        "words": words,
        "speakers": found,
        "letters": _letters(found) if not words and len(found) >= LETTERS_FROM else [],
    }
    return drawn(request, "speaker_list.html", context)


@newcomers_read_replica
@at_event
def speaker_page(request: HttpRequest, event: Event, code: str) -> HttpResponse:
    """The page of one speaker: who they are, where to read more, and their sessions with the buttons of any list."""
    visitor = visitor_of(request, event)
    key = (request.path, phase_of(visitor))
    sketch = sketch_of(event, key, lambda: _page(request, visitor, code))
    keys: dict[date, list[int]] = sketch.data
    sessions = sessions_now(event, [pk for of_day in keys.values() for pk in of_day])
    seats = {seat.session.pk: seat for seat in with_stars(visitor, seats_for(visitor, sessions))}
    token = form_token(request)

    def rows(of_day: list[int]) -> str:
        return rows_of([seats[pk] for pk in of_day if pk in seats], event, request.path, token)

    holes = {f"rows-{day.isoformat()}": partial(rows, of_day) for day, of_day in keys.items()}
    return _answer(request, visitor, sketch, holes)


def _page(request: HttpRequest, visitor: Visitor, code: str) -> Sketch:
    event = visitor.event
    speaker = Speaker.objects.select_related("picture").filter(event=event, code=code).first()
    rows = Session.objects.live().filter(event=event, speakers=speaker) if speaker else Session.objects.none()
    days: dict[date, list[int]] = {}
    for session in rows.only("date", "starts_at", "event").in_programme_order():
        session.event = event
        days.setdefault(session.day, []).append(session.pk)
    if speaker is None or not days:
        raise Http404("No such speaker")
    days = dict(sorted(days.items()))
    context = {"event": event, "visitor": visitor, "speaker": speaker, "days": days}
    return drawn(request, "speaker_page.html", context, days)


def _answer(request: HttpRequest, visitor: Visitor, sketch: Sketch, holes: Holes) -> HttpResponse:
    response = answer(request, sketch, {**own_parts(visitor), **holes}, here=request.path)
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
