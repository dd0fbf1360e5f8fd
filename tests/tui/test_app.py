"""The program around the screens: its start, its size, its end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Awaitable, Callable
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot

from sync_core.errors import HandsyncError, SettingsError
from sync_core.report import RunReport
from sync_core.review import Review
from tui.app import HandsyncApp
from tui.backend import DemoBackend, FileBackend
from tui.driver import QuietDriver
from tui.screens.configure import ConfigureScreen
from tui.screens.home import HomeScreen
from tui.screens.question import Question
from tui.screens.run import RunScreen
from tui.screens.too_small import TooSmallScreen
from tui.widgets.controls import Words

Settle = Callable[[Pilot[Any]], Awaitable[None]]
Until = Callable[[Pilot[Any], Callable[[], bool]], Awaitable[None]]

# starts the program, waits until Home was drawn, and prints what of this was imported before it read anything
START = """
import asyncio, sys, threading
from tui.app import HandsyncApp
from tui.backend import FileBackend

HEAVY = {"pydantic", "pydantic_settings", "exchangelib", "simple_salesforce", "diskcache", "requests", "tomlkit",
         "sync_core.sandbox", "sync_core.demo", "sync_core.service", "sync_core.plan", "sync_core.journal",
         "sync_core.review", "sync_core.draft", "sync_core.recurrence", "tui.screens.configure", "tui.screens.sync"}

class Slow(FileBackend):
    def begin(self, say):
        return threading.Event().wait

async def main():
    app = HandsyncApp(Slow())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert type(app.screen).__name__ == "HomeScreen"
        assert "Start Sync" in app.export_screenshot().replace("&#160;", " ")
        print(sorted(HEAVY & set(sys.modules)))

asyncio.run(main())
"""


def test_nothing_heavy_is_imported_before_the_first_screen() -> None:
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


async def test_a_small_terminal_gets_a_sentence_and_goes_on_when_it_grows(app: HandsyncApp, settle: Settle) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.resize_terminal(79, 24)
        await pilot.pause()
        assert isinstance(app.screen, TooSmallScreen)
        sentence = str(app.screen.query_one("#too-small", Words).content)
        assert sentence.startswith("This terminal is 79 x 24. handsync needs 80 x 24")
        await pilot.press("s")
        assert isinstance(app.screen, TooSmallScreen)
        await pilot.resize_terminal(80, 23)
        await pilot.pause()
        assert "80 x 23" in str(app.screen.query_one("#too-small", Words).content)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)


async def test_a_question_waits_until_there_is_room(app: HandsyncApp, settle: Settle, until: Until) -> None:
    async with app.run_test(size=(60, 20)) as pilot:
        await settle(pilot)
        home = next(screen for screen in app.screen_stack if isinstance(screen, HomeScreen))
        home.action_start()
        await pilot.pause()
        assert isinstance(app.screen, TooSmallScreen)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: isinstance(app.screen, Question))


async def test_quit_asks_when_something_was_not_kept(app: HandsyncApp, settle: Settle, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ConfigureScreen))
        await pilot.press("space", "ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ConfigureScreen))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)
    assert app.return_value == 0


async def test_quit_asks_before_decisions_are_lost(summary: Any, until: Until) -> None:
    async with summary() as shown:
        app = shown.pilot.app
        await shown.press("i", "ctrl+q")
        await until(shown.pilot, lambda: isinstance(app.screen, Question))
        assert "1 decision of this review would be lost." in str(app.screen._text)
        await shown.press("s")
        assert app.screen is shown.screen
        await shown.press("u", "ctrl+q")
        await until(shown.pilot, lambda: not app.is_running)


async def test_quit_asks_while_a_run_goes_on(app: HandsyncApp, samples: Any, until: Until) -> None:
    go_on = Event()

    class Slow:
        def run(self, review: Review, progress: Any, cancelled: Any) -> RunReport:
            go_on.wait(10)
            return RunReport(review.plan.kind, "2026-11-22T09:01:00Z", "2026-11-22T09:01:05Z", ())

    async with app.run_test(size=(80, 24)) as pilot:
        screen = RunScreen(Slow(), [Review.of(samples.monday())])
        await app.push_screen(screen)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, Question))
        assert "stops it after the batch" in str(app.screen._text)  # type: ignore[attr-defined]
        await pilot.press("s")
        go_on.set()
        await until(pilot, lambda: screen.report is not None)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)


@pytest.mark.parametrize("again", [False, True])
async def test_quit_waits_for_the_batch_unless_it_is_said_twice(
    app: HandsyncApp, samples: Any, until: Until, again: bool
) -> None:
    go_on, asked = Event(), Event()

    class Slow:
        def run(self, review: Review, progress: Any, cancelled: Any) -> RunReport:
            while not cancelled():
                go_on.wait(0.01)
            asked.set()
            go_on.wait(10)
            return RunReport(review.plan.kind, "2026-11-22T09:01:00Z", "2026-11-22T09:01:05Z", ())

    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(RunScreen(Slow(), [Review.of(samples.monday())]))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("q")
        await until(pilot, asked.is_set)
        assert app.is_running, "the batch is on its way"
        if again:
            await pilot.press("ctrl+q")
        else:
            go_on.set()
        await until(pilot, lambda: not app.is_running)
    go_on.set()
    assert app.return_value == 0


async def test_quit_is_at_once_when_nothing_is_lost(app: HandsyncApp, settle: Settle, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)
    assert app.return_value == 0


async def test_a_fault_in_a_worker_is_said_and_kept(backend: Any, settle: Settle, until: Until) -> None:
    app = HandsyncApp(backend)
    backend.given.ignored = lambda: 1 // 0
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("i")
        await until(pilot, lambda: bool(app.faults))
        notes = [note.message for note in app._notifications]
        assert notes[0].startswith("Something went wrong that should not have (ZeroDivisionError).")
        assert app.is_running


def test_a_fault_leaves_no_values_of_variables_behind(
    app: HandsyncApp, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_mount(self: HandsyncApp) -> None:
        secret = "hush-hush"
        raise ValueError(len(secret))

    monkeypatch.setattr(HandsyncApp, "on_mount", on_mount, raising=False)
    app.run(headless=True)
    assert isinstance(app._exception, ValueError)
    said = capsys.readouterr()
    assert "hush-hush" not in said.out + said.err


def test_the_driver_asks_for_buttons_and_not_for_every_movement() -> None:
    written: list[str] = []
    driver = object.__new__(QuietDriver)
    driver._mouse = True
    driver.write = written.append  # type: ignore[method-assign]  # nothing is written to a terminal here
    driver.flush = lambda: None  # type: ignore[method-assign]
    driver._enable_mouse_support()
    on = "".join(written)
    assert "\x1b[?1002h" in on
    assert "\x1b[?1006h" in on
    assert "1003" not in on
    written.clear()
    driver._disable_mouse_support()
    assert set("".join(written).replace("l", "h").split("\x1b[?")) == set(on.split("\x1b[?"))
    written.clear()
    driver._mouse = False
    driver._enable_mouse_support()
    assert written == []


def test_no_settings_at_all_are_settings_to_begin_with(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HANDSYNC_CALENDAR__INCLUDE", "HANDSYNC_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    backend = FileBackend(tmp_path / "config.toml", tmp_path / "state")
    settings = backend.load()
    assert settings.calendar.include is False
    after = settings.model_copy(deep=True)
    after.calendar.include = True
    backend.save(settings, after)
    assert backend.load().calendar.include is True
    monkeypatch.setenv("HANDSYNC_CALENDAR__PAST_DAYS", "3")
    assert backend.locked() == {"calendar.past_days"}
    (tmp_path / "config.toml").write_text("[calendar]\ninclude = tru\n")
    with pytest.raises(SettingsError):
        backend.load()


def test_a_demo_that_was_not_prepared_says_so() -> None:
    with pytest.raises(HandsyncError, match="the demo is not ready"):
        DemoBackend().load()


def test_the_entry_hands_the_screen_to_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    import tui.__main__ as entry

    seen: dict[str, Any] = {}

    def command_line(argv: list[str] | None, run_screen: Any) -> int:
        seen.update(argv=argv, run_screen=run_screen)
        return 7

    monkeypatch.setattr(entry, "command_line", command_line)
    assert entry.main(["--demo"]) == 7
    assert seen == {"argv": ["--demo"], "run_screen": entry.run_screen}
