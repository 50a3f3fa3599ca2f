"""The door page in Chromium with a large roster: how long until it answers, and how long each answer takes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from events.actors import SYSTEM
from registrations.actions import begin_pairing, door_codes_for, pair_device
from registrations.door_codes import written
from registrations.models import EventRegistration
from tests.benchmarks import over_http, world
from tests.benchmarks.table import Row
from tests.plugins.browser import CHROMIUM, FLAGS

if TYPE_CHECKING:
    from playwright.sync_api import Page

PEOPLE, SCANS = 10_000, 100


def door_page(people: int = PEOPLE) -> Iterator[Row]:
    """Two rows: from opening the page to the first roster, and from the last letter of a code to its answer."""
    from playwright.sync_api import expect, sync_playwright

    event, [session] = world.make_event(sessions=1)
    world.seat(world.make_people(event, people), [session])
    door_codes_for(event)
    world.settle_statistics()
    codes = list(EventRegistration.objects.filter(event=event).values_list("door_code", flat=True)[:SCANS])
    key = pair_device(begin_pairing(event, name="Door", actor=SYSTEM).secret).key
    with over_http.serving(over_http.SITE) as site, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = chromium.new_page(base_url="http://{}:{}".format(*site.address))
        page.context.add_cookies([{"name": "seatwise_door", "value": key, "url": page_address(site.address)}])
        page.goto("/door/")
        page.get_by_role("button", name=session.name).wait_for()
        begun = time.perf_counter()
        page.get_by_role("button", name=session.name).click()
        expect(page.locator("#state")).to_contain_text(" old", timeout=60_000)
        loaded = time.perf_counter() - begun
        took = sorted(_answers(page, codes))
        chromium.close()
    yield Row(f"{people:,} people on a phone", f"{loaded:.2f} s", goal="under 5 s")
    middle, worst = took[len(took) // 2], took[-1]
    beside = f"the slowest of {len(took)}: {worst:.0f} ms"
    yield Row("an answer at the door", f"{middle:.1f} ms", goal="under 100 ms", more=beside)


def page_address(address: tuple[str, int]) -> str:
    """Return where the phone's cookie belongs."""
    return "http://{}:{}/door/".format(*address)


def _answers(page: Page, codes: list[str | None]) -> Iterator[float]:
    """Yield the milliseconds that the page itself took for each code, drawing included."""
    for code in codes:
        page.locator("#typed").fill(written(str(code)))
        page.locator("#typed").press("Enter")
        yield float(page.locator("body").get_attribute("data-took") or "inf")
