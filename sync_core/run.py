"""Executes a reviewed plan: verifies before it writes, in batches, and remembers only what a side confirmed.

Order: first what creates and changes, deletes last, so that nothing is taken away before its copy stands. Just before
each batch its items are read again; a row whose items are no longer what the person saw is skipped and reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sync_core.compare import merged_baseline
from sync_core.errors import CancelledError, SideError, SignInError
from sync_core.items import Fields, Flow, Item, Kind, SideName, Value, spec
from sync_core.pairing import Link, make_mark
from sync_core.plan import NEEDS, Action, Effect, Row, Situation, State, allowed, effect
from sync_core.question import Rules
from sync_core.report import Result, RowReport, RunProgress, RunReport, RunSink
from sync_core.sides import CancelCheck, Fate, Operation, Outcome, Ref, Side, Sighting, Write


class LinkStore(Protocol):
    """Where links are kept. Each call is on disk when it returns."""

    def links(self, kind: Kind) -> Sequence[Link]:
        """All links of a kind."""

    def put_links(self, kind: Kind, links: Iterable[Link]) -> None:
        """Keeps links, in place of those with the same ids."""

    def drop_links(self, kind: Kind, links: Iterable[Link]) -> None:
        """Forgets links."""


@dataclass(slots=True)
class Task:
    """One row on its way: what is still to write on which side, and what the sides gave back so far."""

    row: Row
    effect: Effect
    todo: dict[SideName, Operation]
    # what each side holds after our write, as it gave it back
    after: dict[SideName, Item] = field(default_factory=dict)
    ids: dict[SideName, str] = field(default_factory=dict)
    mark: str = ""
    result: Result | None = None
    message: str = ""

    def fields(self, side: SideName) -> Fields:
        """The fields that are written to `side`."""
        return self.effect.to_left if side is SideName.SALESFORCE else self.effect.to_right

    def end(self, result: Result, message: str = "") -> None:
        """The row is settled; the first verdict stays."""
        if self.result is None:
            self.result, self.message = result, message


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
        if row.linked:
            return row.link_ids in self.pairs
        left, right = (item.id if item is not None else None for item in (row.left, row.right))
        return left not in self.left and right not in self.right


@dataclass(slots=True)
class Run:
    """One run of one process. `now` is UTC ISO 8601; `nonce` gives text that is never the same twice."""

    kind: Kind
    sides: Mapping[SideName, Side]
    rules: Rules
    store: LinkStore
    now: Callable[[], str]
    nonce: Callable[[], str]
    progress: RunSink
    cancelled: CancelCheck
    _tasks: list[Task] = field(default_factory=list)
    # what memory links now: since the review another run may have been here
    _known: Known = field(default_factory=lambda: Known.of(()))
    _stopped: str = ""

    def execute(self, rows: Sequence[Row]) -> RunReport:
        """Does exactly what the reviewed `rows` say, and tells what became of each. Raises nothing of the sides."""
        started = self.now()
        self._known = Known.of(self.store.links(self.kind))
        self._tasks = [task for row in rows if (task := self._task(row)) is not None]
        self._settle_quiet(rows)
        was_cancelled = False
        try:
            self._links()
            for operations in ((Operation.CREATE, Operation.UPDATE), (Operation.DELETE,)):
                for side in SideName:
                    self._phase(side, operations)
        except CancelledError:
            was_cancelled = True
        for task in self._tasks:
            task.end(Result.NOT_STARTED, self._stopped or "the run was stopped before its turn")
        reports = tuple(self._report(task) for task in self._tasks)
        return RunReport(self.kind, started, self.now(), reports, was_cancelled)

    def _task(self, row: Row) -> Task | None:
        now = allowed(row)
        if now.state is not State.READY or now.effect.action in (Action.NONE, Action.CONFLICT):
            return None
        task = Task(row, now.effect, dict(NEEDS[now.effect.action]))
        if not self._known.as_reviewed(row):
            task.end(Result.SKIPPED, "was synced by another run since you looked")
        # the plan has said no already; this is the last door, for whatever came past it
        for side, operation in task.todo.items():
            if (side, operation) in self.rules.prevented:
                task.end(Result.FAILED, f"prevented: no {operation.value} in {side.label} (Configure)")
        return task

    def _settle_quiet(self, rows: Sequence[Row]) -> None:
        """What needs no write: both sides moved alike, an item came back under another id, both halves are gone."""
        moved: list[Link] = []
        gone: list[Link] = []
        for row in rows:
            if not self._known.as_reviewed(row):
                continue
            if row.situation is Situation.GONE_BOTH:
                gone.append(_old_link(row))
            elif row.situation is Situation.SAME_CHANGE and row.left is not None and row.right is not None:
                if row.link_ids != (row.left.id, row.right.id):
                    gone.append(_old_link(row))
                moved.append(
                    self._link(row, row.left.id, row.right.id, row.left.fields, row.right.fields, {}, row.mark)
                )
        if gone:
            self.store.drop_links(self.kind, gone)
        if moved:
            self.store.put_links(self.kind, moved)

    def _links(self) -> None:
        """Equal already: remember the pair. Nothing is written to a side."""
        links = []
        for task in self._open():
            row = task.row
            if task.effect.action is Action.LINK and row.left is not None and row.right is not None:
                links.append(
                    self._link(row, row.left.id, row.right.id, row.left.fields, row.right.fields, {}, row.mark)
                )
                task.end(Result.DONE)
        if links:
            self.store.put_links(self.kind, links)
            self._tell("remembering pairs")

    def _open(self) -> list[Task]:
        return [task for task in self._tasks if task.result is None]

    def _phase(self, side: SideName, operations: tuple[Operation, ...]) -> None:
        tasks = [task for task in self._open() if task.todo.get(side) in operations]
        for batch in _batches(tasks, self.sides[side].batch_size):
            if self._stopped:
                return
            if self.cancelled():
                raise CancelledError
            verb = "deleting from" if Operation.DELETE in operations else "writing to"
            self._tell(f"{verb} {side.label}")
            try:
                self._batch(side, batch)
            except SideError as problem:
                for task in batch:
                    task.end(Result.FAILED, problem.sentence())
                if isinstance(problem, SignInError):
                    self._stopped = problem.sentence()
        self._tell("")

    def _batch(self, side: SideName, tasks: list[Task]) -> None:
        fresh = self._verify(side, tasks)
        tasks = [task for task in tasks if task.result is None]
        if not tasks:
            return
        writes = [self._write(side, task, fresh.get(id(task))) for task in tasks]
        outcomes = self.sides[side].write(self.kind, writes)
        written = [task for task, outcome in zip(tasks, outcomes, strict=True) if self._took(side, task, outcome)]
        self._read_back(side, [task for task in written if task.todo[side] is not Operation.DELETE])
        for task in written:
            del task.todo[side]
        self._remember(tasks)

    def _verify(self, side: SideName, tasks: Sequence[Task]) -> dict[int, Item]:
        """Reads the items of a batch again, on the side to be written and on the side the values come from.

        Tasks whose items changed since the review are ended as skipped. Gives the fresh items of `side`.
        """
        fresh: dict[int, Item] = {}
        for where in (side.other, side):
            asked = [(task, ref) for task in tasks if task.result is None and (ref := _ref(task, where)) is not None]
            if not asked:
                continue
            seen = self.sides[where].look(self.kind, [ref for _, ref in asked])
            for task, ref in asked:
                sighting = seen.get(ref.id)
                why = _no_longer(task.row.item(where), sighting, where)
                if why:
                    task.end(Result.SKIPPED, why)
                elif where is side and sighting is not None and sighting.item is not None:
                    fresh[id(task)] = sighting.item
        return fresh

    def _write(self, side: SideName, task: Task, before: Item | None) -> Write:
        operation = task.todo[side]
        mark = ""
        if side is SideName.OUTLOOK and operation is not Operation.DELETE:
            left_id = task.ids.get(SideName.SALESFORCE) or (task.row.left.id if task.row.left else "")
            mark = make_mark(left_id, self.nonce()) if before is None or not before.mark else ""
        task.mark = mark or task.mark
        if operation is Operation.DELETE:
            return Write(operation, before=before)
        across = task.row.item(side.other)
        return Write(operation, task.fields(side), before, mark, across.fields if across else {})

    def _took(self, side: SideName, task: Task, outcome: Outcome) -> bool:
        if outcome.ok:
            task.ids[side] = outcome.id
            task.message = "; ".join(part for part in (task.message, outcome.note) if part)
            return True
        if outcome.unknown:
            why = outcome.error or "no answer came"
            task.end(Result.UNKNOWN, f"{why}; it may have been done, the next comparison will show")
        else:
            task.end(Result.FAILED, outcome.error or f"{side.label} refused it without a reason")
        return False

    def _read_back(self, side: SideName, tasks: Sequence[Task]) -> None:
        """What the server really kept. When it cannot be read now, what it confirmed stands in for it."""
        refs = [Ref(task.ids[side], task.mark) for task in tasks]
        seen: dict[str, Sighting] = {}
        if refs:
            try:
                seen = self.sides[side].look(self.kind, refs)
            except SideError as problem:
                for task in tasks:
                    task.message = f"done, but it could not be read back: {problem.sentence()}"
        for task in tasks:
            sighting = seen.get(task.ids[side])
            if sighting is not None and sighting.item is not None:
                task.after[side] = sighting.item

    def _remember(self, tasks: Sequence[Task]) -> None:
        """Moves the baseline of what was confirmed; ends the rows that have nothing left to write."""
        put: list[Link] = []
        drop: list[Link] = []
        for task in tasks:
            row = task.row
            if task.effect.action in (Action.DELETE_FROM_OUTLOOK, Action.DELETE_FROM_SALESFORCE):
                if not task.todo:
                    drop.append(_old_link(row))
                    task.end(Result.DONE)
                continue
            if task.todo and not (row.linked and task.ids):
                continue
            link = self._new_link(task)
            if row.linked and (link.left_id, link.right_id) != row.link_ids:
                drop.append(_old_link(row))
            put.append(link)
            if not task.todo and task.result is None:
                task.result = Result.DONE
        if drop:
            self.store.drop_links(self.kind, drop)
        if put:
            self.store.put_links(self.kind, put)

    def _new_link(self, task: Task) -> Link:
        row = task.row
        left, right = self._now_on(SideName.SALESFORCE, task), self._now_on(SideName.OUTLOOK, task)
        left_id = task.ids.get(SideName.SALESFORCE) or (row.left.id if row.left else "")
        right_id = task.ids.get(SideName.OUTLOOK) or (row.right.id if row.right else "")
        written: dict[str, bool] = {}
        for side, now in ((SideName.SALESFORCE, left), (SideName.OUTLOOK, right)):
            if side in task.ids:
                # what we made is agreed on as a whole, also where a field does not travel that way
                created = row.item(side) is None
                written |= dict.fromkeys(now if created else task.fields(side), True)
        return self._link(row, left_id, right_id, left, right, written, task.mark or row.mark)

    def _now_on(self, side: SideName, task: Task) -> dict[str, Value]:
        """What a side holds after our write.

        Fields we wrote: as the side gave them back. All others: as the person saw them, so that what somebody else
        changed in between is still a change for the next plan.
        """
        seen = task.row.item(side)
        if side not in task.ids:
            return dict(seen.fields) if seen else {}
        written = task.fields(side)
        now: dict[str, Value] = dict(seen.fields) if seen else {}
        now.update(written)
        back = task.after.get(side)
        if back is not None:
            now.update({n: v for n, v in back.fields.items() if n in written or seen is None})
        return now

    def _link(
        self,
        row: Row,
        left_id: str,
        right_id: str,
        left: Fields,
        right: Fields,
        written: Mapping[str, bool],
        mark: str,
    ) -> Link:
        written = {**_left_as_they_are(row), **written}
        baseline = merged_baseline(self.kind, row.baseline, left, right, written)
        return Link(self.kind, left_id, right_id, baseline, mark, self.now())

    def _tell(self, what: str) -> None:
        self.progress(RunProgress(sum(t.result is not None for t in self._tasks), len(self._tasks), what))

    def _report(self, task: Task) -> RowReport:
        result = task.result or Result.NOT_STARTED
        return RowReport(task.row.id, task.row.title, task.effect.action, result, task.message)


def _left_as_they_are(row: Row) -> dict[str, bool]:
    """Fields that travel one way and that were decided against that way: both sides keep theirs from now on."""
    wanted = effect(row)
    pending = {*wanted.to_left, *wanted.to_right}
    names = (c.name for c in row.changes if spec(row.kind, c.name).flow is not Flow.BOTH)
    return {name: True for name in names if name not in pending}


def _old_link(row: Row) -> Link:
    return Link(row.kind, *row.link_ids, row.baseline, row.mark)


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
        if sighting.fate is Fate.DELETED:
            return ""
        return f"was gone from {side.label} when you looked, and is there again"
    if sighting.fate is not Fate.HERE or sighting.item is None:
        return f"changed since you looked: it is no longer there in {side.label}"
    if not same_content(reviewed.fields, sighting.item.fields):
        return f"changed in {side.label} since you looked"
    return ""


def same_content(reviewed: Fields, now: Fields) -> bool:
    """Whether what a person saw is still there. A field that one of the two readings does not know says nothing."""
    return all(now[name] == value for name, value in reviewed.items() if name in now)


def _batches(tasks: list[Task], size: int) -> Iterable[list[Task]]:
    for start in range(0, len(tasks), size):
        yield tasks[start : start + size]
