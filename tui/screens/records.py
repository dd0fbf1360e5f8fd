"""What the screens of the past have in common: something that is said, a list, what is known of the line under the
cursor, and buttons that do what keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button

from sync_core.text import plain
from tui import run_words
from tui.screens.base import BaseScreen
from tui.widgets.controls import Push, Words
from tui.widgets.frame import KeyLine, TitleBar
from tui.widgets.pick_list import PickList

if TYPE_CHECKING:
    from tui.app import Loaded

T = TypeVar("T")


class RecordsScreen(BaseScreen[T]):
    """A list of what was run, or of its rows. `loaded` has the service that knows it."""

    CSS_PATH = "history.tcss"
    # the words on each button, and the action of the screen that it does
    BUTTONS: ClassVar[tuple[tuple[str, str], ...]] = ()

    def __init__(self, loaded: Loaded) -> None:
        super().__init__()
        self._loaded = loaded
        self._clock = run_words.Clock(loaded.zone, loaded.today)

    def laid_out(self, title: TitleBar, records: PickList) -> ComposeResult:
        """What `compose` yields: title, what is said, the list, what is known of the line under the cursor, buttons."""
        yield title
        yield Words("", classes="said")
        yield records
        yield Words("", classes="foot quiet")
        with Horizontal(classes="buttons"):
            for label, action in self.BUTTONS:
                yield Push(label, id=action)
        yield KeyLine()

    def button(self, action: str) -> Button:
        """The button that does an action."""
        return self.query_one(f"#{action}", Button)

    def say(self, words: str, *, bad: bool = False) -> None:
        """Says something above the list."""
        said = self.query_one(".said", Words)
        said.update(Content(plain(words, keep_newlines=True)))
        said.set_class(bad, "bad")

    def tell(self, words: str) -> None:
        """Says below the list what is known of the line under the cursor."""
        self.query_one(".foot", Words).update(Content(words))

    def keys_changed(self) -> None:
        """Other things are possible by now."""
        self.call_after_refresh(self.query_one(KeyLine).refresh_keys)

    @on(Button.Pressed)
    async def pressed(self, event: Button.Pressed) -> None:
        """The buttons do what the keys do."""
        await self.run_action(str(event.button.id))
