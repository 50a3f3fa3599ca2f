"""People by file, a message to some of them, a copy of the event: in a real browser, with JavaScript and without."""

from __future__ import annotations

import re

import pytest
from django.core import mail as mailbox

from events.models import Event
from registrations.imports.running import work_on_imports
from registrations.mail import send_due
from registrations.models import Notification
from tests.admin_panels.helpers import tab
from tests.engine.acts import figures
from tests.factories import EventFactory, SessionFactory
from tests.journeys.ways import TABLET, WAYS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def session(db):
    """A session of two seats, nobody in it yet."""
    event = EventFactory(name="Harbour Conf", slug="harbour-2031")
    return SessionFactory(event=event, name="Practical seamanship", capacity=2)


@pytest.fixture
def look(browser_page, screenshot, assert_accessible):
    """Return a function that looks at the page: its picture, its width, and the barriers on it in both themes."""

    def at(name):
        width = browser_page.viewport_size["width"]
        browser_page.wait_for_load_state()
        screenshot(browser_page, f"{name}-{width}")
        assert browser_page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
        # Once for both themes is enough; where scripts are off the check, which is one, would wait for ever.
        if width == TABLET and browser_page.has_javascript:
            assert_accessible(browser_page, themes=True)

    return at


def work(page):
    """Let the worker do what was asked for; the page finds out by itself, without JavaScript by its link."""
    page.get_by_role("link", name="Look again").wait_for()
    work_on_imports()
    if not page.has_javascript:
        page.get_by_role("link", name="Look again").click()


@pytest.mark.parametrize("browser_page", WAYS, indirect=True)
def test_uploads_people_and_takes_them_back(
    browser_page, sign_in, alice, session, look, tmp_path, assert_seats_true
):
    page, file = browser_page, tmp_path / "people.csv"
    lines = [f"g{n}@example.org;G;{n};A{n}" for n in range(4)]
    file.write_text("\n".join(["Mail;Vorname;Nachname;Sitzplatz", *lines, "nobody;No;Body;"]))
    sign_in(page, alice)
    page.goto(tab(session))
    page.get_by_role("link", name="Upload people").first.click()
    page.get_by_label("File").set_input_files(file)
    look("import-file")
    page.get_by_role("button", name="Upload").click()
    page.get_by_label("Where a session or the event is full").select_option("wait")
    look("import-columns")
    page.get_by_role("button", name="Show what would happen").click()
    page.get_by_text("0 of 5 rows").wait_for()
    look("import-progress")
    work(page)
    run = page.get_by_role("button", name="Register these people")
    run.wait_for()
    assert page.get_by_text("On the waitlist, number 2").is_visible()
    assert figures(session) == (2, 0, 0, 0)
    look("import-tried")
    run.click()
    work(page)
    undo = page.get_by_role("button", name="Undo this upload")
    undo.wait_for()
    assert figures(session) == (2, 2, 0, 2)
    look("import-done")
    undo.click()
    work(page)
    page.locator(".panel-summary").get_by_text("Undone", exact=True).wait_for()
    assert figures(session) == (2, 0, 0, 0)
    look("import-undone")
    assert_seats_true(session.event)


@pytest.fixture
def registered(session):
    """Two people with a seat, whose own mails have left."""
    from tests.admin_panels.helpers import fill

    fill(session, 2)
    Notification.objects.all().delete()


@pytest.mark.parametrize("browser_page", WAYS, indirect=True)
def test_writes_to_chosen_people_and_stops_it(browser_page, sign_in, alice, session, registered, look):
    page = browser_page
    sign_in(page, alice)
    page.goto(tab(session.event))
    panel = page.locator("#panel-event_registrations")
    for box in panel.locator("input[name=row]").all():
        box.check()
    panel.get_by_role("button", name="Send a message").click()
    page.get_by_label("Subject").fill("Boots for {event}")
    page.get_by_label("Message").fill("Hello **{name}**, bring boots.")
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("heading", name=re.compile("As Guest Number00[12] sees it")).wait_for()
    assert page.locator(".sw-mail").get_by_text("bring boots.").is_visible()
    look("message-preview")
    page.get_by_role("button", name="Test to me").click()
    page.get_by_text(f"{alice.email}").first.wait_for()
    assert [(mail.to, mail.subject) for mail in mailbox.outbox] == [
        ([alice.email], "[Test] Boots for Harbour Conf")
    ]
    page.get_by_role("button", name="Send to 2 people").click()
    page.get_by_text("0 of 2 mails sent, 2 on their way").wait_for()
    look("message-on-its-way")
    page.get_by_role("button", name="Stop it").click()
    page.get_by_text("Stopped. 2 mails were withdrawn.").wait_for()
    page.get_by_text("0 of 2 mails sent, 2 not sent").wait_for()
    look("message-stopped")
    send_due()
    assert len(mailbox.outbox) == 1


@pytest.mark.parametrize("browser_page", WAYS, indirect=True)
def test_copies_an_event(browser_page, sign_in, alice, session, registered, look):
    page = browser_page
    sign_in(page, alice)
    page.goto(tab(session.event, "general"))
    page.get_by_role("link", name="Copy event").or_(
        page.get_by_role("button", name="Copy event")
    ).first.click()
    page.get_by_label("Name", exact=True).fill("Harbour Conf again")
    page.get_by_label("Number of copies").fill("2")
    page.get_by_role("button", name="Look again").click()
    make = page.get_by_role("button", name="Make 2 copies")
    make.wait_for()
    assert page.get_by_text("1 session, 0 tracks").is_visible()
    look("copy-looked-at")
    make.click()
    page.get_by_text("is copied 2 times: drafts that you own, open to nobody yet.").wait_for()
    look("copy-made")
    copies = Event.objects.exclude(pk=session.event_id)
    assert [(copy.sessions.count(), copy.event_registrations.count()) for copy in copies] == [(1, 0), (1, 0)]
