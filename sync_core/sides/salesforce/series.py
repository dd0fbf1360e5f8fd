"""Lightning series: which rows are one series, what its pattern says of them, and what is not as it says.

There is no id of a series, and every occurrence carries the pattern (facts: salesforce B1). So a series is told by its
pattern's text, start and zone, is read whole whenever one of its occurrences is seen, and goes by the id of its first
occurrence. That way nothing about it depends on the days of a sync.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import Final
from zoneinfo import ZoneInfo

from sync_core import series, text
from sync_core.items import Fields, Item, When
from sync_core.recurrence import (
    ChangedOccurrence,
    Exceptions,
    Pattern,
    days,
    from_salesforce,
    occurrences,
)
from sync_core.sides import Write
from sync_core.sides.salesforce import times
from sync_core.sides.salesforce.ids import id18
from sync_core.sides.salesforce.usual import Row, Usual, day_of, ends_of, plain, steady, zone_of

MIXED: Final = (
    "two series with the same pattern begin together, and after one was renamed nobody can tell which occurrence "
    "belongs to which. Give all occurrences to come of one series one subject there, and of the other another one"
)
ALL_PAST: Final = "all its occurrences are past, and Salesforce keeps those"
IN_PART: Final = "a series of which this server did not give all occurrences"
_ASTRAY: Final = "a series that has more occurrences than its pattern has days. Delete there what is too much"
_UNKNOWN: Final = "repeats"
# starts per query; the address of a GET may have 16,384 bytes (facts: salesforce B4, URI)
_STARTS: Final = 100
# so far ahead an org has surely written its occurrences out (recalled): none in that time means that they were deleted
_WRITTEN_OUT: Final = timedelta(days=366)
# a series of which the next occurrence is missing was cut when that is nearer than this: nobody documents how far an
# org writes out, so what is cut further ahead is noticed later
_SURELY: Final = timedelta(days=92)
# more days than these at the end of a series are not taken out one by one
_MANY: Final = 100

# as `_places` tells them
Places = tuple[list[Row], list[Row], list[date]]


def taken_out(write: Write) -> list[date]:
    """The local days of the occurrences that a write takes out of its series."""
    before = write.before.fields if write.before else {}
    wanted = str(write.fields.get("exceptions") or "")
    return series.to_take_out(str(before.get("exceptions") or ""), wanted) if wanted else []


def is_lightning(row: Row) -> bool:
    """Whether a row is an occurrence of a Lightning series that tells its pattern."""
    return bool(
        row.get("IsRecurrence2") and row.get("Recurrence2PatternText") and row.get("Recurrence2PatternStartDate")
    )


def conditions(rows: Iterable[Row], owner: str) -> list[str]:
    """The WHERE clauses that find all occurrences of the series that `rows` belong to."""
    starts = sorted({times.wire(times.instant(str(row["Recurrence2PatternStartDate"]))) for row in rows})
    return [
        f"IsRecurrence2 = true AND OwnerId = '{owner}' AND Recurrence2PatternStartDate IN ({', '.join(some)})"
        for some in (starts[at : at + _STARTS] for at in range(0, len(starts), _STARTS))
    ]


@dataclass(frozen=True, slots=True)
class Family:
    """The occurrences of one series in order. `mixed` says that some may belong to another one."""

    rows: tuple[Row, ...]
    mixed: bool = False

    @property
    def id(self) -> str:
        """The id of its first occurrence, by which the series goes."""
        return id18(str(self.rows[0]["Id"]))

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all occurrences."""
        return frozenset(id18(str(row["Id"])) for row in self.rows)

    @property
    def ids_in_order(self) -> list[str]:
        """The ids of all occurrences, the first one first."""
        return [id18(str(row["Id"])) for row in self.rows]

    def on(self, wanted: Sequence[date]) -> list[str]:
        """The ids of the occurrences on these local days."""
        return [id18(str(row["Id"])) for row in self.rows if day_of(row) in wanted]

    def coming(self, now: datetime) -> list[Row]:
        """The occurrences from now on that are as the series is: changing one of them changes all."""
        return [row for row in self.rows if plain(row) and times.instant(str(row["StartDateTime"])) >= now]

    def ahead(self, now: datetime) -> list[Row]:
        """All that deleting the series from now on takes away: those, and the ones changed by themselves."""
        rows = (row for row in self.rows if not row.get("IsRecurrence2Exclusion"))
        return [row for row in rows if times.instant(str(row["StartDateTime"])) >= now]

    def typical(self, now: datetime) -> Row:
        """The occurrence that shows what the series holds: the next one, as past ones keep what they were.

        One over which the clock changes starts or ends at another time of day than all others, and one may have been
        changed by itself without being marked: they show nothing of the others, as long as there is another one.
        """
        usual, coming = Usual.of(self.rows, now), self.coming(now)
        found = next((row for row in coming if usual.shown_by(row)), None)
        found = found or next((row for row in coming if steady(row)), None)
        return found or (coming[:1] or ([row for row in self.rows if plain(row)] or self.rows)[-1:])[0]

    def timed(self, now: datetime) -> Row:
        """The occurrence that shows at what time of day the series is: the typical one, unless it was moved itself."""
        usual, typical = Usual.of(self.rows, now), self.typical(now)
        rows = (row for row in (typical, *reversed(self.rows)) if plain(row) and steady(row) and usual.fits(row))
        return next(rows, typical)


def families(rows: Iterable[Row]) -> list[Family]:
    """The series among rows of `is_lightning`, each row once. The order of the rows means nothing."""
    bundles: defaultdict[tuple[str, ...], dict[str, Row]] = defaultdict(dict)
    for row in rows:
        key = tuple(str(row.get(f"Recurrence2Pattern{name}")) for name in ("Text", "StartDate", "TimeZone"))
        bundles[key][id18(str(row["Id"]))] = row
    found: list[Family] = []
    for bundle in bundles.values():
        found += _told_apart(sorted(bundle.values(), key=lambda row: (str(row.get("StartDateTime")), str(row["Id"]))))
    return found


def _told_apart(rows: Sequence[Row]) -> list[Family]:
    """One series has one occurrence a day; where there are two, they are told apart by their subjects."""
    a_day = Counter((day_of(row), bool(row.get("IsAllDayEvent"))) for row in rows if plain(row))
    most = max(a_day.values(), default=1)
    names = {text.line(str(row.get("Subject") or "")) for row in rows}
    # one that was moved to the day of another one may not be marked
    if most == 1 or (len(names) == 1 and Counter(a_day.values()).most_common(1)[0][0] == 1):
        return [Family(tuple(rows))]
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[text.line(str(row.get("Subject") or ""))].append(row)
    return [Family(tuple(group), mixed=len(groups) != most) for group in groups.values()]


def item(family: Family, item_of: Callable[[Row], Item], now: datetime, *, left: bool = False) -> Item | None:
    """The series as an item; `item_of` makes one of an occurrence. None when it was deleted.

    Of a series that is deleted from now on only the past remains (facts: salesforce B1, delete from here on), which is
    history: it has no occurrence to come, though its pattern goes on. With `left` it is given as what is left of it.
    """
    row = family.typical(now)
    typical = item_of(row)
    fields = dict(typical.fields)
    locked = MIXED if family.mixed else typical.locked
    version = max(str(one.get("SystemModstamp") or "") for one in family.rows)
    if typical.when is None:
        raise ValueError("it has no time")
    timed = family.timed(now)
    at = typical.when if timed is row else item_of(timed).when
    try:
        when, pattern = _when(row, at or typical.when)
    except ValueError as problem:
        fields["when"] = typical.when._replace(recurrence=_UNKNOWN)
        why = f"a series whose pattern cannot be read: {text.shorten(text.plain(str(problem)), 120)}"
        return replace(typical, id=family.id, version=version, fields=fields, series=True, locked=locked or why)
    late: list[date] = []
    ahead = bool(family.ahead(now))
    if ahead or not _goes_on(when, pattern, now):
        last = _reach(family, when, pattern, now)
        pattern, late = _still(when, pattern, now, last)
    elif left:
        # what is left of it may have been moved to before its first day
        last = max(series.first_day(when), *map(day_of, family.rows))
        pattern = replace(pattern, until=last, count=None)
    else:
        return None
    fields["when"] = when = when._replace(recurrence=pattern.text)
    own = None
    if not family.mixed:
        places = _places(family, when, pattern, now, last)
        own = _exceptions(places, when, now, lambda one: _own(item_of(one), typical))
    if own is None:
        locked = locked or _ASTRAY
    else:
        fields["exceptions"] = Exceptions((*own.deleted, *late), own.changed).text
    kept = "" if ahead else ALL_PAST
    return replace(typical, id=family.id, version=version, fields=fields, series=True, locked=locked, kept=kept)


def _when(row: Row, typical: When) -> tuple[When, Pattern]:
    """The series' first event at the clock time of a typical one, and its pattern. Raises ValueError."""
    begins = times.instant(str(row["Recurrence2PatternStartDate"]))
    rule = str(row["Recurrence2PatternText"])
    if typical.all_day:
        pattern = from_salesforce(rule, begins.date())
        first = next(days(pattern, begins.date()), begins.date())
        length = date.fromisoformat(typical.end) - date.fromisoformat(typical.start)
        return When(first.isoformat(), (first + length).isoformat(), True, pattern.text), pattern
    zone = zone_of(row)
    start = times.instant(typical.start).astimezone(zone)
    end = times.instant(typical.end).astimezone(zone)
    day = begins.astimezone(zone).date()
    pattern = from_salesforce(rule, day, zone, start.time())
    first = next(days(pattern, day), day)
    wall = datetime.combine(first, start.time())
    # by the clock, so that an occurrence over the night of a change does not make all others longer
    length = end.replace(tzinfo=None) - start.replace(tzinfo=None)
    begin, finish = _moment(wall, zone), _moment(wall + length, zone)
    return When(begin, finish, False, pattern.text, series.zone_name(zone.key)), pattern


def _moment(wall: datetime, zone: ZoneInfo) -> str:
    """A clock time in a zone as items have it."""
    return times.neutral(wall.replace(tzinfo=zone))


def _goes_on(when: When, pattern: Pattern, now: datetime) -> bool:
    """Whether the pattern has an occurrence to come, in the time that an org has surely written out."""
    until = now + _WRITTEN_OUT
    if when.all_day:
        first, last = date.fromisoformat(when.start), date.fromisoformat(when.end)
        ahead = occurrences(pattern, first, last, None, now.date() + timedelta(days=1), until.date(), limit=3)
        return any(one.start > now.date() for one in ahead if not isinstance(one.start, datetime))
    start, end = times.instant(when.start), times.instant(when.end)
    ahead = occurrences(pattern, start, end, ZoneInfo(when.zone), now, until, limit=3)
    return any(one.start >= now for one in ahead if isinstance(one.start, datetime))


def _still(when: When, pattern: Pattern, now: datetime, last: date) -> tuple[Pattern, list[date]]:
    """The pattern as far as there are occurrences of it, the last one on `last`, and the days at its end that were
    taken out.

    Cut from one on, a series keeps its pattern. That its next occurrence is not there, though it is so near that an org
    has surely written it out, tells; a few days at the end of a series are taken out, many mean that it ends.
    """
    rest = days(pattern, series.first_day(when), last + timedelta(days=1))
    missing = list(islice(rest, _MANY + 1))
    if not missing or missing[0] > (now + _SURELY).date() or missing[0] <= now.date():
        return pattern, []
    if not pattern.endless and len(missing) <= _MANY:
        return pattern, missing
    return replace(pattern, until=last, count=None), []


def _places(family: Family, when: When, pattern: Pattern, now: datetime, last: date) -> Places:
    """The occurrences that were changed by themselves, those of them that lie on none of the days of the pattern that
    are theirs, and the days of the pattern, up to `last`, without an occurrence.

    One that was moved to the day of another one has not taken its place.
    """
    dates = [day_of(row) for row in family.rows]
    start, latest = series.first_day(when), max(dates)
    on = set(takewhile(lambda day: day <= latest, days(pattern, start, min(dates))))
    alone = Usual.of(family.rows, now).alone(family.rows, on, now)
    first = min(*dates, now.date() + timedelta(days=1))
    if alone and day_of(alone[0]) == first and first not in on:
        # the first of all was moved: its own day is the one before
        first = max(takewhile(lambda day: day < first, days(pattern, start)), default=first)
    free = set(takewhile(lambda day: day <= last, days(pattern, start, first)))
    moved = {row["Id"] for row in alone}
    free -= {day_of(row) for row in family.rows if row["Id"] not in moved}
    astray = []
    for row in alone:
        if day_of(row) in free:
            free.remove(day_of(row))
        else:
            astray.append(row)
    return alone, astray, sorted(free)


def _reach(family: Family, when: When, pattern: Pattern, now: datetime) -> date:
    """The last day of the pattern that has an occurrence; the last one may have been moved to an earlier day."""
    last = max(day_of(row) for row in family.rows)
    _, astray, free = _places(family, when, pattern, now, last)
    further = islice(days(pattern, series.first_day(when), last + timedelta(days=1)), max(0, len(astray) - len(free)))
    return max((day for day in further if day <= (now + _SURELY).date()), default=last)


def _own(one: Item, typical: Item) -> Fields:
    """What an occurrence has otherwise than its series."""
    both = [n for n in series.OWN_FIELDS if n in one.fields and n in typical.fields]
    return {n: one.fields[n] for n in both if one.fields[n] != typical.fields[n]}


def _exceptions(places: Places, when: When, now: datetime, own: Callable[[Row], Fields]) -> Exceptions | None:
    """What is not as the pattern says, by the `places` up to the last occurrence there is; `own` are the other values
    of an occurrence.

    Of days before the first one only those to come tell that something was taken out: old ones may be purged. An
    occurrence is named by its local day. Past ones that keep what the series was before a change are no exceptions:
    they are history. None when one to come belongs to no day of the pattern.
    """
    alone, astray, missing = places
    changed = []
    for row in alone:
        original = day_of(row)
        if row in astray:
            if not missing and plain(row) and ends_of(row)[0] >= now:
                return None
            if not missing:
                continue
            original = min(missing, key=lambda day, at=original: abs(day - at))  # type: ignore[misc]  # a default of its own
            missing.remove(original)
        one = ChangedOccurrence(original, *_ends(row, when.all_day), tuple(own(row).items()))  # type: ignore[arg-type]  # no When among them
        if series.differs(one, when):
            changed.append(one)
    return Exceptions(tuple(missing), tuple(changed))


def _ends(row: Row, all_day: bool) -> tuple[date, date]:
    start, end = ends_of(row)
    return (start.date(), end.date()) if all_day else (start, end)


def on_day_of(row: Row, wanted: When, now: When) -> When:
    """Where an occurrence goes when its series, which is at `now`, goes to `wanted`: on its day, at the new time.

    Raises ValueError when that is more than another time on the same days: the rest is create-only (facts: B1).
    """
    if not series.same_days(wanted, now):
        raise ValueError("Salesforce keeps the days and the zone that a series was made with")
    if wanted.all_day:
        day = day_of(row)
        length = date.fromisoformat(wanted.end) - date.fromisoformat(wanted.start)
        return When(day.isoformat(), (day + length).isoformat(), True)
    zone = zone_of(row)
    start, end = (times.instant(one).astimezone(zone).replace(tzinfo=None) for one in (wanted.start, wanted.end))
    wall = datetime.combine(day_of(row), time(start.hour, start.minute, start.second))
    return When(_moment(wall, zone), _moment(wall + (end - start), zone))
