"""A call on a REST resource and the reply to it, apart from HTTP: what Composite hands on to the same handlers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sync_core.sandbox.faults import Fault
from sync_core.sandbox.salesforce.errors import ApiError, bad_json, refused
from sync_core.sandbox.salesforce.store import Actor
from sync_core.sandbox.salesforce.times import parse_http_date

# what a per-row fault says when it was given no words of its own
_ROW_FAULT = ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")


@dataclass(frozen=True, slots=True)
class Call:
    """One call: `path` are the decoded segments behind `/services/data/vXX.0/`; header names are lower case.

    `body` is bytes from HTTP, or JSON that Composite has read already.
    """

    actor: Actor
    method: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: object = b""
    fault: Fault | None = None

    def json(self) -> object:
        """The body as JSON. Raises ApiError JSON_PARSER_ERROR or UNSUPPORTED_MEDIA_TYPE."""
        if not isinstance(self.body, bytes):
            return self.body
        kind = self.headers.get("content-type", "application/json").split(";")[0].strip().lower()
        if kind != "application/json":
            raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", f"Content type {kind} is not supported")
        try:
            return json.loads(self.body, parse_constant=_no_constant)
        except json.JSONDecodeError as problem:
            raise bad_json(problem.msg, problem.lineno, problem.colno) from None
        except UnicodeDecodeError:
            raise bad_json("Invalid UTF-8") from None
        except RecursionError:
            raise bad_json("The HTTP entity body is nested too deeply") from None

    def fields(self) -> dict[str, object]:
        """The body as one record. Raises ApiError for anything but a JSON object."""
        found = self.json()
        if not isinstance(found, dict):
            raise bad_json("The HTTP entity body is required to be a JSON object, but it is not one")
        return found

    def row_fault(self, position: int) -> ApiError | None:
        """The error that the fault book wants for the row at this position, if any."""
        if self.fault is None or self.fault.kind != "rows" or position not in self.fault.rows:
            return None
        return refused(self.fault.code or _ROW_FAULT[0], self.fault.message or _ROW_FAULT[1])


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a call; `body` is JSON, None for no content."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


def _no_constant(name: str) -> object:
    # NaN and Infinity are no JSON, though Python reads them
    raise bad_json(f"Non-standard token '{name}'")


def flag(value: object) -> bool:
    """A boolean from a query string or JSON."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def check_conditions(call: Call, modified: datetime) -> Reply | None:
    """Answers a conditional GET or PATCH that need not or must not happen: 304 or 412; None to go on.

    The last modified date is compared to the second (facts B4). Raises ApiError 400 for a header that is no date.
    """
    since = _header_date(call, "if-modified-since")
    if since is not None and modified <= since:
        return Reply(304) if call.method in ("GET", "HEAD") else _precondition_failed()
    until = _header_date(call, "if-unmodified-since")
    if until is not None and modified > until:
        return _precondition_failed()
    return None


def _precondition_failed() -> Reply:
    error = ApiError(412, "PRECONDITION_FAILED", "The record does not meet the condition given in the request headers")
    return Reply(412, [error.entry()])


def _header_date(call: Call, name: str) -> datetime | None:
    text = call.headers.get(name)
    if text is None:
        return None
    found = parse_http_date(text)
    if found is None:
        raise ApiError(400, "INVALID_HEADER", f"Invalid value for header {name}: {text[:60]}")
    return found
