"""The Salesforce server: sessions, limits and the routes of the REST API."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import unquote

from sync_core.sandbox.httpd import Request, Response
from sync_core.sandbox.salesforce import collection_api, composite, record_api
from sync_core.sandbox.salesforce.calls import Call, Reply
from sync_core.sandbox.salesforce.duplicates import header_says
from sync_core.sandbox.salesforce.errors import ApiError, not_found
from sync_core.sandbox.salesforce.fields import NEWEST_VERSION, OLDEST_VERSION
from sync_core.sandbox.salesforce.oauth import Client, Sessions
from sync_core.sandbox.salesforce.query_api import Queries
from sync_core.sandbox.salesforce.store import Actor, Org

# longer addresses are refused with 414, longer ones with their headers with 431 (facts B4)
MAX_URI: Final = 16_384
_DATA: Final = re.compile(r"/services/data(?:/v(\d{1,3})\.0(?:/(.*))?)?/?", re.ASCII | re.DOTALL)
_SEASONS: Final = ("Spring", "Summer", "Winter")
_RESOURCES: Final = ("composite", "limits", "query", "queryAll", "sobjects")


def operation_name(request: Request) -> str:
    """The name of a request for faults and the log: method and resource, without ids and version.

    "GET query", "GET query/more", "GET queryAll", "POST sobjects/Event", "PATCH sobjects/Event",
    "GET sobjects/Event/describe", "GET sobjects/Event/updated", "POST composite/sobjects" (create),
    "POST composite/sobjects/Event" (retrieve), "POST composite", "POST oauth2/token", "GET limits".
    """
    found = _DATA.fullmatch(request.path)
    if found is None:
        return f"{request.method} {request.path.removeprefix('/services/').strip('/')}"
    parts = _segments(found[2])
    match parts:
        case ("query" | "queryAll" as kind, _, *_):
            parts = (kind, "more")
        case ("sobjects", name, last, *_):
            kept = last in ("describe", "updated", "deleted") or parts[-1] == "fromThisEventOnwards"
            parts = ("sobjects", name, parts[-1]) if kept else ("sobjects", name)
    return f"{request.method} {'/'.join(parts) or 'data'}"


def _segments(path: str | None) -> tuple[str, ...]:
    return tuple(unquote(part) for part in (path or "").split("/") if part)


class SalesforceApplication:
    """The REST API of an org, as a callable from Request to Response.

    `access_token` is a token that works at once and stands for `user_id`; the client credentials run as that user, too.
    `jwt_public_key` is the PEM certificate or public key of the JWT bearer flow. `instance_url` is what token replies
    say; without one it is the address the client used. `daily_limit` is the number of calls in 24 hours.
    """

    def __init__(
        self,
        org: Org,
        *,
        access_token: str,
        user_id: str,
        client_id: str,
        client_secret: str,
        jwt_public_key: str | bytes | None = None,
        instance_url: str | None = None,
        daily_limit: int | None = None,
    ) -> None:
        self.org = org
        self.sessions = Sessions(
            org, Client(client_id, client_secret, user_id, jwt_public_key), access_token, instance_url
        )
        self.queries = Queries(org)
        # Enterprise: 100,000 and 1,000 for each user (facts B4)
        self.daily_limit = daily_limit if daily_limit is not None else 100_000 + 1_000 * len(org.rows("User"))
        self._calls: deque[datetime] = deque()
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Response:
        """Answers one request; refusals are replies, too."""
        if len(request.target or request.path) > MAX_URI:
            return Response(414, b"URI Too Long", "text/plain")
        if len(request.target) + sum(len(name) + len(value) + 4 for name, value in request.headers.items()) > MAX_URI:
            return Response(431, b"Request Header Fields Too Large", "text/plain")
        try:
            reply = self._unlimited(request) or self._limited(request)
        except ApiError as error:
            reply = Reply(error.status, [error.entry()])
        headers = dict(reply.headers)
        if request.path.startswith("/services/data/v"):
            headers["Sforce-Limit-Info"] = f"api-usage={self._used()}/{self.daily_limit}"
        body = b"" if reply.body is None else json.dumps(reply.body, ensure_ascii=False).encode("utf-8", "replace")
        return Response(reply.status, body, headers=headers)

    def _unlimited(self, request: Request) -> Reply | None:
        """What needs no session and counts against no limit: tokens and the list of versions."""
        if request.path == "/services/oauth2/token":
            if request.method != "POST":
                return Reply(405, {"error": "invalid_request", "error_description": "must use HTTP POST"})
            return self.sessions.token(request)
        if request.path.rstrip("/") == "/services/data":
            return Reply(200, [_version(number) for number in range(OLDEST_VERSION, NEWEST_VERSION + 1)])
        return None

    def _limited(self, request: Request) -> Reply:
        found = _DATA.fullmatch(request.path)
        if found is not None and found[1] is not None:
            _check_version(int(found[1]))
        token, user_id = self._session(request)
        fault = request.fault
        if fault is not None and fault.kind == "session_expired":
            self.sessions.expire(token)
            raise _invalid_session()
        if request.path == "/services/oauth2/userinfo":
            return self.sessions.userinfo(user_id, self.sessions.base(request))
        if found is None or found[1] is None:
            raise not_found()
        self._count()
        if fault is not None and fault.kind == "limit":
            raise _limit_exceeded()
        duplicates = request.headers.get("sforce-duplicate-rule-header", "")
        call = Call(
            Actor(
                user_id,
                int(found[1]),
                header_says(duplicates, "allowSave"),
                header_says(duplicates, "includeRecordDetails"),
            ),
            request.method,
            _segments(found[2]),
            request.query,
            request.headers,
            request.body,
            fault,
        )
        return self.answer(call)

    def answer(self, call: Call) -> Reply:
        """Answers one call of an open session; Composite sends its subrequests here. Raises ApiError."""
        match call.path:
            case ():
                base = f"/services/data/v{call.actor.version}.0"
                return Reply(200, {name: f"{base}/{name}" for name in _RESOURCES})
            case ("sobjects", *_):
                return record_api.answer(self.org, call)
            case ("query" | "queryAll",) | ("query" | "queryAll", _):
                return self.queries.answer(call)
            case ("composite", "sobjects", *_):
                return collection_api.answer(self.org, call)
            case ("composite",):
                return composite.answer(self.org, call, self.answer)
            case ("limits",):
                return Reply(200, self._limits())
        raise not_found()

    def _session(self, request: Request) -> tuple[str, str]:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        user_id = self.sessions.user(token.strip()) if kind.lower() in ("bearer", "oauth") else None
        if user_id is None:
            raise _invalid_session()
        return token.strip(), user_id

    def _count(self) -> None:
        now = self.org.now()
        with self._lock:
            self._forget(now)
            if len(self._calls) >= self.daily_limit:
                raise _limit_exceeded()
            self._calls.append(now)

    def _forget(self, now: datetime) -> None:
        while self._calls and self._calls[0] <= now - timedelta(hours=24):
            self._calls.popleft()

    def _used(self) -> int:
        with self._lock:
            self._forget(self.org.now())
            return len(self._calls)

    def _limits(self) -> Mapping[str, object]:
        return {"DailyApiRequests": {"Max": self.daily_limit, "Remaining": max(0, self.daily_limit - self._used())}}


def _version(number: int) -> dict[str, str]:
    # v31 was Summer '14, and three follow each year
    year, season = divmod(number - OLDEST_VERSION + 1, 3)
    name = _SEASONS[season]
    shown = 14 + year + (name == "Winter")
    return {"label": f"{name} '{shown}", "url": f"/services/data/v{number}.0", "version": f"{number}.0"}


def _check_version(number: int) -> None:
    if number < OLDEST_VERSION:
        raise ApiError(410, "UNSUPPORTED_API_VERSION", f"The requested API version v{number}.0 has been retired")
    if number > NEWEST_VERSION:
        raise not_found()


def _invalid_session() -> ApiError:
    return ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid")


def _limit_exceeded() -> ApiError:
    return ApiError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


__all__ = ["SalesforceApplication", "operation_name"]
