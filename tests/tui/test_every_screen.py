"""What works on every screen: help, the way back, drawing anew, scrolling of what is longer than the screen."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

import pytest
from support.given_runs import record_of
from textual.pilot import Pilot

from sync_core.items import Kind
from sync_core.plan import Action
from sync_core.report import Result, RowReport, RunReport
from sync_core.review import Review
from tui.app import HandsyncApp
from tui.driver import QuietDriver
from tui.screens.configure import ConfigureScreen
from tui.screens.fetch import FetchScreen
from tui.screens.history import HistoryScreen
from tui.screens.history_row import RowRecordScreen
from tui.screens.history_run import RunRecordScreen
from tui.screens.home import HomeScreen
from tui.screens.ignored import IgnoredScreen
from tui.screens.keys_page import KeysScreen
from tui.screens.question import Question
from tui.screens.run import RunScreen
from tui.screens.summary import SummaryScreen
from tui.widgets.controls import Box
from tui.widgets.labelled import Labelled
from tui.widgets.lines import LineView

Settle = Callable[[Pilot[Any]], Awaitable[None]]
Until = Callable[[Pilot[Any], Callable[[], bool]], Awaitable[None]]


def page(app: HandsyncApp) -> str:
    """What the help page says."""
    return "\n".join(lines.text for lines in app.screen.query(Labelled))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("keys", "screens"),
    [
        ((), [HomeScreen]),
        (("c",), [ConfigureScreen, HomeScreen]),
        (("i",), [IgnoredScreen, HomeScreen]),
        (("h", "enter", "enter"), [RowRecordScreen, RunRecordScreen, HistoryScreen, HomeScreen]),
        (("s", "y"), [FetchScreen, HomeScreen]),
    ],
    ids=["home", "configure", "ignored", "history", "reading"],
)
async def test_help_and_back_on_every_screen(
    app: HandsyncApp,
    backend: Any,
    samples: ModuleType,
    settle: Settle,
    until: Until,
    keys: tuple[str, ...],
    screens: list[type],
) -> None:
    """Both keys of help open it and both keys of back leave it, and it leads back to where one was; so does Esc."""
    backend.given.records = [record_of(samples.monday())]
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for key in keys:
            before = app.screen
            await pilot.press(key)
            await until(pilot, lambda before=before: app.screen is not before)  # type: ignore[misc]
            await settle(pilot)
        for number, kind in enumerate(screens):
            await until(pilot, lambda kind=kind: isinstance(app.screen, kind))  # type: ignore[misc]
            for key, back in (("question_mark", "escape"), ("f1", "q")):
                await pilot.press(key)
                await pilot.pause()
                assert isinstance(app.screen, KeysScreen)
                assert "What the keys do on this screen." in page(app)
                await pilot.press(back)
                await until(pilot, lambda kind=kind: isinstance(app.screen, kind))  # type: ignore[misc]
            if kind is not HomeScreen:
                await pilot.press(("escape", "q")[number % 2])
                await settle(pilot)


async def test_the_help_page_is_divided_by_what_keys_are_for(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("question_mark")
        said = shown.text()
        for heading in ("Deciding", "Running", "Moving"):
            assert heading in said
        # what goes two ways is one line
        assert "n, N" in page(shown.pilot.app)
        assert "To the next row that needs a decision; N: the other way." in page(shown.pilot.app)
        assert page(shown.pilot.app).count("needs a decision") == 1
        await shown.press("end")
        assert "Everywhere" in shown.text()
        assert "Leave handsync." in shown.text()


def run_of(rows: int, go_on: threading.Event) -> Any:
    """A service whose run has so many rows, and waits for `go_on` or for being cancelled."""

    class Given:
        stopped = False

        def run(self, review: Review, progress: Any, cancelled: Callable[[], bool]) -> RunReport:
            while not go_on.wait(0.01):
                if cancelled():
                    self.stopped = True
                    break
            found = tuple(
                RowReport(str(n), f"Row {n:03}", Action.CREATE_IN_OUTLOOK, Result.FAILED, "no") for n in range(rows)
            )
            return RunReport(Kind.CALENDAR, "2026-11-23T08:03:00Z", "2026-11-23T08:03:05Z", found, self.stopped)

    return Given()


async def test_a_long_report_is_read_by_keys(
    app: HandsyncApp, samples: ModuleType, settle: Settle, until: Until
) -> None:
    go_on = threading.Event()
    go_on.set()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = RunScreen(run_of(60, go_on), [Review.of(samples.monday())])
        app.push_screen(screen)
        await until(pilot, lambda: screen.report is not None and screen.query_one("#rows").display)
        await settle(pilot)
        view = screen.query_one("#rows", LineView)
        view.focus()
        at = []
        for key in ("end", "home", "pagedown", "pageup", "down", "j", "up", "k"):
            await pilot.press(key)
            await pilot.pause()
            at.append(view.scroll_offset.y)
        assert at[0] == view.max_scroll_y > 20
        assert at[1] == 0
        assert at[2] > 5
        assert at[3:] == [0, 1, 2, 1, 0]


async def test_control_c_stops_a_run(app: HandsyncApp, samples: ModuleType, until: Until) -> None:
    given = run_of(1, threading.Event())
    async with app.run_test(size=(80, 24)) as pilot:
        screen = RunScreen(given, [Review.of(samples.monday())])
        app.push_screen(screen)
        await pilot.pause()
        await pilot.press("ctrl+c")
        await until(pilot, lambda: screen.report is not None)
        assert given.stopped


async def test_control_c_stops_reading(app: HandsyncApp, backend: Any, settle: Settle, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, FetchScreen))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await until(pilot, lambda: bool(backend.given.cancelled))


async def test_control_l_draws_the_whole_screen(
    app: HandsyncApp, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The screen is painted anew, and what the terminal is believed to show is forgotten."""
    forgotten: list[str] = []
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        painted = app.screen._compositor
        monkeypatch.setattr(app.screen, "refresh", lambda *args, **kwargs: forgotten.append("painted"))
        await pilot.press("ctrl+l")
        await pilot.pause()
        assert painted is app.screen._compositor
    assert forgotten
    assert hasattr(QuietDriver, "forget")


async def test_in_the_table_of_what_is_prevented_arrows_go_from_side_to_side(
    app: HandsyncApp, settle: Settle, until: Until
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ConfigureScreen))
        app.screen.query_one("#prevent_salesforce-update", Box).focus()
        seen = []
        for key in ("j", "k", "down", "up"):
            await pilot.press(key)
            seen.append(app.focused.id if app.focused else None)
        assert seen == ["prevent_outlook-update", "prevent_salesforce-update"] * 2


async def test_a_summary_leads_to_help_and_back(summary: Any) -> None:
    async with summary() as shown:
        for key in ("question_mark", "f1"):
            await shown.press(key)
            assert isinstance(shown.pilot.app.screen, KeysScreen)
            await shown.press("escape")
            assert isinstance(shown.pilot.app.screen, SummaryScreen)
