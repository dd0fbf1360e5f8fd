"""Writes in batches, one outcome per row: creates and deletes by sObject Collections, updates by Composite.

Collections know no If-Unmodified-Since per row, the parts of a Composite request do: what somebody changed after it was
read again is not overwritten. A DELETE knows no such condition (facts: salesforce B4, conditional requests): there the
caller's look just before has to do. A server without Composite gets Collections, one without these gets single rows.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import format_datetime
from typing import Any, Final

from sync_core.errors import CancelledError
from sync_core.sides import Operation, Outcome
from sync_core.sides.salesforce import duplicates, failures, times
from sync_core.sides.salesforce.duplicates import Match
from sync_core.sides.salesforce.failures import GatewayError
from sync_core.sides.salesforce.gateway import Gateway, missing
from sync_core.sides.salesforce.ids import id18, is_id
from sync_core.sides.salesforce.mapping import ObjectMapping
from sync_core.sides.salesforce.shape import Shape

BATCH: Final = 200
# parts of one Composite request (facts: salesforce B4)
PARTS: Final = 25
# tries for a row that somebody else holds, and the seconds before the first repetition
_LOCK_TRIES: Final = 4
_LOCK_WAIT: Final = 0.5
_COLLECTIONS: Final = "composite/sobjects"
_COMPOSITE: Final = "composite"
_STALE: Final = "changed in Salesforce since you looked"
# HTTP's "Precondition Failed"
_CHANGED: Final = 412
_SILENT: Final = "the server did not say what became of this row"
_STOPPED: Final = "the run was stopped before its turn"
_METHODS: Final = {Operation.CREATE: "POST", Operation.UPDATE: "PATCH", Operation.DELETE: "DELETE"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row to send: its place in the caller's list, the record's id ("" for a create) and the fields.

    `series` says that all the occurrences that follow are meant as well.
    """

    place: int
    id: str
    fields: Mapping[str, Any]
    series: bool = False
    # our own name for a create, where the org has a field for it
    key: str = ""
    # for an update: the moment of the record's last change that we know of, as Salesforce writes it
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What the server said about one row; `code` is "" when it said nothing bad."""

    outcome: Outcome
    code: str = ""
    matches: tuple[Match, ...] = ()


class Writer:
    """Sends the rows of one object. Remembers whether the server has Collections."""

    def __init__(self, gateway: Gateway, mapping: ObjectMapping, shape: Shape, key_field: str = "") -> None:
        """`key_field` is the external id field that keeps our name for a record, "" for none."""
        self._gateway = gateway
        self._key_field = key_field
        self._mapping = mapping
        self._shape = shape
        self._collections = True
        self._composite = True

    def batch(self, operation: Operation) -> int:
        """How many rows go into one request."""
        return PARTS if operation is Operation.UPDATE and self._composite else BATCH

    def send(self, operation: Operation, rows: Sequence[Row], *, first: bool) -> dict[int, Outcome]:
        """The outcome per place. Raises SideError only for the `first` request of a call, and only if it is certain
        that nothing was written by it."""
        outcomes: dict[int, Outcome] = {}
        waiting = list(rows)
        for again in range(_LOCK_TRIES):
            if again:
                # somebody else's lock; jitter, so that two programs do not meet again (facts: salesforce B4, transient)
                number = "a row is" if len(waiting) == 1 else f"{len(waiting)} rows are"
                self._gateway.tell(f"Salesforce: {number} held by somebody else; trying again")
                try:
                    self._gateway.pause(_LOCK_WAIT * 2 ** (again - 1) * random.uniform(1, 1.5))
                except CancelledError:
                    # they have their outcome: locked by somebody else
                    return outcomes
            try:
                results = self._with_names(operation, self._request(operation, waiting))
            except CancelledError:
                # told to stop while the server made us wait: it had not taken this request
                if first and not outcomes:
                    raise
                return outcomes | {row.place: Outcome(False, row.id, _STOPPED) for row in waiting}
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

    def delete(self, ids: Sequence[str]) -> list[Outcome]:
        """The outcome per record of deleting these, in as many requests as they need: none for none."""
        outcomes: list[Outcome] = []
        most = self.batch(Operation.DELETE)
        for at in range(0, len(ids), most):
            rows = [Row(place, one, {}) for place, one in enumerate(ids[at : at + most])]
            done = self.send(Operation.DELETE, rows, first=False)
            outcomes += [done[row.place] for row in rows]
        return outcomes

    def cut(self, row: Row) -> Outcome:
        """Deletes an occurrence of a Lightning series and all that follow it (facts: salesforce B1)."""
        path = f"sobjects/{self._mapping.sobject}/{row.id}/fromThisEventOnwards"
        try:
            self._gateway.send("DELETE", path)
        except GatewayError as problem:
            if problem.failure.code == "ENTITY_IS_DELETED":
                return Outcome(True, row.id)
            return Outcome(False, row.id, problem.what, problem.failure.maybe_applied)
        return Outcome(True, row.id)

    def _request(self, operation: Operation, rows: Sequence[Row]) -> list[Result]:
        if self._composite and operation is Operation.UPDATE:
            try:
                return self._conditional(rows)
            except GatewayError as problem:
                if not missing(problem):
                    raise
                self._composite = False
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
                if problem.failure.sort is failures.Sort.REFUSED and problem.failure.code:
                    results.append(self._refused(operation, row, problem.failure.entry))
                else:
                    outcome = Outcome(False, row.id, problem.what, problem.failure.maybe_applied)
                    results.append(Result(outcome, problem.failure.code))
        return results

    def _conditional(self, rows: Sequence[Row]) -> list[Result]:
        """Updates that happen only while their records are as they were read."""
        parts = [
            {
                "method": "PATCH",
                "url": self._gateway.address(f"sobjects/{self._mapping.sobject}/{row.id}"),
                "referenceId": f"row{number}",
                "httpHeaders": {**self._mapping.headers, **_condition(row)},
                "body": dict(row.fields),
            }
            for number, row in enumerate(rows)
        ]
        body = {"allOrNone": False, "compositeRequest": parts}
        answer = self._gateway.send("POST", _COMPOSITE, body=body, headers=self._mapping.headers)
        told = answer.get("compositeResponse") if isinstance(answer, Mapping) else None
        if not isinstance(told, list) or len(told) != len(rows):
            return [Result(Outcome(False, row.id, _SILENT, unknown=True)) for row in rows]
        return [self._part(row, one) for row, one in zip(rows, told, strict=True)]

    def _part(self, row: Row, answer: Any) -> Result:
        """What one part of a Composite request came to."""
        status = answer.get("httpStatusCode") if isinstance(answer, Mapping) else None
        if not isinstance(status, int):
            return Result(Outcome(False, row.id, _SILENT, unknown=True))
        if 200 <= status < 300:
            return Result(Outcome(True, row.id))
        if status == _CHANGED:
            return Result(Outcome(False, row.id, _STALE, stale=True))
        errors = answer.get("body")
        error = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], Mapping) else {}
        return self._refused(Operation.UPDATE, row, error)

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
            method, path = _METHODS[operation], _COLLECTIONS
            keyed = operation is Operation.CREATE and bool(self._key_field)
            if keyed:
                # an upsert by a name that nobody else can have: sent twice it makes one record, not two
                method, path = "PATCH", f"{_COLLECTIONS}/{self._mapping.sobject}/{self._key_field}"
                for record, row in zip(records, rows, strict=True):
                    record[self._key_field] = row.key
            answer = self._gateway.send(method, path, body=body, headers=self._mapping.headers, repeatable=keyed)
        if not isinstance(answer, list) or len(answer) != len(rows):
            return [Result(Outcome(False, row.id, _SILENT, unknown=True)) for row in rows]
        return [self._result(operation, row, one) for row, one in zip(rows, answer, strict=True)]

    def _single(self, operation: Operation, row: Row) -> Result:
        path = f"sobjects/{self._mapping.sobject}/{row.id}"
        if operation is Operation.DELETE:
            self._gateway.send("DELETE", path)
            return Result(Outcome(True, row.id))
        if operation is Operation.CREATE and self._key_field:
            path += f"{self._key_field}/{row.key}"
            answer = self._gateway.send(
                "PATCH", path, body=dict(row.fields), headers=self._mapping.headers, repeatable=True
            )
            return self._result(operation, row, answer)
        answer = self._gateway.send(_METHODS[operation], path, body=dict(row.fields), headers=self._mapping.headers)
        if operation is Operation.CREATE:
            return self._result(operation, row, answer)
        return Result(Outcome(True, row.id))

    def _result(self, operation: Operation, row: Row, answer: Any) -> Result:
        if not isinstance(answer, Mapping):
            return Result(Outcome(False, row.id, _SILENT, unknown=True))
        if answer.get("success") is True:
            found = id18(str(answer.get("id") or row.id))
            if not is_id(found):
                return Result(Outcome(False, row.id, "the server gave no id for this row", unknown=True))
            return Result(Outcome(True, found))
        errors = answer.get("errors") or [{}]
        return self._refused(operation, row, errors[0] if isinstance(errors[0], Mapping) else {})

    def _refused(self, operation: Operation, row: Row, error: Mapping[str, Any]) -> Result:
        """A definite no to one row, in words."""
        code = failures.clean(error.get("statusCode") or error.get("errorCode") or "")
        if code == "ENTITY_IS_DELETED" and operation is Operation.DELETE:
            # as it was wanted
            return Result(Outcome(True, row.id))
        if code == duplicates.CODE:
            return Result(Outcome(False, row.id), code, duplicates.matches(error))
        message, named = str(error.get("message") or ""), error.get("fields")
        fields = [str(name) for name in named] if isinstance(named, list) else []
        sentence = self._mapping.refusal(code, message, fields, self._shape)
        return Result(Outcome(False, row.id, sentence or failures.row_sentence(code, message, fields)), code)

    def _with_names(self, operation: Operation, results: list[Result]) -> list[Result]:
        """The same results; those that a duplicate rule stopped say which record is there already."""
        if not any(result.code == duplicates.CODE for result in results):
            return results
        told = duplicates.named(self._gateway, [result.matches for result in results])
        return [self._doubled(operation, result, found) for result, found in zip(results, told, strict=True)]

    def _doubled(self, operation: Operation, result: Result, found: tuple[Match, ...]) -> Result:
        if result.code != duplicates.CODE:
            return result
        sobject = self._mapping.sobject
        outcome = replace(
            result.outcome,
            error=duplicates.sentence(operation, sobject, found),
            duplicate_of=duplicates.sure(operation, sobject, found),
        )
        return replace(result, outcome=outcome, matches=found)


def _condition(row: Row) -> dict[str, str]:
    """The header that lets an update happen only if the record has not been changed since; none if that is unknown.

    Salesforce compares to the second (facts: salesforce B4, conditional requests).
    """
    try:
        seen = times.instant(row.seen)
    except ValueError:
        return {}
    return {"If-Unmodified-Since": format_datetime(seen.replace(microsecond=0), usegmt=True)}


def _about_rows(problem: GatewayError) -> bool:
    """Whether a whole request was refused for what was in it, which is the rows' own problem."""
    return problem.failure.sort is failures.Sort.REFUSED and bool(problem.failure.code)
