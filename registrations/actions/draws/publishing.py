"""Publish what a draw decided: seats first, then places in line and one mail for each person, in sets."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import Actor
from events.errors import Invalid
from events.retrying import action
from registrations import sql
from registrations.actions.draws._seating import seat, sessions_given
from registrations.actions.draws._sets import Step, next_set
from registrations.actions.draws._states import locked_draw
from registrations.actions.draws._telling import Order, sessions_missed, tell
from registrations.actions.draws.planning import within_let_go_all
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import lines_to_serve, settle_after_commit
from registrations.models import Activity, Draw, TicketHolder

logger = logging.getLogger(__name__)
# So long whoever clicks waits for it, in seconds; beyond that the worker goes on.
AT_ONCE = 2.0


@action
def publish(draw: Draw, *, actor: Actor, at: datetime | None = None) -> Draw:
    """Begin to give everybody what the draw decided for them, in the name of `actor`; return the draw as it is then.

    Small draws are published when this returns; else the worker goes on until each person has their seats, the places
    in line of wishes that did not come true, and one mail with all of it. Then the sessions are everybody's again, and
    their lines are served. Repeating is harmless. Raises Invalid for a draw that has not been drawn.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        fresh = locked_draw(draw)
        if fresh.state not in {Draw.State.DRAWN, Draw.State.PUBLISHING, Draw.State.PUBLISHED}:
            raise Invalid(_("There is nothing to publish yet: the public number has not been entered."))
        if fresh.state == Draw.State.DRAWN:
            fresh.state, fresh.publishing_at = Draw.State.PUBLISHING, at
            fresh.published_by, fresh.publisher = actor.user, actor.label[:200]
            fresh.save(update_fields=["state", "publishing_at", "published_by", "publisher", "updated_at"])
        actor.done(fresh)
    until = time.monotonic() + AT_ONCE
    try:
        go_on_publishing(fresh, at=at, should_stop=lambda: time.monotonic() > until)
    except Exception:
        # It has begun, and is the worker's from here on.
        logger.exception("publishing %s stopped; the worker goes on", fresh.uuid)
    return Draw.objects.without_file().select_related("event").get(pk=fresh.pk)


def publish_due(*, should_stop: Callable[[], bool] = bool, at: datetime | None = None) -> int:
    """Go on with every draw that is being published; return how many people were served. Any number may at once."""
    done = 0
    draws = Draw.objects.without_file().filter(state=Draw.State.PUBLISHING).select_related("event")
    for draw in draws.order_by("publishing_at", "pk"):
        done += go_on_publishing(draw, at=at, should_stop=should_stop)
    return done


def go_on_publishing(
    draw: Draw, *, at: datetime | None = None, should_stop: Callable[[], bool] = bool
) -> int:
    """Serve set after set until all is published, or `should_stop`; return how many people were served.

    Nobody is put into a line before all seats are given: who waits would be ahead of a seat that was drawn.
    """
    done = 0
    for step in _steps(draw):
        while (served := _one_set(draw, step, at or timezone.now())) is not None:
            done += served
            if should_stop():
                return done
    _finish(draw, at or timezone.now())
    return done


def _steps(draw: Draw) -> Iterator[Step]:
    yield Step("seated_at", sessions_given, seat)
    yield Step("told_at", sessions_missed, partial(tell, Order.of(draw)))


@action
def _one_set(draw: Draw, step: Step, at: datetime) -> int | None:
    """One transaction: some people have theirs afterwards, and are marked; return how many.

    None where nobody waits any more. None of a set may be left, since somebody else served them meanwhile.
    """
    with transaction.atomic(durable=True):
        some = next_set(draw, step, _publisher(draw), at)
        if some is None:
            return None
        step.serve(some)
        some.journal.write()
        sql.mark_holders(step.mark, at, {holder.pk: holder.outcome for holder in some.holders})
    return len(some.holders)


def _publisher(draw: Draw) -> Actor:
    """Whoever clicked, also for what the worker does afterwards."""
    if draw.published_by is not None:
        return Actor.staff(draw.published_by)
    return Actor("api", name=draw.publisher) if draw.publisher else Actor("system")


@action
def _finish(draw: Draw, at: datetime) -> None:
    """Everybody has theirs: what is left is everybody's, and the lines are served."""
    with transaction.atomic(durable=True):
        fresh = locked_draw(draw)
        left = TicketHolder.objects.filter(draw=fresh, is_frozen=True, told_at=None)
        if fresh.state != Draw.State.PUBLISHING or left.exists():
            return
        fresh.state, fresh.published_at = Draw.State.PUBLISHED, at
        fresh.save(update_fields=["state", "published_at", "updated_at"])
        freed = within_let_go_all(fresh)
        to_serve = lines_to_serve(freed)
        journal = Journal(_publisher(fresh), at, {})
        said = {"draw": fresh.pk, "name": fresh.name, "people": fresh_people(fresh)}
        journal.note(Activity.Verb.DRAW_PUBLISHED, fresh.event, detail=said)
        journal.write()
    settle_after_commit(to_serve, (), at, again=freed)


def fresh_people(draw: Draw) -> int:
    """How many people were told what became of their wishes."""
    return TicketHolder.objects.filter(draw=draw).exclude(told_at=None).count()
