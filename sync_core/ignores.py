"""A person's earlier "no": which row it is about, and whether it still holds.

An ignore knows the ids of both halves and what they held. So it survives that Outlook gives an item another id, that a
memory is rebuilt, and that two items are paired anew; and when it ends, it says what has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sync_core import reasons
from sync_core.compare import alike
from sync_core.items import FIELDS, Fields, Item, Kind, SideName, digest
from sync_core.pairing import Link
from sync_core.plan import Ignore, IgnoreMode, Row, Situation

_AWAY: Final = (Situation.OUT_OF_RANGE, Situation.UNREADABLE)


@dataclass(slots=True)
class Ignores:
    """All ignores of a kind, found by whatever of a row has stayed the same."""

    kind: Kind
    by_row: Mapping[str, Ignore]
    by_left: dict[str, Ignore] = field(default_factory=dict)
    by_right: dict[str, Ignore] = field(default_factory=dict)
    by_content: dict[str, Ignore] = field(default_factory=dict)
    # the row ids of those that have ended: what they were about has changed
    ended: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, kind: Kind, ignores: Mapping[str, Ignore]) -> Ignores:
        """From what memory keeps, by row id."""
        found = cls(kind, ignores)
        for ignore in ignores.values():
            if ignore.left_id:
                found.by_left[ignore.left_id] = ignore
            elif ignore.right_id:
                # made anew where it can be: the way of hashing may have changed since it was kept
                found.by_content[digest(kind, ignore.right) if ignore.right else ignore.right_digest] = ignore
            if ignore.right_id:
                found.by_right[ignore.right_id] = ignore
        return found

    def on(self, row: Row) -> Row:
        """The row as ignored, or with the reason why it no longer is."""
        ignore = self._about(row)
        if ignore is None:
            return row
        if ignore.mode is IgnoreMode.FOREVER:
            return replace(row, ignored=ignore)
        if row.situation in _AWAY:
            # of what is not seen nobody can say that it changed; nothing happens to it as it is
            return row
        changed = [
            words
            for item, before, digest in (
                (row.left, ignore.left, ignore.left_digest),
                (row.right, ignore.right, ignore.right_digest),
            )
            # a half that is not part of an unlinked row is somewhere else, in a row of its own
            if (item is not None or row.linked) and (words := _what_changed(self.kind, item, before, digest))
        ]
        if not changed:
            return replace(row, ignored=ignore)
        self.ended.add(ignore.row_id)
        return replace(row, reason=f"{row.reason} (ignored until now: {'; '.join(changed)})")

    def in_step(self, link: Link) -> None:
        """Both halves of a link are in step: the difference that somebody ignored until the next change is gone."""
        for ignore in (self.by_left.get(link.left_id), self.by_right.get(link.right_id)):
            if ignore is not None and ignore.mode is IgnoreMode.ONCE:
                self.ended.add(ignore.row_id)

    def _about(self, row: Row) -> Ignore | None:
        """The ignore that means this row, whatever ids have changed since."""
        if row.id in self.by_row:
            return self.by_row[row.id]
        left_ids = [i for i in (row.link_ids[0], row.left.id if row.left else "") if i]
        right_ids = [i for i in (row.link_ids[1], row.right.id if row.right else "") if i]
        for ids, known in ((left_ids, self.by_left), (right_ids, self.by_right)):
            for item_id in ids:
                if item_id in known:
                    return known[item_id]
        if row.right is not None and not left_ids:
            # only Outlook has it, and Outlook gave it another id: the same content tells
            return self.by_content.get(row.right.digest)
        return None


def _what_changed(kind: Kind, item: Item | None, before: Fields, digest: str) -> str:
    """What became of one half since somebody said no; "" when it is what it was.

    A field that one of the two readings does not know says nothing.
    """
    if item is None:
        return "" if not digest else "one side no longer has it"
    if item.digest == digest:
        return ""
    if not digest:
        return f"{item.side.label} has it now"
    if not before:
        return f"it changed in {item.side.label}"
    names = [
        f.name
        for f in FIELDS[kind]
        if f.name in before and f.name in item.fields and not alike(before[f.name], item.fields[f.name])
    ]
    return f"{reasons.names(kind, names)} changed in {item.side.label}" if names else ""


def ignore_for(row: Row, mode: IgnoreMode, since: str) -> Ignore:
    """The ignore that fits a row as it is now."""
    left, right = row.item(SideName.SALESFORCE), row.item(SideName.OUTLOOK)
    return Ignore(
        row.id,
        mode,
        left.digest if left else "",
        right.digest if right else "",
        since,
        row.title,
        row.reason,
        left.id if left else row.link_ids[0],
        right.id if right else row.link_ids[1],
        left.fields if left else {},
        right.fields if right else {},
    )


def said_no(kind: Kind, ignores: Mapping[str, Ignore]) -> Ignores:
    """What a person said no to, of all that memory keeps."""
    return Ignores.of(kind, {key: ignore for key, ignore in ignores.items() if isinstance(ignore.mode, IgnoreMode)})
