"""The two looks of handsync: a quiet dark one made of steps that 256 colours have, and one for terminals with fewer.

Style sheets use the names of `names()` besides Textual's own; both looks define every one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.theme import Theme

DARK: Final = "handsync"
FEW: Final = "handsync-few-colours"

# Steps of the 256 colour palette, so that a terminal without true colour shows exactly these.
_DARK_NAMES: Final[Mapping[str, str]] = {
    # text that may be overlooked, and lines
    "quiet": "#8a8a8a",
    "line": "#444444",
    # the bar at the top, the key line at the bottom, and fields to type into
    "bar": "#262626",
    "field": "#303030",
    # what has the focus
    "focus": "#5fafd7",
    "on-focus": "#121212",
    # marked rows
    "marked": "#005f87",
    "good": "#87d787",
    "warn": "#d7af5f",
    "bad": "#ff8787",
    "key": "#5fafd7",
}
_FEW_NAMES: Final[Mapping[str, str]] = {
    "quiet": "ansi_default",
    "line": "ansi_default",
    "bar": "ansi_default",
    "field": "ansi_default",
    "focus": "ansi_default",
    "on-focus": "ansi_default",
    "marked": "ansi_default",
    "good": "ansi_green",
    "warn": "ansi_yellow",
    "bad": "ansi_red",
    "key": "ansi_default",
}


def few_colours(environ: Mapping[str, str]) -> bool:
    """Whether the terminal that `environ` describes has fewer than 256 colours, or its user wants none (NO_COLOR).

    The same rules as Rich's: COLORTERM, then the end of TERM. (facts: terminal 7)
    """
    if "NO_COLOR" in environ:
        return True
    if environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return False
    term = environ.get("TERM", "").strip().lower()
    return not (term.endswith(("256color", "-direct")) or "kitty" in term)


def themes() -> tuple[Theme, Theme]:
    """Both looks, for `App.register_theme`."""
    dark = Theme(
        name=DARK,
        primary="#5fafd7",
        secondary="#5f87af",
        accent="#d7af5f",
        warning="#d7af5f",
        error="#ff8787",
        success="#87d787",
        foreground="#d7d7d7",
        background="#121212",
        surface="#1c1c1c",
        panel="#262626",
        boost="#303030",
        dark=True,
        variables={
            **_DARK_NAMES,
            "block-cursor-background": "#5fafd7",
            "block-cursor-foreground": "#121212",
            "block-cursor-text-style": "none",
            "border": "#5fafd7",
            "border-blurred": "#444444",
            "input-cursor-background": "#d7d7d7",
            "input-cursor-foreground": "#121212",
            "input-selection-background": "#005f87",
            "scrollbar": "#444444",
            "scrollbar-background": "#1c1c1c",
            "scrollbar-active": "#5fafd7",
            "scrollbar-hover": "#444444",
            "scrollbar-background-hover": "#1c1c1c",
            "scrollbar-background-active": "#1c1c1c",
        },
    )
    few = Theme(
        name=FEW,
        ansi=True,
        primary="ansi_blue",
        secondary="ansi_cyan",
        warning="ansi_yellow",
        error="ansi_red",
        success="ansi_green",
        accent="ansi_default",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        dark=True,
        variables={
            **_FEW_NAMES,
            "ansi-background": "ansi_default",
            "ansi-foreground": "ansi_default",
            "border": "ansi_default",
            "border-blurred": "ansi_default",
            "block-cursor-foreground": "ansi_default",
            "block-cursor-background": "ansi_default",
            "block-cursor-text-style": "reverse",
            "input-cursor-background": "ansi_default",
            "input-cursor-foreground": "ansi_default",
            "input-cursor-text-style": "reverse",
            "input-selection-background": "ansi_default",
            "input-selection-foreground": "ansi_default",
        },
    )
    return dark, few


def names() -> dict[str, str]:
    """The names style sheets rely on, for themes that are not ours."""
    return dict(_DARK_NAMES)
