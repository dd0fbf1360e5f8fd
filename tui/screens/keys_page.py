"""What the keys do, made from the bindings of the screen that was open."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll

from tui.keys import KeyHelp
from tui.screens.base import BaseScreen
from tui.widgets.controls import Words
from tui.widgets.frame import KeyLine, TitleBar

_GENERAL = (
    ("Tab, Shift+Tab", "To the next field, and to the one before."),
    ("Space, Enter", "Tick a box, press a button, open a list."),
    ("Mouse", "Everything can be clicked. Hold Shift to select text with the terminal's own mouse."),
)


class KeysScreen(BaseScreen[None]):
    """A page of keys: the ones of the screen behind it first, then those that work everywhere."""

    CSS_PATH = "keys_page.tcss"

    def __init__(self, helps: list[KeyHelp]) -> None:
        super().__init__()
        self._helps = helps

    def compose(self) -> ComposeResult:
        """One line per key."""
        yield TitleBar("Keys")
        with VerticalScroll(id="keys"):
            for entry in self._helps:
                yield from _line(", ".join(entry.keys), entry.sentence)
            for keys, sentence in _GENERAL:
                yield from _line(keys, sentence)
        yield KeyLine()

    def on_mount(self) -> None:
        """Arrows scroll."""
        self.query_one("#keys").focus()


def _line(keys: str, sentence: str) -> ComposeResult:
    with Horizontal(classes="key"):
        yield Words(keys, classes="name")
        yield Words(sentence, classes="sentence")
