"""A run that was cut off: said on Home and before a sync, looked up row by row, and finished or left at that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from support.given_runs import record_of
from textual.pilot import Pilot

from sync_core.errors import SideError, StoreError
from sync_core.intent import Done
from sync_core.lock import Holder
from sync_core.report import Result
from tui.app import HandsyncApp
from tui.past import Past
from tui.run_words import Clock
from tui.screens.cut_off import CutOffScreen
from tui.screens.fetch import FetchScreen
from tui.screens.history import HistoryScreen
from tui.screens.history_row import RowRecordScreen
from tui.screens.home import HomeScreen
from tui.screens.question import Question
from tui.screens.run import RunScreen
from tui.screens.summary import SummaryScreen

Settle = Callable[[Pilot[Any]], Awaitable[None]]
Until = Callable[[Pilot[Any], Callable[[], bool]], Awaitable[None]]
CUT = "20261122-080000-cd34"


def shown(app: HandsyncApp) -> str:
    """What the terminal shows, every run of blanks as one."""
    return " ".join(" ".join(strip.text for strip in app.screen._compositor.render_strips()).split())


@pytest.fixture
def cut(backend: Any, samples: ModuleType) -> Any:
    """One run that was cut off: looked up, most of it was done, one differently, one nobody knows, two were not."""
    given = backend.given
    record = record_of(samples.monday(), id=CUT, started="2026-11-22T08:00:00Z", finished="", sentence="")
    last = len(record.intents) - 1
    found = dict(record.done)
    found[0] = replace(found[0], result=Result.DIFFERENT, message="Outlook holds something else than was sent")
    found[1] = Done(1, Result.NOT_STARTED, "it was not created in Salesforce")
    found[2] = Done(2, Result.UNKNOWN, "2 items in Salesforce could be the one that was created")
    found[last] = Done(last, Result.NOT_STARTED, "the run was cut off before its turn")
    head = replace(record.head, finished="2026-11-22T09:00:00Z", settled_later=True, sentence="cut off; 13 done")
    given.records = [replace(record, done={})]
    given.found = {CUT: replace(record, head=head, done=found)}
    given.finish_plans = {CUT: replace(samples.monday(), rows=samples.monday().rows[:2], guards=())}
    return given


async def opened(app: HandsyncApp, pilot: Pilot[Any], settle: Settle, until: Until) -> None:
    await settle(pilot)
    await pilot.press("f")
    await until(pilot, lambda: isinstance(app.screen, CutOffScreen) and app.screen.record is not None)
    await pilot.pause()


async def test_home_says_it_in_plain_words(app: HandsyncApp, cut: Any, settle: Settle) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        said = shown(app)
        assert "A run was cut off: Calendar, Sun 22 Nov 08:00, 17 rows, by priya@jump-host." in said
        assert "Press f to see what it did" in said
        assert "Next: f shows what the run that was cut off did; you finish it or stop there." in said


async def test_a_run_that_goes_on_elsewhere_is_said_and_not_taken_for_cut_off(
    app: HandsyncApp, cut: Any, settle: Settle
) -> None:
    cut.busy_with = Holder("tom", "host-b", 7, "2026-11-22T08:00:00Z", "2026-11-22T08:00:00Z", "Calendar", False)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        said = shown(app)
        assert "A run goes on now: Calendar, started" in said
        assert "by tom on host-b." in said
        assert "cut off" not in said
        await pilot.press("f")
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)


async def test_each_row_is_looked_up_and_said(app: HandsyncApp, cut: Any, settle: Settle, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, settle, until)
        said = shown(app)
        assert "13 done, 2 not done, 1 done differently, 1 unknown." in said
        assert said.index("unknown Site visit") < said.index("done differently Quarterly review")
        assert said.index("done differently Quarterly review") < said.index("not done Call with Northwind")
        assert "2 items in Salesforce could be the one that was created" in said
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RowRecordScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, CutOffScreen))
        assert cut.stopped == []
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await settle(pilot)
        assert "A run was cut off" in shown(app), "later is an answer, too"
        assert cut.ran == []


async def test_finish_goes_through_the_summary(app: HandsyncApp, cut: Any, settle: Settle, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, settle, until)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))
        assert cut.ran == [], "nothing is repeated by itself"
        await settle(pilot)
        await pilot.press("o")
        await until(pilot, lambda: not isinstance(app.screen, SummaryScreen))
        await pilot.press("y")
        await until(pilot, lambda: bool(cut.ran))
        assert [row.title for row in cut.ran[0].rows()] == ["Quarterly review", "Call with Northwind"]
        # the app must not end while it changes screens
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.report is not None)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await settle(pilot)


async def test_stop_here_leaves_it_at_that(app: HandsyncApp, cut: Any, settle: Settle, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, settle, until)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and cut.stopped == [CUT])
        await settle(pilot)
        assert "A run was cut off" not in shown(app)
        assert cut.ran == []


async def test_nothing_left_to_finish_says_so(app: HandsyncApp, cut: Any, settle: Settle, until: Until) -> None:
    cut.finish_plans = {CUT: replace(cut.finish_plans[CUT], rows=())}
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, settle, until)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, Question) and "Nothing is left" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: cut.stopped == [CUT])


async def test_when_all_was_done_there_is_nothing_to_finish(
    app: HandsyncApp, cut: Any, settle: Settle, until: Until
) -> None:
    found = cut.found[CUT]
    done = {number: replace(one, result=Result.DONE, message="") for number, one in found.done.items()}
    cut.found[CUT] = replace(found, done=done)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, settle, until)
        assert "17 done. All of it had been done." in shown(app)
        assert "[ Finish ]" not in shown(app)
        await pilot.press("f")
        await pilot.pause()
        assert isinstance(app.screen, CutOffScreen)
        await pilot.press("s")
        await until(pilot, lambda: cut.stopped == [CUT])


async def test_a_side_that_does_not_answer_is_a_sentence_and_can_be_tried_again(
    app: HandsyncApp, cut: Any, settle: Settle, until: Until
) -> None:
    found = cut.found[CUT]
    cut.found[CUT] = SideError("the server does not answer", where="Outlook", remedy="Try again later")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("f")
        await until(pilot, lambda: "Outlook: the server does not answer" in shown(app))
        assert "[ Stop here ]" not in shown(app)
        cut.found[CUT] = found
        await pilot.press("r")
        await until(pilot, lambda: "13 done, 2 not done" in shown(app))


@pytest.mark.parametrize(("key", "screen"), [("enter", CutOffScreen), ("s", CutOffScreen), ("escape", HomeScreen)])
async def test_start_sync_says_it_first(
    app: HandsyncApp, cut: Any, settle: Settle, until: Until, key: str, screen: type
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Question))
        assert "A run was cut off" in shown(app)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, screen))
        if screen is CutOffScreen:
            await until(pilot, lambda: app.screen.record is not None)  # type: ignore[attr-defined]


async def test_start_sync_goes_on_when_told_to(app: HandsyncApp, cut: Any, settle: Settle, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("g")
        await until(pilot, lambda: isinstance(app.screen, Question) and "Start Sync?" in shown(app))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, FetchScreen))


async def test_the_history_leads_there_too(app: HandsyncApp, cut: Any, settle: Settle, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("h")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen) and "CUT OFF" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, CutOffScreen) and app.screen.record is not None)
        await pilot.press("escape")
        await until(pilot, lambda: "cut off; 13 done; Enter: finish or stop here" in shown(app))


async def test_one_that_was_answered_for_elsewhere_is_said(
    app: HandsyncApp, cut: Any, settle: Settle, until: Until
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        cut.records, cut.found = [], {}
        await pilot.press("f")
        await until(pilot, lambda: "answered for meanwhile" in shown(app))
        await pilot.press("f", "s", "escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))


async def test_damage_is_said_on_home(app: HandsyncApp, backend: Any, settle: Settle) -> None:
    backend.given.because = ["the memory of these accounts was damaged (no database); it was set aside as ~/x\x1b[2J"]
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "The memory of these accounts was damaged (no database); it was set aside as ~/x␛[2J." in shown(app)


async def test_a_list_of_runs_that_cannot_be_read_does_not_shut_the_door(
    app: HandsyncApp, backend: Any, settle: Settle, until: Until
) -> None:
    backend.given.history_error = StoreError("the list of runs is damaged", remedy="It is kept as it is")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "The list of runs is damaged. It is kept as it is." in shown(app)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Question) and "Start Sync?" in shown(app))


def test_several_are_counted(samples: ModuleType) -> None:
    heads = [record_of(samples.monday(), started=f"2026-11-2{n}T08:00:00Z", user="").head for n in (2, 1)]
    (said,) = Past(tuple(heads)).sentences(Clock("Europe/London", samples.TODAY), datetime(2026, 11, 23, tzinfo=UTC))
    assert said.startswith("2 runs were cut off: Calendar, Sun 22 Nov 08:00, 17 rows; Calendar, Sat 21 Nov 08:00")
