"""What somebody who waits may choose: how the seat reaches them, and until when they want it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from events.errors import Invalid
from waitlists.models import MOST_UNTIL_HOURS, WaitlistItem
from waitlists.rules import Target, gives_up_at

WhenClashing = WaitlistItem.WhenClashing
LARGEST_PLACE = 50_000
_HOURS = _("Give a whole number of hours from 1 to %(n)d.")
_PLACE = _("Give a whole number from 1 to %(n)d.")
_TOO_FAR = _(
    "You would be number %(place)d in line, and chose to wait only among the first %(n)d. Nothing was changed."
)
_TOO_LATE = _("It starts in less than %(n)d hours already. Choose fewer hours.")


@dataclass(frozen=True)
class Choices:
    """One person's choices for one place in line.

    `automatically_register` counts only where the target leaves it to the person; None stands for yes. `place_at_most`
    lets them wait only while their place is at most so far back; at `until_hours` before the start they give up.
    """

    automatically_register: bool | None = None
    when_clashing: WaitlistItem.WhenClashing = field(default=WhenClashing.ASK)
    place_at_most: int | None = None
    until_hours: int | None = None

    @classmethod
    def of(cls, item: WaitlistItem) -> Choices:
        """Return what was chosen for this item."""
        return cls(
            item.automatically_register,
            WhenClashing(item.when_clashing),
            item.place_at_most,
            item.until_hours,
        )

    def check(self) -> None:
        """Raise Invalid for numbers that make no sense."""
        if self.place_at_most is not None and not 1 <= self.place_at_most <= LARGEST_PLACE:
            raise Invalid(fields={"place_at_most": [_PLACE % {"n": LARGEST_PLACE}]})
        if self.until_hours is not None and not 1 <= self.until_hours <= MOST_UNTIL_HOURS:
            raise Invalid(fields={"until_hours": [_HOURS % {"n": MOST_UNTIL_HOURS}]})

    def check_in_line(self, target: Target, place: int, at: datetime) -> None:
        """Raise Invalid where somebody at this place would be passed over at once by what they chose."""
        if self.place_at_most is not None and place > self.place_at_most:
            words = _TOO_FAR % {"place": place, "n": self.place_at_most}
            raise Invalid(words, fields={"place_at_most": [words]}, place=place)
        gives_up = gives_up_at(self.until_hours, target)
        if gives_up is not None and gives_up <= at:
            words = _TOO_LATE % {"n": self.until_hours}
            raise Invalid(words, fields={"until_hours": [words]})

    def as_columns(self) -> dict[str, Any]:
        """The choices as a waitlist item keeps them."""
        return {
            "automatically_register": self.automatically_register is not False,
            "when_clashing": self.when_clashing,
            "place_at_most": self.place_at_most,
            "until_hours": self.until_hours,
        }
