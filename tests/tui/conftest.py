"""A backend and a service without servers for the screens: the contract of `sync_core.service`, with values given."""

from __future__ import annotations

import asyncio
import importlib.util
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from threading import Event
from types import ModuleType
from typing import Any

import pytest
import pytest_textual_snapshot as snapshot_plugin
from support.given_runs import GivenRuns
from textual.pilot import Pilot

from sync_core import dates
from sync_core.draft import Draft
from sync_core.errors import CancelledError, HandsyncError
from sync_core.items import Kind, SideName
from sync_core.plan import Ignore, Plan, Row
from sync_core.remembered import LastRun
from sync_core.report import RunReport
from sync_core.review import Review
from sync_core.service import Finding
from sync_core.settings.display import Display
from sync_core.settings.models import CalendarJob, OutlookSettings, SalesforceSettings, Settings
from sync_core.sides import CancelCheck, Progress, ProgressSink, Window
from tui import glyphs
from tui.app import HandsyncApp
from tui.glyphs import UNICODE, GlyphSet
from tui.screens.summary import SummaryScreen
from tui.screens.summary_review import ReviewPane
from tui.widgets.controls import Words

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 22)
SIZES = [(80, 24), (120, 40)]

# pictures are the same on every machine: nothing of the developer's terminal gets in (facts: terminal 6)
for _name in [
    name for name in os.environ if name == "NO_COLOR" or (name.startswith("TEXTUAL_") and "SNAPSHOT" not in name)
]:
    del os.environ[_name]


# the details follow the cursor at once, so that tests need not wait for it to rest
ReviewPane.REST = 0


class TopLevel(snapshot_plugin.SVGImageExtension):  # type: ignore[misc]  # the plug-in has no type information
    """Keeps the pictures in snapshots/ at the top, where the README finds them too."""

    @classmethod
    def dirname(cls, *, test_location: Any) -> str:
        """The directory of one test module's pictures."""
        return str(ROOT / "snapshots" / test_location.basename)


snapshot_plugin.SVGImageExtension = TopLevel


def ready_settings(**job: Any) -> Settings:
    """Settings of somebody who has set everything up; `job` changes the calendar process."""
    return Settings(
        salesforce=SalesforceSettings(instance_url="https://northwind.my.salesforce.com", access_token="secret-token"),
        outlook=OutlookSettings(
            service_endpoint="https://mail.northwind.example/EWS/Exchange.asmx",
            primary_smtp_address="priya@northwind.example",
            username="priya@northwind.example",
            password="secret-word",
        ),
        calendar=CalendarJob(**{"include": True, **job}),
    )


def empty_plan(**changes: Any) -> Plan:
    """A plan in which nothing differs."""
    values: dict[str, Any] = {
        "kind": Kind.CALENDAR,
        "made_at": "2026-11-22T09:00:00Z",
        "window": Window(date(2026, 10, 23), date(2027, 11, 22), "Europe/London"),
        "rows": (),
        "in_sync": 58,
    }
    return Plan(**{**values, **changes})


@dataclass
class GivenService(GivenRuns):
    """What a service answers, given beforehand; it remembers what it was asked."""

    settings: Settings
    zone: str = "Europe/London"
    findings: dict[SideName, list[Finding]] = field(default_factory=dict)
    last: LastRun | None = field(default_factory=lambda: LastRun("2026-11-20T16:02:00Z", "12 done, 1 skipped"))
    ignores: list[tuple[Kind, Ignore]] = field(default_factory=list)
    # each reading takes the next one: a plan, or an error to raise
    readings: list[Plan | HandsyncError] = field(default_factory=list)
    # a reading waits for this before it answers, and reports these steps first
    go_on: Event = field(default_factory=Event)
    # only so many readings are let on
    only: int = 1000
    asked: list[Kind] = field(default_factory=list)
    steps: list[Progress] = field(default_factory=list)
    cancelled: bool = False
    kept: list[Review] = field(default_factory=list)
    ran: list[Review] = field(default_factory=list)
    checked: list[SideName] = field(default_factory=list)
    closed: int = 0
    drafts: dict[Kind, Draft] = field(default_factory=dict)

    def today(self) -> date:
        """Always the same day."""
        return TODAY

    def check_side(self, side: SideName) -> list[Finding]:
        """What was given, or that all is well."""
        self.checked.append(side)
        account = "Priya Raman" if side is SideName.SALESFORCE else "priya@northwind.example"
        return self.findings.get(side, [Finding(side.label, True, f"signed in as {account}.")])

    def plan(self, kind: Kind, progress: ProgressSink, cancelled: CancelCheck) -> Plan:
        """Reports the steps, waits to be let on, and gives the next reading."""
        for step in self.steps:
            progress(step)
        self.asked.append(kind)
        while not self.go_on.wait(0.01) or len(self.asked) > self.only:
            if cancelled():
                self.cancelled = True
                raise CancelledError
        reading = self.readings.pop(0) if self.readings else empty_plan(kind=kind)
        if isinstance(reading, HandsyncError):
            raise reading
        return reading

    def run(self, review: Review, progress: Any, cancelled: CancelCheck) -> RunReport:
        """Remembers the review. It is in the history when one that was given is."""
        self.ran.append(review)
        run_id = self.records[0].head.id if self.records else ""
        return RunReport(review.plan.kind, "2026-11-22T09:01:00Z", "2026-11-22T09:01:05Z", (), run_id=run_id)

    def keep_ignores(self, review: Review) -> None:
        """Remembers the review."""
        self.kept.append(review)

    def keep_draft(self, draft: Draft) -> None:
        """Keeps it, unless there is nothing in it."""
        self.drafts.pop(draft.kind, None)
        if draft.decisions:
            self.drafts[draft.kind] = draft

    def draft(self, kind: Kind) -> Draft | None:
        """What was kept."""
        return self.drafts.get(kind)

    def drop_draft(self, kind: Kind) -> None:
        """Forgets it."""
        self.drafts.pop(kind, None)

    def ignored(self, kind: Kind | None = None) -> list[tuple[Kind, Ignore]]:
        """What was given and not taken back."""
        return list(self.ignores)

    def remove_ignore(self, row_id: str) -> bool:
        """Takes one out of what was given."""
        before = len(self.ignores)
        self.ignores = [pair for pair in self.ignores if pair[1].row_id != row_id]
        return len(self.ignores) < before

    def take_back(self, row_ids: Any) -> list[tuple[Kind, Ignore]]:
        """Takes some out of what was given."""
        taken = [pair for pair in self.ignores if pair[1].row_id in set(row_ids)]
        self.ignores = [pair for pair in self.ignores if pair not in taken]
        return taken

    def ignore_again(self, entries: list[tuple[Kind, Ignore]]) -> int:
        """Puts them back."""
        self.ignores += entries
        return len(entries)

    def last_run(self, kind: Kind) -> LastRun | None:
        """What was given."""
        return self.last

    def close(self) -> None:
        """Counts."""
        self.closed += 1


def _set(event: Event) -> Event:
    event.set()
    return event


@dataclass
class GivenBackend:
    """Settings in memory, and one service for all who ask."""

    settings: Settings
    given: GivenService
    path: Path = Path("~/.config/handsync/config.toml")
    demo: bool = False
    # where habits are kept, if they are
    state_dir: Path | None = None
    # what the preparation says
    said: tuple[str, ...] = ()
    # the preparation lasts until this is set
    prepared: Event = field(default_factory=lambda: _set(Event()))
    locks: frozenset[str] = frozenset()
    # raised by the next load, or by every save
    load_error: HandsyncError | None = None
    save_error: HandsyncError | None = None
    saved: list[tuple[Settings, Settings]] = field(default_factory=list)
    # the settings that a service was made for, in order
    served: list[Settings] = field(default_factory=list)

    def display(self) -> Display:
        """As the settings have it."""
        return Display.of(self.settings.display)

    def begin(self, say: Callable[[str], None]) -> Callable[[], None]:
        """Says what was given."""

        def start() -> None:
            for sentence in self.said:
                say(sentence)
            self.prepared.wait()

        return start

    def load(self) -> Settings:
        """The settings as saved last."""
        if self.load_error is not None:
            raise self.load_error
        return self.settings.model_copy(deep=True)

    def locked(self) -> frozenset[str]:
        """What was given."""
        return self.locks

    def save(self, before: Settings, after: Settings) -> None:
        """Keeps them."""
        if self.save_error is not None:
            raise self.save_error
        self.saved.append((before, after))
        self.settings = after

    def service(self, settings: Settings) -> Any:
        """The one service."""
        self.served.append(settings)
        return self.given

    def close(self) -> None:
        """Nothing to give back."""


def make_backend(settings: Settings | None = None) -> GivenBackend:
    """A backend with `settings`, or those of somebody who has set everything up."""
    settings = ready_settings() if settings is None else settings
    return GivenBackend(settings, GivenService(settings))


@pytest.fixture(autouse=True)
def usual_look() -> Iterator[None]:
    """Signs and dates are those of a process: each test begins with the usual ones."""
    yield
    dates.use(dates.DateStyle())
    glyphs.use(UNICODE)


@pytest.fixture
def backend() -> GivenBackend:
    """Everything set up, both connections well, nothing differs."""
    return make_backend()


@pytest.fixture
def app(backend: GivenBackend) -> Iterator[HandsyncApp]:
    """The program on that backend. At the end no worker of it may have failed."""
    app = HandsyncApp(backend)
    yield app
    assert app.faults == []


# the groups of workers that end by themselves
ENDING = ("prepare", "look-up", "load", "check", "ignored", "take-back", "test")
Settle = Callable[[Pilot[Any]], Awaitable[None]]


async def _settle(pilot: Pilot[Any]) -> None:
    await pilot.pause()
    for _ in range(1500):
        if not any(worker.is_running and worker.group in ENDING for worker in pilot.app.workers):
            break
        await asyncio.sleep(0.01)
    await pilot.pause()


@pytest.fixture
def settle() -> Settle:
    """Waits until everything that runs beside the screen and ends by itself has ended."""
    return _settle


@pytest.fixture
def until() -> Callable[[Pilot[Any], Callable[[], bool]], Awaitable[None]]:
    """Waits until something is so; fails after a quarter of a minute: other tests run beside it."""

    async def wait(pilot: Pilot[Any], is_so: Callable[[], bool]) -> None:
        for _ in range(1500):
            await pilot.pause()
            if is_so():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it did not happen within a quarter of a minute")

    return wait


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    """The plans made by hand, `sample_plans.py`."""
    return _samples()


@cache
def _samples() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sample_plans", Path(__file__).with_name("sample_plans.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Shown:
    """A summary that is open: the pilot, the screen, and what it answered (nothing while it is open)."""

    pilot: Pilot[Any]
    screen: SummaryScreen
    answers: list[Review | None]

    async def press(self, *keys: str) -> None:
        """Presses keys and waits until they are dealt with."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    @property
    def title(self) -> str:
        """The subject of the row under the cursor."""
        at = self.screen.table.cursor_row_id
        return "" if at is None else self.screen.review.row(at).title

    def row(self, title: str) -> Row:
        """The row with a subject, as it stands in the review."""
        return next(row for row in self.screen.review.rows() if row.title == title)

    def go_to(self, title: str) -> None:
        """Moves the cursor there."""
        self.screen.table.go_to(self.row(title).id)

    def marked(self) -> list[str]:
        """The subjects of the marked rows."""
        return [self.screen.review.row(row_id).title for row_id in self.screen.table.selected_ids]

    def text(self) -> str:
        """What the terminal shows, as lines of text."""
        return "\n".join(strip.text for strip in self.pilot.app.screen._compositor.render_strips())

    def said(self) -> str:
        """The status line."""
        return str(self.screen.query_one("#said", Words).content).strip()


Open = Callable[..., AbstractAsyncContextManager[Shown]]


@pytest.fixture
def summary(app: HandsyncApp) -> Open:
    """Opens a summary of a plan, read two minutes ago, with the cursor at its `top`, else where it starts."""

    @asynccontextmanager
    async def opened(
        plan: Plan | None = None,
        size: tuple[int, int] = (80, 24),
        glyphs: GlyphSet = UNICODE,
        top: bool = True,
    ) -> AsyncIterator[Shown]:
        samples = _samples()
        review = Review.of(samples.monday() if plan is None else plan)
        now = datetime(2026, 11, 23, 8, 2, tzinfo=UTC)
        async with app.run_test(size=size) as pilot:
            await _settle(pilot)
            answers: list[Review | None] = []
            screen = SummaryScreen([review], samples.ZONE, samples.TODAY, now=lambda: now, glyphs=glyphs)
            app.push_screen(screen, lambda found: answers.append(found[0] if found else None))
            await _settle(pilot)
            if top:
                await pilot.press("home")
                await pilot.pause()
            yield Shown(pilot, screen, answers)

    return opened
