"""Watching the program on a screen as a person does: waiting until a screen says something."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.pilot import Pilot

from tui.screens.home import HomeScreen
from tui.screens.question import Question
from tui.screens.summary import SummaryScreen

# a busy machine takes its time
_LOOKS = 1500
_BETWEEN = 0.02


def shown(pilot: Pilot[Any]) -> str:
    """What the terminal shows, every run of blanks as one."""
    lines = pilot.app.screen._compositor.render_strips()
    return " ".join(" ".join(strip.text for strip in lines).split())


async def until(pilot: Pilot[Any], screen: type, words: str) -> None:
    """Waits until a screen of that type says something. Raises AssertionError with what it says instead."""
    for _ in range(_LOOKS):
        await pilot.pause()
        if isinstance(pilot.app.screen, screen) and words in shown(pilot):
            return
        await asyncio.sleep(_BETWEEN)
    raise AssertionError(f"{screen.__name__} did not say {words!r}: {shown(pilot)}")


async def start_sync(pilot: Pilot[Any], asked: str, found: str) -> None:
    """Start Sync from Home, once both sides are connected: a person is `asked`, says yes, and the Summary has `found`.

    Raises AssertionError where a screen says something else.
    """
    await until(pilot, HomeScreen, "Outlook connected")
    await pilot.press("s")
    await until(pilot, Question, asked)
    await pilot.press("y")
    await until(pilot, SummaryScreen, found)
