"""The second writing of the rule, in JavaScript: the same decisions to the byte, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from registrations.draw import snake
from tests.draw.worlds import world

pytestmark = [pytest.mark.browser, pytest.mark.once]
SCRIPT = (Path(__file__).parents[2] / "static/js/draw.js").read_text(encoding="utf-8")
WORLDS, FEW = 200, 25
DECIDE = """async ([texts, number]) => {
    const bytes = new TextEncoder();
    const found = [];
    for (const text of texts) found.push(await seatwiseDraw.decide(bytes.encode(text), number));
    return found;
}"""
# One change of the rule each, which has to show in at least one of the worlds.
OTHER_RULES = {
    "always along the line": ("round % 2 ?", "true ?"),
    "no turn is free": ("wished[at] <= seats", "false"),
    "a group by halves": ("left[at] >= player.ticket.people", "left[at] > 0"),
    "clash with what is not exclusive": ("&& (one[2] || other[2])", ""),
    "no limits": ("player.more[set] === 0", "false"),
    "no end of seats for one": ("world.most_seats ?? Infinity", "Infinity"),
    "another number": ('"\\n", number', '"\\n", number + 1'),
}


@pytest.fixture
def page(browser):
    """Return a page that came by https, as browsers ask of a page that hashes."""
    context = browser.new_context()
    page = context.new_page()
    page.route("https://draw.test/", lambda route: route.fulfill(content_type="text/html", body="<p>Draw"))
    page.goto("https://draw.test/")
    yield page
    context.close()


def test_browser_decides_the_same(page):
    worlds = [world(number) for number in range(WORLDS)]
    texts = [snake.write(one) for one in worlds]
    decided = [snake.decide(one, snake.seed(text, "7 12")) for one, text in zip(worlds, texts, strict=True)]
    page.add_script_tag(content=SCRIPT)
    found = page.evaluate(DECIDE, [texts, "7 12"])
    assert [one["text"] for one in found] == [snake.decisions_text(one) for one in decided]
    assert [one["count"] for one in found] == [len(one) for one in decided]
    assert [one["commitment"] for one in found] == [snake.commitment(text) for text in texts]
    assert [one["seed"] for one in found] == [snake.seed(text, "7 12") for text in texts]
    for right, other in OTHER_RULES.values():
        assert SCRIPT.count(right) == 1
        page.add_script_tag(content=SCRIPT.replace(right, other))
        wrong = page.evaluate(DECIDE, [texts[:FEW], "7 12"])
        assert [one["text"] for one in wrong] != [one["text"] for one in found[:FEW]]
