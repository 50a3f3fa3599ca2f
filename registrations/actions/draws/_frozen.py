"""The world that a draw freezes: which seats there are, who may wish for what, and what they have already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from registrations import sql
from registrations.draw import snake
from registrations.models import Draw, EventRegistration, TicketHolder, Wish
from registrations.queries import standings_with
from registrations.queries.draws import sessions_of_draw
from registrations.rules.draws import refusal_to_wish
from registrations.rules.standing import Standing
from sessions_app.models import Session

# So many people's standings are read at once.
BATCH = 1_000
ALREADY = "already"


@dataclass
class Limit:
    """Sessions of which one person may have so many: those of a track, or all that are chosen at the event."""

    sessions: list[Session]
    track_id: int | None
    most: int | None

    def left_for(self, standing: Standing) -> int | None:
        """How many more of these the person may have; None without a limit for them."""
        of_pass = standing.event_pass.most_sessions if standing.event_pass and self.track_id is None else None
        most = self.most if of_pass is None else of_pass
        if most is None:
            return None
        counted = [one for one in _chosen_by(standing, self.sessions[0]) if self._counts(one)]
        return max(0, most - len(counted))

    def _counts(self, session: Session) -> bool:
        return self.track_id is None or session.track_id == self.track_id


@dataclass
class Freezing:
    """One draw at the moment of its freezing. Needs: the draw."""

    draw: Draw
    at: datetime
    sessions: list[Session] = field(init=False)
    numbers: dict[int, int] = field(init=False)
    limits: list[Limit] = field(init=False)
    # By ticket: session and rank of each wish, the dearest first.
    wishes: dict[int, list[tuple[int, int]]] = field(init=False)
    # Those who were in it, with what became of wishes that nobody need draw for.
    holders: list[TicketHolder] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sessions = sessions_of_draw(self.draw)
        self.numbers = {session.pk: number for number, session in enumerate(self.sessions, 1)}
        self.limits = list(_limits(self.draw, self.sessions))
        self.wishes = defaultdict(list)
        rows = Wish.objects.filter(ticket__draw=self.draw).order_by("ticket", "rank")
        for ticket_id, session_id, rank in rows.values_list("ticket", "session", "rank"):
            self.wishes[ticket_id].append((session_id, rank))

    def world(self) -> snake.World:
        """All that the draw will know, without anybody's name."""
        tickets = [ticket for batch in self._batches() for ticket in self._tickets_of(batch)]
        return snake.World(
            event=self.draw.event.slug,
            title=self.draw.event.name,
            closed_at=self.draw.closes_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            number_source=self.draw.number_source,
            most_seats=self.draw.most_seats,
            sessions=tuple(_session(number, one) for number, one in enumerate(self.sessions, 1)),
            sets=tuple(
                tuple(sorted(self.numbers[one.pk] for one in limit.sessions)) for limit in self.limits
            ),
            tickets=tuple(tickets),
        )

    def _batches(self) -> Iterator[list[list[TicketHolder]]]:
        """Of each ticket that anybody wished with, those who hold it and are registered still."""
        people: dict[int, list[TicketHolder]] = defaultdict(list)
        ids = TicketHolder.objects.filter(draw=self.draw).values_list("pk", flat=True)
        for holder in sql.holders_with(list(ids)):
            if holder.ticket_id in self.wishes and _is_in(holder.registration):
                people[holder.ticket_id].append(holder)
        tickets = [people[ticket_id] for ticket_id in sorted(people)]
        for begin in range(0, len(tickets), BATCH):
            yield tickets[begin : begin + BATCH]

    def _tickets_of(self, tickets: Sequence[list[TicketHolder]]) -> Iterator[snake.Ticket]:
        """The tickets in the file's words."""
        registrations = {one.registration.contact_id: one.registration for own in tickets for one in own}
        standings = standings_with(registrations, self.draw.event)
        by_pk = {session.pk: session for session in self.sessions}
        for holders in tickets:
            own = [standings[holder.registration.contact_id] for holder in holders]
            yield self._ticket(holders, own, by_pk)

    def _ticket(
        self, holders: list[TicketHolder], own: list[Standing], by_pk: dict[int, Session]
    ) -> snake.Ticket:
        wished, refused = [], []
        ticket = holders[0].ticket
        for session_id, rank in self.wishes[ticket.pk]:
            session = by_pk[session_id]
            code = _code_of_refusal(session, own, self.at)
            if code is None:
                wished.append(session)
            else:
                refused.append({"session": session.pk, "rank": rank, "became": "nothing", "code": code})
        for holder in holders:
            holder.is_frozen, holder.outcome = True, refused
        self.holders += holders
        return snake.Ticket(
            code=ticket.code,
            people=len(holders),
            wishes=tuple(self.numbers[session.pk] for session in wished),
            busy=tuple(sorted(_busy(wished, own))),
            more=tuple(_least(limit.left_for(standing) for standing in own) for limit in self.limits),
        )


def _is_in(registration: EventRegistration) -> bool:
    """True for whoever has a seat of the event: the others cannot have one of its sessions."""
    return registration.status == EventRegistration.Status.CONFIRMED and not registration.is_cancelled


def _code_of_refusal(session: Session, own: Sequence[Standing], at: datetime) -> str | None:
    """Why these people together may not wish for the session; None where all of them may."""
    if session.selection_control == Session.SelectionControl.INCLUDED or any(
        session.pk in standing.seats for standing in own
    ):
        return ALREADY
    reasons = (refusal_to_wish(session, standing, at) for standing in own)
    return next((str(reason.outcome) for reason in reasons if reason is not None), None)


def _limits(draw: Draw, sessions: list[Session]) -> Iterator[Limit]:
    """The tracks that limit how many of theirs one person may have, then the event, or the passes, with all of them."""
    by_track: dict[int, list[Session]] = {}
    for session in sessions:
        if session.track is not None and session.track.most_sessions is not None:
            by_track.setdefault(session.track.pk, []).append(session)
    for track_id, of_track in by_track.items():
        assert of_track[0].track is not None
        yield Limit(of_track, track_id, of_track[0].track.most_sessions)
    if draw.event.most_sessions is not None or draw.event.passes_with_agenda:
        yield Limit(sessions, None, draw.event.most_sessions)


def _chosen_by(standing: Standing, one_of_event: Session) -> list[Session]:
    """What the person has chosen at the event: seats and places in line, included sessions apart."""
    found = {one.pk: one for one in standing.held_sessions} | standing.waited_for
    return [
        one
        for one in found.values()
        if one.event_id == one_of_event.event_id
        and one.selection_control != Session.SelectionControl.INCLUDED
    ]


def _busy(wished: Sequence[Session], own: Sequence[Standing]) -> set[snake.Time]:
    """When these people have something that is in the way of a wish; of anything else the file says nothing."""
    held = {seat.session_id: seat.session for standing in own for seat in standing.seats.values()}
    in_the_way = [one for one in held.values() if any(session.blocks(one) for session in wished)]
    return {time for one in in_the_way if (time := _time(one)) is not None}


def _session(number: int, session: Session) -> snake.Session:
    return snake.Session(number, _free(session), _time(session))


def _free(session: Session) -> int | None:
    """The seats that the draw may give: those that a newcomer could have, whoever waited before is ahead of it."""
    if session.is_capacity_missing:
        return 0
    return session.seats.available


def _time(session: Session) -> snake.Time | None:
    if session.starts_at is None or session.ends_at is None:
        return None
    starts, ends = int(session.starts_at.timestamp() // 60), -int(-session.ends_at.timestamp() // 60)
    return snake.Time(starts, ends, session.prevent_session_conflicts)


def _least(numbers: Iterator[int | None]) -> int | None:
    return min((one for one in numbers if one is not None), default=None)
