"""Waiting in words for the person who waits: their place, what will happen, until when, and what is in the way."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.templatetags.seatwise import ordinal
from registrations.rules import registers_automatically, seats_in_the_way
from registrations.rules.outcomes import names_at
from registrations.website.visitor import Visitor
from waitlists.models import WaitlistItem

Code = WaitlistItem.PassedOver
_IN_THE_WAY = {
    Code.REGISTRATION_CANCELLED: gettext_lazy("Your registration at the event is cancelled."),
    Code.PASS_SOLD_OUT: gettext_lazy("Your pass is sold out; you keep your place in line."),
    Code.NOT_IN_PASS: gettext_lazy("Your pass does not include it; you keep your place in line."),
    Code.LIMIT: gettext_lazy(
        "You have as many sessions as one person may choose; you keep your place in line."
    ),
    Code.OVERLAP: gettext_lazy("It overlaps a session that you keep; you keep your place in line as well."),
    Code.TOO_FEW_SEATS: gettext_lazy(
        "There are not enough seats for your whole group yet; you keep your places in line."
    ),
    Code.GROUP: gettext_lazy("Somebody of your group cannot take a seat now; you keep your places in line."),
    Code.PLACE: gettext_lazy(
        "You are further back than you chose to wait; you keep your place, and get a seat only further forward."
    ),
    Code.LATE: gettext_lazy("It starts too soon for what you chose, so you get no seat any more."),
}


def waiting_words(place: int | None) -> str:
    """“You are 4th in line”."""
    if place is None:
        return _("You are on the waitlist")
    return _("You are %(place)s in line") % {"place": ordinal(place)}


def in_the_way_of(item: WaitlistItem) -> str:
    """Why the person was passed over, in a sentence to them; empty where they were not."""
    if item.passed_over_at is None:
        return ""
    return str(_IN_THE_WAY.get(Code(item.passed_over_code or Code.OTHER), item.passed_over_reason))


def what_comes(item: WaitlistItem, visitor: Visitor) -> str:
    """What happens when a seat frees, and until when: registered at once, asked first, or passed over."""
    return " ".join([_when_a_seat_frees(item, visitor), *_conditions(item)])


def _when_a_seat_frees(item: WaitlistItem, visitor: Visitor) -> str:
    in_the_way = seats_in_the_way(item.target, visitor.standing)
    others = {"names": names_at(visitor.event.pk, [seat.session for seat in in_the_way])}
    if in_the_way and item.when_clashing == WaitlistItem.WhenClashing.SKIP:
        return _("It overlaps %(names)s: you get a seat only if you give that up first.") % others
    if not registers_automatically(item, item.target):
        return _("We will ask you by mail as soon as a seat frees.")
    if not in_the_way:
        return _("We will register you as soon as a seat frees.")
    if item.when_clashing == WaitlistItem.WhenClashing.SWAP:
        return _("As soon as a seat frees you get it and give up %(names)s.") % others
    return _("It overlaps %(names)s: when a seat frees, we ask you by mail whether to swap.") % others


def _conditions(item: WaitlistItem) -> Iterator[str]:
    if item.together is not None:
        yield _("You wait together: all of your group get seats at once.")
    if item.until_hours is not None:
        yield ngettext(
            "You wait until %(n)d hour before the start.",
            "You wait until %(n)d hours before the start.",
            item.until_hours,
        ) % {"n": item.until_hours}
    if item.place_at_most is not None:
        yield _("Only while you are among the first %(n)d.") % {"n": item.place_at_most}
