"""Creating, changing and deleting records: the checks that every save passes, in the order of the real org."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, cast

from sync_core.sandbox.salesforce import duplicates, event_rules, series
from sync_core.sandbox.salesforce.errors import no_access, refused, unknown_column
from sync_core.sandbox.salesforce.event_rules import Draft, Row
from sync_core.sandbox.salesforce.fields import SObject
from sync_core.sandbox.salesforce.values import clean

if TYPE_CHECKING:
    from sync_core.sandbox.salesforce.store import Actor, Org

_OWNED: Final = "OwnerId"
# the internal key by which an invitee's copy knows the event it is a copy of
MASTER: Final = "_master"


def insert(org: Org, actor: Actor, table: SObject, fields: Mapping[str, object]) -> str:
    """Creates a record. The lock is held and a transaction open."""
    if not (table.createable and org.allowed(table.name, "create")):
        raise no_access()
    given = _given(table, actor, fields, creating=True)
    row = org.blank(table.name)
    # a null for a field with a default keeps the default, as for ShowAs
    row.update({name: value for name, value in given.items() if value is not None or row.get(name) is None})
    if _OWNED in table.fields and not row.get(_OWNED):
        row[_OWNED] = actor.user_id
    _check_links(org, actor, table, row, given)
    draft = Draft(row, None, frozenset(given), actor.version, org.multiday_events)
    _rules(org, table, draft)
    _required(table, row)
    duplicates.check(org, actor, table, row, None)
    record_id = org.new_id(table.name)
    row["Id"] = record_id
    org.stamp_row(row, actor.user_id, created=True)
    org.put(table.name, record_id, row)
    if table.name == "Event":
        series.expand(org, actor, row)
    return record_id


def update(org: Org, actor: Actor, table: SObject, old: Row, fields: Mapping[str, object]) -> None:
    """Changes a record. The lock is held and a transaction open."""
    given = _given(table, actor, fields, creating=False)
    row = {**old, **given}
    for name, value in given.items():
        if value is None and not table.fields[name].nillable and table.fields[name].default is not None:
            row[name] = old.get(name) if name == _OWNED else table.fields[name].default
    _check_links(org, actor, table, row, given)
    draft = Draft(row, old, frozenset(given), actor.version, org.multiday_events)
    _rules(org, table, draft)
    _required(table, row)
    duplicates.check(org, actor, table, row, old)
    org.stamp_row(row, actor.user_id)
    org.put(table.name, cast(str, row["Id"]), row)
    if table.name == "Event":
        series.follow(org, actor, old, row, frozenset(given))
        _tell_invitees(org, actor, row, frozenset(given))


def delete(org: Org, actor: Actor, table: SObject, row: Row) -> None:
    """Moves a record into the recycle bin, and with a Classic series master its occurrences (facts B1)."""
    org.discard(table.name, row, actor)
    if table.name == "Event":
        series.forget(org, actor, row)
        for copy in org.family("Event", MASTER, row["Id"]):
            org.discard("Event", copy, actor)


def _tell_invitees(org: Org, actor: Actor, row: Row, given: frozenset[str]) -> None:
    """The copies of the invitees follow the master, but for what is theirs: owner and reminder."""
    own = {"OwnerId", "IsReminderSet", "ReminderDateTime"}
    for copy in org.family("Event", MASTER, row["Id"]):
        derived = {"StartDateTime", "ActivityDateTime", "ActivityDate", "EndDateTime", "EndDate", "DurationInMinutes"}
        new = {**copy, **{name: row[name] for name in (given | derived) - own}}
        org.stamp_row(new, actor.user_id)
        org.put("Event", cast(str, copy["Id"]), new)


def _given(table: SObject, actor: Actor, fields: Mapping[str, object], *, creating: bool) -> dict[str, object]:
    """The values of a body, cleaned, under their proper names. `attributes` is passed over."""
    found: dict[str, object] = {}
    readonly: list[str] = []
    for name, value in fields.items():
        if name == "attributes":
            continue
        if name.lower() == "id":
            code = "INVALID_FIELD_FOR_INSERT_UPDATE" if creating else "INVALID_FIELD"
            wrong = "cannot specify Id in an insert call" if creating else "The Id field should not be specified"
            raise refused(code, wrong, "Id")
        field = table.find(name, actor.version)
        if field is None:
            raise unknown_column(name, table.name)
        if not (field.createable(actor.version) if creating else field.update):
            readonly.append(field.name)
            continue
        found[field.name] = clean(field, value)
    if readonly:
        raise refused(
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            f"Unable to create/update fields: {', '.join(readonly)}. Please check the security settings of this field"
            " and verify that it is read/write for your profile or permission set.",
            *readonly,
        )
    return found


def _check_links(org: Org, actor: Actor, table: SObject, row: Row, given: Mapping[str, object]) -> None:
    if {"WhatId", "WhoId"} & set(given):
        row["AccountId"] = _account(org, row)
    for name in given:
        field = table.fields[name]
        value = row.get(name)
        if field.type != "reference" or not isinstance(value, str):
            continue
        target = org.check_reference(actor, field, value)
        if name == _OWNED and not (target.get("IsActive") and target.get("UserType") == "Standard"):
            # the Automated Process user owns nothing (facts B1)
            raise refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", name)


def _account(org: Org, row: Row) -> object:
    """AccountId follows WhatId if that is an account, else the account of the contact in WhoId (facts B1)."""
    what, who = row.get("WhatId"), row.get("WhoId")
    if isinstance(what, str) and what.startswith("001"):
        return what
    contact = org.lookup("Contact", who) if isinstance(who, str) and not what else None
    return contact.get("AccountId") if contact else None


def _required(table: SObject, row: Row) -> None:
    missing = [name for name, field in table.fields.items() if field.required and row.get(name) is None]
    if missing:
        raise refused("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", *missing)


def _rules(org: Org, table: SObject, draft: Draft) -> None:
    match table.name:
        case "Event":
            event_rules.settle(draft)
        case "Contact" | "Lead":
            parts = (draft.row.get("Salutation"), draft.row.get("FirstName"), draft.row.get("LastName"))
            draft.row["Name"] = " ".join(str(part) for part in parts[1:] if part)
        case "Task":
            _task(org, draft)


def _task(org: Org, draft: Draft) -> None:
    row = draft.row
    # a task holds the API name, which stays when an org renames the label
    closed = {each["ApiName"] for each in org.rows("TaskStatus") if each["IsClosed"]}
    high = {each["ApiName"] for each in org.rows("TaskPriority") if each["IsHighPriority"]}
    row["IsClosed"] = row.get("Status") in closed
    row["IsHighPriority"] = row.get("Priority") in high
    was_closed = bool(draft.old and draft.old.get("IsClosed"))
    if not row["IsClosed"]:
        row["CompletedDateTime"] = None
    elif not was_closed:
        row["CompletedDateTime"] = org.now()
    event_rules.remind(draft)
