"""A row of the plan as a line of text: Salesforce, what will happen, Outlook. Pure but for its styles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from rich.style import Style
from rich.text import Text

from sync_core.compare import Verdict
from sync_core.items import Item, SideName
from sync_core.plan import DELETES, NEEDS, Action, Row, Situation, State, action_label, effect, field_label
from tui import format as fmt
from tui.glyphs import SIGN_WIDTH, GlyphSet
from tui.widgets.lines import Looks

MARKER: Final = 2
_WORD: Final = 8
# below this width the action is a sign without a word
_ROOM_FOR_WORD: Final = 76
_SEEN: Final = ("subject", "when", "location")
_ABSENT: Final = {
    Situation.GONE: "(deleted)",
    Situation.GONE_CHANGED: "(deleted)",
    Situation.GONE_BOTH: "(deleted)",
    Situation.OUT_OF_RANGE: "(not in these days)",
    Situation.UNREADABLE: "(cannot be read)",
}


@dataclass(frozen=True, slots=True)
class Columns:
    """The widths of a line in cells: marker, Salesforce, action, Outlook, with one blank around the action."""

    left: int
    action: int
    right: int

    @classmethod
    def of(cls, width: int) -> Columns:
        """How a line of `width` cells is shared out."""
        action = SIGN_WIDTH + (1 + _WORD if width >= _ROOM_FOR_WORD else 0)
        rest = max(0, width - MARKER - action - 2)
        return cls(rest - rest // 2, action, rest // 2)

    @property
    def action_at(self) -> int:
        """The cell at which the action column begins."""
        return MARKER + self.left + 1

    @property
    def right_at(self) -> int:
        """The cell at which the right side begins."""
        return self.action_at + self.action + 1


@dataclass(frozen=True, slots=True)
class RowText:
    """Draws rows. `zone` and `today` are the user's; `glyphs` and `looks` those of the terminal."""

    zone: str
    today: date
    glyphs: GlyphSet
    looks: Looks

    def header(self, columns: Columns) -> Text:
        """The names of the columns."""
        line = Text(" " * MARKER, end="")
        line.append_text(fmt.fit(Text("Salesforce"), columns.left + 1))
        line.append_text(fmt.fit(Text("Action"), columns.action + 1))
        return line.append_text(fmt.fit(Text("Outlook"), columns.right))

    def heading(self, day: date | None, width: int) -> Text:
        """The line above the rows of a day."""
        words = fmt.day(day, self.today) if day is not None else "Without a date"
        line = Text(end="")
        line.append(f"{words} ", self.looks.key)
        return self.glyphs.drawn(line.append("─" * max(0, width - len(words) - 1), self.looks.quiet))

    def line(self, row: Row, day: date | None, columns: Columns, *, cursor: bool, marked: bool) -> Text:
        """A row below the heading of `day`."""
        line = Text(end="")
        line.append(self.glyphs.cursor if cursor else " ", self.looks.strong if cursor else None)
        line.append(self.glyphs.mark if marked else " ", self.looks.warn if marked else None)
        line.append_text(self.side(row, SideName.SALESFORCE, day, columns.left))
        line.append(" ")
        line.append_text(fmt.fit(self.action(row, words=columns.action > SIGN_WIDTH), columns.action))
        line.append(" ")
        line.append_text(self.side(row, SideName.OUTLOOK, day, columns.right))
        return self.glyphs.drawn(line)

    def action(self, row: Row, *, words: bool) -> Text:
        """The sign of a row, and if there is room the word for it."""
        style = self.action_style(row)
        # one style for both: a change of style costs more bytes than a letter
        return Text(f"{self.glyphs.sign(row):<{SIGN_WIDTH}}" + (f" {word(row)}" if words else ""), style)

    def action_style(self, row: Row) -> Style:
        """Deletes and open questions stand out; what will not happen steps back."""
        state = row.state
        if state is State.UNDECIDED:
            return self.looks.warn
        if state is not State.READY or row.action is Action.NONE:
            return self.looks.quiet
        return self.looks.bad if row.action in DELETES else self.looks.strong

    def side(self, row: Row, side: SideName, day: date | None, width: int) -> Text:
        """One side of a row, exactly `width` cells: time, subject, place, and which other fields changed there."""
        item = row.item(side)
        if item is None:
            words = row.why_not if row.state is State.PREVENTED else _ABSENT.get(row.situation, "")
            return fmt.fit(fmt.cell(words, self.looks.quiet), width)
        quiet = row.state in (State.IGNORED_ONCE, State.IGNORED_FOREVER)
        return self._present(row, item, day, width, self.looks.quiet if quiet else None)

    def _present(self, row: Row, item: Item, day: date | None, width: int, over: Style | None) -> Text:
        moved = _moved(row, item.side)
        differs = {change.name for change in row.changes if change.verdict is not Verdict.SAME}

        def style(name: str) -> Style:
            if over is not None:
                return over
            return self.looks.strong if name in differs else Style.null()

        line = Text(end="")
        if item.when is not None:
            slot = fmt.slot(item.when, self.zone, day, self.today, whole="when" in differs)
            line.append(slot, style("when")).append(" ")
        tail = self._tail(row, item, [name for name in moved if name not in _SEEN])
        room = max(8, width - line.cell_len - tail.cell_len)
        subject = Text(end="")
        subject.append(fmt.cell(item.title).plain, style("subject"))
        place = fmt.cell(str(item.fields.get("location") or "")).plain
        if place:
            subject.append(f", {place}", style("location") if "location" in differs else over or self.looks.quiet)
        if subject.cell_len > room:
            subject.truncate(room, overflow="ellipsis")
        line.append_text(subject).append_text(tail)
        if row.state is State.PREVENTED and item.side is _target(row) and row.item(item.side.other) is not None:
            line.append(f"  {fmt.cell(row.why_not).plain}", self.looks.quiet)
        return fmt.fit(line, width)

    def _tail(self, row: Row, item: Item, names: Sequence[str]) -> Text:
        """What follows the subject: that it is a series, and the fields changed here that the line does not show."""
        words = [field_label(row.kind, name) for name in names]
        tail = Text(end="")
        if item.series or (item.when is not None and item.when.recurrence):
            tail.append(" (series)", self.looks.quiet)
        return tail.append(f" +{', '.join(words)}", self.looks.quiet) if words else tail


def word(row: Row) -> str:
    """What happens to a row in one word, at most eight letters."""
    match row.state:
        case State.PREVENTED:
            return "blocked"
        case State.IGNORED_ONCE | State.IGNORED_FOREVER:
            return "ignored"
    return action_label(row).split()[0].rstrip(",")


def _moved(row: Row, side: SideName) -> list[str]:
    """The fields that changed on `side`."""
    own = Verdict.LEFT if side is SideName.SALESFORCE else Verdict.RIGHT
    return [change.name for change in row.changes if change.verdict in (own, Verdict.BOTH)]


def _target(row: Row) -> SideName:
    """The side that a row wants to write to; Outlook where it is both."""
    needs = NEEDS[effect(row).action]
    return needs[-1][0] if needs else SideName.OUTLOOK
