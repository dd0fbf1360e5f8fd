"""The details of a row as lines: why it is there, and field by field what was, what each side has, and what will be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from rich.console import Console
from rich.style import Style
from rich.text import Text

from sync_core.by_field import open_fields
from sync_core.items import FieldSpec, Item, SideName, Value
from sync_core.plan import (
    DELETES,
    Action,
    Choice,
    Row,
    State,
    action_label,
    allowed,
    effect,
    field_label,
    remarks,
)
from tui import format as fmt
from tui.glyphs import GlyphSet
from tui.widgets.detail_values import DELETED, STAYS, Values, Word, same_as, values_of
from tui.widgets.line_diff import DiffLine, line_diff
from tui.widgets.lines import Looks

# from this width on the values stand side by side, below it under one another
SIDE_BY_SIDE: Final = 66
# of what a row could be, so many are shown
_MOST_RIVALS: Final = 5
_LABEL: Final = 13
# lines of one value before it is shortened, in the small pane and in the large one
SHORT: Final = 3
LONG: Final = 200
# Rich asks for a console to break lines; nothing is ever written to it
_CONSOLE: Final = Console(width=80, force_terminal=False)
_SIDES: Final = (None, SideName.SALESFORCE, SideName.OUTLOOK, None)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the details. `field` is the one to decide that it belongs to, "" for none.

    `spots` are the cells of its values: where each begins and ends, and the side that has it, None for what will be.
    """

    text: Text
    field: str = ""
    spots: tuple[tuple[int, int, SideName | None], ...] = ()


@dataclass(frozen=True, slots=True)
class DetailText:
    """Draws the details of rows, like RowText does for their lines.

    `differences` leaves out what will be: then all the room is for what differs.
    """

    zone: str
    today: date
    glyphs: GlyphSet
    looks: Looks
    differences: bool = False

    def title(self, row: Row, width: int) -> Text:
        """The first line: what the row is about, and if there is room what will happen to it."""
        line = Text(end="")
        line.append("─ ", self.looks.quiet)
        line.append(fmt.cell(row.title).plain, self.looks.strong)
        if width >= SIDE_BY_SIDE:
            line.append(": ").append(outcome(row), outcome_style(row, self.looks))
        line.append(" ")
        line.append("─" * max(0, width - line.cell_len), self.looks.quiet)
        line.truncate(width, overflow="ellipsis")
        return self.glyphs.drawn(line)

    def lines(self, row: Row, width: int, most: int = SHORT) -> list[Text]:
        """Everything else, in lines of at most `width` cells; a value takes at most `most` of them."""
        return [line.text for line in self.told(row, width, most)]

    def told(self, row: Row, width: int, most: int = SHORT) -> list[Line]:
        """As `lines`, with what each line is about."""
        return [Line(self.glyphs.drawn(line.text), line.field, line.spots) for line in self._told(row, width, most)]

    def _told(self, row: Row, width: int, most: int) -> Iterator[Line]:
        yield from self._head(row, width)
        differing, equal = values_of(row, self._word(row))
        if differing:
            table = self._beside if width >= SIDE_BY_SIDE else self._below
            yield from table(differing, width, most)
        if equal:
            yield from self._plain(f"same: {', '.join(equal)}", width, self.looks.quiet)
        for words in self._people(row):
            yield from self._plain(words, width, self.looks.quiet)

    def _head(self, row: Row, width: int) -> Iterator[Line]:
        """What happens, why, and what stands in the way."""
        looks = self.looks
        if width < SIDE_BY_SIDE:
            yield from self._plain(outcome(row), width, outcome_style(row, looks))
        yield from self._plain(_sentence(row.reason), width)
        if row.why_not:
            yield from self._plain(_sentence(f"Not possible: {row.why_not}"), width, looks.warn)
        if row.touched:
            # what the recommendation brings with it is part of the reason
            for words in remarks(row):
                yield from self._plain(_sentence(f"Mind: {words}"), width, looks.warn)
        for item in row.rivals[:_MOST_RIVALS]:
            yield from self._plain(self._rival(item), width, looks.warn)
        if not self.differences and (words := writes(row)):
            yield from self._plain(words, width, looks.good)

    def _word(self, row: Row) -> Word:
        return _Words(row, self.zone, self.today)

    # the values in columns

    def _beside(self, values: list[Values], width: int, most: int) -> Iterator[Line]:
        """The values in columns; a column that nobody has is left out."""
        heads = ["before", "Salesforce", "Outlook", "will be"]
        short = [v for v in values if not v.long]
        keep = [
            any(v.before is not None for v in values),
            any(v.left is not None for v in values),
            any(v.right is not None for v in values),
            any(v.after != STAYS for v in values) and not self.differences,
        ]
        indent = max(_LABEL, *(len(v.label) + 1 for v in values))
        if short:
            column = (width - indent) // max(1, sum(keep))
            head = Text(" " * indent, end="")
            for name, kept in zip(heads, keep, strict=True):
                if kept:
                    head.append_text(fmt.fit(Text(name), column))
            head.stylize(self.looks.quiet)
            yield Line(head)
        for v in values:
            if v.long:
                yield from self._long(v, width, most, indent)
                continue
            cells = [(words, style) for (words, style), kept in zip(self._cells(v), keep, strict=True) if kept]
            sides = [side for side, kept in zip(_SIDES, keep, strict=True) if kept]
            starts = [indent + n * column for n in range(len(cells))]
            # the first column of a known pair is what was before: nothing to click on
            first = 1 if keep[0] else 0
            spots = tuple((x, x + column, side) for x, side in zip(starts[first:], sides[first:], strict=True))
            for text in self._table_row(v.label, cells, column, most, indent):
                yield Line(text, v.name, spots if v.name else ())

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

    def _below(self, values: list[Values], width: int, most: int) -> Iterator[Line]:
        """The values under one another, for a narrow pane."""
        for v in values:
            if v.long:
                yield from self._long(v, width, most, _LABEL)
                continue
            yield Line(Text(v.label, self.looks.strong, end=""), v.name)
            names = ("before", "Salesforce", "Outlook", "will be")
            for name, side, (words, style) in zip(names, _SIDES, self._cells(v), strict=True):
                after = name == "will be"
                if not words or (after and (self.differences or words in (STAYS, v.left or v.right))):
                    continue
                spots = ((0, width, side),) if v.name and name != "before" else ()
                for text in self._table_row(f"  {name}", [(words, style)], width - _LABEL, most):
                    yield Line(text, v.name, spots)

    def _cells(self, v: Values) -> list[tuple[str, Style]]:
        def side(name: SideName) -> Style:
            return self.looks.strong if name in v.changed else Style.null()

        after = v.after
        if v.own and not v.undecided:
            # chosen by a person, as a doubled shaft says it in the table
            after = f"= {after}"
        return [
            (v.before or "", self.looks.quiet),
            (v.left or "", side(SideName.SALESFORCE)),
            (v.right or "", side(SideName.OUTLOOK)),
            (after, self.looks.warn if v.undecided else self.looks.bad if v.after == DELETED else self.looks.good),
        ]

    # long texts

    def _long(self, v: Values, width: int, most: int, indent: int) -> Iterator[Line]:
        """A text of many lines: what differs in it, over the whole width."""
        both = len(v.changed) == 2 or v.before is None
        side = next(iter(v.changed), SideName.OUTLOOK)
        if both:
            signs, words = {"-": "S", "+": "O"}, "S only in Salesforce, O only in Outlook"
            found = line_diff(v.left or "", v.right or "")
        else:
            signs, words = {"-": "-", "+": "+"}, f"- before, + {side.label}"
            found = line_diff(v.before or "", v.side(side))
        head = Text(end="")
        head.append_text(fmt.fit(Text(v.label, self.looks.quiet), indent)).append(words, self.looks.quiet)
        if not self.differences:
            head.append("  will be: ", self.looks.quiet)
            head.append(fmt.cell(same_as(v).replace("\n", " ")).plain, self._cells(v)[3][1])
        head.truncate(width, overflow="ellipsis")
        spots = ((0, width, None),) if v.name else ()
        yield Line(head, v.name, spots)
        lines = [text for line in found for text in self._diff_line(line, signs, width)]
        kept = lines if most >= len(lines) - 1 else lines[:most]
        for text in kept:
            yield Line(text, v.name)
        if len(kept) < len(lines):
            yield Line(Text(f"    +{fmt.plural(len(lines) - most, 'line')}", self.looks.quiet, end=""), v.name)

    def _diff_line(self, line: DiffLine, signs: dict[str, str], width: int) -> Iterator[Text]:
        style = {"-": self.looks.bad, "+": self.looks.good}.get(line.sign, self.looks.quiet)
        if signs.get("-") == "S" and line.sign in "-+":
            style = self.looks.strong
        words = f"… {line.words}" if line.sign == "." else line.words
        sign = signs.get(line.sign, " ")
        for number, part in enumerate(self._wrapped(words, width - 4, style)):
            text = Text(f"  {sign if number == 0 else ' '} ", style, end="")
            yield text.append_text(part)

    # lines of words

    def _value_lines(self, words: str, width: int, most: int, style: Style) -> list[Text]:
        lines = self._wrapped(words, width, style)
        if len(lines) > most:
            rest = len(lines) - most
            lines = lines[:most]
            lines[-1].truncate(max(1, width - 12), overflow="ellipsis")
            lines[-1].append(f" +{fmt.plural(rest, 'line')}", self.looks.quiet)
        return lines

    def _plain(self, words: str, width: int, style: Style | None = None) -> Iterator[Line]:
        return (Line(text) for text in self._wrapped(words, width, style))

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


@dataclass(frozen=True, slots=True)
class _Words:
    """Puts the values of a row's fields into words."""

    row: Row
    zone: str
    today: date

    def __call__(self, f: FieldSpec, value: Value) -> str:
        return fmt.field_value(self.row.kind, f.name, value, self.zone, self.today)


def outcome(row: Row) -> str:
    """What will happen to a row, in words that stand behind its title."""
    wanted = effect(row).action.label
    match row.state:
        case State.UNDECIDED:
            half = row.left or row.right
            # what a copy was copied from is no answer, and neither is who belongs to somebody else
            if half is not None and any(one.side is not half.side for one in row.rivals):
                return "which one? m offers what it could be"
            if not (row.left and row.right):
                return "needs a choice: > or <"
            left = len(effect(row).undecided)
            some = row.by_field and left and left < len(open_fields(row))
            return f"{fmt.plural(left, 'field')} to decide: > or <" if some else "both sides differ, choose > or <"
        case State.PREVENTED:
            return f"blocked ({wanted})"
        case State.IGNORED_ONCE:
            return "ignored until the next time one changes"
        case State.IGNORED_FOREVER:
            return "ignored forever"
    if row.action is Action.NONE:
        return "nothing happens this time" if row.choice is Choice.NOTHING else "nothing to do"
    return action_label(row)


def writes(row: Row) -> str:
    """What is written to which side of a pair, by field: "Ok writes  Salesforce: when  Outlook: notes"; "" for none."""
    now = allowed(row)
    if now.state is not State.READY or row.left is None or row.right is None:
        return ""
    sides = ((SideName.SALESFORCE, now.effect.to_left), (SideName.OUTLOOK, now.effect.to_right))
    parts = [f"{side.label}: {', '.join(field_label(row.kind, n) for n in fields)}" for side, fields in sides if fields]
    return f"Ok writes  {'   '.join(parts)}" if parts else ""


def outcome_style(row: Row, looks: Looks) -> Style:
    """How the outcome looks: questions and deletes stand out."""
    if row.state is State.UNDECIDED:
        return looks.warn
    return looks.bad if row.action in DELETES else looks.strong


def _sentence(words: str) -> str:
    words = words.strip()
    return words if not words or words[-1] in ".?!" else f"{words}."


def wrap(text: Text, width: int) -> list[Text]:
    """`text` in lines of at most `width` cells, broken between words where it can be."""
    lines = text.wrap(_CONSOLE, width, overflow="fold", no_wrap=False)
    for line in lines:
        line.end = ""
    return list(lines) or [Text(end="")]
