"""Badges: what stands on one, and how many at a time are put on pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from events.models import Event
from registrations import door_codes
from registrations.admin.printing.people import in_sets, names_of, passes_of, seats_of
from registrations.models import EventRegistration

# The first name is as large as its letters allow, within these (`static/css/print.css` knows each of them).
FEWEST_LETTERS, MOST_LETTERS = 4, 20
# What has room at the foot of a badge; the others are counted.
TRACKS_SHOWN = 4


@dataclass(frozen=True)
class Badge:
    """One person's badge."""

    first: str
    last: str
    company: str
    event_pass: str
    # Name and colour of each track that the person has a seat in.
    tracks: Sequence[tuple[str, str]]
    code: str = ""

    @property
    def letters(self) -> int:
        """By how many letters the first name is sized."""
        return min(MOST_LETTERS, max(FEWEST_LETTERS, len(self.first)))

    @property
    def tracks_shown(self) -> Sequence[tuple[str, str]]:
        """The tracks that are named."""
        return self.tracks[:TRACKS_SHOWN]

    @property
    def more_tracks(self) -> int:
        """How many are not."""
        return len(self.tracks) - len(self.tracks_shown)

    @property
    def qr(self) -> SafeString:
        """The door code as a QR code; nothing where the badge has none."""
        return door_codes.qr_svg(self.code) if self.code else SafeString("")


def badges_of(event: Event, keys: Sequence[int], *, with_code: bool = True) -> Iterator[list[Badge]]:
    """The badges of these people, in sets."""
    for people in in_sets(keys):
        yield _badges(event, people, with_code=with_code)


def _badges(event: Event, people: Sequence[EventRegistration], *, with_code: bool) -> list[Badge]:
    tracks, passes = _tracks_of(event, people), passes_of(people)
    return [
        Badge(
            *names_of(each),
            each.company,
            passes.get(each.pk, ""),
            tracks.get(each.pk, []),
            (each.door_code or "") if with_code else "",
        )
        for each in people
    ]


def _tracks_of(event: Event, people: Sequence[EventRegistration]) -> dict[int, list[tuple[str, str]]]:
    """The tracks of each one's sessions, in the programme's order, once each."""
    held = seats_of(event.pk, people).exclude(session__track=None)
    columns = ("event_registration", "session__track__name", "session__track__colour")
    found: dict[int, dict[tuple[str, str], Any]] = {}
    ordered = held.order_by("session__track__position", "session__track")
    for pk, name, colour in ordered.values_list(*columns).distinct():
        found.setdefault(pk, {})[name, colour] = None
    return {pk: list(each) for pk, each in found.items()}
