"""What other systems are told of a draw: its record as it was when its wishes were frozen, and when it decided.

From freezing on nothing that was planned changes, so what is known by now says what was so then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from events.api.serializers import instant
from registrations.models import Activity, Draw, DrawSession, WebhookEvent

Verb = Activity.Verb
_TOLD = {
    Verb.DRAW_FROZEN: (WebhookEvent.DRAW_FROZEN, "frozen"),
    Verb.DRAWN: (WebhookEvent.DRAW_DRAWN, "drawn"),
    Verb.DRAW_PUBLISHED: (WebhookEvent.DRAW_PUBLISHED, "published"),
    Verb.DRAW_CANCELLED: (WebhookEvent.DRAW_CANCELLED, "cancelled"),
}
ABOUT_DRAWS = frozenset(_TOLD)


def draws_of(rows: Iterable[Activity]) -> dict[int, Draw]:
    """Return the draws that these ledger rows are about, with the ids of their sessions; of none without a query."""
    ids = {row.detail.get("draw") for row in rows if row.verb in ABOUT_DRAWS}
    if not ids:
        return {}
    sessions: dict[int, list[int]] = defaultdict(list)
    links = DrawSession.objects.filter(draw__in=ids).order_by("session_id")
    for pk, session in links.values_list("draw_id", "session_id"):
        sessions[pk].append(session)
    found = Draw.objects.without_file().in_bulk(ids)
    for draw in found.values():
        vars(draw)["drawn_sessions"] = sessions[draw.pk]
    return found


def told_of_draw(row: Activity, draws: dict[int, Draw]) -> list[tuple[WebhookEvent, dict[str, Any]]]:
    """Return what is told of this ledger row, which is about a draw."""
    draw = draws.get(row.detail.get("draw", 0))
    if draw is None:
        return []
    name, state = _TOLD[Verb(row.verb)]
    return [(name, _data(draw, row, state))]


def _data(draw: Draw, row: Activity, state: str) -> dict[str, Any]:
    is_drawn = _then(draw.drawn_at, row.at) is not None
    return {
        "id": draw.pk,
        "secure_id": str(draw.uuid),
        "event_id": draw.event_id,
        "name": draw.name,
        "state": state,
        "session_ids": vars(draw)["drawn_sessions"],
        "opens_at": instant(draw.opens_at),
        "closes_at": instant(draw.closes_at),
        "rule": draw.rule,
        "most_seats": draw.most_seats,
        "number_source": draw.number_source,
        "public_number": draw.public_number if is_drawn else "",
        "commitment": draw.commitment,
        "seed": draw.seed if is_drawn else "",
        "frozen_at": _then(draw.frozen_at, row.at),
        "drawn_at": _then(draw.drawn_at, row.at),
        "published_at": _then(draw.published_at, row.at),
        "cancelled_at": _then(draw.cancelled_at, row.at),
        "cause": row.verb,
    }


def _then(moment: datetime | None, at: datetime) -> str | None:
    """The moment, where it had come by then."""
    return instant(moment) if moment is not None and moment <= at else None
