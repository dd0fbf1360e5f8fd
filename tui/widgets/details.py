"""The details of a row: why it is there, and field by field what was, what each side has, and what will be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from rich.console import Console
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message

from sync_core.compare import FieldChange, Verdict
from sync_core.items import FIELDS, FieldSpec, Item, SideName, Value
from sync_core.plan import (
    DELETES,
    Action,
    Choice,
    Effect,
    Row,
    State,
    action_label,
    allowed,
    effect,
    remarks,
    results,
)
from tui import format as fmt
from tui.glyphs import UNICODE, GlyphSet
from tui.widgets.lines import LineView, Looks, look_css

# from this width on the values stand side by side, below it under one another
_SIDE_BY_SIDE: Final = 66
# of what a row could be, so many are shown
_MOST_RIVALS: Final = 5
_LABEL: Final = 13
# lines of one value before it is shortened, in the small pane and in the large one
SHORT: Final = 3
LONG: Final = 200
# Rich asks for a console to break lines; nothing is ever written to it
_CONSOLE: Final = Console(width=80, force_terminal=False)
_DELETED: Final = "(deleted)"
_STAYS: Final = "stays as it is"
_UNDECIDED: Final = "choose > or <"


@dataclass(frozen=True, slots=True)
class Values:
    """One field of a row in words: before, Salesforce, Outlook, will be. None is "not there", shown as a blank."""

    label: str
    before: str | None
    left: str | None
    right: str | None
    after: str
    changed: frozenset[SideName]
    undecided: bool = False


@dataclass(frozen=True, slots=True)
class DetailText:
    """Draws the details of rows, like RowText does for their lines."""

    zone: str
    today: date
    glyphs: GlyphSet
    looks: Looks

    def title(self, row: Row, width: int) -> Text:
        """The first line: what the row is about, and if there is room what will happen to it."""
        line = Text(end="")
        line.append("─ ", self.looks.quiet)
        line.append(fmt.cell(row.title).plain, self.looks.strong)
        if width >= _SIDE_BY_SIDE:
            line.append(": ").append(outcome(row), _outcome_style(row, self.looks))
        line.append(" ")
        line.append("─" * max(0, width - line.cell_len), self.looks.quiet)
        line.truncate(width, overflow="ellipsis")
        return self.glyphs.drawn(line)

    def lines(self, row: Row, width: int, most: int = SHORT) -> list[Text]:
        """Everything else, in lines of at most `width` cells; a value takes at most `most` of them."""
        found = [] if width >= _SIDE_BY_SIDE else self._wrapped(outcome(row), width, _outcome_style(row, self.looks))
        found += self._wrapped(_sentence(row.reason), width)
        if row.why_not:
            found += self._wrapped(_sentence(f"Not possible: {row.why_not}"), width, self.looks.warn)
        if row.touched:
            # what the recommendation brings with it is part of the reason
            for words in remarks(row):
                found += self._wrapped(_sentence(f"Mind: {words}"), width, self.looks.warn)
        for item in row.rivals[:_MOST_RIVALS]:
            found += self._wrapped(self._rival(item), width, self.looks.warn)
        differing, equal = self._values(row)
        if differing:
            table = self._beside if width >= _SIDE_BY_SIDE else self._below
            found += table(differing, width, most)
        if equal:
            found += self._wrapped("same: " + ", ".join(equal), width, self.looks.quiet)
        for words in self._people(row):
            found += self._wrapped(words, width, self.looks.quiet)
        return [self.glyphs.drawn(line) for line in found]

    def _values(self, row: Row) -> tuple[list[Values], list[str]]:
        """The fields to compare, and in words those that both sides have alike."""
        changes = {change.name: change for change in row.changes}
        will_be = results(row)
        differing, equal = [], []
        for f in FIELDS[row.kind]:
            if f.name in changes and changes[f.name].verdict is not Verdict.SAME:
                differing.append(self._pair(row, f, changes[f.name], will_be))
            elif row.left is not None and row.right is not None:
                value = row.left.fields.get(f.name)
                # what a side does not know is not the same
                if value is not None and value != f.blank:
                    equal.append(f"{f.label} {self._word(row, f, value)}".replace("\n", " "))
            else:
                single = self._single(row, f)
                if single is not None:
                    differing.append(single)
        return differing, [fmt.cell(words).plain if len(words) < 60 else f"{words[:59]}…" for words in equal]

    def _pair(self, row: Row, f: FieldSpec, change: FieldChange, will_be: Mapping[str, Value]) -> Values:
        moved = {
            Verdict.LEFT: frozenset({SideName.SALESFORCE}),
            Verdict.RIGHT: frozenset({SideName.OUTLOOK}),
        }.get(change.verdict, frozenset(SideName))
        undecided = f.name not in will_be and row.state is State.UNDECIDED
        after = _UNDECIDED if undecided else _STAYS
        if f.name in will_be:
            after = self._word(row, f, will_be[f.name])
        known = change.baseline is not None or row.linked
        before = self._word(row, f, change.baseline) if known else None
        left, right = self._word(row, f, change.left), self._word(row, f, change.right)
        return Values(f.label, before, left, right, after, moved, undecided)

    def _single(self, row: Row, f: FieldSpec) -> Values | None:
        """A field of a row that only one side has."""
        item = row.left or row.right
        fields: Mapping[str, Value] = item.fields if item is not None else row.baseline.left or row.baseline.right
        value = fields.get(f.name)
        old = (row.baseline.left or row.baseline.right).get(f.name) if row.linked else None
        if (value is None or value == f.blank) and (old is None or old == f.blank):
            return None
        words = self._word(row, f, value)
        left = words if row.left is not None else None
        right = words if row.right is not None else None
        before = self._word(row, f, old) if row.linked else None
        moved = item is not None and row.linked and before != words
        changed = frozenset({item.side}) if item is not None and moved else frozenset()
        now = allowed(row)
        after = _after_single(now.state, now.effect, f.name, words)
        return Values(f.label, before, left, right, after, changed, after == _UNDECIDED)

    def _word(self, row: Row, f: FieldSpec, value: Value) -> str:
        return fmt.field_value(row.kind, f.name, value, self.zone, self.today)

    def _beside(self, values: list[Values], width: int, most: int) -> list[Text]:
        """The values in columns; a column that nobody has is left out."""
        heads = ["before", "Salesforce", "Outlook", "will be"]
        keep = [
            any(v.before is not None for v in values),
            any(v.left is not None for v in values),
            any(v.right is not None for v in values),
            any(v.after != _STAYS for v in values),
        ]
        count = sum(keep)
        indent = max(_LABEL, *(len(v.label) + 1 for v in values))
        column = (width - indent) // count
        head = Text(" " * indent, end="")
        for name, kept in zip(heads, keep, strict=True):
            if kept:
                head.append_text(fmt.fit(Text(name), column))
        head.stylize(self.looks.quiet)
        found = [head]
        for v in values:
            cells = [(words, style) for (words, style), kept in zip(self._cells(v), keep, strict=True) if kept]
            found += self._table_row(v.label, cells, column, most, indent)
        return found

    def _table_row(
        self, label: str, cells: list[tuple[str, Style]], column: int, most: int, indent: int = _LABEL
    ) -> list[Text]:
        wrapped = [self._value_lines(words, column - 1, most, style) for words, style in cells]
        found = []
        for number in range(max(len(lines) for lines in wrapped)):
            line = Text(end="")
            line.append_text(fmt.fit(Text(label if number == 0 else "", self.looks.quiet), indent))
            for lines in wrapped:
                part = lines[number] if number < len(lines) else Text()
                line.append_text(fmt.fit(part, column))
            found.append(line)
        return found

    def _below(self, values: list[Values], width: int, most: int) -> list[Text]:
        """The values under one another, for a narrow pane."""
        found = []
        for v in values:
            found.append(Text(v.label, self.looks.strong, end=""))
            for name, (words, style) in zip(
                ("before", "Salesforce", "Outlook", "will be"), self._cells(v), strict=True
            ):
                if words and not (name == "will be" and words in (_STAYS, v.left or v.right)):
                    found += self._table_row(f"  {name}", [(words, style)], width - _LABEL, most)
        return found

    def _cells(self, v: Values) -> list[tuple[str, Style]]:
        def side(name: SideName) -> Style:
            return self.looks.strong if name in v.changed else Style.null()

        return [
            (v.before or "", self.looks.quiet),
            (v.left or "", side(SideName.SALESFORCE)),
            (v.right or "", side(SideName.OUTLOOK)),
            (v.after, self.looks.warn if v.undecided else self.looks.bad if v.after == _DELETED else self.looks.good),
        ]

    def _value_lines(self, words: str, width: int, most: int, style: Style) -> list[Text]:
        lines = self._wrapped(words, width, style)
        if len(lines) > most:
            rest = len(lines) - most
            lines = lines[:most]
            lines[-1].truncate(max(1, width - 12), overflow="ellipsis")
            lines[-1].append(f" +{fmt.plural(rest, 'line')}", self.looks.quiet)
        return lines

    def _wrapped(self, words: str, width: int, style: Style | None = None) -> list[Text]:
        """`words` in lines of at most `width` cells. They are harmless already, or are made so here."""
        found: list[Text] = []
        for part in words.split("\n"):
            text = fmt.cell(part, style or Style.null())
            text.no_wrap = False
            found += wrap(text, max(4, width))
        return found

    def _rival(self, item: Item) -> str:
        if item.when is None:
            return f"in {item.side.label}: {fmt.cell(fmt.item_words(item, self.zone, self.today)).plain}"
        place = fmt.cell(str(item.fields.get("location") or "")).plain
        when = fmt.time_range(item.when, self.zone, self.today)
        return f"in {item.side.label}: {when}, {fmt.cell(item.title).plain}{', ' if place else ''}{place}"

    def _people(self, row: Row) -> Iterable[str]:
        """Who takes part, and who changed what when."""
        names = list(dict.fromkeys(name for item in (row.left, row.right) if item is not None for name in item.people))
        if names:
            shown = ", ".join(fmt.cell(name).plain for name in names[:8])
            yield f"with {shown}" + (f" and {len(names) - 8} more" if len(names) > 8 else "")
        for item in (row.left, row.right):
            if item is not None and item.changed_at:
                yield self._change(item)
        if row.touched and row.ignored is None:
            yield f"recommended was: {row.recommended.label}"
        if row.ignored is not None and row.ignored.since:
            yield f"ignored since {fmt.instant(row.ignored.since, self.zone, self.today)}"

    def _change(self, item: Item) -> str:
        who = f" by {fmt.cell(item.changed_by).plain}" if item.changed_by else ""
        return f"{item.side.label}: last changed {fmt.instant(item.changed_at, self.zone, self.today)}{who}"


def outcome(row: Row) -> str:
    """What will happen to a row, in words that stand behind its title."""
    wanted = effect(row).action.label
    match row.state:
        case State.UNDECIDED:
            if row.rivals:
                return "which one? m offers what it could be"
            return "both sides differ, choose > or <" if row.left and row.right else "needs a choice: > or <"
        case State.PREVENTED:
            return f"blocked ({wanted})"
        case State.IGNORED_ONCE:
            return "ignored until the next time one changes"
        case State.IGNORED_FOREVER:
            return "ignored forever"
    if row.action is Action.NONE:
        return "nothing happens this time" if row.choice is Choice.NOTHING else "nothing to do"
    return action_label(row)


def _outcome_style(row: Row, looks: Looks) -> Style:
    if row.state is State.UNDECIDED:
        return looks.warn
    return looks.bad if row.action in DELETES else looks.strong


def _after_single(state: State, now: Effect, name: str, words: str) -> str:
    if state is State.UNDECIDED:
        return _UNDECIDED
    if state is not State.READY or now.action is Action.NONE:
        return _STAYS
    if now.action in DELETES:
        return _DELETED
    if now.action in (Action.CREATE_IN_OUTLOOK, Action.CREATE_IN_SALESFORCE):
        return words if name in now.to_left or name in now.to_right else "not carried over"
    return words


def _sentence(words: str) -> str:
    words = words.strip()
    return words if not words or words[-1] in ".?!" else f"{words}."


def wrap(text: Text, width: int) -> list[Text]:
    """`text` in lines of at most `width` cells, broken between words where it can be."""
    lines = text.wrap(_CONSOLE, width, overflow="fold", no_wrap=False)
    for line in lines:
        line.end = ""
    return list(lines) or [Text(end="")]


class DetailsPane(LineView):
    """The pane of details: small beside or below the table, large while it is read."""

    DEFAULT_CSS = look_css("DetailsPane")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "close", "Back to the table", show=False, tooltip="Back to the table."),
    ]

    class Closed(Message):
        """The pane is not wanted any longer."""

    def __init__(self, zone: str, today: date, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._for = (zone, today, glyphs)
        self._row: Row | None = None

    def show_row(self, row: Row | None) -> None:
        """Shows the details of a row, or nothing."""
        self._row = row
        size = self.scrollable_content_region
        if not size.width:
            return
        reading = self.has_focus
        if row is None:
            self.show([Text(" no rows", self.looks.quiet)], scrolls=False)
            return
        text = DetailText(*self._for, self.looks)
        lines = text.lines(row, size.width - 1, LONG if reading else SHORT)
        if not reading and len(lines) >= size.height:
            lines[size.height - 2 :] = [text.glyphs.drawn(Text("… Enter shows all", self.looks.quiet))]
        self.show([text.title(row, size.width), *(Text(" ").append_text(line) for line in lines)], scrolls=reading)

    def on_focus(self) -> None:
        """Shows long values whole."""
        self.show_row(self._row)

    def on_blur(self) -> None:
        """Shortens them again."""
        self.show_row(self._row)

    def on_resize(self) -> None:
        """Breaks the lines anew."""
        self.show_row(self._row)

    def action_close(self) -> None:
        """Says that the keyboard may go back to the table."""
        self.post_message(self.Closed())
