"""The pane of details: small beside or below the table, large while it is read and fields are decided one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from sync_core.by_field import open_field
from sync_core.items import SideName
from sync_core.plan import FieldChoice, Row, effect
from tui.glyphs import UNICODE, GlyphSet
from tui.widgets.detail_text import LONG, SHORT, DetailText, Line
from tui.widgets.lines import LineView, look_css


class DetailsPane(LineView):
    """Shows the details of a row. While it has the focus a cursor goes from field to field of what can be decided."""

    DEFAULT_CSS = look_css("DetailsPane")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("greater_than_sign", "take('salesforce')", "This field", tooltip="Salesforce's value for this field."),
        Binding("less_than_sign", "take('outlook')", "Outlook's", tooltip="Outlook's value for this field."),
        Binding("t", "type", "Type it", tooltip="Type a value for this field, for both sides."),
        Binding("r", "give_back", "Give back", tooltip="The field as the row has it."),
        Binding("down,j", "down", "Down", show=False, tooltip="To the next field, or a line down."),
        Binding("up,k", "up", "Up", show=False, tooltip="To the field before, or a line up."),
        Binding("enter", "close", "Table", show=False, tooltip="Back to the table."),
    ]
    _FIELD_ACTIONS: ClassVar[frozenset[str]] = frozenset({"take", "type", "give_back"})

    class Closed(Message):
        """The pane is not wanted any longer."""

    class FieldChosen(Message):
        """A person decided a field of the row; None gives it back to what the row has."""

        def __init__(self, row: Row, name: str, said: FieldChoice | None) -> None:
            super().__init__()
            self.row, self.name, self.said = row, name, said

    class TypeAsked(Message):
        """A person wants to type a value for a field of the row."""

        def __init__(self, row: Row, name: str) -> None:
            super().__init__()
            self.row, self.name = row, name

    def __init__(self, zone: str, today: date, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._for = (zone, today, glyphs)
        self._row: Row | None = None
        self._told: Sequence[Line] = ()
        self._field = ""
        self.differences = False
        # a value for the field under the cursor is being typed: the pane stays as it is for so long
        self.typing = False

    @property
    def reading(self) -> bool:
        """Whether a person is in the details, not in the table."""
        return self.has_focus or self.typing

    @property
    def field(self) -> str:
        """The field under the cursor; "" where there is none to decide."""
        return self._field if self.reading else ""

    @property
    def fields(self) -> list[str]:
        """The fields that can be decided one by one, from top to bottom."""
        return list(dict.fromkeys(line.field for line in self._told if line.field))

    def show_row(self, row: Row | None) -> None:
        """Shows the details of a row, or nothing. The cursor stays on its field when it is the same row."""
        if row is None or self._row is None or row.id != self._row.id:
            self._field = ""
        self._row = row
        self._draw()

    def show_differences(self, only: bool) -> None:
        """Shows what differs and leaves out what will be done, or shows that as well."""
        self.differences = only
        self._draw()

    def _draw(self) -> None:
        row = self._row
        size = self.scrollable_content_region
        if not size.width:
            return
        reading = self.reading
        if row is None:
            self._told = ()
            self.show([Text(" no rows", self.looks.quiet)], scrolls=False)
            return
        text = DetailText(*self._for, self.looks, self.differences)
        self._told = text.told(row, size.width - 1, LONG if reading else SHORT)
        if reading and self._field not in self.fields:
            self._field = self._first(row)
        lines = [Text(" ", end="").append_text(line.text) for line in self._told]
        at = self._line_of_field() if reading else None
        if at is not None:
            glyphs = self._for[2]
            marked = Text(glyphs.cursor, self.looks.strong, end="").append_text(self._told[at].text)
            marked.stylize(self.looks.cursor, 0, len(marked.plain.rstrip()))
            lines[at] = marked
        if not reading and len(lines) >= size.height:
            lines[size.height - 2 :] = [text.glyphs.drawn(Text("… Enter shows all", self.looks.quiet))]
        top = self.scroll_offset.y
        self.show([text.title(row, size.width), *lines], scrolls=reading, top=top if at is not None else 0)
        if at is not None:
            self._keep_in_view(at + 1)

    def _first(self, row: Row) -> str:
        """The field to begin with: the first one that nobody has decided."""
        fields = self.fields
        waiting = [name for name in fields if name in effect(row).undecided]
        return (waiting or fields or [""])[0]

    def _line_of_field(self) -> int | None:
        if not self._field:
            return None
        return next((n for n, line in enumerate(self._told) if line.field == self._field), None)

    def _keep_in_view(self, line: int) -> None:
        """Scrolls so that a line is in view, and what follows it of its field as far as there is room."""
        height, top = self.scrollable_content_region.height, self.scroll_offset.y
        own = sum(one.field == self._field for one in self._told)
        last = min(line + own - 1, line + height - 1)
        if line < top or last >= top + height:
            self.scroll_to(y=max(0, min(line, last - height + 1)), animate=False, immediate=True)
            self.refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without fields to decide, the keys are those of the whole row."""
        return action not in self._FIELD_ACTIONS or bool(self._field)

    def on_focus(self) -> None:
        """Shows long values whole, and the cursor on the first field that waits."""
        self._draw()

    def on_blur(self) -> None:
        """Shortens them again."""
        if not self.typing:
            self._field = ""
        self._draw()

    def on_resize(self) -> None:
        """Breaks the lines anew."""
        self._draw()

    # deciding

    def action_take(self, side: str) -> None:
        """Takes one side's value for the field."""
        self._choose(FieldChoice(SideName(side)))

    def action_give_back(self) -> None:
        """Leaves the field to what was chosen for the row."""
        self._choose(None)

    def action_type(self) -> None:
        """Asks for a value."""
        if self._row is not None and self._field:
            self.post_message(self.TypeAsked(self._row, self._field))

    def _choose(self, said: FieldChoice | None) -> None:
        if self._row is not None and open_field(self._row, self._field) is not None:
            self.post_message(self.FieldChosen(self._row, self._field, said))

    # moving

    def action_down(self) -> None:
        """To the next field; where there is none, a line down."""
        self._step(1)

    def action_up(self) -> None:
        """To the field before; where there is none, a line up."""
        self._step(-1)

    def _step(self, step: int) -> None:
        fields = self.fields
        place = fields.index(self._field) + step if self._field in fields else -1
        at = self._line_of_field()
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        # a field that is longer than the pane is read to its end first
        own = sum(line.field == self._field for line in self._told)
        inside = at is not None and ((step > 0 and at + 1 + own > top + height) or (step < 0 and at + 1 < top))
        if not 0 <= place < len(fields) or inside:
            self.scroll_relative(y=step, animate=False, immediate=True)
            return
        self._field = fields[place]
        self._draw()

    def action_close(self) -> None:
        """Says that the keyboard may go back to the table."""
        self.post_message(self.Closed())

    def on_click(self, event: events.Click) -> None:
        """A click on a side's value takes it for that field, one on what will be asks for another."""
        place = event.y + self.scroll_offset.y - 1
        line = self._told[place] if 0 <= place < len(self._told) else None
        if line is None or not line.field or self._row is None:
            return
        event.stop()
        again, self._field = line.field == self._field, line.field
        self._draw()
        if not again:
            # the first click only says which field is meant: nothing is decided by getting the focus
            return
        x = event.x - 1
        spot = next((spot for spot in line.spots if spot[0] <= x < spot[1]), None)
        if spot is not None:
            if spot[2] is None:
                self.action_type()
            else:
                self._choose(FieldChoice(spot[2]))
