"""Other systems with their addresses: a real receiver on this machine, which the setting allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.api.conftest import api, api_client_of  # noqa: F401  (fixtures)


@pytest.fixture
def receiver(settings: Any) -> Iterator[Any]:
    """Somebody who listens on 127.0.0.1."""
    from tests.webhooks.receiver import listening

    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    with listening() as listener:
        yield listener


@pytest.fixture
def api_client(db: None) -> Any:
    """Another system that may see every event."""
    from tests.webhooks.scenes import new_client

    return new_client("Reporting")


@pytest.fixture
def hook(api_client: Any, receiver: Any) -> Iterator[Callable[..., Any]]:
    """Return a function that registers the receiver for these names; each message has to be as it is described."""
    from registrations.actions.sending.webhooks import create_webhook
    from tests.webhooks.scenes import undescribed

    def register(*names: str, url: str = "", **more: Any) -> Any:
        return create_webhook(
            more.pop("client", api_client),
            url or receiver.url,
            names or ["session_registration.created"],
            **more,
        )

    yield register
    assert undescribed() == []
