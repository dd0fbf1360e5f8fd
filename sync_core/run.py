"""Executes a reviewed plan: verifies before it writes, in batches, and remembers only what a side confirmed.

Order: first what creates and changes, deletes last, so that nothing is taken away before its copy stands. All intents
are in the journal before anything is sent. Just before each batch its items are read again; a row whose items are no
longer what the person saw is skipped and reported. What nobody answered is looked up at the end, never repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from sync_core.errors import CancelledError, HandsyncError, SideError, SignInError, StoreError
from sync_core.intent import Done, Intent, link_after
from sync_core.items import FIELDS, Fields, Item, Kind, SideName
from sync_core.journal import Journal, OpenRun, RunHead
from sync_core.pairing import Link
from sync_core.plan import Action, Row, Situation, State, allowed
from sync_core.question import Rules
from sync_core.reasons import names
from sync_core.recover import Books, Change, Doubt, bookkeeping, keep, settle
from sync_core.report import Result, RowReport, RunProgress, RunReport, RunSink
from sync_core.sides import CancelCheck, Fate, Operation, Outcome, Ref, Side, Sighting, Write


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
            self.message = "; ".join(part for part in (self.message, message) if part)

    def doubt(self, side: SideName, why: str) -> None:
        """No answer came from a side."""
        self.doubtful[side] = why
        self.end(Result.UNKNOWN, f"{why}; it may have been done, the next comparison will show")

    @property
    def done(self) -> Done:
        """What became of it, as the journal keeps it."""
        return Done(
            self.intent.number, self.result or Result.NOT_STARTED, self.message, self.ids, self.after, self.last
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


@dataclass(slots=True)
class Run:
    """One run of one process. `now` is UTC ISO 8601; `nonce` gives text that is never the same twice.

    `between` is called before each batch and may raise StoreError: then nothing more is sent.
    """

    kind: Kind
    sides: Mapping[SideName, Side]
    rules: Rules
    store: Books
    journal: Journal
    now: Callable[[], str]
    nonce: Callable[[], str]
    progress: RunSink
    cancelled: CancelCheck
    head: RunHead | None = None
    between: Callable[[], None] = lambda: None
    _tasks: list[Task] = field(default_factory=list)
    # what memory links now: since the review another run may have been here
    _known: Known = field(default_factory=lambda: Known.of(()))
    _stopped: str = ""
    _log: OpenRun | None = None

    def execute(self, rows: Sequence[Row]) -> RunReport:
        """Does exactly what the reviewed `rows` say, and tells what became of each.

        Raises StoreError when the journal cannot be begun, and then nothing was sent. Raises nothing of the sides.
        """
        started = self.now()
        self._known = Known.of(self.store.links(self.kind))
        for row in rows:
            if _runs(row):
                self._tasks.append(self._task(row, len(self._tasks)))
        head = self.head or RunHead(f"{started}-{self.nonce()}", self.kind, started)
        if self._tasks:
            self._log = self.journal.begin(head, [task.intent for task in self._tasks])
        self._settle_quiet(rows)
        was_cancelled = False
        try:
            self._keep([task for task in self._tasks if task.result is not None])
            self._links()
            for operations in ((Operation.CREATE, Operation.UPDATE), (Operation.DELETE,)):
                for side in SideName:
                    self._phase(side, operations)
            # a side that was made to wait in the last batch gives its rows back undone
            was_cancelled = any(task.result is not Result.DONE for task in self._tasks) and self.cancelled()
        except CancelledError:
            was_cancelled = True
        except HandsyncError as problem:
            # the disk is full, or somebody else took the lock over
            self._stopped = problem.sentence()
        self._look_up(started)
        return self._finish(head, started, was_cancelled)

    def _finish(self, head: RunHead, started: str, was_cancelled: bool) -> RunReport:
        for task in self._tasks:
            if task.sent and task.result is None:
                task.end(Result.UNKNOWN, f"it was sent, but could not be remembered: {self._stopped}")
            task.end(Result.NOT_STARTED, self._stopped or "the run was stopped before its turn")
        report = RunReport(
            self.kind,
            started,
            self.now(),
            tuple(self._report(task) for task in self._tasks),
            was_cancelled,
            head.id if self._log is not None else "",
        )
        # a disk that is full now leaves the record open: the next start looks everything up
        with suppress(StoreError):
            self._keep([task for task in self._tasks if task.result is not Result.UNKNOWN])
            if self._log is not None and not any(task.result is Result.UNKNOWN for task in self._tasks):
                self._log.end(report.finished, report.sentence, cancelled=was_cancelled)
        return report

    def _task(self, row: Row, number: int) -> Task:
        intent = Intent.of(row, number, self.nonce)
        task = Task(row, intent, intent.needs)
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
            intent = Intent.of(row, 0, lambda: "")
            if row.situation is Situation.GONE_BOTH:
                gone.append(intent.old_link())
            elif row.situation is Situation.SAME_CHANGE and row.left is not None and row.right is not None:
                if row.link_ids != (row.left.id, row.right.id):
                    gone.append(intent.old_link())
                moved.append(link_after(intent, {}, {}, self.now()))
        with suppress(StoreError):
            # it can wait for the next sync when the disk is full
            keep(self.store, self.kind, Change(moved, gone))

    def _links(self) -> None:
        """Equal already: remember the pair. Nothing is written to a side."""
        tasks = [task for task in self._open() if task.intent.action is Action.LINK]
        links = [link_after(task.intent, {}, {}, self.now()) for task in tasks]
        for task in tasks:
            task.end(Result.DONE)
        if tasks:
            self._keep(tasks, Change(links))
            self._tell("remembering pairs")

    def _open(self) -> list[Task]:
        return [task for task in self._tasks if task.result is None]

    def _keep(self, tasks: Iterable[Task], change: Change = Change()) -> None:  # noqa: B008 - a frozen value
        """Settles rows in the journal, and what they leave in the books, in one step."""
        tasks = [task for task in tasks if not task.kept]
        if self._log is None or not (tasks or change.put or change.drop or change.ignores):
            return
        with self._log.transaction():
            keep(self.store, self.kind, change)
            self._log.settled([task.done for task in tasks])
        for task in tasks:
            task.kept = True

    def _phase(self, side: SideName, operations: tuple[Operation, ...]) -> None:
        tasks = [task for task in self._open() if task.todo.get(side) in operations]
        for batch in _batches(tasks, self.sides[side].batch_size):
            if self._stopped:
                return
            if self.cancelled():
                raise CancelledError
            self.between()
            verb = "deleting from" if Operation.DELETE in operations else "writing to"
            self._tell(f"{verb} {side.label}")
            try:
                self._batch(side, batch)
            except SideError as problem:
                for task in batch:
                    if side in task.sent and not isinstance(problem, SignInError):
                        task.doubt(side, problem.sentence())
                    task.end(Result.FAILED, problem.sentence())
                if isinstance(problem, SignInError):
                    self._stopped = problem.sentence()
                self._keep([task for task in batch if task.result is Result.FAILED])
        self._tell("")

    def _batch(self, side: SideName, tasks: list[Task]) -> None:
        fresh = self._verify(side, tasks)
        self._keep([task for task in tasks if task.result is not None])
        tasks = [task for task in tasks if task.result is None]
        if not tasks or self._log is None:
            return
        writes = [self._write(side, task, fresh.get(id(task))) for task in tasks]
        self._log.sent(side, [task.intent.number for task in tasks], self.now())
        for task in tasks:
            task.sent.add(side)
        try:
            outcomes = self.sides[side].write(self.kind, writes)
        except CancelledError:
            for task in tasks:
                task.doubt(side, "the run was stopped while it was sent")
            raise
        # the ids first: what happens while it is read back must not lose them
        self._log.answered(side, [(t.intent.number, o) for t, o in zip(tasks, outcomes, strict=True)])
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
        operation, intent = task.todo[side], task.intent
        if operation is Operation.DELETE:
            return Write(operation, before=before)
        across = task.row.item(side.other)
        source = across.fields if across else {}
        restore = None
        if operation is Operation.CREATE and intent.restores:
            restore = Ref(intent.restores, intent.mark, intent.fields(side))
        mark = ""
        if side is SideName.OUTLOOK and (before is None or not before.mark):
            mark = intent.mark
        key = intent.key if operation is Operation.CREATE else ""
        return Write(operation, intent.fields(side), before, mark, source, key, restore)

    def _took(self, side: SideName, task: Task, outcome: Outcome) -> bool:
        if outcome.ok:
            task.ids[side] = outcome.id
            task.message = "; ".join(part for part in (task.message, outcome.note) if part)
            if outcome.last:
                task.last[side] = outcome.last
            return True
        task.duplicate_of = outcome.duplicate_of
        if outcome.unknown:
            task.doubt(side, outcome.error or "no answer came")
        elif outcome.stale:
            task.end(Result.SKIPPED, outcome.error or f"changed in {side.label} since you looked")
        else:
            task.end(Result.FAILED, outcome.error or f"{side.label} refused it without a reason")
        return False

    def _read_back(self, side: SideName, tasks: Sequence[Task]) -> None:
        """What the server really kept. When it cannot be read now, what it confirmed stands in for it."""
        refs = [Ref(task.ids[side], task.intent.mark) for task in tasks]
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
                task.after[side] = sighting.item.fields
                said = _kept_otherwise(self.kind, task.intent.fields(side), sighting.item.fields, side)
                task.message = "; ".join(part for part in (task.message, said) if part)

    def _remember(self, tasks: Sequence[Task]) -> None:
        """Moves the baseline of what was confirmed; ends the rows that have nothing left to write."""
        changes = []
        for task in tasks:
            if not task.todo and task.result is None:
                task.result = Result.DONE
            if task.ids:
                changes.append(bookkeeping(task.intent, task.ids, task.after, self.now()))
        change = Change(
            [link for c in changes for link in c.put],
            [link for c in changes for link in c.drop],
            [ignore for c in changes for ignore in c.ignores],
        )
        self._keep([task for task in tasks if task.result not in (None, Result.UNKNOWN)], change)

    def _look_up(self, started: str) -> None:
        """Asks the sides what became of the writes that they did not answer. What stays unknown is asked next time."""
        tasks = {task.intent.number: task for task in self._tasks if task.doubtful}
        if not tasks or self._log is None:
            return
        self._tell("looking up what was not answered")
        doubts = [
            Doubt(
                task.intent,
                {side: task.todo[side] for side in task.doubtful},
                frozenset(side for side in task.todo if side not in task.doubtful),
                dict(task.ids),
                dict(task.after),
                list(task.doubtful.values()),
            )
            for task in tasks.values()
        ]
        with suppress(SideError, StoreError, CancelledError):
            for done in settle(self.kind, self.sides, self.store, self._log, doubts, started, self.now(), final=False):
                task = tasks[done.number]
                task.result, task.message, task.kept = done.result, done.message, True
                task.ids.update(done.ids)
                task.after.update(done.after)

    def _tell(self, what: str) -> None:
        self.progress(RunProgress(sum(t.result is not None for t in self._tasks), len(self._tasks), what))

    def _report(self, task: Task) -> RowReport:
        result = task.result or Result.NOT_STARTED
        source = task.row.left or task.row.right
        other = source.id if source is not None and task.duplicate_of else ""
        return RowReport(
            task.row.id, task.row.title, task.intent.action, result, task.message, task.duplicate_of, other
        )


def _runs(row: Row) -> bool:
    now = allowed(row)
    return now.state is State.READY and now.effect.action not in (Action.NONE, Action.CONFLICT)


def _kept_otherwise(kind: Kind, sent: Fields, back: Fields, side: SideName) -> str:
    """What a server made of what it was sent, in words; "" when it kept it as it is."""
    unlike = [f.name for f in FIELDS[kind] if f.name in sent and f.name in back and back[f.name] != sent[f.name]]
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
