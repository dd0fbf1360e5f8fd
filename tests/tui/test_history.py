"""The history: the list of runs, one run, one row; keeping one in a file, and taking one back."""

from __future__ import annotations

import json
import stat
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from support.given_runs import record_of
from textual.pilot import Pilot

from sync_core.errors import SideError, StoreError
from sync_core.items import Kind
from sync_core.lock import Holder
from sync_core.plan import Plan
from tui.app import HandsyncApp
from tui.screens.export import ExportScreen
from tui.screens.fetch import FetchScreen
from tui.screens.history import HistoryScreen
from tui.screens.history_row import RowRecordScreen
from tui.screens.history_run import RunRecordScreen
from tui.screens.home import HomeScreen
from tui.screens.question import Question
from tui.screens.summary import SummaryScreen
from tui.widgets.controls import Words
from tui.widgets.pick_list import PickList
from tui.widgets.run_rows import RunRows

Settle = Callable[[Pilot[Any]], Awaitable[None]]
Until = Callable[[Pilot[Any], Callable[[], bool]], Awaitable[None]]
Open = Callable[..., Awaitable[None]]


def shown(app: HandsyncApp) -> str:
    """What the terminal shows, every run of blanks as one."""
    return " ".join(" ".join(strip.text for strip in app.screen._compositor.render_strips()).split())


@pytest.fixture
def runs(backend: Any, samples: ModuleType) -> Any:
    """Three runs: one that was cut off, one with troubles, and a clean one of contacts; all of it in the service."""
    given = backend.given
    cut = record_of(samples.monday(), id="20261122-080000-cd34", started="2026-11-22T08:00:00Z", finished="")
    clean = record_of(
        samples.contacts(), id="20261119-090000-ef56", started="2026-11-19T09:00:00Z", sentence="9 done", results={}
    )
    given.records = [cut, record_of(samples.monday()), clean]
    return given


@pytest.fixture
def history(app: HandsyncApp, runs: Any, settle: Settle, until: Until) -> Open:
    """Opens the list, and with `keys` what lies behind it."""

    async def go(pilot: Pilot[Any], *keys: str) -> None:
        await settle(pilot)
        await pilot.press("h")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen))
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)

    return go


async def test_lists_runs_newest_first_and_what_was_cut_off_stands_out(app: HandsyncApp, history: Open) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await history(pilot)
        said = shown(app)
        assert "> Sun 22 Nov 08:00 Calendar CUT OFF, Enter looks up what it did" in said
        assert "Fri 20 Nov 16:02 Calendar 14 done, 1 skipped, 1 failed, 1 not started" in said
        assert said.index("CUT OFF") < said.index("14 done") < said.index("9 done")
        assert "by priya@jump-host, run 20261122-080000-cd34" in said
        await pilot.press("j", "j")
        await pilot.pause()
        assert "run 20261119-090000-ef56" in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)


async def test_a_run_that_goes_on_now_is_not_said_to_be_cut_off(app: HandsyncApp, runs: Any, history: Open) -> None:
    runs.busy_with = Holder("tom", "host-b", 7, "2026-11-22T08:00:00Z", "2026-11-22T08:00:00Z", "Calendar", False)
    async with app.run_test(size=(80, 24)) as pilot:
        await history(pilot)
        assert "goes on now" in shown(app)
        assert "CUT OFF" not in shown(app)


async def test_the_palette_knows_it_and_an_empty_history_says_what_it_is_for(
    app: HandsyncApp, backend: Any, settle: Settle, until: Until
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"history")
        await pilot.pause(0.3)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen))
        await settle(pilot)
        assert "Nothing was run yet." in shown(app)
        await pilot.press("t", "e", "enter")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))


async def test_a_history_that_cannot_be_read_is_a_sentence(app: HandsyncApp, runs: Any, history: Open) -> None:
    runs.history_error = StoreError("the list of runs is damaged", remedy="It is kept as it is")
    async with app.run_test(size=(80, 24)) as pilot:
        await history(pilot)
        assert "the list of runs is damaged. It is kept as it is." in shown(app)


async def test_one_run_shows_its_rows_problems_first_with_the_message(app: HandsyncApp, history: Open) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await history(pilot, "j", "enter")
        assert isinstance(app.screen, RunRecordScreen)
        said = shown(app)
        assert "14 done, 1 skipped, 1 failed, 1 not started." in said
        assert said.index("+◂- failed Site visit") < said.index("+◂- skipped Call with Northwind")
        assert said.index("skipped Call") < said.index("-▸ done Quarterly review")
        assert "[/close] access denied ␛[31m" in said
        await pilot.press("j")
        await pilot.pause()
        assert "changed in Outlook since you looked" in shown(app)
        await pilot.press("p")
        await pilot.pause()
        assert "Quarterly review" not in shown(app)
        await pilot.press("p")
        await pilot.pause()
        assert "Quarterly review" in shown(app)


async def test_one_row_shows_both_sides_before_written_and_after(app: HandsyncApp, history: Open) -> None:
    async with app.run_test(size=(80, 40)) as pilot:
        await history(pilot, "j", "enter", "j", "j", "j", "enter")
        assert isinstance(app.screen, RowRecordScreen)
        said = shown(app)
        assert "Quarterly review update in Outlook: done" in said
        assert "Salesforce: not written id 00U0000" in said
        assert "Outlook: changed id AAMk0000" in said
        assert "location before Leeds written York after as written" in said
        assert "when Mon 23 Nov 10:00–11:00" in said
        await pilot.press("n")
        await pilot.pause()
        assert "5 of 17" in shown(app)
        await pilot.press("N", "N", "N")
        await pilot.pause()
        assert "2 of 17" in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, RunRecordScreen)
        assert app.screen.query_one(PickList).cursor_row == 1, "the cursor is on the row that was read last"


async def test_one_row_on_a_wide_screen_stands_in_columns(app: HandsyncApp, history: Open) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await history(pilot, "j", "enter", "j", "j", "j", "enter")
        assert "before written after location Leeds York as written" in shown(app)


@pytest.mark.slow
async def test_every_row_can_be_read_at_any_width(app: HandsyncApp, history: Open) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await history(pilot, "j", "enter", "enter")
        screen = app.screen
        assert isinstance(screen, RowRecordScreen)
        for _ in range(len(screen._rows)):
            await pilot.press("n")
            await pilot.pause()
            assert max(line.cell_len for line in screen.query_one("#row").lines) <= 80  # type: ignore[attr-defined]
            assert "\x1b" not in shown(app)


async def test_what_a_server_made_of_it_is_shown(app: HandsyncApp, history: Open) -> None:
    async with app.run_test(size=(80, 50)) as pilot:
        await history(pilot, "j", "enter")
        screen = app.screen
        assert isinstance(screen, RunRecordScreen)
        place = next(
            n for n, intent in enumerate(screen.query_one(RunRows).rows) if "notes" in intent.to_left and n > 2
        )
        screen.query_one(PickList).go(place)
        await pilot.press("enter")
        await pilot.pause()
        assert "(as the server keeps it)" in shown(app)


async def test_a_run_that_is_gone_meanwhile_is_a_sentence(app: HandsyncApp, runs: Any, history: Open) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await history(pilot, "j")
        runs.records = []
        await pilot.press("enter")
        await pilot.pause()
        await pilot.pause()
        assert "no longer in the history" in shown(app)
        await pilot.press("t", "e", "escape")


# taking back


async def test_a_run_is_taken_back_through_the_summary(
    app: HandsyncApp, runs: Any, history: Open, until: Until, samples: ModuleType
) -> None:
    runs.undo_plans = [taking_back(samples.monday())]
    async with app.run_test(size=(80, 24)) as pilot:
        await history(pilot, "j")
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))
        assert runs.undo_asked == [("20261120-160203-ab12", None)]
        await until(pilot, lambda: "Take back Calendar the run of Fri 20 Nov 16:02" in shown(app))
        await pilot.press("o", "y")
        await until(pilot, lambda: bool(runs.ran))
        assert runs.ran[0].plan.takes_back == "20261120-160203-ab12"


async def test_only_the_marked_rows_are_taken_back(
    app: HandsyncApp, runs: Any, history: Open, until: Until, samples: ModuleType
) -> None:
    runs.undo_plans = [taking_back(samples.monday())]
    async with app.run_test(size=(80, 24)) as pilot:
        await history(pilot, "j", "enter", "j", "j", "j", "space", "j", "J", "K", "space")
        assert "3 rows marked" in shown(app) or "1 row marked" in shown(app)
        screen = app.screen
        assert isinstance(screen, RunRecordScreen)
        numbers = screen.query_one(PickList).marked
        wanted = [i.row_id for i in screen.record.intents if str(i.number) in numbers]  # type: ignore[union-attr]
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))
        assert runs.undo_asked == [("20261120-160203-ab12", wanted)]


async def test_marks_are_taken_away_by_escape_before_the_screen_is_left(app: HandsyncApp, history: Open) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await history(pilot, "j", "enter", "ctrl+a")
        assert "17 rows marked" in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, RunRecordScreen)
        assert "marked" not in shown(app)
        await pilot.press("v", "j", "j")
        await pilot.pause()
        assert "3 rows marked" in shown(app)
        await pilot.press("escape", "q")
        await pilot.pause()
        assert isinstance(app.screen, HistoryScreen)


@pytest.mark.slow
async def test_making_the_plan_shows_how_far_it_is_and_can_be_given_up(
    app: HandsyncApp, runs: Any, history: Open, until: Until
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await history(pilot, "j")
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, FetchScreen) and "3 of 5" in shown(app))
        assert "Take back Calendar the whole run of Fri 20 Nov 16:02" in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen))
        assert runs.ran == []


async def test_a_side_that_cannot_be_read_is_a_sentence_and_can_be_tried_again(
    app: HandsyncApp, runs: Any, history: Open, until: Until, samples: ModuleType
) -> None:
    error = SideError("the server does not answer", where="Outlook", remedy="Try again")
    runs.undo_plans = [error, taking_back(samples.monday())]
    async with app.run_test(size=(80, 24)) as pilot:
        await history(pilot, "j")
        await pilot.press("t")
        await until(pilot, lambda: "Outlook: the server does not answer" in shown(app))
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))


@pytest.mark.parametrize(("rows", "words"), [(False, "Nothing was written here"), (True, "None of the 3 rows can be")])
async def test_nothing_left_to_take_back_says_so_and_shows_why(
    app: HandsyncApp, runs: Any, history: Open, until: Until, samples: ModuleType, rows: bool, words: str
) -> None:
    runs.undo_plans = [samples.taken_back(nothing=True) if rows else taking_back(samples.monday(), rows=0)]
    async with app.run_test(size=(80, 24)) as pilot:
        await history(pilot, "j")
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, Question))
        assert words in shown(app)
        if rows:
            await pilot.press("l")
            await until(pilot, lambda: isinstance(app.screen, SummaryScreen))
            await until(pilot, lambda: "somebody changed notes in Outlook since: it stays" in shown(app))
            assert "All 3" in shown(app)
            await pilot.press("escape")
        else:
            await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen))


def taking_back(plan: Plan, rows: int | None = None) -> Plan:
    """The plan as one that takes the second run back."""
    return replace(plan, takes_back="20261120-160203-ab12", rows=plan.rows[:rows], guards=())


# files


async def test_a_run_is_kept_as_json_and_as_csv(
    app: HandsyncApp, history: Open, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await history(pilot, "j")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        await pilot.press("enter")
        path = tmp_path / "handsync-calendar-20261120-160203-ab12.json"
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen) and "readable by you alone" in shown(app))
        data = json.loads(path.read_text())
        assert (data["id"], len(data["rows"])) == ("20261120-160203-ab12", 17)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RunRecordScreen))
        await pilot.pause()
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        await pilot.press("tab", "enter", "down", "enter")
        await pilot.pause()
        await pilot.press("tab", "enter")
        path = path.with_suffix(".csv")
        await until(pilot, lambda: path.exists() and isinstance(app.screen, RunRecordScreen))
        assert path.read_text().startswith("run,process,row,title,action")


@pytest.mark.parametrize(("answer", "kept"), [("enter", True), ("k", True), ("escape", True), ("r", False)])
async def test_a_file_that_is_there_is_replaced_only_when_somebody_says_so(
    app: HandsyncApp,
    history: Open,
    until: Until,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    kept: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "handsync-calendar-20261120-160203-ab12.json"
    path.write_text("somebody's")
    async with app.run_test(size=(80, 24)) as pilot:
        await history(pilot, "j")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Question))
        assert "is there already" in str(app.screen.query_one("#question-text", Words).content)
        await pilot.press(answer)
        await until(pilot, lambda: isinstance(app.screen, ExportScreen if kept else HistoryScreen))
        assert (path.read_text() == "somebody's") is kept


async def test_a_name_that_cannot_be_is_a_sentence(app: HandsyncApp, history: Open, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await history(pilot, "j")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        await pilot.press("home", *"nowhere/", "enter")
        await until(pilot, lambda: "there is no such directory" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen))


async def test_the_list_can_be_used_with_the_mouse(app: HandsyncApp, history: Open, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await history(pilot)
        await pilot.click(PickList, offset=(10, 1))
        await pilot.pause()
        assert app.screen.query_one(PickList).cursor_row == 1
        await pilot.click(PickList, offset=(10, 1))
        await until(pilot, lambda: isinstance(app.screen, RunRecordScreen))


async def test_a_long_list_pages_and_keeps_the_cursor_in_view(app: HandsyncApp, runs: Any, history: Open) -> None:
    first = runs.records[1]
    runs.records = [replace(first, head=replace(first.head, id=f"run-{n:04}")) for n in range(300)]
    async with app.run_test(size=(80, 24)) as pilot:
        await history(pilot)
        listing = app.screen.query_one(PickList)
        for key, place in (("G", 299), ("up", 298), ("home", 0), ("end", 299), ("g", 0), ("down", 1)):
            await pilot.press(key)
            await pilot.pause()
            assert listing.cursor_row == place
            top = listing.scroll_offset.y
            assert top <= place < top + listing.size.height
            assert f"run-{place:04}" in shown(app)
        await pilot.press("pagedown")
        assert listing.cursor_row == listing.size.height
        await pilot.press("pageup")
        assert listing.cursor_row == 1


def test_kinds_without_a_history_are_no_trouble(runs: Any) -> None:
    assert runs.runs(Kind.TASKS) == []
