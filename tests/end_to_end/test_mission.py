"""The mission's whole path, by keyboard, against both servers: configure, start, review, ignore, Ok, and look."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from support.host import settings_file
from textual.pilot import Pilot
from textual.widgets import Checkbox

from sync_core.plan import Situation, State
from sync_core.settings.load import load
from tui.app import HandsyncApp
from tui.backend import FileBackend
from tui.screens.configure import ConfigureScreen
from tui.screens.home import HomeScreen
from tui.screens.run import RunScreen
from tui.screens.summary import SummaryScreen

pytestmark = pytest.mark.slow


async def until(pilot: Pilot[Any], is_so: Callable[[], bool], seconds: float = 30) -> None:
    """Waits for what the program does beside the screen."""
    for _ in range(int(seconds * 50)):
        await pilot.pause()
        if is_so():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"it did not happen within {seconds} seconds")


def screen_is(pilot: Pilot[Any], kind: type) -> Callable[[], bool]:
    return lambda: isinstance(pilot.app.screen, kind)


async def start_sync(pilot: Pilot[Any]) -> SummaryScreen:
    """Start Sync, Yes, and the Summary."""
    await pilot.press("s")
    await pilot.pause()
    await pilot.press("y")
    await until(pilot, screen_is(pilot, SummaryScreen))
    await pilot.pause()
    screen = pilot.app.screen
    assert isinstance(screen, SummaryScreen)
    return screen


async def home(pilot: Pilot[Any]) -> HomeScreen:
    """Home, with its connections checked."""
    await until(pilot, screen_is(pilot, HomeScreen))
    await until(
        pilot, lambda: not any(w.is_running and w.group in ("prepare", "load", "check") for w in pilot.app.workers)
    )
    screen = pilot.app.screen
    assert isinstance(screen, HomeScreen)
    return screen


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_configure_start_review_ignore_and_ok(open_desk, tmp_path, monkeypatch, size):
    desk = open_desk(today=None)
    sandbox = desk.sandbox
    # everything but the switch is set up; a person's comment must survive what Configure saves
    off = sandbox.settings_toml().replace("include = true", "include = false")
    config = settings_file(tmp_path, f"# my settings\n{off}")
    for name in ("HANDSYNC_CONFIG", "HANDSYNC_STATE_DIR"):
        monkeypatch.delenv(name, raising=False)

    app = HandsyncApp(FileBackend(config, tmp_path / "state"))
    async with app.run_test(size=size) as pilot:
        await home(pilot)

        # configure: switch the calendar on, keep it with OK
        await pilot.press("c")
        await until(pilot, screen_is(pilot, ConfigureScreen))
        app.screen.query_one("#components").focus()
        await pilot.press("down", "enter")
        await pilot.pause()
        include = app.screen.query_one("#include", Checkbox)
        assert not include.value
        include.focus()
        await pilot.press("space")
        await pilot.pause()
        app.screen.query_one("#press-ok").focus()
        await pilot.press("enter")
        await home(pilot)
        assert load(config).calendar.include
        assert config.read_text().startswith("# my settings\n")

        # start, and review: nothing has been written so far
        screen = await start_sync(pilot)
        wrote = [op for op in sandbox.outlook_server.operations() if op in ("CreateItem", "UpdateItem", "DeleteItem")]
        assert wrote == []
        assert not any("composite" in op for op in sandbox.salesforce_server.operations())

        # several rows, marked with Shift and an arrow, ignored together: two once and two forever
        conflicts = [
            r.id for r in screen.review.rows() if r.state is State.UNDECIDED and r.situation is Situation.TWIN_DIFFERENT
        ]
        screen.table.go_to(conflicts[0])
        await pilot.press("i")
        screen.table.go_to(conflicts[1])
        await pilot.press("shift+down", "I")
        await pilot.pause()
        states = {r.id: r.state for r in screen.review.rows()}
        assert states[conflicts[0]] is State.IGNORED_ONCE
        forever = {i for i, s in states.items() if s is State.IGNORED_FOREVER}
        assert len(forever) == 2
        assert conflicts[1] in forever
        # and one conflict is decided through the menu
        await pilot.press("escape")
        rest = [i for i in conflicts[2:] if i not in forever]
        if rest:
            screen.table.go_to(rest[0])
            await pilot.press("m", "enter")
            await pilot.pause()
            assert screen.review.row(rest[0]).state is State.READY
        expected = screen.review

        # Ok asks with the numbers; Enter is No; y runs exactly that
        await pilot.press("o", "enter")
        await pilot.pause()
        assert isinstance(app.screen, SummaryScreen)
        await pilot.press("o", "y")
        await until(pilot, screen_is(pilot, RunScreen))
        run = app.screen
        assert isinstance(run, RunScreen)
        await until(pilot, lambda: run.report is not None)
        assert run.report is not None
        assert run.report.clean, [r for r in run.report.rows if r.message]
        counts = expected.counts()
        assert len(run.report.rows) == counts.runnable
        await pilot.press("escape")
        await home(pilot)

        # the servers hold what the rows said, each once, and nobody got mail
        assert sandbox.exchange.outbox == []
        titles = {i.native()["subject"] for i in sandbox.mailbox.items(sandbox.mailbox.folder("calendar"))}
        wanted = {r.title for r in expected.rows() if r.action.value == "create_in_outlook"}
        assert wanted
        assert wanted <= titles

        # a second time: in step but for what was left, and what was ignored stays quiet
        screen = await start_sync(pilot)
        again = {r.id: r for r in screen.review.rows()}
        assert again[conflicts[0]].state is State.IGNORED_ONCE
        assert {again[i].state for i in forever} == {State.IGNORED_FOREVER}
        assert screen.review.counts().runnable == 0
        await pilot.press("escape")
        await home(pilot)

        # a week goes by
        sandbox.advance()
        screen = await start_sync(pilot)
        assert screen.review.counts().writes > 10
        await pilot.press("o", "y")
        await until(pilot, screen_is(pilot, RunScreen))
        run = app.screen
        assert isinstance(run, RunScreen)
        await until(pilot, lambda: run.report is not None)
        assert run.report is not None
        assert run.report.clean, [r for r in run.report.rows if r.message]
        await pilot.press("escape")
        await home(pilot)
        screen = await start_sync(pilot)
        assert screen.review.counts().runnable == 0
    assert app.faults == []
    assert sandbox.exchange.outbox == []
