"""What differs from the pattern: occurrences that were taken out, moved or edited, in a form that can be compared."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Final

from sync_core.recurrence.pattern import PatternError

# an aware datetime for an event with a time, a date for an all-day one
Moment = date | datetime
# what a changed field may hold: canonical values of items, as JSON has them
Scalar = str | bool | int | None | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangedOccurrence:
    """One occurrence that somebody moved or edited.

    `original` is when its series has it; `start` and `end` are when it is now (all-day: the last day, inclusive), also
    where only other fields were changed. `fields` are those that differ from the series, by name, with their canonical
    values. Moments are aware datetimes, or dates for an all-day series; they are stored in UTC, to the second. Raises
    ValueError for a datetime without a time zone.
    """

    original: Moment
    start: Moment
    end: Moment
    fields: tuple[tuple[str, Scalar], ...] = ()

    def __post_init__(self) -> None:
        for name in ("original", "start", "end"):
            object.__setattr__(self, name, in_utc(getattr(self, name)))
        # by name: a name told twice has the last value
        object.__setattr__(self, "fields", tuple(sorted(dict(self.fields).items())))

    @property
    def text(self) -> str:
        """Its canonical text, JSON on one line: equal for equal occurrences."""
        return _json(self._plain())

    def _plain(self) -> list[Any]:
        return [*map(moment_text, (self.original, self.start, self.end)), dict(self.fields)]


@dataclass(frozen=True, slots=True)
class Exceptions:
    """All that differs from the pattern of one series. The order in which it was told means nothing.

    `deleted` are the original starts of the occurrences that were taken out. An occurrence that is told as both is
    taken out; of two that changed the same occurrence the last one told is kept.
    """

    deleted: tuple[Moment, ...] = ()
    changed: tuple[ChangedOccurrence, ...] = ()

    def __post_init__(self) -> None:
        gone = {moment_text(moment): in_utc(moment) for moment in self.deleted}
        changed = {moment_text(one.original): one for one in self.changed}
        object.__setattr__(self, "deleted", tuple(gone[key] for key in sorted(gone)))
        object.__setattr__(self, "changed", tuple(changed[key] for key in sorted(changed) if key not in gone))

    @property
    def text(self) -> str:
        """The canonical text, "" when nothing differs: equal exceptions give equal texts, fit for a content hash."""
        if not (self.deleted or self.changed):
            return ""
        changed = [one._plain() for one in self.changed]
        return _json({"changed": changed, "deleted": [moment_text(moment) for moment in self.deleted]})

    @property
    def words(self) -> str:
        """How many there are: "2 changed, 1 left out"; "" when there is none."""
        parts = [(len(self.changed), "changed"), (len(self.deleted), "left out")]
        return ", ".join(f"{number} {what}" for number, what in parts if number)

    @classmethod
    def parse(cls, text: str) -> Exceptions:
        """The exceptions behind a canonical text, which may be of any length: a year of daily notes is long.

        Raises PatternError for any other text.
        """
        if not text:
            return NOTHING
        try:
            data = json.loads(text)
            deleted = tuple(_moment(one) for one in data.pop("deleted"))
            changed = tuple(_changed(*one) for one in data.pop("changed"))
            if data:
                raise ValueError
            return cls(deleted, changed)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
            raise PatternError("this is no list of changed and deleted occurrences") from None


NOTHING: Final = Exceptions()


def in_utc(moment: Moment) -> Moment:
    """A moment as it is stored: in UTC, to the second; a date as it is. Raises ValueError if it has no time zone."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise ValueError("a moment of a series needs a time zone")
    return moment.astimezone(UTC).replace(microsecond=0)


def moment_text(moment: Moment) -> str:
    """A moment as items write it: "2026-11-23T10:00:00Z", or "2026-11-23" for an all-day series."""
    moment = in_utc(moment)
    if isinstance(moment, datetime):
        return moment.replace(tzinfo=None).isoformat() + "Z"
    return moment.isoformat()


def local_day(moment: Moment, zone: tzinfo | None) -> date:
    """The day of a series that a moment lies on, in the series' own zone (UTC without one). Raises as `in_utc`."""
    moment = in_utc(moment)
    return moment.astimezone(zone or UTC).date() if isinstance(moment, datetime) else moment


def local_days(moments: Iterable[Moment], zone: tzinfo | None) -> set[date]:
    """The days of several moments."""
    return {local_day(moment, zone) for moment in moments}


def _json(value: Any) -> str:
    # ASCII only, as json does by itself: a lone surrogate in a field must not make a hash impossible
    return json.dumps(value, separators=(",", ":"))


def _moment(text: str) -> Moment:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _changed(original: str, start: str, end: str, fields: Mapping[str, Any]) -> ChangedOccurrence:
    values = ((name, tuple(value) if isinstance(value, list) else value) for name, value in fields.items())
    return ChangedOccurrence(_moment(original), _moment(start), _moment(end), tuple(values))
