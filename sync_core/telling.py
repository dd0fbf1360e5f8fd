"""What tells items of the same name from each other, in a few words each, where a person has to say which one is meant.

Facts are taken in the order in which a person would ask for them; one or two of them are enough as a rule. When nothing
but the last change differs, that is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sync_core import dates, series, text
from sync_core.items import FIELDS, FieldSpec, FieldType, Item, Kind, Value, When

ALIKE: Final = "nothing that is read tells them apart"
# the same of one of them
LIKE_ANOTHER: Final = "like another one of that name in all that is read"
# facts that are said of an item, and the most characters of a text unless there is less room
_MOST: Final = 2
_LENGTH: Final = 30
# what comes first of a kind; the other fields follow as they stand in its table
_FIRST: Final = {
    Kind.CALENDAR: ("when", "location"),
    Kind.CONTACTS: ("company", "email", "business_phone", "mobile_phone", "title"),
    Kind.TASKS: ("due", "status", "notes"),
}
# of an item its words, None where the fact is not known
Fact = Callable[[Item], str | None]


def told_apart(items: Sequence[Item], zone: str, length: int = _LENGTH) -> list[str]:
    """For each item what the others (of its kind) do not have in common with it: "notes “call at 9”, no location".

    `zone` is the user's IANA zone, `length` the most characters that are shown of a text: those that differ are among
    them. "" for every item when nothing differs. The order of `items` means nothing.
    """
    said: list[list[str]] = [[] for _ in items]
    for fact in _facts(items, zone, length) if len(items) > 1 else ():
        apart = Counter(map(tuple, said))
        if len(apart) == len(items) or max(map(len, said)) == _MOST:
            break
        words = [fact(item) for item in items]
        if None in words:
            continue
        longer = [[*before, str(more)] for before, more in zip(said, words, strict=True)]
        if len(Counter(map(tuple, longer))) > len(apart):
            said = longer
    return [", ".join(words) for words in said]


def _facts(items: Sequence[Item], zone: str, length: int) -> Iterator[Fact]:
    kind = items[0].kind
    ranks = {name: number for number, name in enumerate(_FIRST[kind])}
    for f in sorted(FIELDS[kind], key=lambda f: ranks.get(f.name, len(ranks))):
        values = {item.fields.get(f.name) for item in items}
        if len(values) > 1:
            start = _start([v for v in values if isinstance(v, str)], length)
            yield _of_field(f, start, zone, length)
    if kind is Kind.CONTACTS:
        yield lambda item: f"also {_short(', '.join(item.addresses), length)}" if item.addresses else "no other e-mail"
    yield lambda item: f"with {_short(', '.join(item.people), length)}" if item.people else "with nobody"
    yield lambda item: "private" if item.private else "not private"
    yield lambda item: "a series" if item.series else "no series"
    yield lambda item: f"changed {_moment(item.changed_at, zone)}" if item.changed_at else None
    yield lambda item: f"changed by {_short(item.changed_by, length)}" if item.changed_by else None


def _of_field(f: FieldSpec, start: int, zone: str, length: int) -> Fact:
    def words(item: Item) -> str | None:
        if f.name not in item.fields:
            return None
        value = item.fields[f.name]
        if value == f.blank:
            return f"not {f.label}" if f.type is FieldType.FLAG else f"no {f.label}"
        if f.type is FieldType.FLAG:
            return f.label
        if f.type is FieldType.EXCEPTIONS:
            # its text is for programs
            return series.exceptions_in_words(str(value))
        said = _value(f, value, start, zone, length)
        return said if isinstance(value, When) else f"{f.label} {said}"

    return words


def _value(f: FieldSpec, value: Value, start: int, zone: str, length: int) -> str:
    match value:
        case When():
            return _when(value, zone)
        case str() if f.type is FieldType.DATE:
            return _day(value)
        case str() if f.type is FieldType.MOMENT:
            return _moment(value, zone)
        case str() if f.type is FieldType.CHOICE:
            return value.replace("_", " ")
        case str():
            return f"“{'…' if start else ''}{_short(value[start:], length)}”"
        case tuple():
            return _short(", ".join(map(str, value)), length)
    # a number: of all fields only reminders are one
    return f"{value} min"


def _start(texts: Sequence[str], length: int) -> int:
    """From where on texts are shown: their first words, unless they begin alike for longer than is shown."""
    lowest, highest = (min(texts), max(texts)) if texts else ("", "")
    # what the first and the last of them in the alphabet begin with alike, all do
    differ = (at for at, (a, b) in enumerate(zip(lowest, highest, strict=False)) if a != b)
    alike = next(differ, min(len(lowest), len(highest)))
    return max(0, alike - length // 3) if alike > length * 2 // 3 else 0


def _short(words: str, length: int = _LENGTH) -> str:
    return text.shorten(text.plain(text.line(words)), length)


def _when(when: When, zone: str) -> str:
    start, end = (_day(one) if when.all_day else _moment(one, zone) for one in (when.start, when.end))
    # of an end on the same day the time alone
    day, comma, _ = start.rpartition(", ")
    span = start if start == end else f"{start} to {end.removeprefix(day + comma) if day else end}"
    return f"{span}, repeated" if when.recurrence else span


def _day(iso: str) -> str:
    try:
        return dates.style().day(date.fromisoformat(iso))
    except ValueError:
        return _short(iso)


def _moment(iso: str, zone: str) -> str:
    try:
        there = datetime.fromisoformat(iso).astimezone(ZoneInfo(zone))
    except (ValueError, OverflowError):
        return _short(iso)
    return f"{dates.style().day(there)}, {dates.style().time(there)}"
