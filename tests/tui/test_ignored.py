"""The list of ignored items."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from sync_core.errors import StoreError
from sync_core.items import Kind, When
from sync_core.plan import Ignore, IgnoreMode, Singles
from tui.app import HandsyncApp
from tui.screens.question import Question

Settle = Callable[[Pilot[Any]], Awaitable[None]]
IGNORES = [
    (Kind.CALENDAR, Ignore("a1", IgnoreMode.ONCE, "", "", "2026-11-16T09:00:00Z", "Budget 2027", "start differs")),
    (
        Kind.CALENDAR,
        Ignore("b2", IgnoreMode.FOREVER, "", "", "2026-11-09T09:00:00Z", "[/x] \x1b]0;t\x07 日本", "new"),
    ),
]


def shown(app: HandsyncApp) -> str:
    """What the terminal shows, every run of blanks as one."""
    lines = app.screen._compositor.render_strips()
    return " ".join(" ".join("".join(segment.text for segment in strip) for strip in lines).split())


@pytest.fixture
def ignored(app: HandsyncApp, backend: Any, settle: Settle) -> Callable[..., Awaitable[None]]:
    """Opens the list."""

    async def go(pilot: Pilot[Any], entries: list[tuple[Kind, Ignore]] = IGNORES) -> None:
        backend.given.ignores = list(entries)
        await settle(pilot)
        await pilot.press("i")
        await pilot.pause()
        await settle(pilot)

    return go


async def test_says_what_is_ignored_since_when_until_when_and_by_which_rule(app: HandsyncApp, ignored: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ignored(pilot)
        said = shown(app)
        assert "Budget 2027 Calendar until the next change Mon 16 Nov 09:00" in said
        assert "[/x] ␛]0;t␇ 日本 Calendar forever Mon 9 Nov 09:00" in said
        assert "until one of its items changes; then the next sync asks again. It had come up because: start" in said
        await pilot.press("j")
        assert "forever, whatever changes, until you take it back here." in shown(app)


@pytest.mark.parametrize("mode", [*IgnoreMode, *Singles])
async def test_every_rule_has_words(app: HandsyncApp, ignored: Any, mode: IgnoreMode | Singles) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ignored(pilot, [(Kind.CALENDAR, replace(IGNORES[0][1], mode=mode))])
        said = shown(app)
        assert "ince Mon 16 Nov 09:00" in said
        assert "then the next sync asks again" in said or "until you take" in said


async def test_what_both_sides_held_is_shown(app: HandsyncApp, backend: Any, ignored: Any) -> None:
    when = When("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z")
    async with app.run_test(size=(120, 40)) as pilot:
        left, right = {"subject": "Budget", "when": when}, {"subject": "Budget\x1b[2J", "when": when}
        entry = replace(IGNORES[0][1], left=left, right=right)
        await ignored(pilot, [(Kind.CALENDAR, entry)])
        assert "Salesforce: Mon 23 Nov 10:00–11:00 Budget Outlook: Mon 23 Nov 10:00–11:00 Budget␛[2J" in shown(app)


async def test_one_is_taken_back_and_undo_brings_it_back(
    app: HandsyncApp, backend: Any, ignored: Any, settle: Settle
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ignored(pilot)
        await pilot.press("j", "t")
        await settle(pilot)
        assert [entry.row_id for _, entry in backend.given.ignores] == ["a1"]
        assert "Taken back: “[/x] ␛]0;t␇ 日本”. u undoes it." in shown(app)
        await pilot.press("u")
        await settle(pilot)
        assert {entry.row_id for _, entry in backend.given.ignores} == {"a1", "b2"}
        assert "Ignored again: “[/x]" in shown(app)
        await pilot.press("u")
        assert "Nothing was taken back since you came here." in shown(app)


async def test_many_are_taken_back_by_marks(app: HandsyncApp, backend: Any, ignored: Any, settle: Settle) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ignored(pilot)
        await pilot.press("asterisk")
        assert "2 marked" in shown(app)
        # Esc takes the marks away first
        await pilot.press("escape", "space", "J", "delete")
        await settle(pilot)
        assert backend.given.ignores == []
        assert "Taken back: 2 items." in shown(app)
        assert "Nothing is being ignored." in shown(app)
        await pilot.press("u")
        await settle(pilot)
        assert len(backend.given.ignores) == 2


async def test_enter_asks_and_does_no_harm_by_itself(
    app: HandsyncApp, backend: Any, ignored: Any, settle: Settle
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ignored(pilot)
        await pilot.press("enter")
        assert isinstance(app.screen, Question)
        await pilot.press("enter")
        await settle(pilot)
        assert len(backend.given.ignores) == 2
        await pilot.press("enter", "t")
        await settle(pilot)
        assert [entry.row_id for _, entry in backend.given.ignores] == ["b2"]
        await pilot.press("escape")
        assert type(app.screen).__name__ == "HomeScreen"


async def test_a_filter_leaves_those_with_the_words(
    app: HandsyncApp, backend: Any, ignored: Any, settle: Settle
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ignored(pilot)
        await pilot.press("slash", *"forever", "enter")
        assert "Budget" not in shown(app)
        assert "日本" in shown(app)
        await pilot.press("asterisk", "t")
        await settle(pilot)
        assert [entry.row_id for _, entry in backend.given.ignores] == ["a1"]
        await pilot.press("escape")
        assert "Budget" in shown(app)
        await pilot.press("slash", *"zzz")
        assert "No item has these words." in shown(app)
        await pilot.press("escape", "escape")
        assert type(app.screen).__name__ == "HomeScreen"


async def test_lines_are_copied_harmlessly(app: HandsyncApp, ignored: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ignored(pilot)
        await pilot.press("asterisk", "y")
        assert app.clipboard.splitlines()[0].startswith("Budget 2027. Calendar. Ignored since Mon 16 Nov 09:00, until")
        assert "\x1b" not in app.clipboard
        assert "copied 2 items" in shown(app)


async def test_a_memory_that_cannot_be_read_is_a_sentence(app: HandsyncApp, backend: Any, ignored: Any) -> None:
    def refuse() -> Any:
        raise StoreError("the memory cannot be read", where="~/.local/state/handsync", remedy="Check who owns it")

    backend.given.ignored = refuse
    async with app.run_test(size=(80, 24)) as pilot:
        await ignored(pilot)
        assert "the memory cannot be read. Check who owns it." in shown(app)
