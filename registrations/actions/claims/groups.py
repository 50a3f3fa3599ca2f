"""Register several people in one go."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from events.actors import ATTENDEE, Actor
from events.models import Contact, Event, Pass, SeatCount
from events.retrying import action
from registrations import demand, locks
from registrations.actions.claims._advice import add_advice
from registrations.actions.claims._asked import Wait, WhenClashing
from registrations.actions.claims._group import AskedGroup, Deciding, GroupFacts
from registrations.actions.claims._rows import AgendaRows
from registrations.actions.claims.drafts import draft_for, finish_draft
from registrations.actions.claims.event_level import within_confirm, within_wait
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import settle_after_commit
from registrations.models import EventRegistration
from registrations.rules.groups import GroupResult, Member, MemberResult
from registrations.rules.outcomes import Outcome

_IN_LINE = {Outcome.WAITLISTED, Outcome.ON_HOLD}


@action
def register_group(
    event: Event,
    members: Sequence[Member],
    *,
    key: str | None = None,
    together: Collection[int | None] = (),
    wait: Wait = False,
    wait_together: bool = False,
    automatically_register: bool | None = None,
    when_clashing: WhenClashing = WhenClashing.ASK,
    event_pass: Pass | None = None,
    complimentary: str = "",
    preview: bool = False,
    actor: Actor = ATTENDEE,
    notify: bool = True,
    at: datetime | None = None,
) -> GroupResult:
    """Register everybody of `members` at the event, each with their own sessions, in the order entered.

    Afterwards each has a registration of their own, which says who registered them (the first does), and one mail.
    Whoever comes later may wait where the first was seated. In the sessions of `together` (None is the event itself)
    all who wish so have a seat, or nobody takes one; with `wait_together` they wait in a session's line then, linked,
    to be served in one go. Where somebody would get nothing at all, nothing is changed for anybody. Whoever is
    registered already, or holds a seat at another event that is in the way, is left as they are, and named by
    `known_at`: the visitor is not proved to be them. `key` is the draft's token: the same form sent again changes
    nothing (`is_repeated`). One transaction; a preview locks and changes nothing.

    By another system's hand a pass with a price makes an order for each, owed or `complimentary` for this reason.
    Raises Invalid for more people than the event allows, for an address named twice, and with what `submit_agenda` or
    `register_for_event` raise for one person; `person` in the refusal's data says for whom, counted from 0.
    """
    at, how = at or timezone.now(), (wait, automatically_register, when_clashing, event_pass, complimentary)
    asked = AskedGroup(event, members, actor, at, frozenset(together), wait_together, *how)
    asked.check()
    with demand.noting(event.pk, actor, at):
        result = _preview(asked) if preview else _registered(asked, key, notify)
    if not preview:
        demand.note_lines(event.pk, result.lines, actor, at)
    return result


def _preview(asked: AskedGroup) -> GroupResult:
    """What the act would answer, read without any lock."""
    addresses = [member.attendee.email for member in asked.members]
    contacts = {one.email: one for one in Contact.objects.filter(email__in=addresses)}
    facts = GroupFacts(asked, contacts, _read)
    result = Deciding(asked, facts).decide()
    if not result.applied:
        _advise(result, facts, asked.at)
    return result


def _read(seat_ids: Collection[int]) -> dict[int, SeatCount]:
    return SeatCount.objects.in_bulk(seat_ids)


def _registered(asked: AskedGroup, key: str | None, notify: bool) -> GroupResult:
    with transaction.atomic(durable=True):
        contacts = locks.lock_attendees(member.attendee for member in asked.members)
        # Under the locks: of the same form sent twice at once, the second waits here, and finds the first one's work.
        draft = draft_for(asked.event, key)
        if draft is not None and draft.is_finished:
            transaction.set_rollback(True)
            return GroupResult([], applied=True, is_repeated=True)
        facts = GroupFacts(asked, contacts, locks.lock_seats)
        result = Deciding(asked, facts).decide()
        if not result.applied:
            _advise(result, facts, asked.at)
            transaction.set_rollback(True)
            return result
        journal = Journal(asked.actor, asked.at, facts.seats, notify, complimentary=asked.complimentary)
        _write(journal, asked, facts, contacts, result)
        journal.write()
        finish_draft(asked.event, key, result.members[0].registration, result.recorded)
        asked.actor.done(result)
    # Seats that are too few for those who wait together are open to others again.
    settle_after_commit(facts.seats_of(result.apart) if asked.wait_together else (), (), asked.at)
    return result


def _write(
    journal: Journal,
    asked: AskedGroup,
    facts: GroupFacts,
    contacts: dict[str, Contact],
    result: GroupResult,
) -> None:
    """Note everything that was decided. Needs: the contacts and the seat counts."""
    first: EventRegistration | None = None
    links = _links_of(result) if asked.wait_together else {}
    for number, one in enumerate(result.members):
        if one.known_at is not None:
            continue
        contact = contacts[one.attendee.email]
        if facts.event.allow_custom_agenda:
            agenda = asked.agenda_of(asked.members[number], result.apart)
            agenda = replace(agenda, registered_by=first, links=links, event_pass=facts.event_pass)
            rows = AgendaRows(journal, facts.event, contact, agenda, facts.standings[number])
            one.registration = rows.write(one.lines)
        else:
            one.registration = _at_event_level(journal, asked, facts, contact, one, first)
        first = one.registration if number == 0 else first


def _links_of(result: GroupResult) -> dict[int, uuid.UUID]:
    """What links those who wait together, by session. Whoever is alone in a line is linked with nobody."""
    waits = Counter(line.session.pk for line in result.lines if line.outcome in _IN_LINE)
    return {pk: uuid.uuid4() for pk, number in waits.items() if pk in result.apart and number > 1}


def _at_event_level(
    journal: Journal,
    asked: AskedGroup,
    facts: GroupFacts,
    contact: Contact,
    one: MemberResult,
    registered_by: EventRegistration | None,
) -> EventRegistration:
    who = (journal, facts.event, contact, one.attendee, facts.event_pass)
    if one.is_seated:
        return within_confirm(*who, registered_by=registered_by)
    return within_wait(*who, asked.automatically_register, registered_by=registered_by)


def _advise(result: GroupResult, facts: GroupFacts, at: datetime) -> None:
    """Let a refused whole say what each may have instead."""
    for one, standing in zip(result.members, facts.standings, strict=True):
        add_advice(one.lines, standing, at, is_refused=True)
