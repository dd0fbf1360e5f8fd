"""Composite: up to 25 subrequests in one call, which may refer to the results of earlier ones (facts B4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from sync_core.sandbox.salesforce.calls import Call, Reply, flag
from sync_core.sandbox.salesforce.errors import ApiError, RollbackError, bad_json, refused
from sync_core.sandbox.salesforce.store import Org

MAX_SUBREQUESTS: Final = 25
MAX_QUERIES: Final = 5
_REFERENCE: Final = re.compile(r"@\{([A-Za-z]\w*)((?:\.\w+|\[\d+\])*)\}", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z]\w*", re.ASCII)
_DATA: Final = re.compile(r"/services/data/v\d{1,3}\.0/(.+)", re.ASCII)
_HALTED: Final = ApiError(
    400,
    "PROCESSING_HALTED",
    "The transaction was rolled back since another operation in the same transaction failed.",
)

Dispatch = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True)
class _Part:
    """One subrequest as it was sent."""

    method: str
    url: str
    name: str
    body: object
    headers: Mapping[str, str]


def answer(org: Org, call: Call, dispatch: Dispatch) -> Reply:
    """Answers `POST composite`. Raises ApiError for what fails the whole request."""
    if call.method != "POST":
        raise ApiError(405, "METHOD_NOT_ALLOWED", f"HTTP Method '{call.method}' not allowed. Allowed are POST")
    body = call.fields()
    unknown = set(body) - {"allOrNone", "collateSubrequests", "compositeRequest"}
    if unknown:
        raise bad_json(f'Unrecognized field "{sorted(unknown)[0]}"')
    parts = _parts(body.get("compositeRequest"))
    all_or_none = flag(body.get("allOrNone"))
    done: list[tuple[_Part, Reply]] = []
    try:
        with org.transaction():
            _run(org, call, dispatch, parts, done, all_or_none)
            if all_or_none and any(reply.status >= 400 for _, reply in done):
                raise RollbackError
    except RollbackError:
        done = [(part, reply if reply.status >= 400 else _halted()) for part, reply in done]
    return Reply(200, {"compositeResponse": [_shown(part, reply) for part, reply in done]})


def _run(
    org: Org, call: Call, dispatch: Dispatch, parts: list[_Part], done: list[tuple[_Part, Reply]], all_or_none: bool
) -> None:
    results: dict[str, Reply] = {}
    stopped = False
    for position, part in enumerate(parts):
        if stopped:
            reply = _halted()
        else:
            reply = _one(org, call, dispatch, part, position, results)
            stopped = all_or_none and reply.status >= 400
        results[part.name] = reply
        done.append((part, reply))


def _one(org: Org, call: Call, dispatch: Dispatch, part: _Part, position: int, results: Mapping[str, Reply]) -> Reply:
    try:
        fault = call.row_fault(position)
        if fault is not None:
            raise fault
        parts = urlsplit(str(_resolved(part.url, results)))
        found = _DATA.fullmatch(parts.path)
        if found is None:
            raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
        path = tuple(unquote(piece) for piece in found[1].split("/") if piece)
        if path[:1] not in (("sobjects",), ("query",), ("queryAll",)) and path[:2] != ("composite", "sobjects"):
            raise refused("INVALID_OPERATION", f"{path[0]} is not supported as a subrequest")
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        body = _resolved(part.body, results)
        with org.transaction():
            return dispatch(Call(call.actor, part.method, path, query, part.headers, body))
    except ApiError as error:
        return Reply(error.status, [error.entry()])


def _halted() -> Reply:
    return Reply(400, [_HALTED.entry()])


def _parts(found: object) -> list[_Part]:
    if not isinstance(found, list) or not found or not all(isinstance(each, dict) for each in found):
        raise bad_json("compositeRequest must be an array of objects")
    if len(found) > MAX_SUBREQUESTS:
        raise ApiError(
            400, "LIMIT_EXCEEDED", f"The composite request has {len(found)} subrequests, at most {MAX_SUBREQUESTS}"
        )
    parts = [_part(each) for each in found]
    names = [part.name for part in parts]
    for name in names:
        if names.count(name) > 1:
            raise ApiError(400, "INVALID_INPUT", f"Duplicate ReferenceId provided in compositeRequest: {name}")
    heavy = sum(1 for part in parts if re.match(r"/services/data/v[\d.]+/(query|composite/sobjects)", part.url))
    if heavy > MAX_QUERIES:
        raise ApiError(
            400, "LIMIT_EXCEEDED", f"The composite request has {heavy} queries and collections, at most {MAX_QUERIES}"
        )
    return parts


def _part(found: dict[str, object]) -> _Part:
    unknown = set(found) - {"method", "url", "referenceId", "body", "httpHeaders"}
    if unknown:
        raise bad_json(f'Unrecognized field "{sorted(unknown)[0]}"')
    method, url, name = found.get("method"), found.get("url"), found.get("referenceId")
    if not (isinstance(method, str) and isinstance(url, str) and isinstance(name, str) and _NAME.fullmatch(name)):
        raise bad_json("each subrequest needs method, url and a referenceId that begins with a letter")
    headers = found.get("httpHeaders") or {}
    if not isinstance(headers, dict):
        raise bad_json("httpHeaders must be an object")
    forbidden = {"accept", "authorization", "content-type"}
    lower = {str(key).lower(): str(value) for key, value in headers.items()}
    if forbidden & set(lower):
        raise ApiError(400, "INVALID_INPUT", f"httpHeaders may not hold {sorted(forbidden & set(lower))[0]}")
    return _Part(method.upper(), url, name, found.get("body", {}), lower)


def _resolved(value: object, results: Mapping[str, Reply]) -> object:
    """The value with every @{ref.field} replaced. Raises ApiError if a reference leads nowhere."""
    if isinstance(value, dict):
        return {key: _resolved(each, results) for key, each in value.items()}
    if isinstance(value, list):
        return [_resolved(each, results) for each in value]
    if isinstance(value, str):
        whole = _REFERENCE.fullmatch(value)
        if whole:
            return _lookup(whole, results)
        return _REFERENCE.sub(lambda match: str(_lookup(match, results)), value)
    return value


def _lookup(match: re.Match[str], results: Mapping[str, Reply]) -> object:
    name, path = match[1], match[2]
    reply = results.get(name)
    if reply is None or reply.status >= 400:
        raise ApiError(
            400, "PROCESSING_HALTED", f"Invalid reference specified. No value for {name}{path} found in {name}"
        )
    at = reply.body
    for step in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        if step[0] and isinstance(at, dict) and step[0] in at:
            at = at[step[0]]
        elif step[1] and isinstance(at, list) and int(step[1]) < len(at):
            at = at[int(step[1])]
        else:
            raise ApiError(
                400, "PROCESSING_HALTED", f"Invalid reference specified. No value for {name}{path} found in {name}"
            )
    return at


def _shown(part: _Part, reply: Reply) -> dict[str, object]:
    return {
        "body": reply.body,
        "httpHeaders": dict(reply.headers),
        "httpStatusCode": reply.status,
        "referenceId": part.name,
    }
