"""Finding and marking in the Summary: words and days, orders, folding, jumps, conditions."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sync_core.groups import Group
from sync_core.order import Order
from sync_core.plan import Action, Choice, State
from tui.glyphs import ASCII
from tui.widgets.chips import Chips

Until = Callable[..., Awaitable[None]]


def titles(shown: Any) -> list[str]:
    """The rows shown, folded ones among them."""
    return [row.title for row in shown.screen.table.rows_shown]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("tomorrow", ["Trade fair", "Stand-up", "Demo for Contoso", "Team lunch", "Kick-off Fabrikam"]),
        ("dec 31", ["New Year party"]),
        ("2026-12-31", ["New Year party"]),
        ("priya delete", ["1:1 Priya"]),
        ("yoga ignored", ["Yoga 1", "Yoga 2"]),
        ("oslo", ["Contract talk"]),
    ],
)
async def test_words_days_and_actions_filter(summary: Any, words: str, found: list[str]) -> None:
    async with summary() as shown:
        await shown.press("slash", *["space" if c == " " else c if c != "-" else "minus" for c in words], "enter")
        assert titles(shown) == found
        assert f"/{words}" in shown.said()


async def test_t_goes_through_the_orders_and_keeps_the_row(summary: Any) -> None:
    async with summary(size=(120, 40)) as shown:
        shown.go_to("Pipeline call")
        first = titles(shown)
        seen = []
        for _ in Order:
            await shown.press("t")
            assert shown.title == "Pipeline call"
            assert sorted(titles(shown)) == sorted(first)
            header = next(line for line in shown.text().split("\n") if "Salesforce  " in line and "Outlook" in line)
            seen.append(header.rstrip().rsplit("by ")[1].split("│")[0].strip())
        assert seen == ["subject", "action", "last change", "time"]
        assert titles(shown) == first
        assert shown.said() == "sorted by time"


async def test_the_order_of_action_puts_what_needs_a_person_first(summary: Any) -> None:
    async with summary(size=(120, 40)) as shown:
        # the cursor stays with its row, wherever that goes
        await shown.press("t", "t", "home")
        table = shown.screen.table
        states = [row.state for row in table.rows_shown]
        assert states[:8] == [State.UNDECIDED] * 8
        assert "Conflict, needs a choice" in shown.text()
        assert "Delete from Outlook" in shown.text()


async def test_z_folds_a_day_and_enter_opens_it(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Stand-up")
        await shown.press("z")
        assert "+ Tue 24 Nov  4 rows, 1 to decide" in shown.text()
        assert "Stand-up" not in shown.text()
        assert shown.screen.table.cursor_row_id is None
        await shown.press("k")
        assert shown.title == "Pipeline call"
        await shown.press("j", "enter")
        assert shown.title == "Stand-up"
        await shown.press("z", "z")
        assert shown.title == "Stand-up"


async def test_a_key_on_a_folded_day_is_for_all_of_its_rows(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Stand-up")
        await shown.press("z", "full_stop")
        assert shown.said() == "4 rows: do nothing this time"
        assert shown.row("Team lunch").choice is Choice.NOTHING
        assert "to decide" not in next(line for line in shown.text().split("\n") if "Tue 24 Nov" in line)
        await shown.press("u")
        assert shown.row("Team lunch").choice is Choice.RECOMMENDED
        await shown.press("space")
        assert len(shown.marked()) == 4
        await shown.press("m")
        assert "for 4 rows" in shown.text()


async def test_all_days_fold_and_open(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Demo for Contoso")
        await shown.press("Z")
        assert shown.text().count(" rows") >= 4
        assert len(titles(shown)) == 28
        await shown.press("asterisk")
        assert len(shown.marked()) == 28
        await shown.press("Z", "Z", "Z")
        assert "Stand-up" in shown.text()


async def test_n_opens_a_folded_day_for_what_needs_a_decision(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("Z", "n")
        assert shown.title == "Budget 2027"
        await shown.press("n")
        assert shown.title == "Kick-off Fabrikam"
        await shown.press("N")
        assert shown.title == "Budget 2027"


async def test_folds_stay_while_words_filter_and_rows_are_decided(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("z", "j", "full_stop")
        await shown.press("slash", "a", "enter")
        assert "+ Mon 23 Nov" in shown.text()


async def test_jumps_to_conflicts_and_deletes(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("c")
        assert shown.title == "Budget 2027"
        await shown.press("greater_than_sign", "home", "c")
        assert shown.title == "Budget 2027", "a conflict that was decided is still one"
        await shown.press("x")
        assert shown.title == "Pipeline call"
        await shown.press("x")
        assert shown.title == "Team lunch"
        await shown.press("X")
        assert shown.title == "Pipeline call"
        await shown.press("C")
        assert shown.title == "Budget 2027"


async def test_jumps_say_when_there_is_nothing(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("slash", *"leeds", "enter", "x")
        assert "no row shown deletes anything" in shown.said()
        await shown.press("c")
        assert "no row shown is a conflict" in shown.said()


@pytest.mark.parametrize(
    ("key", "marked"),
    [
        ("c", 8),
        ("x", 2),
        ("greater_than_sign", 8),
        ("less_than_sign", 9),
        ("d", 2),
        ("i", 28),
    ],
)
async def test_conditions_mark_rows(summary: Any, key: str, marked: int) -> None:
    async with summary() as shown:
        await shown.press("s", key)
        assert len(shown.marked()) == marked
        assert f"{marked} marked" in shown.said()


async def test_like_this_one_and_the_same_reason(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Call with Northwind")
        await shown.press("s", "r")
        assert {"Call with Northwind", "Site visit", "Yoga 1"} <= set(shown.marked())
        await shown.press("s", "l")
        assert {"Call with Northwind", "Site visit"} <= set(shown.marked())
        assert "Yoga 1" not in shown.marked()


async def test_everything_and_then_the_exceptions(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("s", "c", "greater_than_sign", "escape")
        undecided = shown.screen.tally.undecided
        shown.go_to("Budget 2027")
        await shown.press("less_than_sign")
        assert shown.row("Budget 2027").choice is Choice.MERGE_OUTLOOK
        assert shown.row("Kick-off Fabrikam").action is Action.CREATE_IN_OUTLOOK
        await shown.press("u")
        assert shown.said().startswith("undone: “Budget 2027”")
        await shown.press("u")
        assert "rows: use Salesforce" in shown.said()
        assert shown.screen.tally.undecided == 8 > undecided


async def test_invert_marks_what_was_not_marked(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("space", "s", "i")
        assert len(shown.marked()) == 27
        assert "Trade fair" not in shown.marked()


async def test_the_menu_of_conditions_shows_its_keys_and_closes(summary: Any) -> None:
    async with summary() as shown:
        before = shown.text()
        await shown.press("s")
        text = shown.text()
        for words in ("Mark", "c  All conflicts", "x  All deletes", "l  Everything like this one", "i  Invert"):
            assert words in text
        await shown.press("escape")
        assert shown.text() == before
        await shown.press("z", "s", "l")
        assert "not possible: put the cursor on a row" in shown.said()


async def test_a_chip_that_is_chosen_is_left_by_a_second_click(summary: Any) -> None:
    async with summary() as shown:
        x = shown.text().split("\n")[2].index("New")
        await shown.pilot.click(Chips, offset=(x, 0))
        await shown.pilot.pause()
        assert shown.screen.group is Group.NEW
        await shown.pilot.click(Chips, offset=(shown.text().split("\n")[2].index("New"), 0))
        await shown.pilot.pause()
        assert shown.screen.group is Group.ALL


async def test_folded_headings_in_ascii(summary: Any) -> None:
    async with summary(glyphs=ASCII) as shown:
        await shown.press("z")
        assert "+ Mon 23 Nov  7 rows, 1 to decide" in shown.text()
        assert "Tue 24 Nov ---" in shown.text()


async def test_typing_a_filter_over_ten_thousand_rows_costs_little(summary: Any, samples: Any, until: Until) -> None:
    async with summary(samples.large(10_000)) as shown:
        pane = shown.screen.pane
        await until(shown.pilot, lambda: shown.screen.table.row_count == len(shown.screen.table._lines))
        pane.view.learn(pane._rows.values())
        costs = []
        for words in ("e", "ev", "dec", "tomorrow", "2026-1"):
            pane.view.words = words
            start = time.process_time()
            pane.view.shown(pane._rows)
            costs.append(time.process_time() - start)
        assert max(costs) < 0.15, costs
