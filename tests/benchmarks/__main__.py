"""`uv run python -m tests.benchmarks`: every figure beside its floor, on PostgreSQL and on SQLite.

`--profile` says of a visitor's whole way which share of the work is whose, instead of measuring.
`--database postgresql` measures one; `--part http --part promotion` some parts; `--requests 300` makes rounds short.
The databases are new, in temporary folders, and keep what they acknowledge (fsync on, synchronous FULL). Nothing else
should run on the machine. A figure means something only beside the floor of the same run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import servers

PARTS = (
    "journey",
    "looks",
    "search",
    "crowd",
    "http",
    "changes",
    "refusals",
    "storm",
    "process",
    "promotion",
    "places",
    "pages",
    "panels",
    "growth",
    "memory",
    "sizes",
    "api",
    "api-requests",
    "sign-ins",
    "hall",
    "live",
    "desk",
    "doors",
    "door-page",
)


def main() -> int:
    """Measure; return the worst exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument("--database", choices=["postgresql", "sqlite"], help="only this one")
    parser.add_argument(
        "--part", choices=PARTS, action="append", default=[], help="only this part (repeatable)"
    )
    parser.add_argument("--requests", type=int, default=1_000, help="claims in a round")
    parser.add_argument(
        "--profile", action="store_true", help="of the journey: whose share of the work is how large"
    )
    asked = parser.parse_args()
    print(
        f"{os.cpu_count()} cores; granian {servers.WORKERS} workers × {servers.THREADS} threads; median of 3 rounds"
    )
    databases = [asked.database] if asked.database else ["postgresql", "sqlite"]
    return max(_measure(database, asked) for database in databases)


def _measure(database: str, asked: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="seatwise-benchmark-") as folder:
        environment = _environment(Path(folder))
        if database == "sqlite":
            return _child(environment, asked)
        with servers.postgresql(dates_commits="crowd" in (asked.part or PARTS)) as (url, pid):
            return _child(environment | {"DATABASE_URL": url, "BENCHMARK_DATABASE_PID": str(pid)}, asked)


def _child(environment: dict[str, str], asked: argparse.Namespace) -> int:
    parts = ["shares"] if asked.profile else asked.part
    command = [sys.executable, "-m", "tests.benchmarks.measure", str(asked.requests), *parts]
    return subprocess.run(command, env=environment, check=False).returncode


def _environment(folder: Path) -> dict[str, str]:
    """As in production, but for https, and for the limits on what one address claims and one client asks."""
    kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SEATWISE_PROFILE": "production",
        "SEATWISE_DATA": str(folder),
        "STATIC_ROOT": str(folder / "static"),
        "SECRET_KEY": "only-for-the-benchmark-" + "x" * 40,
        "SITE_URL": "http://127.0.0.1",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE_SSL_REDIRECT": "0",
        "TRIES_PER_NETWORK_ADDRESS": "1000000000",
        "TRIES_PER_VISITOR": "1000000000",
        "API_REQUESTS_PER_MINUTE": "1000000000",
        "LOG_LEVEL": "CRITICAL",
    }


if __name__ == "__main__":
    raise SystemExit(main())
