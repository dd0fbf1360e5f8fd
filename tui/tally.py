"""How many rows of each sort a review has, kept up to date row by row: counting all of them takes too long per key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sync_core.groups import Group, group
from sync_core.items import SideName
from sync_core.plan import NEEDS, Action, Row, State, allowed
from sync_core.sides import Operation


class Tally:
    """Counts of rows: per group for the filters, and per side and operation for what a run would write."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.groups: Counter[Group] = Counter()
        # rows that would write, per side; a merge writes to both
        self.writes: Counter[tuple[SideName, Operation]] = Counter()
        self.actions: Counter[Action] = Counter()
        self.states: Counter[State] = Counter()
        for row in rows:
            self.add(row)

    @classmethod
    def sum(cls, tallies: Iterable[Tally]) -> Tally:
        """The counts of several reviews as one."""
        whole = cls(())
        for tally in tallies:
            for mine, theirs in (
                (whole.groups, tally.groups),
                (whole.writes, tally.writes),
                (whole.actions, tally.actions),
                (whole.states, tally.states),
            ):
                mine.update(theirs)  # type: ignore[arg-type]  # counters of the same kind
        return whole

    def add(self, row: Row, number: int = 1) -> None:
        """Counts a row, or takes it out again with `number` -1."""
        now = allowed(row)
        self.groups[group(row)] += number
        self.groups[Group.ALL] += 0 if row.quiet else number
        self.states[now.state] += number
        if now.state is State.READY:
            self.actions[now.effect.action] += number
            for need in NEEDS[now.effect.action]:
                self.writes[need] += number

    def replace(self, old: Row, new: Row) -> None:
        """Counts `new` instead of `old`."""
        self.add(old, -1)
        self.add(new)

    @property
    def undecided(self) -> int:
        """Rows that wait for a person's choice."""
        return self.states[State.UNDECIDED]

    @property
    def links(self) -> int:
        """Pairs that are already equal and would be remembered."""
        return self.actions[Action.LINK]

    @property
    def writing(self) -> int:
        """Rows that would write something."""
        return sum(number for action, number in self.actions.items() if NEEDS[action])


_WORDS = {Operation.DELETE: "DELETED", Operation.CREATE: "new", Operation.UPDATE: "changed"}


def side_words(tally: Tally, side: SideName) -> list[tuple[str, bool]]:
    """What would be written to a side: ("1 DELETED", True), ("6 new", False): the flag says that it stands out."""
    found = []
    for operation, word in _WORDS.items():
        number = tally.writes[(side, operation)]
        if number:
            found.append((f"{number} {word}", operation is Operation.DELETE))
    return found or [("nothing", False)]
