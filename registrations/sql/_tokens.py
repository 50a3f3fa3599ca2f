"""The fixed statement of every request of another system: the token that it brings, and whose that is."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection
from oauth2_provider.models import get_access_token_model

from events.models import ApiClient
from registrations.sql._reading import Statement, attach


@cache
def _token(vendor: str) -> Statement:
    return Statement(
        """
        FROM oauth2_provider_accesstoken t
        JOIN events_apiclient a ON a.id = t.application_id
        WHERE t.token_checksum = %s
        """,
        t=(get_access_token_model(), "application expires scope"),
        a=(ApiClient, "client_id name scopes sees_every_event"),
    )


def token_with(checksum: str) -> Any:
    """The token with this checksum, dead or alive, with its client; None where no client has it."""
    for token, client in _token(connection.vendor).rows([checksum]):
        attach(token, application=client)
        return token
    return None
