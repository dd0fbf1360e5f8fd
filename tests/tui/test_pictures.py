"""Pictures of the screens in both sizes, and of what few colours leave of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from support.sizes import every_size
from textual.pilot import Pilot

from sync_core.errors import SideError
from sync_core.items import Kind, SideName
from sync_core.plan import Ignore, IgnoreMode
from sync_core.service import Finding
from sync_core.settings.display import Display
from sync_core.settings.models import Settings
from sync_core.sides import Progress
from tui.app import HandsyncApp
from tui.look import Terminal
from tui.screens.configure import ConfigureScreen
from tui.screens.fetch import FetchScreen
from tui.screens.fetch_all import FetchAllScreen
from tui.screens.question import Question
from tui.widgets.controls import Words

Settle = Callable[[Pilot[Any]], Awaitable[None]]
Until = Callable[[Pilot[Any], Callable[[], bool]], Awaitable[None]]
Compare = Callable[..., bool]


@every_size
def test_home(app: HandsyncApp, settle: Settle, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app, run_before=settle, terminal_size=size)


@every_size
def test_welcome(app: HandsyncApp, backend: Any, settle: Settle, snap_compare: Compare, size: tuple[int, int]) -> None:
    backend.settings = Settings()
    assert snap_compare(app, run_before=settle, terminal_size=size)


def test_home_with_troubles(app: HandsyncApp, backend: Any, settle: Settle, snap_compare: Compare) -> None:
    sentence = "Outlook (mail.northwind.example): the password was refused. Type it again in Configure, Connections."
    backend.given.findings = {SideName.OUTLOOK: [Finding("Outlook", False, sentence)]}
    backend.settings.calendar.prevent_outlook = ["create", "update", "delete"]
    assert snap_compare(app, run_before=settle, terminal_size=(80, 24))


def test_home_without_colours(backend: Any, settle: Settle, snap_compare: Compare) -> None:
    assert snap_compare(HandsyncApp(backend, few_colours=True), run_before=settle, terminal_size=(80, 24))


@every_size
def test_configure_jobs(app: HandsyncApp, settle: Settle, snap_compare: Compare, size: tuple[int, int]) -> None:
    async def open_it(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("c")
        await pilot.pause()
        await pilot.press("down", "down", "down", "down", "down", "space")
        await pilot.pause()

    assert snap_compare(app, run_before=open_it, terminal_size=size)


@pytest.fixture
def in_configure(settle: Settle, until: Until) -> Callable[..., Settle]:
    """Opens Configure and presses keys there, before the picture is taken."""

    def make(*keys: str) -> Settle:
        async def open_it(pilot: Pilot[Any]) -> None:
            await settle(pilot)
            await pilot.press("c")
            await until(pilot, lambda: isinstance(pilot.app.screen, ConfigureScreen))
            await settle(pilot)
            await pilot.press(*keys)
            await settle(pilot)

        return open_it

    return make


@pytest.mark.slow
@every_size
def test_configure_connections(
    app: HandsyncApp, in_configure: Callable[..., Settle], snap_compare: Compare, size: tuple[int, int]
) -> None:
    assert snap_compare(
        app,
        run_before=in_configure("shift+tab", "shift+tab", "shift+tab", "up", "tab", "right", "t"),
        terminal_size=size,
    )


@pytest.mark.slow
def test_configure_without_colours(backend: Any, settle: Settle, snap_compare: Compare) -> None:
    async def open_it(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("c")
        await pilot.pause()

    app = HandsyncApp(backend, few_colours=True)
    assert snap_compare(app, run_before=open_it, terminal_size=(80, 24))


@every_size
def test_start_question(
    app: HandsyncApp, settle: Settle, until: Until, snap_compare: Compare, size: tuple[int, int]
) -> None:
    async def open_it(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Question))

    assert snap_compare(app, run_before=open_it, terminal_size=size)


@every_size
def test_reading(
    app: HandsyncApp,
    backend: Any,
    settle: Settle,
    until: Until,
    snap_compare: Compare,
    size: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # no time passes
    monkeypatch.setattr("tui.screens.fetch.monotonic", lambda: 100.0)
    backend.given.steps = [
        Progress(SideName.SALESFORCE, 240, 512, "reading events"),
        Progress(SideName.OUTLOOK, 180, None, "reading events"),
    ]

    async def open_it(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("s", "y")
        await until(pilot, lambda: isinstance(app.screen, FetchScreen) and len(app.screen._shown) == 2)
        await pilot.pause()

    assert snap_compare(app, run_before=open_it, terminal_size=size)


def test_reading_failed(app: HandsyncApp, backend: Any, settle: Settle, until: Until, snap_compare: Compare) -> None:
    error = SideError("the server answered with a web page", where="Outlook", remedy="Check the service endpoint")
    backend.given.readings = [error]
    backend.given.go_on.set()

    async def open_it(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("s", "y")
        await until(pilot, lambda: isinstance(app.screen, FetchScreen) and app.screen._failed)

    assert snap_compare(app, run_before=open_it, terminal_size=(80, 24))


@every_size
def test_in_step(
    app: HandsyncApp, backend: Any, settle: Settle, until: Until, snap_compare: Compare, size: tuple[int, int]
) -> None:
    backend.given.go_on.set()

    async def open_it(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("s", "y")
        await until(pilot, lambda: isinstance(app.screen, Question) and app.screen._title == "Calendar")

    assert snap_compare(app, run_before=open_it, terminal_size=size)


@every_size
def test_ignored(app: HandsyncApp, backend: Any, settle: Settle, snap_compare: Compare, size: tuple[int, int]) -> None:
    backend.given.ignores = [
        (
            Kind.CALENDAR,
            Ignore("a", IgnoreMode.ONCE, "", "", "2026-11-16T09:00:00Z", "Budget 2027", "both sides changed the start"),
        ),
        (
            Kind.CALENDAR,
            Ignore("b", IgnoreMode.FOREVER, "", "", "2026-11-09T09:00:00Z", "日本 [/x] \x1b[2J", "the notes differ"),
        ),
    ]

    async def open_it(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("i")
        await settle(pilot)

    assert snap_compare(app, run_before=open_it, terminal_size=size)


@every_size
def test_keys(app: HandsyncApp, settle: Settle, snap_compare: Compare, size: tuple[int, int]) -> None:
    async def open_it(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("question_mark")
        await pilot.pause()

    assert snap_compare(app, run_before=open_it, terminal_size=size)


def test_too_small(app: HandsyncApp, settle: Settle, snap_compare: Compare) -> None:
    assert snap_compare(app, run_before=settle, terminal_size=(60, 16))


def test_demo_being_prepared(app: HandsyncApp, backend: Any, until: Until, snap_compare: Compare) -> None:
    backend.demo, backend.said = True, ("Starting two servers on this machine …", "Letting a week go by …")
    backend.prepared.clear()

    async def open_it(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "week" in str(app.screen.query_one("#preparing").content))  # type: ignore[attr-defined]

    assert snap_compare(app, run_before=open_it, terminal_size=(80, 24))
    backend.prepared.set()


@every_size
def test_home_with_everything_on(
    app: HandsyncApp, backend: Any, settle: Settle, snap_compare: Compare, size: tuple[int, int]
) -> None:
    backend.settings.contacts.include = backend.settings.tasks.include = True
    backend.settings.tasks.prevent_salesforce = ["create", "update", "delete"]
    backend.given.because = ["the memory of contacts was damaged and was set aside; links are found anew"]
    assert snap_compare(app, run_before=settle, terminal_size=size)


@every_size
def test_palette(app: HandsyncApp, settle: Settle, snap_compare: Compare, size: tuple[int, int]) -> None:
    async def open_it(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("ctrl+p", "down")
        await pilot.pause()

    assert snap_compare(app, run_before=open_it, terminal_size=size)


@pytest.mark.slow
@every_size
def test_configure_display(
    app: HandsyncApp, in_configure: Callable[..., Settle], snap_compare: Compare, size: tuple[int, int]
) -> None:
    assert snap_compare(app, run_before=in_configure("f2"), terminal_size=size)


@pytest.mark.slow
@every_size
def test_reading_several(
    app: HandsyncApp,
    backend: Any,
    settle: Settle,
    until: Until,
    snap_compare: Compare,
    size: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # no time passes
    monkeypatch.setattr("tui.screens.fetch_all.monotonic", lambda: 100.0)
    backend.settings.contacts.include = backend.settings.tasks.include = True
    backend.given.steps = [Progress(side, 240, 512, "reading") for side in SideName]
    backend.given.only = 1
    backend.given.go_on.set()

    async def open_it(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("s", "y")
        place = "#progress-contacts-outlook"
        await until(
            pilot,
            lambda: isinstance(app.screen, FetchAllScreen) and "240" in str(app.screen.query_one(place, Words).content),
        )
        await pilot.pause()

    assert snap_compare(app, run_before=open_it, terminal_size=size)


@pytest.mark.parametrize("keys", [(), ("i",), ("c", "f2"), ("h",)], ids=["home", "ignored", "display", "history"])
def test_few_colours_and_ascii(
    backend: Any, settle: Settle, until: Until, snap_compare: Compare, keys: tuple[str, ...]
) -> None:
    """With NO_COLOR, and without a sign beyond ASCII."""
    backend.settings.display.glyphs = "ascii"
    backend.given.ignores = [
        (Kind.CALENDAR, Ignore("a", IgnoreMode.ONCE, "", "", "2026-11-16T09:00:00Z", "Budget", "both sides changed it"))
    ]

    async def open_it(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        for key in keys:
            before = app.screen
            await pilot.press(key)
            if key != "f2":
                await until(pilot, lambda before=before: app.screen is not before)  # type: ignore[misc]
            await settle(pilot)

    terminal = Terminal({"TERM": "xterm-256color", "NO_COLOR": "1"})
    app = HandsyncApp(backend, display=Display(glyphs="ascii"), terminal=terminal)
    assert snap_compare(app, run_before=open_it, terminal_size=(80, 24))
