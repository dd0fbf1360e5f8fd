"""Who is signed in: the user and the org, from whichever place this server has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sync_core import text
from sync_core.errors import SideError
from sync_core.series import zone_name
from sync_core.sides.salesforce.failures import GatewayError, Sort
from sync_core.sides.salesforce.gateway import Gateway
from sync_core.sides.salesforce.ids import id18, is_id


@dataclass(frozen=True, slots=True)
class Account:
    """A user of an org. `org_id` is the server's name where the org did not tell its id."""

    user_id: str
    user_name: str
    org_id: str
    host: str
    # the user's own zone there (IANA); "" where the server does not tell
    zone: str = ""

    @property
    def label(self) -> str:
        """For people: the user's name and the server."""
        return f"{self.user_name} at {self.host}"

    @property
    def scope(self) -> str:
        """For links: the same as long as it is the same user of the same org, wherever the org is served."""
        return f"salesforce:{self.org_id}:{self.user_id}"


def find(gateway: Gateway, username: str) -> Account:
    """The signed-in user. `username` (the setting) helps where a server has none of the usual places.

    Asked in turn: userinfo, chatter/users/me, the identity URL that came with the token, the User object. Raises
    SideError with a sentence when no place knows, SignInError when the token is refused.
    """
    found: dict[str, str] = {}
    for source in (_userinfo, _chatter, _identity, lambda g: _user(g, username)):
        if not found.get("user"):
            found |= source(gateway)
    if not found.get("user"):
        raise SideError(
            "the server does not say which user is signed in",
            where=f"Salesforce ({gateway.host})",
            remedy="Set salesforce.username to the user name in Salesforce",
        )
    org = found.get("org") or _identity(gateway).get("org") or _organization(gateway) or _org_of_token(gateway)
    host = gateway.host
    return Account(
        found["user"], found.get("name") or username or found["user"], org or host, host, found.get("zone", "")
    )


def _userinfo(gateway: Gateway) -> dict[str, str]:
    answer = _optional(gateway.userinfo)
    ids = _ids_of_url(str(answer.get("sub") or ""))
    found = _found(
        answer.get("user_id") or ids.get("user"),
        answer.get("organization_id") or ids.get("org"),
        answer.get("name") or answer.get("preferred_username"),
    )
    # a claim of OpenID Connect Core 1.0, 5.1
    zone = zone_name(str(answer.get("zoneinfo") or ""))
    return {**found, "zone": zone} if zone else found


def _chatter(gateway: Gateway) -> dict[str, str]:
    answer = _optional(lambda: gateway.get("chatter/users/me"))
    return _found(answer.get("id"), None, answer.get("name") or answer.get("username"))


def _identity(gateway: Gateway) -> dict[str, str]:
    return _ids_of_url(gateway.token.identity)


def _user(gateway: Gateway, username: str) -> dict[str, str]:
    # the only thing from the settings that enters a query; \ and ' are what SOQL needs escaped
    if not username:
        return {}
    quoted = username.replace("\\", "\\\\").replace("'", "\\'")
    rows = [
        row for page in gateway.query(f"SELECT Id, Name FROM User WHERE Username = '{quoted}'") for row in page.rows
    ]
    return _found(rows[0].get("Id"), None, rows[0].get("Name")) if len(rows) == 1 else {}


def _organization(gateway: Gateway) -> str:
    try:
        rows = [row for page in gateway.query("SELECT Id FROM Organization LIMIT 1") for row in page.rows]
    except GatewayError as problem:
        if problem.failure.sort is Sort.REFUSED:
            return ""
        raise
    found = str(rows[0].get("Id") or "") if rows else ""
    return id18(found) if is_id(found) else ""


def _org_of_token(gateway: Gateway) -> str:
    # a session id begins with the id of its org, and "!"
    head = gateway.token.value.partition("!")[0]
    return id18(head) if is_id(head) and head.startswith("00D") else ""


def _ids_of_url(url: str) -> dict[str, str]:
    """The ids in https://login.salesforce.com/id/ORG/USER."""
    parts = urlsplit(url).path.strip("/").split("/")
    return _found(parts[2], parts[1], None) if len(parts) == 3 and parts[0] == "id" else {}


def _found(user: Any, org: Any, name: Any) -> dict[str, str]:
    found = {"user": str(user or ""), "org": str(org or "")}
    result = {key: id18(value) for key, value in found.items() if is_id(value)}
    if name:
        result["name"] = text.line(str(name))
    return result


def _optional(ask: Callable[[], Any]) -> dict[str, Any]:
    """What an endpoint says that not every server or every token has; {} when it has none."""
    try:
        answer = ask()
    except GatewayError as problem:
        if problem.failure.sort is Sort.REFUSED:
            return {}
        raise
    return answer if isinstance(answer, dict) else {}
