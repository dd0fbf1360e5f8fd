"""The palette: everything that can be done on a screen, to be found by a few letters of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui.keys import KeyHelp, key_help
from tui.screens.base import BaseScreen
from tui.theme import LOOKS
from tui.widgets.controls import Field, Listing, Words
from tui.widgets.frame import KeyLine, TitleBar

if TYPE_CHECKING:
    from textual.dom import DOMNode

# cells for the name of a command, and for its keys
_NAME = 24
_KEYS = 18


def commands(screen: Screen[Any]) -> list[KeyHelp]:
    """What can be done on `screen` now, as its key line and its help page have it, and the colours besides."""
    able = [entry for entry in key_help(screen) if entry.enabled and entry.label and entry.id != "palette"]
    return able + [_look(name, screen.app) for name in LOOKS]


def _look(name: str, node: DOMNode) -> KeyHelp:
    sentence = f"{name.capitalize()} colours until you leave. Configure, Display keeps them."
    return KeyHelp((), f"Colours: {name}", sentence, f"app.look('{name}')", False, True, node)


def found(entries: list[KeyHelp], words: str) -> list[KeyHelp]:
    """The commands that have every word of `words` somewhere; those that have them in the name come first."""
    wanted = words.casefold().split()
    named = [entry for entry in entries if all(word in entry.label.casefold() for word in wanted)]
    told = [
        entry
        for entry in entries
        if entry not in named and all(word in f"{entry.label} {entry.sentence}".casefold() for word in wanted)
    ]
    return named + told


class PaletteScreen(BaseScreen[KeyHelp | None], inherit_bindings=False):
    """A line to type into and the commands it leaves; answers with the chosen one."""

    CSS_PATH = "palette.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Do it", tooltip="Do what the line under the cursor says."),
        Binding("down,tab", "move(1)", "Down", show=False, tooltip="The next command."),
        Binding("up,shift+tab", "move(-1)", "Up", show=False, tooltip="The command before."),
        Binding("escape,ctrl+p", "back", "Back", id="back", tooltip="Do nothing."),
    ]

    def __init__(self, entries: list[KeyHelp]) -> None:
        super().__init__()
        self._entries = entries
        self._found = entries

    def compose(self) -> ComposeResult:
        """The line, the list, the sentence of what is under the cursor."""
        yield TitleBar("Commands", "of the screen you came from")
        yield Field(placeholder="a few letters of what you want to do", id="wanted")
        yield Listing(id="commands")
        yield Words("No command has these letters.", id="none", classes="quiet")
        yield KeyLine()

    def on_mount(self) -> None:
        """All of them."""
        self._show("")
        self.query_one("#wanted").focus()

    def _show(self, words: str) -> None:
        self._found = found(self._entries, words)
        listing = self.query_one("#commands", Listing)
        listing.clear_options()
        listing.add_options([Option(_line(entry)) for entry in self._found])
        listing.highlighted = 0 if self._found else None
        self.query_one("#none").display = not self._found

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Other letters."""
        self._show(event.value)

    @on(Input.Submitted)
    def submitted(self) -> None:
        """Enter in the line."""
        self.action_choose()

    @on(OptionList.OptionSelected)
    def clicked(self) -> None:
        """A click or Enter in the list."""
        self.action_choose()

    def action_move(self, step: int) -> None:
        """Moves the cursor of the list, from wherever the keys go."""
        listing = self.query_one("#commands", Listing)
        listing.action_cursor_down() if step > 0 else listing.action_cursor_up()

    def action_choose(self) -> None:
        """Leaves with the command under the cursor; stays where there is none."""
        at = self.query_one("#commands", Listing).highlighted
        if at is not None and at < len(self._found):
            self.dismiss(self._found[at])


def _line(entry: KeyHelp) -> Content:
    return Content(f"{entry.label:<{_NAME}} {', '.join(entry.keys):<{_KEYS}} {entry.sentence}")
