"""The feed: everything that happened, in order and without gaps, page by page, to be read as often as one likes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from registrations.actions.sending.numbering import number_ledger
from registrations.models.webhooks import is_wanted
from registrations.queries.feed import newest_number, number_of, numbered_after
from registrations.webhooks.facts import PayloadFacts
from registrations.webhooks.payloads import told_of
from registrations.webhooks.shapes import envelope


@dataclass(frozen=True)
class Page:
    """Some messages in their order, the number after which the next page begins, and whether more is known now."""

    items: list[dict[str, Any]]
    position: int
    has_more: bool


def page_after(
    position: int, most: int, *, events: Collection[int] | None = None, names: Collection[str] = ("*",)
) -> Page:
    """Return what `most` lines of the ledger say after this number; of these events only, None for all.

    One line says up to three things, or nothing to other systems. Everything committed before the call is on this
    page or a later one. In as few queries for many lines as for one.
    """
    has_more = number_ledger()
    # Before the lines are read: up to here nothing can appear any more.
    newest = newest_number()
    rows = numbered_after(position, events, most + 1)
    shown = rows[:most]
    facts = PayloadFacts.about(shown)
    items = [
        envelope(name, row, data)
        for row in shown
        for name, data in told_of(row, facts)
        if is_wanted(name, names)
    ]
    if len(rows) > most:
        return Page(items, number_of(shown[-1]), has_more=True)
    return Page(items, max([position, newest, *(number_of(row) for row in shown)]), has_more)
