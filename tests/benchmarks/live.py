"""What pages that stay open ask for: the figures of all sessions, beside a bare view that sends as many."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from tests.benchmarks import load, world
from tests.benchmarks.over_http import FLOOR, SITE, serving
from tests.benchmarks.table import Row, middle

ROUNDS, REQUESTS = 5, 200


def live() -> Iterator[Row]:
    """Answers a second for 200 and for 943 sessions, kept for no time and for a second; the middle of five rounds."""
    for number in (200, 943):
        event, _sessions = world.make_event(sessions=number)
        world.settle_statistics()
        mine = load.request(reverse("live_figures", args=[event.slug]))
        bare = load.request(f"/figures/{event.pk}/")
        for kept in ("0", "1"):
            with serving(SITE, LIVE_FIGURES_KEPT=kept) as site, serving(FLOOR) as floor:
                site.measure([mine] * 20, 2)
                floor.measure([bare] * 20, 2)
                rounds = [
                    (site.measure([mine] * REQUESTS, 2)[0].rate, floor.measure([bare] * REQUESTS, 2)[0].rate)
                    for _round in range(ROUNDS)
                ]
            rate, floor_rate = (middle([pair[which] for pair in rounds]) for which in (0, 1))
            yield Row(
                f"figures of {number} sessions for open pages, kept for {kept} s",
                f"{rate:.0f}/s",
                f"{floor_rate:.0f}/s",
                f"{rate / floor_rate:.2f}",
                *(["≥ 0.7"] if kept == "0" else []),
            )
