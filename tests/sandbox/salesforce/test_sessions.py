"""Tokens: how they are fetched, what they are worth, and how they end."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceExpiredSession

BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    return made.public_bytes(serialization.Encoding.PEM).decode()


def private_pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.fixture
def signed(make_world: Callable[..., Any], certificate: str) -> Any:
    return make_world(jwt_public_key=certificate)


def token(world: Any, form: dict[str, str], **headers: str) -> Any:
    return world.session.post(f"{world.server.url}/services/oauth2/token", data=form, headers=headers, timeout=10)


CREDENTIALS = {"grant_type": "client_credentials", "client_id": "client", "client_secret": "secret"}


def test_client_credentials_in_the_body(world: Any) -> None:
    reply = token(world, CREDENTIALS)
    assert reply.status_code == 200
    body = reply.json()
    assert body["instance_url"] == world.server.url
    assert body["id"] == f"{world.server.url}/id/{world.org.id}/{world.alice}"
    assert body["token_type"] == "Bearer"
    assert body["issued_at"] == str(int(world.now.timestamp()) * 1000)
    assert world.soql("SELECT Id FROM Event", token=body["access_token"]).status_code == 200


def test_client_credentials_in_the_header(world: Any) -> None:
    basic = base64.b64encode(b"client:secret").decode()
    reply = token(world, {"grant_type": "client_credentials"}, Authorization=f"Basic {basic}")
    assert reply.status_code == 200


def test_the_real_client_signs_in(world: Any) -> None:
    sf = Salesforce(consumer_key="client", consumer_secret="secret", domain="example.my", session=world.plain())
    assert sf.query("SELECT Id FROM Event")["totalSize"] == 0
    with pytest.raises(SalesforceAuthenticationFailed) as caught:
        Salesforce(consumer_key="client", consumer_secret="wrong", domain="example.my", session=world.plain())
    assert caught.value.code == "invalid_client"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "unsupported_grant_type"),
        ({"grant_type": "magic"}, "unsupported_grant_type"),
        ({**CREDENTIALS, "client_id": "other"}, "invalid_client_id"),
        ({**CREDENTIALS, "client_secret": "other"}, "invalid_client"),
        ({"grant_type": "client_credentials"}, "invalid_client_id"),
        ({**CREDENTIALS, "grant_type": "password", "username": "a", "password": "b"}, "invalid_grant"),
        ({**CREDENTIALS, "grant_type": "refresh_token", "refresh_token": "unknown"}, "invalid_grant"),
        ({"grant_type": BEARER, "assertion": "a.b.c"}, "invalid_client"),
    ],
)
def test_requests_for_tokens_that_are_refused(world: Any, form: dict[str, str], code: str) -> None:
    reply = token(world, form)
    assert reply.status_code == 400
    assert reply.json()["error"] == code
    assert reply.json()["error_description"]


def test_a_broken_basic_header(world: Any) -> None:
    reply = token(world, {"grant_type": "client_credentials"}, Authorization="Basic %%%")
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")


def test_refresh(world: Any) -> None:
    world.application.sessions.add_refresh_token("again", world.bob)
    form = {**CREDENTIALS, "grant_type": "refresh_token", "refresh_token": "again"}
    fresh = token(world, form).json()["access_token"]
    assert fresh != token(world, form).json()["access_token"]
    headers = {"Authorization": f"Bearer {fresh}"}
    about = world.session.get(f"{world.server.url}/services/oauth2/userinfo", headers=headers, timeout=10).json()
    assert (about["user_id"], about["preferred_username"]) == (world.bob, "bob@example.com")
    assert about["zoneinfo"] == "America/New_York"


def test_the_real_client_signs_in_with_an_assertion(signed: Any, key: rsa.RSAPrivateKey) -> None:
    sf = Salesforce(username="bob@example.com", consumer_key="client", privatekey=private_pem(key),
                    session=signed.plain())  # fmt: skip
    made = sf.Event.create({"StartDateTime": "2026-11-24T10:00:00Z", "DurationInMinutes": 30})
    assert signed.org.get("Event", made["id"])["OwnerId"] == signed.bob


def claims(**more: object) -> dict[str, object]:
    expiry = int((datetime.now(UTC) + timedelta(minutes=3)).timestamp())
    return {"iss": "client", "sub": "alice@example.com", "aud": "https://login.salesforce.com", "exp": expiry, **more}


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        ({"aud": "https://example.com"}, "invalid_grant", "audience is invalid"),
        ({"exp": int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())}, "invalid_grant", "expired"),
        ({"exp": int(datetime(2120, 1, 1, tzinfo=UTC).timestamp())}, "invalid_grant", "too long"),
        ({"exp": "soon"}, "invalid_grant", "invalid assertion"),
        ({"exp": None}, "invalid_grant", "invalid assertion"),
        ({"sub": "nobody@example.com"}, "invalid_grant", "user hasn't approved this consumer"),
        ({"sub": "autoproc@org.invalid"}, "invalid_grant", "user hasn't approved this consumer"),
        ({"iss": "other"}, "invalid_client_id", "client identifier invalid"),
    ],
)
def test_assertions_that_are_refused(
    signed: Any, key: rsa.RSAPrivateKey, more: dict[str, object], code: str, words: str
) -> None:
    body = {name: value for name, value in claims(**more).items() if value is not None}
    reply = token(signed, {"grant_type": BEARER, "assertion": jwt.encode(body, key, algorithm="RS256")})
    assert (reply.status_code, reply.json()["error"]) == (400, code)
    assert words in reply.json()["error_description"]


def test_assertions_by_another_key_or_none(signed: Any, key: rsa.RSAPrivateKey, certificate: str) -> None:
    good = jwt.encode(claims(), key, algorithm="RS256")
    assert token(signed, {"grant_type": BEARER, "assertion": good}).status_code == 200
    here = jwt.encode(claims(aud=signed.server.url), key, algorithm="RS256")
    assert token(signed, {"grant_type": BEARER, "assertion": here}).status_code == 200
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for wrong in (
        jwt.encode(claims(), stranger, algorithm="RS256"),
        jwt.encode(claims(), key, algorithm="RS512"),
        jwt.encode(claims(), "s" * 32, algorithm="HS256"),
        jwt.encode(claims(), None, algorithm="none"),
    ):
        reply = token(signed, {"grant_type": BEARER, "assertion": wrong})
        assert (reply.status_code, reply.json()["error"]) == (400, "invalid_grant")


def test_wrong_tokens(world: Any, sf: Any) -> None:
    for headers in ({"Authorization": "Bearer wrong"}, {"Authorization": "Basic wrong"}, {"Authorization": ""}):
        reply = world.call("GET", "sobjects", headers=headers)
        assert reply.status_code == 401
        assert reply.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
    with pytest.raises(SalesforceExpiredSession):
        world.client(token="wrong").query("SELECT Id FROM Event")


def test_an_expired_session_stays_expired(world: Any) -> None:
    fetched = token(world, CREDENTIALS).json()["access_token"]
    world.fault("session_expired", "GET query")
    text = "SELECT Id FROM Event"
    assert world.soql(text, token=fetched).status_code == 401
    assert world.soql(text, token=fetched).status_code == 401
    assert world.soql(text, token=token(world, CREDENTIALS).json()["access_token"]).status_code == 200


def test_a_given_session_comes_back(world: Any) -> None:
    world.fault("session_expired", "POST sobjects/Event", times=2)
    body = {"IsAllDayEvent": True, "ActivityDate": "2026-11-24"}
    found = [world.call("POST", "sobjects/Event", json=body).status_code for _ in range(3)]
    assert found == [401, 401, 201]
    assert len(world.org.rows("Event")) == 1
