"""People claim while something fails; then each acknowledged answer is looked for among the rows."""

from __future__ import annotations

import contextlib
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from django.db import connection

from registrations.models import SessionRegistration
from tests.benchmarks import posts, world
from tests.processes import Running, environment_on_test_database
from tests.serving.load import Visitors, ask, free_port

CLIENTS, SESSIONS, TRIES = 8, 10, 200
SECONDS_AT_MOST = 900
TAKEN = "302"


@dataclass
class Outcome:
    """What came of one trial."""

    faults: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0
    rows: int = 0
    lost: int = 0

    def __str__(self) -> str:
        heard = ", ".join(f"{number} × {what}" for what, number in sorted(self.answers.items()))
        return (
            f"{self.faults} faults; {self.acknowledged} acknowledged answers, {self.lost} of them lost; "
            f"{self.rows} rows, counters and ledger agree; heard: {heard}"
        )


Fault = Callable[[Running], None]


def claim_while_failing(folder: Path, wanted: int, fault: Fault, *, faults: int) -> Outcome:
    """Let people claim until so many were acknowledged, with faults evenly in between; compare with the rows."""
    event, sessions = world.make_event(sessions=SESSIONS)
    people = world.make_people(event, wanted * 2 // SESSIONS + 1)
    asked = {
        _closing(post): (person.contact_id, session.pk)
        for session in sessions
        for person, post in zip(people, posts.claims(people, [session]), strict=True)
    }
    with _serving(folder) as (served, port):
        outcome, heard = Outcome(), Counter[str]()
        visitors = Visitors(lambda post: _ask_until_taken(port, post, heard), iter(asked))
        with visitors.asking(CLIENTS):
            outcome.faults = _fail(served, visitors, fault, wanted, faults)
    outcome.answers = dict(heard)
    # Its server may be dead; the next one is another.
    connection.close()
    acknowledged = {asked[post] for post, answer in visitors.answers.items() if answer == TAKEN}
    rows = set(
        SessionRegistration.objects.active().filter(session__in=sessions).values_list("contact", "session")
    )
    outcome.acknowledged, outcome.rows = len(acknowledged), world.check(sessions)
    outcome.lost = len(acknowledged - rows)
    return outcome


def _fail(served: Running, visitors: Visitors, fault: Fault, wanted: int, faults: int) -> int:
    """Bring the faults about, each once people are answered again, until enough was acknowledged; return how many."""
    done, until = 0, time.monotonic() + SECONDS_AT_MOST
    while (heard := visitors.counts[TAKEN]) < wanted and time.monotonic() < until:
        if done < faults and heard >= wanted * (done + 1) // (faults + 1):
            fault(served)
            done += 1
        time.sleep(0.05)
    return done


def _ask_until_taken(port: int, post: bytes, heard: Counter[str]) -> str:
    """Ask again as a person would who got an error, or nothing; return the last answer."""
    answer = ""
    for _ in range(TRIES):
        answer = ask(port, post)
        heard[answer] += 1
        if answer == TAKEN:
            break
        time.sleep(0.1)
    return answer


def kill_a_web_process(served: Running) -> None:
    """End one without a word: one that answers, or the one that starts them."""
    kill_one_of(served, "registrations.serving.web")


def kill_one_of(served: Running, *words: str, chance: random.Random | None = None) -> bool:
    """End one of its processes with these words in its command, without a word; False where there is none now."""
    processes = served.descendants(*words)
    if not processes:
        return False
    with contextlib.suppress(psutil.NoSuchProcess):
        (chance or random.Random()).choice(processes).send_signal(signal.SIGKILL)
        return True
    return False


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[Running, int]]:
    port = free_port()
    with Running("serve", "--port", str(port), environment=environment_on_test_database(folder)) as served:
        served.wait_until_it_says("Serving on")
        yield served, port
        served.process.terminate()
        served.wait_until_it_has_ended()


def _closing(post: bytes) -> bytes:
    """The same request, on a connection of its own."""
    return post.replace(b"\r\nAccept:", b"\r\nConnection: close\r\nAccept:", 1)
