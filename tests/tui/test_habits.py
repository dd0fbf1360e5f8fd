"""How a person looks at reviews is remembered between starts, harmlessly."""

from __future__ import annotations

import stat
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from sync_core.items import Kind
from sync_core.order import Order
from tui.app import HandsyncApp
from tui.habits import FILE, HabitKeeper, Habits, read, written
from tui.screens.summary import SummaryScreen

Settle = Callable[[Pilot[Any]], Awaitable[None]]
Until = Callable[[Pilot[Any], Callable[[], bool]], Awaitable[None]]

ALL = st.builds(
    Habits, st.booleans(), st.booleans(), st.dictionaries(st.sampled_from(list(Kind)), st.sampled_from(list(Order)))
)


@given(ALL)
def test_what_is_written_is_read(habits: Habits) -> None:
    assert read(written(habits)) == habits


@given(st.binary() | st.recursive(st.none() | st.booleans() | st.text(), st.lists).map(lambda v: repr(v).encode()))
def test_what_cannot_be_understood_is_as_usual(content: bytes) -> None:
    found = read(content)
    assert found.order(Kind.CALENDAR) is Order.TIME


@pytest.mark.parametrize(
    "content",
    [
        b'{"details": 3, "differences": "yes", "orders": {"calendar": [], "x": "time", "tasks": "?"}}',
        b'{"orders": 7}',
        b"[" * 100_000,
        b'{"details": false' + b" " * 5000 + b"}",
        b"\xff\xfe",
        b"",
    ],
)
def test_nonsense_is_as_usual(content: bytes) -> None:
    assert read(content) == Habits()


def test_the_file_is_private_and_its_trouble_is_nobodys(tmp_path: Path) -> None:
    place = tmp_path / "state"
    keeper = HabitKeeper(lambda: place)
    usual = keeper.load()
    assert not place.exists()
    keeper.note(replace(usual, details=False))
    keeper.flush()
    assert stat.S_IMODE((place / FILE).stat().st_mode) == 0o600
    assert HabitKeeper(lambda: place).load() == replace(usual, details=False)
    # something is in the way
    (place / FILE).unlink()
    (place / FILE).mkdir()
    broken = HabitKeeper(lambda: place)
    assert broken.load() == Habits()
    broken.note(replace(usual, differences=True))
    broken.flush()
    assert broken.load().differences


async def look(app: HandsyncApp, pilot: Pilot[Any], settle: Settle, until: Until) -> SummaryScreen:
    await settle(pilot)
    await pilot.press("s", "y")
    await until(pilot, lambda: isinstance(app.screen, SummaryScreen) and app.screen.table.shown > 0)
    await pilot.pause()
    screen = app.screen
    assert isinstance(screen, SummaryScreen)
    return screen


@pytest.mark.slow
async def test_the_next_start_looks_as_this_one(
    backend: Any, samples: ModuleType, settle: Settle, until: Until, tmp_path: Path
) -> None:
    backend.state_dir = tmp_path
    backend.given.go_on.set()
    backend.given.readings = [samples.monday(), samples.monday()]
    settings = backend.settings.model_dump()
    app = HandsyncApp(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await look(app, pilot, settle, until)
        assert screen.details.display
        await pilot.press("d", "w", "t", "t")
        await pilot.pause()
        assert not screen.details.display
        # reading them shows them, which is no other habit
        await pilot.press("enter")
        await pilot.pause()
        assert screen.details.display
        await pilot.press("escape")
        await pilot.pause()
        assert not screen.details.display
    app.habits.flush()
    again = HandsyncApp(backend)
    async with again.run_test(size=(80, 24)) as pilot:
        screen = await look(again, pilot, settle, until)
        assert not screen.details.display
        assert screen.details.differences
        assert screen.pane.view.order is Order.ACTION
        # and back
        await pilot.press("d", "w")
        await pilot.pause()
        assert screen.details.display
        assert not screen.details.differences
    assert backend.settings.model_dump() == settings
    assert app.faults == again.faults == []
