"""Conditions that rows are marked by, as in Unison: all conflicts, all deletes, everything like this one. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, Final

from sync_core.compare import Verdict
from sync_core.items import SideName
from sync_core.plan import DELETES, NEEDS, Row, State, allowed


class Condition(StrEnum):
    """What rows may have in common."""

    UNDECIDED = "undecided"
    DELETES = "deletes"
    TO_OUTLOOK = "to_outlook"
    TO_SALESFORCE = "to_salesforce"
    DECIDED = "decided"
    SAME_REASON = "same_reason"
    LIKE_THIS = "like_this"

    @property
    def label(self) -> str:
        """In words, as a menu has it."""
        return _LABELS[self]

    @property
    def needs_row(self) -> bool:
        """Whether it asks for rows that are like a certain one."""
        return self in (Condition.SAME_REASON, Condition.LIKE_THIS)


_LABELS: Final = {
    Condition.UNDECIDED: "All conflicts",
    Condition.DELETES: "All deletes",
    Condition.TO_OUTLOOK: "Everything going to Outlook",
    Condition.TO_SALESFORCE: "Everything going to Salesforce",
    Condition.DECIDED: "Everything you decided",
    Condition.SAME_REASON: "Everything with the same reason",
    Condition.LIKE_THIS: "Everything like this one",
}
# what a reason says of one item only: names, numbers and days
_OWN: Final = re.compile(r"“[^”]*”|\d+")


def having(rows: Iterable[Row], condition: Condition, like: Row | None = None) -> list[str]:
    """The ids of the rows that meet a condition, in their order. `like` is the row that others are compared with.

    Without one, nothing is like it.
    """
    test = _test(condition, like)
    return [row.id for row in rows if test(row)]


def _test(condition: Condition, like: Row | None) -> Callable[[Row], bool]:
    match condition:
        case Condition.UNDECIDED:
            return lambda row: row.state is State.UNDECIDED
        case Condition.DELETES:
            return lambda row: row.action in DELETES
        case Condition.TO_OUTLOOK:
            return lambda row: _goes_to(row, SideName.OUTLOOK)
        case Condition.TO_SALESFORCE:
            return lambda row: _goes_to(row, SideName.SALESFORCE)
        case Condition.DECIDED:
            return lambda row: row.touched or row.ignored is not None
    if like is None:
        return lambda row: False
    key: Callable[[Row], Any] = reason_key if condition is Condition.SAME_REASON else likeness_key
    wanted = key(like)
    return lambda row: bool(key(row) == wanted)


def _goes_to(row: Row, side: SideName) -> bool:
    return any(to is side for to, _ in NEEDS[row.action])


def reason_key(row: Row) -> tuple[str, str]:
    """Equal for rows that have the same reason, whatever names and numbers it tells of one of them."""
    return _OWN.sub("", row.reason), _OWN.sub("", row.why_not)


def likeness_key(row: Row) -> tuple[Any, ...]:
    """Equal for rows that came about in the same way, and to which the same happens now."""
    now = allowed(row)
    fields = tuple((change.name, change.verdict) for change in row.changes if change.verdict is not Verdict.SAME)
    sides = (row.left is not None, row.right is not None)
    return row.situation, sides, fields, now.state, now.effect.action, row.choice
