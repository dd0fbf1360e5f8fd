"""Reads items again: just before they are written, on both sides, and after that what the server really kept.

A request of a side reads more items than a batch writes. So what a batch left is read together with what the next one
starts from, and values of the rows that follow are read along with those of a batch. What is about to be written is
read last of all, and never ahead of its turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sync_core.compare import alike, unlike
from sync_core.errors import CancelledError, SideError
from sync_core.items import FIELDS, Fields, Item, Kind, SideName
from sync_core.reasons import names
from sync_core.report import Result
from sync_core.sides import Fate, Operation, Ref, Side, Sighting
from sync_core.underway import Task

# seconds for which values that were read ahead stand for "just before": a few batches; after a server has made us wait
# they are read anew. What changes meanwhile is not lost: the baseline stays at what was seen, and the next plan has it
AHEAD: Final = 30.0


@dataclass(frozen=True, slots=True)
class _Due:
    """A batch that was written and not read back yet."""

    side: SideName
    tasks: Sequence[Task]
    # those of them that are to be read
    done: Sequence[Task]


@dataclass(slots=True)
class Verifier:
    """The looks of one run. `settle` gets the tasks of each batch once, when it is known what the server kept.

    `clock` counts seconds and never goes back.
    """

    kind: Kind
    sides: Mapping[SideName, Side]
    settle: Callable[[Sequence[Task]], None]
    clock: Callable[[], float]
    _due: _Due | None = None
    # what was read ahead of its turn, and when
    _ahead: dict[tuple[SideName, str], tuple[float, Sighting]] = field(default_factory=dict)

    def before(self, side: SideName, tasks: Sequence[Task], following: Sequence[Task] = ()) -> dict[int, Item]:
        """Reads what a batch is about to write again, after the side that its values come from.

        `following` are tasks of the next batches, whose values may be read along. Tasks whose items changed since the
        review are ended as skipped. Gives the fresh items of `side` by the id() of their task. Raises SideError or
        CancelledError. The batch before is settled in any case.
        """
        other = side.other
        asked = _asked(tasks, other)
        self._check(other, asked, self._values(other, asked, following))
        asked = _asked(tasks, side)
        fresh = self._check(side, asked, self._look(side, [ref for _, ref in asked]))
        self.read_back()
        return fresh

    def wrote(self, side: SideName, tasks: Sequence[Task], done: Sequence[Task]) -> None:
        """A batch was answered; those that were `done` are to be read back before anything else is written."""
        kept = [task for task in done if task.intent.needs[side] is not Operation.DELETE]
        self._due = _Due(side, tasks, kept)
        if not kept:
            self._settled()

    def read_back(self) -> None:
        """Reads back what the last batch left, if that was not done yet. Raises CancelledError, once it is settled."""
        if self._due is not None:
            self._look(self._due.side, [])

    def _values(
        self, where: SideName, asked: Sequence[tuple[Task, Ref]], following: Sequence[Task]
    ) -> dict[str, Sighting]:
        """The items that values come from: those read ahead a moment ago, and the others now, with some that follow."""
        now = self.clock()
        self._ahead = {key: seen for key, seen in self._ahead.items() if now - seen[0] < AHEAD}
        wanted = [ref for _, ref in asked if (where, ref.id) not in self._ahead]
        if wanted:
            read = len(wanted) + (len(self._due.done) if self._due is not None and self._due.side is where else 0)
            later = [ref for _, ref in _asked(following, where) if (where, ref.id) not in self._ahead]
            wanted += later[: -read % self.sides[where].look_size]
        seen = self._look(where, wanted)
        self._ahead |= {(where, ref.id): (now, seen[ref.id]) for ref in wanted if ref.id in seen}
        return {ref.id: self._ahead[where, ref.id][1] for _, ref in asked if (where, ref.id) in self._ahead}

    def _look(self, where: SideName, refs: Sequence[Ref]) -> dict[str, Sighting]:
        """Looks at a side; what is to be read back there is read by the same request."""
        due = self._due if self._due is not None and self._due.side is where else None
        back = [Ref(task.ids[where], task.intent.mark) for task in due.done] if due is not None else []
        if not back and not refs:
            return {}
        try:
            seen = self.sides[where].look(self.kind, [*back, *refs])
        except (SideError, CancelledError) as problem:
            if due is not None:
                self._unread(due, problem)
            if refs or isinstance(problem, CancelledError):
                raise
            return {}
        if due is not None:
            self._kept(due, seen)
        return seen

    def _kept(self, due: _Due, seen: Mapping[str, Sighting]) -> None:
        """What the server really kept."""
        for task in due.done:
            sighting = seen.get(task.ids[due.side])
            if sighting is not None and sighting.item is not None:
                task.after[due.side] = sighting.item.fields
                task.say(_kept_otherwise(self.kind, task.intent.fields(due.side), sighting.item.fields, due.side))
        self._settled()

    def _unread(self, due: _Due, problem: SideError | CancelledError) -> None:
        """It cannot be read now: what the server confirmed stands for it."""
        why = "the run was stopped" if isinstance(problem, CancelledError) else problem.sentence()
        for task in due.done:
            task.say(f"done, but it could not be read back: {why}")
        self._settled()

    def _settled(self) -> None:
        due, self._due = self._due, None
        if due is not None:
            self.settle(due.tasks)

    @staticmethod
    def _check(where: SideName, asked: Sequence[tuple[Task, Ref]], seen: Mapping[str, Sighting]) -> dict[int, Item]:
        """Ends the tasks whose items are not what was reviewed; gives the items of the others."""
        fresh: dict[int, Item] = {}
        for task, ref in asked:
            sighting = seen.get(ref.id)
            why = _no_longer(task.row.item(where), sighting, where)
            if why:
                task.end(Result.SKIPPED, why)
            elif sighting is not None and sighting.item is not None:
                fresh[id(task)] = sighting.item
        return fresh


def _asked(tasks: Sequence[Task], side: SideName) -> list[tuple[Task, Ref]]:
    return [(task, ref) for task in tasks if task.result is None and (ref := _ref(task, side)) is not None]


def _kept_otherwise(kind: Kind, sent: Fields, back: Fields, side: SideName) -> str:
    """What a server made of what it was sent, in words; "" when it kept it as it is."""
    unlike = [
        f.name for f in FIELDS[kind] if f.name in sent and f.name in back and not alike(back[f.name], sent[f.name])
    ]
    return f"{side.label} keeps {names(kind, unlike)} in a form of its own" if unlike else ""


def _ref(task: Task, side: SideName) -> Ref | None:
    """What to ask `side` for, to be sure that nothing moved. None when there is nothing to ask.

    A side that this run has written to is not asked again: what it holds there is our own work.
    """
    if side in task.ids:
        return None
    item = task.row.item(side)
    if item is not None:
        return Ref(item.id, item.mark)
    if task.row.linked:
        known = task.row.baseline.on(side)
        return Ref(task.row.link_ids[0 if side is SideName.SALESFORCE else 1], task.row.mark, known)
    return None


def _no_longer(reviewed: Item | None, sighting: Sighting | None, side: SideName) -> str:
    """Why the item behind a sighting is not what was reviewed any more; "" when it still is."""
    if sighting is None or sighting.fate is Fate.UNREADABLE:
        return f"could not be read again in {side.label}, so nothing was written"
    if reviewed is None:
        if sighting.fate in (Fate.DELETED, Fate.MISSING):
            return ""
        return f"was gone from {side.label} when you looked, and is there again"
    # what Salesforce has archived is there to be read, if it is not to be written
    if sighting.fate not in (Fate.HERE, Fate.ARCHIVED) or sighting.item is None:
        return f"changed since you looked: it is no longer there in {side.label}"
    if not same_content(reviewed.fields, sighting.item.fields):
        return f"changed in {side.label} since you looked"
    return ""


def same_content(reviewed: Fields, now: Fields) -> bool:
    """Whether what a person saw is still there. A field that one of the two readings does not know says nothing."""
    return not unlike(reviewed, now)
