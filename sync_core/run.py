"""Executes a reviewed plan: verifies before it writes, in batches, and remembers only what a side confirmed.

Order: first what creates and changes, deletes last, so that nothing is taken away before its copy stands. All intents
are in the journal before anything is sent. Just before each batch its items are read again; a row whose items are no
longer what the person saw is skipped and reported. What nobody answered is looked up at the end, never repeated.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from sync_core.errors import CancelledError, HandsyncError, SideError, SignInError, StoreError
from sync_core.intent import Intent, link_after
from sync_core.items import Item, Kind, SideName
from sync_core.journal import Journal, OpenRun, RunHead
from sync_core.pairing import Link
from sync_core.plan import Action, Row, Situation, State, allowed
from sync_core.question import Rules
from sync_core.recover import Books, Change, Doubt, bookkeeping, keep, settle
from sync_core.report import Result, RunProgress, RunReport, RunSink
from sync_core.sides import CancelCheck, Operation, Outcome, Ref, Side, Write
from sync_core.underway import Known, Task
from sync_core.verify import Verifier


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
    # seconds that pass, from whenever on
    clock: Callable[[], float] = time.monotonic
    _tasks: list[Task] = field(default_factory=list)
    # what memory links now: since the review another run may have been here
    _known: Known = field(default_factory=lambda: Known.of(()))
    _stopped: str = ""
    _log: OpenRun | None = None
    _looks: Verifier = field(init=False)

    def __post_init__(self) -> None:
        self._looks = Verifier(self.kind, self.sides, self._remember, self.clock)

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
            self._looks.read_back()
            # a side that was made to wait in the last batch gives its rows back undone
            was_cancelled = any(task.result is not Result.DONE for task in self._tasks) and self.cancelled()
        except CancelledError:
            was_cancelled = True
        except HandsyncError as problem:
            # the disk is full, or somebody else took the lock over
            self._stopped = problem.sentence()
        # whatever it was that ended it: what the last batch left is read and remembered, as far as that can be
        with suppress(CancelledError, StoreError):
            self._looks.read_back()
        self._look_up(started)
        return self._finish(head, started, was_cancelled)

    def _finish(self, head: RunHead, started: str, was_cancelled: bool) -> RunReport:
        for task in self._tasks:
            if task.unanswered:
                task.end(Result.UNKNOWN, f"it was sent, but could not be remembered: {self._stopped}")
            task.end(Result.NOT_STARTED, task.so_far(self._stopped or "the run was stopped before its turn"))
        report = RunReport(
            self.kind,
            started,
            self.now(),
            tuple(task.report() for task in self._tasks),
            was_cancelled,
            head.id if self._log is not None else "",
        )
        # a disk that is full now leaves the record open: the next start looks everything up
        with suppress(StoreError):
            # with what had no room in its turn
            self._remember([task for task in self._tasks if not task.kept])
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
        if not tasks:
            return
        for task in tasks:
            task.end(Result.DONE)
        try:
            self._keep(tasks, Change(links))
        except StoreError:
            # to be remembered is all that there is to them
            for task in tasks:
                task.result = None
            raise
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
        size = self.sides[side].batch_size
        for at in range(0, len(tasks), size):
            if self._stopped:
                return
            batch = tasks[at : at + size]
            # what is deleted is looked at in its turn only
            following = [] if Operation.DELETE in operations else tasks[at + size :]
            if self.cancelled():
                raise CancelledError
            self.between()
            verb = "deleting from" if Operation.DELETE in operations else "writing to"
            self._tell(f"{verb} {side.label}")
            try:
                self._batch(side, batch, following)
            except SideError as problem:
                for task in batch:
                    if side in task.sent and not isinstance(problem, SignInError):
                        task.doubt(side, problem.sentence())
                    task.end(Result.FAILED, problem.sentence())
                if isinstance(problem, SignInError):
                    self._stopped = problem.sentence()
                self._keep([task for task in batch if task.result is Result.FAILED])
        self._tell("")

    def _batch(self, side: SideName, tasks: list[Task], following: Sequence[Task]) -> None:
        fresh = self._looks.before(side, tasks, following)
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
        answers = list(zip(tasks, outcomes, strict=True))
        # the ids first: what happens while it is read back must not lose them
        self._log.answered(side, [(task.intent.number, outcome) for task, outcome in answers])
        written = [task for task, outcome in answers if self._took(side, task, outcome)]
        for task in written:
            del task.todo[side]
        self._looks.wrote(side, tasks, written)

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
        relates = task.row.relates if (side, operation) == (SideName.SALESFORCE, Operation.CREATE) else None
        relate = relates.id if relates else ""
        return Write(operation, intent.fields(side), before, mark, source, intent.key, restore, relate)

    def _took(self, side: SideName, task: Task, outcome: Outcome) -> bool:
        if outcome.ok:
            task.ids[side] = outcome.id
            task.say(outcome.note)
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
        self.progress(RunProgress(sum(task.over for task in self._tasks), len(self._tasks), what))


def _runs(row: Row) -> bool:
    now = allowed(row)
    return now.state is State.READY and now.effect.action not in (Action.NONE, Action.CONFLICT)
