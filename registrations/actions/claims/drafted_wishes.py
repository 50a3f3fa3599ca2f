"""Wishes of somebody who has given no name yet: lines of their draft, whose order is theirs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction

from registrations.models import AgendaDraft, AgendaDraftLine
from sessions_app.models import Session


def order_drafted_wishes(
    draft: AgendaDraft, wishes: Sequence[Session], instead_of: Collection[Session]
) -> None:
    """Let the draft hold these wishes in this order, in place of the others; its other lines stay as they are."""
    with transaction.atomic():
        draft.lines.filter(session__in=[each.pk for each in (*instead_of, *wishes)]).delete()
        lines = [AgendaDraftLine(draft=draft, session=session) for session in wishes]
        # Pressed twice at once: the other press has put the line there.
        AgendaDraftLine.objects.bulk_create(lines, ignore_conflicts=True)
