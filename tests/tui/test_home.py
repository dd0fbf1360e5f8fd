"""Home: what it says, and where it leads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

import pytest
from textual.pilot import Pilot

from sync_core.errors import SettingsError, SideError
from sync_core.items import Kind, SideName
from sync_core.service import Finding
from sync_core.settings.models import CalendarJob, Settings
from sync_core.sides import Progress
from tui.app import HandsyncApp
from tui.screens.configure import ConfigureScreen
from tui.screens.fetch import FetchScreen
from tui.screens.fetch_all import FetchAllScreen
from tui.screens.home import HomeScreen
from tui.screens.question import Question
from tui.screens.summary import SummaryScreen
from tui.widgets.controls import Box, Choice

Settle = Callable[[Pilot[Any]], Awaitable[None]]
Until = Callable[[Pilot[Any], Callable[[], bool]], Awaitable[None]]


def shown(app: HandsyncApp) -> str:
    """What the terminal shows, every run of blanks as one."""
    lines = app.screen._compositor.render_strips()
    return " ".join(" ".join("".join(segment.text for segment in strip) for strip in lines).split())


async def test_says_what_each_process_will_do(app: HandsyncApp, settle: Settle) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        said = shown(app)
    assert "Manual sync is ON for Calendar." in said
    assert "[x] Calendar ON ◂-▸ both ways: create, change, delete for 23 Oct 2026 – 22 Nov 2027" in said
    assert "private items stay out last Fri 20 Nov 16:02: 12 done, 1 skipped" in said
    assert "[ ] Contacts off Space leads to where it is switched on" in said
    assert "[ ] Tasks off" in said
    assert "Salesforce connected signed in as Priya Raman." in said
    assert "Sun 22 Nov 2026, Europe/London" in said
    assert "Next: s reads both sides. You see every change; nothing is written before Ok." in said


async def test_says_what_never_happens(app: HandsyncApp, backend: Any, settle: Settle) -> None:
    backend.settings.calendar = CalendarJob(include=True, prevent_salesforce=["delete"])
    backend.given.last = None
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        said = shown(app)
    assert "ON ◂-▸ both ways Salesforce: create, change Outlook: all for 23 Oct" in said
    assert "last never run" in said


@pytest.mark.slow
async def test_a_process_that_is_switched_off_leads_to_configure(
    app: HandsyncApp, backend: Any, settle: Settle, until: Until
) -> None:
    backend.settings.calendar.include = False
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "Manual sync is OFF: no process is switched on." in shown(app)
        assert "[ ] Calendar off" in shown(app)
        assert "Next: c opens Configure: switch on what you want to sync." in shown(app)
        app.screen.query_one("#process-calendar", Box).focus()
        await pilot.press("space")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ConfigureScreen))
        assert app.screen.query_one("#process", Choice).value is Kind.CALENDAR
        await pilot.press("space", "o")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await settle(pilot)
        # switched on means ticked as well
        assert "[x] Calendar ON" in shown(app)


async def test_unticked_stays_unticked(app: HandsyncApp, settle: Settle) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.screen.query_one("#process-calendar", Box).focus()
        await pilot.press("space", "r")
        await settle(pilot)
        assert "[ ] Calendar ON" in shown(app)
        assert "Next: Space ticks a process to sync" in shown(app)
        await pilot.press("s")
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)
        assert "Tick a process first." in next(note.message for note in app._notifications)


async def test_contacts_and_tasks_say_what_they_will_do(app: HandsyncApp, backend: Any, settle: Settle) -> None:
    backend.settings.contacts.include = backend.settings.tasks.include = True
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        said = shown(app)
    assert "Manual sync is ON for Calendar, Contacts and Tasks." in said
    assert (
        "[x] Contacts ON ◂-▸ both ways Salesforce: create, change Outlook: all "
        "for all your contacts, private items stay out" in said
    )
    assert "for due 23 Oct 2026 – 22 Nov 2027 or undated, private items stay out last" in said


async def test_several_processes_are_read_one_after_the_other(
    app: HandsyncApp, backend: Any, settle: Settle, until: Until
) -> None:
    """The next one is read also when one could not be; giving up gives all of them up."""
    backend.settings.contacts.include = backend.settings.tasks.include = True
    backend.given.readings = [SideError("no answer")]
    backend.given.go_on.clear()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Question))
        assert "Contacts: all your contacts" in shown(app)
        assert "They are read one after the other, and reviewed together." in shown(app)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, FetchAllScreen))
        await until(pilot, lambda: "Calendar connecting connecting" in shown(app))
        assert "Start Sync 3 processes, one after the other" in shown(app)
        assert "Contacts waiting waiting Tasks waiting waiting" in shown(app)
        backend.given.steps = [
            Progress(SideName.SALESFORCE, 240, 512, "reading contacts"),
            Progress(SideName.OUTLOOK, 180, None, "reading contacts \x1b[2J"),
        ]
        backend.given.only = 1
        backend.given.go_on.set()
        await until(pilot, lambda: "Contacts reading contacts, 240 of 512 reading contacts ␛[2J, 180" in shown(app))
        assert "Calendar could not be read could not be read" in shown(app)
        assert "Tasks waiting waiting" in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await until(pilot, lambda: bool(backend.given.cancelled))


@pytest.mark.slow
async def test_what_was_read_of_several_processes_stays_in_view_and_is_reviewed(
    app: HandsyncApp, backend: Any, samples: ModuleType, settle: Settle, until: Until
) -> None:
    backend.settings.contacts.include = backend.settings.tasks.include = True
    backend.given.readings = [samples.monday(), SideError("no answer"), samples.tasks()]
    backend.given.steps = [Progress(side, 28, 28, "reading") for side in SideName]
    backend.given.only = 2
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        backend.given.go_on.set()
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, FetchAllScreen))
        await until(pilot, lambda: "Tasks reading, 28 of 28 reading, 28 of 28" in shown(app))
        assert "Calendar read, 28 items read, 28 items" in shown(app)
        assert "Contacts could not be read could not be read" in shown(app)
        backend.given.only = 3
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))
        await pilot.pause()
        assert "2 Contacts not read" in shown(app)


@pytest.mark.parametrize("key", ["escape", "q", "ctrl+c", "enter"])
async def test_reading_several_processes_can_be_given_up(
    app: HandsyncApp, backend: Any, settle: Settle, until: Until, key: str
) -> None:
    backend.settings.contacts.include = True
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, FetchAllScreen))
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await until(pilot, lambda: bool(backend.given.cancelled))
        assert backend.given.asked == [Kind.CALENDAR]


async def test_a_broken_connection_says_what_to_do(app: HandsyncApp, backend: Any, settle: Settle) -> None:
    sentence = "Outlook: the password was refused. Type it again in Configure. [/x] \x1b[2J"
    backend.given.findings = {SideName.OUTLOOK: [Finding("Outlook", False, sentence)]}
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        said = shown(app)
    assert "Outlook FAILED Outlook: the password was refused. Type it again in Configure. [/x] ␛[2J" in said
    assert "Salesforce connected" in said
    assert "Next: c opens Configure: the connection to Outlook has to work first." in said
    assert set(backend.given.checked) == set(SideName)


async def test_no_settings_get_a_welcome(app: HandsyncApp, backend: Any, settle: Settle, until: Until) -> None:
    backend.settings = Settings()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        said = shown(app)
        assert "Welcome." in said
        assert "handsync --demo" in said
        assert backend.given.checked == []
        # Enter goes where the first step is: the connections
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ConfigureScreen))
        assert app.screen.query_one("#switcher").current == "connections"  # type: ignore[attr-defined]


async def test_broken_settings_are_a_sentence_and_can_be_read_again(
    app: HandsyncApp, backend: Any, settle: Settle
) -> None:
    backend.load_error = SettingsError(
        "past_days must be 0 or more", where="config.toml, line 9", remedy="Correct the line"
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "config.toml, line 9: past_days must be 0 or more. Correct the line. Then press r." in shown(app)
        await pilot.press("c", "i", "s")
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)
        backend.load_error = None
        await pilot.press("r")
        await settle(pilot)
        assert "[x] Calendar ON" in shown(app)


async def test_start_asks_first_and_no_means_no(app: HandsyncApp, settle: Settle, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Question))
        assert "This only reads both sides." in shown(app)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, FetchScreen))


async def test_everything_can_be_reached_with_arrows(app: HandsyncApp, settle: Settle) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        seen = set()
        for key in ("down", "j", "right", "tab") * 3:
            await pilot.press(key)
            seen.add(app.focused.id if app.focused else None)
        assert {"process-calendar", "process-contacts", "process-tasks"} <= seen
        assert {"start", "configure", "ignored", "quit"} <= seen
        assert {"connection-salesforce", "connection-outlook"} <= seen


@pytest.mark.slow
async def test_much_to_say_leaves_everything_within_reach(app: HandsyncApp, backend: Any, settle: Settle) -> None:
    """On 80x24 with more to say than there is room for, arrows alone bring every line into view."""
    backend.settings.contacts.include = backend.settings.tasks.include = True
    backend.given.because = [f"the memory of part {number} was damaged and was set aside" for number in range(12)]
    backend.given.findings = {side: [Finding(side.label, False, "it does not answer. " * 12)] for side in SideName}
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        seen = shown(app)
        assert "The memory of part 11" not in seen
        for _ in range(40):
            await pilot.press("down")
            await pilot.pause()
            seen += shown(app)
        for number in range(12):
            assert f"The memory of part {number} was" in seen
        assert "Salesforce FAILED" in seen
        assert "Outlook FAILED" in seen
        assert "[x] Tasks ON" in seen
        assert seen.count("last Fri 20 Nov 16:02") >= 3
        assert app.screen.query_one("#notices").max_scroll_y > 0
        for _ in range(40):
            await pilot.press("k")
        assert app.screen.query_one("#notices").scroll_offset.y == 0


@pytest.mark.slow
async def test_a_connection_leads_to_where_it_is_set_up(
    app: HandsyncApp, backend: Any, settle: Settle, until: Until
) -> None:
    backend.given.findings = {SideName.OUTLOOK: [Finding("Outlook", False, "no answer.")]}

    async def leads_to(name: str, pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: isinstance(app.screen, ConfigureScreen))
        await pilot.pause()
        assert app.focused is not None
        assert app.focused.id == name

    async def go_back(pilot: Pilot[Any]) -> None:
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await settle(pilot)

    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.screen.query_one("#connection-outlook").focus()
        await pilot.press("enter")
        await leads_to("outlook-service_endpoint", pilot)
        await go_back(pilot)
        # what is wrong comes first
        await pilot.press("c")
        await leads_to("outlook-service_endpoint", pilot)
        await go_back(pilot)
        await pilot.click("#connection-salesforce")
        await leads_to("salesforce-instance_url", pilot)


async def test_a_demo_says_so_and_opens_on_its_plan(app: HandsyncApp, backend: Any, until: Until) -> None:
    backend.demo, backend.said = True, ("Starting two servers …", "It is Monday morning.")
    backend.given.go_on.clear()
    async with app.run_test(size=(80, 24)) as pilot:
        home = app.screen
        await until(pilot, lambda: isinstance(app.screen, FetchScreen))
        assert "DEMO" in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is home)
        assert "Demo: a made-up company, nothing real is touched." in shown(app)
