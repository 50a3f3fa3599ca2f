"""Races need commits and connections of their own; a negative control takes the locks away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.races.other_process import Victim

pytest.register_assert_rewrite("tests.races.crowds")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep all races in one worker: they would disturb one another's timing."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("races"))


@pytest.fixture(autouse=True)
def _committing(transactional_db: None) -> None:
    """Let every test here commit for real."""


@pytest.fixture
def row_locks() -> None:
    """Skip where there are no row locks to take away: SQLite lets one transaction write at a time."""
    from django.db import connection

    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no row locks: one writer at a time, whatever the locks say")


@pytest.fixture
def without_locks(row_locks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: locks become plain reads, the conditional counter update becomes an unconditional one."""
    from tests.races import switch

    switch.take_locks_away(monkeypatch)


@pytest.fixture(scope="module", autouse=True)
def _crowd_goes_home() -> Iterator[None]:
    """A module's races share their connections."""
    yield
    from tests.races.at_once import send_home

    send_home()


@pytest.fixture(scope="session")
def _victim(django_db_setup: None) -> Iterator[Victim]:
    from tests.races.other_process import Victim

    one = Victim()
    yield one
    one.go_home()


@pytest.fixture
def victim(_victim: Victim, tmp_path: Path) -> Victim:
    """A process whose forks act, and are killed; their mails are this test's own."""
    _victim.mails = tmp_path / "mails"
    _victim.mails.mkdir()
    return _victim
