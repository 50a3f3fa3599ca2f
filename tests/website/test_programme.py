"""The list and the grid: what the filters leave, what each button says, how much it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from events.models import Event, SeatCount
from registrations.actions import submit_agenda
from registrations.website.grid import grid_of
from registrations.website.seats import Seat
from sessions_app.models import Session
from tests.engine.acts import fill
from tests.factories import (
    BuildingFactory,
    RoomFactory,
    SessionFactory,
    SessionTrackFactory,
    SpeakerFactory,
    at,
)
from tests.website.clicks import choose, listed, mine, registered, text

pytestmark = pytest.mark.django_db


def seats(page) -> dict[str, Seat]:
    return {seat.session.name: seat for seat in listed(page)}


def found(client, **query: str) -> list[str]:
    return list(seats(client.get("/harbour/sessions/", query)))


def words(client, **query: str) -> dict[str, tuple[str, str]]:
    shown = seats(client.get("/harbour/sessions/", query))
    return {name: (seat.words, seat.label) for name, seat in shown.items()}


# What the filters leave.


@pytest.fixture
def programme(event: Event) -> Event:
    """Three sessions that differ in everything."""
    deck = RoomFactory(name="Deck", building=BuildingFactory(name="Pier"))
    knots = SessionFactory(event=event, name="Knots", room=deck, building=deck.building, starts_at=at(10))
    knots.speakers.add(SpeakerFactory(event=event, name="Ana Diaz"))
    track = SessionTrackFactory(event=event, name="Navigation")
    more = {"description": "Moon and sea", "kind": "Talk", "level": "Beginners"}
    SessionFactory(event=event, name="Tides", track=track, starts_at=at(11), **more)
    SessionFactory(event=event, name="Ropes", capacity=0, starts_at=at(9, day=1))
    return event


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({}, ["Knots", "Tides", "Ropes"]),
        ({"day": "2031-05-06"}, ["Ropes"]),
        ({"track": "Navigation"}, ["Tides"]),
        ({"room": "Deck"}, ["Knots"]),
        ({"q": "knot"}, ["Knots"]),
        ({"q": "ANA diaz"}, ["Knots"]),
        ({"q": "moon navigation"}, ["Tides"]),
        ({"q": "moon ana"}, []),
        ({"free": "true"}, ["Knots", "Tides"]),
        ({"speaker": "diaz"}, ["Knots"]),
        ({"speaker": "nobody"}, []),
        ({"kind": "Talk", "level": "Beginners"}, ["Tides"]),
        ({"time": "morning"}, ["Knots", "Tides", "Ropes"]),
        ({"time": "afternoon"}, []),
        ({"time": "10:30-11:30"}, ["Tides"]),
        ({"time": "09:00-24:00", "day": "2031-05-06"}, ["Ropes"]),
        ({"free": "true", "day": "2031-05-06"}, []),
        ({"page": "99"}, ["Knots", "Tides", "Ropes"]),
        ({"page": "x"}, ["Knots", "Tides", "Ropes"]),
    ],
)
def test_filters_leave(client, programme, query, left):
    assert found(client, **query) == left


WRONG_TIMES = [{"time": each} for each in ("11:30-11:00", "25:00-26:00", "noon", "-")]
WRONG = [
    {"day": "2031-13-45"},
    {"day": "tomorrow"},
    {"track": "None"},
    {"room": "7"},
    {"q": "x" * 101},
    {"kind": "Nap"},
]


@pytest.mark.parametrize("query", [*WRONG, *WRONG_TIMES])
def test_says_which_filter_is_wrong(client, programme, query):
    page = client.get("/harbour/sessions/", query)
    assert page.status_code == 400
    assert list(page.context["form"].errors) == list(query)


def test_fits_leaves_what_clashes_with_nothing_chosen(client, event):
    first = SessionFactory(event=event, name="First", starts_at=at(9), ends_at=at(11))
    SessionFactory(event=event, name="Beside", starts_at=at(10), ends_at=at(12))
    SessionFactory(event=event, name="After", starts_at=at(11), ends_at=at(12))
    mild = {"prevent_session_conflicts": False}
    SessionFactory(event=event, name="Never mind", starts_at=at(10), ends_at=at(12), **mild)
    choose(client, first)
    assert found(client, fits="true") == ["First", "After"]


def test_two_rooms_of_one_name_are_told_apart(client, event):
    for number, building in enumerate([BuildingFactory(name="East"), BuildingFactory(name="West")]):
        room = RoomFactory(name="Room 1", building=building)
        SessionFactory(
            event=event, name=f"In {building}", room=room, building=building, starts_at=at(9 + number)
        )
    assert found(client, room="Room 1 (West)") == ["In West"]


def test_shows_fifty_hits_a_page(client, event):
    SessionFactory.create_batch(51, event=event)
    assert len(found(client, q="session")) == 50
    assert len(found(client, q="session", page="2")) == 1
    assert "1 to 50 shown" in text(client.get("/harbour/sessions/", {"q": "session"}))


def test_answers_htmx_with_the_list_alone(client, programme):
    answer = client.get(
        "/harbour/sessions/", {"q": "knot"}, headers={"HX-Request": "true", "HX-Target": "programme"}
    )
    assert answer.content.decode().lstrip().startswith('<section id="programme"')
    assert list(seats(answer)) == ["Knots"]


def test_says_so_when_nothing_is_found_or_planned(client, event):
    assert "still being made" in text(client.get("/harbour/sessions/"))
    assert "No session fits" in text(client.get("/harbour/sessions/", {"q": "knot"}))


# What each button says.


def test_button_says_what_will_happen(client, event, bob, carol):
    SessionFactory(event=event, name="Open", capacity=40)
    fill(SessionFactory(event=event, name="Few", capacity=6), 3)
    waited = SessionFactory(event=event, name="Waited", capacity=1)
    fill(waited)
    registered(event, carol, waited, wait=True)
    fill(
        SessionFactory(
            event=event, name="Full", capacity=1, own_waitlist_enabled=False, sold_out_message="Stream!"
        )
    )
    SessionFactory(event=event, name="Unset", capacity=None)
    assert words(client) == {
        "Open": ("40 seats left", "Add"),
        "Few": ("Only 3 seats left", "Add"),
        "Waited": ("Fully booked · 1 waiting", "Join waitlist"),
        "Full": ("Fully booked", ""),
        "Unset": ("Not open yet", ""),
    }
    assert "Stream!" in text(client.get("/harbour/sessions/"))


def test_button_shows_clash_before_the_click(client, event):
    chosen = SessionFactory(event=event, name="Chosen", starts_at=at(9), ends_at=at(11))
    SessionFactory(event=event, name="Beside", starts_at=at(10), ends_at=at(12))
    choose(client, chosen)
    assert words(client) == {
        "Chosen": ("In your agenda", "Remove"),
        "Beside": ("Clashes with Chosen", "Swap"),
    }


def test_chosen_session_that_is_full_clashes_with_nothing(client, event):
    full = SessionFactory(event=event, name="Full", starts_at=at(9), ends_at=at(11), capacity=1)
    SessionFactory(event=event, name="Beside", starts_at=at(10), ends_at=at(12))
    fill(full)
    choose(client, full, verb="join")
    assert words(client) == {
        "Full": ("In your agenda, fully booked", "Remove"),
        "Beside": ("10 seats left", "Add"),
    }


def test_button_of_somebody_registered_speaks_of_their_seats(client, event, bob):
    SessionFactory(event=event, name="Held", starts_at=at(9), ends_at=at(11))
    SessionFactory(event=event, name="Beside", starts_at=at(10), ends_at=at(12))
    waited = SessionFactory(event=event, name="Waited", starts_at=at(15), ends_at=at(16), capacity=1)
    SessionFactory(event=event, name="Locked", starts_at=at(18), ends_at=at(19), locked_when_saved=True)
    fill(waited)
    submit_agenda(event, bob, [*event.sessions.exclude(name="Beside")], wait=True)
    client.get(mine("manage", bob_at(event)))
    assert words(client) == {
        "Held": ("You have a seat", "Remove"),
        "Beside": ("Clashes with Held", "Swap"),
        "Waited": ("You are 1st in line", "Leave waitlist"),
        "Locked": ("You have a seat", ""),
    }


def bob_at(event: Event):
    from registrations.models import EventRegistration

    return EventRegistration.objects.get(event=event, contact__email="bob@example.com")


def test_event_level_programme_has_no_buttons(client, event):
    Event.objects.update(allow_custom_agenda=False)
    SessionFactory(event=event, name="Knots")
    assert words(client) == {"Knots": ("", "")}


# How much it costs.


@pytest.mark.parametrize("count", [1, 30])
def test_list_takes_as_many_queries_for_30_as_for_1(client, event, count, django_assert_num_queries):
    many(event, count)
    client.get("/harbour/sessions/")
    with django_assert_num_queries(2):
        client.get("/harbour/sessions/")


@pytest.mark.parametrize("count", [1, 30])
def test_list_of_chosen_takes_as_many_queries_for_30_as_for_1(
    client, event, count, django_assert_num_queries
):
    choose(client, *many(event, count))
    client.get("/harbour/sessions/")
    with django_assert_num_queries(3):
        client.get("/harbour/sessions/")


@pytest.mark.parametrize("count", [1, 30])
def test_list_of_held_and_waited_takes_as_many_queries_for_30_as_for_1(
    client, event, bob, count, django_assert_num_queries
):
    for session in many(event, count, capacity=1):
        fill(session)
    registration = registered(event, bob, *event.sessions.all(), *many(event, count), wait=True)
    client.get(mine("manage", registration))
    client.get("/harbour/sessions/")
    with django_assert_num_queries(6):
        client.get("/harbour/sessions/")


@pytest.mark.parametrize("count", [1, 30])
def test_grid_takes_as_many_queries_for_30_as_for_1(client, event, count, django_assert_num_queries):
    many(event, count)
    client.get("/harbour/sessions/grid/")
    with django_assert_num_queries(2):
        client.get("/harbour/sessions/grid/")


def many(event: Event, count: int, capacity: int = 10) -> list[Session]:
    sessions = []
    for _number in range(count):
        room = RoomFactory()
        track = SessionTrackFactory(event=event)
        session = SessionFactory(
            event=event, capacity=capacity, room=room, building=room.building, track=track
        )
        session.speakers.add(SpeakerFactory(event=event), SpeakerFactory(event=event))
        sessions.append(session)
    return sessions


def test_list_of_943_sessions_takes_no_more_queries(client, event, django_assert_num_queries):
    """A whole conference's programme; how long it takes is a benchmark's to say (`--part pages`)."""
    seats = SeatCount.objects.bulk_create([SeatCount(event=event, capacity=80) for _number in range(943)])
    tracks = SessionTrackFactory.create_batch(70, event=event)
    rooms = RoomFactory.create_batch(29)
    plan = [(at(9) + timedelta(minutes=5 * (n % 200)), rooms[n % 29], tracks[n % 70]) for n in range(943)]
    Session.objects.bulk_create(
        Session(
            event=event,
            name=f"Session {number}",
            seats=seats[number],
            starts_at=begin,
            ends_at=begin + timedelta(minutes=25),
            date=begin.date(),
            room=room,
            building=room.building,
            track=track,
            session_status=Session.Status.LIVE,
            description="What the books leave out. " * 20,
        )
        for number, (begin, room, track) in enumerate(plan)
    )
    speakers = [SpeakerFactory(event=event) for _number in range(50)]
    for number, session in enumerate(event.sessions.order_by("starts_at")[:100]):
        session.speakers.add(speakers[number % 50])
    with django_assert_num_queries(14):
        client.get("/harbour/sessions/")


# The grid.


def place(*sessions: Session):
    return grid_of([Seat(session, "add", "free", "circle", "") for session in sessions])


def test_grid_places_rooms_across_and_time_down(event):
    one, two = (RoomFactory(name=name, building=BuildingFactory(name="Pier")) for name in ("A", "B"))
    early = SessionFactory(event=event, room=one, starts_at=at(9, 30), ends_at=at(10, 0))
    late = SessionFactory(event=event, room=two, starts_at=at(10, 0), ends_at=at(11, 15))
    grid = place(late, early)
    assert [(column.name, column.column) for column in grid.columns] == [("A", 1), ("B", 2)]
    assert [(cell.row, cell.rows, cell.column) for cell in grid.cells] == [(7, 6, 1), (13, 15, 2)]
    assert grid.hours == [("09:00", 1), ("10:00", 13), ("11:00", 25)]


def test_grid_puts_sessions_of_one_room_side_by_side_where_they_overlap(event):
    room = RoomFactory(name="A")
    sessions = [
        SessionFactory(event=event, room=room, starts_at=at(9 + n), ends_at=at(11 + n)) for n in range(3)
    ]
    grid = place(*sessions)
    assert [(column.column, column.columns) for column in grid.columns] == [(1, 2)]
    assert [cell.column for cell in grid.cells] == [1, 2, 1]


def test_grid_shows_one_day_and_the_first_unless_asked(client, event):
    SessionFactory(event=event, name="Monday", starts_at=at(9))
    SessionFactory(event=event, name="Tuesday", starts_at=at(9, day=1))
    day = {"day": "2031-05-06"}
    for query, name in (({}, "Monday"), (day, "Tuesday"), ({"day": "nonsense"}, "Monday")):
        grid = client.get(reverse("session_grid", args=["harbour"]), query).context["grid"]
        assert [cell.seat.session.name for cell in grid.cells] == [name]


def test_grid_answers_htmx_with_itself_and_its_cells_have_their_buttons(client, programme):
    address, asked = "/harbour/sessions/grid/", {"q": "knot"}
    answer = client.get(address, asked, headers={"HX-Request": "true", "HX-Target": "programme"})
    assert answer.content.decode().lstrip().startswith('<section id="programme"')
    [cell] = answer.context["grid"].cells
    assert cell.seat.session.name == "Knots"
    page = client.get(address).content.decode()
    assert f'id="seat-{cell.seat.session.uuid}"' in page
    assert 'aria-label="Add: Knots"' in page
    assert f'hx-get="{address}"' in page


def test_grid_draws_hour_by_hour_when_there_are_many(client, event):
    rooms = RoomFactory.create_batch(29)
    seats = SeatCount.objects.bulk_create([SeatCount(event=event, capacity=9) for _number in range(145)])
    Session.objects.bulk_create(
        Session(
            event=event,
            name=f"Number {number}",
            seats=each,
            room=rooms[number % 29],
            building=rooms[number % 29].building,
            starts_at=at(9 + number // 29),
            ends_at=at(10 + number // 29),
            date=at(9).date(),
            session_status=Session.Status.LIVE,
        )
        for number, each in enumerate(seats)
    )
    address = "/harbour/sessions/grid/"

    def drawn(**query):
        return [hour.clock for hour in client.get(address, query).context["hours"] if hour.is_drawn]

    assert drawn() == ["09:00", "10:00", "11:00"]
    assert drawn(at="12:00") == ["12:00", "13:00"]
    page = client.get(address).content.decode()
    assert page.count('class="grid-cell') == 87
    assert 'href="?&amp;at=13:00#hour-1300"' in page
    assert "13:00: show 29 sessions" in page
    htmx = {"HX-Request": "true", "HX-Target": "at-1300"}
    part = client.get(address, {"at": "13:00"}, headers=htmx).content.decode()
    assert part.count('class="grid-cell') == 29
    assert "<section" not in part
    # Where they lie is said by the whole day, though only some are drawn.
    assert 'class="grid-cell r-49 n-12 c-29"' in part


def test_grid_lists_sessions_without_a_time_apart(client, event):
    SessionFactory(event=event, name="Some day", starts_at=None, ends_at=None)
    assert "Time to be announced" in text(client.get("/harbour/sessions/grid/"))
    assert "Time to be announced" in text(client.get("/harbour/sessions/"))


def test_times_are_shown_by_the_events_clock_with_the_sessions_own_beside(client, event):
    Event.objects.update(timezone="Europe/Brussels")
    SessionFactory(event=event, starts_at=at(9), ends_at=at(10))
    SessionFactory(event=event, starts_at=at(9), ends_at=at(10), own_timezone="Asia/Tokyo")
    said = text(client.get("/harbour/sessions/"))
    assert "11:00–12:00" in said
    assert "11:00–12:00 (18:00–19:00 JST)" in said


def test_included_session_says_so_and_needs_no_button(client, event):
    SessionFactory(event=event, name="Opening", selection_control=Session.SelectionControl.INCLUDED)
    assert words(client) == {"Opening": ("Included for everybody who registers", "")}


def test_room_alone_is_enough_in_the_events_own_building(client, event):
    event.building = BuildingFactory(name="Pier")
    event.save()
    other = BuildingFactory(name="Hall")
    for hour, building in ((9, event.building), (10, other)):
        room = RoomFactory(name=f"Room {hour}", building=building)
        SessionFactory(event=event, room=room, building=building, starts_at=at(hour))
    said = text(client.get("/harbour/sessions/"))
    assert "Room 9 · Pier" not in said
    assert "Room 10 · Hall" in said
