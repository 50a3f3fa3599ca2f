"""One page as it is shown: what is wrong with it, and pictures of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.plugins.browser import barriers

if TYPE_CHECKING:
    from playwright.sync_api import Page


def found_on(page: Page, widths: Sequence[int]) -> Iterator[str]:
    """Everything that is wrong with the page that is shown: barriers in both themes, and what sticks out."""
    yield from barriers(page, None, themes=True, headings=True)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            yield f"{wide - width} px stick out at {width} px"
    page.set_viewport_size({"width": widths[0], "height": 900})


def keep_pictures(page: Page, folder: Path, name: str, widths: Sequence[int]) -> None:
    """Keep what the page looks like, wide and light, and narrow and dark."""
    name = re.sub(r"\W+", "-", name).strip("-")
    page.screenshot(path=folder / f"{name}-wide.png", full_page=True, animations="disabled")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": widths[-1], "height": 900})
    page.screenshot(path=folder / f"{name}-narrow.png", full_page=True, animations="disabled")
    page.set_viewport_size({"width": widths[0], "height": 900})
    page.emulate_media(color_scheme="light")
