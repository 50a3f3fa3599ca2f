"""What somebody in line is told of it beside their place: how it moved, and how waiting ended for others before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registrations.queries import Chance, chances_of, moved_up_lately, positions
from registrations.website.visitor import Visitor
from sessions_app.models import Session
from waitlists.models import WaitlistItem

NOBODY, EVERYBODY = 0, 10


def said_in_line(
    items: Collection[WaitlistItem], places: Mapping[int, int], visitor: Visitor
) -> dict[int, list[str]]:
    """Sentences for each of the visitor's places in line, by item id, in two queries at most."""
    moved, chances = moved_up_lately(items, visitor.at), chances_of(items, places, visitor.at)
    return {item.pk: list(_said(moved.get(item.pk, 0), chances.get(item.pk))) for item in items}


def said_in_line_for(session: Session, visitor: Visitor) -> list[str]:
    """The sentences for the visitor's place in this session's line; none for whoever is not in it."""
    item = visitor.standing.items.get(session.pk)
    if item is None or item.status != WaitlistItem.Status.WAITING:
        return []
    # The page has its seats at hand.
    item.session = session
    return said_in_line([item], positions([item]), visitor)[item.pk]


def _said(moved: int, chance: Chance | None) -> Iterator[str]:
    if moved:
        yield ngettext("Up %(n)d place since yesterday.", "Up %(n)d places since yesterday.", moved) % {
            "n": moved
        }
    if chance is not None:
        yield _of_lines_before(chance)


def _of_lines_before(chance: Chance) -> str:
    if chance.of_ten == NOBODY:
        return _("In lines like this one, hardly anybody at about your place got a seat.")
    if chance.of_ten == EVERYBODY:
        return _("In lines like this one, nearly everybody at about your place got a seat.")
    return _("In lines like this one, %(n)d of 10 people at about your place got a seat.") % {
        "n": chance.of_ten
    }
