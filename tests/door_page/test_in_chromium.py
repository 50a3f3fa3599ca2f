"""The door page in a real browser: what it answers, what it keeps without network, and what it leaves behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from events.actors import SYSTEM
from registrations.actions import begin_pairing, revoke_device
from registrations.door_codes import read
from registrations.models import CheckIn, DoorDevice, DoorScan
from tests.door_page.film import write_film
from tests.plugins.browser import CHROMIUM, FLAGS

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Notes when a code comes in sight of the camera (its sheet is bright), and when which answer stands on the screen.
WATCH = """() => {
  window.seen = [];
  const video = document.getElementById('sight'), pixel = new OffscreenCanvas(1, 1).getContext('2d');
  let wasBright = false;
  const look = (_now, {presentationTime}) => {
    pixel.drawImage(video, 2, 2, 1, 1, 0, 0, 1, 1);
    const isBright = pixel.getImageData(0, 0, 1, 1).data[0] > 128;
    if (isBright && !wasBright) seen.push(['in sight', presentationTime]);
    wasBright = isBright;
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  new MutationObserver(() => seen.push([document.body.dataset.outcome, performance.now()]))
    .observe(document.getElementById('answer'), {childList: true});
}"""
# Scans without waiting for anything, as a scanner does that types and ends in Enter; says when each was scanned.
SCAN_ALL = """async (codes) => {
  for (const code of codes) {
    document.getElementById('typed').value = code;
    document.getElementById('entry').requestSubmit();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}"""
WAITING = """() => new Promise((resolve) => {
  indexedDB.open('seatwise-door').onsuccess = ({target: {result}}) => {
    result.transaction('scans').objectStore('scans').index('waiting').getAll().onsuccess =
      ({target}) => { resolve(target.result.map((scan) => [scan.nonce, scan.at])); result.close(); };
  };
})"""
PEOPLE_KEPT = """() => new Promise((resolve) => {
  indexedDB.open('seatwise-door').onsuccess = ({target: {result}}) => {
    result.transaction('rosters').objectStore('rosters').count().onsuccess =
      ({target}) => { resolve(target.result); result.close(); };
  };
})"""


def scan(page: Page, code: str) -> None:
    """A USB scanner types, wherever the focus is, and presses Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def expect_answer(page: Page, outcome: str, *words: str) -> None:
    expect(page.locator("body")).to_have_attribute("data-outcome", outcome)
    for each in words:
        expect(page.locator("#answer")).to_contain_text(each)


def nothing_waits(page: Page) -> None:
    expect(page.locator("#state")).to_have_text(re.compile(r"(?<!\d)0 waiting to send"))


def until_worker_is_ready(page: Page) -> None:
    expect(page.locator("body")).to_have_attribute("data-worker", "ready")


@pytest.fixture
def camera(browser: Any, live_server: Any, tmp_path: Path) -> Iterator[Any]:
    """Return a function that opens a page whose camera sees these texts, one after another."""
    from playwright.sync_api import Playwright

    launched = []
    playwright: Playwright = browser.browser_type

    def open_page(texts: list[str]) -> Page:
        film = tmp_path / "film.y4m"
        write_film(film, texts)
        flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        flags += [f"--use-file-for-fake-video-capture={film}"]
        chromium = playwright.launch(executable_path=str(CHROMIUM), args=[*FLAGS, *flags])
        launched.append(chromium)
        page = chromium.new_page(base_url=live_server.url, viewport={"width": 375, "height": 700})
        page.set_default_timeout(30_000)
        return page

    yield open_page
    for chromium in launched:
        chromium.close()


def test_camera_reads_five_codes_and_each_is_answered_within_a_second(hall, stand_at_door, camera):
    seen = ["Ana", "Cy", "Dora"]
    texts = [*(hall.code(name) for name in seen), "https://example.org/somewhere/else", hall.code("Ana")]
    page = stand_at_door(hall, page=camera(texts))
    page.evaluate(WATCH)
    page.get_by_role("button", name="Use the camera").click()
    while sum(what != "in sight" for what, _when in page.evaluate("seen")) < len(texts):
        page.wait_for_timeout(100)
    answers, sights = [], []
    for what, when in sorted(page.evaluate("seen"), key=lambda noted: noted[1]):
        (sights.append(when) if what == "in sight" else answers.append((what, when - sights[-1])))
    expected = ["admitted", "cancelled", "another_session", "unknown_code", "already_in"]
    assert [what for what, _late in answers[:5]] == expected
    assert max(late for _what, late in answers[:5]) < 1_000
    assert CheckIn.objects.count() == 1


def test_light_is_offered_by_a_phone_that_has_one(hall, stand_at_door, camera):
    page = camera([hall.code("Ana")])
    # What a phone with a light says and does; the computer that runs this has none.
    page.add_init_script(
        """
        MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
        MediaStreamTrack.prototype.applyConstraints = async ({ advanced }) => {
          if (window.isTooHot) throw new DOMException("too hot");
          window.shines = advanced[0].torch;
        };
        """
    )
    stand_at_door(hall, page=page)
    menu, light = page.get_by_text("Menu", exact=True), page.get_by_role("button", name="Light")
    menu.click()
    expect(light).to_be_hidden()
    menu.click()
    page.get_by_role("button", name="Use the camera").click()
    page.locator("body.has-camera").wait_for()
    for shines in (True, False, True):
        menu.click()
        light.click()
        page.wait_for_function(f"window.shines === {str(shines).lower()}")
        expect(page.locator("#light")).to_have_attribute("aria-pressed", str(shines).lower())
    page.evaluate("window.isTooHot = true")
    menu.click()
    light.click()
    expect(page.locator("#light")).to_have_attribute("aria-pressed", "false")


def test_nothing_is_lost_without_network(hall, stand_at_door):
    """Load, go offline, reload, scan, kill the page with 200 scans waiting, come back: all are sent, each once."""
    page = stand_at_door(hall)
    until_worker_is_ready(page)
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#state")).to_contain_text(" old")
    scan(page, hall.code("Ana"))
    expect_answer(page, "admitted", "Ana")
    expect(page.locator("#state")).to_contain_text("no network")
    scan(page, hall.code("Ana").lower().replace(":", "ö"))
    expect_answer(page, "already_in", "Knots under load")
    codes = [f"SW1:0000{number:08d}" for number in range(198)]
    page.evaluate(SCAN_ALL, codes)
    expect(page.locator("#state")).to_contain_text("200 waiting to send")
    waiting = dict(page.evaluate(WAITING))
    context = page.context
    page.close()
    page = context.new_page()
    context.set_offline(False)
    page.goto("/door/")
    nothing_waits(page)
    kept = {
        str(nonce): scanned_at.timestamp()
        for nonce, scanned_at in DoorScan.objects.values_list("nonce", "scanned_at")
    }
    assert kept.keys() == waiting.keys()
    assert len(kept) == 200
    # Beside the server's own clock, the phone's is a few milliseconds off.
    assert all(abs(kept[nonce] - at / 1000) < 1 for nonce, at in waiting.items())
    assert DoorScan.objects.filter(was_offline=True).count() == 200
    assert CheckIn.objects.count() == 1


def test_two_phones_without_network_let_one_person_in_once(hall, stand_at_door):
    first, second = stand_at_door(hall), stand_at_door(hall, name="Door 4")
    for page in (first, second):
        page.context.set_offline(True)
        scan(page, hall.code("Ben"))
        expect_answer(page, "admitted", "Ben")
    for page in (first, second):
        page.context.set_offline(False)
        nothing_waits(page)
    entry = CheckIn.objects.get()
    earliest = DoorScan.objects.order_by("scanned_at").first()
    assert (entry.device.name, entry.checked_in_at) == ("Door 3", earliest.scanned_at)
    expect_answer(second, "already_in", "Ben")


def test_desk_takes_a_phone_off_and_nothing_of_it_is_left_but_what_was_not_sent(hall, stand_at_door):
    page = stand_at_door(hall)
    while page.evaluate(PEOPLE_KEPT) == 0:
        page.wait_for_timeout(20)
    page.context.set_offline(True)
    scan(page, hall.code("Ana"))
    expect_answer(page, "admitted", "Ana")
    revoke_device(DoorDevice.objects.get(), actor=SYSTEM)
    page.context.set_offline(False)
    expect(page.locator("#unpaired")).to_contain_text("Not sent yet, and safe on this phone: 1")
    assert page.evaluate(PEOPLE_KEPT) == 0
    assert "Ana" not in page.locator("body").inner_text()
    assert not CheckIn.objects.exists()
    page = stand_at_door(hall, page=page, name="Door 3 again")
    nothing_waits(page)
    assert CheckIn.objects.get().device.name == "Door 3 again"


def test_volunteer_finds_a_name_lets_in_with_a_reason_and_takes_back(
    hall, stand_at_door, assert_accessible, screenshot
):
    """By the keyboard alone, on the narrowest screen, without a barrier in either theme; codes are read as here."""
    page = stand_at_door(hall, dark=True)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    assert_accessible(page, themes=True, headings=True)
    typed = page.get_by_label("Name or code")
    typed.fill("DO")
    expect(page.locator("#matches")).to_contain_text("Dora Test")
    typed.press("ArrowDown")
    page.keyboard.press("Enter")
    expect_answer(page, "another_session", "Dora")
    page.get_by_role("button", name="Let in all the same").press("Enter")
    assert_accessible(page, themes=True)
    page.get_by_role("button", name="VIP").press("Enter")
    expect_answer(page, "admitted", "Dora")
    nothing_waits(page)
    assert_accessible(page, themes=True)
    screenshot(page, "door-admitted")
    entry = CheckIn.objects.get()
    assert (entry.is_override, entry.reason) == (True, "VIP")
    page.get_by_role("button", name="Undo: Dora Test").click()
    expect(page.locator("#last")).to_contain_text("Taken back")
    nothing_waits(page)
    assert not CheckIn.objects.filter(undone_at=None).exists()
    page.goto("/door/form/")
    assert_accessible(page, themes=True, headings=True)
    page.goto("/door/")
    for code in (
        "sw1:abcd-efgh-jkmn",
        " O1LI 2345 6789",
        "SW1ABCDEFGHJKMN",
        "https://a.b/c",
        "ABCDEFGHJKM",
        "U" * 12,
    ):
        own = page.evaluate(
            "async ([module, text]) => (await import(module)).readCode(text)",
            [
                page.locator("script[type=module]").get_attribute("src").replace("main.js", "codes.js"),
                code,
            ],
        )
        assert own == read(code), code
    assert complaints == []


def test_without_scripts_the_form_takes_its_place(hall, open_browser):
    page = open_browser(width=320, javascript=False)
    page.goto(f"/door/pair/{begin_pairing(hall.event, name='Old phone', actor=SYSTEM).secret}/")
    page.get_by_role("button", name="Pair this phone").click()
    page.get_by_label("Door").select_option(hall.session.name)
    page.get_by_label("Name or code").fill("ben")
    page.keyboard.press("Enter")
    expect_answer(page, "admitted")
    expect(page.get_by_role("status")).to_contain_text("Ben Test")
    assert CheckIn.objects.count() == 1
