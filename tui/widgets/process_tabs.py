"""The line of processes in a Summary of several: which one is in view, and what waits in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from sync_core.items import Kind, SideName
from sync_core.sides import Operation
from tui import format as fmt
from tui.glyphs import UNICODE, GlyphSet
from tui.tally import Tally


@dataclass(frozen=True, slots=True)
class TabState:
    """What a tab says: rows, how many of them are to be decided, and how many items would be deleted.

    `failed` means that the process could not be read; the numbers are 0 then.
    """

    kind: Kind
    rows: int = 0
    undecided: int = 0
    deletes: int = 0
    failed: bool = False

    @classmethod
    def of(cls, kind: Kind, tally: Tally, rows: int) -> TabState:
        """The state of a review with these counts."""
        deletes = sum(tally.writes[(side, Operation.DELETE)] for side in SideName)
        return cls(kind, rows, tally.undecided, deletes)


class ProcessTabs(Static):
    """One line: `[1 Calendar 31: 3 to decide, 1 DELETED]  2 Contacts 12  3 Tasks in step`. A click chooses."""

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__(markup=False, id=id)
        self._glyphs = glyphs
        self._tabs: tuple[TabState, ...] = ()
        self._chosen = 0
        self._spans: list[tuple[int, int]] = []
        self._drawn: Content | None = None

    def show(self, tabs: Sequence[TabState], chosen: int) -> None:
        """Takes new numbers; draws itself only when it says something else."""
        self._tabs, self._chosen = tuple(tabs), chosen
        self._draw()

    def on_resize(self) -> None:
        """Uses the room there is."""
        self._draw()

    def _draw(self) -> None:
        if not self._tabs or not self.size.width:
            return
        lines = ([self._tab(place, tab, step) for place, tab in enumerate(self._tabs)] for step in range(3))
        fitting = next((line for line in lines if self._width(line) <= self.size.width), None)
        tabs = fitting or [self._tab(place, tab, 3) for place, tab in enumerate(self._tabs)]
        self._spans, at = [], 0
        for tab in tabs:
            self._spans.append((at, at + tab.cell_length))
            at += tab.cell_length
        line = Content.assemble(*tabs)
        if self._drawn is None or line.markup != self._drawn.markup:
            self._drawn = line
            self.update(line, layout=False)

    @staticmethod
    def _width(tabs: Sequence[Content]) -> int:
        return sum(tab.cell_length for tab in tabs)

    def _tab(self, place: int, tab: TabState, step: int) -> Content:
        """One tab; each higher `step` is shorter."""
        chosen = place == self._chosen
        name = (f"{place + 1} {tab.kind.label}", "bold $key" if chosen else "bold")
        parts: list[str | tuple[str, str]] = ["[" if chosen else " ", name]
        if tab.failed:
            parts.append((" not read" if step < 2 else " !!", "bold $bad"))
        elif not tab.rows:
            parts.append((" in step" if step < 2 else " =", "$quiet"))
        else:
            parts.append(f" {fmt.plural(tab.rows, 'row') if step == 0 else tab.rows}")
        if tab.undecided:
            words = (f"{tab.undecided} to decide", f"{tab.undecided} open", f"?{tab.undecided}", f"?{tab.undecided}")
            parts += [", " if step < 2 else " ", (words[step], "bold $warn")]
        if tab.deletes:
            few = "x" if self._glyphs.ascii else "✗"
            words = (f"{tab.deletes} DELETED", f"{tab.deletes} DEL", f"{few}{tab.deletes}", f"{few}{tab.deletes}")
            parts += [", " if step < 2 else " ", (words[step], "bold reverse $bad")]
        parts.append("]" if chosen else " ")
        return Content.assemble(*parts)

    def on_click(self, event: events.Click) -> None:
        """Chooses the tab under the mouse."""
        for place, (start, end) in enumerate(self._spans):
            if start <= event.x < end:
                self.post_message(self.Chosen(place))
