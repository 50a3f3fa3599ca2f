"""A standard client library against a live server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import requests
import time_machine
from oauthlib.oauth2 import BackendApplicationClient, TokenExpiredError
from requests_oauthlib import OAuth2Session

from tests.api.conftest import make_api_client

pytestmark = pytest.mark.django_db(transaction=True)


def test_standard_client_fetches_token_uses_it_and_fetches_another(live_server, monkeypatch):
    """A client-credentials grant has no refresh token (RFC 6749, 4.4.3): refreshing is fetching again."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    owner = make_api_client()
    session = OAuth2Session(client=BackendApplicationClient(client_id=owner.client_id))
    url = f"{live_server.url}/oauth2/token"
    first = session.fetch_token(url, client_id=owner.client_id, client_secret="sw_secret")
    assert (first["token_type"], first["scope"]) == ("Bearer", ["read", "write"])
    assert session.get(f"{live_server.url}/api/v1/events").json()["items"] == []
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31)):
        with pytest.raises(TokenExpiredError):
            session.get(f"{live_server.url}/api/v1/events")
        # Whoever does not look at the clock is told by the server.
        stale = {"Authorization": f"Bearer {first['access_token']}"}
        assert requests.get(f"{live_server.url}/api/v1/events", headers=stale, timeout=30).status_code == 401
    second = session.fetch_token(
        url, client_id=owner.client_id, client_secret="sw_secret", include_client_id=True
    )
    assert second["access_token"] != first["access_token"]
    assert session.get(f"{live_server.url}/api/v1/events").status_code == 200
