"""What may be offered instead of a session that was refused."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from registrations import sql
from sessions_app.models import Session

MOST_OFFERED = 3
# Enough that three of them fit beside a full agenda; each costs the refused person's answer a little.
LOOKED_AT = 20
NEAR = timedelta(hours=4)


def alternatives_to(
    session: Session, *, held: Collection[Session], at: datetime, leave_out: Collection[int] = ()
) -> list[Session]:
    """Up to three live sessions with a free seat that are not in `held` and clash with nothing there.

    Those of `leave_out` (ids) are not offered: what was asked for, or given up, in the same breath is no news.
    A repeat of the same session comes first, then the same track, then what is nearest in the programme.
    """
    known = {*leave_out, *(mine.pk for mine in held)}
    others = sql.offers_instead_of(session, at=at, near=NEAR, most=LOOKED_AT + len(known))
    fitting = [
        other for other in others if other.pk not in known and not any(other.blocks(mine) for mine in held)
    ]
    return fitting[:MOST_OFFERED]
