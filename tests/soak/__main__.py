"""`uv run python -m tests.soak --minutes 20 [--database postgresql|sqlite] [--seed 1]`: everything goes wrong at once.

Visitors, attendees, staff, other systems and doors use two machines on one database; web processes and workers are
killed, the database is restarted without a word, the mail server and a webhook's receiver have bad days, one worker's
clock is wrong. Afterwards each acknowledged answer is compared with the rows, each mail with the outbox.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from tests.processes import end_in_order_when_asked
from tests.soak.databases import KINDS, database


def main() -> int:
    """Run as asked; end with 1 when anything is not as it must be."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=20.0, help="how long (20)")
    parser.add_argument("--database", choices=KINDS, default="postgresql")
    parser.add_argument("--seed", type=int, default=1, help="what goes wrong when (1)")
    parser.add_argument(
        "--every", type=float, default=8.0, help="seconds between two faults, in the mean (8)"
    )
    parser.add_argument(
        "--ahead", type=float, default=75.0, help="seconds by which one worker's clock is ahead (75)"
    )
    parser.add_argument("--log", type=Path, help="where to keep what the processes said")
    asked = parser.parse_args()
    if not 0.2 <= asked.minutes <= 240:
        parser.error("--minutes takes 0.2 to 240")
    os.environ["WEBHOOK_ALLOWED_NETWORKS"] = "127.0.0.0/8"
    end_in_order_when_asked()
    with tempfile.TemporaryDirectory(prefix="seatwise-soak-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with database(asked.database, folder) as cluster:
            from tests.soak.running import soak

            return soak(folder, asked, cluster)


if __name__ == "__main__":
    raise SystemExit(main())
