"""Looks: exact steps of 256 colours, the same names in both, and the choice between them."""

from __future__ import annotations

import pytest
from rich.color import Color, ColorSystem

from tui.theme import few_colours, names, themes


def test_every_colour_is_a_step_that_256_colours_have() -> None:
    dark, _ = themes()
    shades = [dark.primary, dark.secondary, dark.accent, dark.warning, dark.error, dark.success]
    shades += [dark.foreground, dark.background, dark.surface, dark.panel, dark.boost]
    shades += [value for value in dark.variables.values() if value.startswith("#")]
    for shade in shades:
        assert shade is not None
        color = Color.parse(shade)
        step = color.downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
        # Rich takes the step below for light greys: no more than that is forgiven
        assert all(abs(a - b) <= 8 for a, b in zip(step, color.get_truecolor(), strict=True)), shade


def test_both_looks_know_the_same_names() -> None:
    dark, few = themes()
    assert set(names()) <= set(dark.variables)
    assert set(names()) <= set(few.variables)
    assert few.ansi


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
