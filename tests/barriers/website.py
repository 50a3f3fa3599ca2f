"""The website in each of its languages: one page of each kind that links lead to, and those behind personal links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

from tests.barriers.pages import found_on, keep_pictures
from tests.plugins.browser import CHROMIUM, FLAGS

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDTHS = (1440, 320)
# Not the website's, or files.
LEFT = re.compile(
    r"^/(admin|accounts|api|oauth2|static)/|\.(ics|json|xml|png|svg|js|txt|webp|jpg|py)$|/pictures?/"
)


def kind_of(address: str) -> str | None:
    """The route that an address leads to; None for what is no page of the website."""
    path = urlsplit(address).path
    if LEFT.search(path):
        return None
    try:
        return str(resolve(path).route) or "/"
    except Resolver404:
        return None


def pages(page: Page, site: str, first: list[str], most: int) -> Iterator[str]:
    """Go to one page of each kind that links lead to, beginning with these, and give its kind."""
    waiting = [urljoin(site, one) for one in first]
    known = {kind_of(one) for one in waiting} - {None}
    while waiting and len(known) <= most:
        response = page.goto(waiting.pop(0))
        if response is None or "text/html" not in response.headers.get("content-type", ""):
            continue
        yield f"{kind_of(page.url)} {response.status}"
        for link in page.eval_on_selector_all("a[href]", "each => each.map(one => one.href)"):
            kind = kind_of(link) if link.startswith(site) else None
            if kind and kind not in known:
                known.add(kind)
                waiting.append(link)


def look(site: str, said: str, most: int, pictures: Path | None) -> int:
    """Look at the website as a stranger and by a personal link of the demo, in each language; print what was found.

    Returns on how many pages something was.
    """
    from playwright.sync_api import sync_playwright

    personal = re.findall(r"http\S+/me/\S+", said)
    spoilt = seen = 0
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        for language, _name in settings.LANGUAGES:
            for who, first in (("stranger", ["/", "/door/", "/nowhere/at/all/"]), ("attendee", personal[:1])):
                size = {"width": WIDTHS[0], "height": 900}
                page = chromium.new_page(viewport=size, locale=language)
                page.set_default_timeout(30_000)
                for name in pages(page, site, first, most):
                    print(language, who, name, end=" ", flush=True)
                    wrong = list(found_on(page, WIDTHS))
                    if page.evaluate("document.documentElement.lang") != language:
                        wrong.append(
                            f"it says that it is in {page.evaluate('document.documentElement.lang')}"
                        )
                    if pictures:
                        keep_pictures(page, pictures, f"{language} {who} {name}", WIDTHS)
                    seen, spoilt = seen + 1, spoilt + bool(wrong)
                    print("✗" if wrong else "✓", *wrong, sep="\n    ", flush=True)
                page.close()
        chromium.close()
    print(f"{seen} pages, {spoilt} with something wrong")
    return spoilt
