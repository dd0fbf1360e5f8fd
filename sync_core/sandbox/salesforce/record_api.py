"""The sObject resources: describe, rows by id and by external id, records changed and deleted in a span of time."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sync_core.sandbox.salesforce import describe, replication, series
from sync_core.sandbox.salesforce.calls import Call, Reply, check_conditions
from sync_core.sandbox.salesforce.errors import ApiError, not_found, refused
from sync_core.sandbox.salesforce.evaluate import attributes
from sync_core.sandbox.salesforce.event_rules import Row
from sync_core.sandbox.salesforce.fields import Field, SObject
from sync_core.sandbox.salesforce.ids import normal_id
from sync_core.sandbox.salesforce.store import Actor, Org
from sync_core.sandbox.salesforce.values import clean, show


def answer(org: Org, call: Call) -> Reply:
    """Answers `sobjects/...`. Raises ApiError."""
    match call.method, call.path[1:]:
        case "GET" | "HEAD", ():
            return Reply(200, describe.everything(org, call.actor.version))
        case method, (name,):
            return _whole(org, call, org.table(name), method)
        case "GET" | "HEAD", (name, "describe"):
            return Reply(200, describe.full(org, org.table(name), call.actor.version))
        case "GET", (name, "updated"):
            return Reply(200, replication.updated(org, org.table(name), call.query))
        case "GET", (name, "deleted"):
            return Reply(200, replication.deleted(org, org.table(name), call.query))
        case method, (name, record_id):
            return _row(org, call, org.table(name), method, record_id)
        case "DELETE", (name, record_id, "fromThisEventOnwards"):
            return _onwards(org, call, org.table(name), record_id)
        case method, (name, field, value):
            return _external(org, call, org.table(name), method, field, value)
    raise not_found() if call.path[1:] else wrong_method(call.method)


def wrong_method(method: str) -> ApiError:
    """What a method that a resource does not have is answered with."""
    return ApiError(405, "METHOD_NOT_ALLOWED", f"HTTP Method '{method}' not allowed. Allowed are HEAD,GET,POST")


def shown_row(org: Org, actor: Actor, table: SObject, row: Row, names: list[str] | None) -> dict[str, object]:
    """A row as JSON: all visible fields, or those named. Raises ApiError INVALID_FIELD."""
    fields = table.visible(actor.version) if names is None else [_known(table, name, actor) for name in names]
    found: dict[str, object] = {"attributes": attributes(table.name, row["Id"], actor.version)}
    for field in fields:
        found[field.name] = org.is_archived(row) if field.name == "IsArchived" else show(row.get(field.name))
    return found


def named(text: str | None) -> list[str] | None:
    """The names in a `fields` parameter; None if there is none."""
    return [name.strip() for name in text.split(",") if name.strip()] if text else None


def _known(table: SObject, name: str, actor: Actor) -> Field:
    found = table.find(name, actor.version)
    if found is None:
        raise ApiError(400, "INVALID_FIELD", f"No such column '{name}' on entity '{table.name}'")
    return found


def _whole(org: Org, call: Call, table: SObject, method: str) -> Reply:
    if method in ("GET", "HEAD"):
        about = describe.summary(org, table, call.actor.version)
        return Reply(200, {"objectDescribe": about, "recentItems": []})
    if method != "POST":
        raise wrong_method(method)
    if (fault := call.row_fault(0)) is not None:
        raise fault
    record_id = org.insert(call.actor, table.name, call.fields())
    where = f"/services/data/v{call.actor.version}.0/sobjects/{table.name}/{record_id}"
    return Reply(201, {"id": record_id, "success": True, "errors": []}, {"Location": where})


def check_id(table: SObject, text: str) -> str:
    """The 18-character form of an id in a path.

    Raises NOT_FOUND for a text that is no id (the org then takes it for the name of an external id field), and
    MALFORMED_ID for the id of another object.
    """
    found = normal_id(text)
    if found is None:
        raise ApiError(404, "NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {text[:60]}")
    if not found.startswith(table.prefix):
        raise ApiError(400, "MALFORMED_ID", f"{table.label} ID: id value of incorrect type: {text}", ("Id",))
    return found


def _row(org: Org, call: Call, table: SObject, method: str, text: str) -> Reply:
    record_id = check_id(table, text)
    if method in ("GET", "HEAD"):
        row = org.readable(call.actor, table.name, record_id)
        early = check_conditions(call, cast(datetime, row["LastModifiedDate"]))
        if early is not None:
            return early
        return Reply(200, shown_row(org, call.actor, table, row, named(call.query.get("fields"))))
    if method not in ("PATCH", "DELETE"):
        raise wrong_method(method)
    if (fault := call.row_fault(0)) is not None:
        raise fault
    if method == "DELETE":
        org.remove(call.actor, table.name, record_id)
        return Reply(204)
    fields = call.fields()
    if any(name.lower() == "id" for name in fields):
        raise refused("INVALID_FIELD", "The Id field should not be specified in the sobject data.", "Id")
    return _patch(org, call, table, record_id, fields) or Reply(204)


def _patch(org: Org, call: Call, table: SObject, record_id: str, fields: dict[str, object]) -> Reply | None:
    """Updates under the conditions of the headers; a Reply if they do not hold."""
    with org.transaction():
        row = org.readable(call.actor, table.name, record_id)
        early = check_conditions(call, cast(datetime, row["LastModifiedDate"]))
        if early is None:
            org.change(call.actor, table.name, record_id, fields)
        return early


def _onwards(org: Org, call: Call, table: SObject, text: str) -> Reply:
    """Deletes a Lightning series from one occurrence on (facts B1)."""
    if table.name != "Event":
        raise not_found()
    with org.transaction():
        row = org.editable(call.actor, "Event", check_id(table, text), "delete")
        series.cut(org, call.actor, row)
    return Reply(204)


def _external(org: Org, call: Call, table: SObject, method: str, name: str, value: str) -> Reply:
    """A row by an external id; `Id` counts as one."""
    field = table.find(name, call.actor.version)
    if field is None or not (field.external_id or field.name == "Id"):
        raise ApiError(404, "NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {name[:60]}")
    if method not in ("GET", "HEAD", "PATCH", "DELETE"):
        raise wrong_method(method)
    if field.name == "Id":
        return _row(org, call, table, method, value)
    matches = external_matches(org, call.actor, table, field, value)
    if len(matches) > 1:
        base = f"/services/data/v{call.actor.version}.0/sobjects/{table.name}"
        return Reply(300, [f"{base}/{row['Id']}" for row in matches])
    if matches:
        reply = _row(org, call, table, method, cast(str, matches[0]["Id"]))
        if method != "PATCH" or reply.status != 204 or call.actor.version < 46:
            return reply
        return Reply(200, {"id": matches[0]["Id"], "success": True, "errors": [], "created": False})
    if method != "PATCH":
        raise not_found()
    fields = call.fields()
    check_no_key(field, fields)
    if (fault := call.row_fault(0)) is not None:
        raise fault
    record_id = org.insert(call.actor, table.name, {**fields, field.name: value})
    return Reply(201, {"id": record_id, "success": True, "errors": [], "created": True})


def check_no_key(field: Field, fields: dict[str, object]) -> None:
    """An upsert has its key in the path, not in the body. Raises ApiError INVALID_FIELD."""
    if any(name.lower() == field.name.lower() for name in fields):
        raise refused(
            "INVALID_FIELD", f"The {field.name} field should not be specified in the sobject data.", field.name
        )


def external_matches(org: Org, actor: Actor, table: SObject, field: Field, value: object) -> list[Row]:
    """The live rows with this external id; text is compared without regard to case."""
    wanted = clean(field, value)
    folded = wanted.lower() if isinstance(wanted, str) else wanted

    def fold(found: object) -> object:
        return found.lower() if isinstance(found, str) else found

    rows = org.scan(actor, table.name, everything=True)
    return [row for row in rows if not row.get("IsDeleted") and fold(row.get(field.name)) == folded]
