"""An agenda before it has a name: kept on the server, found again by a signed cookie."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from registrations.models import AgendaDraft, AgendaDraftLine
from sessions_app.models import Session
from tests.engine.acts import fill
from tests.factories import EventFactory, SessionFactory, SessionTrackFactory, at
from tests.website.clicks import choose, chosen, text

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def press(client: Client, session: Session, verb: str, shown=(), **more: str):
    """Press a button with JavaScript, on a page that shows these sessions."""
    address = reverse("draft_seat", args=[session.event.slug, session.uuid, verb])
    ids = ",".join(str(each.uuid) for each in shown)
    return client.post(address, {"next": "/harbour/sessions/", "shown": ids, **more}, headers=HTMX)


def test_adds_and_removes_without_javascript(client, event):
    knots, tides = (SessionFactory(event=event, name=name) for name in ("Knots", "Tides"))
    answer = choose(client, knots, tides)
    assert (answer.status_code, answer.url) == (302, f"/harbour/sessions/#seat-{tides.uuid}")
    assert chosen(client, event) == ["Knots", "Tides"]
    choose(client, knots, verb="remove")
    assert chosen(client, event) == ["Tides"]


def test_draft_is_found_again_only_by_its_own_browser(client, event):
    choose(client, SessionFactory(event=event, name="Knots"))
    cookie = client.cookies["seatwise_draft"]
    assert cookie["httponly"]
    assert cookie["path"] == "/harbour/"
    assert chosen(Client(), event) == []
    again = Client()
    again.cookies["seatwise_draft"] = cookie.value
    assert chosen(again, event) == ["Knots"]


@pytest.mark.parametrize("token", ["", "x", "0" * 32, "é", "a.b"])
def test_forged_draft_cookie_finds_nothing(client, event, token):
    draft = AgendaDraft.objects.create(event=event)
    for forged in (token, draft.uuid.hex, f"{draft.uuid.hex}.{token}"):
        client.cookies["seatwise_draft"] = forged
        assert chosen(client, event) == []


def test_draft_of_one_event_is_not_another_events(client, event):
    other = EventFactory(slug="other")
    choose(client, SessionFactory(event=event))
    client.cookies["seatwise_draft"]["path"] = "/"
    assert chosen(client, other) == []


def test_adding_twice_and_removing_twice_is_harmless(client, event):
    knots = SessionFactory(event=event, name="Knots")
    choose(client, knots, knots)
    assert chosen(client, event) == ["Knots"]
    assert AgendaDraftLine.objects.count() == 1
    choose(client, knots, knots, verb="remove")
    assert chosen(client, event) == []


def test_swap_puts_one_in_place_of_what_it_clashes_with(client, event):
    first = SessionFactory(event=event, name="First", starts_at=at(9), ends_at=at(11))
    beside = SessionFactory(event=event, name="Beside", starts_at=at(10), ends_at=at(12))
    other = SessionFactory(event=event, name="Other", starts_at=at(14), ends_at=at(15))
    choose(client, first, other)
    choose(client, beside, verb="swap", give_up=str(first.uuid))
    assert chosen(client, event) == ["Beside", "Other"]


def test_removed_session_can_be_had_again_from_the_agenda(client, event):
    knots = SessionFactory(event=event, name="Knots")
    choose(client, knots)
    answer = choose(client, knots, verb="remove", next="/harbour/agenda/")
    assert answer.url == f"/harbour/agenda/?removed={knots.uuid}"
    page = client.get(answer.url)
    assert "“Knots” was removed. Undo" in text(page)
    client.post(page.context["removed"].url, {"next": "/harbour/agenda/"})
    assert chosen(client, event) == ["Knots"]


def test_agenda_shows_what_clashes_and_what_is_full(client, event):
    first = SessionFactory(event=event, name="First", starts_at=at(9), ends_at=at(11))
    beside = SessionFactory(event=event, name="Beside", starts_at=at(10), ends_at=at(12))
    full = SessionFactory(event=event, name="Full", starts_at=at(14), ends_at=at(15), capacity=1)
    fill(full)
    choose(client, first, beside, full)
    page = client.get("/harbour/agenda/")
    for words in (
        "Some sessions overlap",
        "Clashes with Beside",
        "Clashes with First",
        "One session is fully booked",
    ):
        assert words in text(page)
    assert "2 sessions · 1 waiting" in text(page)


def test_draft_holds_no_seat(client, event):
    session = SessionFactory(event=event, capacity=1)
    choose(client, session)
    session.seats.refresh_from_db()
    assert (session.seats.taken, session.seats.held, session.seats.waiting) == (0, 0, 0)


def test_session_that_went_away_can_still_be_taken_out(client, event):
    knots = SessionFactory(event=event, name="Knots")
    choose(client, knots)
    Session.objects.update(session_status=Session.Status.APPROVED)
    assert chosen(client, event) == ["Knots"]
    choose(client, knots, verb="remove")
    assert chosen(client, event) == []


def test_adding_what_is_not_on_the_website_is_not_found(client, event):
    hidden = SessionFactory(event=event, session_status=Session.Status.APPROVED)
    elsewhere = SessionFactory()
    assert choose(client, hidden).status_code == 404
    address = reverse("draft_seat", args=["harbour", elsewhere.uuid, "add"])
    assert client.post(address).status_code == 404
    assert AgendaDraft.objects.count() == 0


def test_buttons_only_take_posts_that_come_from_our_pages(event):
    session = SessionFactory(event=event)
    address = reverse("draft_seat", args=["harbour", session.uuid, "add"])
    assert Client().get(address).status_code == 405
    refused = Client(enforce_csrf_checks=True).post(address)
    assert refused.status_code == 403
    assert "Please send that again" in text(refused)


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "\\evil"]
)
def test_button_leads_back_only_to_our_own_pages(client, event, where):
    answer = choose(client, SessionFactory(event=event), next=where)
    assert answer.url.startswith("/harbour/agenda/#")


# With JavaScript: the answer is what changed on the page.


def test_answers_htmx_with_the_seat_and_the_agenda(client, event):
    session = SessionFactory(event=event, name="Knots")
    answer = press(client, session, "add")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.lstrip().startswith(f'<div class="seat" id="seat-{session.uuid}"')
    for part in ('id="agenda-panel"', 'id="agenda-bar"', 'id="agenda-count"', 'id="live"'):
        assert part in page
    assert "Knots: In your agenda" in page


def test_answer_brings_the_shown_sessions_that_overlap_and_no_others(client, event):
    first = SessionFactory(event=event, starts_at=at(9), ends_at=at(11))
    beside = SessionFactory(event=event, starts_at=at(10), ends_at=at(12))
    after = SessionFactory(event=event, starts_at=at(11), ends_at=at(12))
    hidden = SessionFactory(event=event, starts_at=at(9), ends_at=at(11))
    page = press(client, first, "add", [first, beside, after]).content.decode()
    assert f'id="seat-{beside.uuid}" hx-swap-oob="true"' in page
    assert page.count(f'id="seat-{first.uuid}"') == 1
    assert str(after.uuid) not in page
    assert str(hidden.uuid) not in page


@pytest.mark.parametrize("limited", ["event", "track"])
def test_answer_brings_the_shown_sessions_that_a_limit_closes(client, event, limited):
    track = SessionTrackFactory(event=event, most_sessions=2 if limited == "track" else None)
    Event.objects.update(most_sessions=2 if limited == "event" else None)
    first, second, third = (
        SessionFactory(event=event, track=track, starts_at=at(hour), ends_at=at(hour + 1))
        for hour in (9, 11, 13)
    )
    # Nothing changes beside the others while one more may be chosen.
    page = press(client, first, "add", [first, second, third]).content.decode()
    assert not any(f'id="seat-{other.uuid}"' in page for other in (second, third))
    page = press(client, second, "add", [first, second, third]).content.decode()
    assert f'id="seat-{third.uuid}" hx-swap-oob="true"' in page
    assert f'id="seat-{first.uuid}"' not in page
    page = press(client, second, "remove", [first, second, third]).content.decode()
    assert f'id="seat-{third.uuid}" hx-swap-oob="true"' in page


def test_answer_to_a_swap_brings_what_was_given_up(client, event):
    one, other = (SessionFactory(event=event, name=name, starts_at=at(9), ends_at=at(11)) for name in "AB")
    press(client, one, "add")
    page = press(client, other, "swap", [one, other], give_up=str(one.uuid)).content.decode()
    assert f'id="seat-{one.uuid}" hx-swap-oob="true"' in page
    assert chosen(client, event) == ["B"]


def test_answer_offers_undo_after_removing(client, event):
    session = SessionFactory(event=event)
    press(client, session, "add")
    page = text(press(client, session, "remove"))
    assert page.startswith("Removed Undo")


def test_answer_takes_nonsense_about_what_is_shown(client, event):
    session = SessionFactory(event=event)
    address = reverse("draft_seat", args=["harbour", session.uuid, "add"])
    assert client.post(address, {"shown": "x,,1" * 999}, headers=HTMX).status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_agenda_takes_as_many_queries_for_30_as_for_1(client, event, count, django_assert_num_queries):
    choose(client, *SessionFactory.create_batch(count, event=event))
    with django_assert_num_queries(3):
        client.get("/harbour/agenda/")


def test_sessions_can_be_chosen_before_registration_opens(client, event):
    Event.objects.update(registration_opens_at=timezone.now() + timedelta(days=1))
    SessionFactory(event=event, name="Knots")
    page = client.get("/harbour/sessions/")
    assert "You can choose your sessions already" in text(page)
    choose(client, event.sessions.get())
    assert chosen(client, event) == ["Knots"]
