"""The line in which a person types a value for one field; for notes it is a small page."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, TextArea

from tui.widgets.controls import Field, Words


class Page(TextArea):
    """Text of several lines, with a cursor that does not blink."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f2", "keep", "Keep", tooltip="Take this text for the field."),
    ]

    def __init__(self, text: str) -> None:
        super().__init__(text, soft_wrap=True, show_line_numbers=False, compact=True, tab_behavior="focus")
        self.cursor_blink = False

    def on_mount(self) -> None:
        """Begins at the end, as a line does."""
        self.move_cursor(self.document.end)

    def action_keep(self) -> None:
        """Takes the text."""
        self.query_ancestor(FieldEditor).keep()

    async def _on_key(self, event: events.Key) -> None:
        """Esc is the screen's: it leaves the field as it was."""
        if event.key != "escape":
            await super()._on_key(event)


class FieldEditor(Horizontal):
    """Asks for the value of one field. It is not there until it is opened."""

    DEFAULT_CSS = """
    FieldEditor { display: none; height: 1; width: 100%; background: $bar; }
    FieldEditor.-page { height: 7; }
    FieldEditor #field-name { width: auto; height: 1; padding: 0 1; color: $key; text-style: bold; }
    FieldEditor Field { width: 1fr; height: 1; }
    FieldEditor Page { width: 1fr; height: 100%; border: none; padding: 0; }
    FieldEditor #field-keys { width: auto; height: 1; color: $quiet; padding: 0 1; }
    """

    class Typed(Message):
        """A value is to be taken. `words` is what was typed."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    def compose(self) -> ComposeResult:
        """The name of the field, and how to keep what is typed; what to type into is made when it is opened."""
        yield Words(id="field-name")
        yield Words(id="field-keys")

    @property
    def is_open(self) -> bool:
        """Whether something can be typed."""
        return bool(self.display)

    async def open(self, label: str, words: str, *, page: bool) -> None:
        """Lets a person type, starting from `words`; a `page` has several lines."""
        await self.close()
        self.query_one("#field-name", Words).update(Content(label))
        keys = "Ctrl+S keeps  Esc leaves" if page else "Enter keeps  Esc leaves"
        self.query_one("#field-keys", Words).update(Content(keys))
        self.set_class(page, "-page")
        box = Page(words) if page else Field(words)
        await self.mount(box, after="#field-name")
        self.display = True
        box.focus()

    async def close(self) -> None:
        """Takes away what was typed."""
        self.display = False
        await self.query("Field, Page").remove()

    def keep(self) -> None:
        """Says what was typed."""
        page = self.query(Page)
        words = page.first().text if page else self.query_one(Field).value
        self.post_message(self.Typed(words))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.keep()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
