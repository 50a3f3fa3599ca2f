"""A page's time while eight clients try wrong passwords as fast as they are answered, beside the quiet of the run."""

from __future__ import annotations

import itertools
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event as Flag
from urllib.parse import urlencode

from django.middleware.csrf import _get_new_csrf_string, _mask_cipher_secret
from django.urls import reverse

from events.models import User
from tests.benchmarks import load, over_http, world
from tests.benchmarks.table import Row, middle

GUESSERS, VISITORS, PAGES, ROUNDS = 8, 2, 60, 3
AT_MOST = 1.5
STORMS = {
    "from one address": {},
    "each from an address of its own": {"TRUSTED_PROXIES": "1"},
    "without any limit (control)": {
        "TRUSTED_PROXIES": "1",
        "WRONG_SECRETS_PER_NETWORK_ADDRESS": "1000000000",
        "HASHES_AT_ONCE": "1000",
    },
}


def sign_ins() -> Iterator[Row]:
    """One row for each kind of storm; the last shows what the limits are for."""
    User.objects.create_user("alice@example.com", "not what they guess", is_staff=True)
    event, _sessions = world.make_event(sessions=50)
    page = load.request(reverse("event_page", args=[event.slug]))
    for what, environment in STORMS.items():
        with over_http.serving(over_http.SITE, **environment) as site:
            load.send(site.address, [page] * 40, clients=VISITORS)
            yield _row(what, [_pair(site.address, page) for _round in range(ROUNDS)])


def _row(what: str, pairs: list[tuple[float, float]]) -> Row:
    quiet, stormy = (middle([pair[index] for pair in pairs]) for index in (0, 1))
    return Row(
        f"page beside {GUESSERS} who guess passwords, {what}",
        f"p50 {stormy * 1000:.1f} ms",
        f"p50 {quiet * 1000:.1f} ms when quiet",
        f"{stormy / quiet:.2f}",
        "" if "control" in what else f"≤ {AT_MOST}",
    )


def _pair(address: tuple[str, int], page: bytes) -> tuple[float, float]:
    """The page's p50 in seconds: quiet, then in the storm."""
    quiet = load.send(address, [page] * PAGES, clients=VISITORS).percentile(50)
    with _storm(address):
        stormy = load.send(address, [page] * PAGES, clients=VISITORS).percentile(50)
    return quiet, stormy


@contextmanager
def _storm(address: tuple[str, int]) -> Iterator[None]:
    """Let somebody guess during the block, in a process of its own: one loop must not slow the other."""
    context = multiprocessing.get_context("fork")
    has_begun, is_over = context.Event(), context.Event()
    process = context.Process(target=_guess, args=(address, _guesses(400), has_begun, is_over))
    process.start()
    try:
        if not has_begun.wait(60):
            raise RuntimeError("nobody guessed within a minute")
        yield
    finally:
        is_over.set()
        process.join(60)
        process.kill()


def _guess(address: tuple[str, int], guesses: list[bytes], has_begun: Flag, is_over: Flag) -> None:
    for begun in itertools.count():
        load.send(address, guesses[begun % 20 * 20 :][:20], clients=GUESSERS)
        has_begun.set()
        if is_over.is_set():
            return


def _guesses(number: int) -> list[bytes]:
    """POSTs of the sign-in form as a browser sends it, each with its own CSRF token, for one account and for others."""
    made = []
    for index in range(number):
        secret = _get_new_csrf_string()
        who = "alice@example.com" if index % 2 else f"staff{index}@example.com"
        fields = {"username": who, "password": f"guess {index}", "next": "/admin/"}
        body = urlencode({"csrfmiddlewaretoken": _mask_cipher_secret(secret), **fields})
        more = f"X-Forwarded-For: 198.18.{index // 200}.{index % 200}\r\nX-Forwarded-Proto: https\r\n"
        more += "Referer: https://127.0.0.1/admin/login/"
        made.append(
            load.request("/admin/login/", cookies=f"csrftoken={secret}", body=body.encode(), more=more)
        )
    return made
