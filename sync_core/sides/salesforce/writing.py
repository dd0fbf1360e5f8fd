"""Writes in batches: sObject Collections, one request per operation, one outcome per row.

Collections know no If-Unmodified-Since per row, and a DELETE never does (facts: salesforce B4, conditional requests):
the caller reads each item again just before, and a small race remains. A server without Collections gets single rows.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sync_core.sides import Operation, Outcome
from sync_core.sides.salesforce import failures
from sync_core.sides.salesforce.failures import GatewayError
from sync_core.sides.salesforce.gateway import Gateway, missing
from sync_core.sides.salesforce.ids import id18, is_id
from sync_core.sides.salesforce.mapping import ObjectMapping
from sync_core.sides.salesforce.shape import Shape

BATCH: Final = 200
# tries for a row that somebody else holds, and the seconds before the first repetition
_LOCK_TRIES: Final = 4
_LOCK_WAIT: Final = 0.5
_COLLECTIONS: Final = "composite/sobjects"
_METHODS: Final = {Operation.CREATE: "POST", Operation.UPDATE: "PATCH", Operation.DELETE: "DELETE"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row to send: its place in the caller's list, the record's id ("" for a create) and the fields."""

    place: int
    id: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What the server said about one row; `code` is "" when it said nothing bad."""

    outcome: Outcome
    code: str = ""


class Writer:
    """Sends the rows of one object. Remembers whether the server has Collections."""

    def __init__(self, gateway: Gateway, mapping: ObjectMapping, shape: Shape) -> None:
        self._gateway = gateway
        self._mapping = mapping
        self._shape = shape
        self._collections = True

    def send(self, operation: Operation, rows: Sequence[Row], *, first: bool) -> dict[int, Outcome]:
        """The outcome per place. Raises SideError only for the `first` request of a call, and only if it is certain
        that nothing was written by it."""
        outcomes: dict[int, Outcome] = {}
        waiting = list(rows)
        for again in range(_LOCK_TRIES):
            if again:
                # somebody else's lock; jitter, so that two programs do not meet again (facts: salesforce B4, transient)
                self._gateway.pause(_LOCK_WAIT * 2 ** (again - 1) * random.uniform(1, 1.5))
            try:
                results = self._request(operation, waiting)
            except GatewayError as problem:
                if first and not (outcomes or problem.failure.maybe_applied or _about_rows(problem)):
                    raise
                unknown = problem.failure.maybe_applied
                outcomes |= {row.place: Outcome(False, row.id, problem.what, unknown) for row in waiting}
                return outcomes
            outcomes |= {row.place: result.outcome for row, result in zip(waiting, results, strict=True)}
            waiting = [row for row, result in zip(waiting, results, strict=True) if result.code == "UNABLE_TO_LOCK_ROW"]
            if not waiting:
                break
        return outcomes

    def _request(self, operation: Operation, rows: Sequence[Row]) -> list[Result]:
        if self._collections:
            try:
                return self._collection(operation, rows)
            except GatewayError as problem:
                if not missing(problem):
                    raise
                self._collections = False
        results: list[Result] = []
        for row in rows:
            try:
                results.append(self._single(operation, row))
            except GatewayError as problem:
                if not results and not problem.failure.maybe_applied and not problem.failure.code:
                    raise
                outcome = Outcome(False, row.id, problem.what, problem.failure.maybe_applied)
                results.append(Result(outcome, problem.failure.code))
        return results

    def _collection(self, operation: Operation, rows: Sequence[Row]) -> list[Result]:
        if operation is Operation.DELETE:
            params = {"ids": ",".join(row.id for row in rows), "allOrNone": "false"}
            answer = self._gateway.send("DELETE", _COLLECTIONS, params=params)
        else:
            records = [
                {"attributes": {"type": self._mapping.sobject}, **({"id": row.id} if row.id else {}), **row.fields}
                for row in rows
            ]
            body = {"allOrNone": False, "records": records}
            answer = self._gateway.send(_METHODS[operation], _COLLECTIONS, body=body)
        if not isinstance(answer, list) or len(answer) != len(rows):
            lost = Outcome(False, error="the server did not say what became of this row", unknown=True)
            return [Result(Outcome(False, row.id, lost.error, unknown=True)) for row in rows]
        return [_result(operation, row, one) for row, one in zip(rows, answer, strict=True)]

    def _single(self, operation: Operation, row: Row) -> Result:
        path = f"sobjects/{self._mapping.sobject}/{row.id}"
        if operation is Operation.DELETE:
            self._gateway.send("DELETE", path)
            return Result(Outcome(True, row.id))
        answer = self._gateway.send(_METHODS[operation], path, body=dict(row.fields))
        if operation is Operation.CREATE:
            return _result(operation, row, answer)
        return Result(Outcome(True, row.id))


def _result(operation: Operation, row: Row, answer: Any) -> Result:
    if not isinstance(answer, Mapping):
        return Result(Outcome(False, row.id, "the server did not say what became of this row", unknown=True))
    if answer.get("success") is True:
        found = id18(str(answer.get("id") or row.id))
        if not is_id(found):
            return Result(Outcome(False, row.id, "the server gave no id for this row", unknown=True))
        return Result(Outcome(True, found))
    errors = answer.get("errors") or [{}]
    first = errors[0] if isinstance(errors[0], Mapping) else {}
    code = failures.clean(first.get("statusCode") or first.get("errorCode") or "")
    if code == "ENTITY_IS_DELETED" and operation is Operation.DELETE:
        # as it was wanted
        return Result(Outcome(True, row.id))
    fields = first.get("fields") or ()
    sentence = failures.row_sentence(code, str(first.get("message") or ""), fields if isinstance(fields, list) else ())
    return Result(Outcome(False, row.id, sentence), code)


def _about_rows(problem: GatewayError) -> bool:
    """Whether a whole request was refused for what was in it, which is the rows' own problem."""
    return problem.failure.sort is failures.Sort.REFUSED and bool(problem.failure.code)
