"""What the keys do, made from the bindings of the screen that was open, and divided by what they are for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll

from tui.keys import KeyHelp
from tui.screens.base import BaseScreen
from tui.topics import Section, sections
from tui.widgets.controls import Words
from tui.widgets.frame import KeyLine, TitleBar
from tui.widgets.labelled import Labelled, Line

_GENERAL: Final = (
    ("Tab, Shift+Tab", "To the next field, and to the one before."),
    ("Space, Enter", "Tick a box, press a button, open a list."),
    ("Mouse", "Everything can be clicked. Hold Shift to select text with the terminal's own mouse."),
)
# cells for the keys
_KEYS: Final = 16


def in_columns(found: Sequence[Section]) -> tuple[list[Section], list[Section]]:
    """Two columns of about the same length, to be read one after the other."""
    lengths = [len(section.lines) + 2 for section in found]
    cut = min(range(len(found) + 1), key=lambda at: abs(sum(lengths[:at]) - sum(lengths[at:])))
    return list(found[:cut]), list(found[cut:])


class KeysScreen(BaseScreen[None]):
    """A page of keys: those of the screen behind it by what they are for, then those that work everywhere."""

    CSS_PATH = "keys_page.tcss"
    # declared as Textual does it
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012

    def __init__(self, helps: list[KeyHelp]) -> None:
        super().__init__()
        self._helps = helps

    def compose(self) -> ComposeResult:
        """A heading for each topic, and a line for each thing that keys do."""
        yield TitleBar("Keys", "of the screen you came from")
        with VerticalScroll(id="keys"), Container(id="columns"):
            for column in in_columns(sections(self._helps, _GENERAL)):
                with Vertical(classes="column"):
                    for section in column:
                        yield Words(section.heading, classes="title")
                        lines = [Line(keys, words, "bold $key") for keys, words in section.lines]
                        yield Labelled(lines, label=_KEYS)
        yield KeyLine()

    def on_mount(self) -> None:
        """Arrows scroll."""
        self.query_one("#keys").focus()
