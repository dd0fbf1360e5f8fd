"""The groups of rows that a review counts and a person filters by. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sync_core.plan import Action, Row, State, allowed


class Group(StrEnum):
    """The groups of rows that a person filters by; every row that is not quiet is in one of them, or in two."""

    ALL = "all"
    NEW = "new"
    CHANGED = "changed"
    DELETED = "deleted"
    MERGE = "merge"
    LINK = "link"
    CONFLICT = "conflict"
    BLOCKED = "blocked"
    IGNORED = "ignored"
    NOTHING = "nothing"

    @property
    def label(self) -> str:
        """As the chips on the screen have it."""
        return self.value.capitalize()


_GROUP_OF: Final[Mapping[Action, Group]] = {
    Action.CREATE_IN_OUTLOOK: Group.NEW,
    Action.CREATE_IN_SALESFORCE: Group.NEW,
    Action.UPDATE_IN_OUTLOOK: Group.CHANGED,
    Action.UPDATE_IN_SALESFORCE: Group.CHANGED,
    Action.DELETE_FROM_OUTLOOK: Group.DELETED,
    Action.DELETE_FROM_SALESFORCE: Group.DELETED,
    Action.MERGE: Group.MERGE,
    Action.LINK: Group.LINK,
    Action.CONFLICT: Group.CONFLICT,
    Action.NONE: Group.NOTHING,
}


def group(row: Row) -> Group:
    """The one group that counts this row (besides ALL)."""
    now = allowed(row)
    if now.state is State.PREVENTED:
        return Group.BLOCKED
    if now.state in (State.IGNORED_ONCE, State.IGNORED_FOREVER):
        return Group.IGNORED
    return _GROUP_OF[now.effect.action]


def in_group(row: Row, chosen: Group) -> bool:
    """Whether a filter by the group shows the row."""
    return not row.quiet if chosen is Group.ALL else group(row) is chosen
