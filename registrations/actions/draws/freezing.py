"""Freeze the wishes of a draw whose window has closed: from then on they are a file, and its hash is public."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from events.actors import SYSTEM
from events.retrying import action
from registrations import sql
from registrations.actions.draws._frozen import Freezing
from registrations.actions.draws._states import locked_draw
from registrations.actions.journal import Journal
from registrations.draw import snake
from registrations.models import Activity, Draw, DrawSession

logger = logging.getLogger(__name__)


@action
def freeze(draw: Draw, at: datetime | None = None) -> bool:
    """Write the draw's wishes into its file and publish the file's hash; True if this very call did.

    Who may wish for what is asked of the one list, for everybody who is registered at that moment; whoever is not any
    more is left out. Nothing is done before the window has closed, or once it was done. Nobody is told.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        fresh = locked_draw(draw)
        if fresh.state != Draw.State.OPEN or at < fresh.closes_at:
            return False
        freezing = Freezing(fresh, at)
        world = freezing.world()
        _write(fresh, freezing, snake.write(world), at)
        journal = Journal(SYSTEM, at, {})
        said = {
            "commitment": fresh.commitment,
            "tickets": len(world.tickets),
            "people": len(freezing.holders),
        }
        journal.note(Activity.Verb.DRAW_FROZEN, fresh.event, detail={"draw": fresh.pk, **said})
        journal.write()
    return True


def freeze_due(at: datetime | None = None) -> int:
    """Freeze every draw whose window has closed; return how many. What fails is logged, and tried again."""
    at = at or timezone.now()
    done = 0
    for draw in Draw.objects.to_freeze(at).without_file():
        try:
            done += freeze(draw, at)
        except Exception:
            logger.exception("freezing %s failed; the next round tries again", draw.uuid)
    return done


def _write(draw: Draw, freezing: Freezing, text: str, at: datetime) -> None:
    rows = list(DrawSession.objects.filter(draw=draw))
    for row in rows:
        row.number = freezing.numbers[row.session_id]
    DrawSession.objects.bulk_update(rows, ["number"], batch_size=500)
    sql.freeze_holders({holder.pk: holder.outcome for holder in freezing.holders})
    draw.frozen_file, draw.commitment = text, snake.commitment(text)
    draw.state, draw.frozen_at = Draw.State.FROZEN, at
    draw.save(update_fields=["frozen_file", "commitment", "state", "frozen_at", "updated_at"])
