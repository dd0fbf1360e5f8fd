"""Rows on their way through a run: what is still to be written of each, and what the sides gave back so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sync_core.intent import Done, Intent
from sync_core.items import Fields, SideName
from sync_core.pairing import Link
from sync_core.plan import Row
from sync_core.report import Result, RowReport
from sync_core.sides import Operation


@dataclass(slots=True)
class Task:
    """One row on its way: what is still to write on which side, and what the sides gave back so far."""

    row: Row
    intent: Intent
    todo: dict[SideName, Operation]
    # what each side holds after our write, as it gave it back
    after: dict[SideName, Fields] = field(default_factory=dict)
    ids: dict[SideName, str] = field(default_factory=dict)
    # what a deleted item held in the end, where that is not what was reviewed
    last: dict[SideName, Fields] = field(default_factory=dict)
    # the sides of which nobody knows whether they did it, with the reason
    doubtful: dict[SideName, str] = field(default_factory=dict)
    sent: set[SideName] = field(default_factory=set)
    result: Result | None = None
    message: str = ""
    duplicate_of: str = ""
    kept: bool = False

    def end(self, result: Result, message: str = "") -> None:
        """The row is settled; the first verdict stays."""
        if self.result is None:
            self.result = result
            self.say(message)

    def say(self, words: str) -> None:
        """Something to be told about it; "" for nothing."""
        self.message = "; ".join(part for part in (self.message, words) if part)

    def doubt(self, side: SideName, why: str) -> None:
        """No answer came from a side."""
        self.doubtful[side] = why
        self.end(Result.UNKNOWN, f"{why}; it may have been done, the next comparison will show")

    @property
    def over(self) -> bool:
        """Whether nothing more is written of it, though it may not have been read back yet."""
        return self.result is not None or (bool(self.sent) and not self.todo)

    @property
    def unanswered(self) -> bool:
        """Whether something was sent of which it is not known what came of it."""
        return self.result is None and not self.sent.isdisjoint(self.todo)

    def so_far(self, why: str) -> str:
        """Why it is not whole, with the sides on which it is done."""
        sides = [side.label for side in SideName if side in self.ids]
        return f"done in {' and '.join(sides)} only; {why}" if sides else why

    @property
    def done(self) -> Done:
        """What became of it, as the journal keeps it."""
        return Done(
            self.intent.number, self.result or Result.NOT_STARTED, self.message, self.ids, self.after, self.last
        )

    def report(self) -> RowReport:
        """What became of it, for whoever started the run."""
        source = self.row.left or self.row.right
        other = source.id if source is not None and self.duplicate_of else ""
        result = self.result or Result.NOT_STARTED
        return RowReport(
            self.row.id, self.row.title, self.intent.action, result, self.message, self.duplicate_of, other
        )


@dataclass(frozen=True, slots=True)
class Known:
    """What memory links: the pairs, and every id in them."""

    pairs: frozenset[tuple[str, str]]
    left: frozenset[str]
    right: frozenset[str]

    @classmethod
    def of(cls, links: Iterable[Link]) -> Known:
        """What these links say."""
        pairs = frozenset((link.left_id, link.right_id) for link in links)
        return cls(pairs, frozenset(left for left, _ in pairs), frozenset(right for _, right in pairs))

    def as_reviewed(self, row: Row) -> bool:
        """Whether memory still knows a pair as the row has it: the same plan run twice must not create twice."""
        if row.undo is not None and row.undo.restores:
            # the run that deleted it has forgotten the link
            return not ({row.link_ids[0]} & self.left or {row.link_ids[1]} & self.right)
        if row.linked:
            return row.link_ids in self.pairs
        left, right = (item.id if item is not None else None for item in (row.left, row.right))
        return left not in self.left and right not in self.right
