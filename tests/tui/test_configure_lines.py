"""Configure: every setting that the README names, what is wrong said at the field, looks that show at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from sync_core.settings.display import CHOICES
from sync_core.settings.models import Settings
from tui.app import HandsyncApp
from tui.draft import Draft
from tui.look import Terminal
from tui.screens.configure import ConfigureScreen
from tui.screens.configure_connections import FORM as CONNECTIONS
from tui.screens.configure_display import FORM as DISPLAY
from tui.screens.configure_jobs import GUARDS
from tui.screens.configure_lines import EntryLine
from tui.screens.home import HomeScreen
from tui.screens.question import Question
from tui.theme import DARK, HIGH, LIGHT
from tui.widgets.controls import Box, Choice, Field, Words

# each opens Configure, which is a screen of five hundred parts
pytestmark = pytest.mark.slow

Settle = Callable[[Pilot[Any]], Awaitable[None]]
Until = Callable[[Pilot[Any], Callable[[], bool]], Awaitable[None]]
Go = Callable[..., Awaitable[None]]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def part(app: HandsyncApp, settle: Settle, until: Until) -> Go:
    """Opens Configure and goes on to another part by F2, so many times."""

    async def go(pilot: Pilot[Any], times: int = 0) -> None:
        await settle(pilot)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ConfigureScreen))
        for _ in range(times):
            await pilot.press("f2")
        await pilot.pause()

    return go


def problem(app: HandsyncApp, key: str) -> str:
    """What is said below a setting; "" for nothing."""
    line = next(line for line in app.screen.query(EntryLine) if line.control_id == key)
    said = line.query_one(".problem", Words)
    return str(said.content) if said.display else ""


def test_every_setting_that_the_readme_names_can_be_changed_here() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.S)
    named = {(section, key) for section, keys in tomllib.loads(block).items() if isinstance(keys, dict) for key in keys}
    here = {(side.value, entry.key) for side, entries in CONNECTIONS.items() for entry in entries}
    here |= {("display", entry.key) for entry in DISPLAY}
    job = {"include", "past_days", "future_days", "private", "prevent_salesforce", "prevent_outlook"}
    job |= {entry.key for entry in GUARDS}
    here |= {(kind, key) for kind in ("calendar", "contacts", "tasks") for key in job} | {
        ("calendar", "relate_attendees")
    }
    for section, key in named:
        bare = key.removesuffix("_command").removesuffix("_file")
        assert section == "history" or bare == "auth" or (section, bare) in here, (section, key)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("times", "control", "typed", "sentence"),
    [
        (2, "salesforce-instance_url", "http://example.com", "https"),
        (2, "salesforce-api_version", "62", "not a version"),
        (2, "salesforce-external_id_field", "Key", "API name of a custom field"),
        (2, "salesforce-daily_share", "200", "from 0 to 100"),
        (2, "salesforce-daily_share", "half", "not a whole number; give one from 0 to 100"),
        (0, "calendar-suspect_rows", "-3", "from 0"),
        (0, "calendar-suspect_percent", "101", "is out of range; give a whole number from 0 to 100"),
        (0, "calendar-suspect_rows", "9" * 50, ""),
        (1, "top-time_zone", "Europe/Lodon", "did you mean Europe/London?"),
    ],
)
async def test_what_is_wrong_is_said_at_the_field_and_leads_there(
    app: HandsyncApp, backend: Any, part: Go, until: Until, times: int, control: str, typed: str, sentence: str
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await part(pilot, times)
        field = app.screen.query_one(f"#{control}", Field)
        before = field.value
        field.value = typed
        await pilot.pause()
        assert sentence in problem(app, control)
        if not sentence:
            return
        app.screen.query_one("#components").focus()
        await pilot.press("a")
        await until(pilot, lambda: field.has_focus)
        assert backend.saved == []
        field.value = before
        await pilot.pause()
        assert problem(app, control) == ""


async def test_apply_leads_to_a_problem_of_another_process(app: HandsyncApp, part: Go, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await part(pilot)
        app.screen.query_one("#calendar-suspect_percent", Field).value = "500"
        app.screen.query_one("#process", Choice).value = "tasks"
        await pilot.pause()
        assert app.screen.query_one("#calendar-suspect_percent", Field).value == "20"
        await pilot.press("f2", "a")
        field = app.screen.query_one("#calendar-suspect_percent", Field)
        await until(pilot, lambda: field.has_focus)
        assert field.value == "500"


@pytest.mark.slow
async def test_looks_show_at_once_and_go_back_when_they_are_not_kept(
    app: HandsyncApp, backend: Any, part: Go, until: Until
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await part(pilot, 1)
        screen = app.screen
        example = screen.query_one("#example", Words)
        assert "Sun 22 Nov 2026, 15:30; weeks begin on Monday" in str(example.content)
        for key, word in {"theme": "light", "clock": "12", "date_order": "mdy", "first_day": "sunday"}.items():
            screen.query_one(f"#display-{key}", Choice).value = word
        screen.query_one("#display-glyphs", Choice).value = "ascii"
        await pilot.pause()
        assert app.theme == LIGHT
        assert "Sun Nov 22, 2026, 3:30 pm; weeks begin on Sunday\n->+" in str(example.content)
        assert "".join(strip.text for strip in screen._compositor.render_strips()).isascii()
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        assert app.theme == DARK
        assert app.look.dates.clock == "24"
        assert backend.saved == []


@pytest.mark.slow
async def test_looks_are_kept(app: HandsyncApp, backend: Any, part: Go, until: Until, settle: Settle) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await part(pilot, 1)
        app.screen.query_one("#display-theme", Choice).value = "high-contrast"
        app.screen.query_one("#display-mouse", Box).value = False
        app.screen.query_one("#top-time_zone", Field).value = "Europe/Paris"
        await pilot.pause()
        await pilot.press("up", "o")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await settle(pilot)
        assert app.theme == HIGH
        assert backend.settings.display.theme == "high-contrast"
        assert not backend.settings.display.mouse
        assert backend.settings.time_zone == "Europe/Paris"


@pytest.mark.slow
@pytest.mark.parametrize("key", list(CHOICES))
async def test_each_look_can_be_chosen_by_keys_alone(app: HandsyncApp, part: Go, key: str) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await part(pilot, 1)
        app.screen.query_one(f"#display-{key}", Choice).focus()
        await pilot.press("enter", "down", "enter")
        await pilot.pause()
        assert app.screen.query_one(f"#display-{key}", Choice).value == CHOICES[key][1]
        assert app.screen.unsaved  # type: ignore[attr-defined]


async def test_a_terminal_without_colours_stays_without_them(backend: Any, settle: Settle) -> None:
    app = HandsyncApp(backend, terminal=Terminal({"TERM": "xterm-256color", "NO_COLOR": "1"}))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.show_as(backend.display().__class__(theme="light"))
        assert app.current_theme.ansi


async def test_prevent_is_a_table_of_sides_and_operations(app: HandsyncApp, part: Go) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await part(pilot)
        app.screen.query_one("#prevent_salesforce-update", Box).focus()
        await pilot.press("down")
        assert app.screen.query_one("#prevent_outlook-update", Box).has_focus
        await pilot.press("right", "space", "up")
        assert app.screen.query_one("#prevent_outlook-delete", Box).value
        assert app.screen.query_one("#prevent_salesforce-delete", Box).has_focus
        # out of the table at its ends
        await pilot.press("up")
        assert app.screen.query_one("#relate_attendees", Box).has_focus
        app.screen.query_one("#prevent_outlook-create", Box).focus()
        await pilot.press("down")
        assert app.screen.query_one("#calendar-suspect_rows", Field).has_focus


async def test_a_secret_may_come_from_a_command_or_a_file(
    app: HandsyncApp, backend: Any, part: Go, until: Until
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await part(pilot, 2)
        source = app.screen.query_one("#salesforce-access_token-source", Choice)
        field = app.screen.query_one("#salesforce-access_token", Field)
        source.value = "command"
        await pilot.pause()
        assert not field.password
        field.value = 'pass show "sales force'
        await pilot.pause()
        assert "must be a list" in problem(app, "salesforce-access_token")
        field.value = 'pass show "sales force"'
        await pilot.pause()
        assert problem(app, "salesforce-access_token") == ""
        app.screen.query_one("#components").focus()
        await pilot.press("a")
        await until(pilot, lambda: bool(backend.saved))
        kept = backend.settings.salesforce
        assert kept.access_token_command == ["pass", "show", "sales force"]
        assert kept.access_token is None
        assert field.value == "pass show 'sales force'"


def test_a_draft_gives_a_secret_one_source_only() -> None:
    before = Settings.model_validate({"outlook": {"password": "word"}})
    draft = Draft(before)
    draft.set_secret("outlook", "password", "~/secret", "file")
    after = draft.build().outlook
    assert after.password is None
    assert str(after.password_file) == "~/secret"
    draft.set_secret("outlook", "password", "")
    assert not draft.changed
    assert draft.problems() == {}
