"""The public number is there: what the draw decides by it is kept, and stays with the desk until it is published."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import Actor
from events.errors import Invalid
from events.retrying import action
from registrations import sql
from registrations.actions.draws._states import locked_draw
from registrations.actions.journal import Journal
from registrations.draw import snake
from registrations.models import Activity, Draw, DrawDecision, Ticket


@action
def enter_public_number(draw: Draw, number: str, *, actor: Actor, at: datetime | None = None) -> Draw:
    """Let this public number decide the draw; return the draw, with every decision kept.

    Spaces around the number, and several between its parts, make no difference. The same number again changes
    nothing; another one, before publishing, corrects what was mistyped, and the ledger keeps both. Raises Invalid
    before the wishes are frozen, once publishing has begun, and for a number that cannot be one.
    """
    at = at or timezone.now()
    try:
        public = snake.normalised(number)
    except snake.BadNumber as problem:
        words = _("Type the public number as it was announced: digits, letters and signs, at most 200.")
        raise Invalid(words, fields={"public_number": [words]}) from problem
    with transaction.atomic(durable=True):
        fresh = locked_draw(draw)
        _check_may_be_decided(fresh)
        if fresh.public_number == public:
            return actor.done(fresh)
        before, fresh.public_number = fresh.public_number, public
        _decide(fresh, at)
        journal = Journal(actor, at, {})
        detail = {"draw": fresh.pk, "public_number": public, **({"before": before} if before else {})}
        journal.note(Activity.Verb.DRAWN, fresh.event, detail=detail)
        journal.write()
        actor.done(fresh)
    return fresh


def _check_may_be_decided(draw: Draw) -> None:
    if draw.state == Draw.State.OPEN:
        raise Invalid(
            _("The wishes are not frozen yet: the number may be entered once their hash is published.")
        )
    if draw.state == Draw.State.CANCELLED:
        raise Invalid(_("This draw was cancelled."))
    if draw.state not in {Draw.State.FROZEN, Draw.State.DRAWN}:
        raise Invalid(_("The result of this draw is published already. Plan another draw for what is left."))


def _decide(draw: Draw, at: datetime) -> None:
    """Write what the frozen file and the number decide, instead of anything decided before. Needs: the draw."""
    text = draw.frozen_file
    draw.seed = snake.seed(text, draw.public_number)
    world = snake.read(text)
    codes = dict(Ticket.objects.filter(draw=draw).values_list("code", "pk"))
    _number_tickets(
        draw, {codes[one.code]: n for n, one in enumerate(snake.order(draw.seed, world.tickets), 1)}
    )
    numbered = dict(draw.draw_sessions.exclude(number=None).values_list("number", "session_id"))
    decided = snake.decide(world, draw.seed)
    DrawDecision.objects.filter(draw=draw).delete()
    sql.insert(
        [
            sql.new_row(
                DrawDecision,
                draw_id=draw.pk,
                number=number,
                ticket_id=codes[one.ticket],
                session_id=numbered[one.session],
                round=one.round,
                rank=one.rank,
                verdict=one.verdict,
            )
            for number, one in enumerate(decided, 1)
        ]
    )
    draw.state, draw.drawn_at = Draw.State.DRAWN, at
    draw.save(update_fields=["public_number", "seed", "state", "drawn_at", "updated_at"])


def _number_tickets(draw: Draw, places: dict[int, int]) -> None:
    """Give each ticket its place in the drawn order."""
    Ticket.objects.filter(draw=draw).update(place=None)
    rows = [Ticket(pk=pk, place=place) for pk, place in places.items()]
    Ticket.objects.bulk_update(rows, ["place"], batch_size=500)
