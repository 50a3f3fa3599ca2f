"""Uploads of a few people, brought to their end as the worker does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

Step = Callable[..., Any]


HEAD = ["Email", "First name", "Last name"]


def people(number: int, prefix: str = "guest") -> list[list[str]]:
    """The rows of a file of so many people, with its headings."""
    return [HEAD, *([f"{prefix}{n}@example.org", "Guest", str(n)] for n in range(number))]


def upload(target: Any, rows: Sequence[Sequence[str]] | bytes, **more: Any) -> Any:
    """Keep a file of these rows, the first being its headings."""
    from events.models import Event
    from registrations.imports.uploading import keep
    from tests.factories import UserFactory

    more.setdefault("user", UserFactory(is_superuser=True))
    content = rows if isinstance(rows, bytes) else "".join(";".join(row) + "\n" for row in rows).encode()
    event, session = (target, None) if isinstance(target, Event) else (target.event, target)
    return keep(content, "people.csv", event, session, **more)


def tried(batch: Any, **how: Any) -> Any:
    """Have the rows tried with the columns as they were understood."""
    from registrations.imports.running import work_on_imports
    from registrations.imports.uploading import choose

    choose(batch, batch.columns, how)
    work_on_imports()
    batch.refresh_from_db()
    return batch


def ran(batch: Any, **how: Any) -> Any:
    """Have the rows tried, then served."""
    from registrations.imports.running import work_on_imports
    from registrations.imports.uploading import run

    run(tried(batch, **how))
    work_on_imports()
    batch.refresh_from_db()
    return batch


def undone(batch: Any) -> Any:
    """Have everything taken back."""
    from registrations.imports.running import work_on_imports
    from registrations.imports.uploading import undo

    undo(batch)
    work_on_imports()
    batch.refresh_from_db()
    return batch


def codes(batch: Any) -> list[str]:
    """The verdict on each row."""
    return list(batch.rows.order_by("number").values_list("code", flat=True))


def words(batch: Any) -> list[str]:
    """The verdict on each row, in its words."""
    return list(batch.rows.order_by("number").values_list("words", flat=True))


def undo_codes(batch: Any) -> Counter[str]:
    """How often each word was said when it was undone."""
    return Counter(batch.rows.exclude(undo_code="").values_list("undo_code", flat=True))


@pytest.fixture(autouse=True)
def seats_stay_true(request: pytest.FixtureRequest) -> Any:
    """After every test with a database `check_seats` is silent."""
    if request.node.get_closest_marker("django_db") is None:
        yield
        return
    check = request.getfixturevalue("assert_seats_true")
    yield
    check(swept=True)
