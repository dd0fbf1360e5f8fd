"""What a plan is made of: both pictures, what memory knows, and what the job allows. Values only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sync_core.items import Kind, SideName
from sync_core.pairing import Link
from sync_core.plan import Ignore
from sync_core.sides import Description, Operation, Person, Reading, Sighting, Window


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is known of one side: what it listed, and what it answered when asked for single items."""

    description: Description
    reading: Reading
    sightings: Mapping[str, Sighting] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a job allows, whatever else is set."""

    private: bool = False
    prevented: frozenset[tuple[SideName, Operation]] = frozenset()
    # more rows than this, and more than this share of the links, are suspected
    suspect_rows: int = 10
    suspect_percent: int = 20


@dataclass(frozen=True, slots=True)
class Question:
    """Everything a plan is made of.

    `fresh` says that no run ended since memory was made or rebuilt: what it links is too young to delete anything by.
    `lost` says why memory had to be made anew, and no longer knows what it knew; "" as a rule. `doubtful` are the ids
    of items of which a person has not said since then what they are.
    """

    kind: Kind
    window: Window
    made_at: str
    left: Picture
    right: Picture
    links: Sequence[Link]
    ignores: Mapping[str, Ignore] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)
    fresh: bool = False
    lost: str = ""
    doubtful: Collection[str] = frozenset()
    # the ids of pairs that were held back as suspected, and that nobody has confirmed
    suspected: Collection[tuple[str, str]] = frozenset()
    # the ids of pairs that a side itself said are the same, when it refused to create one of them
    named: Collection[tuple[str, str]] = frozenset()
    # who in Salesforce has the address of somebody who takes part, by address: None when nobody wants to know
    people: Mapping[str, Sequence[Person]] | None = None
