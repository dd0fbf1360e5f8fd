"""What memory keeps of which series cross as single events: it follows a series, and ends with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.build import CAL, MADE_AT, OL, SF, WINDOW, link, repeated
from support.model import ModelSide

from sync_core.crossing import chosen_in, end_choices
from sync_core.items import Item, Kind, SideName
from sync_core.memory import Memory
from sync_core.plan import Ignore, IgnoreMode, Singles
from sync_core.sides import Fate
from sync_core.singles import Chosen, choice


def a_series(side: SideName, item_id: str, subject: str = "Stand-up") -> Item:
    return repeated(side, item_id, subject=subject)


def chosen_for(source: Item, row_id: str) -> Ignore:
    return choice(Singles.OCCURRENCES, source, "", row_id, "in a zone of its own", MADE_AT)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    kept = Memory(tmp_path / "state", "a|b")
    yield kept
    kept.close()


@pytest.fixture
def sides() -> dict[SideName, ModelSide]:
    return {side: ModelSide(side) for side in SideName}


def kept(memory: Memory) -> set[str]:
    return set(memory.ignores(CAL))


@pytest.mark.parametrize("side", list(SideName))
def test_what_was_chosen_for_a_series_is_there_at_the_next_sync(memory, side):
    item = a_series(side, "X1")
    memory.put_ignores(CAL, [chosen_for(item, "row")])
    assert chosen_in(memory, CAL).modes == chosen_in(memory, CAL, [item]).modes == {"X1": Singles.OCCURRENCES}


def test_a_choice_that_memory_lost_comes_back_by_the_links_of_its_single_events(memory):
    memory.put_links(CAL, [link("L5", "R1#2026-12-02")])
    assert chosen_in(memory, CAL).modes == {"R1": Singles.OCCURRENCES}


@pytest.mark.parametrize("side", list(SideName))
def test_memory_follows_a_series_that_got_another_id(memory, side):
    """As a move to another folder and back gives it: found once, it is known by that id even when it is not listed."""
    memory.put_ignores(CAL, [chosen_for(a_series(side, "X1"), "row")])
    assert chosen_in(memory, CAL, [a_series(side, "X2")]).modes == {"X2": Singles.OCCURRENCES}
    [now] = memory.ignores(CAL).values()
    assert (now.row_id, now.mode, now.right_id if side is OL else now.left_id) == ("row", Singles.OCCURRENCES, "X2")
    assert chosen_in(memory, CAL).modes == {"X2": Singles.OCCURRENCES}


@pytest.mark.parametrize("kind", [Kind.CONTACTS, Kind.TASKS])
def test_only_events_have_series_that_cross_as_single_events(memory, kind):
    memory.put_ignores(CAL, [chosen_for(a_series(OL, "R1"), "row")])
    memory.put_links(kind, [replace(link("L5", "R1#2026-12-02"), kind=kind)])
    assert chosen_in(memory, kind) == Chosen()


@pytest.mark.parametrize("side", list(SideName))
@pytest.mark.parametrize(
    ("fate", "remembered"),
    [
        (Fate.HERE, True),
        (Fate.DELETED, False),
        # not to be seen any more: nothing more comes of it
        (Fate.MISSING, False),
        # all of these may be back tomorrow
        (Fate.MOVED, True),
        (Fate.OTHER_OWNER, True),
        (Fate.ARCHIVED, True),
        (Fate.UNREADABLE, True),
    ],
)
def test_a_choice_ends_with_its_series_and_not_before(memory, sides, side, fate, remembered):
    item = a_series(side, "X1")
    memory.put_ignores(CAL, [chosen_for(item, "row")])
    if fate is not Fate.DELETED:
        sides[side].items["X1"] = item
    if fate not in (Fate.DELETED, Fate.HERE):
        sides[side].take_away("X1", fate)
    end_choices(memory, CAL, sides, [], WINDOW)
    assert kept(memory) == ({"row"} if remembered else set())


def test_only_choices_of_series_that_are_gone_end(memory, sides):
    """Each is asked for on its own side: the other one has never heard of it. What is only ignored is none of this."""
    here, gone_here = a_series(SF, "L1"), a_series(SF, "L2", "Review")
    there, gone_there = a_series(OL, "R1", "Call"), a_series(OL, "R2", "Visit")
    sides[SF].items["L1"], sides[OL].items["R1"] = here, there
    choices = {"a": here, "b": gone_here, "c": there, "d": gone_there}
    memory.put_ignores(CAL, [chosen_for(item, row_id) for row_id, item in choices.items()])
    memory.put_ignores(CAL, [Ignore("e", IgnoreMode.FOREVER, "", "x", MADE_AT, "Lunch", right_id="R9")])
    end_choices(memory, CAL, sides, [], WINDOW)
    assert kept(memory) == {"a", "c", "e"}
    assert set(chosen_in(memory, CAL).modes) == {"L1", "R1"}


def test_a_side_is_not_asked_about_series_that_are_listed_or_whose_single_events_are(memory, sides):
    """The rows of those events come first: their deletion is for a person to decide."""
    listed, with_events = a_series(OL, "R1"), a_series(OL, "R2", "Call")
    memory.put_ignores(CAL, [chosen_for(listed, "a"), chosen_for(with_events, "b")])
    memory.put_links(CAL, [link("L5", "R2#2026-12-02")])

    def asked() -> None:
        raise AssertionError("nothing is to be asked")

    for side in sides.values():
        side.tick = asked
    end_choices(memory, CAL, sides, [listed], WINDOW)
    assert kept(memory) == {"a", "b"}


def test_a_choice_ends_when_its_last_single_event_lies_before_the_days_of_the_sync(memory, sides):
    memory.put_ignores(CAL, [chosen_for(a_series(OL, "R1"), "a")])
    memory.put_links(CAL, [link("L5", "R1#2026-10-22")])
    end_choices(memory, CAL, sides, [], WINDOW)
    assert kept(memory) == set()
