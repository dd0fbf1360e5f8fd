"""Finding rows by words: subject, people, place, days, and what happens to a row and why. Pure: today is given.

A row is found when it has every word. "next week", "dec" and "2026-12-24" mean days, and find what lasts into them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice, takewhile
from typing import Final

from sync_core import series, text
from sync_core.datewords import Days, days
from sync_core.items import Item, Kind, Value, When
from sync_core.order import due_day, first_day, last_day
from sync_core.plan import Row, State, action_label
from sync_core.recurrence import expansion

# the fields, besides the title, that words are looked for in
_FIELDS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.CALENDAR: ("location",),
    Kind.CONTACTS: (
        *("company", "email", "title", "department"),
        *("business_phone", "mobile_phone", "business_city", "business_country"),
    ),
    Kind.TASKS: ("status", "priority"),
}
# what people call a state, besides its own name
_STATES: Final[Mapping[State, str]] = {
    State.READY: "ready",
    State.PREVENTED: "prevented blocked",
    State.IGNORED_ONCE: "ignored once",
    State.IGNORED_FOREVER: "ignored forever",
    State.UNDECIDED: "undecided conflict",
}
# nobody types more, and what is pasted by mistake should not be looked for
_LONGEST: Final = 200
# the days around today for which a series is unrolled
_BACK: Final = timedelta(days=400)
_AHEAD: Final = timedelta(days=800)
_MOST_EVENTS: Final = 1200


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a row must have: words in its text, all of them, or one of the days that they mean."""

    words: tuple[str, ...]
    days: Days | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for."""

    terms: tuple[Term, ...] = ()

    @classmethod
    def of(cls, written: str, today: date) -> Wanted:
        """What a person means by some words. Any text means something."""
        words = folded(text.line(written[:_LONGEST])).split()
        terms: list[Term] = []
        at = 0
        while at < len(words):
            found = days(words[at:], today)
            number = found[1] if found is not None else 1
            terms.append(Term(tuple(words[at : at + number]), found[0] if found is not None else None))
            at += number
        return cls(tuple(terms))


@dataclass(frozen=True, slots=True)
class Entry:
    """What a row is found by: its words, and the days it lasts, first and last; each event of a series for itself."""

    text: str
    spans: tuple[tuple[date, date], ...]

    def has(self, term: Term) -> bool:
        """Whether the row has it."""
        wanted = term.days
        if wanted is None:
            return all(word in self.text for word in term.words)
        # "dec" is not meant to find what is undecided
        if all(f" {word}" in self.text for word in term.words):
            return True
        return any(wanted.touches(first, last) for first, last in self.spans)


@dataclass(slots=True)
class Finder:
    """Knows what rows are found by, each until it is another one. `zone` is the user's, `today` the day there."""

    zone: str
    today: date
    _known: dict[str, tuple[Row, Entry]] = field(default_factory=dict)

    def learn(self, rows: Iterable[Row]) -> None:
        """Looks at rows ahead of time: the first look at one takes longer than to find it."""
        for row in rows:
            self._entry(row)

    def find(self, rows: Iterable[Row], wanted: Wanted) -> list[Row]:
        """The rows that have all that is wanted, in their order."""
        if not wanted.terms:
            return list(rows)
        terms = wanted.terms
        return [row for row in rows if all(self._entry(row).has(term) for term in terms)]

    def _entry(self, row: Row) -> Entry:
        known = self._known.get(row.id)
        if known is not None and known[0] is row:
            return known[1]
        entry = entry_of(row, self.zone, self.today)
        self._known[row.id] = (row, entry)
        return entry


def folded(words: str) -> str:
    """Words as they are compared: small and capital letters alike, without accents."""
    if words.isascii():
        return words.casefold()
    split = unicodedata.normalize("NFKD", words)
    return "".join(char for char in split if not unicodedata.combining(char)).casefold()


def entry_of(row: Row, zone: str, today: date) -> Entry:
    """All that a row may be found by."""
    parts: list[str] = [row.title, row.reason, action_label(row), _STATES[row.state], row.why_not]
    spans: list[tuple[date, date]] = []
    halves = [item.fields for item in (row.left, row.right) if item is not None]
    for fields in halves or [row.baseline.left or row.baseline.right]:
        when = fields.get("when")
        if isinstance(when, When):
            if span := _span(when, zone):
                spans.append(span)
            if when.recurrence:
                parts.append(f"series {series.in_words(when)}")
                spans += [(day, day) for day in _unrolled(when, today)]
        elif row.kind is Kind.TASKS and (due := due_day(fields.get("due"))) is not None:
            spans.append((due, due))
    for item in (row.left, row.right):
        if item is not None:
            parts += [item.title, *(_word(item, name) for name in _FIELDS[row.kind]), *item.people]
    found = tuple(dict.fromkeys(spans))
    # a day that is typed should find something before it is complete
    parts += [day.isoformat() for day in dict.fromkeys(day for span in found for day in span)]
    return Entry(f" {folded(' '.join(parts))}", found)


def _word(item: Item, name: str) -> str:
    found: Value = item.fields.get(name)
    return str(found or "").replace("_", " ")


def _unrolled(when: When, today: date) -> tuple[date, ...]:
    try:
        return _occurs_on(when, today - _BACK, today + _AHEAD)
    except OverflowError:
        return ()


def _span(when: When, zone: str) -> tuple[date, date] | None:
    first = first_day(when, zone)
    if first is None:
        return None
    last = last_day(when, zone)
    return first, max(first, last or first)


@lru_cache(maxsize=4096)
def _occurs_on(when: When, first: date, last: date) -> tuple[date, ...]:
    """The days from `first` to `last` on which a series has an event, in its own zone."""
    pattern = series.pattern_of(when)
    if pattern is None:
        return ()
    try:
        start = series.first_day(when)
        found = expansion.days(pattern, start, max(first, start))
        return tuple(takewhile(lambda day: day <= last, islice(found, _MOST_EVENTS)))
    except (ValueError, OverflowError, KeyError):
        return ()
