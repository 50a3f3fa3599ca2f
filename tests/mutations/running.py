"""One fault after the other, each in a copy of the tree: is it caught?"""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.mutations.kept_database import DATABASE, DURATIONS
from tests.mutations.planting import Fault
from tests.plugins.both_databases import CHILD

ENGINE = ("tests/engine", "tests/test_check_seats.py", "tests/test_places.py")
MACHINE = "tests/machine/test_machine.py"
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache*", "node_modules", "docs")
# A fault that lets the line go round and round is caught too.
SLOWER = 3
LEAST = 240.0


@dataclass(frozen=True)
class Verdict:
    """What became of one fault: by which test it was caught, "" where it survived."""

    fault: Fault
    caught_by: str
    seconds: float


class Laboratory:
    """Copies of the tree, each with a database of its own, in one folder."""

    def __init__(self, root: Path, folder: Path, jobs: int, tests: Sequence[str]) -> None:
        self.root, self.folder, self.tests = root, folder, tests
        self.copies: queue.SimpleQueue[Path] = queue.SimpleQueue()
        self.jobs, self.limit = jobs, LEAST
        for number in range(jobs):
            shutil.copytree(root, folder / f"tree{number}", ignore=LEFT_OUT, symlinks=True)

    def run_without_fault(self) -> str:
        """Make the database and learn how long each test takes; what is red already is left out, and returned."""
        begun = time.monotonic()
        red = self._run(self.folder / "tree0")
        self.limit = max(LEAST, SLOWER * (time.monotonic() - begun))
        for number in range(self.jobs):
            if number:
                self._copy_database(f"tree{number}")
            self.copies.put(self.folder / f"tree{number}")
        return red

    def verdicts(self, faults: Sequence[Fault]) -> Iterator[Verdict]:
        """Plant each, run the tests, take it out again."""
        with ThreadPoolExecutor(self.jobs) as pool:
            yield from pool.map(self._verdict, faults)

    def _verdict(self, fault: Fault) -> Verdict:
        begun, tree = time.monotonic(), self.copies.get()
        file = tree / fault.path
        text = file.read_text()
        try:
            file.write_text(fault.planted_in(text))
            caught_by = self._run(tree)
        finally:
            file.write_text(text)
            self.copies.put(tree)
        return Verdict(fault, caught_by, time.monotonic() - begun)

    def _copy_database(self, tree: str) -> None:
        """With its write-ahead log, in which everything may stand still."""
        for file in self.folder.glob("tree0.sqlite3*"):
            if not file.name.endswith("-shm"):
                shutil.copy(file, self.folder / file.name.replace("tree0", tree))

    def _database(self, tree: str) -> Path:
        return self.folder / f"{tree}.sqlite3"

    def _run(self, tree: Path) -> str:
        """Run the tests in this copy until one fails; return which, or why the run ended, "" when all are green."""
        is_first = not (self.folder / "durations.json").exists()
        command = [sys.executable, "-B", "-m", "pytest", *self.tests, "-q", "-n0", "--reuse-db"]
        command += ["--tb=line", *([] if is_first else ["-x", "--nomigrations"])]
        command += ["-p", "tests.mutations.kept_database", "-p", "no:cacheprovider", "--no-header"]
        try:
            done = subprocess.run(
                command,
                cwd=tree,
                env=self._environment(tree),
                text=True,
                capture_output=True,
                timeout=None if is_first else self.limit,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "no end"
        if done.returncode == 0:
            return ""
        named = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return (
            "\n".join(line.partition(" - ")[0] for line in named)
            if named
            else (done.stdout + done.stderr)[-2_000:]
        )

    def _environment(self, tree: Path) -> dict[str, str]:
        data = self.folder / f"{tree.name}.data"
        data.mkdir(exist_ok=True)
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        return environment | {
            CHILD: "sqlite",
            "SEATWISE_PROFILE": "test",
            "SEATWISE_DATA": str(data),
            "MEDIA_ROOT": str(data / "media"),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "HYPOTHESIS_PROFILE": "small",
            DATABASE: str(self._database(tree.name)),
            DURATIONS: str(self.folder / "durations.json"),
        }
