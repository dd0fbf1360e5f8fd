"""The way to a real org: https, with the certificate authorities of the environment."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sync_core.errors import SideError
from sync_core.items import Kind
from sync_core.sandbox.faults import FaultBook
from sync_core.sandbox.httpd import LocalServer


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for 127.0.0.1, with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    path = tmp_path / "loopback.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def https_url(world: Any, certificate: Path) -> Iterator[str]:
    """The org behind TLS."""
    server = LocalServer("salesforce", world, lambda request: request.path, FaultBook())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server._httpd.socket = context.wrap_socket(server._httpd.socket, server_side=True)
    server.start()
    yield server.url.replace("http:", "https:")
    server.close()


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def test_trusted(world: Any, https_url: str, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A3, REQUESTS_CA_BUNDLE: a company's own authority comes from the environment, and is used."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    world.event()
    side = world.make(instance_url=https_url)
    assert len(world.fetch(side=side).items) == 1


def test_not_trusted(world: Any, https_url: str) -> None:
    """An unknown authority is refused, and no token is sent to its server."""
    with pytest.raises(SideError, match="certificate cannot be trusted"):
        world.make(instance_url=https_url).describe(Kind.CALENDAR)
    assert world.requests == []
