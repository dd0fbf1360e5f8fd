"""sObject Collections: up to 200 records in one request, each with a result of its own (facts B4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final

from sync_core.sandbox.salesforce.calls import Call, Reply, flag
from sync_core.sandbox.salesforce.errors import ApiError, RollbackError, UnreadableError, bad_json, not_found
from sync_core.sandbox.salesforce.ids import normal_id
from sync_core.sandbox.salesforce.record_api import external_matches, named, shown_row, wrong_method
from sync_core.sandbox.salesforce.store import Org

MAX_ROWS: Final = 200
MAX_CHUNKS: Final = 10
MAX_RETRIEVE: Final = 2_000
_ROLLED_BACK: Final = ApiError(
    400,
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)

Record = dict[str, object]
Step = Callable[[], Record]


def answer(org: Org, call: Call) -> Reply:
    """Answers `composite/sobjects...`. Raises ApiError for what fails the whole request."""
    match call.method, call.path[2:]:
        case "POST", ():
            return _save(org, call, lambda record: _create(org, call, record))
        case "PATCH", ():
            return _save(org, call, lambda record: _update(org, call, record))
        case "DELETE", ():
            return _delete(org, call)
        case "GET", (name,):
            return _retrieve(org, call, name, (call.query.get("ids") or "").split(","), named(call.query.get("fields")))
        case "POST", (name,):
            return _retrieve_by_body(org, call, name)
        case "PATCH", (name, field):
            return _save(org, call, lambda record: _upsert(org, call, name, field, record))
        case _, () | (_,) | (_, _):
            raise wrong_method(call.method)
    raise not_found()


def _save(org: Org, call: Call, act: Callable[[Record], Record]) -> Reply:
    body = call.fields()
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise bad_json("records must be an array of objects")
    unknown = set(body) - {"records", "allOrNone"}
    if unknown:
        raise bad_json(f'Unrecognized field "{sorted(unknown)[0]}"')
    _check_size(len(records))
    types = [_type(record) for record in records]
    if sum(1 for _ in groupby(types)) > MAX_CHUNKS:
        raise ApiError(
            400,
            "LIMIT_EXCEEDED",
            f"Cannot have more than {MAX_CHUNKS} chunks in a single operation. Please rearrange the data to reduce"
            " chunking.",
        )
    steps = [lambda record=record: act(record) for record in records]
    return Reply(200, _each(org, call, steps, all_or_none=flag(body.get("allOrNone"))))


def _type(record: Record) -> str:
    about = record.get("attributes")
    name = about.get("type") if isinstance(about, dict) else None
    if not isinstance(name, str):
        raise ApiError(400, "INVALID_FIELD", "Each record must have an attributes object with a type")
    return name


def _check_size(number: int) -> None:
    if number > MAX_ROWS:
        raise ApiError(
            400,
            "EXCEEDED_ID_LIMIT",
            f"record limit reached. cannot submit more than {MAX_ROWS} records into this call",
        )
    if number == 0:
        raise ApiError(400, "INVALID_ARGUMENT", "The request has no records")


def _each(org: Org, call: Call, steps: Sequence[Step], *, all_or_none: bool) -> list[Record]:
    """Runs the steps in order, one result each; with `all_or_none` either all of them stay or none."""
    results: list[Record] = []
    try:
        with org.transaction():
            results = [_one(org, call, position, step) for position, step in enumerate(steps)]
            if all_or_none and not all(result["success"] for result in results):
                raise RollbackError
    except RollbackError:
        return [_failed(_ROLLED_BACK) if result["success"] else result for result in results]
    return results


def _one(org: Org, call: Call, position: int, step: Step) -> Record:
    try:
        fault = call.row_fault(position)
        if fault is not None:
            raise fault
        with org.transaction():
            return step()
    except UnreadableError:
        # wrong types and unknown fields are found while the body is read: they fail the whole request (recalled)
        raise
    except ApiError as error:
        return _failed(error)


def _failed(error: ApiError) -> Record:
    if error.code == "NOT_FOUND":
        # by id in a list this is a wrong reference, not a wrong path
        error = ApiError(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    return {"success": False, "errors": [error.row_entry()]}


def _done(record_id: str, **more: object) -> Record:
    return {"id": record_id, "success": True, "errors": [], **more}


def _create(org: Org, call: Call, record: Record) -> Record:
    return _done(org.insert(call.actor, _table(org, record), record))


def _table(org: Org, record: Record) -> str:
    name = _type(record)
    try:
        return org.table(name).name
    except ApiError:
        raise ApiError(400, "INVALID_TYPE", f"sObject type '{name}' is not supported.") from None


def _update(org: Org, call: Call, record: Record) -> Record:
    table = _table(org, record)
    text = next((value for name, value in record.items() if name.lower() == "id"), None)
    if not isinstance(text, str) or not text:
        raise ApiError(400, "MISSING_ARGUMENT", "Id not specified in an update call", ())
    record_id = _checked(text, org.schema[table].prefix)
    fields = {name: value for name, value in record.items() if name.lower() != "id"}
    org.change(call.actor, table, record_id, fields)
    return _done(record_id)


def _checked(text: str, prefix: str = "") -> str:
    record_id = normal_id(text)
    if record_id is None or not record_id.startswith(prefix):
        raise ApiError(400, "MALFORMED_ID", f"malformed id {text[:60]}", ("Id",))
    return record_id


def _upsert(org: Org, call: Call, name: str, field_name: str, record: Record) -> Record:
    table = org.table(name)
    field = table.find(field_name, call.actor.version)
    if field is None or not field.external_id:
        raise ApiError(400, "INVALID_FIELD", f"{field_name} is not an external id of {table.name}")
    value = next((value for key, value in record.items() if key.lower() == field.name.lower()), None)
    if value is None:
        raise ApiError(400, "MISSING_ARGUMENT", f"{field.name} not specified", ())
    matches = external_matches(org, call.actor, table, field, value)
    if len(matches) > 1:
        raise ApiError(400, "DUPLICATE_EXTERNAL_ID", f"{field.name}: more than one record found for external id field")
    if not matches:
        return _done(org.insert(call.actor, table.name, record), created=True)
    record_id = str(matches[0]["Id"])
    org.change(call.actor, table.name, record_id, record)
    return _done(record_id, created=False)


def _delete(org: Org, call: Call) -> Reply:
    ids = [each for each in (call.query.get("ids") or "").split(",") if each]
    _check_size(len(ids))

    def step(text: str) -> Record:
        record_id = _checked(text)
        sobject = org.prefixes.get(record_id[:3])
        if sobject is None:
            raise not_found()
        org.remove(call.actor, sobject, record_id)
        return _done(record_id)

    steps = [lambda text=text: step(text) for text in ids]
    return Reply(200, _each(org, call, steps, all_or_none=flag(call.query.get("allOrNone"))))


def _retrieve_by_body(org: Org, call: Call, name: str) -> Reply:
    body = call.fields()
    ids, fields = body.get("ids"), body.get("fields")
    for values in (ids, fields):
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            raise bad_json("ids and fields must be arrays of strings")
    return _retrieve(org, call, name, list(ids or ()), list(fields or ()))  # type: ignore[call-overload]


def _retrieve(org: Org, call: Call, name: str, ids: list[str], fields: list[str] | None) -> Reply:
    """The rows by id, in order; null for what does not exist, is deleted or cannot be seen."""
    table = org.table(name)
    if not fields:
        raise ApiError(400, "MISSING_ARGUMENT", "The fields parameter is required")
    if len(ids) > MAX_RETRIEVE:
        raise ApiError(400, "EXCEEDED_ID_LIMIT", f"cannot retrieve more than {MAX_RETRIEVE} records in one call")
    found: list[object] = []
    for text in ids:
        record_id = _checked(text.strip(), table.prefix)
        try:
            row = org.readable(call.actor, table.name, record_id)
        except ApiError:
            found.append(None)
        else:
            found.append(shown_row(org, call.actor, table, row, fields))
    return Reply(200, found)
