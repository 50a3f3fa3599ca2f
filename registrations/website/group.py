"""Several people registered by one form, and the page that says what became of each."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from events.errors import Refusal
from events.limits import check_mailbox, check_place, check_visitor
from events.models import Event
from registrations.actions import draft_for, draft_token, register_group
from registrations.models import Activity, AgendaDraft, EventRegistration
from registrations.rules.groups import GroupResult, Member
from registrations.rules.outcomes import Outcome
from registrations.rules.people import Attendee
from registrations.rules.results import Line
from registrations.website.asked import Asked, show
from registrations.website.audience import audience_of
from registrations.website.confirming import forget_proof
from registrations.website.found import find_event
from registrations.website.link import send_link
from registrations.website.overview import ticket_of
from registrations.website.refusals import private
from registrations.website.summary import summary_of
from registrations.website.visitor import Visitor, forget_draft, remember_registration, visitor_of
from sessions_app.models import Session

TRIES_FOR_ONE_MAILBOX = 20
TWICE_WITHIN = timedelta(minutes=10)
# Long enough to be read again; on a shared computer it must not stay for whoever comes next.
SHOWN_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class GroupLine:
    """What became of one wish of one person, in words and a shape."""

    session: Session | None
    tone: str
    icon: str
    words: str


@dataclass(frozen=True)
class Person:
    """One person on the page: a name, their lines, and whether a link was mailed instead."""

    number: int
    name: str
    lines: list[GroupLine]
    is_known: bool = False


def check_tries(request: HttpRequest, event: Event, who: Sequence[Attendee], draft: str) -> None:
    """Count a try for each person; raises TooOften: the answer tells whether an address is known."""
    for attendee in who:
        check_visitor("register", draft)
        check_place(request, "register-from", lambda: audience_of(event))
        check_mailbox("register-to", f"{event.pk}:{attendee.email}", TRIES_FOR_ONE_MAILBOX)


def register(request: HttpRequest, visitor: Visitor, asked: Asked) -> HttpResponse:
    """Register everybody; the page then says what became of each, or what stood in the way."""
    event, members = visitor.event, asked.members(visitor)
    draft = visitor.draft.uuid.hex if visitor.draft else asked.key
    check_tries(request, event, [member.attendee for member in members], draft)
    try:
        # What nobody could have is refused before anybody is looked up: the same for known and unknown addresses.
        as_nobody = [Member(nobody(member.attendee), member.sessions) for member in members]
        result = _act(visitor, asked, as_nobody, preview=True)
        if result.applied:
            result = _act(visitor, asked, members)
    except Refusal as refusal:
        asked.add_refusal(refusal)
        return show(request, visitor, asked, status=refusal.status)
    if not result.applied:
        return show(request, visitor, asked, status=409, refused=_refused(result, members))
    for member in result.members:
        if member.known_at is not None:
            send_link(request, member.known_at, member.attendee.email, asked.key)
    return _to_page(event, asked.key, None if result.is_repeated else result.members[0].registration)


def nobody(attendee: Attendee) -> Attendee:
    """Somebody with the same answers whom nobody has seen before."""
    return replace(attendee, email=f"{uuid.uuid4().hex}@newcomer.invalid")


def _act(visitor: Visitor, asked: Asked, members: Sequence[Member], *, preview: bool = False) -> GroupResult:
    assert asked.together is not None
    return register_group(
        visitor.event,
        members,
        key=asked.key,
        together=asked.together.targets,
        wait_together=asked.together.is_waiting_together,
        wait=asked.form.wants_to_wait,
        automatically_register=asked.form.automatically_register,
        when_clashing=asked.form.when_clashing,
        event_pass=asked.event_pass,
        preview=preview,
    )


def _refused(result: GroupResult, members: Sequence[Member]) -> list[tuple[str, list[tuple[Line, str]]]]:
    """Of each person the lines that were refused, in words."""
    found = []
    for member, one in zip(members, result.members, strict=True):
        lines = [(line, _why(line, result)) for line in one.lines if not line.is_success]
        if lines:
            name = f"{member.attendee.first_name} {member.attendee.last_name}".strip()
            found.append((name, lines))
    return found


def _why(line: Line, result: GroupResult) -> str:
    return _not_all_of_you() if line.session.pk in result.apart else line.message


def _not_all_of_you() -> str:
    return _("Not all of you could have a seat, so nobody took one")


def _to_page(event: Event, key: str, registration: EventRegistration | None) -> HttpResponse:
    """Lead to the page of what became of the group; the browser remembers the visitor's own registration."""
    response = redirect("group_result", event.slug, key)
    if registration is not None:
        remember_registration(response, registration)
        forget_draft(response, event)
        forget_proof(response, event)
    return response


def again(draft: AgendaDraft) -> HttpResponse:
    """Answer the form of a group posted again: its page; a double click is also remembered as whose it is.

    A form kept is no personal link: it must not outlive the links that were revoked.
    """
    mine = draft.registration
    revoked = Activity.objects.filter(verb=Activity.Verb.LINK_REVOKED, at__gte=draft.updated_at)
    is_mine = (
        mine is not None
        and not mine.is_cancelled
        and timezone.now() - draft.updated_at <= TWICE_WITHIN
        and not revoked.filter(event=draft.event_id, contact=mine.contact_id).exists()
    )
    return _to_page(draft.event, draft_token(draft), mine if is_mine else None)


def group_result(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The page that says what became of each person; nobody's link but the visitor's own is on it."""
    event = find_event(slug)
    draft = draft_for(event, key)
    if draft is None or draft.group is None or timezone.now() - draft.updated_at > SHOWN_FOR:
        return redirect("request_link", event.slug)
    visitor = visitor_of(request, event)
    mine = (
        visitor.registration
        if visitor.registration and visitor.registration.pk == draft.registration_id
        else None
    )
    people = _people(event, draft.group)
    context = {
        "event": event,
        "visitor": visitor,
        "people": people,
        "registered": sum(not person.is_known for person in people),
        "is_known": people[0].is_known,
        "registration": mine,
        "summary": summary_of(visitor) if mine else None,
        "token": visitor.token if mine else "",
        "ticket": ticket_of(mine) if mine else None,
    }
    return private(render(request, "website/group_result.html", context))


def _people(event: Event, group: dict[str, Any]) -> list[Person]:
    rows = group["people"]
    registrations = EventRegistration.objects.in_bulk(
        [row["registration"] for row in rows if row["registration"]]
    )
    wanted = {pk for row in rows for pk, _outcome in row["lines"]}
    sessions = Session.objects.filter(event=event, pk__in=wanted).in_bulk()
    for session in sessions.values():
        session.event = event
    return [
        _person(number, row, registrations.get(row["registration"]), sessions, set(group["apart"]))
        for number, row in enumerate(rows, start=1)
    ]


def _person(
    number: int,
    row: dict[str, Any],
    registration: EventRegistration | None,
    sessions: dict[int, Session],
    apart: set[int],
) -> Person:
    if registration is None:
        return Person(number, "", [], is_known=True)
    name = f"{registration.first_name} {registration.last_name}".strip()
    lines = [
        _line(sessions[pk], Outcome(outcome), is_apart=pk in apart)
        for pk, outcome in row["lines"]
        if pk in sessions
    ]
    if not lines:
        outcome = Outcome.REGISTERED if row["is_seated"] else Outcome.WAITLISTED
        lines = [_line(None, outcome, is_apart=0 in apart)]
    return Person(number, name, lines)


def _line(session: Session | None, outcome: Outcome, *, is_apart: bool) -> GroupLine:
    if outcome in {Outcome.REGISTERED, Outcome.ALREADY}:
        return GroupLine(session, "free", "check", _("A seat") if session else _("Registered"))
    if outcome == Outcome.WAITLISTED:
        words = (
            _("Waiting together, until there is a seat for all of you") if is_apart else _("On the waitlist")
        )
        return GroupLine(session, "waiting", "clock", words)
    if outcome == Outcome.ON_HOLD:
        return GroupLine(session, "waiting", "clock", _("On hold until the event has a seat"))
    words = {Outcome.CONFLICT: _("Overlaps another session")}.get(outcome, str(outcome.label))
    return GroupLine(session, "clash", "cross", _not_all_of_you() if is_apart else words)
