"""The one door to a sync, for the screen and for the command line: plan, run, check, ignores.

Everything here blocks and is called from worker threads. Only `errors.HandsyncError` and its kin come out. The heavy
libraries are imported when a side is opened, never before: the first screen does not wait for them.
"""

from __future__ import annotations

import secrets as randomness
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sync_core.allowance import over_allowance
from sync_core.both import both, looked_at, seen_too
from sync_core.checking import Finding as Finding
from sync_core.checking import check_jobs, check_side
from sync_core.connections import Connections
from sync_core.crossing import chosen_in, end_choices
from sync_core.decide import make_plan, unseen
from sync_core.errors import SettingsError, StoreError
from sync_core.finish import finish_plan
from sync_core.intent import space_for
from sync_core.items import Kind, SideName
from sync_core.journal import Journal, RunHead, RunRecord, head_of
from sync_core.plan import NEEDS, Action, Plan
from sync_core.question import Picture, Question, Rules
from sync_core.recover import settle_unfinished
from sync_core.relating import addresses
from sync_core.remembered import (
    Remembered,
    doubtful_key,
    keep_ignores,
    named_key,
    still_doubtful,
    still_named,
    still_suspected,
    suspected_key,
)
from sync_core.report import RunProgress, RunReport, RunSink
from sync_core.review import Review
from sync_core.run import Run
from sync_core.sides import CancelCheck, Operation, Progress, ProgressSink, Reading, Ref, Side, Window
from sync_core.singles import Chosen, as_chosen
from sync_core.text import plain
from sync_core.undo import to_look_at, undo_plan

if TYPE_CHECKING:
    from sync_core.lock import RunLock
    from sync_core.memory import Memory
    from sync_core.settings.models import Settings


def utc_now() -> datetime:
    """The clock of the machine, aware, UTC."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """An aware datetime as handsync writes it: UTC, whole seconds, "Z"."""
    return moment.astimezone(UTC).replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")


class Service(Remembered):
    """Plans and runs for one set of settings. Opening it does no I/O. Calls come from one thread at a time."""

    def __init__(self, settings: Settings, state_dir: Path, *, clock: Callable[[], datetime] = utc_now) -> None:
        from sync_core.settings.zone import user_zone

        self.settings = settings
        self.state_dir = state_dir
        self.zone: str = user_zone(settings)
        self._clock = clock
        self._open = Connections(settings, state_dir, self.zone, clock)

    def today(self) -> date:
        """The date in the user's zone."""
        return self._clock().astimezone(ZoneInfo(self.zone)).date()

    def window(self, kind: Kind) -> Window:
        """The days the process looks at today."""
        return self.settings.job(kind).window(self.today(), self.zone)

    def plan(self, kind: Kind, progress: ProgressSink, cancelled: CancelCheck) -> Plan:
        """Reads both sides at once and says what a sync would do. Writes nothing anywhere.

        Raises SettingsError for a process that cannot run, SideError when a side fails, CancelledError when asked to.
        """
        self._may_run(kind)
        window = self.window(kind)
        stop = Event()

        def stopped() -> bool:
            return stop.is_set() or cancelled()

        def read(side: SideName) -> Picture:
            open_side = self._open.side(side)
            open_side.describe(kind)
            reading = open_side.fetch(kind, window, progress, stopped)
            # what was read may tell what can be held
            return Picture(open_side.describe(kind), reading)

        self._attend(lambda side, said: progress(Progress(side, 0, None, said)), stopped)
        self._settle_known(kind)
        left, right = both(read, stop)
        memory = self._open.memory(kind)
        self._settle(kind, memory)
        links = memory.links(kind)
        items = (*left.reading.items, *right.reading.items)
        chosen = chosen_in(memory, kind, items)
        left, right = (replace(p, reading=as_chosen(p.reading, chosen, window)) for p in (left, right))
        sides = self._sides(kind, chosen)
        left_refs, right_refs = unseen(links, left.reading, right.reading, window)
        named = frozenset((one, other) for one, other in memory.note(named_key(kind)) or ())
        asked = {ref.id for ref in left_refs} | {item.id for item in left.reading.items}
        left_refs += [Ref(one) for one in dict.fromkeys(one for one, _ in sorted(named)) if one not in asked]

        def look(side: SideName) -> Picture:
            picture, refs = (left, left_refs) if side is SideName.SALESFORCE else (right, right_refs)
            return seen_too(sides[side], kind, picture, refs)

        left, right = both(look, stop)
        end_choices(memory, kind, sides, items, window)
        people = None
        if kind is Kind.CALENDAR and self.settings.calendar.relate_attendees:
            asked_for = addresses(links, left.reading.items, right.reading.items)
            people = self._open.side(SideName.SALESFORCE).people(asked_for, stopped)
        question = Question(
            kind,
            window,
            iso(self._clock()),
            left,
            right,
            links,
            memory.ignores(kind),
            self._rules(kind),
            fresh=memory.fresh,
            lost=memory.rebuilt_because,
            doubtful=frozenset(memory.note(doubtful_key(kind)) or ()),
            suspected=frozenset((one, other) for one, other in memory.note(suspected_key(kind)) or ()),
            named=named,
            people=people,
        )
        return make_plan(question)

    def run(self, review: Review, progress: RunSink, cancelled: CancelCheck, *, take_over: bool = False) -> RunReport:
        """Does exactly what the review says, stores its ignores, and remembers what was confirmed.

        Raises SideError when a side cannot even be opened, LockedError while another run of the pair goes on (with
        `take_over` a stale lock is taken over), StoreError when memory cannot be written before anything was sent; what
        goes wrong later is told row by row.
        """
        kind = review.plan.kind
        self._may_run(kind)
        memory = self._open.memory(kind)
        rows = review.rows()
        if any(row.action is not Action.NONE for row in rows):
            memory.check_writable(space_for(rows))
        with self._locked(memory, kind, over=take_over) as lock:

            def stopped() -> bool:
                # a server that makes us wait for long must not make us look dead
                lock.beat()
                return cancelled()

            reached = RunProgress(0, review.counts().runnable, "")

            def far(now: RunProgress) -> None:
                nonlocal reached
                reached = now
                progress(now)

            # who waits wants to know how far it had come
            self._attend(lambda side, said: progress(replace(reached, what=said)), stopped)
            sides = self._sides(kind, chosen_in(memory, kind))
            settle_unfinished(kind, sides, memory, Journal(memory, kind), iso(self._clock()))
            keep_ignores(memory, kind, review)
            # the review may have chosen series that shall cross as single events
            sides = self._sides(kind, chosen_in(memory, kind))
            began = self._clock()
            run = Run(
                kind=kind,
                sides=sides,
                rules=self._rules(kind),
                store=memory,
                journal=Journal(memory, kind),
                now=lambda: iso(self._clock()),
                nonce=lambda: randomness.token_hex(6),
                progress=far,
                cancelled=stopped,
                head=head_of(review.plan, began, iso(began)),
                between=lock.beat,
            )
            report = run.execute(rows)
            # what became of the rows is in the report, also when the disk is full by now
            with suppress(StoreError), memory.transaction():
                memory.put_note(doubtful_key(kind), still_doubtful(memory, kind, rows))
                memory.put_note(suspected_key(kind), still_suspected(memory, kind, rows))
                memory.put_note(named_key(kind), still_named(memory, kind, report))
                memory.put_last_run(kind, {"finished": report.finished, "sentence": report.sentence})
            history = self.settings.history
            with suppress(StoreError):
                Journal(memory, kind).prune(self._clock(), days=history.days, runs=history.runs)
        return report

    def questions(self, review: Review) -> list[str]:
        """What a person should agree to before this review is run, one sentence each; none as a rule.

        They are about the requests of the day, as the last answers told: nothing is asked of a server for it.
        """
        needed = {side: dict.fromkeys(Operation, 0) for side in SideName}
        for row in review.rows():
            for side, operation in NEEDS[row.action]:
                needed[side][operation] += 1
        asked = []
        for name, counts in needed.items():
            open_side = self._open.side(name)
            allowance = open_side.allowance()
            if allowance is not None and any(counts.values()):
                requests = open_side.requests_for(review.plan.kind, *(counts[op] for op in Operation))
                asked.append(over_allowance(name, requests, allowance, self.settings.salesforce.daily_share))
        return [question for question in asked if question]

    def recover(self, kind: Kind) -> list[RunRecord]:
        """Looks up what runs of a process that were cut off have done, by reading only; gives their records.

        Also those that were looked up before, while nobody has said "finish" or "stop here". What was done is linked;
        `finish.not_done` names the rows that were not. Raises LockedError while another handsync is busy with the pair,
        SideError when a side cannot be read.
        """
        self._may_run(kind)
        memory = self._open.memory(kind)
        self._settle(kind, memory)
        journal = Journal(memory, kind)
        return [record for head in self.cut_off(kind) if (record := journal.load(head.id)) is not None]

    def finish_plan(self, run_id: str, progress: ProgressSink, cancelled: CancelCheck) -> Plan:
        """A plan of exactly the rows that a run which was cut off had not done, with what was chosen for them.

        It is reviewed and run like any other; running it is the answer to `cut_off`. Writes nothing. Raises
        SettingsError when the history has no such run, else what `plan` raises.
        """
        head = self._record(run_id).head
        if head.takes_back:
            whole = self.undo_plan(head.takes_back, None, progress, cancelled)
        else:
            whole = self.plan(head.kind, progress, cancelled)
        return finish_plan(self._record(run_id), whole)

    def stop_here(self, run_id: str) -> RunRecord:
        """Leaves a run that was cut off as it is: what it had not done is offered by the next plan, as a new thing.

        What it did is looked up first, by reading only, if that was not done yet. Raises SettingsError when the history
        has no such run, LockedError, SideError.
        """
        kind = self._record(run_id).head.kind
        memory = self._open.memory(kind)
        self._settle(kind, memory)
        Journal(memory, kind).answer(run_id)
        return self._record(run_id)

    def undo_plan(
        self,
        run_id: str,
        rows: Collection[str] | None = None,
        progress: ProgressSink = lambda progress: None,
        cancelled: CancelCheck = lambda: False,
    ) -> Plan:
        """The plan that takes a run back, or the `rows` of it (ids of rows). Reads both sides, writes nothing.

        Raises SettingsError when the history has no such run, SideError when a side cannot be read, CancelledError when
        asked to.
        """
        record = self._record(run_id)
        kind = record.head.kind
        memory = self._open.memory(kind)
        self._settle(kind, memory)
        found = Journal(memory, kind).load(run_id)
        if found is None:
            raise SettingsError(
                f"the run {plain(run_id)} was made with another pair of accounts",
                remedy="Use the settings that it was made with",
            )
        refs = to_look_at(found, rows)
        sides = self._sides(kind, chosen_in(memory, kind))
        stop = Event()

        def stopped() -> bool:
            return stop.is_set() or cancelled()

        def look(side: SideName) -> Picture:
            open_side = sides[side]
            sightings = looked_at(open_side, kind, refs[side], progress, stopped)
            return Picture(open_side.describe(kind), Reading(()), sightings)

        self._attend(lambda side, said: progress(Progress(side, 0, None, said)), stopped)
        left, right = both(look, stop)
        now, links = iso(self._clock()), memory.links(kind)
        return undo_plan(found, Question(kind, self.window(kind), now, left, right, links, {}, self._rules(kind)), rows)

    def check(self) -> list[Finding]:
        """Settings, both connections and what is permitted there, a line each. Reads only."""
        findings = [check_jobs(self.settings)]
        for side in SideName:
            findings += self.check_side(side)
        return findings

    def check_side(self, side: SideName) -> list[Finding]:
        """Tries one connection anew: signing in, and folder and permissions of every process that is on. Reads only."""
        return check_side(self._open, self.settings, side)

    def close(self) -> None:
        """Gives connections and files back."""
        self._open.close()

    def _may_run(self, kind: Kind) -> None:
        if not self.settings.job(kind).include:
            raise SettingsError(
                f"the process {kind.process} is not switched on",
                remedy=f"Switch it on in Configure, or set include = true under [{kind.value}].",
            )

    def _record(self, run_id: str) -> RunRecord:
        record = self.run_record(run_id)
        if record is None:
            raise SettingsError(
                f"the history has no run “{plain(run_id)}”", remedy="The runs are those of: handsync history"
            )
        return record

    def _rules(self, kind: Kind) -> Rules:
        job = self.settings.job(kind)
        prevented = {(side, op) for side in SideName for op in job.prevented(side)}
        return Rules(job.private, frozenset(prevented), job.suspect_rows, job.suspect_percent)

    def _settle_known(self, kind: Kind) -> None:
        """Settles what was cut off before anything is read, where memory knows of it without a connection."""
        memory = self._open.known_memory(kind)
        if memory is not None and Journal(memory, kind).unfinished():
            self._settle(kind, self._open.memory(kind))

    def _settle(self, kind: Kind, memory: Memory) -> list[RunHead]:
        """Settles what was cut off, by reading only; gives what was settled. Raises LockedError while it goes on.

        A run that died leaves a stale lock: looking up what became of it needs nobody's leave, as nothing is written.
        """
        journal = Journal(memory, kind)
        heads = journal.unfinished()
        if heads:
            with self._locked(memory, kind, over=True):
                sides = self._sides(kind, chosen_in(memory, kind))
                settle_unfinished(kind, sides, memory, journal, iso(self._clock()))
        return heads

    def _sides(self, kind: Kind, chosen: Chosen) -> dict[SideName, Side]:
        """Both sides, with occurrences as items of their own where they are so in the plan."""
        from sync_core.sides.occurrences import OccurrenceSide

        sides = self._open.open_sides()
        if kind is not Kind.CALENDAR:
            return sides
        return {name: OccurrenceSide(side, chosen) for name, side in sides.items()}

    def _attend(self, tell: Callable[[SideName, str], None], cancelled: CancelCheck) -> None:
        for side in SideName:
            self._open.side(side).attend(lambda said, side=side: tell(side, said), cancelled)  # type: ignore[misc]

    @contextmanager
    def _locked(self, memory: Memory, kind: Kind, *, over: bool) -> Iterator[RunLock]:
        from sync_core.lock import RunLock

        lock = RunLock(memory.directory, kind.process, self._clock)
        lock.take(over=over)
        try:
            yield lock
        finally:
            lock.release()
