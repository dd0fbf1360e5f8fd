"""A side on which occurrences of series are items of their own, where they cross as single events.

Everything else is passed on. What is asked about an occurrence is asked about its series, and what is written to one is
written to its series as a changed or deleted occurrence: so the sides themselves know of series only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sync_core import singles
from sync_core.items import Fields, Item, Kind, SideName
from sync_core.sides import (
    Allowance,
    CancelCheck,
    Description,
    Operation,
    Outcome,
    Person,
    ProgressSink,
    Reading,
    Ref,
    Side,
    Sighting,
    Sought,
    Window,
    Write,
)
from sync_core.singles import Chosen


class OccurrenceSide:
    """Implements `sync_core.sides.Side` on top of another one. `chosen` says which series cross as single events."""

    def __init__(self, side: Side, chosen: Chosen) -> None:
        self._side = side
        self._chosen = chosen
        # series as the side itself has them, by id
        self._series: dict[str, Item] = {}

    @property
    def name(self) -> SideName:
        """Which side this is."""
        return self._side.name

    @property
    def batch_size(self) -> int:
        """As the side's own."""
        return self._side.batch_size

    @property
    def look_size(self) -> int:
        """As the side's own."""
        return self._side.look_size

    def describe(self, kind: Kind) -> Description:
        """As the side's own."""
        return self._side.describe(kind)

    def fetch(self, kind: Kind, window: Window, progress: ProgressSink, cancelled: CancelCheck) -> Reading:
        """The side's own reading, with occurrences in the place of the series that were chosen for it."""
        reading = self._side.fetch(kind, window, progress, cancelled)
        return singles.as_chosen(reading, self._chosen, window)

    def look(self, kind: Kind, refs: Sequence[Ref]) -> dict[str, Sighting]:
        """The items behind `refs`; an occurrence is what its series has on that day."""
        own = {ref.id: parts for ref in refs if (parts := singles.parts_of(ref.id)) is not None}
        asked = {ref.id: ref for ref in refs if ref.id not in own}
        for series_id, _ in own.values():
            asked.setdefault(series_id, Ref(series_id, known=self._chosen.known.get(series_id, {})))
        seen = self._side.look(kind, list(asked.values())) if asked else {}
        for item_id, sighting in seen.items():
            whole = sighting.left or sighting.item
            if whole is not None and whole.series:
                self._series[item_id] = whole
        # a side may say nothing about an id: who asked is told nothing either
        found = {ref.id: self._whole(seen[ref.id]) for ref in refs if ref.id not in own and ref.id in seen}
        for item_id, (series_id, day) in own.items():
            if series_id in seen:
                found[item_id] = self._chosen.sighting(day, seen[series_id])
        return found

    def _whole(self, sighting: Sighting) -> Sighting:
        if sighting.item is None:
            return sighting
        return replace(sighting, item=self._chosen.whole(sighting.item))

    def write(self, kind: Kind, writes: Sequence[Write]) -> list[Outcome]:
        """Does the writes; those to occurrences of one series become one write to that series."""
        own: dict[int, tuple[str, date]] = {}
        passed: list[Write] = []
        places: list[int] = []
        for place, write in enumerate(writes):
            parts = singles.parts_of(write.before.id) if write.before is not None else None
            if parts is not None:
                own[place] = parts
            else:
                passed.append(self._passed(write))
                places.append(place)
        outcomes: dict[int, Outcome] = {}
        merged = self._merged(kind, writes, own, outcomes)
        done = self._side.write(kind, [*passed, *(write for write, _ in merged)]) if passed or merged else []
        outcomes |= dict(zip(places, done[: len(places)], strict=True))
        for outcome, (_, series_places) in zip(done[len(places) :], merged, strict=True):
            for place in series_places:
                day = own[place][1]
                outcomes[place] = replace(outcome, id=singles.occurrence_id(outcome.id, day))
        return [outcomes[place] for place in range(len(writes))]

    def _passed(self, write: Write) -> Write:
        restore = write.restore
        if restore is not None and singles.parts_of(restore.id) is not None:
            # no side puts an occurrence back into its series: it comes back as an event of its own
            write = replace(write, restore=None)
        raw = self._series.get(write.before.id) if write.before is not None else None
        if raw is None or write.before is None or self._chosen.whole(raw) is raw:
            return write
        fields = dict(write.fields)
        if "exceptions" in fields:
            # what crosses by itself stays as it is in its series
            fields["exceptions"] = singles.taken_out(raw, write.before, str(fields["exceptions"] or ""))
        return replace(write, before=raw, fields=fields)

    def _merged(
        self,
        kind: Kind,
        writes: Sequence[Write],
        own: Mapping[int, tuple[str, date]],
        outcomes: dict[int, Outcome],
    ) -> list[tuple[Write, list[int]]]:
        """One write per series, with the places of the writes that it stands for. What cannot be gets its outcome."""
        by_series: defaultdict[str, list[int]] = defaultdict(list)
        for place, (series_id, _) in own.items():
            by_series[series_id].append(place)
        if missing := [series_id for series_id in by_series if series_id not in self._series]:
            self.look(kind, [Ref(series_id) for series_id in missing])
        merged = []
        for series_id, places in by_series.items():
            item = self._series.get(series_id)
            taken: dict[date, Fields | None] = {}
            for place in list(places):
                write, day = writes[place], own[place][1]
                if item is None:
                    places.remove(place)
                    outcomes[place] = Outcome(False, write.before.id if write.before else "", "its series is not there")
                else:
                    taken[day] = None if write.operation is Operation.DELETE else write.fields
            if item is None or not places:
                continue
            try:
                merged.append((Write(Operation.UPDATE, singles.written_to(item, taken), item), places))
            except ValueError as problem:
                outcomes |= {place: Outcome(False, series_id, str(problem)) for place in places}
        return merged

    def find(self, kind: Kind, sought: Sequence[Sought]) -> list[tuple[Item, ...]]:
        """As the side's own: nothing of ours creates an occurrence."""
        return self._side.find(kind, sought)

    def people(self, addresses: Sequence[str], cancelled: CancelCheck) -> dict[str, tuple[Person, ...]]:
        """As the side's own."""
        return self._side.people(addresses, cancelled)

    def requests_for(self, kind: Kind, creates: int, updates: int, deletes: int) -> int:
        """As the side's own."""
        return self._side.requests_for(kind, creates, updates, deletes)

    def allowance(self) -> Allowance | None:
        """As the side's own."""
        return self._side.allowance()

    def attend(self, tell: Callable[[str], None], cancelled: CancelCheck) -> None:
        """As the side's own."""
        self._side.attend(tell, cancelled)

    def close(self) -> None:
        """As the side's own."""
        self._side.close()
