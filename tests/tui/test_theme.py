"""Looks: exact steps of 256 colours, the same names in all, text that can be read, and the choice between them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from rich.color import Color, ColorSystem
from textual.pilot import Pilot
from textual.theme import Theme

from sync_core.settings.display import CHOICES
from tui.app import HandsyncApp
from tui.look import Terminal
from tui.theme import DARK, FEW, HIGH, LIGHT, LOOKS, few_colours, names, theme_for, themes

Settle = Callable[[Pilot[Any]], Awaitable[None]]
OF_STEPS = [theme for theme in themes() if not theme.ansi]
of_steps = pytest.mark.parametrize("theme", OF_STEPS, ids=[theme.name for theme in OF_STEPS])


@of_steps
def test_every_colour_is_a_step_that_256_colours_have(theme: Theme) -> None:
    shades = [theme.primary, theme.secondary, theme.accent, theme.warning, theme.error, theme.success]
    shades += [theme.foreground, theme.background, theme.surface, theme.panel, theme.boost]
    shades += [value for value in theme.variables.values() if value.startswith("#")]
    for shade in shades:
        assert shade is not None
        color = Color.parse(shade)
        step = color.downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
        # Rich takes the step below for light greys: no more than that is forgiven
        assert all(abs(a - b) <= 10 for a, b in zip(step, color.get_truecolor(), strict=True)), shade


def luminance(shade: str) -> float:
    """The relative luminance of WCAG 2.2."""
    parts = [channel / 255 for channel in Color.parse(shade).get_truecolor()]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_the_standard_has_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#777777") == pytest.approx(4.48, abs=0.01)


@of_steps
def test_all_text_can_be_read_on_everything_it_stands_on(theme: Theme) -> None:
    """WCAG 2.2: 4.5 for text (AA), 7 in the look for those who need more (AAA)."""
    shades = theme.variables
    least = 7.0 if theme.name == HIGH else 4.49
    grounds = [theme.background, theme.surface, shades["bar"], shades["field"], shades["marked"], theme.boost]
    for ground in grounds:
        assert ground is not None
        for name in ("quiet", "good", "warn", "bad", "key"):
            assert contrast(shades[name], ground) >= least, (name, ground)
        assert contrast(str(theme.foreground), ground) >= 7.0
    assert contrast(shades["on-focus"], shades["focus"]) >= least
    # what has the focus, and what is marked, stand out from what is around them
    assert contrast(shades["focus"], str(theme.background)) >= 3.0
    assert shades["marked"] != theme.background


def test_all_looks_know_the_same_names() -> None:
    for theme in themes():
        assert set(names()) <= set(theme.variables), theme.name
    assert [theme.name for theme in themes() if theme.ansi] == [FEW]
    assert sorted(LOOKS.values()) == sorted(theme.name for theme in themes())
    assert ("auto", *LOOKS) == CHOICES["theme"]


@pytest.mark.parametrize(
    ("environ", "few"),
    [
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "tmux-256color"}, False),
        ({"TERM": "xterm-kitty"}, False),
        ({"TERM": "xterm-direct"}, False),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, False),
        ({"TERM": "screen"}, True),
        ({"TERM": "xterm"}, True),
        ({"TERM": "linux"}, True),
        ({}, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, True),
    ],
)
def test_the_look_fits_the_terminal(environ: dict[str, str], few: bool) -> None:
    assert few_colours(environ) is few
    assert theme_for(environ) == (FEW if few else DARK)


@pytest.mark.parametrize(
    ("environ", "setting", "expected"),
    [
        ({"TERM": "xterm-256color", "COLORFGBG": "0;15"}, "auto", LIGHT),
        ({"TERM": "xterm-256color", "COLORFGBG": "0;default;15"}, "auto", LIGHT),
        ({"TERM": "xterm-256color", "COLORFGBG": "15;0"}, "auto", DARK),
        ({"TERM": "xterm-256color", "COLORFGBG": "0;15"}, "dark", DARK),
        ({"TERM": "screen", "COLORFGBG": "0;15"}, "auto", FEW),
        # somebody knows better what their terminal can
        ({"TERM": "screen"}, "high-contrast", HIGH),
        ({"TERM": "xterm-256color"}, "ansi", FEW),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "light", FEW),
    ],
)
def test_what_is_set_wins_except_over_no_color(environ: dict[str, str], setting: str, expected: str) -> None:
    assert theme_for(environ, setting) == expected


async def test_the_program_looks_as_the_settings_say_and_changes_with_them(backend: Any, settle: Settle) -> None:
    backend.settings.display.theme, backend.settings.display.clock = "light", "12"
    app = HandsyncApp(backend, display=backend.display())
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.theme == LIGHT
        await settle(pilot)
        assert "Fri 20 Nov 4:02pm" in app.export_screenshot().replace("&#160;", " ")
        backend.settings.display.theme, backend.settings.display.date_order = "high-contrast", "mdy"
        await pilot.press("r")
        await settle(pilot)
        assert app.theme == HIGH
        assert "Fri Nov 20 4:02pm" in app.export_screenshot().replace("&#160;", " ")
    assert app.faults == []


async def test_dates_are_those_of_the_locale(backend: Any, settle: Settle) -> None:
    app = HandsyncApp(backend, terminal=Terminal({"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "Fri Nov 20 4:02pm" in app.export_screenshot().replace("&#160;", " ")


@pytest.mark.parametrize("keys", [(), ("c",), ("i",), ("question_mark",), ("s",)])
async def test_an_ascii_terminal_gets_ascii_on_every_screen(
    backend: Any, settle: Settle, keys: tuple[str, ...]
) -> None:
    app = HandsyncApp(backend, terminal=Terminal({"TERM": "linux"}))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press(*keys)
        await settle(pilot)
        lines = [strip.text for strip in app.screen._compositor.render_strips()]
        assert "".join(lines).isascii(), [line for line in lines if not line.isascii()]
        assert {len(line) for line in lines} == {80}
