"""What every test may ask for: the cast, the clock's fixed points, and the truth about the seats.

The parent run loads these files without Django: in a conftest, models are imported inside the fixtures.
How the suite runs on both databases is in `plugins/both_databases.py`, the browser in `plugins/browser.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from events.models import User

pytest_plugins = [
    "tests.plugins.both_databases",
    "tests.plugins.browser",
    "tests.plugins.done_once",
    "tests.plugins.module_rows",
    "tests.plugins.quick_flush",
    "tests.plugins.run_once",
    "tests.plugins.shared_out",
    "tests.plugins.slow",
    "tests.plugins.tables_at_once",
]


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hash passwords the quick way; nothing here is secret."""
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _nobody_asked_before() -> None:
    """Begin each test with nobody having asked for anything, nor been refused."""
    from django.core.cache import cache

    from registrations import demand
    from registrations.queries import chances

    cache.clear()
    demand.forget()
    chances.forget()


# The cast: Alice organizes, Bob attends, Carol waits, Mallory is a stranger.


@pytest.fixture
def alice(db: None) -> User:
    """The organizer, who may do everything; her password is "alice"."""
    from tests.factories import UserFactory

    return UserFactory(email="alice@example.com", first_name="Alice", is_staff=True, is_superuser=True)


def _attendee(first_name: str, last_name: str) -> Any:
    from registrations.rules.people import Attendee

    return Attendee(f"{first_name.lower()}@example.com", first_name, last_name)


@pytest.fixture
def bob() -> Any:
    """Somebody who attends."""
    return _attendee("Bob", "Baker")


@pytest.fixture
def carol() -> Any:
    """Somebody who waits."""
    return _attendee("Carol", "Carter")


@pytest.fixture
def mallory() -> Any:
    """A stranger."""
    return _attendee("Mallory", "Moore")


@pytest.fixture
def line_turned_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line is served from its end: only the one order is changed, so whatever wrote its own stays behind."""
    from waitlists.order import LINE

    monkeypatch.setattr(LINE, "columns", tuple(f"-{name}" for name in LINE.names))


@pytest.fixture
def assert_seats_true(db: None) -> Callable[..., None]:
    """Return a check that every counter and every promise agrees with the rows (`manage.py check_seats`)."""
    from registrations.queries.recount import recount

    def check(event: Any = None, *, swept: bool = False) -> None:
        assert [str(offence) for offence in recount(event, swept=swept)] == []

    return check
