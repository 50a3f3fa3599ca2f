"""Alternatives to a session that was refused."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from registrations import rules, sql
from registrations.rules.doors import CLAIM
from registrations.rules.standing import Standing
from sessions_app.models import Session

MOST_OFFERED = 3
# Enough that three of them fit beside a full agenda; each costs the refused person's answer a little.
LOOKED_AT = 20
NEAR = timedelta(hours=4)


def alternatives_to(
    session: Session,
    standing: Standing,
    *,
    held: Collection[Session],
    at: datetime,
    leave_out: Collection[int] = (),
) -> list[Session]:
    """Up to three live sessions that are not in `held`, and that the one list refuses to nobody of this standing.

    Those of `leave_out` (ids) are not offered: what was asked for, or given up, in the same breath is no news.
    A repeat of the same session comes first, then the same track, then what is nearest in the programme.
    """
    if rules.first_refusal(rules.refusals_to_open(session.event, at), CLAIM) is not None:
        # Whatever is asked next is refused for the same reason.
        return []
    known = {*leave_out, *(mine.pk for mine in held), *standing.items}
    fitting = []
    for other in sql.offers_instead_of(session, at=at, near=NEAR, most=LOOKED_AT + len(known)):
        refusals = rules.refusals_to_seat(other, standing, held, at=at)
        if other.pk not in known and rules.first_refusal(refusals, CLAIM) is None:
            fitting.append(other)
        if len(fitting) == MOST_OFFERED:
            break
    return fitting
