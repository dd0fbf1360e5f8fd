"""What the program looks like on this terminal: theme, signs and dates, from the settings and the environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from sync_core.dates import DateStyle
from sync_core.settings.display import Display
from tui.glyphs import GlyphSet, glyph_set
from tui.theme import theme_for


@dataclass(frozen=True, slots=True)
class Terminal:
    """The process environment, and the encoding of the stream that the screen is drawn on.

    Unless given it is one that can show everything, of somebody without a locale.
    """

    environ: Mapping[str, str] = field(default_factory=lambda: {"TERM": "xterm-256color"})
    encoding: str = "utf-8"

    @classmethod
    def here(cls) -> Terminal:
        """The one that this process has."""
        return cls(dict(os.environ), getattr(sys.__stderr__, "encoding", "") or "")


@dataclass(frozen=True, slots=True)
class Look:
    """The name of a theme, a set of signs, and how dates are written."""

    theme: str
    glyphs: GlyphSet
    dates: DateStyle

    @classmethod
    def of(cls, display: Display, terminal: Terminal) -> Look:
        """What the settings say, and for "auto" what fits the terminal."""
        return cls(
            theme_for(terminal.environ, display.theme),
            glyph_set(terminal.environ, terminal.encoding, display.glyphs),
            display.dates(terminal.environ),
        )
