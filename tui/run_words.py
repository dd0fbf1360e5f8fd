"""Runs of the history in words: what became of them, what they were for, and which of them need somebody. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sync_core.items import SideName
from sync_core.journal import RunHead
from sync_core.plan import NEEDS, Action
from sync_core.report import Result
from sync_core.sides import Operation
from sync_core.text import plain
from tui import format as fmt

# what a person has to know first stands first
ORDER: Final = (
    Result.FAILED,
    Result.UNKNOWN,
    Result.DIFFERENT,
    Result.SKIPPED,
    Result.NOT_STARTED,
    Result.DONE,
)
_ACTIONS: Final = {action.value: action for action in Action}
_WRITES: Final = {Operation.CREATE: "new", Operation.UPDATE: "changed", Operation.DELETE: "DELETED"}


@dataclass(frozen=True, slots=True)
class Clock:
    """What moments are shown in: the user's zone (an IANA name), and the day there."""

    zone: str
    today: date

    def moment(self, utc: str) -> str:
        """A moment (UTC, ISO 8601) in words."""
        return fmt.instant(utc, self.zone, self.today)


def result_word(result: Result) -> str:
    """What became of a row: "done", "done differently"."""
    return result.value.replace("_", " ")


def writes(head: RunHead) -> str:
    """What a run was to write, per side: "Salesforce 6 new, 1 DELETED; Outlook 9 new"."""
    found: Counter[tuple[SideName, Operation]] = Counter()
    for name, number in head.actions.items():
        for need in NEEDS[_ACTIONS[name]] if name in _ACTIONS else ():
            found[need] += number
    sides = []
    for side in SideName:
        parts = [f"{found[side, op]} {word}" for op, word in _WRITES.items() if found[side, op]]
        if parts:
            sides.append(f"{side.label} {', '.join(parts)}")
    linked = head.actions.get(Action.LINK.value, 0)
    if linked:
        sides.append(f"{fmt.plural(linked, 'equal pair')} remembered")
    return "; ".join(sides) or "nothing to write"


def rows_of(head: RunHead) -> int:
    """How many rows a run had."""
    return sum(head.actions.values())


def outcome(head: RunHead, clock: Clock, starts: Mapping[str, str], *, busy: bool = False, open_: bool = False) -> str:
    """What became of a run, in a line. `starts` tells when runs began, by id; `busy` that this one goes on now.

    `open_` says that it was cut off, and that nobody has said what shall become of the rest.
    """
    words = ""
    if head.takes_back:
        began = starts.get(head.takes_back)
        words = f"takes back {clock.moment(began) if began else plain(head.takes_back)}: "
    if not head.finished:
        return words + ("goes on now" if busy else "CUT OFF, Enter looks up what it did")
    said = plain(head.sentence) or "nothing was done"
    if open_:
        return f"{words}{said}; Enter: finish or stop here"
    return words + (f"stopped: {said}" if head.cancelled else said)


def troubled(head: RunHead) -> bool:
    """Whether something of a run was not done."""
    return any(number for result, number in head.results.items() if result != Result.DONE.value)


def about(head: RunHead, clock: Clock) -> list[str]:
    """Who ran it from when to when, what it was to write, and for which accounts; a line each."""
    until = f" to {clock.moment(head.finished)}" if head.finished else ""
    who = f" by {plain(head.user)}" if head.user else ""
    accounts = [f"{side.label} {plain(name)}" for side, name in zip(SideName, head.accounts, strict=True) if name]
    return [
        f"{clock.moment(head.started)}{until}{who}, run {plain(head.id)}",
        writes(head),
        ", ".join(accounts),
    ]
