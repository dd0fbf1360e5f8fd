"""Access tokens: given in the settings, or fetched by client credentials or JWT, by one thread at a time.

simple-salesforce's own logins are not used: a refused one is repeated without end, and a resent request loses its
headers (facts: salesforce A4, BUG 1 and BUG 2).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt
import requests

from sync_core.errors import SettingsError, SideError, SignInError
from sync_core.settings.models import SalesforceAuth, SalesforceSettings
from sync_core.sides.salesforce import address, failures
from sync_core.sides.salesforce.address import Address
from sync_core.sides.salesforce.transport import Channel, open_session

# the time an assertion is good for; Salesforce refuses more than a few minutes (facts: salesforce A2)
_ASSERTION: Final = timedelta(minutes=3)
_JWT_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and the server it is for. `identity` is the identity URL that came with it, if any."""

    value: str = field(repr=False)
    address: Address
    identity: str = ""


class SignIn:
    """Gives out the current token and renews it. `renewable` says whether a new one can be had without a person."""

    def __init__(
        self,
        settings: SalesforceSettings,
        secrets: Mapping[str, str],
        timeout: tuple[float, float] | None = None,
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._timeout = timeout
        self._lock = threading.Lock()
        self._token: Token | None = None

    @property
    def renewable(self) -> bool:
        """Whether `renew` can work."""
        return self._settings.auth in (SalesforceAuth.CLIENT_CREDENTIALS, SalesforceAuth.JWT)

    def token(self) -> Token:
        """The current token, fetched if there is none yet. Raises SettingsError, SignInError or SideError."""
        with self._lock:
            if self._token is None:
                self._token = self._fetch()
            return self._token

    def renew(self, stale: Token) -> Token:
        """A token other than `stale`: fetched anew unless another thread has done so already. Raises as `token`."""
        with self._lock:
            if self._token is None or self._token == stale:
                self._token = None
                self._token = self._fetch()
            return self._token

    def redact(self, words: str) -> str:
        """`words` without any secret of this sign-in, should a server have echoed one."""
        known = [*self._secrets.values(), self._token.value if self._token else ""]
        for secret in known:
            if len(secret) > 3:
                words = words.replace(secret, "***")
        return words

    def _fetch(self) -> Token:
        match self._settings.auth:
            case SalesforceAuth.SESSION:
                value = self._secret("access_token")
                return Token(value, address.parse(self._settings.instance_url))
            case SalesforceAuth.CLIENT_CREDENTIALS:
                where = self._token_server()
                form = {
                    "grant_type": "client_credentials",
                    "client_id": self._client_id(),
                    "client_secret": self._secret("client_secret"),
                }
                return self._ask(where, form)
            case SalesforceAuth.JWT:
                where = self._token_server()
                return self._ask(where, {"grant_type": _JWT_GRANT, "assertion": self._assertion(where)})
            case other:
                raise SettingsError(
                    f'salesforce.auth = "{other.value}" is not there yet',
                    remedy='Use "session", "client_credentials" or "jwt"',
                )

    def _secret(self, key: str) -> str:
        value = self._secrets.get(key, "").strip()
        if not value:
            raise SettingsError(
                f"salesforce.{key} is not set, and salesforce.auth needs it",
                remedy=f"Set {key}, {key}_command or {key}_file",
            )
        # a header cannot carry anything else, and the failure would quote it
        if key != "private_key" and not (value.isascii() and value.isprintable() and " " not in value):
            raise SettingsError(f"salesforce.{key} holds characters that no {key.replace('_', ' ')} has")
        return value

    def _client_id(self) -> str:
        if not self._settings.client_id:
            raise SettingsError(
                "salesforce.client_id is not set",
                remedy="It is the consumer key of the External Client App in Salesforce",
            )
        return self._settings.client_id

    def _token_server(self) -> Address:
        if self._settings.login_url:
            return address.parse(self._settings.login_url, "salesforce.login_url")
        return address.parse(self._settings.instance_url)

    def _assertion(self, where: Address) -> str:
        if not self._settings.username:
            raise SettingsError("salesforce.username is not set", remedy="Set it to the user name in Salesforce")
        claims = {
            "iss": self._client_id(),
            "sub": self._settings.username,
            # login, test, or My Domain's address (facts: salesforce A2)
            "aud": where.origin,
            # by the machine's clock, as the server's own
            "exp": int((datetime.now(UTC) + _ASSERTION).timestamp()),
        }
        key = self._secret("private_key")
        try:
            return jwt.encode(claims, key, algorithm="RS256")
        except (ValueError, TypeError, jwt.exceptions.PyJWTError):
            raise SettingsError(
                "salesforce.private_key is not an RSA private key",
                remedy="It must be the whole PEM text, from BEGIN to END, without a pass phrase",
            ) from None

    def _ask(self, where: Address, form: Mapping[str, str]) -> Token:
        channel = Channel(timeout=self._timeout)
        with open_session(where, channel) as session:
            try:
                answer = session.post(
                    f"{where.origin}/services/oauth2/token",
                    data=form,
                    headers={"Accept": "application/json"},
                )
                content = _decoded(answer)
            except (requests.exceptions.RequestException, OSError) as problem:
                raise failures.error(failures.of_network(problem), where.netloc) from None
        if answer.status_code == 200 and isinstance(content, dict) and content.get("access_token"):
            return self._read(content)
        if isinstance(content, dict) and content.get("error"):
            said = failures.clean(content.get("error_description") or content["error"])
            raise _refused(str(content["error"]), self.redact(said), where)
        failure = failures.of_answer(answer.status_code, content, channel.retry_after)
        raise failures.error(replace(failure, message=self.redact(failure.message)), where.netloc)

    def _read(self, content: Mapping[str, Any]) -> Token:
        value = str(content["access_token"])
        # the settings win: a token must never go to a server that nobody named, if one was named
        named = self._settings.instance_url or str(content.get("instance_url") or "")
        return Token(value, address.parse(named), str(content.get("id") or ""))


def _decoded(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return answer.text


_REMEDIES: Final = {
    "invalid_client_id": "Check salesforce.client_id: it is the consumer key of the app",
    "invalid_client": "Check salesforce.client_id and salesforce.client_secret",
    "invalid_app_access": "An administrator must approve this user for the app",
    "invalid_grant": "Check the user name, the certificate, and whether an administrator approved the user for the app",
    "unsupported_grant_type": "An administrator must switch this flow on in the app's settings",
}


def _refused(code: str, said: str, where: Address) -> SideError:
    # "app must be installed into org" and its like: facts, salesforce A2
    if "not installed" in said.lower() or "must be installed" in said.lower():
        remedy = "An administrator must create or install the External Client App in this org"
    else:
        remedy = _REMEDIES.get(code, "Check the settings of the app in Salesforce")
    return SignInError(f"the sign-in was refused: {said}", where=f"Salesforce ({where.netloc})", remedy=remedy)
