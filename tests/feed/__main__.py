"""`uv run python -m tests.feed [--people 5000] [--database postgresql|sqlite]`: a copy made from the feed alone.

So many people register, change their minds, wait, are invited and are erased, while another system reads the feed
over HTTP and keeps a copy. Afterwards the copy is compared with the database row for row, and so is one that is read
from the beginning once all is over.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.processes import end_in_order_when_asked
from tests.soak.databases import KINDS, database


def main() -> int:
    """Run as asked; end with 1 when a row differs or anything broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.feed", description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=5_000, help="how many register (5000)")
    parser.add_argument("--acts", type=int, help="how much they do afterwards (as many)")
    parser.add_argument("--walkers", type=int, default=8, help="how many act at the same time (8)")
    parser.add_argument("--seconds", type=float, default=900, help="how long at most (900)")
    parser.add_argument("--database", choices=KINDS, default="postgresql")
    parser.add_argument("--seed", type=int, default=1, help="who does what (1)")
    asked = parser.parse_args()
    end_in_order_when_asked()
    with tempfile.TemporaryDirectory(prefix="seatwise-feed-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with database(asked.database, folder):
            return _run(asked)


def _run(asked: argparse.Namespace) -> int:
    from django.conf import settings
    from django.test import Client

    from registrations import actions
    from tests.api.conftest import Api, make_api_client, make_token
    from tests.feed.copying import Copy, ReaderOfIds
    from tests.feed.storm import Stage, Storm

    settings.API_REQUESTS_PER_MINUTE = 10**9
    settings.ALLOWED_HOSTS = ["*"]
    reader = make_api_client("Copy")
    api = Api(reader, make_token(reader, "read", minutes=600), Client())
    copy, late = (Copy(lambda **query: _page(api, query)) for _ in range(2))
    stage = Stage.new(asked.people)
    storm = Storm.on(stage, walkers=asked.walkers, acts=asked.acts or asked.people, seed=asked.seed)
    begun, of_ids = time.monotonic(), ReaderOfIds()
    storm.rage(lambda: (of_ids.read_on(), copy.read_on()), seconds=asked.seconds, pause=0.1)
    took, behind = time.monotonic() - begun, copy.read_on()
    actions.sweep()
    copy.read_on()
    of_ids.read_on()
    print(f"a reader of ids alone missed {of_ids.missed()} lines of the ledger")
    again = time.monotonic()
    late.read_on()
    return _report(
        asked, stage, storm, {"read while it raged": copy, "read afterwards": late}, took, behind, again
    )


def _page(api: Any, query: dict[str, Any]) -> dict[str, Any]:
    answer = api.get("/feed", **query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def _report(
    asked: argparse.Namespace,
    stage: Any,
    storm: Any,
    copies: dict[str, Any],
    took: float,
    behind: int,
    again: float,
) -> int:
    from registrations.models import Activity, FeedEntry
    from tests.feed.copying import differences, rows_of

    read_again = time.monotonic() - again
    rows = rows_of(stage.event_ids)
    late_lines = sum(1 for seq, pk in FeedEntry.objects.values_list("seq", "activity_id") if seq != pk)
    print(f"{asked.database}: {asked.people} people, {asked.walkers} at a time, {took:.0f} s")
    print("acts:", ", ".join(f"{word} {count}" for word, count in storm.done.most_common()))
    print("rows:", ", ".join(f"{kind} {len(table)}" for kind, table in rows.items()))
    print(
        f"ledger: {Activity.objects.count()} lines, {late_lines} whose number is not their id; behind: {behind}"
    )
    print(f"read from the beginning in {read_again:.1f} s")
    found = []
    for name, copy in copies.items():
        wrong = list(differences(copy.tables, rows))
        print(f"{name}: {copy.changes} changes on {copy.pages} pages, {len(wrong)} differences")
        found += wrong
    for said in [*found[:20], *storm.failed[:5]]:
        print(said)
    print(f"differences: {len(found)}, failures: {len(storm.failed)}")
    return 1 if found or storm.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
