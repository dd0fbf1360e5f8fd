"""The history of a service without servers: runs that were given, and what was asked of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from sync_core.errors import CancelledError, HandsyncError
from sync_core.intent import Done, Intent
from sync_core.items import Kind, SideName
from sync_core.journal import RunHead, RunRecord
from sync_core.lock import Holder
from sync_core.plan import Plan
from sync_core.remembered import Kept
from sync_core.report import Result
from sync_core.review import Review
from sync_core.sides import CancelCheck, Operation, Progress, ProgressSink

ACCOUNTS = ("Priya Raman at northwind.my.salesforce.com", "priya@northwind.example, Calendar")


@dataclass(kw_only=True)
class GivenRuns:
    """The part of a service that knows of runs."""

    records: list[RunRecord] = field(default_factory=list)
    # raised by everything that reads the history
    history_error: HandsyncError | None = None
    # each look at what a run touched takes the next one
    undo_plans: list[Plan | HandsyncError] = field(default_factory=list)
    undo_asked: list[tuple[str, list[str] | None]] = field(default_factory=list)
    busy_with: Holder | None = None
    because: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)
    # what looking up makes of the runs that were cut off, by id; and what was said about them
    found: dict[str, RunRecord | HandsyncError] = field(default_factory=dict)
    finish_plans: dict[str, Plan] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    memory_error: HandsyncError | None = None

    def runs(self, kind: Kind | None = None) -> list[RunHead]:
        """The heads of what was given."""
        if self.history_error is not None:
            raise self.history_error
        return [record.head for record in self.records if kind in (None, record.head.kind)]

    def run_record(self, run_id: str) -> RunRecord | None:
        """One of what was given."""
        if self.history_error is not None:
            raise self.history_error
        return next((record for record in self.records if record.head.id == run_id), None)

    def cut_off(self, kind: Kind | None = None) -> list[RunHead]:
        """Those without an end, and those that were looked up and not answered."""
        return [
            head
            for head in self.runs(kind)
            if head.id not in self.stopped and (not head.finished or (head.settled_later and not head.answered))
        ]

    def busy(self, kind: Kind) -> Holder | None:
        """What was given."""
        return self.busy_with

    def rebuilt_because(self, kind: Kind | None = None) -> list[str]:
        """What was given."""
        return self.because

    def questions(self, review: Review) -> list[str]:
        """What was given."""
        return self.asks

    def undo_plan(
        self, run_id: str, rows: Collection[str] | None, progress: ProgressSink, cancelled: CancelCheck
    ) -> Plan:
        """The next plan; with none left, waits until it is cancelled."""
        self.undo_asked.append((run_id, list(rows) if rows is not None else None))
        progress(Progress(SideName.OUTLOOK, 3, 5, "looking at what the run touched"))
        while not self.undo_plans:
            if cancelled():
                raise CancelledError
        plan = self.undo_plans.pop(0)
        if isinstance(plan, HandsyncError):
            raise plan
        return plan

    def recover(self, kind: Kind) -> list[RunRecord]:
        """Puts what was found in the place of the runs that were cut off."""
        found = []
        for place, record in enumerate(self.records):
            settled = self.found.get(record.head.id, record)
            if isinstance(settled, HandsyncError):
                raise settled
            if record.head.kind is kind and record.head.id in self.found:
                self.records[place] = settled
                found.append(settled)
        return found

    def finish_plan(self, run_id: str, progress: ProgressSink, cancelled: CancelCheck) -> Plan:
        """What was given for this run."""
        return self.finish_plans[run_id]

    def stop_here(self, run_id: str) -> RunRecord:
        """Remembers it."""
        self.stopped.append(run_id)
        record = self.run_record(run_id)
        assert record is not None
        return record

    def remembered(self) -> dict[Kind, Kept]:
        """As many runs as were given, and a few pairs, until it is forgotten."""
        if self.history_error is not None:
            raise self.history_error
        links = 0 if "rebuild" in self.forgotten else 68
        return {} if "forget" in self.forgotten else {Kind.CALENDAR: Kept(links, 1, len(self.records))}

    def forget_memory(self, kind: Kind | None = None) -> list[Kind]:
        """Remembers it."""
        return self._forgotten("forget")

    def rebuild_memory(self, kind: Kind | None = None) -> list[Kind]:
        """Remembers it."""
        return self._forgotten("rebuild")

    def _forgotten(self, what: str) -> list[Kind]:
        if self.memory_error is not None:
            raise self.memory_error
        self.forgotten.append(what)
        return [Kind.CALENDAR]


def record_of(plan: Plan, **head: Any) -> RunRecord:
    """A run of the recommended rows of a plan, all done but three; `head` changes what is said of the run."""
    intents = [Intent.of(row, number, lambda: "nonce") for number, row in enumerate(r for r in plan.rows if _runs(r))]
    done = {intent.number: _done(intent) for intent in intents}
    last = len(intents) - 1
    done[last] = Done(last, Result.NOT_STARTED, "the run was stopped before its turn")
    done[1] = replace(done[1], result=Result.SKIPPED, message="changed in Outlook since you looked", ids={}, after={})
    done[2] = replace(done[2], result=Result.FAILED, message="[/close] access denied \x1b[31m", ids={}, after={})
    results = [entry.result.value for entry in done.values()]
    actions = [intent.action.value for intent in intents]
    said: dict[str, Any] = {
        "id": "20261120-160203-ab12",
        "kind": plan.kind,
        "started": "2026-11-20T16:02:03Z",
        "user": "priya@jump-host",
        "finished": "2026-11-20T16:02:21Z",
        "sentence": f"{len(intents) - 3} done, 1 skipped, 1 failed, 1 not started",
        "actions": {name: actions.count(name) for name in actions},
        "results": {name: results.count(name) for name in results},
        "accounts": ACCOUNTS,
    }
    return RunRecord(RunHead(**{**said, **head}), tuple(intents), done=done)


def _runs(row: Any) -> bool:
    return row.state.value == "ready" and row.action.value not in ("none", "conflict")


def _done(intent: Intent) -> Done:
    ids = {side: intent.old_id(side) or f"new-{side.value}-{intent.number}" for side in intent.needs}
    after = {side: dict(intent.fields(side)) for side, op in intent.needs.items() if op is not Operation.DELETE}
    for side, fields in after.items():
        if side is SideName.SALESFORCE and "notes" in fields:
            fields["notes"] = f"{fields['notes']} (as the server keeps it)"
    return Done(intent.number, Result.DONE, "", ids, after)
