"""What the description of a session says of the words by which it was found, where its row does not say it."""

from __future__ import annotations

from functools import lru_cache

from events.markdown import plain_text
from events.ranking import excerpt, not_among
from registrations.website.seats import Seat

# To take the signs off a text costs a millisecond, and a page of hits shows fifty of them.
_plain_text = lru_cache(maxsize=2_000)(plain_text)


def excerpt_of(seat: Seat) -> str:
    """A line of the description with the words that neither title, speakers, track nor room hold; else empty."""
    session = seat.session
    said = [session.name, *(speaker.name for speaker in session.speakers.all()), session.track, session.room]
    missing = not_among(seat.beginnings, " · ".join(str(each) for each in said if each))
    return excerpt(_plain_text(session.description), missing) if missing else ""
