"""What is printed at the end of a soak: attempts, faults, and what was found."""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.soak.faults import SECONDS_TO_END_AN_INVITATION
from tests.soak.machines import slope
from tests.soak.mails import Envelopes
from tests.soak.notes import Acknowledged, Notebook

# What grows for ten minutes by more than this is no warm-up any more.
MB_A_MINUTE, LONG_ENOUGH = 1.0, 10.0
SHOWN = 20
# What was begun when the database went away, and logged for whoever looks after it: no mistake of ours.
OF_THE_DATABASE = ("psycopg.", "django.db.utils.OperationalError", "django.db.utils.InterfaceError")


@dataclass
class Figures:
    """Everything that was counted and found."""

    notes: Notebook
    memory: dict[str, list[tuple[float, float]]]
    invitations: list[float]
    envelopes: Envelopes
    lost: list[Acknowledged] = field(default_factory=list)
    of_seats: list[str] = field(default_factory=list)
    of_mails: list[str] = field(default_factory=list)

    def offences(self, said: str, minutes: float) -> list[str]:
        """Everything that must not be."""
        lost = [
            f"lost: {each.who[1]} {each.promise}, session {each.session}, {each.answered:%H:%M:%S}"
            for each in self.lost
        ]
        crashed = [
            f"{number} × in a log: {what}"
            for what, number in tracebacks(said).items()
            if not what.startswith(OF_THE_DATABASE)
        ]
        silent = [] if self.notes.acknowledged else ["nothing was acknowledged"]
        return [
            *silent,
            *self.notes.offences,
            *lost,
            *self.of_seats,
            *self.of_mails,
            *crashed,
            *self._leaks(minutes),
        ]

    def _leaks(self, minutes: float) -> list[str]:
        if minutes < LONG_ENOUGH:
            return []
        rises = {kind: slope(samples)[2] for kind, samples in self.memory.items()}
        return [
            f"{kind} grows by {rise:.2f} MB a minute" for kind, rise in rises.items() if rise > MB_A_MINUTE
        ]


def tracebacks(said: str) -> Counter[str]:
    """The last lines of the tracebacks in a log, by how often they are there."""
    found: Counter[str] = Counter()
    for one in re.split(r"^Traceback \(most recent call last\):\n", said, flags=re.MULTILINE)[1:]:
        last = re.search(
            r"^[A-Za-z_][\w.]*(Error|Exception|Interrupt|Refusal|Exit|[A-Z]\w+)\b.*$", one, re.MULTILINE
        )
        found[last.group(0)[:150] if last else "a traceback without an end"] += 1
    return found


def verdict(figures: Figures, said: str, asked: argparse.Namespace) -> int:
    """Print it all; 1 for any offence."""
    notes = figures.notes
    _print_attempts(notes)
    print("\nfaults injected:", _counted(notes.faults), f"(seed {asked.seed}, {asked.database})")
    print("answers heard:", _counted(notes.heard))
    quick = sorted(notes.seconds) or [0.0]
    p50, p99 = (quick[int(len(quick) * share)] * 1000 for share in (0.5, 0.99))
    print(f"an answer took {p50:.0f} ms in the median, p99 {p99:.0f} ms, at most {quick[-1]:.1f} s")
    kept = Counter(str(each.promise) for each in notes.acknowledged)
    print(
        f"acknowledged answers compared: {len(notes.acknowledged)}, {len(figures.lost)} lost;", _counted(kept)
    )
    taken, repeats = figures.envelopes.taken, sum(n - 1 for n in figures.envelopes.taken.values())
    print(f"mails: {len(taken)} different, {repeats} repeats under the same Message-ID")
    _print_invitations(figures.invitations)
    for kind, samples in figures.memory.items():
        before, after, rise = slope(samples)
        print(f"memory of the {kind}: {before:.0f} MB after warm-up, {after:.0f} MB, {rise:+.2f} MB a minute")
    logged = Counter({what: n for what, n in tracebacks(said).items() if what.startswith(OF_THE_DATABASE)})
    print(f"tracebacks of a database that was away: {logged.total()}")
    offences = Counter(figures.offences(said, asked.minutes))
    print(f"\noffences: {offences.total()}")
    for offence, number in offences.most_common(SHOWN):
        print(f"  {number} × {offence}")
    return 1 if offences else 0


def _print_attempts(notes: Notebook) -> None:
    by_deed: dict[str, Counter[str]] = defaultdict(Counter)
    for (deed, answer), number in notes.attempts.items():
        by_deed[deed][answer] += number
    print(f"{'attempt':<44} {'all':>6}  last answer")
    for deed, answers in sorted(by_deed.items()):
        print(f"{deed:<44} {answers.total():>6}  {_counted(answers)}")
    print(f"{'together':<44} {notes.attempts.total():>6}")


def _print_invitations(took: list[float]) -> None:
    if not took:
        return
    ordered = sorted(took)
    late = sum(each > SECONDS_TO_END_AN_INVITATION for each in took)
    print(
        f"invitations that ended: {len(took)}, in {ordered[len(took) // 2]:.1f} s in the median, at most "
        f"{ordered[-1]:.1f} s; {late} later than {SECONDS_TO_END_AN_INVITATION:.0f} s"
    )


def _counted(counter: Counter[str]) -> str:
    return ", ".join(
        f"{number} × {what}" for what, number in sorted(counter.items(), key=lambda each: -each[1])
    )
