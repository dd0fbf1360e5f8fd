"""The palette: everything that can be done on a screen, to be found by a few letters of its name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

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
from tui.topics import Topic, known, topic
from tui.widgets.controls import Field, Listing, Words
from tui.widgets.frame import KeyLine, TitleBar

if TYPE_CHECKING:
    from textual.dom import DOMNode

# cells for the name of a command, and for its keys; from so many cells on the sentence stands beside them
_NAME: Final = 28
_KEYS: Final = 24
_WIDE: Final = 110
# names that say more than the key line has room for
_NAMES: Final = {
    "ok": "Ok: ask, then run",
    "next(1)": "Next undecided",
    "next(-1)": "Undecided before",
    "tab(1)": "Next process",
    "select": "Mark by condition",
    "what": "What differs, or is done",
    "sort": "Sort by the next order",
    "copy": "Copy the rows",
    "copy(True)": "Copy all details",
    "export": "Export the rows shown",
    "mark": "Mark the row",
    "range": "Mark a range",
    "fold": "Fold this heading",
    "select_cursor": "Read the details",
    "do('to_outlook')": "To Outlook",
    "do('to_salesforce')": "To Salesforce",
    "do('nothing')": "Do nothing this time",
    "do('reset')": "Back to recommendation",
    "do('ignore_once')": "Ignore until a change",
    "do('details')": "Show or hide details",
    "take('salesforce')": "This field: Salesforce",
    "take('outlook')": "This field: Outlook",
    "type": "This field: type it",
    "give_back": "This field: as the row",
}


def commands(screen: Screen[Any]) -> list[KeyHelp]:
    """What can be done on `screen` now: what has a key, what the screen offers besides, and the colours."""
    able = [entry for entry in key_help(screen) if entry.enabled and entry.label and entry.id != "palette"]
    more = screen.more_commands() if isinstance(screen, BaseScreen) else []
    named = [replace(entry, label=_NAMES.get(entry.action, entry.label)) for entry in able]
    every = [*named, *more, *(_look(name, screen.app) for name in LOOKS)]
    # nobody types to go a line down
    return sorted(every, key=lambda entry: known(entry.action) and topic(entry.action) is Topic.MOVING)


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
        yield Words("", id="about")
        yield KeyLine()

    def on_mount(self) -> None:
        """All of them."""
        self._show("")
        self.query_one("#wanted").focus()

    def _show(self, words: str) -> None:
        self._found = found(self._entries, words)
        listing = self.query_one("#commands", Listing)
        listing.clear_options()
        wide = self.app.size.width >= _WIDE
        listing.add_options([Option(_line(entry, wide=wide)) for entry in self._found])
        listing.highlighted = 0 if self._found else None
        self.query_one("#none").display = not self._found
        self.query_one("#about").display = bool(self._found)

    @on(OptionList.OptionHighlighted)
    def moved(self, event: OptionList.OptionHighlighted) -> None:
        """The sentence of the command under the cursor, whole."""
        self.query_one("#about", Words).update(self._found[event.option_index].sentence)

    def on_resize(self) -> None:
        """Sentences stand beside the names where there is room."""
        self._show(self.query_one("#wanted", Input).value)

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


def _line(entry: KeyHelp, *, wide: bool) -> Content:
    keys = f"{', '.join(entry.keys):<{_KEYS}}"
    sentence = f" {entry.sentence}" if wide else ""
    return Content.assemble(f"{entry.label:<{_NAME}} ", (keys, "bold"), sentence)
