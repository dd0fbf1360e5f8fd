"""The groups above the table: words where they fit, the rows' own signs where not, and always the numbers."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from sync_core.groups import Group
from sync_core.plan import NEEDS, Row, State, allowed
from tui.widgets.chips import fitted

FEW = dict.fromkeys(Group, 3)


def test_words_where_they_fit() -> None:
    assert [label for _, label in fitted(FEW, Group.ALL, 120)] == [f"{group.label} 3" for group in Group]


def test_what_matters_least_gives_up_its_word_first() -> None:
    """On 80 columns with rows of every group, what a person decides on keeps its word."""
    labels = [label for _, label in fitted(FEW, Group.ALL, 80)]
    assert labels == [
        "All 3", "New 3", "Changed 3", "Deleted 3", "Merge 3", "= 3", "Conflict 3", "Blocked 3", "Ignored 3", ". 3",
    ]  # fmt: skip


def test_the_chosen_one_keeps_its_word() -> None:
    assert "Link 3" in [label for _, label in fitted(FEW, Group.LINK, 80)]


NUMBERS = st.dictionaries(st.sampled_from(list(Group)), st.integers(1, 99_999), min_size=1)


@given(NUMBERS, st.sampled_from(list(Group)), st.integers(10, 200))
def test_no_number_is_lost(numbers: dict[Group, int], chosen: Group, width: int) -> None:
    found = fitted(numbers, chosen, width)
    assert [group for group, _ in found] == list(numbers)
    assert [int(label.split()[-1]) for _, label in found] == list(numbers.values())


@given(st.integers(1, 9_999), st.sampled_from(list(Group)))
def test_ten_thousand_rows_fit_a_small_terminal(number: int, chosen: Group) -> None:
    found = fitted(dict.fromkeys(Group, number), chosen, 80)
    assert sum(cell_len(label) + 1 for _, label in found) + 1 <= 80


@pytest.mark.parametrize("plan", ["monday", "contacts", "tasks"])
async def test_the_cursor_starts_on_what_needs_a_decision(summary: Any, samples: ModuleType, plan: str) -> None:
    async with summary(getattr(samples, plan)(), top=False) as shown:
        table = shown.screen.table
        row = table.row(table.cursor_row_id)
        assert row.state.value == "undecided"
        before = [one.state.value for one in table.rows_shown][: list(table.rows_shown).index(row)]
        assert "undecided" not in before
        # and it is in view
        assert 0 <= table.cursor_row - table.scroll_offset.y < table.size.height - 1


def writes(row: Row) -> bool:
    """Whether a run would write something for it."""
    now = allowed(row)
    return now.state is State.READY and bool(NEEDS[now.effect.action])


async def test_with_nothing_to_decide_it_starts_on_what_would_be_written(summary: Any, samples: ModuleType) -> None:
    plan = samples.monday()
    rows = [row for row in plan.rows if row.state is not State.UNDECIDED]
    rows.sort(key=writes)
    async with summary(replace(plan, rows=tuple(rows)), top=False) as shown:
        table = shown.screen.table
        shown_rows = list(table.rows_shown)
        at = shown_rows.index(table.row(table.cursor_row_id))
        assert writes(shown_rows[at])
        assert not any(writes(row) for row in shown_rows[:at])


async def test_marking_by_a_condition_shows_what_was_marked(summary: Any) -> None:
    """The cursor goes to the first of them, unless it is on one of them."""
    async with summary() as shown:
        table = shown.screen.table
        await shown.press("s", "x")
        first = table.cursor_row_id
        assert shown.marked()
        assert first == next(row.id for row in table.rows_shown if row.id in table.selected_ids)
        await shown.press("n")
        here = table.cursor_row_id
        await shown.press("s", "c")
        assert here in table.selected_ids
        assert table.cursor_row_id == here


async def test_with_nothing_to_do_it_starts_at_the_top(summary: Any, samples: ModuleType) -> None:
    plan = samples.monday()
    quiet = [row for row in plan.rows if row.state is not State.UNDECIDED and not writes(row)]
    assert quiet
    async with summary(replace(plan, rows=tuple(quiet)), top=False) as shown:
        assert shown.screen.table.cursor_row <= 1
