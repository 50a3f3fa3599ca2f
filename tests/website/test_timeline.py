"""The programme as a timeline: groups that fold, hours that jump, now, one's own free times, and what is drawn."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from events.models import Event
from registrations.rules.people import Attendee
from registrations.website.parts import to_draw
from registrations.website.timeline import entries_of, timeline_of
from sessions_app.models import Session
from tests.factories import SessionFactory, SessionTrackFactory, at
from tests.website.clicks import choose, listed, mine, registered, text

pytestmark = pytest.mark.django_db
LIST = "/harbour/sessions/"


def one(event: Event, name: str, begins: Any, ends: Any, **more: Any) -> Session:
    return SessionFactory(event=event, name=name, starts_at=begins, ends_at=ends, **more)


def busy(event: Event, count: int = 100) -> None:
    """A day of so many sessions, one every five minutes from nine o'clock on."""
    rows = [one(event, "First", at(9), at(10))]
    seats = type(rows[0].seats).objects
    for number in range(1, count):
        begins = at(9) + timedelta(minutes=5 * number)
        rows.append(
            Session(
                event=event,
                name=f"Number {number}",
                seats=seats.create(event=event, capacity=9),
                starts_at=begins,
                ends_at=begins + timedelta(minutes=25),
                date=begins.date(),
                session_status=Session.Status.LIVE,
            )
        )
    Session.objects.bulk_create(rows[1:])


def groups(client: Client, **query: str) -> list[tuple[str, int, bool]]:
    """What the page's groups say: their clock, how many sessions, and whether these are drawn."""
    days = client.get(LIST, query).context["timeline"]
    return [(each.clock, len(each.entries), each.is_drawn) for day in days for each in day.groups]


def test_sessions_that_begin_together_are_one_group_that_folds(client: Client, event: Event) -> None:
    for number, (hour, minute) in enumerate(((9, 0), (9, 0), (9, 0), (9, 30), (9, 30), (10, 0))):
        one(event, f"S{number}", at(hour, minute), at(hour + 1))
    SessionFactory(event=event, name="Some day", starts_at=None, ends_at=None, date=at(9).date())
    assert groups(client) == [("09:00", 3, True), ("09:30", 2, True), ("10:00", 1, True), ("", 1, True)]
    page = client.get(LIST).content.decode()
    assert '<details class="time-group" id="at-2031-05-05T0900" open>' in page
    assert '<a href="#at-2031-05-05T1000" aria-label="10:00">10</a>' in page
    assert "10:00 1 session" in text(client.get(LIST))


def test_day_of_few_is_grouped_by_hours(client: Client, event: Event) -> None:
    for hour, minute in ((9, 0), (9, 45), (10, 30)):
        one(event, f"{hour}:{minute}", at(hour, minute), at(hour + 1, minute))
    assert groups(client) == [("09:00", 2, True), ("10:00", 1, True)]


def test_busy_day_is_grouped_by_half_hours_and_drawn_group_by_group(client: Client, event: Event) -> None:
    busy(event)
    shown = groups(client)
    assert len(shown) == 17
    assert shown[:2] == [("09:00", 6, True), ("09:30", 6, True)]
    assert sum(count for _clock, count, is_drawn in shown if is_drawn) == 48
    assert shown[8] == ("13:00", 6, False)
    # By a link for people without scripts: that group, and those behind it.
    page = client.get(LIST).content.decode()
    assert 'href="?&amp;at=2031-05-05T13:00#at-2031-05-05T1300"' in page
    later = groups(client, at="2031-05-05T13:00")
    assert (later[0], later[8]) == (("09:00", 6, False), ("13:00", 6, True))
    assert later[-1] == ("17:00", 4, False)
    assert groups(client, at="nonsense") == shown


def test_group_in_sight_comes_alone(client: Client, event: Event) -> None:
    busy(event)
    htmx = {"HX-Request": "true", "HX-Target": "at-2031-05-05T1300-rows"}
    answer = client.get(LIST, {"at": "2031-05-05T13:00"}, headers=htmx)
    assert answer.content.decode().strip().startswith('<ol class="session-rows plain">')
    assert [seat.session.name for seat in listed(answer)] == [f"Number {n}" for n in range(48, 54)]
    gone = client.get(LIST, {"at": "2031-05-05T03:00"}, headers=htmx)
    assert (gone.status_code, gone.content.strip()) == (200, b"")


def test_group_is_never_endless(event: Event) -> None:
    busy(event, 2)
    entries = entries_of(Session.objects.all(), event) * 40
    [day] = timeline_of(sorted(entries, key=lambda each: each.begins or at(0)), timezone.now())
    assert [(group.key, len(group.entries)) for group in day.groups] == [
        ("2031-05-05T09:00", 40),
        ("2031-05-05T09:05", 40),
    ]
    [day] = timeline_of(entries[:1] * 130, timezone.now())
    assert [group.key[16:] for group in day.groups] == ["", "~2", "~3"]
    assert len(to_draw(day.groups, "", at_first=50, whole=60)) == 1


def test_now_stands_on_its_day_and_that_group_is_drawn(client: Client, event: Event) -> None:
    now = timezone.now().replace(hour=12, minute=7)
    entries = []
    for hours in (-2, -1, 1, 2):
        begins = now + timedelta(hours=hours)
        session = one(event, str(hours), begins, begins + timedelta(minutes=30))
        entries.append(session)
    [day] = timeline_of(entries_of(Session.objects.all(), event), now)
    assert [group.is_after_now for group in day.groups] == [False, False, True, False]
    assert [hour for hour, _anchor, is_now in day.hours if is_now] == [11]
    assert (day.clock, day.is_over) == ("12:07", False)
    [over] = timeline_of(entries_of(Session.objects.all(), event), now + timedelta(hours=3))
    assert over.is_over
    assert "Now, " in text(client.get(LIST))
    assert 'href="#now"' in client.get(LIST).content.decode()


def free(client: Client) -> list[tuple[str, int]]:
    said = re.findall(r"You are free ([\d:–]+): (\d+) session", text(client.get(LIST)))
    return [(words, int(fitting)) for words, fitting in said]


@pytest.mark.parametrize("is_registered", [False, True])
def test_free_times_say_how_many_fit_and_lead_to_them(
    client: Client, event: Event, bob: Attendee, is_registered: bool, django_assert_num_queries: Any
) -> None:
    early, late = one(event, "Early", at(10), at(11, 30)), one(event, "Late", at(13, 45), at(15))
    one(event, "Before", at(9), at(10))
    one(event, "Begins too early", at(11), at(12))
    for number in range(3):
        one(event, f"Fits {number}", at(12), at(13))
    one(event, "Lasts too long", at(13), at(14))
    one(event, "Mild", at(13), at(14), prevent_session_conflicts=False)
    one(event, "Other day", at(9, day=1), at(10, day=1))
    assert free(client) == []
    if is_registered:
        client.get(mine("manage", registered(event, bob, early, late)))
    else:
        choose(client, early, late)
    assert free(client) == [("09:00–10:00", 1), ("11:30–13:45", 3)]
    page = client.get(LIST)
    assert "You are free 11:30–13:45: 3 sessions fit" in text(page)
    address = "?day=2031-05-05&amp;time=11:30-13:45&amp;fits=true"
    assert address in page.content.decode()
    there = client.get(LIST + address.replace("&amp;", "&"))
    assert [seat.session.name for seat in listed(there)] == ["Fits 0", "Fits 1", "Fits 2"]
    assert "You are free" not in text(there)


def test_filters_are_chips_with_the_way_back(client: Client, event: Event) -> None:
    one(event, "Knots", at(10), at(11), track=SessionTrackFactory(event=event, name="Rust & Co"))
    asked = {"track": "Rust & Co", "room": "", "free": "true", "day": "2031-05-05", "q": "knots"}
    page = client.get(LIST, asked)
    assert [(chip.words, chip.address) for chip in page.context["chips"]] == [
        ("Track: Rust & Co", "?free=true&day=2031-05-05&q=knots"),
        ("Seats free", "?track=Rust+%26+Co&day=2031-05-05&q=knots"),
    ]
    assert "Filters 2" in text(page)
    assert "Remove the filter “Track: Rust &amp; Co”" in page.content.decode()
    for target in ("programme", ""):
        part = client.get(LIST, asked, headers={"HX-Request": "true", "HX-Target": target})
        assert ('id="filter-count" hx-swap-oob="true"' in part.content.decode()) is bool(target)


def test_nothing_found_says_what_to_loosen(client: Client, event: Event) -> None:
    track = SessionTrackFactory(event=event, name="Rust")
    one(event, "Knots", at(10), at(11))
    one(event, "Crabs", at(14), at(15), track=track)
    page = client.get(LIST, {"track": "Rust", "time": "morning"})
    assert page.context["count"] == 0
    said = text(page)
    assert "No session fits these filters" in said
    assert "Without “Track: Rust”: 1 session" in said
    assert "Without “Time of day: Morning”: 1 session" in said
    hopeless = client.get(LIST, {"q": "zebra", "speaker": "nobody"})
    assert "Try fewer words" in text(hopeless)
    assert "Take one of them away" in text(client.get(LIST, {"q": "zebra"}))
