"""The words of a plan: what can be done to a row, what a person can say about it, and how it came to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sync_core.compare import FieldChange
from sync_core.items import SideName, Value
from sync_core.sides import Operation


class Action(StrEnum):
    """What a run does to a row, named as files and other programs know it."""

    CREATE_IN_OUTLOOK = "create_in_outlook"
    UPDATE_IN_OUTLOOK = "update_in_outlook"
    DELETE_FROM_OUTLOOK = "delete_from_outlook"
    CREATE_IN_SALESFORCE = "create_in_salesforce"
    UPDATE_IN_SALESFORCE = "update_in_salesforce"
    DELETE_FROM_SALESFORCE = "delete_from_salesforce"
    MERGE = "merge"
    LINK = "link"
    CONFLICT = "conflict"
    NONE = "none"

    @property
    def label(self) -> str:
        """In words, for a person."""
        return _ACTION_LABELS[self]


_ACTION_LABELS: Final[Mapping[Action, str]] = {
    Action.CREATE_IN_OUTLOOK: "create in Outlook",
    Action.UPDATE_IN_OUTLOOK: "update in Outlook",
    Action.DELETE_FROM_OUTLOOK: "delete from Outlook",
    Action.CREATE_IN_SALESFORCE: "create in Salesforce",
    Action.UPDATE_IN_SALESFORCE: "update in Salesforce",
    Action.DELETE_FROM_SALESFORCE: "delete from Salesforce",
    Action.MERGE: "merge both",
    Action.LINK: "link, already equal",
    Action.CONFLICT: "conflict, needs a choice",
    Action.NONE: "nothing",
}

DELETES: Final = frozenset({Action.DELETE_FROM_OUTLOOK, Action.DELETE_FROM_SALESFORCE})
# (side, operation) that each action needs
NEEDS: Final[Mapping[Action, tuple[tuple[SideName, Operation], ...]]] = MappingProxyType(
    {
        Action.CREATE_IN_OUTLOOK: ((SideName.OUTLOOK, Operation.CREATE),),
        Action.UPDATE_IN_OUTLOOK: ((SideName.OUTLOOK, Operation.UPDATE),),
        Action.DELETE_FROM_OUTLOOK: ((SideName.OUTLOOK, Operation.DELETE),),
        Action.CREATE_IN_SALESFORCE: ((SideName.SALESFORCE, Operation.CREATE),),
        Action.UPDATE_IN_SALESFORCE: ((SideName.SALESFORCE, Operation.UPDATE),),
        Action.DELETE_FROM_SALESFORCE: ((SideName.SALESFORCE, Operation.DELETE),),
        Action.MERGE: ((SideName.SALESFORCE, Operation.UPDATE), (SideName.OUTLOOK, Operation.UPDATE)),
        Action.LINK: (),
        Action.CONFLICT: (),
        Action.NONE: (),
    }
)


class Choice(StrEnum):
    """What a person said about a row. Everything else follows from it and from the values."""

    RECOMMENDED = "recommended"
    # make Outlook like Salesforce, whole; and the other way
    TO_OUTLOOK = "to_outlook"
    TO_SALESFORCE = "to_salesforce"
    # each side gets the other's changes; where both changed, this side's value wins
    MERGE_SALESFORCE = "merge_salesforce"
    MERGE_OUTLOOK = "merge_outlook"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """What a person said about one field of a row: the side whose value it takes, or what they typed instead.

    `typed` is a canonical value, and counts where `side` is None.
    """

    side: SideName | None
    typed: Value = None

    def value(self, change: FieldChange) -> Value:
        """What the field becomes on both sides."""
        if self.side is None:
            return self.typed
        return change.left if self.side is SideName.SALESFORCE else change.right


class State(StrEnum):
    """Whether a row will happen."""

    READY = "ready"
    PREVENTED = "prevented"
    IGNORED_ONCE = "ignored_once"
    IGNORED_FOREVER = "ignored_forever"
    UNDECIDED = "undecided"


class Situation(StrEnum):
    """How a row came to be: the rows of the decision table."""

    NEW = "new"
    CHANGED = "changed"
    CHANGED_BOTH = "changed_both"
    CONFLICT = "conflict"
    SAME_CHANGE = "same_change"
    GONE = "gone"
    GONE_CHANGED = "gone_changed"
    GONE_BOTH = "gone_both"
    OUT_OF_RANGE = "out_of_range"
    TWIN_EQUAL = "twin_equal"
    TWIN_DIFFERENT = "twin_different"
    AMBIGUOUS = "ambiguous"
    LIKELY = "likely"
    UNREADABLE = "unreadable"
    # memory was lost: nobody knows whether it is new, or what it belonged to
    FORGOTTEN = "forgotten"
    # what an earlier run did to it, to be taken back
    TAKEN_BACK = "taken_back"


class IgnoreMode(StrEnum):
    """How long a person's "no" holds."""

    ONCE = "ignored_once"
    FOREVER = "ignored_forever"


class Singles(StrEnum):
    """Which occurrences of a series cross as single events: all, or those that somebody changed.

    Then the rest of it crosses as a series. Memory keeps that as it keeps a "no".
    """

    OCCURRENCES = "single_events"
    CHANGED_ONES = "changed_as_single_events"
