"""The run screen: progress, stopping, and a report that tells problems first."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from rich.style import Style
from textual.pilot import Pilot
from textual.widgets import Static

from sync_core.errors import SideError
from sync_core.items import Kind
from sync_core.plan import Action
from sync_core.report import Result, RowReport, RunProgress, RunReport, RunSink
from sync_core.review import Review
from sync_core.sides import CancelCheck
from tui.app import HandsyncApp
from tui.screens.run import RunScreen, how_far, report_lines
from tui.widgets.lines import LineView, Looks

Until = Callable[[Pilot[Any], Callable[[], bool]], Awaitable[None]]
PLAIN = Looks(*[Style.null()] * 9)
ROWS = (
    RowReport("a", "Trade fair", Action.CREATE_IN_OUTLOOK, Result.DONE),
    RowReport("b", "Quarterly review", Action.UPDATE_IN_OUTLOOK, Result.SKIPPED, "it has changed since the review"),
    RowReport("c", "Lunch \x1b[31m[/close]", Action.DELETE_FROM_OUTLOOK, Result.FAILED, "Exchange: access denied\x9b"),
    RowReport("d", "Call", Action.CREATE_IN_SALESFORCE, Result.UNKNOWN, "no answer came"),
    RowReport("e", "Late", Action.MERGE, Result.NOT_STARTED),
)


def report(*rows: RowReport, cancelled: bool = False) -> RunReport:
    """A report of some rows."""
    return RunReport(Kind.CALENDAR, "2026-11-23T08:03:00Z", "2026-11-23T08:03:05Z", rows, cancelled)


class GivenRun:
    """A run that goes on when it is told to, and answers what was given."""

    def __init__(self, answer: RunReport | Exception) -> None:
        self.answer = answer
        self.go_on = threading.Event()
        self.progress: RunSink | None = None
        self.cancelled: CancelCheck = lambda: False

    def run(self, review: Review, progress: RunSink, cancelled: CancelCheck) -> RunReport:
        """Waits, then gives the answer."""
        self.progress, self.cancelled = progress, cancelled
        progress(RunProgress(12, 31, "creating in Outlook"))
        self.go_on.wait(10)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def content(screen: RunScreen, name: str) -> str:
    """What one of the screen's texts says."""
    return str(screen.query_one(f"#{name}", Static).content)


def rows_text(screen: RunScreen) -> str:
    """The report's lines."""
    return "\n".join(line.plain for line in screen.query_one("#rows", LineView).lines)


async def test_progress_then_result_then_close(app: HandsyncApp, samples: Any, until: Until) -> None:
    run = GivenRun(report(ROWS[0]))
    answers: list[list[RunReport] | None] = []
    async with app.run_test(size=(80, 24)) as pilot:
        screen = RunScreen(run, [Review.of(samples.monday())])
        app.push_screen(screen, answers.append)
        await until(pilot, lambda: "12 of 31 rows: creating in Outlook" in content(screen, "what"))
        assert content(screen, "bar") == "[" + "#" * 15 + "." * 25 + "]"
        run.go_on.set()
        await until(pilot, lambda: screen.report is not None and screen.query_one("#rows").display)
        assert content(screen, "result") == "1 done."
        assert not screen.query_one("#running").display
        assert "Trade fair" in rows_text(screen)
        await pilot.press("enter")
        assert answers == [[run.answer]]


async def test_progress_is_shown_at_most_four_times_a_second(
    app: HandsyncApp, samples: Any, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = GivenRun(report(ROWS[0]))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = RunScreen(run, [Review.of(samples.monday())])
        app.push_screen(screen)
        await until(pilot, lambda: run.progress is not None and content(screen, "bar") != "")
        drawn: list[str] = []
        bar = screen.query_one("#bar", Static)
        monkeypatch.setattr(bar, "update", lambda words: drawn.append(words))
        assert run.progress is not None
        for done in range(13, 31):
            run.progress(RunProgress(done, 31, "creating in Outlook"))
            await pilot.pause(0.01)
        await pilot.pause(0.3)
        assert 1 <= len(drawn) <= 3
        run.go_on.set()
        await until(pilot, lambda: screen.report is not None)


@pytest.mark.parametrize("key", ["escape", "q", "enter"])
async def test_cancel_stops_after_the_batch_and_says_so(app: HandsyncApp, samples: Any, until: Until, key: str) -> None:
    run = GivenRun(report(ROWS[0], ROWS[4], cancelled=True))
    answers: list[list[RunReport] | None] = []
    async with app.run_test(size=(80, 24)) as pilot:
        screen = RunScreen(run, [Review.of(samples.monday())])
        app.push_screen(screen, answers.append)
        await until(pilot, lambda: run.progress is not None)
        assert not run.cancelled()
        await pilot.press(key)
        await pilot.pause()
        assert run.cancelled()
        assert "Stopping after the batch" in content(screen, "stopping")
        assert answers == []
        run.go_on.set()
        await until(pilot, lambda: screen.report is not None and screen.query_one("#rows").display)
        assert content(screen, "result") == "Stopped when you asked: 1 done, 1 not started."
        await pilot.press("escape")
        assert answers == [[run.answer]]


async def test_problems_can_be_shown_alone(app: HandsyncApp, samples: Any, until: Until) -> None:
    run = GivenRun(report(*ROWS))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = RunScreen(run, [Review.of(samples.monday())])
        app.push_screen(screen)
        run.go_on.set()
        await until(pilot, lambda: screen.report is not None and screen.query_one("#rows").display)
        assert content(screen, "result") == "1 done, 1 skipped, 1 failed, 1 unknown, 1 not started."
        assert "Trade fair" in rows_text(screen)
        await pilot.press("p")
        assert "Trade fair" not in rows_text(screen)
        assert "Quarterly review" in rows_text(screen)
        await pilot.press("p")
        assert "Trade fair" in rows_text(screen)


async def test_an_error_is_a_sentence(app: HandsyncApp, samples: Any, until: Until) -> None:
    error = SideError("the server does not answer [/close]\x1b", where="Outlook", remedy="Try again later")
    run = GivenRun(error)
    answers: list[list[RunReport] | None] = []
    async with app.run_test(size=(80, 24)) as pilot:
        screen = RunScreen(run, [Review.of(samples.monday())])
        app.push_screen(screen, answers.append)
        run.go_on.set()
        await until(pilot, lambda: content(screen, "result") != "")
        assert content(screen, "result") == "Outlook: the server does not answer [/close]␛. Try again later."
        await pilot.press("enter")
        assert answers == [[]]


async def test_leaving_the_program_stops_the_run(app: HandsyncApp, samples: Any, until: Until) -> None:
    run = GivenRun(report(ROWS[0]))
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(RunScreen(run, [Review.of(samples.monday())]))
        await until(pilot, lambda: run.progress is not None)
        await pilot.press("ctrl+q")
    assert run.cancelled()
    run.go_on.set()


def test_problems_stand_first_and_everything_is_harmless() -> None:
    lines = [line.plain for line in report_lines(ROWS, PLAIN, 78, only_problems=False)]
    heads = [line.split(":")[0].strip() for line in lines if line.startswith(" 1 ")]
    assert heads == ["1 failed", "1 unknown", "1 skipped", "1 not started", "1 done"]
    text = "\n".join(lines)
    assert "Lunch ␛[31m[/close]" in text
    assert "\x9b" not in text
    assert "delete from Outlook" in text
    assert "access denied" in text
    assert max(len(line) for line in lines) <= 78


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_long_message_is_broken_not_cut(width: int) -> None:
    message = " ".join(f"word{number}" for number in range(60))
    row = RowReport("a", "Subject " * 30, Action.MERGE, Result.FAILED, message)
    lines = report_lines([row], PLAIN, width, only_problems=False)
    assert max(line.cell_len for line in lines) <= width
    assert " ".join(" ".join(line.plain for line in lines).split()).endswith(message)


def test_how_far_is_plain() -> None:
    assert how_far(RunProgress(1, 1, "deleting “\x1bx”")) == "1 of 1 row: deleting “␛x”"
