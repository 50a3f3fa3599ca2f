"""The invented people and their wishes, made so that some sessions are full, waited for, offered or overbooked."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from events.actors import IMPORT, Actor
from events.models import CustomRegistrationField, Event
from registrations import actions
from registrations.demo.names import people, person
from registrations.models import EventRegistration, SessionRegistration
from registrations.rules.people import Attendee
from sessions_app.models import Session

CROWD = 150
NADIA, TOMAS, GRETA = person("Nadia", "Vermeer"), person("Tomás", "Fonseca"), person("Greta", "Lund")
# Who come to a session only as two.
TWO = [person("Ilse", "Bakker"), person("Joris", "Bakker")]
WAITED_FOR = "Take a marine diesel apart"
OFFERED = "Lunch with the harbour master"
OVERBOOKED = "Practical seamanship"
# How many ask for a seat, by session: more than there are seats, all of them, or all but a few.
WANTED = {
    "Practical seamanship": 10,
    "Solder your own AIS receiver": 22,
    "Knots under load": 23,
    OFFERED: 13,
    "Tabletop exercise: the port goes dark": 17,
    "Handing over a watch in four minutes": 38,
    "Evening walk to the old lighthouse": 27,
    "Sextant morning": 17,
    "Take a marine diesel apart": 20,
    "Ship's biscuit: bake, break, taste": 12,
    "Estimating like a pilot": 43,
    "Ice charts and honest colours": 46,
    "Build a weather station that tells the truth": 13,
    "Restore drill": 19,
    "Splice a rope that will outlive you": 18,
}
# Full means full there.
WITHOUT_WAITLIST = {"Knots under load", "Sextant morning"}
KEYNOTES = ("09:30", "10:00")
ADDED_BY_STAFF = (
    (person("Alma", "Diaz"), "Speaker's own rope"),
    (person("Cornelia", "Brandsma"), "Harbour master, helps with the boats"),
)

# By address.
Wishes = dict[str, list[Session]]


def fill_conference(event: Event, staff: Actor, at: datetime) -> None:
    """Let the crowd register over the three weeks before `at`, and a few change their minds."""
    chance = random.Random(1872)
    sessions = list(
        Session.objects.filter(event=event).select_related("event", "seats").order_by("starts_at", "id")
    )
    by_name = {session.name: session for session in sessions}
    crowd = people(CROWD, chance)
    wishes = _wishes(crowd, sessions, chance)
    answers = _Answers(event, chance)
    for number, attendee in enumerate(crowd):
        moment = at - timedelta(days=21) * (1 - number / CROWD)
        _submit(event, answers.given_by(attendee), wishes[attendee.email], moment, notify=False)
    _register_nadia(by_name, at)
    _register_tomas(by_name, at)
    for attendee, reason in ADDED_BY_STAFF:
        actions.add_to_session(
            by_name[OVERBOOKED],
            [attendee],
            actor=staff,
            reason=reason,
            past_capacity=True,
            notify=False,
            at=at,
        )
    _change_minds(by_name, chance, staff, at)
    two_hours_ago = at - timedelta(hours=2)
    actions.join_together(
        by_name[WAITED_FOR], TWO, place_at_most=20, until_hours=24, notify=False, at=two_hours_ago
    )
    _give_stars(event, sessions)


def _give_stars(event: Event, sessions: list[Session]) -> None:
    """Let every third registrant be interested in two sessions more; what is wanted most, most of all."""
    chance = random.Random(1911)
    # Its row says by now that it is live.
    event = Event.objects.get(pk=event.pk)
    sessions = [session for session in sessions if session.is_live]
    favourites = [session for session in sessions if session.name in WANTED] or sessions
    for registration in EventRegistration.objects.active().filter(event=event).order_by("pk")[::3]:
        for session in (chance.choice(favourites), chance.choice(sessions)):
            actions.give_star(event, session, registration=registration)


def _wishes(crowd: list[Attendee], sessions: list[Session], chance: random.Random) -> Wishes:
    """What each person asks for: the sessions of WANTED first, then whatever else fits."""
    wishes: Wishes = {attendee.email: [] for attendee in crowd}
    for session in sessions:
        wanted = WANTED.get(session.name, 0)
        fitting = [email for email, mine in wishes.items() if not any(map(session.overlaps, mine))]
        for email in chance.sample(fitting, min(wanted, len(fitting))):
            wishes[email].append(session)
    others = [session for session in sessions if session.name not in WANTED]
    for mine in wishes.values():
        most = chance.randint(4, 9)
        for session in chance.sample(others, len(others)):
            is_keynote = (
                session.starts_at and f"{session.starts_at.astimezone(session.zone):%H:%M}" in KEYNOTES
            )
            if len(mine) < most + 2 * bool(is_keynote) and not any(map(session.overlaps, mine)):
                mine.append(session)
    return wishes


class _Answers:
    """Invented answers to the event's questions."""

    def __init__(self, event: Event, chance: random.Random) -> None:
        self.questions = list(CustomRegistrationField.objects.filter(event=event))
        self.chance = chance

    def given_by(self, attendee: Attendee) -> Attendee:
        """Return the same person with answers."""
        answers = {
            question.pk: self.chance.choice(question.choice_list)
            for question in self.questions
            if question.choice_list
        }
        return Attendee(attendee.email, attendee.first_name, attendee.last_name, answers)


def _submit(event: Event, attendee: Attendee, wanted: list[Session], at: datetime, *, notify: bool) -> None:
    may_wait = {session.pk for session in wanted if session.name in WANTED}
    actions.submit_agenda(event, attendee, wanted, wait=may_wait, notify=notify, at=at)


def _register_nadia(by_name: dict[str, Session], at: datetime) -> None:
    """An agenda over three days, and a place in line."""
    wanted = [
        by_name[name]
        for name in (
            "A harbour is a queue with weather",
            "What AIS does not tell you",
            "The crane that learned to wait",
            "Tide tables as code",
            "Take a marine diesel apart",
            "SQLite on the bridge",
            "Collision rules for robots",
        )
    ]
    _submit(wanted[0].event, NADIA, wanted, at - timedelta(hours=20), notify=True)


def _register_tomas(by_name: dict[str, Session], at: datetime) -> None:
    """In line for a table where people are asked; then somebody gives up a seat there."""
    lunch = by_name[OFFERED]
    wanted = [
        by_name["Night watches and on-call: what sailors know about rotas"],
        by_name["Clocks at sea"],
        lunch,
    ]
    first_in_line = at - timedelta(days=21, hours=1)
    seats = SessionRegistration.objects.active().filter(session=lunch)
    assert seats.count() == lunch.seats.capacity or lunch.seats.capacity is None, "the lunch is fully booked"
    _submit(lunch.event, TOMAS, wanted, first_in_line, notify=True)
    actions.cancel_session_registrations([seats.latest("id")], actor=IMPORT, notify=False, at=at)


def _change_minds(by_name: dict[str, Session], chance: random.Random, staff: Actor, at: datetime) -> None:
    """A few give a seat back, which moves the lines, and two do not come at all."""
    for name in ("Solder your own AIS receiver", "Restore drill", "Radar for web developers", "Shanty night"):
        held = SessionRegistration.objects.active().filter(session=by_name[name]).order_by("id")
        if held:
            actions.cancel_session_registrations(
                [chance.choice(list(held))], actor=IMPORT, notify=False, at=at
            )
    rows = EventRegistration.objects.active().filter(event=by_name[OFFERED].event).order_by("id")
    leaving = chance.sample(list(rows[:100]), 2)
    actions.cancel_event_registrations(
        leaving, actor=staff, reason="Ill, told us by phone", notify=False, at=at
    )


def register_guests(event: Event) -> None:
    """Register the three guests, each for a few sessions that follow one another."""
    at = timezone.now()
    live = Session.objects.live().filter(event=event, starts_at__gt=at).select_related("event", "seats")
    for number, guest in enumerate((NADIA, TOMAS, GRETA)):
        chosen = _one_after_another(live.in_programme_order()[number * 5 : number * 5 + 40])
        if chosen:
            _submit(event, guest, chosen, at, notify=True)


def _one_after_another(sessions: Iterable[Session], most: int = 4) -> list[Session]:
    chosen: list[Session] = []
    for session in sessions:
        if len(chosen) < most and not session.is_capacity_missing and not any(map(session.overlaps, chosen)):
            chosen.append(session)
    return chosen
