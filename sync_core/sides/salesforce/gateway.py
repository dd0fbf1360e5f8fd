"""The one way to Salesforce: simple-salesforce with a token of our own, bounded in time and in tries.

What is read is asked again while the server is busy; what is written is sent again only after an answer which proves
that nothing was applied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceError

from sync_core.errors import CancelledError, SideError
from sync_core.settings.models import SalesforceSettings
from sync_core.sides import CancelCheck
from sync_core.sides.salesforce import failures
from sync_core.sides.salesforce.failures import Failure, GatewayError, Sort
from sync_core.sides.salesforce.ids import is_id
from sync_core.sides.salesforce.signin import SignIn, Token
from sync_core.sides.salesforce.transport import Channel, Usage, open_session

# how often a request is sent again, and the longest we wait at a server's word, in seconds
_AGAIN: Final = {Sort.BUSY: 5, Sort.LIMIT: 2, Sort.UNREACHED: 2, Sort.LOST: 2}
LONGEST_WAIT: Final = 120.0
_SLICE: Final = 0.25
# shorter waits, in seconds, are over before anybody has read of them
_WORTH_TELLING: Final = 1.0
# the statuses by which a server says that it does not have an endpoint
_MISSING: Final = (404, 405, 501)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a query: its rows, how many the whole answer has (None when not said), whether it is the last one,
    and whether the answer was cut off here."""

    rows: tuple[Mapping[str, Any], ...]
    total: int | None
    last: bool
    cut: bool = False


def never() -> bool:
    """The CancelCheck of a call that nobody can stop."""
    return False


class Gateway:
    """Signs in when it is first used. One thread at a time; all calls raise SideError, SignInError or SettingsError."""

    def __init__(
        self,
        settings: SalesforceSettings,
        secrets: Mapping[str, str],
        sleep: Callable[[float], None],
        timeout: tuple[float, float] | None = None,
    ) -> None:
        self._settings = settings
        self._signin = SignIn(settings, secrets, timeout)
        self._sleep = sleep
        self._timeout = timeout
        self._channel: Channel | None = None
        self._client: Salesforce | None = None
        self._token: Token | None = None
        self._tell: Callable[[str], None] = lambda sentence: None
        self._stop: CancelCheck = never

    def attend(self, tell: Callable[[str], None], cancelled: CancelCheck) -> None:
        """Who hears of waits from now on, and who may cut them short."""
        self._tell, self._stop = tell, cancelled

    @property
    def usage(self) -> Usage | None:
        """What the last answer said about the org's API requests."""
        return self._channel.usage if self._channel else None

    @property
    def token(self) -> Token:
        """The current token."""
        return self._signin.token()

    @property
    def host(self) -> str:
        """The server's host and port."""
        return self._signin.token().address.netloc

    def close(self) -> None:
        """Closes the connections. The gateway may be used again afterwards."""
        if self._client is not None:
            self._client.session.close()
        self._client = None
        self._token = None

    def query(self, soql: str, *, everything: bool = False, cancelled: CancelCheck = never) -> Iterator[Page]:
        """The pages of a SOQL query; `everything` includes deleted and archived rows. Raises CancelledError, too."""
        seen = 0
        total: int | None = None
        addresses: set[str] = set()
        answer = self._call(lambda sf: sf.query(soql, include_deleted=everything), True, cancelled)
        while True:
            rows, next_address = self._page(answer)
            seen += len(rows)
            if total is None and isinstance(answer.get("totalSize"), int):
                total = answer["totalSize"]
            more = answer.get("done") is False
            if not more or not next_address or next_address in addresses:
                # a page may be short, so only the number of all rows tells whether something is missing
                yield Page(rows, total, True, cut=more or (total is not None and seen < total))
                return
            yield Page(rows, total, False)
            if cancelled():
                raise CancelledError
            addresses.add(next_address)
            answer = self._next(next_address, cancelled)

    def describe(self, sobject: str) -> Mapping[str, Any]:
        """What the org says about an object, for this user."""
        answer = self._call(lambda sf: getattr(sf, sobject).describe(), True)
        if not isinstance(answer, Mapping) or not isinstance(answer.get("fields"), list):
            raise self._error(Failure(Sort.STRANGE, 200))
        return answer

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """The JSON below `/services/data/vX.Y/`."""
        return self._call(lambda sf: sf.restful(path, params=dict(params or {})), True)

    def address(self, path: str) -> str:
        """A path below `/services/data/vX.Y/` with all of that before it, as parts of a Composite request want it."""
        return f"/services/data/v{self._settings.api_version}/{path}"

    def record(self, sobject: str, record_id: str) -> Any:
        """One record by its id. Raises SideError for what is not an id: it would become part of the address."""
        if not is_id(record_id):
            raise SideError(f"{failures.clean(record_id)} is not a Salesforce id")
        return self.get(f"sobjects/{sobject}/{record_id}")

    def userinfo(self) -> Any:
        """The OpenID Connect userinfo of the signed-in user."""
        return self._call(lambda sf: sf.oauth2("userinfo"), True)

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = False,
    ) -> Any:
        """A request that writes. Raises GatewayError, whose failure says whether it may have been applied.

        A `repeatable` one does the same however often it comes, and is sent again when its answer was lost.
        """

        def work(sf: Salesforce) -> Any:
            more: dict[str, Any] = {} if body is None else {"json": body}
            # built anew for every try, so that no header is lost on the way (facts: salesforce A4, BUG 1)
            return sf.restful(path, params=dict(params or {}), method=method, headers=dict(headers or {}), **more)

        return self._call(work, repeatable)

    def tell(self, sentence: str) -> None:
        """Says to whoever waits what is waited for."""
        self._tell(sentence)

    def pause(self, seconds: float, cancelled: CancelCheck = never) -> None:
        """Waits, and looks up now and then. Raises CancelledError."""
        while seconds > 0:
            if cancelled() or self._stop():
                raise CancelledError
            self._sleep(min(_SLICE, seconds))
            seconds -= _SLICE
        if cancelled() or self._stop():
            raise CancelledError

    def _call(self, work: Callable[[Salesforce], Any], reading: bool, cancelled: CancelCheck = never) -> Any:
        renewed = False
        tries: dict[Sort, int] = {}
        while True:
            client, token = self._connected()
            try:
                return work(client)
            except SalesforceError as problem:
                retry_after = self._channel.retry_after if self._channel else None
                failure = failures.of_answer(int(problem.status), problem.content, retry_after)
            except requests.exceptions.JSONDecodeError as problem:
                failure = failures.of_answer(200, str(problem.doc), None)
            except (requests.exceptions.RequestException, OSError) as problem:
                failure = failures.of_network(problem)
            failure = replace(failure, message=self._signin.redact(failure.message))
            if failure.code == "INVALID_SESSION_ID" and self._signin.renewable and not renewed:
                renewed = True
                self._signin.renew(token)
                continue
            tries[failure.sort] = tries.get(failure.sort, 0) + 1
            wait = _wait(failure, tries[failure.sort], reading)
            if wait is None:
                # without its cause: that one holds the request, and the request holds the token
                raise self._error(failure) from None
            if wait >= _WORTH_TELLING:
                self._tell(f"Salesforce: {failures.said(failure)}; waiting {wait:.0f} s")
            self.pause(wait, cancelled)

    def _connected(self) -> tuple[Salesforce, Token]:
        token = self._signin.token()
        if self._client is None or token != self._token:
            self.close()
            plain = token.address if token.address.plain else None
            usage = self.usage
            self._channel = Channel(plain, timeout=self._timeout)
            self._channel.usage = usage
            self._client = Salesforce(
                session_id=token.value,
                # not instance_url, from which simple-salesforce takes the brackets of an IPv6 address away
                instance=token.address.netloc,
                version=self._settings.api_version,
                session=open_session(token.address, self._channel),
                object_pairs_hook=dict,
            )
            self._token = token
        return self._client, token

    def _page(self, answer: Any) -> tuple[tuple[Mapping[str, Any], ...], str]:
        if not isinstance(answer, Mapping) or not isinstance(answer.get("records"), list):
            raise self._error(Failure(Sort.STRANGE, 200))
        address = str(answer.get("nextRecordsUrl") or "")
        return tuple(answer["records"]), address.removeprefix(self.token.address.origin)

    def _next(self, address: str, cancelled: CancelCheck) -> Any:
        # a path only: anything else would send the token where the server pleases
        if not address.startswith("/") or address.startswith("//"):
            raise self._error(Failure(Sort.STRANGE, 200))
        return self._call(lambda sf: sf.query_more(address, identifier_is_url=True), True, cancelled)

    def _error(self, failure: Failure) -> GatewayError:
        return failures.error(failure, self.host)


def _wait(failure: Failure, tries: int, reading: bool) -> float | None:
    """Seconds to wait before the next try, or None to give up."""
    if tries > _AGAIN.get(failure.sort, 0) or (failure.maybe_applied and not reading):
        return None
    if failure.retry_after is not None:
        return failure.retry_after if failure.retry_after <= LONGEST_WAIT else None
    return float(2 ** (tries - 1))


def missing(problem: GatewayError) -> bool:
    """Whether a server says that it does not have this endpoint."""
    return problem.failure.status in _MISSING
