"""Languages in a browser: the switch keeps what was chosen and typed, and longer words fit, from either side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.factories import EventFactory, SessionFactory, at
from tests.journeys.ways import IS_EVERY_WAY, SCRIPTED_WAYS, VISITOR_WAYS
from tests.languages import pseudo
from tests.mail import scenes
from tests.website.clicks import mine

pytestmark = pytest.mark.django_db(transaction=True)
# Without scripts the draft is kept, and what was typed is not.
SWITCHING_WAYS = VISITOR_WAYS if IS_EVERY_WAY else SCRIPTED_WAYS


@pytest.mark.browser
@pytest.mark.parametrize("browser_page", SWITCHING_WAYS, indirect=True)
def test_switch_keeps_the_draft_and_what_was_typed(browser_page: Any) -> None:
    event = EventFactory(name="Harbour Conf", slug="harbour")
    SessionFactory(event=event, name="Knots", starts_at=at(9), ends_at=at(10))
    page = browser_page
    page.goto("/harbour/sessions/")
    page.locator("[data-session]").get_by_role("button", name="Add").first.click()
    page.locator(".seat-state").first.get_by_text("In your agenda").wait_for()
    page.goto("/harbour/register/")
    page.locator("#id_first_name").fill("Zoë")
    page.locator("#id_email").fill("zoe@example.org")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    if page.has_javascript:
        expect(page.locator("#id_first_name")).to_have_value("Zoë")
        expect(page.locator("#id_email")).to_have_value("zoe@example.org")
    expect(page.locator("main")).to_contain_text("Knots")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("#id_first_name")).to_have_value("")


def overflowing(page: Page, addresses: list[str]) -> dict[str, list[str]]:
    """The pages that are wider than the screen, read from the left or from the right; what reaches furthest of each."""
    found = {}
    for address in addresses:
        page.goto(address)
        assert page.evaluate("document.documentElement.lang") == pseudo.CODE
        said = page.evaluate(
            """() => ["ltr", "rtl"].map((direction) => {
                document.documentElement.dir = direction;
                if (document.documentElement.scrollWidth <= innerWidth) return "";
                const wide = [...document.querySelectorAll("body *")].filter((each) => {
                    const box = each.getBoundingClientRect();
                    return box.width && (box.right > innerWidth + 1 || box.left < -1);
                });
                return wide.slice(-3).map((each) => each.outerHTML.slice(0, 160)).join(" | ") || "something";
            })"""
        )
        if any(said):
            found[address] = said
    return found


@pytest.mark.browser
def test_longer_words_fit_a_small_phone_from_either_side(
    open_browser: Any, live_server: Any, settings: Any, pseudo_folder: Path
) -> None:
    pseudo.speak_it(settings, pseudo_folder, mirrored=True)
    event = scenes.registered_for_several().event
    registration = event.event_registrations.get(contact__email=scenes.BOB.email)
    session = event.sessions.order_by("pk").first()
    names = ("event_page", "session_list", "agenda", "finish_registration", "request_link")
    pages = [reverse(name, args=[event.slug]) for name in names]
    pages += ["/", reverse("session_page", args=[event.slug, session.uuid])]
    pages += [mine(f"manage{end}", registration) for end in ("", "_details", "_address", "_cancel")]
    page = open_browser(width=320)
    cookie = {"name": django_settings.LANGUAGE_COOKIE_NAME, "value": pseudo.CODE, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.goto(pages[0])
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert overflowing(page, pages) == {}
