"""`python -m tests.barriers`: every kind of page of the desk, looked at by axe in both themes and at three widths.

Starts a demo of its own, signs in as its administrator and follows the desk's links, those of the own account first:
one page of each address of the URL configuration, and of each of its tabs and views. Then it asks for each verb of a
list with its first row, which shows what the verb would do. On each page it asks axe (WCAG 2.2 AA and the order of
headings) in the light and the dark theme, and at 1440, 768 and 375 px whether anything sticks out of the page. Ends
with 1 if anything was found. `--website` looks at the public pages and at those behind personal links instead, in each
language, at 1440 and at 320 px. `--pictures FOLDER` keeps a picture of each, wide and light, and narrow and dark. Takes
some minutes: no part of the usual run, which looks at the pages that matter most.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urljoin, urlsplit

import django
from django.urls import Resolver404, resolve

from tests.barriers import website
from tests.barriers.pages import found_on, keep_pictures
from tests.plugins.browser import CHROMIUM, FLAGS
from tests.processes import Running, end_in_order_when_asked

if TYPE_CHECKING:
    from playwright.sync_api import Page

DESK, ACCOUNT = "/admin/", "/accounts/"
# Where the walk begins: what no page leads to, or only within minutes of saying the password again.
FIRST = (
    f"{ACCOUNT}2fa/",
    f"{ACCOUNT}sessions/",
    f"{ACCOUNT}password/reset/",
    f"{ACCOUNT}password/reset/done/",
    DESK,
)
WIDTHS = (1440, 768, 375)
# What a page shows by its parameters; all others only narrow or sort a list.
SHOWING = ("tab", "view", "_popup")
# Our script greys all verbs until a row is ticked; those with a reason stay so.
VERBS = "[data-verbs] button[formaction]:not([data-why-not])"
PRESS = """action => {
    const button = document.querySelector(`button[formaction="${action}"]`);
    button.form.querySelector("input[name=row]").checked = true;
    button.disabled = false;
    button.form.requestSubmit(button);
}"""
# Leads out of the desk, to a file, or to a mail as it was sent, which lets nobody look into it.
LEFT = re.compile(
    r"/(logout|login|reauthenticate|jsi18n|export|figures|html)/|\.(csv|xlsx|xml|json|ics|svg|png|pdf)$"
)


def kind_of(address: str) -> str | None:
    """What kind of page an address leads to: its route, tab and view; None for none of the desk's or the account's."""
    parts = urlsplit(address)
    if not parts.path.startswith((DESK, ACCOUNT)) or LEFT.search(parts.path):
        return None
    try:
        route = resolve(parts.path).route
    except Resolver404:
        return None
    shown = parse_qs(parts.query)
    return " ".join([route, *(f"{name}={shown[name][0]}" for name in SHOWING if name in shown)])


def pages(page: Page, site: str, most: int) -> Iterator[str]:
    """Go to one page of each kind that the links and the verbs of lists lead to, and give its kind."""
    known: set[str | None] = {kind_of(one) for one in FIRST}
    waiting, verbs = list(FIRST), dict[str, tuple[str, str]]()
    while waiting and len(known) <= most:
        response = page.goto(urljoin(site, waiting.pop(0)))
        yield f"{kind_of(page.url)} {response.status if response else 0}"
        for link in page.eval_on_selector_all("a[href]", "each => each.map(one => one.href)"):
            kind = kind_of(link) if link.startswith(site) else None
            if kind and kind not in known:
                known.add(kind)
                waiting.insert(0 if ACCOUNT in link else len(waiting), link)
        for action in page.eval_on_selector_all(
            VERBS, "each => each.map(one => one.getAttribute('formaction'))"
        ):
            verbs.setdefault(_verb_of(action), (page.url, action))
    for verb, (address, action) in verbs.items():
        page.goto(address)
        with page.expect_navigation() as shown:
            page.evaluate(PRESS, action)
        yield f"{verb} {shown.value.status}"


def _verb_of(action: str) -> str:
    """The verb, and what its rows belong to: “session cancel”."""
    *_way, kind, _pk, _panel, verb, _end = action.split("/")
    return f"{kind} {verb}"


def look(site: str, user: str, password: str, most: int, pictures: Path | None) -> int:
    """Look at the desk, print what was found, and return on how many pages."""
    from playwright.sync_api import sync_playwright

    spoilt = seen = 0
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = chromium.new_page(viewport={"width": WIDTHS[0], "height": 900})
        said: list[str] = []
        page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
        page.goto(urljoin(site, DESK))
        page.locator("[autocomplete~=username], [name=username], [name=login]").first.fill(user)
        page.locator("[name=password]").fill(password)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(f"**{DESK}")
        page.set_default_timeout(30_000)
        # For the pages of the own account, which ask for the password once more.
        page.goto(urljoin(site, f"{ACCOUNT}reauthenticate/"))
        page.locator("[name=password]").fill(password)
        page.locator("[name=password]").press("Enter")
        page.wait_for_load_state()
        for name in pages(page, site, most):
            print(name, end=" ", flush=True)
            # What it says later comes from axe, which tries styles that the site's policy refuses.
            wrong = [*said, *found_on(page, WIDTHS)]
            if pictures:
                keep_pictures(page, pictures, name, WIDTHS)
            said.clear()
            seen, spoilt = seen + 1, spoilt + bool(wrong)
            print("✗" if wrong else "✓", *wrong, sep="\n    ", flush=True)
        chromium.close()
    print(f"{seen} kinds of pages, {spoilt} with something wrong")
    return spoilt


def main() -> int:
    """Start a demo, look at it, and end it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--port", type=int, default=8791)
    parser.add_argument("--most", type=int, default=400, help="kinds of pages to look at")
    parser.add_argument("--pictures", type=Path, help="folder in which to keep pictures of the pages")
    parser.add_argument("--website", action="store_true", help="the website, in each of its languages")
    options = parser.parse_args()
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    end_in_order_when_asked()
    with tempfile.TemporaryDirectory(prefix="seatwise-barriers-") as folder:
        kept: dict[str, Any] = {
            name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "SEATWISE"))
        }
        environment = kept | {"SEATWISE_PROFILE": "demo", "SEATWISE_DATA": str(Path(folder))}
        with Running("demo", "--port", str(options.port), environment=environment) as demo:
            demo.wait_until(lambda: "Ctrl-C" in demo.said)
            site = f"http://127.0.0.1:{options.port}"
            if options.website:
                return int(website.look(site, demo.said, options.most, options.pictures) > 0)
            user, password = (
                re.search(pattern, demo.said)
                for pattern in (r"sign in as (\S+) \(Event Administrator\)", r"password +(\S+)")
            )
            assert user is not None, demo.said
            assert password is not None, demo.said
            return int(look(site, user[1], password[1], options.most, options.pictures) > 0)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SEATWISE_PROFILE", "demo")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    django.setup()
    sys.exit(main())
