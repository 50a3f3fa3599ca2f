"""An event is copied: its plan comes along at other dates, its people and what an import knows it by do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from events.actors import Actor
from events.errors import Invalid
from events.models import Event, EventTeamMember, SeatCount
from registrations.actions import copy_event, join_waitlist, submit_agenda
from registrations.models import Activity, EventRegistration
from registrations.queries.copying import Copying, Part, preview_copy
from registrations.rules.people import Attendee
from sessions_app.models import Session
from sessions_app.schedule.apply import apply_schedule
from sessions_app.schedule.parse import parse_schedule
from tests.admin_forms.paper import read
from tests.factories import (
    CustomRegistrationFieldFactory,
    EventFactory,
    EventTeamMemberFactory,
    PassFactory,
    RoomFactory,
    SessionFactory,
    SessionTrackFactory,
    SpeakerFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

# The clocks go forward in Brussels on 30 March 2031, back on 26 October.
START = datetime(2031, 3, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def event(alice):
    """Alice's event of two days in Brussels with one of everything, and Bob and Carol on its one seat."""
    event = EventFactory(
        name="Harbour Conf",
        slug="harbour",
        timezone="Europe/Brussels",
        starts_at=START,
        ends_at=START + timedelta(days=1, hours=9),
        registration_closes_at=START - timedelta(days=1),
        created_by=alice,
        external_id="harbour",
        passes_with_agenda=True,
        capacity=90,
    )
    track, speaker, room = SessionTrackFactory(event=event), SpeakerFactory(event=event), RoomFactory()
    CustomRegistrationFieldFactory(event=event, label="Diet")
    EventTeamMemberFactory(event=event, user=UserFactory(email="dora@example.com"), role="door_staff")
    session = SessionFactory(
        event=event,
        name="Knots",
        capacity=1,
        track=track,
        room=room,
        building=room.building,
        external_id="guid-1",
        external_data={"id": "17", "url": "https://example.org/17", "language": "nl"},
        custom_fields={"level": "hard"},
        validate_registrants=True,
        own_standby_minutes=10,
    )
    session.speakers.add(speaker)
    SessionFactory(event=event, name="Off", cancelled_at=START, session_status="approved")
    submit_agenda(event, Attendee("bob@example.com", "Bob"), [session])
    join_waitlist(session, Attendee("carol@example.com", "Carol"))
    session.passes.add(PassFactory(event=event, capacity=7, on_sale_until=START))
    return event


def copied(event: Event, user=None, **how) -> list[Event]:
    plan = Copying(**{"name": "Next", "slug": "next", "first_day": START.date() + timedelta(days=14), **how})
    return copy_event(event, plan, actor=Actor.staff(user or event.created_by))


def test_brings_the_plan_and_nobody(event):
    [copy] = copied(event)
    assert (copy.publish_status, copy.external_id, copy.created_by) == ("draft", "", event.created_by)
    assert (copy.seats.capacity, copy.seats.taken, copy.passes_with_agenda) == (90, 0, True)
    [session] = copy.sessions.all()
    original = event.sessions.get(name="Knots")
    assert (session.room, session.custom_fields) == (original.room, {"level": "hard"})
    assert (session.session_status, session.external_id) == ("approved", "")
    assert session.external_data == {"language": "nl"}
    assert (session.validate_registrants, session.own_standby_minutes) == (True, 10)
    assert (session.seats.capacity, session.seats.taken, session.seats.waiting) == (1, 0, 0)
    assert session.uuid != original.uuid
    assert session.secure_id != original.secure_id
    [track], [speaker], [ticket] = copy.tracks.all(), copy.speakers.all(), copy.passes.all()
    assert (session.track, list(session.speakers.all()), list(session.passes.all())) == (
        track,
        [speaker],
        [ticket],
    )
    assert (ticket.seats.capacity, ticket.seats.event, ticket.on_sale_until.date()) == (
        7,
        copy,
        START.date() + timedelta(days=14),
    )
    assert [field.label for field in copy.custom_registration_fields.all()] == ["Diet"]
    assert [(one.user.email, one.role) for one in copy.team.all()] == [("dora@example.com", "door_staff")]
    assert not EventRegistration.objects.filter(event=copy).exists()
    assert not SeatCount.objects.filter(event=copy).exclude(taken=0, held=0, waiting=0).exists()
    assert event.sessions.count() == 2


def test_keeps_the_clock_over_a_change_of_clocks(event):
    [copy] = copied(event)
    assert copy.starts_at.astimezone(copy.zone).strftime("%d.%m. %H:%M") == "05.04. 09:00"
    assert copy.starts_at - event.starts_at == timedelta(days=14) - timedelta(hours=1)
    closes_at = copy.registration_closes_at.astimezone(copy.zone)
    assert closes_at.strftime("%d.%m. %H:%M") == "04.04. 09:00"


@pytest.mark.parametrize(
    ("wall", "length", "then"),
    [
        ((1, 30), 120, "01:30–03:30"),
        ((2, 15), 30, "03:15–03:45"),
        # From an hour that is skipped into the one after it: as long as it was.
        ((2, 50), 20, "03:50–04:10"),
    ],
)
def test_moves_a_session_out_of_an_hour_that_the_clocks_skip(event, wall, length, then):
    [session] = Session.objects.filter(name="Knots")
    session.starts_at = datetime(2031, 3, 23, wall[0] - 1, wall[1], tzinfo=UTC)
    session.ends_at = session.starts_at + timedelta(minutes=length)
    session.save()
    [copy] = copied(event, first_day=START.date() + timedelta(days=7))
    [later] = copy.sessions.all()
    begins, ends = (at.astimezone(copy.zone) for at in (later.starts_at, later.ends_at))
    assert f"{begins:%H:%M}–{ends:%H:%M}" == then
    how = Copying("Next", "other", START.date() + timedelta(days=7))
    said = preview_copy(event, how).copies[0].changed_clocks
    assert said == ([session] if wall[0] == 2 else [])


def test_makes_a_series_and_records_each(event):
    copies = copied(event, copies=3, days_apart=7)
    assert [copy.slug for copy in copies] == ["next", "next-2", "next-3"]
    days = [copy.starts_at.astimezone(copy.zone).strftime("%d.%m. %H:%M") for copy in copies]
    assert days == ["05.04. 09:00", "12.04. 09:00", "19.04. 09:00"]
    lines = Activity.objects.filter(event__in=copies, verb="planned", user=event.created_by)
    assert lines.count() == 6
    assert {(line.reason, line.detail["copied_from"]) for line in lines} == {
        ("copy of “Harbour Conf”", event.pk)
    }


def test_copies_only_the_parts_asked_for(event):
    [copy] = copied(event, parts=frozenset({Part.PASSES}))
    assert [copy.sessions.count(), copy.tracks.count(), copy.speakers.count(), copy.passes.count()] == [
        0,
        0,
        0,
        1,
    ]
    assert [copy.custom_registration_fields.count(), copy.team.count()] == [0, 0]


def test_lets_a_planner_of_the_team_copy_and_the_owner_plan_it(event):
    planner = UserFactory()
    EventTeamMemberFactory(event=event, user=planner, role="planner")
    [copy] = copied(event, planner)
    assert copy.created_by == planner
    assert {one.user_id: one.role for one in copy.team.all()} == {
        event.created_by_id: EventTeamMember.Role.PLANNER,
        event.team.get(role="door_staff").user_id: EventTeamMember.Role.DOOR,
    }


def test_is_not_taken_for_the_original_by_an_import(event):
    """A schedule's file finds the event it was imported into, whatever copies there are."""
    content = b"""<schedule><conference><acronym>harbour</acronym><title>Harbour Conf</title>
      <time_zone_name>Europe/Brussels</time_zone_name></conference>
      <day date="2031-03-22"><room name="A"><event id="17" guid="guid-1"><date>2031-03-22T09:00:00+01:00</date>
      <start>09:00</start><duration>01:00</duration><title>Knots anew</title></event></room></day></schedule>"""
    [copy] = copied(event, first_day=START.date())
    report = apply_schedule(parse_schedule(content))
    assert report.event == event
    assert list(copy.sessions.values_list("name", flat=True)) == ["Knots"]


@pytest.mark.parametrize(
    ("field", "how"),
    [
        ("name", {"name": " "}),
        ("slug", {"slug": "harbour"}),
        ("slug", {"slug": "admin"}),
        ("slug", {"slug": "a b"}),
        ("copies", {"copies": 53}),
        ("copies", {"copies": 0}),
        ("every", {"days_apart": 0}),
        ("first_day", {"first_day": datetime(2300, 1, 1, tzinfo=UTC).date()}),
    ],
)
def test_refuses_by_field_and_makes_nothing(event, field, how):
    with pytest.raises(Invalid) as refused:
        copied(event, **how)
    assert list(refused.value.data["fields"]) == [field]
    assert Event.objects.count() == 1


def test_copies_a_large_programme_in_few_queries(event, django_assert_max_num_queries):
    seats = SeatCount.objects.bulk_create(SeatCount(event=event, capacity=9) for _number in range(300))
    Session.objects.bulk_create(
        Session(
            event=event, name=f"No {n}", seats=one, date=START.date(), starts_at=START, ends_at=event.ends_at
        )
        for n, one in enumerate(seats)
    )
    with django_assert_max_num_queries(80):
        [copy] = copied(event)
    assert copy.sessions.count() == 301


# The desk's page


def test_shows_first_what_comes_along(desk, url, event):
    page = desk.get(url(event, "copy"))
    text = page.content.decode()
    for said in ("1 session, 1 track, 1 speaker, 1 pass, 1 question, 1 team member", "1 cancelled session"):
        assert said in text
    form = read(page, "sw-confirm").data
    assert (form["slug"], form["first_day"]) == (["harbour-2032"], ["2032-03-20"])
    looked = desk.post(url(event, "copy"), {**form, "copies": "2", "look": "1"})
    assert "Make 2 copies" in looked.content.decode()
    assert Event.objects.count() == 1
    assert desk.post(url(event, "copy"), {**form, "copy": "1"}).status_code == 302
    assert Event.objects.get(slug="harbour-2032").sessions.count() == 1
    again = desk.post(url(event, "copy"), {**form, "copy": "1"})
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["slug"])


def test_refuses_a_strangers_event_and_whoever_makes_none(client, url, event):
    from django.contrib.auth.models import Group

    from events.roles import setup_roles

    setup_roles()
    for group, role, status in (
        ("Event Planner", None, 404),
        ("Registration staff", "registration_staff", 403),
        ("Event Planner", "planner", 302),
    ):
        user = UserFactory()
        user.groups.add(Group.objects.get(name=group))
        if role:
            EventTeamMemberFactory(event=event, user=user, role=role)
        client.force_login(user)
        sent = {"name": "Mine", "slug": f"mine-{user.pk}", "first_day": "2032-03-20", "copies": "1"}
        answer = client.post(url(event, "copy"), {**sent, "copy": "1"})
        # Where the desk does not show a thing to somebody it leads to its first page.
        found = 404 if answer.get("Location") == "/admin/" else answer.status_code
        assert found == status, group
        assert Event.objects.filter(slug=sent["slug"]).exists() == (status == 302)
