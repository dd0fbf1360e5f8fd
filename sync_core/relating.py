"""To whom in Salesforce a new event is related: the one contact that has the address of somebody who takes part.

Only what is made anew is related, so no relation that a person made is ever touched. Several contacts are never
resolved by chance, and a private event is related to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sync_core import text
from sync_core.items import Item, SideName
from sync_core.pairing import Link
from sync_core.plan import Row, saying
from sync_core.sides import Operation, Person

_CREATE = (SideName.SALESFORCE, Operation.CREATE)


def addresses(links: Iterable[Link], left: Iterable[Item], right: Iterable[Item]) -> list[str]:
    """The addresses to ask about: of the events in Outlook that are not known to be in Salesforce."""
    here = {item.id for item in left}
    known = {link.right_id for link in links if link.left_id in here}
    return sorted(
        {address for item in right if item.id not in known and not _private(item) for address in item.addresses}
    )


def related(row: Row, people: Mapping[str, Sequence[Person]]) -> Row:
    """The row with whom its event will be related to, if it is made in Salesforce, and with words about it."""
    item = row.right
    if row.left is not None or item is None or not item.addresses:
        return row
    found = {person.id: person for address in item.addresses for person in people.get(address, ())}
    if not found or _private(item):
        return row
    if len(found) > 1:
        names = sorted(_shown(person) for person in found.values())
        more = f" and {len(names) - 2} more" if len(names) > 2 else ""
        said = f"it will be related to nobody: {', '.join(names[:2])}{more} in Salesforce have addresses of attendees"
        return _saying(row, said)
    (person,) = found.values()
    said = f"it will be related to {_shown(person)} in Salesforce, who has the address of an attendee; nobody gets mail"
    return replace(_saying(row, said), relates=person)


def _saying(row: Row, words: str) -> Row:
    return saying(row, *_CREATE, words)


def _shown(person: Person) -> str:
    return text.shorten(text.plain(person.name), 40)


def _private(item: Item) -> bool:
    return item.private or item.fields.get("private") is True
