"""A row of the plan as a line of text: Salesforce, what will happen, Outlook. Pure but for its styles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Final

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from sync_core.compare import Verdict
from sync_core.items import Item, Kind, SideName
from sync_core.order import due_day
from sync_core.plan import DELETES, NEEDS, Action, Row, Situation, State, action_label, effect, field_label
from sync_core.undo import comes_back
from tui import format as fmt
from tui.glyphs import SIGN_WIDTH, GlyphSet
from tui.widgets.lines import Looks

MARKER: Final = 2
_WORD: Final = 8
# below this width the action is a sign without a word
_ROOM_FOR_WORD: Final = 76
# the fields that a line shows itself; of others it only says that they changed
_SEEN: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.CALENDAR: ("subject", "when", "location"),
    Kind.CONTACTS: ("first_name", "last_name", "company", "email"),
    Kind.TASKS: ("subject", "due", "status", "priority"),
}
_NAMED_BY: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.CALENDAR: frozenset({"subject"}),
    Kind.CONTACTS: frozenset({"first_name", "last_name"}),
    Kind.TASKS: frozenset({"subject"}),
}
# more fields than these are counted where their names would push the title out of the line
_MOST_NAMED: Final = 2
# values that go without saying
_ORDINARY: Final = {"status": "not_started", "priority": "normal"}
_ABSENT: Final = {
    Situation.GONE: "(deleted)",
    Situation.GONE_CHANGED: "(deleted)",
    Situation.GONE_BOTH: "(deleted)",
    Situation.OUT_OF_RANGE: "(not in these days)",
    Situation.TAKEN_BACK: "(not there)",
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
    """Draws rows. `zone` and `today` are the user's; `glyphs` and `looks` those of the terminal.

    `differences` says between the sides what differs, in place of what will be done.
    """

    zone: str
    today: date
    glyphs: GlyphSet
    looks: Looks
    differences: bool = False

    def header(self, columns: Columns, order: str = "") -> Text:
        """The names of the columns, and at the end what the rows are sorted by."""
        line = Text(" " * MARKER, end="")
        line.append_text(fmt.fit(Text("Salesforce"), columns.left + 1))
        line.append_text(fmt.fit(Text("Differs" if self.differences else "Action"), columns.action + 1))
        right = Text(f"{order} ", end="") if order else Text(end="")
        line.append_text(fmt.fit(Text("Outlook"), columns.right - right.cell_len))
        return line.append_text(right)

    def heading(self, section: date | str, columns: Columns) -> Text:
        """The line above the rows of a day, or of a letter."""
        words = section if isinstance(section, str) else fmt.day(section, self.today)
        line = Text(end="")
        line.append(f"{words} ", self.looks.key)
        return self._ruled(line, columns)

    def folded(
        self, section: date | str, rows: int, undecided: int, columns: Columns, *, cursor: bool, marked: bool
    ) -> Text:
        """The heading of rows that are not shown, with their number."""
        words = section if isinstance(section, str) else fmt.day(section, self.today)
        line = self._markers(cursor=cursor, marked=marked)
        line.append(f"+ {words}  ", self.looks.key)
        line.append(fmt.plural(rows, "row"), self.looks.strong)
        if undecided:
            line.append(f", {undecided} to decide", self.looks.warn)
        line.append(" ")
        return self._ruled(line, columns)

    def _ruled(self, line: Text, columns: Columns) -> Text:
        """A heading with a rule behind it, as far as the left side goes: each cell of a rule is three bytes."""
        room = columns.action_at - 1 - line.cell_len
        return self.glyphs.drawn(line.append("─" * max(0, room), self.looks.quiet))

    def _markers(self, *, cursor: bool, marked: bool) -> Text:
        line = Text(end="")
        line.append(self.glyphs.cursor if cursor else " ", self.looks.strong if cursor else None)
        return line.append(self.glyphs.mark if marked else " ", self.looks.warn if marked else None)

    def line(self, row: Row, day: date | None, columns: Columns, *, cursor: bool, marked: bool) -> Text:
        """A row; `day` is the one that its heading says."""
        line = self._markers(cursor=cursor, marked=marked)
        line.append_text(self.side(row, SideName.SALESFORCE, day, columns.left))
        line.append(" ")
        line.append_text(fmt.fit(self.action(row, words=columns.action > SIGN_WIDTH), columns.action))
        line.append(" ")
        line.append_text(self.side(row, SideName.OUTLOOK, day, columns.right))
        return self.glyphs.drawn(line)

    def action(self, row: Row, *, words: bool) -> Text:
        """The sign of a row, and if there is room the word for it."""
        style = self.action_style(row)
        if self.differences:
            return Text(f"{category(row):<{SIGN_WIDTH}}" + (f" {category_word(row)}" if words else ""), style)
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
        """One side of a row, exactly `width` cells: time, title, what tells it apart, and other changed fields."""
        item = row.item(side)
        if (back := comes_back(row, side)) is not None:
            return self._present(row, back, day, width, self.looks.good)
        if item is None:
            words = row.why_not if row.state is State.PREVENTED else _ABSENT.get(row.situation, "")
            return fmt.fit(fmt.cell(words, self.looks.quiet), width)
        quiet = row.state in (State.IGNORED_ONCE, State.IGNORED_FOREVER)
        return self._present(row, item, day, width, self.looks.quiet if quiet else None)

    def _present(self, row: Row, item: Item, day: date | None, width: int, over: Style | None) -> Text:
        moved = _moved(row, item.side)
        differs = {change.name for change in row.changes if change.verdict is not Verdict.SAME}

        # what both sides have alike steps back; the name stays readable on one side
        alike = self.looks.quiet if differs and row.left is not None and row.right is not None else Style.null()
        titled = alike if item.side is SideName.OUTLOOK else Style.null()

        def style(name: str) -> Style:
            if over is not None:
                return over
            return self.looks.strong if name in differs else alike

        line = Text(end="")
        if words := self._date(item, day, differs):
            line.append(words, style("due" if item.kind is Kind.TASKS else "when")).append(" ")
        tail = self._tail(row, item, [name for name in moved if name not in _SEEN[row.kind]], width // 2)
        room = max(8, width - line.cell_len - tail.cell_len)
        subject = Text(end="")
        renamed = not differs.isdisjoint(_NAMED_BY[row.kind])
        subject.append(fmt.cell(item.title).plain, over or (self.looks.strong if renamed else titled))
        for name, words in self._more(item, differs):
            subject.append(f", {words}", style(name) if name in differs else over or self.looks.quiet)
        if subject.cell_len > room:
            subject.truncate(room, overflow="ellipsis")
        line.append_text(subject).append_text(tail)
        if row.state is State.PREVENTED and item.side is _target(row) and row.item(item.side.other) is not None:
            line.append(f"  {fmt.cell(row.why_not).plain}", self.looks.quiet)
        return fmt.fit(line, width)

    def _date(self, item: Item, day: date | None, differs: Set[str]) -> str:
        """The time of an event, and the due date of a task where it is not the day it stands under."""
        if item.when is not None:
            return fmt.slot(item.when, self.zone, day, self.today, whole="when" in differs)
        if item.kind is not Kind.TASKS:
            return ""
        due = due_day(item.fields.get("due"))
        if due == day:
            return ""
        return fmt.day(due, self.today) if due is not None else "(no date)"

    def _more(self, item: Item, differs: Set[str]) -> list[tuple[str, str]]:
        """What stands behind the title, as field and words; what differs comes first, for lines are short."""
        found = []
        for name in _SEEN[item.kind]:
            value = item.fields.get(name)
            if name in ("when", "due") or name in _NAMED_BY[item.kind] or not value:
                continue
            if item.kind is Kind.CONTACTS and value == item.title:
                # one without a name is called by its company or e-mail
                continue
            if name in differs or value != _ORDINARY.get(name):
                words = fmt.field_value(item.kind, name, value, self.zone, self.today)
                found.append((name, f"{words} priority" if name == "priority" else words))
        return sorted(found, key=lambda entry: entry[0] not in differs)

    def _tail(self, row: Row, item: Item, names: Sequence[str], room: int) -> Text:
        """What follows the subject: that it is a series, and the fields changed here that the line does not show."""
        words = [field_label(row.kind, name) for name in names]
        tail = Text(end="")
        if item.series or (item.when is not None and item.when.recurrence):
            tail.append(" (series)", self.looks.quiet)
        if len(words) > _MOST_NAMED and room < cell_len(", ".join(words)):
            words = [f"{len(words)} fields"]
        return tail.append(f" +{', '.join(words)}", self.looks.quiet) if words else tail


def word(row: Row) -> str:
    """What happens to a row in one word, at most eight letters."""
    match row.state:
        case State.PREVENTED:
            return "blocked"
        case State.IGNORED_ONCE | State.IGNORED_FOREVER:
            return "ignored"
    return action_label(row).split()[0].rstrip(",")


# how the two halves of a row came to differ: what is on the left, what is on the right, and a word for both
_CATEGORIES: Final[Mapping[Situation, tuple[str, str, str]]] = {
    Situation.CHANGED_BOTH: ("*", "*", "both"),
    Situation.CONFLICT: ("*", "*", "conflict"),
    Situation.SAME_CHANGE: ("*", "*", "alike"),
    Situation.GONE_BOTH: ("x", "x", "gone"),
    Situation.OUT_OF_RANGE: (".", ".", "away"),
    Situation.TWIN_EQUAL: ("=", "=", "equal"),
    Situation.TWIN_DIFFERENT: ("~", "~", "differ"),
    Situation.AMBIGUOUS: ("?", "?", "which?"),
    Situation.LIKELY: ("?", "?", "alike?"),
    Situation.UNREADABLE: ("!", "!", "unread"),
    Situation.FORGOTTEN: ("?", "?", "forgot"),
}


def category(row: Row) -> str:
    """How the halves of a row differ, as FreeFileSync's categories say it: "*|." is changed on the left only.

    "+" is new, "x" deleted, "*" changed, "." as it was, "=" equal, "~" different and never synced, "?" a guess.
    """
    ours, theirs, _ = _category(row)
    return f"{ours}|{theirs}"


def category_word(row: Row) -> str:
    """The same in a word of at most eight letters."""
    return _category(row)[2]


def _category(row: Row) -> tuple[str, str, str]:
    ours, theirs = row.left is not None, row.right is not None
    match row.situation:
        case Situation.NEW:
            return ("+", " ", "new") if ours else (" ", "+", "new")
        case Situation.GONE | Situation.GONE_CHANGED:
            there = "*" if row.situation is Situation.GONE_CHANGED else "."
            return (there, "x", "gone") if ours else ("x", there, "gone")
        case Situation.CHANGED | Situation.TAKEN_BACK:
            moved = [bool(_moved(row, side)) for side in SideName]
            word = "changed" if row.situation is Situation.CHANGED else "undo"
            return "*" if moved[0] else ".", "*" if moved[1] else ".", word
        case Situation.AMBIGUOUS | Situation.LIKELY | Situation.UNREADABLE:
            sign, _, word = _CATEGORIES[row.situation]
            # only one half is in this row
            return (sign, sign, word) if ours == theirs else (sign, " ", word) if ours else (" ", sign, word)
    return _CATEGORIES[row.situation]


def _moved(row: Row, side: SideName) -> list[str]:
    """The fields that changed on `side`."""
    own = Verdict.LEFT if side is SideName.SALESFORCE else Verdict.RIGHT
    return [change.name for change in row.changes if change.verdict in (own, Verdict.BOTH)]


def _target(row: Row) -> SideName:
    """The side that a row wants to write to; Outlook where it is both."""
    needs = NEEDS[effect(row).action]
    return needs[-1][0] if needs else SideName.OUTLOOK
