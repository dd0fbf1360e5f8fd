"""Keys as a person knows them, and what screens say about theirs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.pilot import Pilot

from sync_core.groups import Group
from sync_core.plan import DELETES
from sync_core.selecting import Condition
from tui.app import HandsyncApp
from tui.keys import KeyHelp, key_help, key_name
from tui.screens.fetch import FetchScreen
from tui.screens.home import HomeScreen
from tui.screens.keys_page import KeysScreen
from tui.screens.palette import PaletteScreen, commands, found
from tui.screens.question import Question
from tui.theme import LIGHT
from tui.topics import together
from tui.widgets.action_menu import MARK_NAMES
from tui.widgets.controls import Listing
from tui.widgets.frame import KeyLine, fitting
from tui.widgets.labelled import Labelled

Settle = Callable[[Pilot[Any]], Awaitable[None]]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("ctrl+q", "Ctrl+Q"),
        ("question_mark", "?"),
        ("K", "K"),
        ("k", "k"),
        ("shift+f10", "Shift+F10"),
        ("f1", "F1"),
        ("f", "f"),
        ("escape", "Esc"),
        ("greater_than_sign", ">"),
        ("shift+up", "Shift+Up"),
    ],
)
def test_key_names(key: str, name: str) -> None:
    assert key_name(key) == name


async def test_the_key_line_and_the_help_page_come_from_the_bindings(app: HandsyncApp, settle: Settle) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        told = {entry.label: entry for entry in key_help(app.screen)}
        assert told["Start Sync"].keys == ("s",)
        assert told["Commands"].keys == ("Ctrl+P",)
        line = str(app.screen.query_one(KeyLine).content)
        assert line.split("  ") == [
            " s Start Sync",
            "c Configure",
            "i Ignored",
            "h History",
            "r Check again",
            "? Keys",
            "q Quit ",
        ]
        helps = together(key_help(app.screen))
        await pilot.press("question_mark")
        assert isinstance(app.screen, KeysScreen)
        page = "\n".join(lines.text for lines in app.screen.query(Labelled))
        for entry in helps:
            assert entry.sentence in page
        assert page.count("Leave handsync.") == 1
        assert "q, Ctrl+Q Leave handsync." in page
        await pilot.press("escape")
        assert isinstance(app.screen, HomeScreen)


async def test_the_palette_offers_what_the_screen_can_do(app: HandsyncApp, settle: Settle) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        home = app.screen
        labels = [entry.label for entry in commands(home)]
        assert labels[:4] == ["Start Sync", "Configure", "Ignored", "History"]
        assert {"Quit", "Keys"} <= set(labels)
        assert labels.count("Quit") == 1
        await pilot.press("ctrl+p")
        await pilot.pause()
        assert isinstance(app.screen, PaletteScreen)
        await pilot.press(*"ignored", "enter")
        await pilot.pause()
        await settle(pilot)
        assert type(app.screen).__name__ == "IgnoredScreen"


async def test_the_palette_moves_and_is_left_without_doing_anything(app: HandsyncApp, settle: Settle) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+p", "down", "down", "up", "tab", "shift+tab")
        assert app.screen.query_one("#commands", Listing).highlighted == 1
        # what nobody meant does nothing
        await pilot.press(*"zzz", "enter")
        assert app.screen.query_one("#none").display
        assert isinstance(app.screen, PaletteScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, HomeScreen)


async def test_the_palette_changes_the_colours_for_a_session(app: HandsyncApp, settle: Settle) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+p", *"colours light", "enter")
        await pilot.pause()
        assert app.theme == LIGHT


async def test_a_click_in_the_palette_does_it(app: HandsyncApp, settle: Settle) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+p", *"ignored")
        await pilot.click("#commands", offset=(5, 0))
        await settle(pilot)
        assert type(app.screen).__name__ == "IgnoredScreen"


def test_commands_are_found_by_any_letters_names_first() -> None:
    node = App[None]()
    one = KeyHelp(("s",), "Start Sync", "Read both sides.", "start", True, True, node)
    other = KeyHelp(("r",), "Check again", "Read the settings; start nothing.", "reload", True, True, node)
    assert found([other, one], "START") == [one, other]
    assert found([other, one], "sync sta") == [one]
    assert found([other, one], "read nothing") == [other]
    assert found([other, one], "") == [other, one]
    assert found([other, one], "delete") == []


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_palette_help_and_key_line_cannot_disagree(summary: Any, size: tuple[int, int]) -> None:
    """Every key of the Summary that has a name is in the palette and on the help page, and those alone."""
    async with summary(size=size) as shown:
        screen = shown.screen
        helps = key_help(screen)
        named = {entry.action for entry in helps if entry.label and entry.enabled}
        more = {entry.action for entry in screen.more_commands()}
        palette = {entry.action for entry in commands(screen) if entry.keys} - more
        assert palette == named - {"palette"}
        line = screen.query_one(KeyLine)
        assert {entry.action for entry in line._fitted} <= named
        assert cell_len(str(line.content)) <= size[0]
        await shown.press("question_mark")
        page = "\n".join(lines.text for lines in shown.pilot.app.screen.query(Labelled))
        for entry in together(helps):
            assert f"{', '.join(entry.keys)} {entry.sentence}" in page


@pytest.mark.slow
async def test_the_palette_has_each_condition_each_order_and_each_group(summary: Any) -> None:
    async with summary() as shown:
        screen = shown.screen
        labels = [entry.label for entry in commands(screen)]
        for condition in Condition:
            assert f"Mark: {MARK_NAMES[condition]}" in labels
        assert "Mark: invert" in labels
        assert {"Sort by subject", "Sort by action", "Sort by last change", "Show: Conflict"} <= set(labels)
        # each once, and none is cut on a small terminal
        assert len(labels) == len(set(labels))
        await shown.press("ctrl+p")
        for entry in commands(screen):
            assert cell_len(entry.label) <= 28
            assert cell_len(", ".join(entry.keys)) <= 24
        await shown.press(*"mark deletes", "enter")
        assert shown.screen.is_current
        assert {shown.row(title).action for title in shown.marked()} <= DELETES
        assert shown.marked()
        await shown.press("ctrl+p", *"sort by subject")
        assert "Sort the rows by subject." in shown.text()
        await shown.press("enter")
        assert "sorted by subject" in shown.said()
        await shown.press("ctrl+p", *"show: conflict", "enter")
        assert screen.group is Group.CONFLICT
        assert screen.table.has_focus


def helps_of(*labels: str) -> list[KeyHelp]:
    """Commands for a key line; one called "Back" stays to the last."""
    node = App[None]()
    return [KeyHelp((label[0],), label, "", label, True, True, node, last=label == "Back") for label in labels]


def test_the_key_line_leaves_out_what_has_no_room_but_never_the_way_back() -> None:
    entries = helps_of("Start", "Configure", "Ignored", "Back")
    assert [entry.label for entry in fitting(entries, 80)] == ["Start", "Configure", "Ignored", "Back"]
    assert [entry.label for entry in fitting(entries, 28)] == ["Start", "Back"]
    assert [entry.label for entry in fitting(entries, 8)] == ["Back"]
    palette = replace(entries[0], label="Commands", action="palette", shown=False, id="palette")
    assert palette in fitting([*entries, palette], 80)
    assert palette not in fitting([*entries, palette], 45)


async def test_a_click_in_the_key_line_does_what_the_key_does(app: HandsyncApp, settle: Settle) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        line = app.screen.query_one(KeyLine)
        await pilot.click(KeyLine, offset=(str(line.content).index("Ignored") + 2, 0))
        await settle(pilot)
        assert type(app.screen).__name__ == "IgnoredScreen"
        line = app.screen.query_one(KeyLine)
        await pilot.click(KeyLine, offset=(str(line.content).index("Back"), 0))
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)
        await pilot.click(KeyLine, offset=(79, 0))
        assert isinstance(app.screen, HomeScreen)


def every(of: type) -> set[type]:
    """All classes of ours below a class."""
    found = {one for below in of.__subclasses__() for one in {below, *every(below)}}
    return {one for one in found if one.__module__.startswith("tui.")}


def test_no_key_means_two_things_in_one_place() -> None:
    """Of two bindings for one key in a class, Textual takes both, and a person gets the first."""
    twice = {}
    for owner in every(DOMNode):
        said = owner.__dict__.get("BINDINGS", ())
        keys = [key.strip() for binding in said if isinstance(binding, Binding) for key in binding.key.split(",")]
        repeated = {key for key in keys if keys.count(key) > 1}
        if repeated:
            twice[owner.__name__] = repeated
    assert twice == {}
    assert len(every(DOMNode)) > 20


async def test_a_key_without_a_label_does_not_take_it_from_one_that_has_it(
    app: HandsyncApp, backend: Any, settle: Settle, until: Any
) -> None:
    """Reading is left with Esc, q, and Ctrl+C, which has no label: the key line says Esc."""
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, FetchScreen))
        await pilot.pause()
        assert "Esc Cancel" in str(app.screen.query_one(KeyLine).content)
        entry = next(entry for entry in key_help(app.screen) if entry.action == "back")
        assert entry.keys == ("Esc", "q", "Ctrl+C")
