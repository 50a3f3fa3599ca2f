"""Turn the demo's data files into events: places, tracks, speakers, sessions, passes, questions."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from events.actors import IMPORT, Actor
from events.models import Building, CustomRegistrationField, Event, Layout, Pass, Room, User
from events.models.walks import walk_key
from events.zones import to_instant
from registrations import demand
from registrations.actions import (
    PassRow,
    Words,
    add_passes,
    copy_event,
    go_live,
    new_seat_count,
    own_seat_count,
    send_message,
)
from registrations.demo import crowd
from registrations.demo.accounts import GUESTS, join_team, make_staff
from registrations.demo.evening import hold_meetup
from registrations.demo.faces import dress
from registrations.demo.files import take_along, upload_people
from registrations.demo.selling import put_on_sale, sell_passes
from registrations.demo.today import open_doors, put_around
from registrations.demo.wishing import hold_draw, let_wish
from registrations.models import EventRegistration
from registrations.queries.copying import Copying
from sessions_app.models import Session, SessionTrack, Speaker

DATA = Path(__file__).parent / "data"
ZONE = "Europe/Amsterdam"
FRIDAY = 4
WEATHER = "Bring a coat, {first_name}"
WEATHER_BODY = """Hello {first_name},

the forecast for {event} says **wind and rain**. Between the two halls it is six minutes on foot. You have:

{sessions}

Anything to change? [Your agenda]({link}) is open all the time.
"""
FOUR_WEEKS = timedelta(weeks=4)
DAYS = ("day1", "day2", "day3")
# A session whose people are asked before a seat is given keeps the offer open for the length of a demo.
INVITED_FOR_HOURS = 240
WORKSHOP_MINUTES = 75
LEVELS = {"Navigation": "Beginners", "Engine Room": "Advanced"}

Row = dict[str, Any]


@cache
def read(name: str) -> Row:
    """Return one of the demo's data files."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def load_demo(at: datetime | None = None) -> Event:
    """Make the demo's seven events and two copies of one, relative to `at`, and let some 150 invented people register.

    Call it on an empty database. Everything that moves a seat goes through the actions, so counters and ledger
    are as true as anybody's.
    """
    at = at or timezone.now()
    organizer, desk = make_staff()
    actor = Actor.staff(organizer)
    events = read("events")
    make_places(read("places")["building"])
    conference = _make_event(events["harbour_conf"], at, organizer)
    for number, name in enumerate(DAYS):
        _make_sessions(conference, read(name)["session"], day=number)
    training = _make_event(events["training_day"], at, organizer)
    _make_sessions(training, events["training_day"]["session"])
    _make_event(events["meetup"], at, organizer, sessions=events["meetup"]["session"])
    over = _make_event(events["past_meetup"], at, organizer, sessions=events["past_meetup"]["session"])
    today = _make_event(events["open_day"], at, organizer, sessions=events["open_day"]["session"])
    put_around(today, at)
    dress(conference)
    join_team(desk, conference, training, over, today)
    for event in (conference, training, over, today):
        go_live(event, actor=actor, at=at)
    crowd.fill_conference(conference, actor, at)
    upload_people(conference, organizer)
    sell_passes(training, actor, at)
    hold_meetup(over, actor)
    open_doors(today, actor, at)
    take_along(conference, actor, at)
    _draw_seats(organizer, actor, at)
    _plan_it_again(training, actor)
    _write_to_guests(conference, actor, at)
    # Whom the full sessions refused shows in the figures at once.
    demand.flush()
    return conference


def _draw_seats(organizer: User, actor: Actor, at: datetime) -> None:
    """Make an event at which people say their wishes now, and one whose seats were drawn."""
    for name, draw in (("workshops", let_wish), ("lantern", hold_draw)):
        row = read("draws")[name]
        event = _make_event(row, at, organizer, sessions=row["session"])
        go_live(event, actor=actor, at=at)
        draw(event, {session["name"]: session["wanted"] for session in row["session"]}, actor, at)


def _plan_it_again(training: Event, actor: Actor) -> None:
    """Copy the training day twice, four weeks apart: drafts, which the desk shows as such."""
    day = training.starts_at.astimezone(training.zone).date() + FOUR_WEEKS
    how = Copying(training.name, f"{training.slug}-again", day, copies=2, days_apart=FOUR_WEEKS.days)
    copy_event(training, how, actor=actor)


def _write_to_guests(conference: Event, actor: Actor, at: datetime) -> None:
    """Send the guests whose links are printed one message, which the worker mails while one looks."""
    registered = EventRegistration.objects.active().filter(event=conference, contact__email__in=GUESTS)
    words = Words(uuid.uuid4(), WEATHER, WEATHER_BODY)
    send_message(conference, list(registered.values_list("contact_id", flat=True)), words, actor=actor, at=at)


def register_guests(event: Event) -> None:
    """Register the three guests for the first sessions of an imported programme, so that links can be shown."""
    crowd.register_guests(event)


def make_places(buildings: Iterable[Row]) -> None:
    """Make buildings, their rooms and the rooms' layouts."""
    for row in buildings:
        building = Building.objects.create(name=row["name"], address=row["address"], capacity=row["capacity"])
        for room_row in row["room"]:
            room = Room.objects.create(building=building, **_of(room_row, "name", "capacity", "directions"))
            Layout.objects.bulk_create(
                [
                    Layout(room=room, name=name, capacity=capacity)
                    for name, capacity in room_row["layouts"].items()
                ]
            )


def first_day(at: datetime, in_days: int) -> date:
    """The first Friday at least so many days ahead."""
    earliest = at.date() + timedelta(days=in_days)
    return earliest + timedelta(days=(FRIDAY - earliest.weekday()) % 7)


def _instant(day: date, clock: str, zone: Any) -> datetime:
    return to_instant(datetime.combine(day, time.fromisoformat(clock)), zone)


def _make_event(row: Row, at: datetime, organizer: User, *, sessions: Iterable[Row] = ()) -> Event:
    day = first_day(at, row["in_days"])
    event = Event(
        timezone=ZONE, created_by=organizer, **_of(row, "name", "slug", "event_type", "description")
    )
    event.accent_colour, event.contact_email = row["accent_colour"], row["contact_email"]
    event.how_to_pay = row.get("how_to_pay", "")
    event.starts_at = _instant(day, row["starts"], event.zone)
    event.ends_at = _instant(day + timedelta(days=row["days"] - 1), row["ends"], event.zone)
    event.building = Building.objects.get(name=row["building"])
    event.allow_custom_agenda = "pass" not in row
    event.allow_anonymous_registration = row.get("allow_anonymous_registration", True)
    event.minutes_between_rooms, event.walk_minutes = read("places")["between_rooms"], _walks()
    event.seats = new_seat_count(row.get("capacity"), event)
    if not row.get("draft"):
        event.publish_status = Event.PublishStatus.READY
        event.registration_opens_at = at - timedelta(days=30)
        event.registration_closes_at = event.starts_at - timedelta(hours=12)
    event.save()
    own_seat_count(event)
    _make_questions(event, row.get("question", []))
    tracks = enumerate(row.get("track", []))
    SessionTrack.objects.bulk_create([SessionTrack(event=event, position=n, **track) for n, track in tracks])
    if "pass" in row:
        add_passes(event, [_pass_row(one) for one in row["pass"]], actor=IMPORT)
        put_on_sale(event, row, at)
    _make_sessions(event, sessions)
    return event


def _walks() -> dict[str, int]:
    ids = dict(Building.objects.values_list("name", "pk"))
    return {
        walk_key(*(ids[name] for name in way["between"])): way["minutes"] for way in read("places")["walk"]
    }


def _of(row: Row, *names: str) -> Row:
    return {name: row[name] for name in names}


def _make_questions(event: Event, rows: Iterable[Row]) -> None:
    CustomRegistrationField.objects.bulk_create(
        [CustomRegistrationField(event=event, position=number, **row) for number, row in enumerate(rows)]
    )


def _pass_row(row: Row) -> PassRow:
    return PassRow(
        name=row["name"],
        price=Decimal(row["price"]),
        currency="EUR",
        allocated=row["allocated"],
        description=row["description"],
    )


def _make_sessions(event: Event, rows: Iterable[Row], *, day: int = 0) -> None:
    rooms = {room.name: room for room in Room.objects.select_related("building")}
    layouts = {(layout.room_id, layout.name): layout for layout in Layout.objects.all()}
    tracks = {track.name: track for track in SessionTrack.objects.filter(event=event)}
    passes = {one.name: one for one in Pass.objects.filter(event=event)}
    begin = event.starts_at.astimezone(event.zone).date() + timedelta(days=day)
    for row in rows:
        session = _session(event, row, begin)
        session.room = rooms[row["room"]]
        session.building = session.room.building
        session.layout = layouts.get((session.room.pk, row.get("layout", "")))
        session.track = tracks.get(row.get("track", ""))
        is_undecided = event.publish_status == Event.PublishStatus.DRAFT and "capacity" not in row
        capacity = None if is_undecided else row.get("capacity") or session.location_capacity()
        session.seats = new_seat_count(capacity, event)
        session.save()
        session.speakers.set([_speaker(event, name) for name in row["speakers"]])
        session.passes.set([passes[name] for name in row.get("passes", [])])


def _session(event: Event, row: Row, day: date) -> Session:
    starts_at = _instant(day, row["start"], event.zone)
    session = Session(event=event, name=row["name"], description=row["description"], starts_at=starts_at)
    session.ends_at = starts_at + timedelta(minutes=row["minutes"])
    session.kind = "Workshop" if row["minutes"] >= WORKSHOP_MINUTES else "Talk"
    session.level = LEVELS.get(row.get("track", ""), "")
    session.format = row.get("format", Session.Format.ON_SITE)
    session.webinar_url = row.get("webinar_url", "")
    session.sold_out_message = row.get("sold_out_message", "")
    is_live = event.publish_status != Event.PublishStatus.DRAFT
    session.session_status = Session.Status.LIVE if is_live else Session.Status.APPROVED
    if row.get("mode") == "invitation":
        session.own_auto_register_waitlisted = False
        session.own_invitations_per_slot = 2
        session.own_invitation_hours = row.get("invited_for_hours", INVITED_FOR_HOURS)
    if row["name"] in crowd.WITHOUT_WAITLIST:
        session.own_waitlist_enabled = False
    return session


def _speaker(event: Event, name: str) -> Speaker:
    about = {field: named[name] for field, named in read("speakers").items() if name in named}
    return Speaker.objects.get_or_create(event=event, name=name, defaults=about)[0]
