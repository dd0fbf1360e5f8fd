"""The line under the table: what was said last, and in its place, while one is typed, the filter."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from tui.widgets.controls import Field, Words


class StatusLine(Horizontal):
    """A line of words, and a line to type the words of a filter into."""

    class Typed(Message):
        """Other words stand in the filter."""

    class Kept(Message):
        """The words of the filter are to stay."""

    def compose(self) -> ComposeResult:
        """What is said, and the filter, one of which is shown."""
        yield Words(id="said")
        yield Words("/", id="slash")
        yield Field(placeholder="words to find", id="filter")
        yield Words("Enter keeps  Esc ends ", id="filter-keys")

    def on_mount(self) -> None:
        """The filter opens later."""
        self._show_filter(False)

    def say(self, words: Content) -> None:
        """Shows `words`."""
        self.query_one("#said", Words).update(words, layout=False)

    @property
    def words(self) -> str:
        """What stands in the filter."""
        return self.query_one("#filter", Field).value

    @property
    def filtering(self) -> bool:
        """Whether the filter is open to be typed into."""
        return bool(self.query_one("#filter").display)

    def open_filter(self) -> None:
        """Shows the filter and lets a person type into it."""
        self._show_filter(True)
        self.query_one("#filter", Field).focus()

    def close_filter(self) -> None:
        """Shows what is said again; the words of the filter stay."""
        self._show_filter(False)

    def clear(self) -> None:
        """Empties and closes the filter."""
        self.query_one("#filter", Field).value = ""
        self._show_filter(False)

    def _show_filter(self, open_: bool) -> None:
        for name in ("#slash", "#filter", "#filter-keys"):
            self.query_one(name).display = open_
        self.query_one("#said").display = not open_

    @on(Input.Changed, "#filter")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed())

    @on(Input.Submitted, "#filter")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Kept())
