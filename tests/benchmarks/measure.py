"""One database's part of the benchmark; started by `python -m tests.benchmarks` with the environment set."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator

import django

from tests.benchmarks.table import Row, print_heading, print_row

# Measured only when named.
LONG = {"memory", "sizes", "shares"}


def parts(requests: int) -> dict[str, Callable[[], Iterator[Row]]]:
    """Each part by its name on the command line."""
    from tests.benchmarks import (
        api_pages,
        api_requests,
        changes,
        crowd,
        desk,
        door_page,
        doors,
        growth,
        hall,
        in_process,
        journey,
        live,
        looks,
        memory,
        over_http,
        refusals,
        search,
        shares,
        sign_ins,
        sizes,
    )

    return {
        "journey": journey.journey,
        "looks": looks.looks,
        "search": search.search,
        "crowd": crowd.crowd,
        "http": lambda: over_http.claims(requests),
        "changes": lambda: changes.changes(requests),
        "refusals": lambda: refusals.refusals(requests),
        "storm": over_http.storm,
        "process": lambda: in_process.claims(requests),
        "promotion": in_process.promotion,
        "places": in_process.places,
        "pages": over_http.pages,
        "panels": in_process.panels,
        "growth": growth.growth,
        "memory": memory.memory,
        "sizes": sizes.sizes,
        "shares": shares.shares,
        "api": api_pages.pages,
        "api-requests": api_requests.requests,
        "sign-ins": sign_ins.sign_ins,
        "hall": hall.hall,
        "live": live.live,
        "desk": desk.desk,
        "doors": doors.doors,
        "door-page": door_page.door_page,
    }


def main(names: list[str], requests: int) -> None:
    """Make the tables and measure the parts in turn."""
    django.setup()
    from django.core.management import call_command
    from django.core.management.sql import emit_post_migrate_signal
    from django.db import connection
    from django.test.utils import override_settings

    from registrations.demo.empty_database import make_tables
    from tests.benchmarks import world

    # As the migrations would leave them, in a tenth of the time.
    make_tables(connection)
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
    # Nobody here fetches one: to compress them all takes longer than most parts.
    with override_settings(
        WHITENOISE_SKIP_COMPRESS_EXTENSIONS=("css", "js", "map", "svg", "html", "txt", "json")
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
    world.live_a_while()
    version = "SQLite" if connection.vendor == "sqlite" else f"PostgreSQL {connection.pg_version // 10_000}"
    print_heading(version)
    known = parts(requests)
    # As the web server and the worker do.
    gc.freeze()
    for name in names or (each for each in known if each not in LONG):
        begun = time.monotonic()
        for row in known[name]():
            print_row(row)
        print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main([each for each in sys.argv[2:] if each], int(sys.argv[1]))
