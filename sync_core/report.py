"""What a run did, row by row, and how far it is: the words a run speaks to whoever started it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sync_core.items import Kind
from sync_core.plan import Action


class Result(StrEnum):
    """What became of one row."""

    DONE = "done"
    # the item was no longer what was reviewed: nothing was written, the next plan offers it again
    SKIPPED = "skipped"
    FAILED = "failed"
    # it was applied, or somebody changed it since, and it is not what was sent: the next plan shows the difference
    DIFFERENT = "done_differently"
    # no answer came: it may have been applied; the next plan finds out
    UNKNOWN = "unknown"
    # the run was cancelled before this row's turn
    NOT_STARTED = "not_started"


@dataclass(frozen=True, slots=True)
class RowReport:
    """One row of a run: what was to be done, what became of it, and why, in words."""

    row_id: str
    title: str
    action: Action
    result: Result
    message: str = ""
    # the item that was there already, and the one that was to be brought across: a person may link the two
    duplicate_of: str = ""
    other_id: str = ""


@dataclass(frozen=True, slots=True)
class RunReport:
    """One run. Times are UTC, ISO 8601."""

    kind: Kind
    started: str
    finished: str
    rows: tuple[RowReport, ...]
    cancelled: bool = False
    # its name in the history; "" when there was nothing to keep
    run_id: str = ""

    def number(self, result: Result) -> int:
        """How many rows ended so."""
        return sum(row.result is result for row in self.rows)

    @property
    def clean(self) -> bool:
        """Whether every row was done."""
        return all(row.result is Result.DONE for row in self.rows)

    @property
    def sentence(self) -> str:
        """The run in one line: "12 done, 1 skipped, 2 failed"."""
        parts = [f"{n} {result.value.replace('_', ' ')}" for result in Result if (n := self.number(result))]
        said = ", ".join(parts) or "nothing to do"
        there = sum(bool(row.duplicate_of) for row in self.rows)
        if not there:
            return said
        what = "one of them is" if there == 1 else f"{there} of them are"
        return f"{said}; {what} there already: the next comparison offers to link {'it' if there == 1 else 'them'}"


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far a run is: rows settled of all rows, and what is being done now."""

    done: int
    total: int
    what: str


RunSink = Callable[[RunProgress], None]
