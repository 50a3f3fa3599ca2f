"""No server-side request forgery: what may be called is checked when it is registered, and again when it is called."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.errors import Invalid
from registrations.actions.sending.webhooks import create_webhook
from registrations.addresses import check_url, is_public
from registrations.models import Webhook
from registrations.webhooks import connecting, plan, send_due
from tests.engine.acts import claim, person
from tests.webhooks.receiver import listening
from tests.webhooks.scenes import a_session, deliveries

NAME = "hooks.example.org"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/hook",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://017700000001/",
        "https://0177.0.0.1/",
        "https://localhost/",
        "https://10.0.0.8/",
        "https://172.16.3.4/",
        "https://192.168.1.1:8443/",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://198.18.0.1/",
        "https://240.0.0.1/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[fe80::1]/",
        "https://[fc00::1]/",
        "https://[ff02::1]/",
        "http://93.184.216.34/",
        "ftp://93.184.216.34/",
        "file:///etc/passwd",
        "https://user:secret@93.184.216.34/",
        "https://93.184.216.34#@127.0.0.1/",
        "https://93.184.216.34\\@127.0.0.1/",
        "https://93.184.216.34:99999/",
        "https://93.184.216.34:0/",
        "https://93.184.216.34/a b",
        "https://93.184.216.34/\r\nHost: internal",
        "https://[::1/",
        "https:///nowhere",
        "https://",
        "",
        "//93.184.216.34/",
        "https://" + "a" * 600 + ".org/",
    ],
)
def test_refuses_address_that_is_not_public(url):
    with pytest.raises(Invalid) as refused:
        check_url(url)
    assert list(refused.value.data["fields"]) == ["url"]


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8"])
def test_public_address_is_public(address):
    assert is_public(ipaddress.ip_address(address))


def test_takes_address_apart():
    receiver = check_url("https://93.184.216.34:8443/hook?key=1&b=%20")
    assert (receiver.host, receiver.port, receiver.target) == ("93.184.216.34", 8443, "/hook?key=1&b=%20")
    assert receiver.authority == "93.184.216.34:8443"
    assert check_url("https://93.184.216.34").target == "/"


def test_allowed_network_may_be_called_without_tls(settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    assert check_url("http://127.0.0.1:9/").host == "127.0.0.1"
    with pytest.raises(Invalid):
        check_url("http://10.0.0.1/")
    with pytest.raises(Invalid):
        check_url("https://[::ffff:127.0.0.1]/")


@pytest.mark.django_db
def test_refused_address_is_not_registered(api_client):
    with pytest.raises(Invalid):
        create_webhook(api_client, "https://169.254.169.254/", ["check_in.created"])
    assert Webhook.objects.count() == 0


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return a function that says what a name's addresses are, one list for each time it is asked."""
    real = socket.getaddrinfo

    def give(*answers: list[str]) -> list[str]:
        asked: list[str] = []

        def answered(host: str, port: Any, *args: Any, **kwargs: Any) -> Any:
            if host != NAME:
                return real(host, port, *args, **kwargs)
            asked.append(host)
            found = answers[min(len(asked), len(answers)) - 1]
            return [entry for ip in found for entry in real(ip, port, *args, **kwargs)]

        monkeypatch.setattr(socket, "getaddrinfo", answered)
        return asked

    return give


@pytest.mark.parametrize(
    "found",
    [
        ["10.0.0.1"],
        ["93.184.216.34", "127.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["::ffff:169.254.169.254"],
        ["2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::a00:1"],
    ],
)
def test_refuses_name_any_of_whose_addresses_is_private(names, found):
    names(found)
    with pytest.raises(Invalid):
        check_url(f"https://{NAME}/")


@pytest.mark.django_db
def test_name_that_has_moved_inside_is_not_called(api_client, names, settings):
    """DNS rebinding: public when it was registered, this machine when it is to be called."""
    with listening() as inside:
        names(["93.184.216.34"], ["127.0.0.1"])
        port = inside.server.server_port
        settings.WEBHOOK_ALLOWED_PORTS = [port]
        create_webhook(api_client, f"https://{NAME}:{port}/", ["session_registration.created"])
        claim(a_session(), person("bob"))
        plan()
        send_due()
        assert inside.messages == []
    delivery = deliveries().get()
    assert (delivery.delivered_at, delivery.attempts, delivery.last_status) == (None, 1, None)
    assert delivery.last_error.startswith("Not sent: This address is not on the public internet.")


@pytest.mark.django_db
def test_asks_for_name_once_and_calls_what_was_checked(hook, names, receiver):
    """A second answer, which would lead elsewhere, is never asked for."""
    port = receiver.server.server_port
    asked = names(["127.0.0.1"], ["127.0.0.1"], ["10.255.255.1"])
    hook(url=f"http://{NAME}:{port}/hook")
    claim(a_session(), person("bob"))
    plan()
    assert len(asked) == 1
    send_due()
    assert len(asked) == 2
    (message,) = receiver.messages
    assert message.headers["host"] == f"{NAME}:{port}"


# TLS: the certificate has to be for the name, whatever address was connected to.


def _certificate(tmp_path: Any, name: str) -> Any:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


@pytest.mark.parametrize(("certified", "is_taken"), [(NAME, True), ("elsewhere.example.org", False)])
def test_certificate_has_to_be_for_the_name(names, receiver, tmp_path, monkeypatch, certified, is_taken):
    import ssl

    path = _certificate(tmp_path, certified)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    asked_for: list[str] = []
    context.sni_callback = lambda _socket, name, _context: asked_for.append(name)
    receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    connecting._tls.cache_clear()
    names(["127.0.0.1"])
    answer = connecting.post(f"https://{NAME}:{receiver.server.server_port}/", b"{}", {})
    connecting._tls.cache_clear()
    assert answer.is_taken is is_taken
    assert asked_for == [NAME]
    assert len(receiver.messages) == is_taken
    if not is_taken:
        assert "certificate" in answer.error.lower()


def test_unknown_certificate_is_refused(names, receiver, tmp_path):
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(tmp_path, NAME))
    receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
    names(["127.0.0.1"])
    answer = connecting.post(f"https://{NAME}:{receiver.server.server_port}/", b"{}", {})
    assert (answer.is_taken, receiver.messages) == (False, [])
