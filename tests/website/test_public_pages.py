"""The list of events, an event's page, a session's page, and what is not public."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from events.actors import SYSTEM
from events.colours import TEAL, accent_pair, contrast
from events.models import Event
from events.pictures import keep, rework
from registrations.actions import change_capacity
from sessions_app.models import Session
from tests.factories import (
    FIRST_DAY,
    EventFactory,
    PassFactory,
    SessionFactory,
    SessionTrackFactory,
    SpeakerFactory,
)
from tests.test_pictures import drawn
from tests.website.clicks import registered, text

pytestmark = pytest.mark.django_db

DRAFT, READY, CANCELLED = Event.PublishStatus.DRAFT, Event.PublishStatus.READY, Event.PublishStatus.CANCELLED


def names(response) -> list[str]:
    return [each.name for each in response.context["page"]]


def test_lists_live_events_only(client, event):
    EventFactory(publish_status=DRAFT)
    EventFactory(archived_at=timezone.now())
    assert names(client.get("/")) == ["Harbour Conf"]


def test_finds_and_sorts_events(client, event):
    EventFactory(name="Alps Meeting", starts_at=FIRST_DAY.replace(day=6))
    assert names(client.get("/", {"q": "harbour"})) == ["Harbour Conf"]
    assert names(client.get("/")) == ["Harbour Conf", "Alps Meeting"]
    assert names(client.get("/", {"sort": "name"})) == ["Alps Meeting", "Harbour Conf"]
    assert names(client.get("/", {"sort": "; drop", "page": "x"})) == ["Harbour Conf", "Alps Meeting"]
    assert "No event matches “nothing”" in text(client.get("/", {"q": "nothing"}))


@pytest.mark.parametrize("count", [1, 30])
def test_list_of_events_takes_as_many_queries_for_30_as_for_1(client, count, django_assert_num_queries):
    EventFactory.create_batch(count)
    with django_assert_num_queries(2):
        client.get("/")


@pytest.mark.parametrize("count", [1, 30])
def test_event_page_takes_as_many_queries_for_30_as_for_1(client, event, count, django_assert_num_queries):
    for _number in range(count):
        session = SessionFactory(event=event, track=SessionTrackFactory(event=event))
        session.speakers.add(SpeakerFactory(event=event))
    client.get("/harbour/")
    with django_assert_num_queries(1):
        client.get("/harbour/")


def test_event_page_shows_what_when_and_one_primary_button(client, event):
    session = SessionFactory(event=event, track=SessionTrackFactory(event=event, name="Navigation"))
    session.speakers.add(SpeakerFactory(event=event, name="Ana Diaz"))
    page = client.get("/harbour/")
    for words in ("Harbour Conf", "5–7 May 2031", "Register now", "Navigation", "Ana Diaz", "1 session"):
        assert words in text(page)
    assert page.content.decode().count("btn-primary") == 2  # the link that skips to the content is one


def test_event_page_offers_passes_and_says_what_is_left(client):
    event = EventFactory(session_level=False)
    PassFactory(event=event, name="Standard", capacity=40)
    PassFactory(event=event, name="Patron", capacity=1, price=90)
    PassFactory(event=event, name="Secret", capacity=0)
    said = text(client.get(f"/{event.slug}/"))
    assert "Standard Free" in said
    assert "40 left" in said
    assert "Secret" not in said


@pytest.mark.parametrize("status", [DRAFT, READY])
@pytest.mark.parametrize(
    "address", ["event_page", "session_list", "session_grid", "agenda", "finish_registration"]
)
def test_hides_event_that_is_not_live(client, event, status, address):
    Event.objects.update(publish_status=status)
    assert client.get(reverse(address, args=["harbour"])).status_code == 404


def test_says_that_event_is_cancelled(client, event):
    Event.objects.update(publish_status=CANCELLED, cancelled_at=timezone.now())
    page = client.get("/harbour/")
    assert page.status_code == 410
    assert "Harbour Conf was cancelled" in text(page)


@pytest.mark.parametrize("field", ["cancelled_at", "archived_at"])
def test_hides_session_that_is_gone(client, event, field):
    session = SessionFactory(event=event, **{field: timezone.now()})
    address = reverse("session_page", args=["harbour", session.uuid])
    assert client.get(address).status_code == 404
    assert text(client.get("/harbour/sessions/")).count(session.name) == 0


def test_hides_session_that_is_not_live_or_of_another_event(client, event):
    approved = SessionFactory(event=event, session_status=Session.Status.APPROVED)
    elsewhere = SessionFactory()
    for session in (approved, elsewhere):
        assert client.get(reverse("session_page", args=["harbour", session.uuid])).status_code == 404


def test_session_page_shows_everything_about_it(client, event):
    session = SessionFactory(
        event=event, name="Knots", description="**Tie** it <script>x</script>", capacity=3
    )
    session.speakers.add(SpeakerFactory(event=event, name="Ana Diaz"))
    page = client.get(reverse("session_page", args=["harbour", session.uuid]))
    for words in ("Knots", "Ana Diaz", "3 seats left", "Add"):
        assert words in text(page)
    assert "<strong>Tie</strong>" in page.content.decode()
    assert "<script>x" not in page.content.decode()


def test_answers_for_unknown_addresses_in_its_own_words(client, event):
    for address in ("/nowhere/", "/harbour/sessions/7/", "/harbour/x/y/z/"):
        page = client.get(address)
        assert page.status_code == 404
        assert "There is nothing here" in text(page)


def test_pages_allow_no_inline_script_or_style(client, event):
    event.accent_colour = "#9d174d"
    event.save()
    page = client.get("/harbour/")
    policy = page["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "'nonce-" in policy
    assert "--accent-light: #9d174d" in page.content.decode()
    assert " style=" not in page.content.decode()


@pytest.mark.parametrize("chosen", ["", "#ffff00", "#12", "red", "#00ff7f"])
def test_falls_back_to_teal_where_the_accent_cannot_be_read(chosen):
    assert accent_pair(chosen)[0] == TEAL


@pytest.mark.parametrize("chosen", ["#1e4fa3", "#9d174d", "#000000", "#0f766e", "#7c2d12"])
def test_accent_can_be_read_in_light_and_dark(chosen):
    light, dark = accent_pair(chosen)
    assert light == chosen
    assert contrast(light, "#ffffff") >= 4.5
    assert contrast(dark, "#171d1c") >= 4.5


def test_pictures_of_an_event_are_shown(client, event):
    header, logo = (drawn((900, 300), colour=(0, 99, 99)), drawn((60, 20), mode="RGBA"))
    event.header_picture, event.logo = (keep(rework(each), event) for each in (header, logo))
    event.header_focus_x, event.header_focus_y = 20, 80
    event.save()
    page, listed = (client.get(path).content.decode() for path in ("/harbour/", "/"))
    assert event.header_picture.url in page
    assert event.logo.url in page
    for html in (page, listed):
        assert event.header_picture.small_url in html
        assert f".focus-{event.pk} {{ object-position: 20% 80%; }}" in html


def test_pictures_folder_is_not_listed(client):
    for path, status in (("events/", 404), ("other/x.png", 404), ("events/../secret", 400)):
        assert client.get(f"/media/{path}").status_code == status


@pytest.mark.parametrize(
    ("waitlist", "said"), [(True, "Join the waitlist"), (False, "This event is fully booked.")]
)
def test_event_page_says_when_the_event_is_full(client, event, bob, waitlist, said):
    change_capacity(event, 1, actor=SYSTEM)
    registered(event, bob, SessionFactory(event=event))
    Event.objects.update(waitlist_enabled=waitlist)
    assert said in text(client.get("/harbour/"))
    assert "fully booked" in text(client.get("/harbour/sessions/"))


def test_pages_of_the_list_keep_what_was_asked_for(client):
    EventFactory.create_batch(25, name="Harbour")
    page = client.get("/", {"q": "harbour", "sort": "name"})
    assert [address for _number, address in page.context["pages"]] == [
        "?q=harbour&sort=name&page=1",
        "?q=harbour&sort=name&page=2",
    ]
    assert len(names(client.get("/", {"q": "harbour", "page": "2"}))) == 1


def test_speaks_one_language_at_a_time(client, event):
    assert "5–7 May 2031" in text(client.get("/harbour/", headers={"Accept-Language": "pt"}))
