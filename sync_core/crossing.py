"""Which series cross as single events, as memory keeps it: found under other ids, and forgotten with the series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from sync_core.items import Item, Kind, SideName
from sync_core.pairing import Link
from sync_core.plan import Ignore
from sync_core.sides import Fate, Side, Window
from sync_core.singles import Chosen, unlisted

# what is not there, or not for us: nothing more comes of it
_GONE: Final = (Fate.DELETED, Fate.MISSING)


class Choices(Protocol):
    """What memory tells and keeps of how series cross. Each call raises StoreError when memory cannot be used."""

    def links(self, kind: Kind) -> Sequence[Link]:
        """All links of a kind."""

    def ignores(self, kind: Kind) -> Mapping[str, Ignore]:
        """What a person said no to, and how series cross, by row id."""

    def put_ignores(self, kind: Kind, ignores: Iterable[Ignore]) -> None:
        """Keeps ignores, in place of those for the same rows."""

    def drop_ignores(self, kind: Kind, ids: Iterable[str]) -> None:
        """Takes ignores back by row id."""


def chosen_in(memory: Choices, kind: Kind, items: Sequence[Item] = ()) -> Chosen:
    """Which series cross as single events. One of the listed `items` may have got another id: memory follows.

    Raises StoreError when memory cannot be used.
    """
    if kind is not Kind.CALENDAR:
        return Chosen()
    chosen = Chosen.of(memory.ignores(kind).values(), memory.links(kind), items)
    if chosen.renamed:
        memory.put_ignores(kind, [ignore for _, ignore in chosen.renamed])
    return chosen


def end_choices(
    memory: Choices, kind: Kind, sides: Mapping[SideName, Side], items: Sequence[Item], window: Window
) -> None:
    """Forgets how series cross that are gone: one that is made later, however alike, is asked about anew.

    `items` are all that both sides list; a series that is not among them, and of which no event is left in the window,
    is asked for by its id. Raises SideError when a side cannot be read, StoreError when memory cannot be used.
    """
    for side, refs in unlisted(memory.ignores(kind).values(), items, memory.links(kind), window).items():
        seen = sides[side].look(kind, list(refs.values())) if refs else {}
        gone = [row_id for row_id, ref in refs.items() if ref.id in seen and seen[ref.id].fate in _GONE]
        if gone:
            memory.drop_ignores(kind, gone)
