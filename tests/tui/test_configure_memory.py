"""Configure, Memory: what is remembered, and two ways to forget, of which none happens on a single key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from support.given_runs import record_of
from support.sizes import every_size
from textual.pilot import Pilot
from textual.widgets import OptionList

from sync_core.lock import Holder, LockedError
from tui.app import HandsyncApp
from tui.screens.configure import ConfigureScreen
from tui.screens.home import HomeScreen
from tui.screens.question import Question
from tui.widgets.controls import Words

# each opens Configure, which is a screen of five hundred parts
pytestmark = pytest.mark.slow

Settle = Callable[[Pilot[Any]], Awaitable[None]]
Until = Callable[[Pilot[Any], Callable[[], bool]], Awaitable[None]]


def said(app: HandsyncApp, name: str) -> str:
    return str(app.screen.query_one(f"#memory-{name}", Words).content)


@pytest.fixture
def memory(app: HandsyncApp, backend: Any, samples: ModuleType, settle: Settle, until: Until) -> Any:
    """Opens the pane by keyboard alone."""
    backend.given.records = [record_of(samples.monday())]

    async def go(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ConfigureScreen))
        components = app.screen.query_one("#components", OptionList)
        components.focus()
        await pilot.press("end", "enter", "tab")
        await settle(pilot)

    return go


async def test_says_what_is_remembered(app: HandsyncApp, memory: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await memory(pilot)
        assert said(app, "kept") == "Calendar: 68 pairs of items, 1 ignored item, 1 run in the history"


@pytest.mark.slow
@pytest.mark.parametrize(("button", "name"), [("rebuild", "rebuild"), ("forget", "forget")])
@pytest.mark.parametrize("key", ["enter", "n", "escape"])
async def test_no_is_the_answer_that_enter_gives(
    app: HandsyncApp, backend: Any, memory: Any, until: Until, button: str, name: str, key: str
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await memory(pilot)
        app.screen.query_one(f"#memory-{button}").focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, ConfigureScreen))
        assert backend.given.forgotten == []


async def test_rebuilds_when_told_to(app: HandsyncApp, backend: Any, memory: Any, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await memory(pilot)
        app.screen.query_one("#memory-rebuild").focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: backend.given.forgotten == ["rebuild"] and "0 pairs" in said(app, "kept"))
        assert said(app, "said") == "Rebuilt: Calendar."


async def test_forgets_when_told_to(app: HandsyncApp, backend: Any, memory: Any, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await memory(pilot)
        app.screen.query_one("#memory-forget").focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: backend.given.forgotten == ["forget"] and "Nothing" in said(app, "kept"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))


async def test_a_run_that_goes_on_is_a_sentence(app: HandsyncApp, backend: Any, memory: Any, until: Until) -> None:
    holder = Holder("tom", "host-b", 7, "2026-11-22T08:00:00Z", "2026-11-22T08:00:00Z", "Calendar", False)
    backend.given.memory_error = LockedError(holder, datetime(2026, 11, 22, 8, 1, tzinfo=UTC))
    async with app.run_test(size=(80, 24)) as pilot:
        await memory(pilot)
        app.screen.query_one("#memory-forget").focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: "another run of these accounts goes on" in said(app, "said"))


@every_size
def test_picture(snap_compare: Any, app: HandsyncApp, memory: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=memory)
