"""One soak from its beginning to its verdict."""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from threading import Event as Flag

from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from registrations.actions.sending.webhooks import create_webhook
from registrations.models import Notification
from tests.failing.clusters import Cluster
from tests.failing.trials import kill_one_of
from tests.soak import mails, report, truths
from tests.soak.actors import Actor
from tests.soak.desks import Door, Program, Staff
from tests.soak.faults import Clockwork, Injector, plan
from tests.soak.machines import WEB, Machines, Memory, machines
from tests.soak.notes import Notebook
from tests.soak.people import Attendee, Links, Visitor
from tests.soak.stage import Stage, Watcher
from tests.webhooks import receiver as http
from tests.webhooks.scenes import new_client
from tests.worker import smtp

CAST: list[tuple[type[Actor], int]] = [(Attendee, 4), (Visitor, 2), (Staff, 1), (Program, 1), (Door, 1)]
DEATHS = {"web process killed": 4.0, "worker killed": 2.0}
RESTART = {"database restarted": 1.0}
WEATHER = dict.fromkeys(mails.WEATHER, 1.0) | {"webhooks: hang": 1.0, "mail and webhooks: well again": 2.0}
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@dataclass
class Soak:
    """Everything that takes part."""

    stage: Stage
    machines: Machines
    server: smtp.Server
    receiver: http.Receiver
    cluster: Cluster | None
    seed: int
    notes: Notebook = field(default_factory=Notebook)

    def kinds(self) -> dict[str, Callable[[], object]]:
        """What may go wrong, and how it is brought about."""
        chance = random.Random(f"{self.seed}:victims")
        deaths = {
            "web process killed": partial(kill_one_of, self.machines.unlucky, WEB, chance=chance),
            "worker killed": partial(kill_one_of, self.machines.unlucky, "worker", chance=chance),
            "database restarted": self._restart,
        }
        days = {kind: partial(mails.change_weather, self.server, kind) for kind in mails.WEATHER}
        return {**deaths, **days, "webhooks: hang": self._hang, "mail and webhooks: well again": self.be_well}

    def _restart(self) -> None:
        assert self.cluster is not None
        self.cluster.stop()
        self.cluster.start()

    def _hang(self) -> None:
        self.receiver.otherwise = http.until(Flag())

    def be_well(self) -> None:
        """Let mail server and receiver do what they should."""
        mails.change_weather(self.server)
        self.receiver.otherwise = None


def soak(folder: Path, asked: argparse.Namespace, cluster: Cluster | None) -> int:
    """Let it all happen, look at what is left, print both; 1 for any offence."""
    with smtp.listening() as server, http.listening() as receiver:
        envelopes = mails.keep_envelopes_of(server)
        stage = Stage.new()
        create_webhook(new_client("Reporting"), receiver.url, ["session_registration.created"])
        mail = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(server.port), "EMAIL_TIMEOUT": "3"}
        with machines(folder, asked.ahead, **mail) as running:
            all_of_it = Soak(stage, running, server, receiver, cluster, asked.seed)
            memory, clockwork = _let_it_happen(all_of_it, asked)
        all_of_it.be_well()
        connection.close()
        _bring_to_an_end(server)
        figures = report.Figures(all_of_it.notes, memory.samples, clockwork.took, envelopes)
        _judge(all_of_it, figures, timedelta(seconds=abs(asked.ahead)))
    said = "".join(one.said for one in running.all)
    if asked.log:
        asked.log.write_text(said)
    return report.verdict(figures, said, asked)


def _let_it_happen(all_of_it: Soak, asked: argparse.Namespace) -> tuple[Memory, Clockwork]:
    seconds = asked.minutes * 60
    weights = DEATHS | (RESTART if all_of_it.cluster else {})
    faults = plan(asked.seed, seconds, weights, asked.every)
    weather = plan(asked.seed + 1, seconds, WEATHER, asked.every * 2)
    kinds, memory, clockwork = all_of_it.kinds(), Memory(all_of_it.machines), Clockwork(asked.every / 2)
    with _acting(all_of_it, asked.seed):
        others = [Injector(faults, kinds, all_of_it.notes), Injector(weather, kinds, all_of_it.notes)]
        begun = [memory, clockwork, *others]
        for one in begun:
            one.start()
        time.sleep(seconds)
        for one in reversed(begun):
            one.stop()
    return memory, clockwork


@contextmanager
def _acting(all_of_it: Soak, seed: int) -> Iterator[None]:
    stage, ports = all_of_it.stage, all_of_it.machines.ports
    watcher, links = Watcher(stage.event, every=0.5), Links(stage.links)
    cast = [
        kind(number, seed, ports, stage, watcher, links, all_of_it.notes)
        for kind, many in CAST
        for number in range(many)
    ]
    for one in cast:
        one.prepare()
    for one in [watcher, *cast]:
        one.start()
    try:
        yield
    finally:
        for one in cast:
            one.enough.set()
        for one in cast:
            one.join(60)
            if one.is_alive():
                all_of_it.notes.accuse(f"{one.kind} got no answer for a minute")
        watcher.stop()


def _bring_to_an_end(server: smtp.Server) -> None:
    """Do what the worker would do within the next hours: sweep, and send all that waits for another try."""
    with override_settings(EMAIL_BACKEND=SMTP, EMAIL_HOST="127.0.0.1", EMAIL_PORT=server.port):
        for _round in range(3):
            waiting = Notification.objects.filter(sent_at=None, given_up_at=None)
            waiting.update(due_at=timezone.now(), leased_until=None)
            call_command("worker", once=True, stdout=StringIO())
            if not waiting.exists():
                break


def _judge(all_of_it: Soak, figures: report.Figures, skew: timedelta) -> None:
    notes, stage = all_of_it.notes, all_of_it.stage
    rows = truths.Rows.of(stage.event)
    figures.lost = list(truths.broken(notes.acknowledged, rows, skew))
    figures.of_seats = list(truths.of_seats(stage.event, stage.sessions))
    figures.of_mails = list(truths.of_mails(stage.event, figures.envelopes))
