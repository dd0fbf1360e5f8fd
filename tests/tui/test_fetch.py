"""Start Sync: reading with progress, stopping it, errors, and what comes after."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from support.given_runs import record_of
from textual.pilot import Pilot

from sync_core.errors import SideError
from sync_core.items import SideName
from sync_core.plan import IgnoreMode, Plan
from sync_core.review import Review
from sync_core.sides import Progress
from tui.app import HandsyncApp
from tui.screens import sync
from tui.screens.fetch import FetchScreen, how_far
from tui.screens.history_run import RunRecordScreen
from tui.screens.home import HomeScreen
from tui.screens.question import Question
from tui.screens.run import RunScreen
from tui.screens.summary import SummaryScreen

Settle = Callable[[Pilot[Any]], Awaitable[None]]
Until = Callable[[Pilot[Any], Callable[[], bool]], Awaitable[None]]


def shown(app: HandsyncApp) -> str:
    """What the terminal shows, every run of blanks as one."""
    lines = app.screen._compositor.render_strips()
    return " ".join(" ".join("".join(segment.text for segment in strip) for strip in lines).split())


@pytest.fixture
def start(app: HandsyncApp, settle: Settle, until: Until) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """From Home through the question to reading."""

    async def go(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: not isinstance(app.screen, Question | HomeScreen))

    return go


async def test_both_sides_show_how_far_they_are(
    app: HandsyncApp, backend: Any, start: Callable[..., Awaitable[None]], until: Until
) -> None:
    backend.given.steps = [
        Progress(SideName.SALESFORCE, 240, 512, "reading events"),
        Progress(SideName.OUTLOOK, 180, None, "reading events \x1b[2J"),
    ]
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await until(pilot, lambda: "240 of 512" in shown(app))
        said = shown(app)
        assert "Salesforce reading events, 240 of 512" in said
        assert "Outlook reading events ␛[2J, 180" in said
        assert "Reading both sides. Nothing is written." in said
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await until(pilot, lambda: bool(backend.given.cancelled))


async def test_how_long_a_busy_server_makes_us_wait_is_told_on_a_small_terminal(
    app: HandsyncApp, backend: Any, start: Callable[..., Awaitable[None]], until: Until
) -> None:
    said = "Outlook: Exchange is too busy to answer (HTTP 503, for the third time); waiting 60 s"
    backend.given.steps = [Progress(SideName.OUTLOOK, 0, None, said)]
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await until(pilot, lambda: "waiting 60 s" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))


async def test_leaving_the_program_stops_the_reading(
    app: HandsyncApp, backend: Any, start: Callable[..., Awaitable[None]], until: Until
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)
    for _ in range(200):
        if backend.given.cancelled:
            break
        backend.given.go_on.wait(0.01)
    assert backend.given.cancelled


async def test_an_error_is_a_sentence_with_retry_and_back(
    app: HandsyncApp, backend: Any, start: Callable[..., Awaitable[None]], until: Until
) -> None:
    error = SideError("the server answered with a web page", where="Outlook", remedy="Check the service endpoint")
    backend.given.readings = [error, error]
    backend.given.go_on.set()
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await until(pilot, lambda: "web page" in shown(app))
        said = shown(app)
        assert "Outlook: the server answered with a web page. Check the service endpoint." in said
        assert "[ Retry ] [ Back ]" in said
        await pilot.press("r")
        await until(pilot, lambda: not backend.given.readings)
        await until(pilot, lambda: "web page" in shown(app))
        # the third reading works, and finds nothing
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Question))
        assert "Both sides are in step: 58 items compared, nothing to do." in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))


async def test_retry_is_no_key_while_reading_goes_on(
    app: HandsyncApp, backend: Any, start: Callable[..., Awaitable[None]]
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await pilot.press("r")
        assert isinstance(app.screen, FetchScreen)
        assert "Retry" not in shown(app)
        assert not backend.given.cancelled


async def test_a_plan_is_reviewed_and_run_and_home_comes_back(
    app: HandsyncApp, backend: Any, samples: ModuleType, start: Callable[..., Awaitable[None]], until: Until
) -> None:
    backend.given.readings = [samples.monday()]
    backend.given.go_on.set()
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))
        loads = len(backend.served)
        await pilot.press("o")
        await pilot.pause()
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        await until(pilot, lambda: bool(backend.given.ran))
        await pilot.pause()
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        # the last run is read again
        await until(pilot, lambda: len(backend.served) > loads)
    assert backend.given.kept == []


@pytest.fixture
def run_it(
    app: HandsyncApp, start: Callable[..., Awaitable[None]], until: Until
) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """From Home through the Summary to the report of the run."""

    async def go(pilot: Pilot[Any]) -> None:
        await start(pilot)
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))
        await pilot.press("o")
        await pilot.pause()
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.report is not None)

    return go


async def test_a_run_that_is_over_leads_to_what_the_history_keeps_of_it(
    app: HandsyncApp, backend: Any, samples: ModuleType, run_it: Callable[..., Awaitable[None]], until: Until
) -> None:
    backend.given.readings = [samples.monday()]
    backend.given.records = [record_of(samples.monday())]
    backend.given.go_on.set()
    async with app.run_test(size=(80, 24)) as pilot:
        await run_it(pilot)
        await pilot.pause()
        assert "It is kept in the history: h shows it row by row, and takes it back." in shown(app)
        assert "h History" in shown(app)
        await pilot.press("h")
        await until(pilot, lambda: isinstance(app.screen, RunRecordScreen) and app.screen.record is not None)
        await pilot.pause()
        assert "14 done, 1 skipped, 1 failed, 1 not started" in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        await pilot.pause()
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await pilot.pause()


async def test_a_run_that_the_history_does_not_have_leads_nowhere(
    app: HandsyncApp, backend: Any, samples: ModuleType, run_it: Callable[..., Awaitable[None]], until: Until
) -> None:
    backend.given.readings = [samples.monday()]
    backend.given.go_on.set()
    async with app.run_test(size=(80, 24)) as pilot:
        await run_it(pilot)
        await pilot.press("h")
        await pilot.pause()
        assert isinstance(app.screen, RunScreen)
        assert "history" not in shown(app)


async def test_what_must_be_known_of_a_plan_stands_above_its_rows(
    app: HandsyncApp, backend: Any, samples: ModuleType, start: Callable[..., Awaitable[None]], until: Until
) -> None:
    """As when the memory was damaged: it is said for as long as the rows are looked at."""
    note = "the memory was damaged and was set aside; \x1b[2J the links were found anew"
    backend.given.readings = [replace(samples.monday(), notes=(note,)), samples.monday()]
    backend.given.go_on.set()
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))
        await until(pilot, lambda: "damaged and was set aside; ␛[2J the links were found anew." in shown(app))
        await pilot.press("R")
        await until(pilot, lambda: not backend.given.readings)
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen) and "damaged" not in shown(app))


async def test_a_review_left_without_ok_keeps_its_ignores(
    app: HandsyncApp, backend: Any, samples: ModuleType, start: Callable[..., Awaitable[None]], until: Until
) -> None:
    backend.given.readings = [samples.monday()]
    backend.given.go_on.set()
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))
        await pilot.press("i", "escape")
        await until(pilot, lambda: bool(backend.given.kept))
    assert len(backend.given.kept[0].ignores()[0]) == 1
    assert backend.given.ran == []


def test_what_is_suspected_is_not_called_in_step(samples: ModuleType) -> None:
    """Nothing would be written, but for a number that a person may type in the question of Ok."""
    guarded = samples.guarded()
    held = replace(guarded, rows=tuple(row for row in guarded.rows if row.held is not None))
    assert Review.of(held).counts().runnable == Review.of(held).counts().undecided == 0
    assert not sync.in_step(Review.of(held))
    # to each of which a person has said no
    assert sync.in_step(Review.of(held).ignore([row.id for row in held.rows], IgnoreMode.FOREVER))


def test_in_step_says_what_was_left_out(samples: ModuleType) -> None:
    plan: Plan = samples.monday()
    assert not sync.in_step(Review.of(plan))
    quiet = Review.of(plan)
    ids = [row.id for row in quiet.rows()]
    ignored = quiet.ignore(ids, IgnoreMode.FOREVER)
    assert sync.in_step(ignored)
    question = sync.in_step_question([ignored])
    said = str(question._text)
    assert "Left out of that:" in said
    assert "ignored" in said
    assert [answer.name for answer in question._answers] == ["back", "look"]


def test_progress_in_words() -> None:
    assert how_far(Progress(SideName.OUTLOOK, 0, None, "asking for calendars")) == "asking for calendars"
    assert how_far(Progress(SideName.OUTLOOK, 0, 12, "reading")) == "reading, 0 of 12"
