"""Children that are kept running: whoever ends by itself is started again, whoever is replaced ends its work first."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from socket import socket

from registrations.demo.processes import Children
from registrations.management.stopping import Stop

FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
# Whoever has run for so long had no trouble with its start; the next delay is the first one again.
STEADY_SECONDS = 60.0
SECONDS_TO_START = 60.0
_NAP = 0.2
_NOBODY_TELLS = -1


@dataclass
class Job:
    """One thing that has to run: how it is started, how often it was, and when it is next."""

    name: str
    arguments: Sequence[str]
    sockets: Sequence[socket] = ()
    # How many processes say that they are ready; none where nobody waits for that.
    processes: int = 0
    delay: float = FIRST_DELAY
    began: float = 0.0
    due: float = 0.0
    number: int = 0

    @property
    def running_as(self) -> str:
        """The name of its child that runs now."""
        return f"{self.name} {self.number}"


@dataclass
class Supervisor:
    """Keeps its jobs running. `say` is told what happens."""

    children: Children
    jobs: Sequence[Job]
    say: Callable[[str], None]
    seconds_to_end: float
    # What a dead child left behind, as its process group, and until when it may finish what it has in hand.
    _left_behind: dict[int, float] = field(default_factory=dict)

    def start_all(self, stop: Stop) -> bool:
        """Start every job; return whether all can work."""
        begun = [(job, self._start(job)) for job in self.jobs]
        can_work = [self._is_ready(job, telling, stop) for job, telling in begun]
        return all(can_work)

    def look_after(self) -> None:
        """Start again whoever has ended by itself, and not more often than makes sense."""
        now = time.monotonic()
        for job in self.jobs:
            process = self.children.running.get(job.running_as)
            if process is not None and process.poll() is not None:
                self._plan(job, now)
            elif process is None and now >= job.due:
                _close(self._start(job))
        self._look_after_what_was_left(now)

    def replace_all(self, stop: Stop) -> None:
        """Start everything anew, with the code as it is now; each old child ends when its successor can work.

        A successor that cannot is ended, and the old child stays: a mistake in a new version interrupts nothing.
        """
        for job in self.jobs:
            old = job.running_as
            if self._is_ready(job, self._start(job), stop):
                if old in self.children.running:
                    self.children.end(old, seconds=self.seconds_to_end)
                self.say(f"The {job.name} was replaced.")
            elif not stop.is_set():
                self.say(f"The new {job.name} does not start, see above. The one before goes on.")
                self.children.end(job.running_as)
                job.number -= 1

    def end(self) -> None:
        """Let everybody finish within the time, and leave nothing running."""
        self.children.end(seconds=self.seconds_to_end)
        self._look_after_what_was_left(float("inf"))

    def _start(self, job: Job) -> int:
        """Start another child for the job, beside the one before; return where it tells that it is ready."""
        job.number += 1
        job.began = time.monotonic()
        arguments, given = list(job.arguments), [one.fileno() for one in job.sockets]
        if not job.processes:
            self.children.start(job.running_as, *arguments)
            return _NOBODY_TELLS
        telling, told = os.pipe()
        arguments += [*map(str, given), "--ready", str(told)]
        self.children.start(job.running_as, *arguments, pass_fds=[*given, told])
        os.close(told)
        return telling

    def _is_ready(self, job: Job, telling: int, stop: Stop) -> bool:
        """Wait until all processes of the newest child can work; False when it ended, or took too long."""
        until, missing = job.began + SECONDS_TO_START, job.processes
        while missing > 0 and time.monotonic() < until and not stop.is_set():
            if select.select([telling], [], [], _NAP)[0]:
                said = os.read(telling, missing)
                if not said:
                    break
                missing -= len(said)
        _close(telling)
        return missing <= 0

    def _plan(self, job: Job, now: float) -> None:
        """Say that the child is gone, and when there will be another."""
        process = self.children.running.pop(job.running_as)
        code = process.returncode
        if now - job.began > STEADY_SECONDS:
            job.delay = FIRST_DELAY
        why = signal.Signals(-code).name if code < 0 else f"code {code}"
        self.say(f"The {job.name} has ended by itself ({why}). It is started again in {job.delay:g} s.")
        job.due = now + job.delay
        job.delay = min(job.delay * 2, LONGEST_DELAY)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
            self._left_behind[process.pid] = now + self.seconds_to_end

    def _look_after_what_was_left(self, now: float) -> None:
        for group, until in list(self._left_behind.items()):
            try:
                os.killpg(group, signal.SIGKILL if now > until else 0)
            except ProcessLookupError:
                del self._left_behind[group]


def _close(telling: int) -> None:
    if telling != _NOBODY_TELLS:
        os.close(telling)
