"""The Synchronization Summary by its keys: moving, marking, deciding, filtering, leaving."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sync_core.groups import Group
from sync_core.plan import Action, Choice, IgnoreMode, State
from tui.app import HandsyncApp
from tui.glyphs import ASCII
from tui.screens.question import Question
from tui.widgets.chips import Chips

Until = Callable[..., Awaitable[None]]


async def test_it_says_what_this_is_and_what_ok_would_write(summary: Any) -> None:
    async with summary(size=(120, 40)) as shown:
        text = shown.text()
    first, second, third = text.split("\n")[:3]
    assert first.startswith(" Synchronization Summary   Calendar  23 Oct 2026 – 22 Nov 2027  read 2 min ago")
    assert "Ok would write  Salesforce: 1 DELETED, 5 new, 3 chg.  Outlook: 1 DELETED, 5 new, 2 chg." in second
    assert "1 linked  8 undecided" in second
    assert third.split("  ")[0] == "[All 28] New 10"
    for chip in ("Changed 3", "Deleted 2", "Merge 1", "Link 1", "Conflict 8", "Blocked 1", "Ignored 2", "Nothing 4"):
        assert chip in third


async def test_at_80_cells_nothing_of_the_head_is_cut_off(summary: Any) -> None:
    async with summary() as shown:
        first, second, third = shown.text().split("\n")[:3]
    assert first.rstrip().endswith("read 2 min ago")
    assert second.rstrip() == " Ok: Salesforce 1 DELETED 5 new 3 chg  Outlook 1 DELETED 5 new 2 chg  8 open"
    assert third.rstrip() == "[All 28] New 10 Changed 3 Deleted 2 Merge 1 = 1 Conflict 8 Blocked 1 i 2 . 4"
    assert max(len(line.rstrip()) for line in (first, second, third)) <= 80


async def test_at_80_cells_the_groups_fit_with_two_digits_everywhere(summary: Any, app: HandsyncApp) -> None:
    app.demo = True
    async with summary() as shown:
        for group in Group:
            shown.screen.tally.groups[group] = 99
        shown.screen.pane._show_counts()
        await shown.pilot.pause()
        first, _, third = shown.text().split("\n")[:3]
    assert first.rstrip().endswith("2 min ago")
    assert third.count("99") == len(Group)
    assert len(third.rstrip()) <= 80


async def test_rows_stand_under_the_heading_of_their_day(summary: Any) -> None:
    async with summary(size=(120, 40)) as shown:
        lines = shown.text().split("\n")
    headings = [line[:12].strip(" ─") for line in lines if re.match(r"\w{3} \d+ \w{3} ─", line)]
    assert headings == ["Mon 23 Nov", "Tue 24 Nov", "Wed 25 Nov", "Thu 26 Nov", "Fri 27 Nov", "Thu 31 Dec"]
    demo = next(line for line in lines if "Demo for Contoso" in line)
    # the other side's day is said where it is another one
    assert demo.startswith("  11:00–12:00 Demo for Contoso")
    assert "Wed 25 Nov 11:00–12:00" in demo


async def test_the_cursor_starts_on_a_row_and_passes_headings_over(summary: Any) -> None:
    async with summary() as shown:
        assert shown.title == "Trade fair"
        await shown.press("up")
        assert shown.title == "Trade fair"
        seen = []
        for _ in range(8):
            await shown.press("j")
            seen.append(shown.title)
        assert seen[-3:] == ["Pipeline call", "Stand-up", "Demo for Contoso"]
        await shown.press("k", "k")
        assert shown.title == "Pipeline call"
        await shown.press("down", "up")
        assert shown.title == "Pipeline call"
        await shown.press("end")
        assert shown.title == "New Year party"
        await shown.press("home")
        assert shown.title == "Trade fair"
        await shown.press("pagedown")
        assert shown.title == "Demo for Contoso"
        await shown.press("pageup")
        assert shown.title == "Trade fair"


async def test_the_cursor_is_always_in_view(summary: Any, samples: Any) -> None:
    async with summary(samples.large(60)) as shown:
        table = shown.screen.table
        for move in [table.action_cursor_down] * 59 + [table.action_cursor_up] * 59:
            move()
            assert re.search(rf"(?m)^>.*{shown.title}\b", shown.text()), shown.title


@pytest.mark.parametrize("keys", ["J J", "shift+down shift+down", "v j j", "v down down v"])
async def test_a_range_of_rows_is_marked(summary: Any, keys: str) -> None:
    async with summary() as shown:
        shown.go_to("1:1 Priya")
        await shown.press(*keys.split())
        # across the heading of the next day
        assert shown.marked() == ["1:1 Priya", "Pipeline call", "Stand-up"]
        assert "3 marked" in shown.said()
        await shown.press("escape")
        assert shown.marked() == []
        assert shown.answers == []


@pytest.mark.parametrize("back", ["K", "shift+up"])
async def test_a_range_shrinks_again_and_grows_the_other_way(summary: Any, back: str) -> None:
    async with summary() as shown:
        shown.go_to("Pipeline call")
        await shown.press("J", "J", back, back, back)
        assert shown.marked() == ["1:1 Priya", "Pipeline call"]


async def test_a_second_range_adds_to_the_first(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("J", "j", "j", "J")
        assert shown.marked() == ["Trade fair", "Quarterly review", "Site visit", "Budget 2027"]


async def test_marks_one_by_one_and_all(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("space", "j", "j", "space")
        assert shown.marked() == ["Trade fair", "Call with Northwind"]
        await shown.press("space")
        assert shown.marked() == ["Trade fair"]
        await shown.press("asterisk")
        assert len(shown.marked()) == 28
        await shown.press("ctrl+a")
        assert shown.marked() == []


async def test_only_what_the_filter_shows_is_marked(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("ctrl+a")
        await shown.press("slash", *"leeds", "enter")
        assert shown.marked() == ["Quarterly review", "Site visit"]
        await shown.press("ctrl+a", "ctrl+a")
        assert shown.marked() == ["Quarterly review", "Site visit"]


async def test_marks_and_cursor_show_without_colour(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("J")
        lines = shown.text().split("\n")
    assert next(line for line in lines if "Trade fair" in line).startswith(" *")
    assert next(line for line in lines if "Quarterly" in line).startswith(">*")


async def test_arrows_bring_rows_across(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Quarterly review")
        await shown.press("less_than_sign")
        assert shown.row("Quarterly review").action is Action.UPDATE_IN_SALESFORCE
        assert "◂=" in shown.text()
        assert "use Outlook" in shown.said()
        await shown.press("greater_than_sign")
        assert shown.row("Quarterly review").action is Action.UPDATE_IN_OUTLOOK


async def test_arrows_settle_a_conflict_and_keep_what_one_side_changed(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Budget 2027")
        await shown.press("greater_than_sign")
        assert shown.row("Budget 2027").choice is Choice.MERGE_SALESFORCE
        assert shown.row("Budget 2027").action is Action.MERGE
        await shown.press("less_than_sign")
        assert shown.row("Budget 2027").choice is Choice.MERGE_OUTLOOK
        await shown.press("S")
        assert shown.row("Budget 2027").choice is Choice.TO_OUTLOOK
        await shown.press("O")
        assert shown.row("Budget 2027").choice is Choice.TO_SALESFORCE


async def test_a_choice_that_stays_blocked_says_so(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("1:1 Priya")
        await shown.press("greater_than_sign")
        assert shown.said().endswith("it stays blocked: deleting is prevented for Outlook")
        await shown.press("J", "greater_than_sign")
        assert "1 of 2 stay blocked: deleting is prevented for Outlook" in shown.said()
        await shown.press("escape", "k", "less_than_sign")
        assert shown.row("1:1 Priya").action is Action.CREATE_IN_SALESFORCE
        assert "blocked" not in shown.said()


async def test_nothing_reset_undo_redo(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("full_stop")
        assert shown.row("Trade fair").choice is Choice.NOTHING
        assert "=.=" in shown.text()
        await shown.press("r")
        assert shown.row("Trade fair").choice is Choice.RECOMMENDED
        await shown.press("u")
        assert shown.row("Trade fair").choice is Choice.NOTHING
        assert "undone" in shown.said()
        await shown.press("u")
        assert shown.row("Trade fair").choice is Choice.RECOMMENDED
        await shown.press("ctrl+r")
        assert shown.row("Trade fair").choice is Choice.NOTHING
        await shown.press("u", "u")
        assert "nothing to undo" in shown.said()


@pytest.mark.parametrize(("key", "mode"), [("i", IgnoreMode.ONCE), ("I", IgnoreMode.FOREVER)])
async def test_several_rows_are_ignored_at_once(summary: Any, key: str, mode: IgnoreMode) -> None:
    async with summary() as shown:
        await shown.press("J", "J", key)
        new, _ = shown.screen.review.ignores()
        assert len(new) == 3
        assert {ignore.mode for ignore in new.values()} == {mode}
        assert {ignore.since for ignore in new.values()} == {"2026-11-23T08:02:00Z"}
        for title in ("Trade fair", "Quarterly review", "Call with Northwind"):
            assert shown.row(title).state is State(mode.value)
        assert f"-▸+ {key} ignored" in shown.text()
        await shown.press("u")
        assert shown.screen.review.ignores() == ({}, set())


async def test_an_ignore_of_an_earlier_day_can_be_taken_back(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Yoga 2")
        await shown.press("r")
        assert shown.row("Yoga 2").action is Action.CREATE_IN_SALESFORCE
        assert shown.screen.review.ignores() == ({}, {shown.row("Yoga 2").id})


async def test_the_numbers_follow_every_decision(summary: Any) -> None:
    async with summary(size=(120, 40)) as shown:
        shown.go_to("Pipeline call")
        await shown.press("full_stop")
        head = shown.text().split("\n")[1:3]
        assert "Outlook: 5 new, 2 changed" in head[0]
        assert "Deleted 1" in head[1]
        await shown.press("u")
        assert "Outlook: 1 DELETED, 5 new" in shown.text().split("\n")[1]
        # the running count is the same as counting all anew
        groups = shown.screen.review.groups()
        assert {group: shown.screen.tally.groups[group] for group in Group} == groups


async def test_n_goes_round_the_rows_that_need_a_decision(summary: Any) -> None:
    async with summary() as shown:
        seen = []
        for _ in range(9):
            await shown.press("n")
            seen.append(shown.title)
        assert seen[:4] == ["Budget 2027", "Kick-off Fabrikam", "Interview Ana", "Sync"]
        assert seen[7:] == ["Contoso workshop", "Budget 2027"]
        await shown.press("N")
        assert shown.title == "Contoso workshop"


async def test_n_says_so_when_there_is_none(summary: Any, samples: Any) -> None:
    async with summary(samples.links_only()) as shown:
        await shown.press("n")
        assert shown.said() == "no row needs a decision; o is Ok"


async def test_n_tells_of_rows_that_the_filter_hides(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("slash", *"yoga", "enter", "n")
        assert "8 elsewhere" in shown.said()


async def test_words_filter_while_they_are_typed(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("slash")
        await shown.press(*"lee")
        assert shown.screen.table.shown == 2
        await shown.press(*"ds visit")
        assert shown.screen.table.shown == 1
        # letters that are keys elsewhere are letters here
        await shown.press(*"o")
        assert shown.screen.table.shown == 0
        await shown.press("backspace", "enter")
        assert shown.title == "Site visit"
        assert shown.said().startswith("/leeds visit 1 row")
        await shown.press("less_than_sign")
        assert "Site visit" in shown.said()
        await shown.press("escape")
        assert shown.screen.table.shown == 28
        assert shown.title == "Site visit"


async def test_escape_in_the_filter_ends_it(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("slash", *"leeds", "escape")
        assert shown.screen.table.shown == 28
        assert shown.screen.table.has_focus
        assert shown.answers == []


async def test_groups_by_arrows_and_by_mouse(summary: Any) -> None:
    async with summary(size=(120, 40)) as shown:
        await shown.press("right")
        assert shown.screen.group is Group.NEW
        assert "[New 10]" in shown.text()
        assert shown.screen.table.shown == 10
        await shown.press("left", "left")
        assert shown.screen.group is Group.NOTHING
        # the quiet rows are in it
        assert shown.screen.table.shown == 4
        line = shown.text().split("\n")[2]
        await shown.pilot.click(Chips, offset=(line.index("Conflict") + 2, 0))
        await shown.pilot.pause()
        assert shown.screen.group is Group.CONFLICT
        assert shown.screen.table.shown == 8
        await shown.press("escape")
        assert shown.screen.group is Group.ALL


async def test_a_decided_row_stays_in_view_until_the_filter_changes(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("slash", *"budget", "enter", "greater_than_sign")
        shown.screen.pane._show_group(Group.CONFLICT)
        await shown.press("escape", "left")
        shown.screen.pane._show_group(Group.CONFLICT)
        await shown.pilot.pause()
        assert shown.screen.table.shown == 7
        shown.go_to("Interview Ana")
        await shown.press("less_than_sign")
        assert shown.title == "Interview Ana"
        assert shown.screen.table.shown == 7


async def test_enter_shows_all_details_and_goes_back(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Budget 2027")
        await shown.press("enter")
        assert shown.screen.details.has_focus
        assert "Outlook: last changed Fri 20 Nov 16:40 by Tom B." in shown.text()
        await shown.press("enter")
        assert shown.screen.table.has_focus
        await shown.press("enter", "escape")
        assert shown.screen.table.has_focus
        assert shown.answers == []


async def test_d_hides_the_details(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("d")
        assert "will be" not in shown.text()
        await shown.press("d")
        assert "will be" in shown.text()


async def test_hostile_subjects_are_shown_harmlessly(summary: Any, samples: Any) -> None:
    async with summary(size=(120, 40)) as shown:
        text = shown.text()
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200d\ufe0f]", text)
        assert "[/close] budget 50% [b" in text
        assert "␛]52;c;aGk=␛" in text
        for subject in samples.HOSTILE:
            # in the table, the details, the menu and the status line
            shown.go_to(subject)
            await shown.press("i", "m")
            assert shown.screen.table.menu is not None
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown.text())
            shown.screen.table.close_menu()


async def test_wide_and_combining_characters_keep_the_columns_straight(summary: Any) -> None:
    from rich.cells import cell_len

    async with summary(size=(120, 40)) as shown:
        lines = shown.text().split("\n")
    for subject in ("四半期", "Cafe", "Family"):
        line = next(line for line in lines if subject in line)
        assert cell_len(line) == 120


async def test_leaving_without_decisions_asks_nothing(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("q")
        assert shown.answers == [None]


async def test_leaving_with_ignores_only_asks_nothing_and_the_review_has_them(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("i", "escape")
        assert shown.answers == [None]
        assert len(shown.screen.review.ignores()[0]) == 1


async def test_leaving_with_decisions_asks_first(summary: Any, app: HandsyncApp) -> None:
    async with summary() as shown:
        await shown.press("full_stop", "j", "i", "escape")
        assert isinstance(app.screen, Question)
        text = " ".join(re.sub("[│]", " ", shown.text()).split())
        assert "1 decision would be lost; nothing has been written." in text
        assert "1 ignored row will be remembered." in text
        # Enter stays
        await shown.press("enter")
        assert shown.answers == []
        await shown.press("q", "l")
        assert shown.answers == [None]


async def test_help_names_the_keys_of_this_screen(summary: Any) -> None:
    async with summary(size=(120, 50)) as shown:
        await shown.press("question_mark")
        text = shown.text()
    for key in ("j", "J", "v", "Space", "*", "m", ">", "<", ".", "r", "i", "I", "u", "Ctrl+R", "n", "N", "/", "o"):
        assert re.search(rf"(?m)(^|[\s,]){re.escape(key)}([\s,]|$)", text), key


async def test_the_most_useful_keys_stand_in_the_last_line(summary: Any) -> None:
    async with summary() as shown:
        last = shown.text().split("\n")[-1]
    for entry in ("Space Mark", "m Menu", "> Outlook", "< Salesforce", "i Ignore", "n Next", "o Ok", "? Keys"):
        assert entry in last


async def test_ascii_is_ascii(summary: Any, samples: Any) -> None:
    rows = [row for row in samples.monday().rows if row.title not in samples.HOSTILE]
    async with summary(samples.plan(rows), size=(120, 40), glyphs=ASCII) as shown:
        assert "<?>" in shown.text()
        await shown.press("n", "m")
        assert shown.text().isascii()
        await shown.press("escape", "greater_than_sign", "j", "enter")
        assert "<=>" in shown.text()
        assert shown.text().isascii()


async def test_an_empty_plan_is_no_trouble(summary: Any, samples: Any) -> None:
    async with summary(samples.plan([])) as shown:
        await shown.press(*"jkJKvv", "space", "asterisk", "m", "greater_than_sign", *"iIrun", "enter", "end", "n", "d")
        assert shown.answers == []
        await shown.press("q")
        assert shown.answers == [None]


async def test_ten_thousand_rows_are_filled_in_slices_and_can_be_used(summary: Any, samples: Any, until: Until) -> None:
    async with summary(samples.large(3000)) as shown:
        await shown.press("end")
        assert shown.screen.table.row_count == len(shown.screen.table._lines)
        await shown.press("asterisk", "i")
        assert shown.screen.tally.groups[Group.IGNORED] == 3000
        await shown.press("u")
        assert shown.screen.tally.groups[Group.IGNORED] == 0
        await shown.press("escape", "slash", *"meeting 2999", "enter")
        await until(shown.pilot, lambda: shown.screen.table.shown == 1)


async def test_resizing_moves_the_details_and_keeps_the_row(summary: Any) -> None:
    async with summary(size=(120, 40)) as shown:
        shown.go_to("Team lunch")
        await shown.press("m")
        await shown.pilot.resize_terminal(80, 24)
        await shown.pilot.pause()
        assert shown.screen.table.menu is None
        assert shown.title == "Team lunch"
        assert re.search(r"(?m)^>.*Team lunch", shown.text())
        assert "─ Team lunch: delete from Salesforce ─" in shown.text()
