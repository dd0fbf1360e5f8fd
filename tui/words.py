"""What the settings of a process mean, in words. Pure: values in, sentences out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from sync_core.items import Kind, SideName
from tui.format import period, plural

if TYPE_CHECKING:
    from sync_core.review import Review
    from sync_core.settings.models import Settings, SyncJob

OPERATIONS: Final = ("create", "update", "delete")
_NOTHING_IS: Final = {"create": "created", "update": "changed", "delete": "deleted"}


@dataclass(frozen=True, slots=True)
class Prevented:
    """The operations that may not happen on each side: "create", "update", "delete"."""

    salesforce: frozenset[str]
    outlook: frozenset[str]

    @classmethod
    def of(cls, job: SyncJob) -> Prevented:
        """What a job prevents."""
        return cls(frozenset(job.prevent_salesforce), frozenset(job.prevent_outlook))

    def on(self, side: SideName) -> frozenset[str]:
        """What is prevented on one side."""
        return self.salesforce if side is SideName.SALESFORCE else self.outlook

    def shut(self, side: SideName) -> bool:
        """Whether nothing at all may be written to `side`."""
        return self.on(side) >= set(OPERATIONS)


def _and(parts: list[str], word: str = "and") -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def never(side: SideName, operations: Collection[str]) -> str:
    """What never happens on a side: "nothing is created in Outlook or deleted from it"; "" for nothing."""
    inside = [_NOTHING_IS[operation] for operation in ("create", "update") if operation in operations]
    deleted = "delete" in operations
    if not inside:
        return f"nothing is deleted from {side.label}" if deleted else ""
    words = f"nothing is {_and(inside, 'or')} in {side.label}"
    return f"{words} or deleted from it" if deleted else words


def flow(prevented: Prevented) -> str:
    """Which way changes will flow, as a sentence or two."""
    shut = [side for side in SideName if prevented.shut(side)]
    if len(shut) == 2:
        return "Every operation is prevented on both sides: a sync only compares, and writes nothing."
    open_sides = [side for side in SideName if side not in shut]
    limits = [words for side in open_sides if (words := never(side, prevented.on(side)))]
    if shut:
        source, target = shut[0], shut[0].other
        first = f"Changes flow one way, from {source.label} to {target.label}; {source.label} is never written to."
    else:
        first = "Changes flow both ways, between Salesforce and Outlook."
    if not limits:
        return first
    second = _and(limits)
    return f"{first} {second[0].upper()}{second[1:]}."


def days(today: date, past_days: int, future_days: int) -> str:
    """The days a process looks at: "23 Oct 2026 – 22 Nov 2027"."""
    from sync_core.sides import Window

    return period(Window(today - timedelta(days=past_days), today + timedelta(days=future_days), ""))


def privacy(private: bool) -> str:
    """What becomes of private items."""
    return "private items too" if private else "private items stay out"


def reach(kind: Kind, settings: Settings, today: date) -> str:
    """Which items a process looks at: days, "all your contacts", or the days on which a task is due."""
    if kind is Kind.CONTACTS:
        return whose(settings.salesforce.contacts)
    job = settings.job(kind)
    span = days(today, job.past_days, job.future_days)
    return f"due {span} or undated" if kind is Kind.TASKS else span


def whose(contacts: str) -> str:
    """Whose contacts are compared, for the setting `salesforce.contacts`."""
    return "all contacts you can see" if contacts == "all" else "all your contacts"


def days_label(number: int) -> str:
    """A number of days as the drop-downs have it: "30 days"; 0 is "none"."""
    return plural(number, "day") if number else "none"


def variable(section: str, key: str) -> str:
    """The environment variable that sets a key."""
    return f"HANDSYNC_{section}__{key}".upper()


def in_step(review: Review) -> str:
    """That nothing differs, and what was left out of that."""
    counts = review.counts()
    compared = counts.in_sync + sum(row.left is not None and row.right is not None for row in review.rows())
    rest = [
        f"{number} {word}"
        for number, word in (
            (counts.ignored, "ignored"),
            (counts.prevented, "blocked"),
            (counts.out_of_range, "out of range"),
        )
        if number
    ]
    said = f"Both sides are in step: {plural(compared, 'item')} compared, nothing to do."
    return f"{said} Left out of that: {', '.join(rest)}." if rest else said
