"""Duplicate rules: what a refusal with DUPLICATES_DETECTED says of the records that are there already.

Rules that only alert stop a save over the API, too, and nothing here ever saves in spite of one (facts: salesforce B4,
duplicates).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sync_core import text
from sync_core.errors import SideError
from sync_core.sides import Operation
from sync_core.sides.salesforce.gateway import Gateway
from sync_core.sides.salesforce.ids import id18, is_id

CODE: Final = "DUPLICATES_DETECTED"
HEADERS: Final = {"Sforce-Duplicate-Rule-Header": "allowSave=false; includeRecordDetails=true; runAsCurrentUser=true"}
# ids in one question for names, far below what an address may hold (facts: salesforce B4, URI)
_IDS: Final = 200
_SOBJECT: Final = re.compile(r"[A-Za-z]\w{0,79}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Match:
    """A record that a save would double: its object's API name, its id, and its name ("" while not known)."""

    sobject: str
    id: str
    name: str = ""


def matches(error: Mapping[str, Any]) -> tuple[Match, ...]:
    """The records that one error of a row names, each once, in the server's order."""
    found: dict[str, Match] = {}
    result = error.get("duplicateResult")
    for group in _mappings(result.get("matchResults") if isinstance(result, Mapping) else None):
        for one in _mappings(group.get("matchRecords")):
            record = one.get("record")
            if not isinstance(record, Mapping) or not is_id(str(record.get("Id") or "")):
                continue
            about = record.get("attributes")
            sobject = str(about.get("type") or "") if isinstance(about, Mapping) else ""
            sobject = sobject or str(group.get("entityType") or "")
            if _SOBJECT.fullmatch(sobject):
                match = Match(sobject, id18(str(record["Id"])), text.line(str(record.get("Name") or "")))
                found.setdefault(match.id, match)
    return tuple(found.values())


def named(gateway: Gateway, all_matches: Sequence[tuple[Match, ...]]) -> list[tuple[Match, ...]]:
    """The same matches with the names that the errors did not tell, as far as this user may read them."""
    unknown: dict[str, set[str]] = defaultdict(set)
    for match in (match for group in all_matches for match in group if not match.name):
        unknown[match.sobject].add(match.id)
    names: dict[str, str] = {}
    for sobject, ids in sorted(unknown.items()):
        ordered = sorted(ids)
        for at in range(0, len(ordered), _IDS):
            names |= _names(gateway, sobject, ordered[at : at + _IDS])
    return [tuple(replace(m, name=m.name or names.get(m.id, "")) for m in group) for group in all_matches]


def sure(operation: Operation, sobject: str, found: Sequence[Match]) -> str:
    """The id of the record that a create of `sobject` would double, if there is exactly one and it is of that kind."""
    only = operation is Operation.CREATE and len(found) == 1 and found[0].sobject == sobject
    return found[0].id if only else ""


def sentence(operation: Operation, sobject: str, found: Sequence[Match]) -> str:
    """Why the row was refused, which record is there already, and what to do."""
    head = "a duplicate rule of the org stopped it"
    if not found:
        return f"{head}: a record like it is there, which you cannot see; ask an administrator"
    first = found[0]
    name = text.shorten(text.plain(first.name), 80) or "a record"
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    where = f"{name} ({first.sobject} {first.id}){more}"
    if operation is not Operation.CREATE:
        return f"{head}: it would be like {where}; merge them in Salesforce, or change one of them"
    if sure(operation, sobject, found):
        return f"{head}: {where} is there already; the next comparison offers to link the two"
    return f"{head}: {where} may be the same; settle it in Salesforce, or change one of them"


def _names(gateway: Gateway, sobject: str, ids: Sequence[str]) -> dict[str, str]:
    listed = ", ".join(f"'{one}'" for one in ids)
    try:
        pages = list(gateway.query(f"SELECT Id, Name FROM {sobject} WHERE Id IN ({listed})"))
    except SideError:
        # the sentence does without: what became of the rows must not get lost behind it
        return {}
    return {id18(str(row.get("Id"))): text.line(str(row.get("Name") or "")) for page in pages for row in page.rows}


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    yield from (one for one in value if isinstance(one, Mapping)) if isinstance(value, list) else ()
