"""Pictures of the review and of the run at both sizes, with few colours, and in ASCII."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from support.sizes import every_size
from textual.pilot import Pilot

from sync_core.items import Kind
from sync_core.plan import Action
from sync_core.report import Result, RowReport, RunReport
from sync_core.review import Review
from tui.app import HandsyncApp
from tui.glyphs import ASCII, UNICODE, GlyphSet
from tui.screens.run import RunScreen
from tui.screens.summary import NotRead, SummaryScreen

Before = Callable[[Pilot[Any]], Awaitable[None]]
Make = Callable[..., Before]


@pytest.fixture
def opening(samples: ModuleType, settle: Any) -> Make:
    """Opens the summary of the sample and presses keys, before the picture is taken."""

    def make(*keys: str, glyphs: GlyphSet = UNICODE, plan: str = "monday") -> Before:
        async def before(pilot: Pilot[Any]) -> None:
            await settle(pilot)
            now = datetime(2026, 11, 23, 8, 2, tzinfo=UTC)
            review = Review.of(getattr(samples, plan)())
            pilot.app.push_screen(SummaryScreen([review], samples.ZONE, samples.TODAY, now=lambda: now, glyphs=glyphs))
            await settle(pilot)
            # with keys from the top on, else where the cursor starts
            await pilot.press(*(("home", *keys) if keys else ()))
            await settle(pilot)

        return before

    return make


@pytest.fixture
def few(backend: Any) -> HandsyncApp:
    """The program on a terminal with few colours, or with NO_COLOR."""
    return HandsyncApp(backend, few_colours=True)


@every_size
def test_summary(snap_compare: Any, app: HandsyncApp, opening: Make, size: tuple[int, int]) -> None:
    before = opening("n", "greater_than_sign", "j", "j", "i", "n")
    assert snap_compare(app, terminal_size=size, run_before=before)


@every_size
def test_contacts(snap_compare: Any, app: HandsyncApp, opening: Make, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=opening("n", plan="contacts"))


@every_size
def test_tasks(snap_compare: Any, app: HandsyncApp, opening: Make, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=opening("n", plan="tasks"))


def test_details_of_a_contact_are_read(snap_compare: Any, app: HandsyncApp, opening: Make) -> None:
    keys = ("slash", *"tom", "enter", "enter")
    assert snap_compare(app, terminal_size=(80, 24), run_before=opening(*keys, plan="contacts"))


@every_size
def test_menu_for_several_rows(snap_compare: Any, app: HandsyncApp, opening: Make, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=opening("j", "J", "J", "m", "down"))


@every_size
def test_which_one_of_one_name(snap_compare: Any, app: HandsyncApp, opening: Make, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=opening("m", plan="of_one_name"))


def test_details_are_read(snap_compare: Any, app: HandsyncApp, opening: Make) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=opening("n", "enter"))


def test_filter(snap_compare: Any, app: HandsyncApp, opening: Make) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=opening("slash", *"leeds"))


def test_ok_question(snap_compare: Any, app: HandsyncApp, opening: Make) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=opening("o"))


def test_few_colours(snap_compare: Any, few: HandsyncApp, opening: Make) -> None:
    assert snap_compare(few, terminal_size=(80, 24), run_before=opening("n", "J", "J"))


def test_few_colours_and_ascii(snap_compare: Any, few: HandsyncApp, opening: Make) -> None:
    before = opening("n", "greater_than_sign", "m", glyphs=ASCII)
    assert snap_compare(few, terminal_size=(80, 24), run_before=before)


@every_size
def test_fields_are_decided_one_by_one(
    snap_compare: Any, app: HandsyncApp, opening: Make, size: tuple[int, int]
) -> None:
    before = opening("n", "enter", "greater_than_sign", "down", "less_than_sign")
    assert snap_compare(app, terminal_size=size, run_before=before)


def test_a_value_is_typed(snap_compare: Any, app: HandsyncApp, opening: Make) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=opening("n", "enter", "t", "home", "ctrl+k", *"15:15"))


def test_notes_are_typed_in_few_colours_and_ascii(snap_compare: Any, few: HandsyncApp, opening: Make) -> None:
    keys = ("slash", *"stand", "enter", "enter", "down", "t", "enter", *"and")
    assert snap_compare(few, terminal_size=(80, 24), run_before=opening(*keys, glyphs=ASCII))


@every_size
def test_what_differs(snap_compare: Any, app: HandsyncApp, opening: Make, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=opening("n", "w"))


@every_size
def test_folded_and_sorted_by_action(snap_compare: Any, app: HandsyncApp, opening: Make, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=opening("t", "t", "Z", "j", "enter"))


def test_folded_in_few_colours_and_ascii(snap_compare: Any, few: HandsyncApp, opening: Make) -> None:
    assert snap_compare(few, terminal_size=(80, 24), run_before=opening("z", "space", "j", "w", glyphs=ASCII))


def test_menu_of_conditions(snap_compare: Any, app: HandsyncApp, opening: Make) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=opening("s", "down"))


@every_size
def test_run_report(
    snap_compare: Any, app: HandsyncApp, samples: ModuleType, settle: Any, until: Any, size: tuple[int, int]
) -> None:
    rows = (
        RowReport("a", "Trade fair", Action.CREATE_IN_OUTLOOK, Result.DONE),
        RowReport("b", "Call with Northwind", Action.CREATE_IN_SALESFORCE, Result.DONE),
        RowReport(
            "c", "Quarterly review", Action.UPDATE_IN_OUTLOOK, Result.SKIPPED, "changed in Outlook since it was read"
        ),
        RowReport(
            "d",
            "Pipeline call",
            Action.DELETE_FROM_OUTLOOK,
            Result.FAILED,
            "Outlook: ErrorAccessDenied, access is denied. Check the rights on this calendar.",
        ),
    )
    report = RunReport(Kind.CALENDAR, "2026-11-23T08:03:00Z", "2026-11-23T08:03:05Z", rows)

    class Given:
        def run(self, *_: Any) -> RunReport:
            return report

    async def before(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        screen = RunScreen(Given(), [Review.of(samples.monday())])
        pilot.app.push_screen(screen)
        await until(pilot, lambda: screen.report is not None and screen.query_one("#rows").display)
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)


@every_size
def test_several_processes(
    snap_compare: Any, app: HandsyncApp, samples: ModuleType, settle: Any, size: tuple[int, int]
) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        now = datetime(2026, 11, 23, 8, 2, tzinfo=UTC)
        read = [Review.of(samples.monday()), Review.of(samples.contacts())]
        failed = NotRead(Kind.TASKS, "Outlook (tasks): the server is busy. Try again in a few minutes.")
        pilot.app.push_screen(SummaryScreen([*read, failed], samples.ZONE, samples.TODAY, now=lambda: now))
        await settle(pilot)
        await pilot.press("full_stop", "2")
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)


@every_size
def test_ok_for_several_processes(
    snap_compare: Any, app: HandsyncApp, samples: ModuleType, settle: Any, size: tuple[int, int]
) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        now = datetime(2026, 11, 23, 8, 2, tzinfo=UTC)
        read = [Review.of(make()) for make in (samples.monday, samples.contacts, samples.tasks)]
        pilot.app.push_screen(SummaryScreen(read, samples.ZONE, samples.TODAY, now=lambda: now))
        await settle(pilot)
        await pilot.press("o")
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)


@every_size
def test_keys_of_the_summary(snap_compare: Any, app: HandsyncApp, opening: Make, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=opening("question_mark"))


@every_size
def test_palette_of_the_summary(snap_compare: Any, app: HandsyncApp, opening: Make, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=opening("ctrl+p", *"mark", "down"))


def test_palette_in_few_colours_and_ascii(snap_compare: Any, few: HandsyncApp, opening: Make) -> None:
    assert snap_compare(few, terminal_size=(80, 24), run_before=opening("ctrl+p", "down", glyphs=ASCII))


def test_keys_in_few_colours_and_ascii(snap_compare: Any, few: HandsyncApp, opening: Make) -> None:
    assert snap_compare(few, terminal_size=(80, 24), run_before=opening("question_mark", glyphs=ASCII))
