"""One row of a run: on both sides, field by field, what was there before, what was written, and what is there after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from sync_core.history import SideOfRow, Written, result_of, side_of_row
from sync_core.intent import Done, Intent
from sync_core.items import FIELDS, Kind, SideName, Value
from sync_core.sides import Operation
from sync_core.text import plain
from tui import format as fmt
from tui import glyphs, run_words
from tui.keys import BACK, HELP
from tui.screens.base import BaseScreen
from tui.widgets.detail_text import wrap
from tui.widgets.frame import KeyLine, TitleBar
from tui.widgets.lines import LineView, Looks
from tui.widgets.run_rows import result_style

# from this width on the values stand side by side, below it under one another
_SIDE_BY_SIDE: Final = 96
_LABEL: Final = 14
_DONE: Final = {Operation.CREATE: "created", Operation.UPDATE: "changed", Operation.DELETE: "deleted"}
NOTHING: Final = "(nothing)"
SAME: Final = "(as before)"


class RowRecordScreen(BaseScreen[int]):
    """One row of several; answers with the place of the one that was shown last. Read only."""

    CSS_PATH = "history.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "turn(1)", "Next row", id="next", tooltip="The next row of this run."),
        Binding("N", "turn(-1)", "Row before", id="previous", tooltip="The row before."),
        BACK,
        HELP,
    ]

    def __init__(self, clock: run_words.Clock, rows: Sequence[tuple[Intent, Done | None]], place: int) -> None:
        super().__init__()
        self._clock = clock
        self._rows = rows
        self._place = place
        self._glyphs = glyphs.current()

    def compose(self) -> ComposeResult:
        """All of it is text."""
        yield TitleBar("Row")
        yield LineView(id="row")
        yield KeyLine()

    def on_mount(self) -> None:
        """Shows the row as soon as there is a size."""
        self.query_one(LineView).focus()
        self.call_after_refresh(self._show)

    def on_resize(self) -> None:
        """Breaks the lines anew."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        intent, done = self._rows[self._place]
        note = f"{self._place + 1} of {len(self._rows)}   {intent.action.label}"
        self.query_one(TitleBar).show(Content(note))
        view = self.query_one(LineView)
        width = view.scrollable_content_region.width
        if width:
            lines = row_lines(intent, done, self._clock, view.looks, width - 1)
            view.show([self._glyphs.drawn(line) for line in lines])

    def action_turn(self, step: int) -> None:
        """Another row."""
        self._place = (self._place + step) % len(self._rows)
        self._show()

    def action_back(self) -> None:
        """Back to the run."""
        self.dismiss(self._place)


def row_lines(intent: Intent, done: Done | None, clock: run_words.Clock, looks: Looks, width: int) -> list[Text]:
    """A row of a run in lines of at most `width` cells."""
    result = result_of(done)
    lines = wrap(Text(fmt.cell(intent.title).plain, looks.strong, end=""), width)
    head = Text(f"{intent.action.label}: ", end="")
    lines += wrap(head.append(run_words.result_word(result), result_style(result, looks) or ""), width)
    if done is not None and done.message:
        lines += wrap(fmt.cell(done.message, looks.quiet), width)
    if intent.takes_back:
        lines += wrap(Text("This row took back what an earlier run had done.", looks.quiet, end=""), width)
    for side in SideName:
        lines.append(Text(end=""))
        lines += _side_lines(intent.kind, side_of_row(intent, done, side), clock, looks, width)
    lines += [Text(end=""), *wrap(Text(f"row {plain(intent.row_id)}", looks.quiet, end=""), width)]
    return lines


def _side_lines(kind: Kind, half: SideOfRow, clock: run_words.Clock, looks: Looks, width: int) -> Iterable[Text]:
    yield from wrap(Text(f"{half.side.label}: ", looks.key, end="").append(_what(half), looks.strong), width)
    for label, name in _ids(half):
        yield from wrap(Text(f"  {label} {plain(name)}", looks.quiet, end=""), width)
    moved = [entry for entry in half.fields if entry.sent or entry.before != entry.after]
    if moved and width >= _SIDE_BY_SIDE:
        yield _columns(("", "before", "written", "after"), width, looks.quiet)
    for entry in moved:
        yield from _field(kind, half, entry, clock, looks, width)
    labels = {f.name: f.label for f in FIELDS[kind]}
    for entry in half.fields:
        if entry not in moved:
            words = f"  {labels[entry.name]:<{_LABEL - 2}} {_words(kind, entry.name, entry.before, clock)}"
            yield from wrap(Text(words, looks.quiet, end=""), width)


def _what(half: SideOfRow) -> str:
    """What happened on a side."""
    if half.operation is None:
        return "not written" if half.before else "it is not here"
    if half.done:
        return _DONE[half.operation]
    return f"was to be {_DONE[half.operation]}, which nobody confirmed"


def _ids(half: SideOfRow) -> Iterable[tuple[str, str]]:
    if half.id_before and half.id_after and half.id_before != half.id_after:
        yield "id before", half.id_before
        yield "id after", half.id_after
    elif half.id_before or half.id_after:
        yield "id", half.id_before or half.id_after


def _field(
    kind: Kind, half: SideOfRow, entry: Written, clock: run_words.Clock, looks: Looks, width: int
) -> Iterable[Text]:
    label = next(f.label for f in FIELDS[kind] if f.name == entry.name)

    def words(value: Value, there: bool) -> str:
        return _words(kind, entry.name, value, clock) or NOTHING if there else "(not there)"

    before = words(entry.before, half.before)
    written = words(entry.written, True) if entry.sent else ""
    after = words(entry.after, half.after)
    if half.done and entry.sent and after == written:
        # the rule, and the eye shall find what a server made of it
        after = "as written"
    if width >= _SIDE_BY_SIDE:
        yield from _beside(label, (before, written, after), width, looks)
        return
    yield from wrap(Text(f"  {label}", looks.strong, end=""), width)
    for name, value in (("before", before), ("written", written), ("after", after)):
        if value:
            first = Text(f"    {name:<8} ", looks.quiet, end="")
            parts = [part for line in value.split("\n") for part in wrap(Text(line), max(10, width - 13))]
            for number, part in enumerate(parts):
                yield (first if number == 0 else Text(" " * 13, end="")).append_text(part)


def _beside(label: str, values: Sequence[str], width: int, looks: Looks) -> Iterable[Text]:
    """A field as columns, each as wide as the others."""
    share = (width - _LABEL - 4) // 3
    columns = [
        [part.plain for line in value.split("\n") for part in wrap(Text(line), share)] if value else []
        for value in values
    ]
    for number in range(max(map(len, columns))):
        cells = [column[number] if number < len(column) else "" for column in columns]
        yield _columns((label if number == 0 else "", *cells), width, None if number else looks.strong)


def _columns(cells: Sequence[str], width: int, style: object) -> Text:
    share = (width - _LABEL - 4) // 3
    line = Text("  ", end="")
    line.append_text(fmt.fit(Text(cells[0], style or ""), _LABEL - 2))  # type: ignore[arg-type]  # a style or nothing
    for words in cells[1:]:
        line.append(" ").append_text(fmt.fit(Text(words), share))
    return line


def _words(kind: Kind, name: str, value: Value, clock: run_words.Clock) -> str:
    return fmt.field_value(kind, name, value, clock.zone, clock.today)
