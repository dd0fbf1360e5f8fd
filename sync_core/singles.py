"""Series of which occurrences cross as single events, because the other side cannot hold them as they are.

Pure. Such an occurrence is an item of its own, under an id that names its series and its day: so it is linked,
compared, moved and deleted as every item is, and two syncs in a row have nothing to do. A person chooses it per series;
memory keeps that as it keeps an ignore. Where memory lost it, links and our own marks on Outlook items bring it back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sync_core import series
from sync_core.items import Fields, Item, SideName, Value, When
from sync_core.pairing import Link, marked_for
from sync_core.plan import Ignore, Singles
from sync_core.recurrence import (
    ChangedOccurrence,
    Exceptions,
    Occurrence,
    occurrences,
)
from sync_core.recurrence.exceptions import moment_text
from sync_core.sides import Fate, Reading, Ref, Sighting, Window

# in no id of Salesforce (letters and digits) or Exchange (base64)
_SEPARATOR: Final = "#"
_DAY: Final = timedelta(days=1)


def occurrence_id(series_id: str, day: date) -> str:
    """The id of the occurrence that a series has on a local day, whenever it is now."""
    return f"{series_id}{_SEPARATOR}{day.isoformat()}"


def parts_of(item_id: str) -> tuple[str, date] | None:
    """The series' id and the local day that an occurrence's id names; None for any other id."""
    series_id, separator, day = item_id.rpartition(_SEPARATOR)
    try:
        return (series_id, date.fromisoformat(day)) if separator and series_id else None
    except ValueError:
        return None


def readable(item: Item) -> bool:
    """Whether a series tells all that its occurrences are made of."""
    when = item.when
    return item.series and when is not None and series.pattern_of(when) is not None and "exceptions" in item.fields


def in_window(item: Item, window: Window) -> list[Item]:
    """The occurrences of a readable series that touch the window, as items of their own; at most a thousand."""
    when = item.when
    if when is None:
        return []
    if when.all_day:
        return _made(item, when, window.first, window.last)
    return _made(item, when, window.start, window.end)


def on_day(item: Item, day: date) -> Item | None:
    """The occurrence that a readable series has on a local day, wherever it was moved to; None when it has none."""
    when = item.when
    if when is None:
        return None
    changed = {series.local_day_of(one.original, when): one for one in Exceptions.parse(_exceptions(item)).changed}
    if day in changed:
        one = changed[day]
        return _occurrence(item, when, Occurrence(one.start, one.end, one.original, one))
    if when.all_day:
        found = _made(item, when, day, day)
    else:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(when.zone or "UTC"))
        found = _made(item, when, noon - _DAY, noon + _DAY)
    return next((one for one in found if one.id == occurrence_id(item.id, day)), None)


def _made(item: Item, when: When, first: date | datetime, last: date | datetime) -> list[Item]:
    pattern = series.pattern_of(when)
    if pattern is None:
        return []
    own = Exceptions.parse(_exceptions(item))
    start: date | datetime
    end: date | datetime
    if when.all_day:
        start, end, zone = date.fromisoformat(when.start), date.fromisoformat(when.end), None
    else:
        start, end, zone = datetime.fromisoformat(when.start), datetime.fromisoformat(when.end), _zone(when)
    try:
        found = occurrences(pattern, start, end, zone, first, last, deleted=own.deleted, moved=own.changed)
    except (ValueError, OverflowError):
        return []
    return [_occurrence(item, when, one) for one in found]


def _occurrence(item: Item, when: When, one: Occurrence) -> Item:
    timed = isinstance(one.start, datetime)
    fields: dict[str, Value] = {name: value for name, value in item.fields.items() if name != "exceptions"}
    fields["when"] = When(moment_text(one.start), moment_text(one.end), not timed)
    if one.changed is not None:
        fields |= dict(one.changed.fields)
    name = occurrence_id(item.id, series.local_day_of(one.original, when))
    return replace(
        item, id=name, fields=fields, mark="", kept="", series=False, part_of=item.id, whole=(when, _exceptions(item))
    )


def _zone(when: When) -> ZoneInfo:
    return ZoneInfo(when.zone or "UTC")


def _exceptions(item: Item) -> str:
    return str(item.fields.get("exceptions") or "")


def without(item: Item, days: Iterable[date]) -> Item:
    """A series without its changed occurrences and without those on `days`: as the other side has it."""
    when, own = item.when, Exceptions.parse(_exceptions(item))
    assert when is not None, "a readable series has a time"
    gone = {
        *(series.local_day_of(one.original, when) for one in own.changed),
        *days,
        *(series.local_day_of(d, when) for d in own.deleted),
    }
    fields = {**item.fields, "exceptions": Exceptions(tuple(sorted(gone))).text}
    return replace(item, fields=fields)


def written_to(item: Item, writes: Mapping[date, Fields | None]) -> Fields:
    """The fields that a series gets when its occurrences on these local days get new values, or are taken out (None).

    Raises ValueError, in words, for a value that one occurrence cannot have of its own.
    """
    when, own = item.when, Exceptions.parse(_exceptions(item))
    assert when is not None, "a readable series has a time"
    deleted = [series.local_day_of(moment, when) for moment in own.deleted]
    changed = {series.local_day_of(one.original, when): one for one in own.changed}
    for day, fields in writes.items():
        now = on_day(item, day)
        if fields is None:
            deleted.append(day)
            changed.pop(day, None)
        elif now is not None:
            changed[day] = _changed(item, now, day, fields)
    return {"exceptions": Exceptions(tuple(deleted), tuple(changed.values())).text}


def _changed(item: Item, now: Item, day: date, fields: Fields) -> ChangedOccurrence:
    if foreign := [name for name in fields if name not in (*series.OWN_FIELDS, "when")]:
        raise ValueError(f"one occurrence of a series cannot have its own {', '.join(foreign)}")
    when = fields.get("when", now.when)
    if not isinstance(when, When):
        raise ValueError("it has no time")
    kind = date if when.all_day else datetime
    own = {**now.fields, **fields}
    differs = {n: own[n] for n in series.OWN_FIELDS if n in own and n in item.fields and own[n] != item.fields[n]}
    start, end = kind.fromisoformat(when.start), kind.fromisoformat(when.end)
    return ChangedOccurrence(day, start, end, tuple(differs.items()))  # type: ignore[arg-type]  # no When among them


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which series cross as single events, by the id of the series, and the days that do so already.

    `known` is what such a series held when that was chosen, `since` the day from which on its occurrences cross ("" for
    all that are in the window): what was before that is there already.
    """

    modes: Mapping[str, Singles] = field(default_factory=dict)
    days: Mapping[str, frozenset[date]] = field(default_factory=dict)
    known: Mapping[str, Fields] = field(default_factory=dict)
    since: Mapping[str, str] = field(default_factory=dict)
    # choices whose series goes by another id now
    renamed: tuple[tuple[str, Ignore], ...] = ()
    # days that the series across has changed, too: they are part of what crosses as a series
    across: Mapping[str, frozenset[date]] = field(default_factory=dict)

    @classmethod
    def of(cls, ignores: Iterable[Ignore], links: Sequence[Link], items: Iterable[Item] = ()) -> Chosen:
        """From what memory keeps, and from the `items` that both sides list."""
        listed = {item.id: item for item in items}
        linked_days: defaultdict[str, set[date]] = defaultdict(set)
        for link in links:
            for item_id in (link.left_id, link.right_id):
                if (parts := parts_of(item_id)) is not None:
                    linked_days[parts[0]].add(parts[1])
        whole = {item_id for link in links for item_id in (link.left_id, link.right_id)}
        # memory may have lost the choice, and kept what came of it
        modes = {s: Singles.CHANGED_ONES if s in whole else Singles.OCCURRENCES for s in linked_days}
        for item in listed.values():
            parts = parts_of(marked_for(item.mark))
            if parts is not None and parts[0] in listed and parts[0] not in whole:
                modes.setdefault(parts[0], Singles.OCCURRENCES)
        known: dict[str, Fields] = {}
        since: dict[str, str] = {}
        renamed = []
        for ignore in ignores:
            if not isinstance(ignore.mode, Singles):
                continue
            side = _source(ignore)
            found = _found(ignore, side, listed, whole)
            modes[found] = ignore.mode
            known[found] = _fields(ignore, side)
            if ignore.left_id and ignore.right_id and ignore.mode is Singles.OCCURRENCES:
                since[found] = ignore.since[:10]
            if found != _id(ignore, side):
                renamed.append((ignore.row_id, _again(ignore, side, found)))
        days = {series_id: frozenset(found_days) for series_id, found_days in linked_days.items()}
        across: dict[str, frozenset[date]] = {}
        for link in links:
            for one, other in ((link.left_id, link.right_id), (link.right_id, link.left_id)):
                if modes.get(one) is Singles.CHANGED_ONES and other in listed and readable(listed[other]):
                    across[one] = _changed_days(listed[other])
        return cls(modes, days, known, since, tuple(renamed), across)

    def view(self, items: Iterable[Item], window: Window) -> list[Item]:
        """The items of a side as they cross: a series that was chosen for it is replaced by its occurrences."""
        seen: list[Item] = []
        for item in items:
            mode = self.modes.get(item.id)
            if mode is None or not readable(item):
                seen.append(item)
            elif mode is Singles.OCCURRENCES:
                seen += [one for one in in_window(item, window) if self._crosses(item.id, one)]
            else:
                seen.append(self.whole(item))
                seen += [one for one in in_window(item, window) if self._by_itself(item, one)]
        return seen

    def whole(self, item: Item) -> Item:
        """A series as the other side has it: without the occurrences that cross by themselves."""
        chosen = self.modes.get(item.id) is Singles.CHANGED_ONES and readable(item)
        return without(item, self.days.get(item.id, ())) if chosen else item

    def sighting(self, day: date, of: Sighting) -> Sighting:
        """What became of the occurrence on a local day, given what became of its series."""
        if of.fate is Fate.DELETED and of.left is not None and readable(of.left):
            # what is past of it was not deleted
            past = on_day(of.left, day)
            return Sighting(Fate.DELETED) if past is None else Sighting(Fate.HERE, past)
        if of.fate is not Fate.HERE or of.item is None:
            return Sighting(of.fate, None, of.detail)
        if not readable(of.item):
            return Sighting(Fate.UNREADABLE, None, of.item.locked or "the occurrences of its series cannot be told")
        found = on_day(of.item, day)
        return Sighting(Fate.DELETED) if found is None else Sighting(Fate.HERE, found)

    def _crosses(self, series_id: str, one: Item) -> bool:
        since = self.since.get(series_id, "")
        parts, when = parts_of(one.id), one.when
        linked = parts is not None and parts[1] in self.days.get(series_id, ())
        return linked or not since or (when is not None and when.end >= since)

    def _by_itself(self, item: Item, one: Item) -> bool:
        parts = parts_of(one.id)
        if parts is None:
            return False
        changed = _changed_days(item) - self.across.get(item.id, frozenset())
        return parts[1] in self.days.get(item.id, ()) or parts[1] in changed


def _changed_days(item: Item) -> frozenset[date]:
    """The local days of the occurrences that a readable series has changed."""
    when = item.when
    if when is None:
        return frozenset()
    return frozenset(series.local_day_of(one.original, when) for one in Exceptions.parse(_exceptions(item)).changed)


def as_chosen(reading: Reading, chosen: Chosen, window: Window) -> Reading:
    """A reading of a side with occurrences in the place of the series that were chosen for it."""
    return replace(reading, items=tuple(chosen.view(reading.items, window))) if chosen.modes else reading


def choice(mode: Singles, source: Item, other_id: str, row_id: str, reason: str, since: str) -> Ignore:
    """What memory keeps of the choice that the occurrences of `source` cross as single events.

    `other_id` is the item across that stood for the whole series, "" when there was none.
    """
    left = source.side is SideName.SALESFORCE
    return Ignore(
        row_id,
        mode,
        source.digest if left else "",
        "" if left else source.digest,
        since,
        source.title,
        reason,
        source.id if left else other_id,
        other_id if left else source.id,
        source.fields if left else {},
        {} if left else source.fields,
    )


def unlisted(
    ignores: Iterable[Ignore], items: Iterable[Item], links: Sequence[Link], window: Window
) -> dict[SideName, dict[str, Ref]]:
    """The series of choices that no side lists, by the row id of the choice: they are beside the window, or gone.

    One of which single events are linked from the window's first day on is not asked for: its rows come first.
    """
    listed = {item.id for item in items}
    listed |= {
        parts[0]
        for link in links
        for item_id in (link.left_id, link.right_id)
        if (parts := parts_of(item_id)) is not None and parts[1] >= window.first
    }
    found: dict[SideName, dict[str, Ref]] = {side: {} for side in SideName}
    for ignore in ignores:
        side = _source(ignore)
        if isinstance(ignore.mode, Singles) and _id(ignore, side) not in listed:
            found[side][ignore.row_id] = Ref(_id(ignore, side), known=_fields(ignore, side))
    return found


def of_choice(ignore: Ignore, links: Iterable[Link]) -> list[Link]:
    """The links of the single events that came of a choice; none for an ordinary ignore."""
    if not isinstance(ignore.mode, Singles):
        return []
    series_id = _id(ignore, _source(ignore))
    named = ((link, parts_of(item_id)) for link in links for item_id in (link.left_id, link.right_id))
    return [link for link, parts in named if parts is not None and parts[0] == series_id]


def ended_by(choices: Iterable[Ignore], links: Iterable[Link]) -> list[Link]:
    """The links of series that do not cross whole any more: their other half is gone, and all occurrences cross by
    themselves. Kept, such a link would say that the series was deleted across."""
    pairs = {(one.left_id, one.right_id) for one in choices if one.mode is Singles.OCCURRENCES}
    return [link for link in links if (link.left_id, link.right_id) in pairs]


def _source(ignore: Ignore) -> SideName:
    return SideName.SALESFORCE if ignore.left_digest else SideName.OUTLOOK


def _id(ignore: Ignore, side: SideName) -> str:
    return ignore.left_id if side is SideName.SALESFORCE else ignore.right_id


def _fields(ignore: Ignore, side: SideName) -> Fields:
    return ignore.left if side is SideName.SALESFORCE else ignore.right


def _found(ignore: Ignore, side: SideName, listed: Mapping[str, Item], whole: Collection[str]) -> str:
    """The id under which the series of a choice goes now: the same, or that of the one series with its contents.

    `whole` are the ids that links know: one of them is a series that crosses as it is, however alike it may be. So is
    one that carries our mark of an item that is there, unless that is what was chosen for it.
    """
    known, fields = _id(ignore, side), _fields(ignore, side)
    if known in listed:
        return known
    same = [
        item.id
        for item in listed.values()
        if item.side is side
        and item.series
        and item.id not in whole
        and (ignore.mode is Singles.CHANGED_ONES or marked_for(item.mark) not in listed)
        and all(item.fields.get(n) == fields.get(n) for n in ("subject", "when"))
    ]
    return same[0] if len(same) == 1 else known


def _again(ignore: Ignore, side: SideName, found: str) -> Ignore:
    return replace(ignore, left_id=found) if side is SideName.SALESFORCE else replace(ignore, right_id=found)


def taken_out(raw: Item, seen: Item, wanted: str) -> str:
    """The exceptions of a series as its own side keeps them, once those that were `seen` become the `wanted` ones.

    Of what crosses by itself the series keeps its own; everything else that is new is taken out of it.
    """
    own, new = Exceptions.parse(_exceptions(raw)), Exceptions.parse(wanted)
    known = Exceptions.parse(_exceptions(seen)).deleted
    more = tuple(moment for moment in new.deleted if moment not in known)
    changed = {one.original: one for one in (*own.changed, *new.changed)}
    return Exceptions((*own.deleted, *more), tuple(changed.values())).text
