"""The demo's own programme: everything that one should be able to see, and every seat accounted for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from events.admin.decisions import AtHand
from events.models import Building, Event, Layout, Pass, Room, Sale, User
from registrations.admin.home.matters import CapacityMissing, Clashes, InvitationsEnding, PastCapacity
from registrations.demo import give_staff_their_password, guests, load_demo
from registrations.demo.imported import move_ahead
from registrations.demo.loading import DAYS, first_day, read
from registrations.demo.wishing import DRAWN_FOR, WISHING
from registrations.models import (
    Activity,
    Draw,
    EventRegistration,
    ImportBatch,
    ImportRow,
    Notification,
    Order,
    OrderLine,
    Payment,
    Refund,
    SessionRegistration,
)
from registrations.queries.advice import advice_for
from registrations.queries.attendance import attendance_of
from registrations.queries.draw_preview import preview_of
from registrations.queries.draw_standing import wishing_in
from registrations.queries.overview import demand_of, registrations_by_day, seats_of_sessions
from sessions_app.models import Session, SessionTrack
from sessions_app.queries import warnings_among
from tests.factories import EventFactory, SessionFactory
from waitlists.models import WaitlistItem


@pytest.mark.django_db
def test_loads_conference_with_people_and_true_counters(assert_seats_true: Callable[..., None]):
    conference = load_demo()
    assert_seats_true(swept=True)
    _has_what_the_readme_promises(conference)
    _has_every_state_of_a_session(conference)
    _has_an_upload_done_and_one_undone(conference)
    _has_second_event_with_passes_and_a_draft()
    _has_figures_and_advice(conference)
    _has_copies_and_a_message(conference)
    _prints_three_guests(conference)
    _has_an_evening_that_is_over()
    _has_a_decision_waiting_and_a_file_taken(conference)
    _has_a_draw_that_is_open_and_one_that_is_published()


def _has_what_the_readme_promises(conference: Event) -> None:
    sessions = Session.objects.filter(event=conference)
    assert sessions.count() == 67
    assert sessions.dates("date", "day").count() == 3
    assert SessionTrack.objects.filter(event=conference).exclude(colour="").count() == 4
    assert (Building.objects.count(), Room.objects.count()) == (2, 8)
    assert Layout.objects.count() >= 8
    assert not sessions.filter(speakers=None).exists()
    assert conference.starts_at > timezone.now() + timedelta(days=20)
    assert conference.is_registration_open(timezone.now())
    assert EventRegistration.objects.active().filter(event=conference).count() >= 150


def _has_a_draw_that_is_open_and_one_that_is_published() -> None:
    still, over = (Draw.objects.get(event__slug=slug) for slug in ("tide-workshops", "lantern-evening"))
    assert still.is_open(timezone.now())
    assert wishing_in([still])[still.pk].people == WISHING
    assert over.state == Draw.State.PUBLISHED
    preview = preview_of(over)
    assert preview is not None
    assert preview.one.dearest_percent >= preview.first_come.dearest_percent
    assert SessionRegistration.objects.active().filter(session__event=over.event).count() > DRAWN_FOR
    assert WaitlistItem.objects.open().filter(session__event=over.event).exists(), (
        "unmet wishes stand in line"
    )


def _has_every_state_of_a_session(conference: Event) -> None:
    sessions = {s.name: s.seats for s in Session.objects.filter(event=conference).select_related("seats")}
    assert (sessions["Knots under load"].available, sessions["Knots under load"].waiting) == (0, 0)
    assert sessions["Solder your own AIS receiver"].waiting > 0
    assert sessions["Practical seamanship"].past_capacity == 2
    reasons = SessionRegistration.objects.filter(is_past_capacity=True).values_list("reason", flat=True)
    assert "Speaker's own rope" in reasons
    assert sessions["Lunch with the harbour master"].held == 1
    assert WaitlistItem.objects.invited().filter(session__name="Lunch with the harbour master").count() == 2
    waiting = WaitlistItem.objects.waiting().filter(session__event=conference, passed_over_at=None)
    two = waiting.filter(together__isnull=False)
    assert set(two.values_list("place_at_most", "until_hours")) == {(20, 24)}
    assert two.count() == 2, "two who wait together"
    assert any(0 < (seats.available or 0) <= 3 for seats in sessions.values()), "few seats left somewhere"
    slot = Session.objects.filter(event=conference, starts_at=conference.starts_at + timedelta(minutes=105))
    assert slot.count() >= 5, "sessions at the same time, so that clashes can be seen"


def _has_an_upload_done_and_one_undone(conference: Event) -> None:
    uploads = dict(ImportBatch.objects.filter(event=conference).values_list("file_name", "status"))
    assert uploads == {"crew-list.csv": "done", "last-year.csv": "undone"}
    said = ImportRow.objects.filter(batch__file_name="crew-list.csv").values_list("code", flat=True)
    assert {"registered", "merged", "invalid"} <= set(said)


def _has_second_event_with_passes_and_a_draft() -> None:
    training = Event.objects.get(slug="dockside-training")
    assert training.is_live
    assert not training.allow_custom_agenda
    passes = {one.name: one.seats for one in Pass.objects.filter(event=training).select_related("seats")}
    assert {name: seats.available for name, seats in passes.items()} == {
        "Early deck pass": 4,
        "Deck pass": 17,
        "Bridge pass": 0,
        "Student pass": 7,
        "Galley pass": 17,
    }
    _sells_its_passes(training)
    draft = Event.objects.get(slug="winter-lay-up")
    assert draft.publish_status == Event.PublishStatus.DRAFT
    assert Session.objects.capacity_missing().filter(event=draft).count() == 1
    clashes = warnings_among(
        Session.objects.filter(event=draft).select_related("seats", "event", "room__building")
    )
    assert {"room_clash", "speaker_clash"} <= {warning.code for _session, warning in clashes}


def _sells_its_passes(training: Event) -> None:
    """Orders in every state, VAT of two rates, and something to look at."""
    at, orders = timezone.now(), Order.objects.filter(event=training)
    assert set(orders.values_list("state", flat=True)) == set(Order.State.values)
    assert set(orders.values_list("way", flat=True)) == set(Order.Way.values)
    assert orders.filter(state="owed", pay_by__lt=at).count() == 1
    assert orders.filter(state="held", held_until__gt=at).count() == 2
    lines = OrderLine.objects.filter(order__in=orders, price__gt=0)
    assert set(lines.values_list("vat_rate", flat=True)) == {Decimal(9), Decimal(21)}
    assert not Pass.objects.get(event=training, name="Early deck pass").is_on_sale(at)
    assert Payment.objects.filter(state="wrong").count() == 1
    assert Refund.objects.filter(state="done").count() == 1
    assert Sale.of(training).provider == "test"
    waiting = WaitlistItem.objects.waiting().filter(event=training, event_pass__name="Bridge pass")
    assert waiting.count() == 2


def _has_figures_and_advice(conference: Event) -> None:
    sessions = seats_of_sessions(conference)
    assert len(registrations_by_day(conference)) > 14
    assert any(one.full for one in demand_of(conference, sessions))
    assert advice_for(conference, sessions, timezone.now())


def _prints_three_guests(conference: Event) -> None:
    nadia, tomas, greta = guests()
    assert [row.full_name for row in (nadia, tomas, greta)] == [
        "Nadia Vermeer",
        "Tomás Fonseca",
        "Greta Lund",
    ]
    assert WaitlistItem.objects.open().filter(contact=nadia.contact).exists()
    assert SessionRegistration.objects.active().filter(contact=nadia.contact).count() == 6
    assert WaitlistItem.objects.invited().filter(contact=tomas.contact).count() == 1
    assert greta.event.slug == "dockside-training"
    told = set(Notification.objects.filter(event=conference).values_list("contact__email", flat=True))
    assert {nadia.contact.email, tomas.contact.email} <= told
    assert len(told) < 10, "the crowd's own mails would only fill the folder"


def test_data_files_agree_with_one_another():
    events = read("events")
    tracks = {track["name"] for track in events["harbour_conf"]["track"]}
    rooms = {room["name"]: room["layouts"] for one in read("places")["building"] for room in one["room"]}
    sessions: list[dict[str, Any]] = [row for day in DAYS for row in read(day)["session"]]
    assert {row["track"] for row in sessions} == tracks
    assert len({row["name"] for row in sessions}) == len(sessions)
    for row in [*sessions, *events["training_day"]["session"], *events["meetup"]["session"]]:
        assert row["room"] in rooms
        assert row.get("layout") is None or row["layout"] in rooms[row["room"]], row["name"]
        assert len(row["description"].split()) >= 10, row["name"]


def test_no_room_of_the_demo_holds_two_sessions_at_once():
    for day in DAYS:
        busy: dict[str, list[tuple[int, int]]] = {}
        for row in read(day)["session"]:
            hours, minutes = map(int, row["start"].split(":"))
            begin = hours * 60 + minutes
            end = begin + row["minutes"]
            others = busy.setdefault(row["room"], [])
            assert all(end <= start or stop <= begin for start, stop in others), row["name"]
            others.append((begin, end))


@pytest.mark.parametrize("day", range(7))
def test_conference_begins_on_a_friday_three_weeks_ahead(day):
    today = datetime(2031, 5, 5, 12, tzinfo=UTC) + timedelta(days=day)
    first = first_day(today, 21)
    assert first.weekday() == 4
    assert 21 <= (first - today.date()).days < 28


@pytest.mark.django_db
def test_staff_keep_their_password_as_long_as_its_file_is_there(tmp_path: Path):
    User.objects.create_user("organizer@harbour.example", None)
    path = tmp_path / "data" / "staff-password"
    password = give_staff_their_password(path)
    assert give_staff_their_password(path) == password
    assert User.objects.get().check_password(password)
    assert path.stat().st_mode & 0o077 == 0
    path.unlink()
    assert give_staff_their_password(path) != password


@pytest.mark.django_db
def test_programme_of_the_past_moves_ahead_by_whole_weeks_at_the_same_time_of_day():
    # From winter time to summer time: ten o'clock stays ten o'clock.
    winter = datetime(2025, 2, 1, 9, tzinfo=UTC)
    event = EventFactory(timezone="Europe/Brussels", starts_at=winter, ends_at=winter + timedelta(days=1))
    session = SessionFactory(event=event, starts_at=winter, ends_at=winter + timedelta(hours=1))
    unscheduled = SessionFactory(event=event, starts_at=None, ends_at=None, date=winter.date())
    summer = datetime(2031, 7, 1, tzinfo=UTC)
    weeks = move_ahead(event, summer)
    for row in (event, session, unscheduled):
        row.refresh_from_db()
    brussels = ZoneInfo("Europe/Brussels")
    assert session.starts_at is not None
    assert session.starts_at.astimezone(brussels) == datetime(2031, 7, 5, 10, tzinfo=brussels)
    assert session.date == unscheduled.date == session.starts_at.date()
    assert event.starts_at == session.starts_at
    assert weeks == (session.date - winter.date()).days // 7
    assert move_ahead(event, summer) == 0


def _has_copies_and_a_message(conference: Event) -> None:
    copies = Event.objects.filter(slug__startswith="dockside-training-again")
    assert [copy.publish_status for copy in copies] == ["draft", "draft"]
    message = conference.messages.get()
    assert Notification.objects.filter(activity=message.activity_id).count() == 2


def _has_an_evening_that_is_over() -> None:
    evening = Event.objects.get(slug="boat-shed")
    assert evening.is_live
    assert evening.ends_at < timezone.now()
    found = attendance_of(evening, seats_of_sessions(evening), timezone.now())
    assert [0 < one.missed < one.came for one in found] == [True, True]
    assert EventRegistration.objects.filter(event=evening, no_show_at__isnull=False).count() == 3


def _has_a_decision_waiting_and_a_file_taken(conference: Event) -> None:
    organizer = User.objects.get(email="organizer@harbour.example")
    hand = AtHand(organizer, timezone.now(), list(Event.objects.select_related("seats")))
    for kind in (InvitationsEnding, PastCapacity, Clashes, CapacityMissing):
        assert list(kind().matters(hand)), kind
    taken = Activity.objects.get(verb=Activity.Verb.PEOPLE_EXPORTED)
    assert (taken.event, taken.detail["format"]) == (conference, "xlsx")
    assert taken.detail["rows"] >= 150
