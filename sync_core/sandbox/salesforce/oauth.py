"""OAuth 2.0: client credentials, JWT bearer and refresh tokens against one client, and the sessions they make."""

from __future__ import annotations

import base64
import hmac
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs

import jwt
from cryptography import x509

from sync_core.sandbox.httpd import Request
from sync_core.sandbox.salesforce.calls import Reply
from sync_core.sandbox.salesforce.store import Org

JWT_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_AUDIENCES: Final = ("https://login.salesforce.com", "https://test.salesforce.com")
# an assertion may not live longer than this (Salesforce: exp within 3 minutes; recalled), with some slack for clocks
_LONGEST_ASSERTION: Final = 5 * 60


@dataclass(frozen=True, slots=True)
class Client:
    """An External Client App: its key, its secret, the key it signs with, and the user it runs as."""

    client_id: str
    client_secret: str
    user_id: str
    public_key: str | bytes | None = None


class _OAuthError(Exception):
    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.reply = Reply(status, {"error": code, "error_description": description})


class Sessions:
    """Which access token stands for which user. Tokens are never logged and never shown.

    `fixed` is the token for clients that were given one: it lasts as long as the org, unlike fetched ones.
    """

    def __init__(self, org: Org, client: Client, fixed: str, instance_url: str | None) -> None:
        self._org = org
        self._client = client
        self._instance_url = instance_url
        self._fixed = fixed
        self._users: dict[str, str] = {fixed: client.user_id}
        self._refresh: dict[str, str] = {}
        self._lock = threading.Lock()

    def user(self, token: str) -> str | None:
        """The user behind a token, None for an unknown or expired one."""
        with self._lock:
            return self._users.get(token)

    def open(self, user_id: str) -> str:
        """A new token for a user, as another sign-in would give one."""
        token = f"{self._org.id[:15]}!{secrets.token_urlsafe(48)}"
        with self._lock:
            self._users[token] = user_id
        return token

    def add_refresh_token(self, token: str, user_id: str) -> None:
        """Registers a refresh token, as an authorised browser session would have left one behind."""
        self._refresh[token] = user_id

    def expire(self, token: str) -> None:
        """Ends a fetched token for good; the fixed one goes on to work."""
        if not hmac.compare_digest(token.encode(), self._fixed.encode()):
            with self._lock:
                self._users.pop(token, None)

    def token(self, request: Request) -> Reply:
        """Answers `POST /services/oauth2/token`."""
        form = {key: values[-1] for key, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        try:
            match form.get("grant_type"):
                case None:
                    raise _OAuthError("unsupported_grant_type", "grant type not supported")
                case "client_credentials":
                    self._check_client(request.headers, form)
                    return self._granted(request, self._client.user_id)
                case "refresh_token":
                    self._check_client(request.headers, form)
                    user_id = self._refresh.get(form.get("refresh_token", ""))
                    if user_id is None:
                        raise _OAuthError("invalid_grant", "expired access/refresh token")
                    return self._granted(request, user_id)
                case grant if grant == JWT_BEARER:
                    return self._granted(request, self._by_assertion(request, form.get("assertion", "")))
                case "password":
                    # blocked in orgs made since Summer '23 (facts A2)
                    raise _OAuthError("invalid_grant", "authentication failure")
        except _OAuthError as error:
            return error.reply
        return _OAuthError("unsupported_grant_type", "grant type not supported").reply

    def userinfo(self, user_id: str, base: str) -> Reply:
        """Answers `GET /services/oauth2/userinfo`."""
        user = self._org.get("User", user_id) or {}
        return Reply(
            200,
            {
                "sub": f"{base}/id/{self._org.id}/{user_id}",
                "user_id": user_id,
                "organization_id": self._org.id,
                "preferred_username": user.get("Username"),
                "nickname": user.get("Alias"),
                "name": user.get("Name"),
                "email": user.get("Email"),
                "email_verified": True,
                "given_name": user.get("FirstName"),
                "family_name": user.get("LastName"),
                "zoneinfo": user.get("TimeZoneSidKey"),
                "active": user.get("IsActive"),
                "user_type": "STANDARD",
                "language": user.get("LanguageLocaleKey"),
                "locale": user.get("LocaleSidKey"),
            },
        )

    def base(self, request: Request) -> str:
        """The URL of the instance: the one given, else the one the client used."""
        return self._instance_url or f"http://{request.headers.get('host', 'localhost')}"

    def _granted(self, request: Request, user_id: str) -> Reply:
        base = self.base(request)
        return Reply(
            200,
            {
                "access_token": self.open(user_id),
                "instance_url": base,
                "id": f"{base}/id/{self._org.id}/{user_id}",
                "token_type": "Bearer",
                "issued_at": str(int(self._org.now().timestamp() * 1000)),
                "scope": "api",
            },
        )

    def _check_client(self, headers: Mapping[str, str], form: Mapping[str, str]) -> None:
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        kind, _, encoded = headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            try:
                client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
            except ValueError:
                raise _OAuthError("invalid_client", "invalid client credentials", 401) from None
        if not hmac.compare_digest(client_id.encode(), self._client.client_id.encode()):
            raise _OAuthError("invalid_client_id", "client identifier invalid")
        if not hmac.compare_digest(secret.encode(), self._client.client_secret.encode()):
            raise _OAuthError("invalid_client", "invalid client credentials")

    def _by_assertion(self, request: Request, assertion: str) -> str:
        """The user that a signed assertion stands for. `aud` is login, test or the instance (facts A2)."""
        if self._client.public_key is None:
            raise _OAuthError("invalid_client", "no certificate is registered for this client")
        try:
            claims = jwt.decode(
                assertion,
                _public_key(self._client.public_key),  # type: ignore[arg-type]  # any key that RS256 can use
                algorithms=["RS256"],
                audience=[*_AUDIENCES, self.base(request)],
                options={"require": ["iss", "sub", "aud", "exp"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidAudienceError:
            raise _OAuthError("invalid_grant", "audience is invalid") from None
        except jwt.InvalidSignatureError:
            raise _OAuthError("invalid_grant", "invalid assertion") from None
        except jwt.PyJWTError:
            raise _OAuthError("invalid_grant", "invalid assertion") from None
        self._check_expiry(claims.get("exp"))
        if claims.get("iss") != self._client.client_id:
            raise _OAuthError("invalid_client_id", "client identifier invalid")
        for user in self._org.rows("User"):
            if user["Username"] == claims["sub"] and user["IsActive"] and user["UserType"] == "Standard":
                return str(user["Id"])
        raise _OAuthError("invalid_grant", "user hasn't approved this consumer")

    def _check_expiry(self, value: object) -> None:
        """The expiry is compared with the clock of this machine, which the client signs by, not with the org's."""
        try:
            left = int(str(value)) - datetime.now().timestamp()
        except ValueError:
            raise _OAuthError("invalid_grant", "invalid assertion") from None
        if left <= 0:
            raise _OAuthError("invalid_grant", "assertion expired")
        if left > _LONGEST_ASSERTION:
            raise _OAuthError("invalid_grant", "assertion is valid for too long")


def _public_key(material: str | bytes) -> object:
    """A PEM certificate's public key, or the PEM public key itself."""
    data = material.encode() if isinstance(material, str) else material
    return x509.load_pem_x509_certificate(data).public_key() if b"BEGIN CERTIFICATE" in data else data
