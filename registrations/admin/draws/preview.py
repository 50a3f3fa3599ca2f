"""What a draw gives to whom, beside first-come: bars, sessions with what is left, and who gets nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.admin import words
from events.admin.verbs import change_url
from registrations.admin.overview.drawing import Bar, bars
from registrations.models import Draw, TicketHolder
from registrations.queries.draw_preview import Preview
from registrations.queries.draw_standing import WishedFor, wished_for

# How many of those without anything are named on the page.
MOST_NAMED = 100
WHOLE = 100


@dataclass(frozen=True)
class SessionLine:
    """One session of the draw: its seats, who wishes for it, and what it gives; the last two once it is known."""

    name: str
    url: str
    hours: str
    seats: str
    wished: str
    given: str
    left: str


def session_lines(draw: Draw, preview: Preview | None) -> list[SessionLine]:
    """Each session of the draw, in the order of the programme."""
    return [_line(draw, one, preview) for one in wished_for(draw)]


def _line(draw: Draw, one: WishedFor, preview: Preview | None) -> SessionLine:
    session, given, left = one.row.session, "", ""
    session.event = draw.event
    wished = ngettext("%(n)d person", "%(n)d people", one.people) % {"n": one.people}
    first = ngettext("dearest of %(n)d", "dearest of %(n)d", one.first) % {"n": one.first}
    if preview is not None and one.row.number is not None:
        seats = preview.one.given.get(one.row.number, 0)
        given = str(seats)
        free = preview.seats.get(one.row.number)
        left = "∞" if free is None else str(free - seats)
    return SessionLine(
        name=session.name,
        url=change_url(session),
        hours=words.hours(session, draw.event),
        seats=" · ".join([words.taken_of(session.seats), *words.beside(session.seats)]),
        wished=f"{wished} · {first}" if one.people else "–",
        given=given,
        left=left,
    )


def in_one_sentence(preview: Preview) -> str:
    """What the draw is worth, beside first-come."""
    told = {"draw": preview.one.dearest_percent, "first": preview.first_come.dearest_percent}
    if preview.is_example:
        return (
            _(
                "With this draw at least %(draw)d %% get one of their two dearest wishes; first-come would give it to "
                "%(first)d %%."
            )
            % told
        )
    return (
        _(
            "With this draw %(draw)d %% get one of their two dearest wishes; first-come would give it to %(first)d %%."
        )
        % told
    )


def drawing(preview: Preview) -> SafeString:
    """Four bars: one of the two dearest wishes, and nothing, by the draw and by first-come."""
    first = preview.first_come
    lines = [
        (_("One of the two dearest: this draw"), "taken", preview.one.dearest_percent),
        (_("One of the two dearest: first-come"), "held", first.dearest_percent),
        (_("Nothing: this draw"), "failed", preview.one.nothing_percent),
        (_("Nothing: first-come"), "cancelled", first.nothing_percent),
    ]
    return bars(
        [
            Bar(label, [(kind, percent)], _("%(n)d %% of people") % {"n": percent})
            for label, kind, percent in lines
        ],
        whole=WHOLE,
    )


@dataclass(frozen=True)
class Without:
    """Some of the people who get nothing, with the page of each, and how many there are beside them."""

    people: Sequence[tuple[str, str]]
    more: int


def without_anything(draw: Draw, preview: Preview) -> Without:
    """Who gets none of their wishes, by name."""
    holders = TicketHolder.objects.filter(
        ticket__draw=draw, ticket__code__in=preview.one.without, is_frozen=True
    )
    rows: Any = holders.select_related("registration__contact").order_by(
        "registration__last_name", "registration__first_name", "pk"
    )
    named = [(holder.registration.full_name, change_url(holder.registration)) for holder in rows[:MOST_NAMED]]
    return Without(named, max(0, preview.one.with_nothing - len(named)))
