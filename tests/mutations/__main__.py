"""`uv run python -m tests.mutations [--count 48] [--seed 1] [--jobs 2] [--only TEXT] [--without-machine]`"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import tomllib
from pathlib import Path

from tests.mutations.planting import Fault, faults_of
from tests.mutations.running import ENGINE, MACHINE, Laboratory, Verdict

ROOT = Path(__file__).resolve().parents[2]
EXPLAINED = Path(__file__).with_name("unobservable.toml")


def main() -> int:
    """Draw, plant, report; 1 when a fault survived that nobody explained."""
    options = _options()
    everything = faults_of(ROOT)
    drawn = drawn_from(everything, options.count, options.seed, options.only)
    print(f"{len(drawn)} of {len(everything)} faults, seed {options.seed}", flush=True)
    explained = explanations()
    tests = ENGINE if options.without_machine else (*ENGINE, MACHINE)
    with tempfile.TemporaryDirectory(prefix="seatwise-mutations-") as folder:
        laboratory = Laboratory(ROOT, Path(folder), options.jobs, tests)
        red = laboratory.run_without_fault()
        print(
            f"Red without any fault, and left out:\n{red}" if red else "All green without a fault", flush=True
        )
        verdicts = []
        for verdict in laboratory.verdicts(drawn):
            verdicts.append(verdict)
            _print(verdict, explained)
    return _summary(verdicts, explained)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=main.__doc__)
    parser.add_argument("--count", type=int, default=48, help="how many faults are drawn")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws others")
    parser.add_argument("--jobs", type=int, default=2, help="how many are tried at once")
    parser.add_argument("--only", default="", help="only those whose place has this text, all of them")
    parser.add_argument(
        "--without-machine", action="store_true", help="ask only the tests that name what they show"
    )
    return parser.parse_args()


def drawn_from(faults: list[Fault], count: int, seed: int, only: str = "") -> list[Fault]:
    """So many of the faults, the same ones for the same seed; all whose place has the text `only`, if given."""
    if only:
        return [fault for fault in faults if only in fault.place]
    chosen = random.Random(seed).sample(range(len(faults)), min(count, len(faults)))
    return [faults[index] for index in sorted(chosen)]


def explanations() -> dict[str, str]:
    """Why a fault changes nothing that anybody could observe, by its place."""
    rows = tomllib.loads(EXPLAINED.read_text()).get("fault", [])
    return {row["place"]: row["reason"] for row in rows}


def _print(verdict: Verdict, explained: dict[str, str]) -> None:
    fault = verdict.fault
    if verdict.caught_by:
        print(f"caught    {fault.line:4} {fault.place}\n          by {verdict.caught_by}", flush=True)
        return
    word = "explained" if fault.place in explained else "SURVIVED "
    print(f"{word} {fault.line:4} {fault.place}\n{fault.diff((ROOT / fault.path).read_text())}", flush=True)
    if fault.place in explained:
        print(f"          {explained[fault.place]}", flush=True)


def _summary(verdicts: list[Verdict], explained: dict[str, str]) -> int:
    caught = sum(bool(verdict.caught_by) for verdict in verdicts)
    known = sum(not verdict.caught_by and verdict.fault.place in explained for verdict in verdicts)
    survived = len(verdicts) - caught - known
    print(f"{caught} caught, {known} explained, {survived} survived")
    return int(survived > 0)


if __name__ == "__main__":
    sys.exit(main())
