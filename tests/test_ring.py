"""Small things around the site that are safe by default."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from events.errors import Invalid
from registrations.addresses import check_url


@pytest.mark.parametrize("port", ["", ":443", ":8443", ":80"])
def test_webhooks_go_to_ports_of_web_servers(port):
    assert check_url(f"https://93.184.216.34{port}/").port in {443, 8443, 80}


@pytest.mark.parametrize("port", [22, 25, 5432, 6379, 8080, 65535])
def test_webhooks_go_to_no_other_port_unless_allowed(port, settings):
    url = f"https://93.184.216.34:{port}/"
    with pytest.raises(Invalid) as refused:
        check_url(url)
    assert "80, 443, 8443" in str(refused.value)
    settings.WEBHOOK_ALLOWED_PORTS = [port]
    assert check_url(url).port == port


def test_security_txt_names_the_contact_for_half_a_year(client, settings):
    settings.SECURITY_CONTACT, settings.SITE_URL = "mailto:security@example.org", "https://events.example.org"
    with time_machine.travel(datetime(2031, 1, 1, 15, tzinfo=UTC), tick=False):
        answer = client.get("/.well-known/security.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode().splitlines() == [
        "Contact: mailto:security@example.org",
        "Expires: 2031-06-30T00:00:00Z",
        "Canonical: https://events.example.org/.well-known/security.txt",
        "Preferred-Languages: en",
    ]


@pytest.mark.django_db
def test_without_contact_there_is_no_security_txt(client, settings):
    settings.SECURITY_CONTACT = ""
    assert client.get("/.well-known/security.txt").status_code == 404
