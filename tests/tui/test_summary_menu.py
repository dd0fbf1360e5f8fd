"""The action menu: what it offers, what each entry would mean, and the two ways to choose."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rich.style import Style

from sync_core.plan import Action, Choice, IgnoreMode, State
from sync_core.review import Review
from tui.glyphs import ASCII, UNICODE
from tui.widgets.action_menu import KEYS, Command, Entry, Menu, entries, picks
from tui.widgets.lines import Looks
from tui.widgets.plan_table import PlanTable
from tui.widgets.row_text import Columns

PLAIN = Looks(*[Style.null()] * 9)


def by_command(samples: Any, *titles: str) -> dict[Command, Entry]:
    """The menu for some rows of the sample."""
    rows = [row for row in Review.of(samples.monday()).rows() if row.title in titles]
    assert len(rows) == len(titles)
    return {entry.command: entry for entry in entries(rows)}


def test_a_change_can_go_either_way(samples: Any) -> None:
    menu = by_command(samples, "Quarterly review")
    assert menu[Command.TO_OUTLOOK].label == "Use Salesforce"
    assert menu[Command.TO_OUTLOOK].meaning == "updates Outlook"
    assert menu[Command.TO_SALESFORCE].meaning == "updates Salesforce"
    assert menu[Command.NOTHING].meaning == "nothing is written"
    assert menu[Command.RESET].meaning == "updates Outlook"
    assert Command.ALL_TO_OUTLOOK not in menu


def test_the_ignores_are_called_what_people_know_them_as(samples: Any) -> None:
    menu = by_command(samples, "Quarterly review")
    assert menu[Command.IGNORE_ONCE].label == "Ignore differences until the next time one changes"
    assert menu[Command.IGNORE_FOREVER].label == "Ignore difference forever"


def test_a_new_item_cannot_be_brought_back_to_where_it_is(samples: Any) -> None:
    menu = by_command(samples, "Trade fair")
    assert menu[Command.TO_OUTLOOK].meaning == "creates in Outlook"
    assert menu[Command.TO_SALESFORCE].why_not == "there is nothing to bring over"


def test_a_conflict_has_merges_and_whole_sides(samples: Any) -> None:
    menu = by_command(samples, "Budget 2027")
    assert menu[Command.TO_OUTLOOK].label == "Use Salesforce, merge the rest"
    assert menu[Command.TO_OUTLOOK].meaning == "updates both sides"
    assert menu[Command.ALL_TO_OUTLOOK].meaning == "updates Outlook"
    assert menu[Command.ALL_TO_SALESFORCE].meaning == "updates Salesforce"
    assert menu[Command.RESET].meaning == "stays undecided"


def test_a_lost_half_is_restored_or_deleted_in_words_that_stand_out(samples: Any) -> None:
    menu = by_command(samples, "Team lunch")
    assert menu[Command.TO_OUTLOOK].meaning == "restores in Outlook"
    assert menu[Command.TO_SALESFORCE].meaning == "DELETES from Salesforce"


def test_what_is_prevented_says_why(samples: Any) -> None:
    menu = by_command(samples, "1:1 Priya")
    assert menu[Command.TO_OUTLOOK].why_not == "deleting is prevented for Outlook"
    assert menu[Command.TO_SALESFORCE].meaning == "restores in Salesforce"


def test_several_rows_say_how_they_would_fare(samples: Any) -> None:
    menu = by_command(samples, "Quarterly review", "Trade fair", "Call with Northwind")
    assert menu[Command.TO_OUTLOOK].meaning == "1 updated, 1 created, 1 not possible"
    menu = by_command(samples, "Call with Northwind", "Site visit")
    assert menu[Command.TO_SALESFORCE].meaning == "creates in Salesforce"
    assert menu[Command.TO_OUTLOOK].why_not == "there is nothing to bring over"
    menu = by_command(samples, "Trade fair", "Site visit")
    assert menu[Command.TO_OUTLOOK].meaning == "creates in Outlook (1 of 2 rows)"


def test_what_cannot_be_read_cannot_be_ignored(samples: Any) -> None:
    menu = by_command(samples, "Broken item")
    assert menu[Command.IGNORE_ONCE].why_not == "it cannot be read"


def test_every_entry_has_a_key_of_its_own() -> None:
    assert len({key for key, _ in KEYS.values()}) == len(KEYS) == len(Command) - 2


@pytest.mark.parametrize("height", [3, 5, 11, 30])
@pytest.mark.parametrize("y", [0, 4, 9])
def test_a_menu_stays_inside_whatever_the_room(samples: Any, height: int, y: int) -> None:
    found = tuple(by_command(samples, "Budget 2027").values())
    menu = Menu.at(found, "Budget 2027 \x1b[31m", 30, min(y, height - 1), 50, height)
    assert menu.x >= 0
    assert menu.x + menu.width <= 50
    assert menu.y >= 0
    assert menu.y + menu.height <= height
    seen = set()
    for _ in found:
        lines = [menu.line(number, PLAIN, ASCII) for number in range(menu.height)]
        assert {line.cell_len for line in lines} == {menu.width}
        assert "\x1b" not in "".join(line.plain for line in lines)
        at = menu.by_line(menu.line_of_cursor)
        assert at is menu.entries[menu.cursor]
        seen.add(at.command if at else None)
        menu.move(1)
    assert seen == {entry.command for entry in found}


def test_the_cursor_passes_over_what_is_not_possible(samples: Any) -> None:
    found = tuple(by_command(samples, "1:1 Priya").values())
    menu = Menu.at(found, "", 0, 0, 80, 20)
    assert menu.entries[menu.cursor].command is Command.TO_SALESFORCE
    menu.move(-1)
    assert menu.entries[menu.cursor].command is Command.DETAILS
    menu.move(1)
    assert menu.entries[menu.cursor].command is Command.TO_SALESFORCE
    assert "│>" in menu.line(menu.line_of_cursor, PLAIN, UNICODE).plain


@pytest.mark.parametrize("key", ["m", "shift+f10", "menu"])
async def test_it_opens_at_the_row_and_closes_without_a_trace(summary: Any, key: str) -> None:
    async with summary() as shown:
        before = shown.text()
        await shown.press(key)
        assert "┌ Trade fair ─" in shown.text()
        assert shown.screen.table.has_focus
        await shown.press("escape")
        assert shown.text() == before
        assert shown.answers == []


@pytest.mark.parametrize(
    ("title", "key", "choice"),
    [
        ("Quarterly review", "less_than_sign", Choice.TO_SALESFORCE),
        ("Quarterly review", "full_stop", Choice.NOTHING),
        ("Budget 2027", "greater_than_sign", Choice.MERGE_SALESFORCE),
        ("Budget 2027", "less_than_sign", Choice.MERGE_OUTLOOK),
        ("Budget 2027", "S", Choice.TO_OUTLOOK),
        ("Budget 2027", "O", Choice.TO_SALESFORCE),
    ],
)
async def test_every_entry_by_its_key(summary: Any, title: str, key: str, choice: Choice) -> None:
    async with summary() as shown:
        shown.go_to(title)
        await shown.press("m", key)
        assert shown.screen.table.menu is None
        assert shown.row(title).choice is choice


async def test_entries_by_arrows_and_enter(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Quarterly review")
        await shown.press("m", "down", "enter")
        assert shown.row("Quarterly review").action is Action.UPDATE_IN_SALESFORCE
        # the last entry but one, from the end: back to the recommendation
        await shown.press("m", "up", "k", "enter")
        assert shown.row("Quarterly review").choice is Choice.RECOMMENDED
        await shown.press("m", "up", "enter")
        assert shown.screen.details.has_focus


@pytest.mark.parametrize(("key", "mode"), [("i", IgnoreMode.ONCE), ("I", IgnoreMode.FOREVER)])
async def test_the_whole_selection_is_ignored(summary: Any, key: str, mode: IgnoreMode) -> None:
    async with summary() as shown:
        await shown.press("J", "J", "m")
        assert "┌ for 3 rows ─" in shown.text()
        await shown.press(key)
        new, _ = shown.screen.review.ignores()
        assert [ignore.mode for ignore in new.values()] == [mode] * 3
        assert shown.row("Quarterly review").state is State(mode.value)


async def test_an_entry_that_is_not_possible_says_why_and_changes_nothing(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("m", "less_than_sign")
        assert shown.screen.table.menu is not None
        assert "there is nothing to bring over" in shown.said()
        assert not shown.screen.review.decisions


async def test_other_keys_do_nothing_while_it_is_open(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("m", "o", "slash", "n", "u", "x")
        assert shown.screen.table.menu is not None
        assert shown.pilot.app.screen is shown.screen
        await shown.press("q")
        assert shown.screen.table.menu is None
        assert shown.answers == []


def place(shown: Any, title: str) -> tuple[int, int]:
    """Where the row with a subject is in the table: some cell of its left side, and its line."""
    lines = shown.text().split("\n")
    top = next(number for number, line in enumerate(lines) if line.startswith("  Salesforce"))
    return 5, next(number for number, line in enumerate(lines) if title in line) - top


async def test_right_click_opens_it_for_the_row_under_the_mouse(summary: Any) -> None:
    async with summary() as shown:
        await shown.pilot.click(PlanTable, offset=place(shown, "Pipeline"), button=3)
        await shown.pilot.pause()
        assert shown.title == "Pipeline call"
        assert "┌ Pipeline call ─" in shown.text()


async def test_right_click_on_a_marked_row_is_for_all_marked_rows(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("J", "j", "j")
        await shown.pilot.click(PlanTable, offset=place(shown, "Trade fair"), button=3)
        await shown.pilot.pause()
        assert "┌ for 2 rows ─" in shown.text()


async def test_a_click_on_the_sign_opens_it_and_a_click_on_an_entry_chooses(summary: Any) -> None:
    async with summary() as shown:
        _, y = place(shown, "Trade fair")
        await shown.pilot.click(PlanTable, offset=(Columns.of(79).action_at + 1, y))
        await shown.pilot.pause()
        menu = shown.screen.table.menu
        assert menu is not None
        line = next(n for n, entry in enumerate(menu.entries) if entry.command is Command.IGNORE_FOREVER) + 1
        await shown.pilot.click(PlanTable, offset=(menu.x + 8, menu.y + line))
        await shown.pilot.pause()
        assert shown.screen.table.menu is None
        assert shown.row("Trade fair").state is State.IGNORED_FOREVER


async def test_a_click_beside_it_closes_it(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("m")
        await shown.pilot.click(PlanTable, offset=(1, 1))
        await shown.pilot.pause()
        assert shown.screen.table.menu is None
        assert not shown.screen.review.decisions


async def test_the_mouse_moves_marks_and_extends(summary: Any) -> None:
    async with summary() as shown:
        await shown.pilot.click(PlanTable, offset=place(shown, "Quarterly"))
        await shown.pilot.pause()
        assert shown.title == "Quarterly review"
        await shown.pilot.click(PlanTable, offset=place(shown, "Site visit"), shift=True)
        await shown.pilot.pause()
        assert shown.marked() == ["Quarterly review", "Call with Northwind", "Site visit"]
        _, y = place(shown, "Pipeline")
        await shown.pilot.click(PlanTable, offset=(1, y))
        await shown.pilot.pause()
        assert shown.marked()[-1] == "Pipeline call"
        # a heading is folded and opened, and marks stay
        await shown.pilot.click(PlanTable, offset=(5, 1))
        await shown.pilot.pause()
        assert "+ Mon 23 Nov  7 rows, 1 to decide" in shown.text()
        assert shown.marked()[-1] == "Pipeline call"
        await shown.pilot.click(PlanTable, offset=(5, 1))
        await shown.pilot.pause()
        assert shown.title == "Trade fair"


async def test_a_double_click_shows_the_details(summary: Any) -> None:
    async with summary() as shown:
        await shown.pilot.click(PlanTable, offset=place(shown, "Quarterly"), times=2)
        await shown.pilot.pause()
        assert shown.screen.details.has_focus


async def test_which_one_is_answered_in_the_menu(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Workshop Contoso")
        await shown.press("m")
        assert "─ Workshop Contoso: which one? m offers what it could be ─" in shown.text()
        assert "1  The same as Wed 25 Nov 16:00 Contoso workshop" in shown.text()
        await shown.press("1")
        # two rows became one, and the cursor is on it
        joined = shown.screen.review.row(shown.screen.table.cursor_row_id)
        assert joined.left is not None
        assert joined.right is not None
        assert shown.screen.tally.groups == shown.screen.review.groups()
        assert shown.screen.table.shown == 27
        await shown.press("less_than_sign")
        assert shown.screen.review.row(joined.id).action is Action.UPDATE_IN_SALESFORCE
        await shown.press("u", "u")
        assert shown.screen.table.shown == 28
        await shown.press("ctrl+r")
        assert shown.screen.table.shown == 27
        shown.screen.table.go_to(joined.id)
        await shown.press("r")
        assert shown.screen.table.shown == 28
        assert not shown.screen.review.joined


async def test_one_of_several_is_picked_by_its_number(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Sync")
        await shown.press("m", "2")
        joined = shown.screen.review.row(shown.screen.table.cursor_row_id)
        assert joined.right is not None
        assert joined.right.id == "AAMkSync2"
        assert joined.action is Action.LINK
        # a pick is a decision: leaving asks
        await shown.press("q")
        assert "1 decision would be lost" in shown.text()


def offered(shown: Any) -> list[str]:
    """What the menu says that a row could be the same as."""
    lines = [line for line in shown.text().splitlines() if "The same as " in line]
    return [line.partition("The same as ")[2].partition("│")[0].rstrip() for line in lines]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        (
            "Featherstonehaugh",
            [
                "Kim Feather…, company “Contoso”, title “Buyer of fine fine …”",
                "Kim Featherstoneha…, company “Contoso”, title “Buyer of wine”",
                "Kim Featherstonehaugh-Cholmon…, company “Northwind”, no title",
            ],
        ),
        (
            "四半期",
            [
                "Kim 四半期レビュー東京オフィスとの会議四 …, company “Contoso”",
                "Kim 四半期レビュー東京オ …, company “Northwind [2J[bold]x[/]”",
            ],
        ),
    ],
    ids=["a long name", "wide letters"],
)
async def test_long_names_hide_nothing_of_what_tells_them_apart(
    summary: Any, samples: Any, title: str, words: list[str]
) -> None:
    """On a small screen it is the name that is cut, of which all of them have the same."""
    async with summary(samples.of_one_name(), size=(80, 24)) as shown:
        row = next(r for r in shown.screen.review.rows() if r.left is not None and title in r.title)
        shown.screen.table.go_to(row.id)
        await shown.press("m")
        assert offered(shown) == words


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (80, "Ask the caterer for Thursday about…, subject “…ll of {end}”"),
        (200, "Ask the caterer for Thursday about all of all of all of all of all of all of {end}"),
    ],
)
async def test_names_that_differ_behind_what_is_cut_off_say_what_differs(
    summary: Any, samples: Any, width: int, words: str
) -> None:
    """Two tasks whose subjects begin alike for longer than a line. Where there is room they are shown as they are."""
    b, kinds = samples.Builder(samples.Kind.TASKS), samples.Situation
    head = "Ask the caterer for Thursday about " + "all of " * 6
    mine = b.item(samples.SideName.SALESFORCE, samples.task(f"{head}it", None))
    theirs = [
        replace(b.item(samples.SideName.OUTLOOK, samples.task(f"{head}{end}", None)), id=f"AAMk{end}")
        for end in ("the tea", "the pie")
    ]
    b.add(kinds.AMBIGUOUS, mine, None, "which one?", rivals=tuple(theirs))
    for item in theirs:
        b.add(kinds.AMBIGUOUS, None, item, "which one?", rivals=(mine,))
    plan = samples.Plan(samples.Kind.TASKS, samples.MADE_AT, samples.WINDOW, tuple(b.rows))
    async with summary(plan, size=(width, 24)) as shown:
        shown.screen.table.go_to(plan.rows[0].id)
        await shown.press("m")
        assert offered(shown) == [words.format(end=end) for end in ("the tea", "the pie")]


def test_a_menu_has_room_for_wide_letters() -> None:
    """As wide as its longest entry on the screen, whatever that takes in letters and in signs that are not shown."""
    for name, wide in (("会議" * 10, 40), ("\u2066" * 30 + "x" * 20, 20)):
        menu = Menu.at(picks([("a", name)]), "", 0, 0, 200, 20)
        assert menu.line(1, PLAIN, UNICODE).cell_len == menu.width == wide + len("│> 1  The same as  │")
        assert "…" not in menu.line(1, PLAIN, UNICODE).plain
