"""A review in progress through the screens: kept while it is edited, offered, resumed, started anew, read again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from textual.pilot import Pilot

from sync_core.draft import Draft, draft_of
from sync_core.errors import SideError, StoreError
from sync_core.items import Kind
from sync_core.plan import Action, Choice, Plan, State
from sync_core.report import RunReport
from sync_core.review import Review
from tui.app import HandsyncApp
from tui.screens.fetch import FetchScreen
from tui.screens.home import HomeScreen
from tui.screens.question import Question
from tui.screens.run import RunScreen
from tui.screens.summary import NotReadPane, SummaryScreen

Settle = Callable[[Pilot[Any]], Awaitable[None]]
Until = Callable[[Pilot[Any], Callable[[], bool]], Awaitable[None]]


def text(app: HandsyncApp) -> str:
    """What the terminal shows, every run of blanks as one."""
    lines = app.screen._compositor.render_strips()
    return " ".join(" ".join(strip.text for strip in lines).split())


def row(plan: Plan, title: str) -> str:
    """The id of a row."""
    return next(row.id for row in plan.rows if row.title == title)


def changed(plan: Plan, title: str) -> Plan:
    """The plan of another reading, in which one row's Salesforce item has other notes."""

    def other(one: Any) -> Any:
        if one.title != title:
            return one
        item = one.left or one.right
        fresh = replace(item, fields={**item.fields, "notes": "something else"})
        return replace(one, **{"left" if one.left else "right": fresh})

    return replace(plan, rows=tuple(map(other, plan.rows)), made_at="2026-11-23T08:30:00Z")


def draft(plan: Plan, *titles: str) -> Draft:
    """A draft in which nothing is to happen to some rows."""
    review = Review.of(plan).choose([row(plan, title) for title in titles], Choice.NOTHING)
    return draft_of(review, "2026-11-22T08:55:00Z")


@pytest.fixture
def begun(app: HandsyncApp, backend: Any, settle: Settle, until: Until) -> Callable[..., Awaitable[SummaryScreen]]:
    """From Home to the Summary: the key that begins, and the answer to the question, if there is one."""

    async def go(pilot: Pilot[Any], *keys: str) -> SummaryScreen:
        backend.given.go_on.set()
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, SummaryScreen)
        return screen

    return go


async def test_decisions_are_kept_while_they_are_made(
    app: HandsyncApp, backend: Any, samples: ModuleType, begun: Any, until: Until
) -> None:
    backend.given.readings = [samples.monday()]
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, "s", "y")
        assert backend.given.drafts == {}
        await pilot.press("full_stop", "j", "i")
        # without being asked to, within the second
        await until(pilot, lambda: Kind.CALENDAR in backend.given.drafts)
        app.keeper.flush()
        assert backend.given.drafts[Kind.CALENDAR].decisions == 2
        await pilot.press("u", "u")
        await pilot.pause()
        app.keeper.flush()
        assert backend.given.drafts == {}


async def test_home_offers_to_resume_and_decisions_on_what_did_not_change_are_there(
    app: HandsyncApp, backend: Any, samples: ModuleType, begun: Any, settle: Settle
) -> None:
    plan = samples.monday()
    backend.given.drafts = {Kind.CALENDAR: draft(plan, "Trade fair", "Quarterly review")}
    backend.given.readings = [changed(plan, "Quarterly review")]
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        said = text(app)
        assert "[ Resume (e) ] A review in progress was kept: Calendar, 2 decisions, Sun 22 Nov 08:55." in said.replace(
            "today ", "Sun 22 Nov "
        )
        assert app.screen.query_one("#resume").has_focus
        screen = await begun(pilot, "e")
        assert "1 decision kept, 1 row changed since: to be decided again" in text(app)
        assert screen.review.row(row(plan, "Trade fair")).action is Action.NONE
        waits = screen.review.row(row(plan, "Quarterly review"))
        assert (waits.action, waits.state) == (Action.CONFLICT, State.UNDECIDED)
        # nothing was written by that, and what waits is found like every row that needs a decision
        assert backend.given.ran == []
        screen.table.go_to(row(plan, "Budget 2027"))
        await pilot.press("N")
        assert screen.table.cursor_row_id == waits.id


async def test_start_sync_asks_and_resume_is_what_enter_does(
    app: HandsyncApp, backend: Any, samples: ModuleType, begun: Any, settle: Settle, until: Until
) -> None:
    plan = samples.monday()
    backend.given.drafts = {Kind.CALENDAR: draft(plan, "Trade fair")}
    backend.given.readings = [plan]
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Question))
        assert "A review was kept: Calendar, 1 decision" in text(app)
        screen = await begun(pilot, "enter")
        assert len(screen.review.decisions) == 1


async def test_start_anew_forgets_the_draft(
    app: HandsyncApp, backend: Any, samples: ModuleType, begun: Any, settle: Settle
) -> None:
    plan = samples.monday()
    backend.given.drafts = {Kind.CALENDAR: draft(plan, "Trade fair")}
    backend.given.readings = [plan]
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        screen = await begun(pilot, "s", "a")
        assert screen.review.decisions == {}
        assert backend.given.drafts == {}


async def test_no_leaves_the_draft_where_it_is(
    app: HandsyncApp, backend: Any, samples: ModuleType, settle: Settle, until: Until
) -> None:
    backend.given.drafts = {Kind.CALENDAR: draft(samples.monday(), "Trade fair")}
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
    assert backend.given.drafts


async def test_without_a_draft_home_has_no_such_key(app: HandsyncApp, settle: Settle) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "Resume" not in text(app)
        await pilot.press("e")
        assert isinstance(app.screen, HomeScreen)


async def test_a_run_ends_the_draft(
    app: HandsyncApp, backend: Any, samples: ModuleType, begun: Any, until: Until
) -> None:
    backend.given.readings = [samples.monday()]
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, "s", "y")
        await pilot.press("full_stop", "o", "y")
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.report is not None)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await until(pilot, lambda: not backend.given.drafts)
    assert len(backend.given.ran) == 1


async def test_a_run_that_cannot_begin_leads_back_to_the_review(
    app: HandsyncApp, backend: Any, samples: ModuleType, begun: Any, until: Until
) -> None:
    backend.given.readings = [samples.monday()]

    def locked(*_: Any) -> RunReport:
        raise StoreError("another run goes on", remedy="Wait until it has ended")

    backend.given.run = locked
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await begun(pilot, "s", "y")
        await pilot.press("full_stop", "j", "space", "o", "y")
        await until(pilot, lambda: "another run goes on" in text(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        await pilot.pause()
        assert len(screen.review.decisions) == 1
        assert len(screen.table.selected_ids) == 1
        assert screen.table.has_focus
        app.keeper.flush()
        assert backend.given.drafts[Kind.CALENDAR].decisions == 1
        await pilot.press("escape", "escape", "l")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await until(pilot, lambda: not backend.given.drafts)


async def test_keep_for_later_is_offered_by_home(
    app: HandsyncApp, backend: Any, samples: ModuleType, begun: Any, until: Until
) -> None:
    backend.given.readings = [samples.monday()]
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, "s", "y")
        await pilot.press("full_stop", "escape", "k")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await until(pilot, lambda: "A review in progress was kept: Calendar, 1 decision" in text(app))


async def test_quitting_keeps_the_review_and_says_so(
    app: HandsyncApp, backend: Any, samples: ModuleType, begun: Any, until: Until
) -> None:
    backend.given.readings = [samples.monday()]
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, "s", "y")
        await pilot.press("full_stop", "ctrl+q")
        await until(pilot, lambda: not app.is_running)
    assert app.return_value == 0
    assert backend.given.drafts[Kind.CALENDAR].decisions == 1
    assert app.farewell == "A review in progress is kept: Calendar: 1 decision. The next start offers to resume it."


async def test_quitting_asks_when_the_review_cannot_be_kept(
    app: HandsyncApp, backend: Any, samples: ModuleType, begun: Any, until: Until
) -> None:
    backend.given.readings = [samples.monday()]

    def full(_: Draft) -> None:
        raise StoreError("the memory cannot be used: disk full")

    backend.given.keep_draft = full
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, "s", "y")
        await pilot.press("full_stop", "ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, Question))
        said = str(app.screen._text)  # type: ignore[attr-defined]  # a Question
        assert "disk full. The decisions of this review would be lost." in said
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))


async def test_a_line_that_drops_ends_the_program_with_the_review_kept(
    app: HandsyncApp, backend: Any, samples: ModuleType, begun: Any, until: Until
) -> None:
    backend.given.readings = [samples.monday()]
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, "s", "y")
        await pilot.press("full_stop")
        app.ending.tell()
        await until(pilot, lambda: not app.is_running)
    assert app.keeper.flush()
    assert backend.given.drafts[Kind.CALENDAR].decisions == 1


async def test_read_again_keeps_the_decisions_that_hold_and_the_place(
    app: HandsyncApp, backend: Any, samples: ModuleType, begun: Any, until: Until
) -> None:
    plan = samples.monday()
    backend.given.readings = [plan, changed(plan, "Quarterly review")]
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await begun(pilot, "s", "y")
        for title in ("Trade fair", "Quarterly review"):
            screen.table.go_to(row(plan, title))
            await pilot.press("full_stop")
        screen.table.go_to(row(plan, "Stand-up"))
        await pilot.press("space", "R")
        await until(pilot, lambda: screen.review.plan is not plan and app.screen is screen)
        await pilot.pause()
        assert screen.review.plan.made_at == "2026-11-23T08:30:00Z"
        assert screen.table.cursor_row_id == row(plan, "Stand-up")
        assert screen.table.selected_ids == [row(plan, "Stand-up")]
        assert screen.review.row(row(plan, "Trade fair")).action is Action.NONE
        assert screen.review.row(row(plan, "Quarterly review")).state is State.UNDECIDED
        assert "1 decision kept, 1 row changed since" in text(app)
        app.keeper.flush()
        assert backend.given.drafts[Kind.CALENDAR].decisions == 2


async def test_a_second_reading_that_fails_leaves_the_review_as_it_was(
    app: HandsyncApp, backend: Any, samples: ModuleType, begun: Any, until: Until
) -> None:
    plan = samples.monday()
    backend.given.readings = [plan, SideError("no answer")]
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await begun(pilot, "s", "y")
        await pilot.press("full_stop", "f5")
        await until(pilot, lambda: "no answer" in text(app))
        assert isinstance(app.screen, FetchScreen)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        assert screen.review.plan is plan
        assert len(screen.review.decisions) == 1


@pytest.fixture
def three(backend: Any, samples: ModuleType) -> list[Plan]:
    """All three processes are on, and each finds something."""
    backend.settings.contacts.include = backend.settings.tasks.include = True
    backend.given.readings = [samples.monday(), samples.contacts(), samples.tasks()]
    return list(backend.given.readings)


async def test_one_process_is_run_and_the_summary_goes_on_with_the_rest(
    app: HandsyncApp, backend: Any, three: list[Plan], begun: Any, until: Until
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await begun(pilot, "s", "y")
        await pilot.press("full_stop", "2", "full_stop", "j", "o", "t")
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.report is not None)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        await pilot.pause()
        assert [review.plan.kind for review in backend.given.ran] == [Kind.CONTACTS]
        assert [review.plan.kind for review in screen.reviews] == [Kind.CALENDAR, Kind.TASKS]
        assert "2 Tasks" in text(app)
        await pilot.press("1")
        assert len(screen.review.decisions) == 1
        app.keeper.flush()
        assert set(backend.given.drafts) == {Kind.CALENDAR}
        # and then the rest at once
        await pilot.press("o", "y")
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.report is not None)
        said = text(app)
        assert "Calendar: Nothing to do." in said
        assert "Tasks: Nothing to do." in said
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await until(pilot, lambda: not backend.given.drafts)
    assert [review.plan.kind for review in backend.given.ran] == [Kind.CONTACTS, Kind.CALENDAR, Kind.TASKS]


async def test_a_process_that_could_not_be_read_is_read_again_in_its_tab(
    app: HandsyncApp, backend: Any, samples: ModuleType, three: list[Plan], begun: Any, until: Until
) -> None:
    backend.given.readings = [SideError("busy", where="Outlook"), three[1], three[2], three[0]]
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await begun(pilot, "s", "y")
        await pilot.press("1")
        assert isinstance(screen.current, NotReadPane)
        assert "Outlook: busy." in text(app)
        await pilot.press("R")
        await until(pilot, lambda: len(screen.reviews) == 3 and app.screen is screen)
        await pilot.pause()
        assert [review.plan.kind for review in screen.reviews] == list(Kind)
        assert screen.review.plan.kind is Kind.CALENDAR
        await pilot.press("j")
        assert screen.table.has_focus


async def test_what_has_nothing_to_run_is_closed_with_its_ignores_kept(
    app: HandsyncApp, backend: Any, samples: ModuleType, three: list[Plan], begun: Any, until: Until
) -> None:
    quiet = replace(three[2], rows=tuple(one for one in three[2].rows if one.state is State.UNDECIDED))
    backend.given.readings = [three[0], three[1], quiet]
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, "s", "y")
        await pilot.press("3", "I", "o", "y")
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.report is not None)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await until(pilot, lambda: bool(backend.given.kept))
    assert [review.plan.kind for review in backend.given.ran] == [Kind.CALENDAR, Kind.CONTACTS]
    assert [review.plan.kind for review in backend.given.kept] == [Kind.TASKS]
    assert len(backend.given.kept[0].ignores()[0]) == 1


async def test_when_all_is_in_step_one_question_says_so(
    app: HandsyncApp, backend: Any, settle: Settle, until: Until
) -> None:
    backend.settings.contacts.include = backend.settings.tasks.include = True
    backend.given.go_on.set()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("s")
        await pilot.pause()
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, Question) and "Nothing to do" in text(app))
        for kind in Kind:
            assert f"{kind.label}: Both sides are in step: 58 items compared" in text(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
