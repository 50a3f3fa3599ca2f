"""Other systems that read the feed, and one that is told by webhooks."""

from __future__ import annotations

from tests.webhooks.conftest import api, api_client, api_client_of, hook, receiver  # noqa: F401  (fixtures)
