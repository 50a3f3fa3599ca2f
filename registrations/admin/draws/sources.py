"""Public numbers that a draw may hang on, said so exactly that everybody finds the same one.

Nobody may know the number before the wishes are frozen, and everybody can look it up afterwards.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events.models import Event

# The beacon "quicknet" of drand: a round every three seconds since this moment, each fixed for good.
_BEACON_BEGAN = datetime.fromtimestamp(1_692_803_367, UTC)
_BEACON_EVERY = timedelta(seconds=3)
# After the wishes are frozen, and time for the organizer to say so.
_LATER = timedelta(hours=1)
_SATURDAY = 5


def beacon_round(at: datetime) -> int:
    """The number of the beacon's round that appears at this moment, or next after it."""
    return -((_BEACON_BEGAN - at) // _BEACON_EVERY) + 1


def beacon(event: Event, closes_at: datetime) -> str:
    """A round of a public randomness beacon, an hour after the wishes close."""
    number = beacon_round(closes_at + _LATER)
    appears = (_BEACON_BEGAN + (number - 1) * _BEACON_EVERY).astimezone(event.zone)
    return _(
        "The randomness of round %(number)d of drand's beacon “quicknet” (64 hexadecimal digits), which appears on "
        "%(day)s at %(time)s (%(zone)s)."
    ) % {
        "number": number,
        "day": date_format(appears, "j F Y"),
        "time": date_format(appears, "H:i:s"),
        "zone": event.timezone,
    }


def lottery(event: Event, closes_at: datetime) -> str:
    """The numbers of a lottery on the first Saturday that begins after the wishes close."""
    day = closes_at.astimezone(event.zone).date() + timedelta(days=1)
    day += timedelta(days=(_SATURDAY - day.weekday()) % 7)
    return _(
        "The winning numbers of the national lottery drawn on Saturday %(day)s, without bonus numbers, in rising "
        "order with one space between them."
    ) % {"day": date_format(day, "j F Y")}


SOURCES = {"beacon": beacon, "lottery": lottery}
