"""The HTTP session below simple-salesforce: timeouts, no stray credentials, usage of the API, http on loopback."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from sync_core.sides.salesforce.address import Address

# seconds to connect, and to wait for the next bytes; simple-salesforce itself waits for ever (facts: salesforce A4)
CONNECT_TIMEOUT: Final = 5.0
READ_TIMEOUT: Final = 60.0

_USAGE: Final = re.compile(r"(?<![-\w])api-usage=(\d+)/(\d+)")


@dataclass(frozen=True, slots=True)
class Usage:
    """API requests that the whole org has used, and may use, within 24 hours."""

    used: int
    total: int


class Channel(HTTPAdapter):
    """Sends requests, with timeouts and without retries: only the gateway knows what may be sent twice.

    `usage` and `retry_after` are those of the last answer: what simple-salesforce raises carries no headers. Given a
    loopback Address without TLS, it sends there what simple-salesforce addressed to https (facts: salesforce A3).
    """

    def __init__(self, plain: Address | None = None, *, timeout: tuple[float, float] | None = None) -> None:
        super().__init__(max_retries=0)
        self.usage: Usage | None = None
        self.retry_after: str | None = None
        self._plain = plain
        self._timeout = timeout or (CONNECT_TIMEOUT, READ_TIMEOUT)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Sends one request; raises what requests raises."""
        self.retry_after = None
        if self._plain is not None and (request.url or "").startswith(self._plain.client_origin + "/"):
            request = request.copy()
            request.url = self._plain.origin + str(request.url).removeprefix(self._plain.client_origin)
        response = super().send(request, stream, timeout or self._timeout, verify, cert, proxies)
        self.retry_after = response.headers.get("Retry-After")
        if found := _USAGE.search(response.headers.get("Sforce-Limit-Info", "")):
            self.usage = Usage(int(found[1]), int(found[2]))
        return response


class Session(requests.Session):
    """A session that follows a redirect within one server only.

    Elsewhere requests takes the credentials off, which then looks like an expired session (facts: salesforce A4,
    BUG 8). What it does not follow comes back as the 3xx answer it is.
    """

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """The address to go on to, or None to stay."""
        target = super().get_redirect_target(resp)
        if not target:
            return None
        here, there = urlsplit(resp.url), urlsplit(urljoin(resp.url, target))
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            return None
        # after the other codes a POST would go on as a GET
        repeatable = resp.request.method in ("GET", "HEAD") or resp.status_code in (307, 308)
        return target if repeatable else None


def open_session(address: Address, channel: Channel) -> Session:
    """A session that talks to `address` through `channel`; opens no connection yet.

    Proxies and certificate authorities of the environment count (REQUESTS_CA_BUNDLE wins over `verify`, so `verify` is
    left alone), but a .netrc must never replace the bearer token. For loopback the environment does not count at all:
    a proxy could not reach this machine.
    """
    session = Session()
    session.auth = _untouched
    session.trust_env = not address.plain
    session.mount("https://", channel)
    # reached by a redirect on loopback only: `address.parse` lets no other http:// through
    session.mount("http://", channel)
    return session


def _untouched(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
