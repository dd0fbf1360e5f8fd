"""Duplicate rules: a save that looks like a record that is there is stopped, unless the client asks to save anyway.

Facts B4, "duplicates": both Block and Alert rules stop an API save with DUPLICATES_DETECTED; an Alert rule lets it
through when the header `Sforce-Duplicate-Rule-Header` says `allowSave=true`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sync_core.sandbox.salesforce.errors import ApiError
from sync_core.sandbox.salesforce.event_rules import Row
from sync_core.sandbox.salesforce.fields import SObject

if TYPE_CHECKING:
    from sync_core.sandbox.salesforce.store import Actor, Org


def header_says(header: str, name: str) -> bool:
    """Whether `name=true` is among the settings of a Sforce-Duplicate-Rule-Header; all are false by default."""
    settings = (piece.partition("=") for piece in header.split(";"))
    return any(key.strip() == name and value.strip().lower() == "true" for key, _, value in settings)


def check(org: Org, actor: Actor, table: SObject, row: Row, old: Row | None) -> None:
    """Raises ApiError DUPLICATES_DETECTED if a rule of the org stops this save.

    A contact matches another live one with the same email address, or the same name where neither has an address: a
    plain stand-in for the standard matching rule. An update is checked only when one of these changes.
    """
    rule = org.duplicate_rules.get(table.name)
    if rule is None or (rule == "alert" and actor.allow_duplicates):
        return
    key = _key(row)
    if key is None or (old is not None and _key(old) == key):
        return
    matches = [
        other
        for other in org.scan(actor, table.name, everything=False)
        if other["Id"] != row.get("Id") and _key(other) == key
    ]
    if matches:
        ids = [cast(str, match["Id"]) for match in matches]
        raise _detected(table, rule, ids, details=actor.duplicate_details)


def _key(row: Row) -> tuple[str, str] | None:
    email, name = row.get("Email"), row.get("Name")
    if isinstance(email, str):
        return "email", email.lower()
    return ("name", name.lower()) if isinstance(name, str) else None


def _detected(table: SObject, rule: str, ids: list[str], *, details: bool) -> ApiError:
    records = [
        {"record": {"attributes": {"type": table.name}, "Id": record_id} if details else None, "matchConfidence": 100.0}
        for record_id in ids
    ]
    match = {
        "entityType": table.name,
        "matchEngine": "FuzzyMatchEngine",
        "rule": f"Standard_{table.name}_Match_Rule",
        "size": len(ids),
        "success": True,
        "errors": [],
        "matchRecords": records,
    }
    result = {
        "allowSave": rule == "alert",
        "duplicateRule": f"Standard_{table.name}_Duplicate_Rule",
        "duplicateRuleEntityType": table.name,
        "errorMessage": "Use one of these records?",
        "matchResults": [match],
    }
    return ApiError(400, "DUPLICATES_DETECTED", "Use one of these records?", (), {"duplicateResult": result})
