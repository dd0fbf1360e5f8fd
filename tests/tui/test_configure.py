"""Configure: a draft that is kept with Apply or OK and never lost without a question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pydantic import SecretStr
from textual.pilot import Pilot
from textual.widgets import TabbedContent

from sync_core.errors import SettingsError
from sync_core.items import Kind, SideName
from sync_core.service import Finding
from tui.app import HandsyncApp
from tui.screens.configure import ConfigureScreen
from tui.screens.home import HomeScreen
from tui.screens.question import Question
from tui.widgets.controls import Box, Choice, Field, Words

Settle = Callable[[Pilot[Any]], Awaitable[None]]
Until = Callable[[Pilot[Any], Callable[[], bool]], Awaitable[None]]
Go = Callable[[Pilot[Any]], Awaitable[None]]


def shown(app: HandsyncApp) -> str:
    """What the terminal shows, every run of blanks as one."""
    lines = app.screen._compositor.render_strips()
    return " ".join(" ".join("".join(segment.text for segment in strip) for strip in lines).split())


@pytest.fixture
def configure(app: HandsyncApp, settle: Settle, until: Until) -> Go:
    """Opens Configure at the calendar's job."""

    async def go(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ConfigureScreen))
        await pilot.pause()

    return go


@pytest.fixture
def connections(app: HandsyncApp, configure: Go) -> Go:
    """Opens Configure at the connections."""

    async def go(pilot: Pilot[Any]) -> None:
        await configure(pilot)
        app.screen.query_one("#components").focus()
        await pilot.press("home")
        await pilot.pause()

    return go


async def test_a_job_is_changed_by_keys_and_kept_by_apply(
    app: HandsyncApp, backend: Any, configure: Go, until: Until
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await configure(pilot)
        assert app.screen.query_one("#press-apply").disabled
        assert app.focused is app.screen.query_one("#include")
        # include off, past days from 30 to 60
        await pilot.press("space", "down", "enter", "down", "enter", "down", "down", "space")
        await pilot.pause()
        assert "Changes are not kept yet." in shown(app)
        assert "23 Sep 2026 – 22 Nov 2027; the rest is left alone" in shown(app)
        await pilot.press("a")
        await until(pilot, lambda: "Kept." in shown(app))
        assert isinstance(app.screen, ConfigureScreen)
    before, after = backend.saved[0]
    assert before.calendar.include is True
    assert (after.calendar.include, after.calendar.past_days, after.calendar.private) == (False, 60, True)
    assert after.outlook == before.outlook


@pytest.mark.slow
async def test_the_live_sentence_says_which_way_changes_flow(app: HandsyncApp, configure: Go) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await configure(pilot)
        flow = app.screen.query_one("#flow", Words)
        assert str(flow.content) == "Changes flow both ways, between Salesforce and Outlook."
        for operation in ("create", "update", "delete"):
            app.screen.query_one(f"#prevent_salesforce-{operation}", Box).focus()
            await pilot.press("space")
        await pilot.pause()
        assert str(flow.content).startswith("Changes flow one way, from Salesforce to Outlook;")


@pytest.mark.slow
async def test_each_process_has_its_own_job(app: HandsyncApp, configure: Go) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await configure(pilot)
        names = [str(prompt) for prompt, _ in app.screen.query_one("#process", Choice)._options]
        assert names == [f"Salesforce – Microsoft Outlook {kind}" for kind in ("Calendar", "Contact", "Task")]
        app.screen.query_one("#process", Choice).value = Kind.CONTACTS
        await pilot.pause()
        assert app.screen.query_one("#prevent_salesforce-delete", Box).value
        assert not app.screen.query_one("#include", Box).value
        assert "Include contacts in manual sync" in shown(app)
        # contacts have no days, and the screen says so
        assert not app.screen.query_one("#past_days").region
        assert "No days here: all your contacts are compared" in shown(app)
        app.screen.query_one("#process", Choice).value = Kind.TASKS
        await pilot.pause()
        assert app.screen.query_one("#past_days").region
        assert "due 23 Oct 2026 – 22 Nov 2027, or without a due date" in shown(app)
        app.screen.query_one("#process", Choice).value = Kind.CALENDAR
        await pilot.pause()
        assert app.screen.query_one("#include", Box).value
        # looking at another process changes nothing
        assert app.screen.query_one("#press-apply").disabled


@pytest.mark.slow
async def test_folders_and_whose_contacts(app: HandsyncApp, backend: Any, connections: Go, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await connections(pilot)
        app.screen.query_one("#salesforce-contacts", Choice).value = "all"
        await pilot.pause()
        app.screen.query_one("TabbedContent#connections", TabbedContent).active = "tab-outlook"
        await pilot.pause()
        for name, folder in (("contacts", "Contacts/Customers"), ("tasks", "Tasks/Follow-up")):
            app.screen.query_one(f"#outlook-{name}", Field).value = folder
        await pilot.pause()
        app.screen.query_one("#press-apply").press()  # type: ignore[attr-defined]
        await until(pilot, lambda: bool(backend.saved))
    after = backend.saved[-1][1]
    assert (after.outlook.contacts, after.outlook.tasks) == ("Contacts/Customers", "Tasks/Follow-up")
    assert after.salesforce.contacts == "all"
    assert after.salesforce.account_match == "off"


@pytest.mark.slow
async def test_days_have_the_presets_and_the_value_of_the_file(app: HandsyncApp, backend: Any, configure: Go) -> None:
    backend.settings.calendar.past_days = 45
    async with app.run_test(size=(80, 24)) as pilot:
        await configure(pilot)
        past = [value for _, value in app.screen.query_one("#past_days", Choice)._options]
        future = [value for _, value in app.screen.query_one("#future_days", Choice)._options]
    assert past == [0, 1, 7, 14, 30, 45, 60, 90, 180, 365, 730]
    assert future == [0, 1, 7, 14, 30, 60, 90, 180, 365, 730]


@pytest.mark.slow
async def test_leaving_with_changes_asks_and_enter_stays(
    app: HandsyncApp, backend: Any, configure: Go, until: Until
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await configure(pilot)
        await pilot.press("space", "escape")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ConfigureScreen))
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ConfigureScreen))
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        assert backend.saved == []


@pytest.mark.slow
async def test_leaving_with_changes_can_keep_them(app: HandsyncApp, backend: Any, configure: Go, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await configure(pilot)
        await pilot.press("space", "escape")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("k")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        assert backend.settings.calendar.include is False


@pytest.mark.slow
async def test_leaving_without_changes_asks_nothing(app: HandsyncApp, configure: Go, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await configure(pilot)
        # there and back again is no change
        await pilot.press("space", "space", "escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))


@pytest.mark.slow
async def test_what_cannot_be_kept_says_why_and_stays(
    app: HandsyncApp, backend: Any, configure: Go, until: Until
) -> None:
    backend.save_error = SettingsError("the file changed meanwhile", where="config.toml", remedy="Open Configure again")
    async with app.run_test(size=(80, 24)) as pilot:
        await configure(pilot)
        await pilot.press("space", "o")
        await until(pilot, lambda: "the file changed meanwhile" in shown(app))
        assert isinstance(app.screen, ConfigureScreen)
        assert not app.screen.query_one("#press-apply").disabled


@pytest.mark.slow
async def test_the_environment_locks_what_it_sets(app: HandsyncApp, backend: Any, connections: Go) -> None:
    backend.locks = frozenset({"calendar.past_days", "outlook.password_command", "outlook.username"})
    async with app.run_test(size=(80, 24)) as pilot:
        await connections(pilot)
        assert app.screen.query_one("#past_days").disabled
        assert not app.screen.query_one("#future_days").disabled
        assert app.screen.query_one("#outlook-password").disabled
        assert not app.screen.query_one("#salesforce-access_token").disabled
        app.screen.query_one("#sync").query_one("#include")
        note = str(app.screen.query_one("#job-note", Words).content)
        assert note == "Locked: HANDSYNC_CALENDAR__PAST_DAYS in the environment wins over the settings file."
        note = str(app.screen.query_one("#outlook-note", Words).content)
        assert "HANDSYNC_OUTLOOK__USERNAME, HANDSYNC_OUTLOOK__PASSWORD_COMMAND" in note


async def test_secrets_are_typed_and_never_shown(app: HandsyncApp, backend: Any, connections: Go, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await connections(pilot)
        field = app.screen.query_one("#salesforce-access_token", Field)
        assert field.value == ""
        assert field.password
        assert "set; type to replace it" in shown(app)
        field.focus()
        await pilot.press(*"new-token")
        await pilot.pause()
        picture = app.export_screenshot()
        assert "new-token" not in picture
        assert "secret-token" not in picture
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Kept." in shown(app))
        assert field.value == ""
    assert backend.saved[0][1].salesforce.access_token == SecretStr("new-token")


@pytest.mark.slow
async def test_the_form_fits_the_way_to_sign_in(app: HandsyncApp, connections: Go) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await connections(pilot)
        app.screen.query_one("#salesforce-auth", Choice).value = "jwt"
        await pilot.pause()
        said = shown(app)
        assert "Private key from a file" in said
        assert "Client id" in said
        assert "Access token" not in said
        app.screen.query_one("#salesforce-auth", Choice).value = "session"
        await pilot.pause()
        assert app.screen.query_one("#press-apply").disabled


@pytest.mark.slow
async def test_a_connection_is_tested_with_what_stands_in_the_form(
    app: HandsyncApp, backend: Any, connections: Go, settle: Settle, until: Until
) -> None:
    backend.given.findings = {
        SideName.OUTLOOK: [
            Finding("Outlook", True, "signed in as priya@northwind.example."),
            Finding("Outlook, delete", False, "deleting is not permitted in [/this] calendar."),
        ]
    }
    async with app.run_test(size=(80, 24)) as pilot:
        await connections(pilot)
        app.screen.query_one("TabbedContent#connections", TabbedContent).active = "tab-outlook"
        await pilot.pause()
        field = app.screen.query_one("#outlook-calendar", Field)
        field.value = "Calendar/Team"
        await pilot.pause()
        app.screen.query_one("#components").focus()
        await pilot.press("t")
        await until(pilot, lambda: "signed in as" in shown(app))
        said = shown(app)
        assert "ok signed in as priya@northwind.example." in said
        assert "!! deleting is not permitted in [/this] calendar." in said
        # with the calendar that was typed and not kept yet
        assert backend.served[-1].outlook.calendar == "Calendar/Team"
        assert backend.saved == []


async def test_opening_configure_changes_nothing(app: HandsyncApp, backend: Any, connections: Go, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await connections(pilot)
        await pilot.press("down", "up")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        assert backend.saved == []


@pytest.mark.parametrize("component", ["sync", "connections"])
@pytest.mark.slow
async def test_every_field_is_seen_when_it_has_the_focus(app: HandsyncApp, connections: Go, component: str) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await connections(pilot)
        if component == "sync":
            await pilot.press("down")
        seen = set()
        for _ in range(24):
            await pilot.press("tab")
            await pilot.pause()
            focused = app.focused
            assert focused is not None
            seen.add(focused.id)
            region = focused.region
            assert region.height > 0
            assert region.right <= 80
            assert region.bottom <= 24
        assert {"press-ok", "press-cancel", "components"} <= seen
        assert ("prevent_outlook-delete" if component == "sync" else "salesforce-test") in seen


@pytest.mark.slow
async def test_attendees_are_asked_about_in_the_calendar_alone(
    app: HandsyncApp, backend: Any, configure: Go, until: Until
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await configure(pilot)
        box = app.screen.query_one("#relate_attendees", Box)
        assert box.display
        assert not box.value
        box.focus()
        await pilot.press("space", "a")
        await until(pilot, lambda: backend.saved != [])
        assert backend.saved[-1][1].calendar.relate_attendees
        process = app.screen.query_one("#process", Choice)
        for kind, shows in ((Kind.TASKS, False), (Kind.CONTACTS, False), (Kind.CALENDAR, True)):
            process.value = kind
            await pilot.pause()
            assert box.display is shows
        assert box.value


@pytest.mark.slow
async def test_the_environment_may_say_that_attendees_are_asked_about(
    app: HandsyncApp, backend: Any, configure: Go
) -> None:
    backend.locks = frozenset({"calendar.relate_attendees"})
    async with app.run_test(size=(80, 24)) as pilot:
        await configure(pilot)
        assert app.screen.query_one("#relate_attendees", Box).disabled
        assert "HANDSYNC_CALENDAR__RELATE_ATTENDEES" in shown(app)
