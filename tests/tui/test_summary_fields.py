"""Deciding field by field in the details, typing values, and the two views."""

from __future__ import annotations

from typing import Any

import pytest

from sync_core.items import SideName
from sync_core.plan import Action, Choice, FieldChoice, State, effect
from tui.glyphs import ASCII
from tui.widgets.details import DetailsPane
from tui.widgets.row_text import category, category_word


def field(shown: Any) -> str:
    return str(shown.screen.details.field)


def details(shown: Any) -> str:
    return "\n".join(line.plain for line in shown.screen.details.lines)


async def at_conflict(shown: Any) -> None:
    """Opens the details of a conflict: both sides changed when, and Outlook the place."""
    shown.go_to("Budget 2027")
    await shown.press("enter")
    assert field(shown) == "when"


async def typed(shown: Any, words: str) -> None:
    """Replaces what stands in the line by other words."""
    await shown.press("home", "ctrl+k", *["space" if c == " " else c for c in words], "enter")


async def test_a_field_from_either_side(summary: Any) -> None:
    async with summary() as shown:
        await at_conflict(shown)
        await shown.press("less_than_sign")
        assert shown.row("Budget 2027").by_field == {"when": FieldChoice(SideName.OUTLOOK)}
        assert shown.row("Budget 2027").action is Action.UPDATE_IN_SALESFORCE
        assert shown.said() == "“Budget 2027”: when from Outlook"
        await shown.press("greater_than_sign", "j", "greater_than_sign")
        row = shown.row("Budget 2027")
        assert row.action is Action.UPDATE_IN_OUTLOOK
        assert set(effect(row).to_right) == {"when", "location"}
        assert "Ok writes  Outlook: when, location" in shown.text()
        await shown.press("u")
        assert shown.said() == "undone: “Budget 2027”: location from Salesforce"
        await shown.press("u", "u", "ctrl+r")
        assert shown.said() == "again: “Budget 2027”: when from Outlook"
        await shown.press("k", "r")
        assert shown.row("Budget 2027").state is State.UNDECIDED
        assert "1 field to decide" in shown.said()


async def test_the_counts_and_the_sign_follow_a_field(summary: Any) -> None:
    async with summary() as shown:
        undecided = shown.screen.tally.undecided
        await at_conflict(shown)
        await shown.press("greater_than_sign")
        assert shown.screen.tally.undecided == undecided - 1
        assert "◂=▸" in shown.text()


async def test_a_typed_value_goes_to_both_sides(summary: Any) -> None:
    async with summary() as shown:
        await at_conflict(shown)
        await shown.press("j", "t")
        assert "location  Room 12" in shown.text()
        await typed(shown, "Room 7")
        row = shown.row("Budget 2027")
        assert row.by_field == {"location": FieldChoice(None, "Room 7")}
        assert "location typed: Room 7; 1 field to decide" in shown.said()
        assert "= Room 7" in shown.text()
        assert shown.screen.details.has_focus
        assert field(shown) == "location"


async def test_a_typed_time_is_checked_and_can_be_corrected(summary: Any) -> None:
    async with summary() as shown:
        await at_conflict(shown)
        await shown.press("t")
        assert "2026-11-23 15:00-16:00" in shown.text()
        await typed(shown, "whenever")
        assert "write it like 2026-12-24 10:00-11:00" in shown.said()
        assert shown.row("Budget 2027").by_field == {}
        await typed(shown, "15:15")
        row = shown.row("Budget 2027")
        assert row.action is Action.MERGE
        assert effect(row).to_left["when"].start == "2026-11-23T15:15:00Z"
        assert effect(row).to_right["when"].end == "2026-11-23T16:15:00Z"


async def test_what_a_side_has_already_is_taken_from_it(summary: Any) -> None:
    async with summary() as shown:
        await at_conflict(shown)
        await shown.press("t", "enter")
        assert shown.row("Budget 2027").by_field == {"when": FieldChoice(SideName.SALESFORCE)}


async def test_escape_leaves_the_field_as_it_was(summary: Any) -> None:
    async with summary() as shown:
        await at_conflict(shown)
        await shown.press("j", "t", *"xyz", "escape")
        assert shown.row("Budget 2027").by_field == {}
        assert shown.screen.details.has_focus
        assert not shown.screen.pane.editor.is_open
        await shown.press("escape")
        assert shown.screen.table.has_focus
        assert shown.answers == []


async def test_notes_are_typed_on_a_page_of_several_lines(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Stand-up")
        await shown.press("enter")
        await shown.press("j")
        assert field(shown) == "notes"
        await shown.press("t")
        assert "Ctrl+S keeps" in shown.text()
        await shown.press("enter", "q", "greater_than_sign", "ctrl+s")
        assert shown.row("Stand-up").by_field == {"notes": FieldChoice(None, "Bring numbers.\nAnd coffee.\nq>")}


async def test_what_cannot_be_typed_says_why(summary: Any, samples: Any) -> None:
    builder = samples.Builder()
    old = samples.fields("Files", samples.at(23, "10:00", "11:00"))
    builder.pair(samples.Situation.CHANGED, old, {}, {"attachments": ("a.pdf",)}, "attachments changed in Outlook")
    async with summary(samples.plan(builder.rows)) as shown:
        await shown.press("enter", "t")
        assert shown.said() == "not possible: attachments: names of files are not typed"
        await shown.press("greater_than_sign")
        assert shown.row("Files").action is Action.NONE


async def test_a_blocked_side_stays_blocked(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Contract talk")
        await shown.press("enter", "j", "t")
        await shown.press("x", "ctrl+s")
        row = shown.row("Contract talk")
        assert "notes" in row.by_field
        assert "notes" not in {**row_effect(row).to_left, **row_effect(row).to_right}


def row_effect(row: Any) -> Any:
    from sync_core.plan import allowed

    return allowed(row).effect


async def test_without_fields_the_keys_are_those_of_the_row(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Team lunch")
        await shown.press("enter")
        assert field(shown) == ""
        await shown.press("greater_than_sign")
        assert shown.row("Team lunch").action is Action.CREATE_IN_OUTLOOK
        await shown.press("r")
        assert shown.row("Team lunch").choice is Choice.RECOMMENDED


async def test_a_whole_row_and_then_its_exceptions(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Budget 2027")
        await shown.press("greater_than_sign", "enter", "j", "greater_than_sign")
        row = shown.row("Budget 2027")
        assert (row.choice, set(row.by_field)) == (Choice.MERGE_SALESFORCE, {"location"})
        await shown.press("escape", "r")
        assert shown.row("Budget 2027").by_field == {}


async def test_the_mouse_chooses_a_field_and_then_a_side(summary: Any) -> None:
    async with summary() as shown:
        await at_conflict(shown)
        lines = [line.plain for line in shown.screen.details.lines]
        y = next(n for n, line in enumerate(lines) if line.lstrip(" >").startswith("location"))
        x = lines[y].index("Room 12") + 1
        await shown.pilot.click(DetailsPane, offset=(x, y))
        await shown.pilot.pause()
        assert field(shown) == "location"
        assert shown.row("Budget 2027").by_field == {}, "the first click only says which field is meant"
        await shown.pilot.click(DetailsPane, offset=(lines[y].index("Room 4", 20), y))
        await shown.pilot.pause()
        assert shown.row("Budget 2027").by_field == {"location": FieldChoice(SideName.SALESFORCE)}


async def test_n_goes_on_to_the_next_row_while_details_are_read(summary: Any) -> None:
    async with summary() as shown:
        await at_conflict(shown)
        await shown.press("greater_than_sign", "n")
        assert shown.title == "Kick-off Fabrikam"
        assert "Kick-off Fabrikam" in shown.screen.details.lines[0].plain
        await shown.press("n")
        assert field(shown) == "notes" or shown.title == "Interview Ana"


async def test_long_texts_are_told_by_what_differs(summary: Any, samples: Any) -> None:
    builder = samples.Builder()
    text = "\n".join(f"line {number}" for number in range(12))
    old = samples.fields("Minutes", samples.at(23, "10:00", "11:00"), notes=text)
    builder.pair(samples.Situation.CHANGED, old, {"notes": text.replace("line 6", "six")}, {}, "notes changed")
    builder.pair(
        samples.Situation.CONFLICT,
        {**old, "subject": "Both"},
        {"notes": text.replace("line 6", "ours")},
        {"notes": text.replace("line 6", "theirs")},
        "both changed notes",
    )
    async with summary(samples.plan(builder.rows)) as shown:
        await shown.press("enter")
        found = shown.text()
        for words in ("- before, + Salesforce", "will be: as in Salesforce", "- line 6", "+ six", "… 5 lines the same"):
            assert words in found
        await shown.press("escape", "j", "enter")
        found = shown.text()
        for words in ("S only in Salesforce, O only in Outlook", "will be: choose > or <", "S ours", "O theirs"):
            assert words in found
        await shown.press("less_than_sign")
        assert "will be: = as in Outlook" in shown.text() or "will be: as in Outlook" in shown.text()


async def test_w_shows_what_differs_and_what_will_be_done(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Budget 2027")
        await shown.press("enter", "escape")
        assert "will be" in details(shown)
        await shown.press("w")
        text = shown.text()
        assert "Differs" in text
        assert "will be" not in details(shown)
        assert "*|*   conflict" in text
        assert shown.said() == "what differs; w shows what will be done"
        await shown.press("w")
        assert "Action" in shown.text()
        assert "will be" in details(shown)


async def test_every_situation_has_a_category(samples: Any) -> None:
    for row in samples.monday().rows:
        assert len(category(row)) <= 5
        assert category(row).isascii()
        assert 3 <= len(category_word(row)) <= 8


@pytest.mark.parametrize("title", ["Budget 2027"])
async def test_ascii_has_only_ascii_of_its_own(summary: Any, title: str) -> None:
    async with summary(glyphs=ASCII) as shown:
        shown.go_to(title)
        await shown.press("enter", "greater_than_sign", "t")
        assert shown.screen.details.lines[0].plain.isascii()
        assert ">when" in shown.text()
