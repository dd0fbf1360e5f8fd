"""What people do to events that repeat: make series, move them, change one event of them or take it out. See `machine`.

What an occurrence has of its own is a text that nobody else ever typed, too, so that it can be followed.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from support.build import CAL, MADE_AT, at, fields_of
from support.machine_values import CHANGES, FRESH, PLAIN, SIDES, WHICH
from support.people import People
from sync_core import series, singles
from sync_core.items import Item, SideName, When
from sync_core.plan import Choice
from sync_core.recurrence import ChangedOccurrence, Exceptions
from sync_core.review import Review
from sync_core.sides import Limits

# the zone that a side with limits gives every series, and one that it therefore cannot hold
HOME, ABROAD = "Europe/London", "Asia/Tokyo"
ZONES = st.sampled_from([HOME, HOME, ABROAD])
PATTERNS = st.sampled_from(["FREQ=DAILY;COUNT=3", "FREQ=WEEKLY;BYDAY={day};COUNT=4"])
STARTS = st.sampled_from([at(20), at(24, 15), at(22, month=12), at(12, month=10)])
# one side that keeps the days and the zone of a series and cannot change a single event of it, or none
LIMITED = st.sampled_from([None, SideName.SALESFORCE, SideName.SALESFORCE, SideName.OUTLOOK])
WHAT = st.sampled_from(["taken out", "another hour", "another day", "own subject", "own notes", "as it was"])


def repeating(first: When, pattern: str, zone: str) -> When:
    """A series whose first event is `first`."""
    day = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][series.first_day(first._replace(zone=zone)).weekday()]
    return first._replace(recurrence=pattern.format(day=day), zone=zone)


class Repeating(People):
    """A person with series, and with systems of which one may not hold them all."""

    @initialize(limited=LIMITED)
    def limits(self, limited: SideName | None) -> None:
        if limited is not None:
            limits = Limits(series_zone=HOME, fixed_pattern=True, no_changed_occurrences="")
            self.world.side(limited).limits = limits

    @rule(side=SIDES, first=STARTS, pattern=PATTERNS, zone=ZONES, data=st.data())
    def create_series(self, side: SideName, first: When, pattern: str, zone: str, data: st.DataObject) -> None:
        self._create_series(side, repeating(first, pattern, zone), data.draw(CHANGES[CAL]))

    def _create_series(self, side: SideName, when: When, changes: dict[str, Any] | None = None) -> None:
        made = PLAIN[CAL] | self.fresh({**(changes or {}), "notes": FRESH, "when": when})
        self.type(self.world.side(side).put(fields_of(CAL, **made)))

    def as_it_can_be(self, item: Item, changes: dict[str, Any]) -> dict[str, Any]:
        """A series stays one. Whoever moves it loses what single events of it had of their own, as in Outlook."""
        when, wanted = item.when, changes.get("when")
        if not item.series or when is None or wanted is None:
            return changes
        pattern = "FREQ=WEEKLY;BYDAY={day};COUNT=4" if "WEEKLY" in when.recurrence else when.recurrence
        return {**changes, "when": repeating(wanted, pattern, when.zone), "exceptions": ""}

    def write(self, side: SideName, item_id: str, changes: dict[str, Any]) -> None:
        """Somebody writes some fields. The events of a series that is moved are other ones: of those that were there
        some may have to stay."""
        old = self.world.side(side).items[item_id]
        super().write(side, item_id, changes)
        new = self.world.side(side).items[item_id]
        if new.series and new.when != old.when:
            self.may_become_two(new)

    @rule(side=SIDES, position=WHICH, number=st.integers(0, 3), what=WHAT)
    def change_one_event(self, side: SideName, position: int, number: int, what: str) -> None:
        """One event of a series is moved, edited or taken out, or is again as the series has it."""
        all_series = sorted(i for i, item in self.world.side(side).items.items() if item.series)
        if not all_series:
            return
        item = self.world.side(side).items[all_series[position % len(all_series)]]
        whole = singles.in_window(_plain(item), self.world.window)
        if not whole:
            return
        one = whole[number % len(whole)]
        parts = singles.parts_of(one.id)
        assert parts is not None, "an occurrence has its day in its name"
        self.write(side, item.id, {"exceptions": self._changed(item, one, parts[1], what)})

    def _changed(self, item: Item, one: Item, day: date, what: str) -> str:
        now = Exceptions.parse(str(item.fields["exceptions"] or ""))
        others = [c for c in now.changed if c.original != day]
        own = next((dict(c.fields) for c in now.changed if c.original == day), {})
        deleted = tuple(d for d in now.deleted if d != day)
        assert one.when is not None, "an occurrence has a time"
        start, end = datetime.fromisoformat(one.when.start), datetime.fromisoformat(one.when.end)
        match what:
            case "taken out":
                return Exceptions((*deleted, day), tuple(others)).text
            case "as it was":
                return Exceptions(deleted, tuple(others)).text
            case "another hour":
                start, end = start + timedelta(hours=2), end + timedelta(hours=2)
            case "another day":
                start, end = start + timedelta(days=30), end + timedelta(days=30)
            case "own subject":
                own = {**own, "subject": "another"}
            case _:
                own = {**own, **self.fresh({"notes": FRESH})}
        return Exceptions(deleted, (*others, ChangedOccurrence(day, start, end, tuple(own.items())))).text

    @rule(first=STARTS, pattern=PATTERNS, position=WHICH, alone=st.booleans())
    def sync_as_single_events(self, first: When, pattern: str, position: int, alone: bool) -> None:
        """A person takes what is offered for a series that cannot cross, and syncs that alone or everything."""
        limited = [side for side in SideName if self.world.side(side).limits.fixed_pattern]
        if not limited:
            return
        review = Review.of(self.world.plan())
        offers = self._offers(review)
        if not offers:
            self._create_series(limited[0].other, repeating(first, pattern, ABROAD))
            review = Review.of(self.world.plan())
            offers = self._offers(review)
        if not offers:
            # what is prevented cannot be offered
            return
        review = review.as_single_events([offers[position % len(offers)]], MADE_AT)
        if alone:
            parts = set(review.joined)
            others = [row.id for row in review.rows() if row.id not in parts and row.ignored is None]
            review = review.choose(others, Choice.NOTHING)
        self.run_review(review)

    def _offers(self, review: Review) -> list[str]:
        return [row.id for row in review.rows() if row.offer is not None and row.ignored is None]


def _plain(item: Item) -> Item:
    """The series as its pattern has it."""
    return Item(item.kind, item.side, item.id, item.version, {**item.fields, "exceptions": ""}, series=True)
