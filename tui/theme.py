"""The looks of handsync: dark, light and high contrast, made of steps that 256 colours have, and one that leaves all
colours to the terminal and knows its sixteen only.

Style sheets use the names of `names()` besides Textual's own; every look defines all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.theme import Theme

DARK: Final = "handsync"
LIGHT: Final = "handsync-light"
HIGH: Final = "handsync-high-contrast"
FEW: Final = "handsync-few-colours"
# the look for what `display.theme` says; "auto" is not among them
LOOKS: Final[Mapping[str, str]] = {"dark": DARK, "light": LIGHT, "high-contrast": HIGH, "ansi": FEW}
# what `COLORFGBG` ends in where a terminal tells that its background is light: the bright ones of its sixteen colours
_LIGHT_GROUNDS: Final = ("7", "15")

# Steps of the 256 colour palette, so that a terminal without true colour shows exactly these.
_DARK_NAMES: Final[Mapping[str, str]] = {
    # text that may be overlooked, and lines
    "quiet": "#9e9e9e",
    "line": "#444444",
    # the bar at the top, the key line at the bottom, and fields to type into
    "bar": "#262626",
    "field": "#303030",
    # what has the focus
    "focus": "#5fafd7",
    "on-focus": "#121212",
    # marked rows
    "marked": "#000087",
    "good": "#87d787",
    "warn": "#d7af5f",
    "bad": "#ff8787",
    "key": "#5fafd7",
}
_LIGHT_NAMES: Final[Mapping[str, str]] = {
    "quiet": "#5f5f5f",
    "line": "#b2b2b2",
    "bar": "#e4e4e4",
    "field": "#eeeeee",
    "focus": "#005f87",
    "on-focus": "#ffffff",
    "marked": "#ffffaf",
    "good": "#005f00",
    "warn": "#875f00",
    "bad": "#af0000",
    "key": "#005f87",
}
_HIGH_NAMES: Final[Mapping[str, str]] = {
    "quiet": "#d0d0d0",
    "line": "#ffffff",
    "bar": "#000000",
    "field": "#303030",
    "focus": "#ffff00",
    "on-focus": "#000000",
    "marked": "#000087",
    "good": "#5fff5f",
    "warn": "#ffd700",
    "bad": "#ffafaf",
    "key": "#5fffff",
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


def theme_for(environ: Mapping[str, str], setting: str = "auto") -> str:
    """The name of the look for a terminal: as set; else few colours where there are few, light on a light background.

    Somebody who wants no colours (NO_COLOR) gets none, whatever is set. Few terminals tell their background, in
    COLORFGBG; on the others "auto" is dark.
    """
    if "NO_COLOR" in environ:
        return FEW
    if setting in LOOKS:
        return LOOKS[setting]
    if few_colours(environ):
        return FEW
    return LIGHT if environ.get("COLORFGBG", "").rpartition(";")[2] in _LIGHT_GROUNDS else DARK


def themes() -> tuple[Theme, ...]:
    """All looks, for `App.register_theme`."""
    return (
        _of_steps(DARK, _DARK_NAMES, text="#d7d7d7", ground="#121212", surface="#1c1c1c", boost="#303030"),
        _of_steps(LIGHT, _LIGHT_NAMES, text="#1c1c1c", ground="#ffffff", surface="#ffffff", boost="#eeeeee"),
        _of_steps(HIGH, _HIGH_NAMES, text="#ffffff", ground="#000000", surface="#000000", boost="#303030"),
        _few(),
    )


def _of_steps(name: str, names: Mapping[str, str], *, text: str, ground: str, surface: str, boost: str) -> Theme:
    """A look made of steps. `text` is written on `ground`; `surface` is that of lists that open over it."""
    return Theme(
        name=name,
        primary=names["focus"],
        secondary=names["key"],
        accent=names["warn"],
        warning=names["warn"],
        error=names["bad"],
        success=names["good"],
        foreground=text,
        background=ground,
        surface=surface,
        panel=names["bar"],
        boost=boost,
        dark=name != LIGHT,
        variables={
            **names,
            "block-cursor-background": names["focus"],
            "block-cursor-foreground": names["on-focus"],
            "block-cursor-text-style": "none",
            "border": names["focus"],
            "border-blurred": names["line"],
            "input-cursor-background": text,
            "input-cursor-foreground": ground,
            "input-selection-background": names["marked"],
            "scrollbar": names["line"],
            "scrollbar-background": surface,
            "scrollbar-active": names["focus"],
            "scrollbar-hover": names["line"],
            "scrollbar-background-hover": surface,
            "scrollbar-background-active": surface,
        },
    )


def _few() -> Theme:
    return Theme(
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


def names() -> dict[str, str]:
    """The names style sheets rely on, for themes that are not ours."""
    return dict(_DARK_NAMES)
