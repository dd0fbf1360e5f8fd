"""What the native forms of all kinds of item have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from tzlocal.windows_tz import tz_win

Native = dict[str, object]


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone under both of its names."""

    iana: str

    @property
    def rules(self) -> ZoneInfo:
        """Its rules."""
        return ZoneInfo(self.iana)

    @property
    def windows(self) -> str:
        """Its name in Exchange; "UTC" if Windows has none for it."""
        return str(tz_win.get(self.iana, "UTC"))


def difference(before: Mapping[str, object], after: Mapping[str, object]) -> Native:
    """The fields that differ. Those that only make sense together come together."""
    changed = {name: value for name, value in after.items() if before.get(name) != value}
    for group in _TOGETHER:
        if changed.keys() & group:
            changed |= {name: after[name] for name in group if name in after}
    return changed


_TOGETHER: Final = (
    frozenset({"start", "end", "is_all_day", "start_zone"}),
    frozenset({"StartDateTime", "EndDateTime", "IsAllDayEvent"}),
    frozenset({"body", "body_type"}),
    frozenset({"reminder_is_set", "reminder_minutes", "reminder_due_by"}),
    frozenset({"IsReminderSet", "ReminderDateTime"}),
    frozenset({"status", "percent_complete", "is_complete", "complete_date"}),
)


def overlay(values: Mapping[str, object], more: Mapping[str, object]) -> Native:
    """`values` with `more` over them; lists of labels (phones, e-mails, addresses) are joined label by label."""
    result: dict[str, Any] = dict(values)
    for name, value in more.items():
        under = result.get(name)
        both = isinstance(value, Mapping) and isinstance(under, Mapping)
        result[name] = {**under, **value} if both else value  # type: ignore[dict-item]  # mappings, as just seen
    return result


def without_blanks(values: Mapping[str, object]) -> Native:
    """`values` without the labels that hold nothing: a mailbox has no such entries."""
    return {
        name: {label: entry for label, entry in value.items() if entry} if isinstance(value, Mapping) else value
        for name, value in values.items()
    }
