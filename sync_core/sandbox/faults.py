"""Faults that the sandbox servers play on demand: the moods of the real ones.

A fault waits in a `FaultBook` until a request matches it; it then happens `times` times and is gone. The servers ask
the book once per request and act on what they get; nothing happens that was not asked for over the control endpoint.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import Any, Final

SIDES: Final = ("salesforce", "outlook")

# played by the HTTP layer, whatever the request is
TRANSPORT_KINDS: Final = frozenset(
    {
        "latency",  # wait `seconds`, then answer as usual
        "status",  # answer `status` with `body` instead of doing anything; `retry_after` seconds as a header if set
        "html",  # answer 200 with an HTML page, as a proxy or a log-in page does
        "drop_before",  # close the connection before anything was applied
        "drop_after",  # apply the request, then close the connection without an answer
        "truncate",  # apply, then send half of the reply and close
    }
)
# played by one of the two applications, which know what they mean there
APPLICATION_KINDS: Final = frozenset(
    {
        "busy",  # EWS: ErrorServerBusy with BackOffMilliseconds = `seconds` * 1000
        "rows",  # per-row failures: the rows whose position is in `rows` fail with `code` and `message`
        "session_expired",  # Salesforce: 401 INVALID_SESSION_ID, the token stays unusable until a new one is fetched
        "limit",  # Salesforce: 403 REQUEST_LIMIT_EXCEEDED
        "short_page",  # a page holds fewer items than were asked for (both servers may always do that)
    }
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `match` is a part of the operation's name ("CreateItem", "POST composite/sobjects"); "" fits all.

    `after` requests that match go through before the fault happens, then it happens `times` times.
    """

    side: str
    kind: str
    match: str = ""
    after: int = 0
    times: int = 1
    seconds: float = 0.0
    status: int = 500
    body: str = ""
    retry_after: float | None = None
    rows: tuple[int, ...] = ()
    code: str = ""
    message: str = ""

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Fault:
        """Reads a fault from the control endpoint's JSON. Raises ValueError with a sentence for what does not fit."""
        unknown = set(data) - set(cls.__dataclass_fields__)
        if unknown:
            raise ValueError(f"unknown key in fault: {', '.join(sorted(unknown))}")
        fault = cls(**{**data, "rows": tuple(data.get("rows", ()))})
        if fault.side not in SIDES:
            raise ValueError(f"side must be one of {', '.join(SIDES)}")
        if fault.kind not in TRANSPORT_KINDS | APPLICATION_KINDS:
            raise ValueError(f"unknown kind of fault: {fault.kind}")
        return fault


@dataclass
class FaultBook:
    """The faults still to come. Safe to use from the threads of both servers."""

    _waiting: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault) -> None:
        """Puts a fault behind those already waiting."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Forgets every fault that has not happened."""
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> tuple[Fault, ...]:
        """The faults that have not happened yet."""
        with self._lock:
            return tuple(self._waiting)

    def take(self, side: str, operation: str) -> Fault | None:
        """The fault that this request meets, if any; it is used up by that. The first that fits wins."""
        with self._lock:
            for position, fault in enumerate(self._waiting):
                if fault.side != side or fault.match not in operation:
                    continue
                if fault.after:
                    self._waiting[position] = replace(fault, after=fault.after - 1)
                    continue
                if fault.times > 1:
                    self._waiting[position] = replace(fault, times=fault.times - 1)
                else:
                    del self._waiting[position]
                return fault
        return None
