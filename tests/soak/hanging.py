"""`uv run python -m tests.soak.hanging [--database postgresql|sqlite]`: pages while nobody takes mails and webhooks.

The median of pages while the mail server and the webhooks' receiver hang, beside the one of before, in turns; and how
soon an invitation ends meanwhile. Ends with 1 when pages take more than 1.2 times as long.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from threading import Event as Flag
from typing import TYPE_CHECKING, Any

from tests.processes import end_in_order_when_asked
from tests.soak.databases import KINDS, database
from tests.worker.process import until

if TYPE_CHECKING:
    from tests.soak.stage import Stage

ROUNDS, PAGES, MAILS = 5, 60, 40
GOAL = 1.2


def main() -> int:
    """Measure, and say whether it is good enough."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.hanging", description=__doc__.split("\n")[0])
    parser.add_argument("--database", choices=KINDS, default="postgresql")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"({ROUNDS})")
    asked = parser.parse_args()
    end_in_order_when_asked()
    os.environ["WEBHOOK_ALLOWED_NETWORKS"] = "127.0.0.0/8"
    with tempfile.TemporaryDirectory(prefix="seatwise-hanging-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with database(asked.database, folder):
            before, meanwhile, ended = _measure(folder, asked.rounds)
    ratio = median(meanwhile) / median(before)
    print(
        f"{asked.database}: pages p50 {median(meanwhile) * 1000:.1f} ms while mails and webhooks hang, "
        f"{median(before) * 1000:.1f} ms before: {ratio:.2f} (goal ≤ {GOAL}); an invitation ended "
        f"{max(ended):.1f} s after its time at the latest (goal ≤ 5)"
    )
    return 0 if ratio <= GOAL and max(ended) <= 5 else 1


def _measure(folder: Path, rounds: int) -> tuple[list[float], list[float], list[float]]:
    """Medians of quiet rounds, of rounds while everything hangs, and seconds until an invitation was ended."""
    from tests.soak import mails
    from tests.soak.stage import Stage
    from tests.webhooks import receiver as http
    from tests.worker import smtp

    before, meanwhile, ended = [], [], []
    with smtp.listening() as server, http.listening() as receiver:
        stage = _stage(Stage.new(), receiver.url)
        with _serving(folder, server.port) as port:
            _median_of_pages(port, stage)
            for number in range(rounds):
                before.append(_median_of_pages(port, stage))
                mails.change_weather(server, "mail: hangs")
                server.words.clear()
                receiver.otherwise, receiver.messages = http.until(Flag()), []
                invited = _make_due(stage, number)
                until(lambda: "DATA" in server.words and receiver.messages)
                ended.append(_end(invited))
                meanwhile.append(_median_of_pages(port, stage))
                _be_well(server, receiver)
    return before, meanwhile, ended


def _be_well(server: Any, receiver: Any) -> None:
    """Forget what is due, so that the next round begins in quiet."""
    from django.utils import timezone

    from registrations.models import Notification, WebhookDelivery
    from tests.soak import mails

    now = timezone.now()
    mails.change_weather(server)
    receiver.otherwise = None
    mails.let_go(server)
    Notification.objects.filter(sent_at=None, given_up_at=None).update(given_up_at=now)
    WebhookDelivery.objects.filter(delivered_at=None, given_up_at=None).update(given_up_at=now)


def _stage(stage: Stage, url: str) -> Stage:
    """With somebody who wants to hear of every seat, at several addresses."""
    from registrations.actions.sending.webhooks import create_webhook
    from tests.webhooks.scenes import new_client

    client = new_client("Reporting")
    for number in range(9):
        create_webhook(client, f"{url}/{number}", ["session_registration.created"])
    return stage


def _make_due(stage: Stage, number: int) -> Any:
    """Let many mails and webhooks be due; return an open invitation."""
    from events.actors import Actor
    from registrations.actions import cancel_session_registrations
    from tests.engine.acts import claim, people, seat_of
    from tests.factories import SessionFactory
    from tests.soak.stage import INVITES
    from waitlists.models import InvitationSlot

    large = SessionFactory(event=stage.event, capacity=1_000)
    for one in people(MAILS, f"round{number}."):
        claim(large, one)
    small = SessionFactory(event=stage.event, capacity=1, **INVITES)
    first, second = people(2, f"pair{number}.")
    claim(small, first)
    claim(small, second, wait=True)
    cancel_session_registrations([seat_of(small, first)], actor=Actor.staff(stage.admin))
    return InvitationSlot.objects.get(seats=small.seats, closed_at=None)


def _end(invitation: Any) -> float:
    """Let its time be over; return how many seconds the worker took to end it."""
    from django.utils import timezone

    from waitlists.models import InvitationSlot

    past = timezone.now() - timedelta(seconds=1)
    row = InvitationSlot.objects.filter(pk=invitation.pk)
    row.update(opened_at=past - timedelta(days=1), expires_at=past)
    return until(lambda: row.filter(closed_at=None).count() == 0)


def _median_of_pages(port: int, stage: Stage) -> float:
    from django.urls import reverse

    from tests.benchmarks import load, posts

    pages = [
        load.request(reverse("session_list", args=[stage.event.slug])),
        posts.personal_page(stage.people[0]),
    ]
    answers = load.send(("127.0.0.1", port), pages * (PAGES // 2), clients=2)
    if {*answers.statuses} != {200}:
        raise RuntimeError(f"the pages were answered with {dict(answers.statuses)}")
    return answers.percentile(50)


@contextmanager
def _serving(folder: Path, mail_port: int) -> Iterator[int]:
    from tests.processes import Running
    from tests.serving.load import free_port
    from tests.soak.machines import environment

    own, port = (
        environment(folder / "machine", EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(mail_port)),
        free_port(),
    )
    with Running("serve", "--port", str(port), environment=own) as served:
        served.wait_until_it_says("Serving on")
        yield port


if __name__ == "__main__":
    raise SystemExit(main())
