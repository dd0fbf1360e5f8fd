"""The three ways to sign in, and what is said when one fails (facts: salesforce A2)."""

from __future__ import annotations

import logging
import traceback
from typing import Any

import pytest

from sync_core.errors import SettingsError, SideError, SignInError
from sync_core.items import Kind
from sync_core.sandbox.httpd import Response

CREDENTIALS = {"auth": "client_credentials", "client_id": "handsync-client"}
JWT = {"auth": "jwt", "client_id": "handsync-client", "username": "robin@example.com"}


@pytest.mark.parametrize("settings", [{}, CREDENTIALS, JWT], ids=["session", "client_credentials", "jwt"])
def test_signs_in(world: Any, settings: dict[str, str]) -> None:
    """All three lead to the same user, and the same scope."""
    described = world.make(**settings).describe(Kind.CALENDAR)
    assert described.account == f"Robin Rowe at {world.server.url[7:]}"
    assert described.scope == f"salesforce:{world.org.id}:{world.me}"


@pytest.mark.parametrize("auth", ["browser", "sf_cli", "password"])
def test_not_there_yet(world: Any, auth: str) -> None:
    """The other ways of the settings answer that they are not there yet."""
    with pytest.raises(SettingsError, match="not there yet") as caught:
        world.make(auth=auth).describe(Kind.CALENDAR)
    assert '"session", "client_credentials" or "jwt"' in str(caught.value)


def test_construction_does_nothing(world: Any) -> None:
    """Not even bad settings are looked at before the first call."""
    world.make(auth="password", instance_url="https://example.lightning.force.com")
    world.make()
    assert world.requests == []


@pytest.mark.parametrize(
    ("settings", "secrets", "words"),
    [
        ({}, {}, "access_token is not set"),
        ({}, {"access_token": "two words"}, "access_token holds characters"),
        ({}, {"access_token": "line\nbreak"}, "access_token holds characters"),
        (CREDENTIALS, {}, "client_secret is not set"),
        ({**CREDENTIALS, "client_id": ""}, None, "client_id is not set"),
        (JWT, {}, "private_key is not set"),
        ({**JWT, "username": ""}, None, "username is not set"),
        (JWT, {"private_key": "no key at all"}, "not an RSA private key"),
    ],
)
def test_settings_that_lack_something(world: Any, settings: Any, secrets: Any, words: str) -> None:
    """Every missing piece has its own sentence, and nothing is sent."""
    with pytest.raises(SettingsError, match=words) as caught:
        world.make(secrets=secrets, **settings).describe(Kind.CALENDAR)
    assert "two words" not in str(caught.value)
    assert world.requests == []


@pytest.mark.parametrize(
    ("settings", "secrets", "words"),
    [
        ({}, {"access_token": "wrong"}, "not valid, or not any more"),
        (CREDENTIALS, {"client_secret": "wrong"}, "invalid client credentials"),
        ({**CREDENTIALS, "client_id": "other"}, None, "client_id"),
        ({**JWT, "username": "nobody@example.com"}, None, "approved"),
        ({**JWT, "login_url": ""}, {"private_key": "OTHER"}, "invalid assertion"),
    ],
)
def test_refused(world: Any, settings: Any, secrets: Any, words: str) -> None:
    """A refused sign-in is a SignInError that says what the server said."""
    if secrets == {"private_key": "OTHER"}:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa

        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        form = serialization.PrivateFormat.PKCS8
        pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
        secrets = {"private_key": pem.decode()}
    with pytest.raises(SignInError, match=words):
        world.make(secrets=secrets, **settings).describe(Kind.CALENDAR)


def test_app_that_is_not_installed(world: Any) -> None:
    """A2: the texts that users meet since connected apps are closed lead to the administrator."""
    world.before = lambda request: (
        Response(400, b'{"error":"invalid_client","error_description":"app must be installed into org"}')
        if "oauth2/token" in request.path
        else None
    )
    with pytest.raises(SignInError, match="External Client App"):
        world.make(**CREDENTIALS).describe(Kind.CALENDAR)


def test_token_endpoint_with_a_page(world: Any) -> None:
    """A page in place of a token."""
    world.fault("html", "oauth2/token")
    with pytest.raises(SideError, match="web page"):
        world.make(**CREDENTIALS).describe(Kind.CALENDAR)


def test_renewed_in_the_middle(world: Any) -> None:
    """A session that ends while we read is renewed without a word."""
    world.event()
    side = world.make(**CREDENTIALS)
    side.describe(Kind.CALENDAR)
    world.fault("session_expired", "GET query")
    assert len(world.fetch(side=side).items) == 1
    assert world.count("POST oauth2/token") == 2


def test_session_cannot_be_renewed(world: Any) -> None:
    """A token from the settings that ends is a SignInError that says what to do."""
    side = world.side
    side.describe(Kind.CALENDAR)
    world.fault("session_expired", "GET query")
    with pytest.raises(SignInError, match="put the new token in the settings"):
        world.fetch()


def test_no_secret_leaks(world: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Not in exceptions, tracebacks or logs, even when the server quotes it."""
    caplog.set_level(logging.DEBUG)
    secrets = {"access_token": "00Dsecret!token", "client_secret": "hush-hush"}
    quoting = b'[{"errorCode":"STRANGE_ERROR","message":"bad header: Bearer 00Dsecret!token"}]'
    world.before = lambda request: (
        Response(400, b'{"error":"invalid_client","error_description":"hush-hush is wrong"}')
        if "oauth2/token" in request.path
        else Response(418, quoting)
    )
    for settings in ({}, CREDENTIALS):
        with pytest.raises(SideError) as caught:
            world.make(secrets=secrets, **settings).describe(Kind.CALENDAR)
        told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caplog.text
        assert "00Dsecret" not in told
        assert "hush-hush" not in told
        assert "***" in str(caught.value)
