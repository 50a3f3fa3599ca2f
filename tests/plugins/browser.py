"""Debian's Chromium for tests, through playwright; and axe, which finds barriers on a page."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Debian's own build of Chromium without windows: the same engine, in half the time. Without it the whole one does.
_BUILDS = [Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium")]
CHROMIUM = next((path for path in _BUILDS if path.exists()), _BUILDS[-1])
AXE = Path(__file__).parent.parent / "vendor" / "axe.min.js"
# The machine that runs the tests is closed to the outside; Chromium must not try to reach its maker.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run. Without it the test is skipped, or fails where REQUIRE_BROWSER=1."""
    if not CHROMIUM.exists():
        missing = f"{CHROMIUM} is not there: install Debian's chromium to run the browser tests"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    from playwright.sync_api import expect, sync_playwright

    # The default of five seconds is short where four processes share two cores.
    expect.set_options(timeout=15_000)

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_browser(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page: `open_browser(width=320, dark=True, javascript=False)`.

    Each call is another visitor (own cookies). Addresses may be relative: `page.goto("/")`.
    """
    contexts = []

    def open_page(
        *, width: int = 1280, height: int = 900, dark: bool = False, javascript: bool = True
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            locale="en-GB",
            timezone_id="UTC",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        # Stories do some steps otherwise where scripts are off.
        page.has_javascript = javascript  # type: ignore[attr-defined]
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def browser_page(open_browser: Callable[..., Page], request: pytest.FixtureRequest) -> Page:
    """One page; parametrize it indirectly with a dict such as `{"width": 320, "dark": True}`."""
    return open_browser(**getattr(request, "param", {}))


@pytest.fixture
def sign_in(client: Any, live_server: Any) -> Callable[[Page, Any], None]:
    """Return a function that gives a page the session of a user: `sign_in(page, alice)`."""
    from django.conf import settings

    def give_session(page: Page, user: Any) -> None:
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return give_session


def _barriers(page: Page, within: str | None, rules: dict[str, Any]) -> list[str]:
    """What these rules of axe find on a page that has axe."""
    result = page.evaluate(
        # Only what is wrong is written out: selectors of all that is well take most of the time.
        "([where, rules]) => axe.run(where || document, {runOnly: rules, resultTypes: ['violations']})",
        [within, rules],
    )
    return [
        f"{violation['id']} ({violation['help']}): {node['target']} {node['html'][:200]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


def barriers(page: Page, within: str | None, *, themes: bool, headings: bool) -> list[str]:
    """What axe finds on a page, or within one element of it; `assert_accessible` says what it is asked."""
    # Evaluated by the debugger, so the page's own strict policy stays in force.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    _end_fading(page)
    found = _barriers(page, within, {"type": "tag", "values": RULES})
    if headings:
        found += _barriers(page, within, {"type": "rule", "values": ["heading-order"]})
    if themes:
        is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        page.emulate_media(color_scheme="light" if is_dark else "dark")
        _end_fading(page)
        found += _barriers(page, within, {"type": "rule", "values": ["color-contrast"]})
        page.emulate_media(color_scheme="dark" if is_dark else "light")
    return found


def _end_fading(page: Page) -> None:
    """Let colours be those that they will be: fading, under the pointer or into the other theme, they are neither's.

    Nothing is waited for: an element that goes while it fades never says that it is done.
    """
    page.evaluate(
        "document.getAnimations().forEach(each =>"
        " each.effect.getComputedTiming().endTime < Infinity ? each.finish() : each.cancel())"
    )


@pytest.fixture
def assert_accessible() -> Callable[..., None]:
    """Return a check that axe finds no WCAG 2.2 AA violation on a page: `assert_accessible(page)`.

    `themes` asks for the contrast of the colours once more, in the theme that the page is not shown in; `headings`
    whether no heading is left out on the way down, which is good practice and no rule.
    """

    def check(page: Page, *, within: str | None = None, themes: bool = False, headings: bool = False) -> None:
        # A click does not wait for the page it leads to: half of one has not yet what is to be looked at.
        page.wait_for_load_state()
        page.locator(within or "body").wait_for()
        found = barriers(page, within, themes=themes, headings=headings)
        assert found == [], "\n".join(found)

    return check


@pytest.fixture
def screenshot() -> Callable[[Page, str], None]:
    """Return a function that keeps a picture of a page in the folder SEATWISE_SCREENSHOTS; unset, it takes none."""
    folder = os.environ.get("SEATWISE_SCREENSHOTS")

    def take(page: Page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return take
