"""Which contacts have the e-mail addresses of those who take part in a meeting: an event may be related to one.

WhoId holds a contact or a lead (facts: salesforce B1, WhoId / WhatId); only contacts are asked for.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from sync_core import text
from sync_core.sides import Person
from sync_core.sides.salesforce.ids import id18, is_id
from sync_core.sides.salesforce.mapping import Rows
from sync_core.sides.salesforce.soql import groups, literal

# what can be an address at all, and fits into Email (facts: salesforce B3); Exchange also gives names of its own in
# the place of an address, "/o=..." (facts: exchange A.11)
_ADDRESS: Final = re.compile(r"[^\s@/]+@[^\s@/]+\.[^\s@/]+")
_LONGEST: Final = 80
# what an answer is about when the contact of WhoId is not to be had (facts: salesforce B4, transient)
_NOT_THERE: Final = ("INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED")
_NO_ACCESS: Final = "INSUFFICIENT_ACCESS"


def questions(addresses: Iterable[str]) -> list[str]:
    """The queries for the contacts behind `addresses`, as many in each as fit."""
    asked = sorted({one for one in addresses if len(one) <= _LONGEST and _ADDRESS.fullmatch(one) and one.isprintable()})
    listed = groups(map(literal, asked))
    return [f"SELECT Id, Name, Email FROM Contact WHERE Email IN ({', '.join(group)})" for group in listed]


def found(rows: Rows) -> dict[str, tuple[Person, ...]]:
    """The contacts in the answers by their address, in lower case: SOQL compares texts without regard to case."""
    people: dict[str, dict[str, Person]] = defaultdict(dict)
    for row in rows:
        record_id = id18(str(row.get("Id") or ""))
        if is_id(record_id):
            name = text.line(str(row.get("Name") or "")) or "a contact without a name"
            people[text.line(str(row.get("Email") or "")).lower()][record_id] = Person(record_id, name)
    return {address: tuple(sorted(known.values(), key=lambda one: one.id)) for address, known in people.items()}


def refusal(code: str, message: str, fields: Sequence[str]) -> str:
    """What it means that an event was refused because of its contact, in words; "" when it was not."""
    about = " ".join((message, *fields))
    if "WhoId" in about and (code in _NOT_THERE or code.startswith(_NO_ACCESS)):
        return "the contact that it was to be related to is no longer to be seen: compare again"
    return ""
