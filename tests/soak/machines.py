"""Two machines on one database: one where processes die, one that is left alone and has a wrong clock."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import psutil

from tests.processes import Running, environment_on_test_database
from tests.serving.load import free_port
from tests.soak.shifted import SHIFT

WEB = "registrations.serving.web"
SAMPLE_EVERY = 2.0
MB = 2**20


@dataclass
class Machines:
    """Everything that runs; `ports` are the web servers'."""

    unlucky: Running
    spared: Running
    with_wrong_clock: Running
    ports: list[int]

    @property
    def all(self) -> list[Running]:
        """Each of them."""
        return [self.unlucky, self.spared, self.with_wrong_clock]

    def spared_processes(self) -> dict[str, list[psutil.Process]]:
        """Those that nobody kills, by what they do: their memory tells whether something leaks."""
        web = sorted(self.spared.descendants(WEB), key=lambda one: one.pid)
        # The first one only starts the others.
        return {"web": web[1:], "worker": [psutil.Process(self.with_wrong_clock.process.pid)]}


@contextmanager
def machines(folder: Path, ahead_by: float, **more: str) -> Iterator[Machines]:
    """Start them all; whatever happens, nothing of them is left."""
    with ExitStack() as stack:
        ports, served = [free_port(), free_port()], []
        environments = [environment(folder / name, **more) for name in ("unlucky", "spared")]
        options = [
            ["--workers", "2", "--threads", "2"],
            ["--workers", "1", "--threads", "2", "--only", "web"],
        ]
        for port, option, own in zip(ports, options, environments, strict=True):
            served.append(
                stack.enter_context(Running("serve", "--port", str(port), *option, environment=own))
            )
        shifted = environments[1] | {SHIFT: str(ahead_by)}
        worker = Running("worker", environment=shifted, program=["-m", "tests.soak.shifted"])
        stack.enter_context(worker)
        for one in served:
            one.wait_until_it_says("Serving on")
        yield Machines(*served, worker, ports)
        for one in [*served, worker]:
            one.process.terminate()
        for one in [*served, worker]:
            one.wait_until_it_has_ended()


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of one machine, whose files lie in the new folder."""
    folder.mkdir()
    own = {"DJANGO_SETTINGS_MODULE": "tests.soak.settings", "LOG_LEVEL": "ERROR"}
    return environment_on_test_database(folder) | own | more


class Memory(threading.Thread):
    """The memory of the spared processes, looked at again and again: minutes and MB, by what they do."""

    def __init__(self, of: Machines) -> None:
        super().__init__(daemon=True)
        self.samples: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self._machines, self._enough, self._begun = of, threading.Event(), monotonic()

    def run(self) -> None:
        """Look until asked to stop."""
        while not self._enough.wait(SAMPLE_EVERY):
            # Nobody kills them; they may be ending because the soak does.
            with suppress(psutil.NoSuchProcess):
                for kind, processes in self._machines.spared_processes().items():
                    used = sum(one.memory_info().rss for one in processes) / MB
                    self.samples[kind].append(((monotonic() - self._begun) / 60, used))

    def stop(self) -> None:
        """Look no more."""
        self._enough.set()
        self.join(10)


def slope(samples: list[tuple[float, float]]) -> tuple[float, float, float]:
    """MB at the end of the warm-up (a third of the time), MB at the end, and MB a minute between, by least squares."""
    since = samples[-1][0] / 3
    warm = [each for each in samples if each[0] >= since]
    mean_x, mean_y = (sum(each[index] for each in warm) / len(warm) for index in (0, 1))
    spread = sum((x - mean_x) ** 2 for x, _y in warm)
    rises = sum((x - mean_x) * (y - mean_y) for x, y in warm) / spread if spread else 0.0
    return warm[0][1], warm[-1][1], rises
