"""`manage.py worker`: everything that nobody's click waits for."""

from __future__ import annotations

import gc
import logging
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from events.api.tokens import forget_dead_tokens
from events.models import WorkerHeartbeat
from events.pictures import forget_unshown
from registrations.actions import (
    answer_link_requests,
    end_late_waiting,
    expire_invitations,
    expire_orders,
    forget_old_answers,
    forget_old_codes,
    forget_unpaired,
    freeze_due,
    mark_no_shows,
    publish_due,
    refund_cancelled_events,
    remind_payers,
    sweep,
    write_messages,
    write_reminders,
)
from registrations.actions.people.retention import forget_people
from registrations.imports.running import work_on_imports
from registrations.invoices import BATCH as INVOICE_BATCH
from registrations.invoices import make_missing
from registrations.mail import MailServer, send_due
from registrations.mail.sending import BATCH
from registrations.management.loops import Loop, run
from registrations.management.metrics_port import serve
from registrations.management.stopping import Stop
from registrations.payments.working import Banks, look_due, refund_due
from registrations.webhooks import BATCH as WEBHOOK_BATCH
from registrations.webhooks import Receivers, plan_and_send

logger = logging.getLogger(__name__)

LONGEST_INTERVAL = 3600

# An invitation ends within a second or so of its deadline, whatever the mails do.
LOOK_AT_INVITATIONS_EVERY = 1.0
TIDY_UP_EVERY = 60.0
Part = Callable[[Callable[[], bool]], int]


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
        if not 0 < interval <= LONGEST_INTERVAL:
            raise CommandError("--interval takes seconds: more than 0, at most 3600.")
        stop = Stop.on_signals()
        # As the web server does: what was made until now stays, and need not be looked at again and again.
        gc.freeze()
        if once:
            self._once(stop)
        else:
            _serve_metrics()
            run(loops(interval), stop)

    def _once(self, stop: Stop) -> None:
        total, all_parts = 0, parts()
        while not stop.is_set():
            done, failed = _work(all_parts, stop)
            total += sum(done.values())
            if failed:
                raise CommandError(f"Failed, see the log: {', '.join(failed)}.")
            if not (done["mails"] or done["webhooks"]):
                break
        self.stdout.write(f"Done: {total} things.")


def _serve_metrics() -> None:
    """Answer Prometheus on the port of its own, if one is set; of several workers the first has it."""
    if settings.METRICS_PORT:
        try:
            serve(settings.METRICS_HOST, settings.METRICS_PORT)
        except OSError as error:
            logger.warning("worker: no metrics on port %s: %s", settings.METRICS_PORT, error.strerror)


def parts() -> dict[str, Part]:
    """All kinds of work by name, seats first; each does what there is for one round and returns how much it was.

    What is known of the mail server, of the webhooks' receivers and of banks lasts as long as the parts do.
    """
    server, receivers, banks = MailServer(), Receivers(), Banks()
    return {
        "invitations": lambda _should_stop: expire_invitations() + end_late_waiting() + expire_orders(),
        "waitlists": lambda _should_stop: sweep(),
        "orders": lambda should_stop: refund_cancelled_events(should_stop=should_stop) + remind_payers(),
        "draws": lambda should_stop: freeze_due() + publish_due(should_stop=should_stop),
        "links": lambda _should_stop: answer_link_requests(),
        "tidying": lambda _should_stop: sum(
            (
                mark_no_shows(),
                forget_old_answers(),
                forget_old_codes(),
                forget_unpaired(),
                forget_dead_tokens(),
                forget_people(),
                forget_unshown(),
            )
        ),
        # What is written to everybody: it fills the outbox, and waits for no mail.
        "reminders": lambda should_stop: (
            write_reminders(should_stop=should_stop) + write_messages(should_stop=should_stop)
        ),
        "imports": lambda should_stop: work_on_imports(should_stop=should_stop),
        "payments": lambda should_stop: look_due(should_stop, banks=banks),
        "refunds": lambda should_stop: refund_due(should_stop, banks=banks),
        "invoices": lambda should_stop: make_missing(should_stop=should_stop),
        "mails": lambda should_stop: send_due(server=server, should_stop=should_stop),
        "webhooks": lambda should_stop: plan_and_send(receivers=receivers, should_stop=should_stop),
    }


def loops(interval: float) -> list[Loop]:
    """The kinds of work as loops of their own: seats wait for no mail, mails for no webhook."""
    all_parts = parts()
    # Only messages may be more than one round can do; lines are served to their end in one.
    full = {"invoices": INVOICE_BATCH, "mails": BATCH, "webhooks": WEBHOOK_BATCH}
    pauses = {
        "invitations": min(interval, LOOK_AT_INVITATIONS_EVERY),
        "tidying": max(interval, TIDY_UP_EVERY),
    }
    return [
        Loop(name, _round_of(part, full.get(name)), pauses.get(name, interval))
        for name, part in all_parts.items()
    ]


def _round_of(part: Part, full: int | None) -> Callable[[Callable[[], bool]], bool]:
    def one_round(should_stop: Callable[[], bool]) -> bool:
        done = part(should_stop)
        return full is not None and done >= full

    return one_round


def _work(all_parts: dict[str, Part], stop: Stop) -> tuple[Counter[str], list[str]]:
    """Do one round of everything; return how much was done of each part, and the names of the parts that failed."""
    done: Counter[str] = Counter()
    failed = []
    for name, part in all_parts.items():
        if stop.is_set():
            break
        try:
            done[name] = part(stop.is_set)
            WorkerHeartbeat.objects.beat(name)
        except Exception:
            # One part that cannot must not keep the others from being done; the next run tries again.
            logger.exception("worker: %s", name)
            failed.append(name)
    return done, failed
