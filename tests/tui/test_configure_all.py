"""Configure has a place for every setting of the file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pydantic import BaseModel
from textual.pilot import Pilot

from sync_core.items import Kind
from sync_core.settings.models import Settings
from tui.app import HandsyncApp
from tui.screens.configure import ConfigureScreen
from tui.screens.home import HomeScreen
from tui.widgets.controls import Field

# each opens Configure, which is a screen of five hundred parts
pytestmark = pytest.mark.slow

Settle = Callable[[Pilot[Any]], Awaitable[None]]
Until = Callable[[Pilot[Any], Callable[[], bool]], Awaitable[None]]
JOBS = {kind.value for kind in Kind}


def keys() -> list[tuple[str, str]]:
    """Every setting, by section and key; a secret's file and command belong to the secret."""
    found = []
    for section, field in Settings.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found += [(section, key) for key in kind.model_fields if not key.endswith(("_command", "_file"))]
        else:
            found.append(("", section))
    return found


def place(section: str, key: str) -> str:
    """Where it is: jobs have one place for all processes, what is prevented a box for each operation."""
    if section in JOBS:
        guards = ("suspect_rows", "suspect_percent")
        return f"#line-{key}" if key in guards else f"#{key}-create" if key.startswith("prevent_") else f"#{key}"
    return f"#{section or 'top'}-{key}"


async def test_every_setting_has_a_place(app: HandsyncApp, settle: Settle, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ConfigureScreen))
        missing = [(section, key) for section, key in keys() if not app.screen.query(place(section, key))]
        assert missing == []
    assert len(keys()) > 40


async def test_how_long_runs_are_kept_is_set_by_keys(
    app: HandsyncApp, backend: Any, settle: Settle, until: Until
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ConfigureScreen))
        # from sync to display to memory, into its first field
        await pilot.press("f2", "f2")
        await pilot.pause()
        assert app.focused is app.screen.query_one("#history-days", Field)
        assert app.screen.query_one("#history-days", Field).value == "90"
        await pilot.press("end", "backspace", "backspace", *"30", "down", "end", "backspace", *"x")
        await pilot.pause()
        assert app.focused is app.screen.query_one("#history-runs", Field)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert backend.saved == []
        await pilot.press("backspace", *"1", "ctrl+s")
        await until(pilot, lambda: bool(backend.saved))
        history = backend.settings.history
        assert (history.days, history.runs) == (30, 201)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_every_part_is_reached_and_left_by_keys(
    app: HandsyncApp, settle: Settle, until: Until, size: tuple[int, int]
) -> None:
    """F2 goes round all parts, and from anywhere Esc leads home."""
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ConfigureScreen))
        seen = []
        for _ in range(4):
            await pilot.press("f2")
            await pilot.pause()
            seen.append(app.screen.query_one("#switcher").current)  # type: ignore[attr-defined]
            assert app.focused is not None
            assert app.focused.region.height == 1
        assert sorted(seen) == ["connections", "display", "memory", "sync"]
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
