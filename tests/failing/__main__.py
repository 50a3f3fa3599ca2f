"""`uv run python -m tests.failing --what kill|restart|failover|all [--answers 5000]`: nothing acknowledged is lost.

People claim over HTTP on a new PostgreSQL that keeps what it acknowledges, while web processes are killed, the database
is restarted without a word (`-m immediate`), or it dies and its synchronous standby takes its place.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.failing.clusters import Cluster
from tests.failing.new_database import set_up
from tests.processes import end_in_order_when_asked

if TYPE_CHECKING:
    from tests.processes import Running

FAULTS = {"kill": 40, "restart": 10, "failover": 1, "all": 3}


def main() -> int:
    """Fail as asked; end with 1 when an acknowledged answer is lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.failing", description=__doc__.split("\n")[0])
    parser.add_argument("--what", choices=[*FAULTS], required=True)
    parser.add_argument("--answers", type=int, default=5_000, help="acknowledged answers to compare (5000)")
    parser.add_argument("--faults", type=int, help="how many, evenly in between (40, 10, 1, 3)")
    asked = parser.parse_args()
    end_in_order_when_asked()
    with tempfile.TemporaryDirectory(prefix="seatwise-failing-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        first = Cluster.new(folder)
        clusters = [first]
        try:
            first.start()
            if asked.what in {"failover", "all"}:
                clusters.append(first.synchronous_standby())
            return _try(asked, clusters, folder)
        finally:
            for cluster in clusters:
                if cluster.is_running():
                    cluster.stop()


def _try(asked: argparse.Namespace, clusters: list[Cluster], folder: Path) -> int:
    _set_up(clusters, folder)
    from tests.failing import trials

    kinds = {
        "kill": trials.kill_a_web_process,
        "restart": _restart(clusters),
        "failover": _fail_over(clusters),
    }
    in_turn = itertools.cycle(kinds.values() if asked.what == "all" else [kinds[asked.what]])
    files = folder / "files"
    files.mkdir()

    def fail(served: Running) -> None:
        """Another kind each time it is called."""
        next(in_turn)(served)

    outcome = trials.claim_while_failing(
        files, asked.answers, fail, faults=asked.faults or FAULTS[asked.what]
    )
    print(f"{asked.what}: {outcome}")
    return 1 if outcome.lost or outcome.acknowledged < asked.answers else 0


def _set_up(clusters: list[Cluster], folder: Path) -> None:
    ports = ",".join(str(cluster.port) for cluster in clusters)
    hosts = ",".join("127.0.0.1" for _ in clusters)
    set_up(
        folder, f"postgresql://postgres@/postgres?host={hosts}&port={ports}&target_session_attrs=read-write"
    )


def _restart(clusters: list[Cluster]):
    def restart(_served: Running) -> None:
        clusters[0].stop()
        clusters[0].start()

    return restart


def _fail_over(clusters: list[Cluster]):
    def fail_over(_served: Running) -> None:
        if clusters[0].is_running():
            clusters[0].stop()
            clusters[1].promote()

    return fail_over


if __name__ == "__main__":
    raise SystemExit(main())
