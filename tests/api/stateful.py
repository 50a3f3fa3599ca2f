"""`uv run python -m tests.api.stateful [--database postgresql|sqlite] [--answers 2000]`: chains of made-up requests.

schemathesis goes from one operation to the next with what the answer before gave it, against granian on a database of
its own and without the limit of requests, in rounds of a fresh world each, until so many answers were 2xx. It ends
with 1 when any answer was a server error, or not as the description says, or when the seats do not add up.
"""

from __future__ import annotations

import argparse
import copy
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.api.fuzzing_hooks import WHERE
from tests.benchmarks.servers import granian
from tests.processes import end_in_order_when_asked, environment_on_test_database
from tests.soak.databases import KINDS, database


def main() -> int:
    """Run as asked; end with 1 when anything was not as it must be."""
    parser = argparse.ArgumentParser(prog="python -m tests.api.stateful", description=__doc__.split("\n")[0])
    parser.add_argument("--database", choices=KINDS, default="postgresql")
    parser.add_argument("--answers", type=int, default=2_000, help="how many of 2xx there must be (2000)")
    parser.add_argument("--minutes", type=float, default=10, help="how long at most (10)")
    parser.add_argument("--round", type=int, default=60, help="seconds of one round (60)")
    parser.add_argument("--seed", type=int, default=1, help="what is made up (1)")
    asked = parser.parse_args()
    end_in_order_when_asked()
    with tempfile.TemporaryDirectory(prefix="seatwise-stateful-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with database(asked.database, folder):
            (folder / "site").mkdir()
            environment = environment_on_test_database(folder / "site") | {"LOG_LEVEL": "ERROR"}
            with granian("config.wsgi:application", environment) as ((host, port), _pid):
                return Chains(f"http://{host}:{port}", folder, asked).run()


@dataclass
class Chains:
    """All rounds of one run, and what was answered in them."""

    url: str
    folder: Path
    asked: argparse.Namespace
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def run(self) -> int:
        """Go on until there were enough answers, the time is up, or something is wrong."""
        begun = time.monotonic()
        until = begun + self.asked.minutes * 60
        for seed in self._seeds(until):
            self._round(seed, min(self.asked.round, max(1, int(until - time.monotonic()))))
        self._print(time.monotonic() - begun)
        return 1 if self.wrong or self._successes < self.asked.answers else 0

    def _seeds(self, until: float) -> Iterator[int]:
        seed = self.asked.seed
        while not self.wrong and self._successes < self.asked.answers and time.monotonic() < until:
            yield seed
            seed += 1

    @property
    def _successes(self) -> int:
        return sum(count for (status, _name), count in self.answers.items() if status.startswith("2"))

    def _round(self, seed: int, seconds: int) -> None:
        from django.core.management import call_command

        from registrations.queries.recount import recount
        from tests.api.agreeing import description
        from tests.api.fuzzing import for_chains, fuzz, make_world, outcome

        call_command("flush", interactive=False, verbosity=0)
        answers = self.folder / "answers.txt"
        answers.write_text("")
        said = fuzz(
            self.url,
            make_world(),
            for_chains(copy.deepcopy(description())),
            self.folder,
            *("--phases", "stateful", "--max-time", str(seconds)),
            # What is wrong ends a chain, so every other round goes deeper.
            *("--mode", ("positive", "all")[seed % 2]),
            seed=seed,
            seconds=seconds + 120,
            environment={WHERE: str(answers)},
        )
        for line in answers.read_text().splitlines():
            status, _, name = line.partition(" ")
            self.answers[status, name] += 1
        _made, wrong = outcome(said)
        self.wrong += [each for each in (wrong, *map(str, recount())) if each]
        print(f"seed {seed}: {self.answers.total()} answers, {self._successes} of 2xx", flush=True)

    def _print(self, took: float) -> None:
        names = sorted({name for _status, name in self.answers})
        print(f"\n{'2xx':>6}{'3xx':>6}{'4xx':>6}{'5xx':>6}")
        for name in [*names, ""]:
            classes: Counter[str] = Counter()
            for (status, of), count in self.answers.items():
                classes[status[0]] += count if not name or of == name else 0
            print("".join(f"{classes[first]:6}" for first in "2345"), f" {name or 'all'}")
        for each in self.wrong:
            print(each)
        print(
            f"{self.asked.database}: {self.answers.total()} answers in {took:.0f} s, {self._successes} of 2xx "
            f"({self.asked.answers} asked for), {len(self.wrong)} failures"
        )


if __name__ == "__main__":
    raise SystemExit(main())
