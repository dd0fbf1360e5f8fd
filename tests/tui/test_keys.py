"""Keys as a person knows them, and what screens say about theirs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from sync_core.plan import Action
from tui.app import HandsyncApp
from tui.keys import key_help, key_name
from tui.screens.home import HomeScreen
from tui.screens.keys_page import KeysScreen
from tui.widgets.controls import Words
from tui.widgets.frame import KeyLine

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
        assert told["Palette"].keys == ("Ctrl+P",)
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
        await pilot.press("question_mark")
        assert isinstance(app.screen, KeysScreen)
        page = [str(words.content) for words in app.screen.query("#keys Words").results(Words)]
        for entry in told.values():
            assert entry.sentence in page
        await pilot.press("escape")
        assert isinstance(app.screen, HomeScreen)


async def test_the_palette_offers_what_the_screen_can_do(app: HandsyncApp, settle: Settle) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert titles[:4] == ["Start Sync", "Configure", "Ignored", "History"]
        assert "Quit" in titles
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"ignored", "enter")
        await pilot.pause()
        await settle(pilot)
        assert type(app.screen).__name__ == "IgnoredScreen"


async def test_the_palette_does_what_a_part_of_the_screen_can_do(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Budget 2027")
        await shown.press("ctrl+p")
        await shown.press(*"use salesforce", "enter")
        await shown.pilot.pause()
        assert shown.row("Budget 2027").action is Action.UPDATE_IN_OUTLOOK
