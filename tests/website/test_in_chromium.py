"""The website in a real browser: with and without JavaScript, narrow and wide, light and dark, without barriers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from events.actors import SYSTEM
from events.models import Event
from registrations.actions import (
    add_to_draft,
    cancel_session_registrations,
    draft_token,
    mail_address_code,
    submit_agenda,
)
from registrations.models import EventRegistration, SessionRegistration
from registrations.website.visitor import DRAFT_COOKIE
from sessions_app.models import Session
from tests.engine.acts import fill
from tests.factories import (
    BuildingFactory,
    CustomRegistrationFieldFactory,
    PassFactory,
    RoomFactory,
    SessionFactory,
    SessionTrackFactory,
    SpeakerFactory,
    at,
)
from tests.website.clicks import held, mine, waits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def programme(event: Event) -> dict[str, Session]:
    """A morning in which First and Beside overlap, Full is fully booked, and After is free."""
    building = BuildingFactory(name="Pier 7")
    event.accent_colour, event.description = "#1e4fa3", "Three **days**."
    event.building = building
    event.save()
    hours = {"First": (9, 11), "Beside": (10, 12), "Full": (13, 14), "After": (15, 16)}
    sessions = {}
    for name, (begin, end) in hours.items():
        room = RoomFactory(name=f"Room of {name}", building=building)
        track = SessionTrackFactory(event=event, colour="#b45309")
        session = SessionFactory(
            event=event,
            name=name,
            starts_at=at(begin),
            ends_at=at(end),
            room=room,
            building=building,
            track=track,
        )
        session.speakers.add(SpeakerFactory(event=event))
        sessions[name] = session
    Session.objects.filter(name="Full").update(sold_out_message="The recording follows.")
    fill(sessions["Full"])
    return sessions


@pytest.fixture
def complaints(browser_page: Any) -> list[str]:
    """What the browser's console complains about, such as a broken policy."""
    found: list[str] = []
    browser_page.on(
        "console", lambda message: found.append(message.text) if message.type == "error" else None
    )
    browser_page.on("pageerror", lambda error: found.append(str(error)))
    return found


def seat(page: Any, session: Session) -> Any:
    return page.locator(f"#seat-{session.uuid}")


def press(page: Any, label: str, session: Session) -> None:
    page.get_by_role("button", name=f"{label}: {session.name}").first.click()


def finish(page: Any, who: Any) -> None:
    page.get_by_label("First name").fill(who.first_name)
    page.get_by_label("Last name").fill(who.last_name)
    page.get_by_label("E-mail").fill(who.email)
    page.get_by_role("button", name="Register", exact=True).click()


def test_button_says_what_happened_and_the_others_follow(browser_page, complaints, programme):
    page, first, beside = browser_page, programme["First"], programme["Beside"]
    page.goto("/harbour/sessions/")
    press(page, "Add", first)
    expect(seat(page, first), "In your agenda", "Remove")
    expect(seat(page, beside), "Clashes with First", "Swap")
    expect(page.locator("#agenda-panel"), "1 session", "First", "Finish registration")
    expect(page.locator("#agenda-count"), "1")
    expect(page.locator("#live"), "First: In your agenda")
    press(page, "Swap", beside)
    expect(seat(page, beside), "In your agenda, instead of First")
    expect(seat(page, first), "Clashes with Beside")
    press(page, "Remove", beside)
    expect(seat(page, beside), "Removed", "Undo")
    expect(seat(page, first), "10 seats left")
    page.locator(f"#seat-{beside.uuid} button").click()
    expect(seat(page, beside), "In your agenda")
    assert page.url.endswith("/harbour/sessions/")
    assert complaints == []


def test_keyboard_stays_where_it_was(browser_page, programme):
    first = programme["First"]
    browser_page.goto("/harbour/sessions/")
    browser_page.locator(f"#button-{first.uuid}").focus()
    browser_page.keyboard.press("Enter")
    expect(seat(browser_page, first), "In your agenda")
    browser_page.locator(f"#button-{first.uuid}:focus").wait_for()


def test_filters_work_while_typing_and_keep_the_address(browser_page, complaints, programme):
    page = browser_page
    page.goto("/harbour/sessions/")
    page.get_by_label("Search").type("aft")
    page.locator(".session-row").nth(1).wait_for(state="detached")
    expect(page.locator("#programme"), "After", "1 session")
    assert page.url.endswith("?q=aft")
    page.reload()
    assert page.locator(".session-row").count() == 1
    assert complaints == []


def test_grid_acts_scrolls_once_and_gives_way_to_the_list(browser_page, complaints, programme):
    page, first = browser_page, programme["First"]
    short = SessionFactory(
        event=first.event, name="Short", starts_at=at(12), ends_at=at(12, 5), room=first.room
    )
    page.goto("/harbour/sessions/grid/")
    page.get_by_label("Search").type("aft")
    page.locator(".grid-cell").nth(1).wait_for(state="detached")
    expect(page.locator(".grid-cell"), "After")
    assert "?q=aft" in page.url or "&q=aft" in page.url
    page.get_by_label("Search").fill("")
    press(page, "Add", first)
    expect(seat(page, first), "In your agenda", "Remove")
    expect(seat(page, programme["Beside"]), "Clashes with First", "Swap")
    expect(page.locator("#agenda-bar"), "Finish registration")
    # One stop for Tab, and arrows from session to session: down in its room, aside to the next one.
    page.locator(f"#button-{first.uuid}").focus()
    for key, name in (
        ("ArrowDown", "Short"),
        ("ArrowUp", "First"),
        ("ArrowLeft", "Beside"),
        ("ArrowRight", "First"),
    ):
        page.keyboard.press(key)
        assert name in page.evaluate("document.activeElement.closest('.grid-cell').textContent"), key
    assert page.locator(".grid-cell [tabindex='0']").count() == 3
    # What is short is read whole; what is long below stays in its place.
    cell = page.locator(f"[data-session='{short.uuid}']")
    assert cell.get_by_text("12:00–12:05").is_visible()
    assert cell.get_by_role("button").is_visible()
    assert cell.evaluate("cell => cell.scrollHeight <= cell.clientHeight + 1")
    # One scroll: the page itself has none, and the rooms stay above what moves.
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight + 1")
    filters, region = (page.locator(each) for each in (".filters", ".grid-scroll"))
    region.evaluate("region => region.scrollTo(0, 9999)")
    room = page.locator(".grid-room", has_text="Room of First")
    assert abs(room.bounding_box()["y"] - region.bounding_box()["y"]) < 40
    bottom = filters.bounding_box()["y"] + filters.bounding_box()["height"]
    assert region.bounding_box()["y"] >= bottom
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto("/harbour/sessions/grid/?day=2031-05-05")
    page.wait_for_url("**/harbour/sessions/?day=2031-05-05")
    expect(seat(page, first), "In your agenda")
    assert complaints == []


@pytest.mark.parametrize("browser_page", [{"width": 375}], indirect=True)
def test_phone_shows_sessions_at_once_and_finish_is_near(browser_page, programme):
    """From the first Add to Finish a keyboard needs few steps, however long the list; a thumb no long way down."""
    page, first = browser_page, programme["First"]
    for hour in range(40):
        SessionFactory(event=first.event, name=f"More {hour}", starts_at=at(12, day=1), ends_at=at(13, day=1))
    page.goto("/harbour/sessions/")
    assert page.locator(".session-row").first.bounding_box()["y"] < 480
    filters = page.locator(".filters-fold")
    assert not filters.get_by_label("Track").is_visible()
    filters.locator("summary").click()
    assert filters.get_by_label("Track").is_visible()
    # Facts that take several lines end none of them with a dot, and a state has room beside its button.
    for state in page.locator(".seat-state").all()[:4]:
        assert state.bounding_box()["width"] >= 160
    page.locator(f"#button-{first.uuid}").focus()
    page.keyboard.press("Enter")
    expect(seat(page, first), "In your agenda")
    page.locator(f"#button-{first.uuid}:focus").wait_for()
    steps = 0
    while page.evaluate("document.activeElement.textContent.trim()") != "Go on and finish":
        page.keyboard.press("Tab")
        steps += 1
        assert steps <= 25
    page.keyboard.press("Enter")
    page.wait_for_url("**/register/")


def test_whole_way_of_an_attendee(browser_page, complaints, programme, bob):
    page = browser_page
    page.goto("/harbour/")
    page.get_by_role("link", name="Register now").click()
    for name, label in (("First", "Add"), ("Full", "Join waitlist"), ("After", "Add")):
        press(page, label, programme[name])
        expect(seat(page, programme[name]), "In your agenda")
    page.locator("#agenda-panel").get_by_role("link", name="Finish registration").click()
    finish(page, bob)
    expect(page.locator("main"), "You have a seat", "You are 1st in line", "bob@example.com")
    page.get_by_role("link", name="Open my page").click()
    expect(page.locator(".next-session"), "Room of First")
    press(page, "Remove", programme["After"])
    expect(page.locator("main"), "“After” was removed")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("main"), "After")
    press(page, "Leave waitlist", programme["Full"])
    page.get_by_role("link", name="Add sessions").click()
    press(page, "Swap", programme["Beside"])
    expect(seat(page, programme["Beside"]), "You have a seat, instead of First")
    assert (held(bob), waits(bob)) == (["Beside", "After"], [])
    assert complaints == []


@pytest.mark.parametrize("browser_page", [{"javascript": False}], indirect=True)
def test_whole_way_without_javascript(browser_page, programme, bob):
    page = browser_page
    page.goto("/harbour/sessions/")
    page.get_by_label("Search").fill("first")
    page.get_by_role("button", name="Show sessions").click()
    press(page, "Add", programme["First"])
    expect(page.locator("main"), "“First”: In your agenda.")
    page.goto("/harbour/sessions/")
    press(page, "Swap", programme["Beside"])
    page.goto("/harbour/agenda/")
    page.get_by_role("link", name="Finish registration").first.click()
    finish(page, bob)
    expect(page.locator("main"), "You have a seat", "Beside")
    page.get_by_role("link", name="Open my page").click()
    page.get_by_role("link", name="Cancel my registration").click()
    page.get_by_role("button", name="Cancel everything").click()
    expect(page.locator("main"), "Your registration is cancelled")
    assert held(bob) == []


def test_refusal_comes_in_the_seats_own_place(browser_page, programme, bob):
    registration = submit_agenda(programme["First"].event, bob, [programme["First"]]).registration
    browser_page.goto(mine("manage", registration))
    browser_page.goto("/harbour/sessions/")
    fill(programme["After"])
    press(browser_page, "Add", programme["After"])
    expect(seat(browser_page, programme["After"]), "Fully booked. You can join the waitlist", "Join waitlist")


# Without barriers. Each width and each scheme once: the widths change the layout, the schemes the colours.

SHAPES = pytest.mark.parametrize(
    "browser_page",
    [{"width": 320, "dark": True}, {"width": 1440}],
    indirect=True,
    ids=["narrow dark", "wide light"],
)


@SHAPES
def test_pages_for_everybody_have_no_barrier(browser_page, assert_accessible, screenshot, programme):
    address = reverse("session_page", args=["harbour", programme["Full"].uuid])
    paths = (
        "/",
        "/harbour/",
        "/harbour/sessions/",
        "/harbour/sessions/grid/",
        address,
        "/harbour/link/",
        "/nowhere/",
        "/api/v1/guide",
    )
    for path in paths:
        browser_page.goto(path)
        look(browser_page, f"public{path.replace('/', '-')}", assert_accessible, screenshot)


@SHAPES
def test_way_of_a_visitor_has_no_barrier(browser_page, assert_accessible, screenshot, programme, bob):
    page = browser_page
    for kind in ("text", "yes_no", "number", "date", "long_text"):
        CustomRegistrationFieldFactory(event=programme["First"].event, kind=kind)
    for kind in ("single_choice", "multiple_choice"):
        CustomRegistrationFieldFactory(event=programme["First"].event, kind=kind, choices="A\nB\nC")
    page.goto("/harbour/sessions/")
    for name, label in (("First", "Add"), ("Full", "Join waitlist")):
        press(page, label, programme[name])
        expect(seat(page, programme[name]), "In your agenda")
    look(page, "list-chosen", assert_accessible, screenshot)
    page.goto("/harbour/sessions/grid/")
    look(page, "grid-chosen", assert_accessible, screenshot)
    add_clashing(page, programme["Beside"])
    look(page, "agenda-conflict", assert_accessible, screenshot)
    page.goto("/harbour/register/")
    with page.expect_navigation():
        page.get_by_role("button", name="Register", exact=True).click()
    look(page, "finish-errors", assert_accessible, screenshot)
    finish(page, bob)
    look(page, "result", assert_accessible, screenshot)


@SHAPES
def test_personal_pages_have_no_barrier(browser_page, assert_accessible, screenshot, programme, bob):
    registration = everything_of(bob, programme)
    choose_before(browser_page, programme)
    item = registration.contact.waitlist_items.get(status="invited")
    mail_address_code(registration, "robert@example.org")
    addresses = {
        "manage": mine("manage", registration),
        "invitation": mine("invitation", registration, item.uuid),
        "details": mine("manage_details", registration),
        "address": mine("manage_address", registration),
        "address-code": mine("manage_address_code", registration),
        "cancel": mine("manage_cancel", registration),
        "mine": "/harbour/sessions/",
        "broken": "/harbour/me/x/",
    }
    for name, address in addresses.items():
        browser_page.goto(address)
        look(browser_page, name, assert_accessible, screenshot)


@SHAPES
def test_passes_have_no_barrier(browser_page, assert_accessible, screenshot, event):
    Event.objects.update(allow_custom_agenda=False)
    for name, capacity in (("Standard", 40), ("Patron", 2)):
        PassFactory(event=event, name=name, capacity=capacity, description="Both days")
    for path in ("/harbour/", "/harbour/register/"):
        browser_page.goto(path)
        look(browser_page, f"passes{path.replace('/', '-')}", assert_accessible, screenshot)


def look(page: Any, name: str, assert_accessible: Any, screenshot: Any) -> None:
    """Nothing sticks out sideways, and axe finds nothing."""
    wide, shown = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    scheme = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
    screenshot(page, f"{name}-{shown}-{scheme}")
    assert wide <= shown, f"{name} is {wide} wide"
    # What sticks hides half of something at any moment; axe would take that half for all of it.
    page.evaluate(
        "document.querySelectorAll('.hours, .agenda-bar').forEach(bar => bar.style.position = 'static')"
    )
    assert_accessible(page)


def add_clashing(page: Any, session: Session) -> None:
    """Add a session that clashes, as an old page would, and see the agenda."""
    token = page.locator("[name=csrfmiddlewaretoken]").first
    page.goto("/harbour/sessions/")
    address = reverse("draft_seat", args=["harbour", session.uuid, "add"])
    form = {"csrfmiddlewaretoken": token.get_attribute("value"), "next": "/harbour/agenda/"}
    page.request.post(address, form=form)
    page.goto("/harbour/agenda/")


def choose_before(page: Any, programme: dict[str, Session]) -> None:
    """Let the browser hold a draft of three, as chosen before the personal link was opened."""
    event = programme["First"].event
    draft = add_to_draft(event, None, programme["First"])
    for name in ("Beside", "After"):
        draft = add_to_draft(event, draft, programme[name])
    page.goto("/harbour/link/")
    page.context.add_cookies([{"name": DRAFT_COOKIE, "value": draft_token(draft), "url": page.url}])


def everything_of(who: Any, programme: dict[str, Session]) -> EventRegistration:
    """Somebody with a seat, a place in line, and an offered seat."""
    event = programme["First"].event
    offered = SessionFactory(event=event, name="Offered", starts_at=at(18), ends_at=at(19), capacity=1)
    Session.objects.filter(pk=offered.pk).update(own_auto_register_waitlisted=False)
    holder = fill(offered)[0]
    wishes = [programme["First"], programme["Full"], offered]
    registration = submit_agenda(event, who, wishes, wait=True).registration
    assert registration is not None
    rows = SessionRegistration.objects.active().filter(session=offered, contact__email=holder.email)
    cancel_session_registrations(rows, actor=SYSTEM)
    return registration


def expect(place: Any, *words: str) -> None:
    """The place comes to say all these words."""
    from playwright.sync_api import expect as eventually

    for each in words:
        eventually(place).to_contain_text(re.compile(re.escape(each)))
