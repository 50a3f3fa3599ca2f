"""`manage.py worker`: everything that nobody's click waits for."""

from __future__ import annotations

import gc
import logging
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from events.api.tokens import forget_dead_tokens
from registrations.actions import answer_link_requests, expire_invitations, forget_old_answers, sweep
from registrations.actions.people.retention import forget_people
from registrations.mail import send_due
from registrations.mail.sending import BATCH
from registrations.management.stopping import Stop
from registrations.webhooks import BATCH as WEBHOOK_BATCH
from registrations.webhooks import plan_and_send

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Ends invitations, serves waitlists left over, sends mails and webhooks. Any number may run at once."""

    help = "Ends expired invitations, serves waitlists, sends mails and webhooks, until it is stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add `--once` and `--interval`."""
        parser.add_argument("--once", action="store_true", help="Do all there is to do, then end (for cron).")
        parser.add_argument(
            "--interval", type=float, default=5.0, help="Seconds to wait when there was nothing to do (5)."
        )

    def handle(self, *args: Any, once: bool, interval: float, **options: Any) -> None:
        """Work until SIGTERM or SIGINT, which are obeyed after the message in hand."""
        if not 0 < interval <= 3600:
            raise CommandError("--interval takes seconds: more than 0, at most 3600.")
        stop = Stop.on_signals()
        # As the web server does: what was made until now stays, and need not be looked at again and again.
        gc.freeze()
        if once:
            self._once(stop)
        while not (once or stop.is_set()):
            # A connection that the server has closed meanwhile must not spoil the round.
            close_old_connections()
            done, _failed = work(stop)
            # Lines are served once a round; only messages may be more than one round can send.
            if done["mails"] < BATCH and done["webhooks"] < WEBHOOK_BATCH:
                stop.wait(interval)

    def _once(self, stop: Stop) -> None:
        total = 0
        while not stop.is_set():
            done, failed = work(stop)
            total += sum(done.values())
            if failed:
                raise CommandError(f"Failed, see the log: {', '.join(failed)}.")
            if not (done["mails"] or done["webhooks"]):
                break
        self.stdout.write(f"Done: {total} things.")


def work(stop: Stop) -> tuple[Counter[str], list[str]]:
    """Do one round; return how much was done of each part, and the names of the parts that failed."""
    parts: list[tuple[str, Callable[[], int]]] = [
        ("invitations", expire_invitations),
        ("waitlists", sweep),
        ("kept answers", forget_old_answers),
        ("dead tokens", forget_dead_tokens),
        ("people", forget_people),
        ("asked-for links", answer_link_requests),
        ("mails", lambda: send_due(should_stop=stop.is_set)),
        ("webhooks", lambda: plan_and_send(should_stop=stop.is_set)),
    ]
    done: Counter[str] = Counter()
    failed = []
    for name, part in parts:
        if stop.is_set():
            break
        try:
            done[name] = part()
        except Exception:
            # One part that cannot must not keep the others from being done; the next round tries again.
            logger.exception("worker: %s", name)
            failed.append(name)
    return done, failed
