"""Links and ignores as the memory keeps them: short lists, JSON-ready."""

from __future__ import annotations

from collections.abc import Iterable
from sys import intern
from typing import Any, Final

from sync_core.compare import Baseline
from sync_core.items import Kind, fields_from_json, fields_to_json
from sync_core.pairing import Link
from sync_core.plan import Ignore, IgnoreMode, Singles

Pair = tuple[str, str]

# what comes of reading an entry that is none
NO_SENSE: Final = (ValueError, TypeError, KeyError, AttributeError, IndexError)


def folded(records: Iterable[list[list[Any]]]) -> dict[Pair, list[Any]]:
    """The links that a log leaves: an entry of two ids forgets, a longer one replaces."""
    found: dict[Pair, list[Any]] = {}
    for record in records:
        for entry in record:
            if not (isinstance(entry[0], str) and isinstance(entry[1], str)):
                raise TypeError("whose entry it is cannot be told")
            pair = (entry[0], entry[1])
            if len(entry) == 2:
                found.pop(pair, None)
            else:
                found[pair] = entry
    return found


def link_data(link: Link) -> list[Any]:
    left, right = fields_to_json(link.baseline.left), fields_to_json(link.baseline.right)
    # as a rule both sides agree: the right one is kept as what differs from the left one, and what it lacks
    differs = {name: value for name, value in right.items() if name not in left or left[name] != value}
    lacks = [name for name in left if name not in right]
    return [link.left_id, link.right_id, link.mark, link.synced_at, left, differs, lacks]


def link(kind: Kind, data: list[Any]) -> Link:
    left_id, right_id, mark, synced_at, left, differs, lacks = data
    for value in (left_id, right_id, mark, synced_at):
        if not isinstance(value, str):
            raise TypeError("not a link")
    left_fields = fields_from_json(kind, left)
    right_fields = left_fields
    if differs or lacks:
        right_fields = left_fields | fields_from_json(kind, differs)
        for name in lacks:
            del right_fields[name]
    # many links are of one sync
    return Link(kind, left_id, right_id, Baseline(left_fields, right_fields), mark, intern(synced_at))


def ignore_data(ignore: Ignore) -> list[Any]:
    said = [ignore.mode.value, ignore.left_digest, ignore.right_digest, ignore.since, ignore.title, ignore.reason]
    return [*said, ignore.left_id, ignore.right_id, fields_to_json(ignore.left), fields_to_json(ignore.right)]


def ignore(kind: Kind, row_id: str, data: list[Any]) -> Ignore:
    mode, left, right, since, title, reason, left_id, right_id, left_fields, right_fields = data
    fields = fields_from_json(kind, left_fields), fields_from_json(kind, right_fields)
    kind_of_no = Singles(mode) if mode in tuple(Singles) else IgnoreMode(mode)
    return Ignore(row_id, kind_of_no, left, right, since, title, reason, left_id, right_id, *fields)
