"""The action menu: what may be done to some rows, by which key, what it would mean, and why the rest is not possible.

The menu draws itself into lines; the table shows them above its own. A menu in a screen of its own would cost 45 kB
over SSH each time it opens (facts: terminal 3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from rich.cells import cell_len
from rich.text import Text

from sync_core.plan import Action, Allowed, Choice, Row, Situation, State
from sync_core.review import options, settle
from sync_core.selecting import Condition
from tui import format as fmt
from tui.glyphs import GlyphSet
from tui.widgets.lines import Looks


class Command(StrEnum):
    """What a key or a menu entry does to rows. The names are those of the screen's actions."""

    TO_OUTLOOK = "to_outlook"
    TO_SALESFORCE = "to_salesforce"
    ALL_TO_OUTLOOK = "all_to_outlook"
    ALL_TO_SALESFORCE = "all_to_salesforce"
    NOTHING = "nothing"
    RESET = "reset"
    IGNORE_ONCE = "ignore_once"
    IGNORE_FOREVER = "ignore_forever"
    # occurrences of a series that cannot cross as it is
    SINGLE_EVENTS = "single_events"
    DETAILS = "details"
    # this row and another one are the same thing; only in the menu, with the other row as its target
    PICK = "pick"
    # rows are marked; only in a menu of its own, with the condition as its target
    MARK = "mark"


# as Textual names the keys, and as a person knows them
KEYS: Final[dict[Command, tuple[str, str]]] = {
    Command.TO_OUTLOOK: ("greater_than_sign", ">"),
    Command.TO_SALESFORCE: ("less_than_sign", "<"),
    Command.ALL_TO_OUTLOOK: ("S", "S"),
    Command.ALL_TO_SALESFORCE: ("O", "O"),
    Command.NOTHING: ("full_stop", "."),
    Command.RESET: ("r", "r"),
    Command.IGNORE_ONCE: ("i", "i"),
    Command.IGNORE_FOREVER: ("I", "I"),
    Command.SINGLE_EVENTS: ("e", "e"),
    Command.DETAILS: ("d", "d"),
}
# cells of the frame and of the cursor beside the words of an entry
_FRAME: Final = 4
# the rows of the other side that a row could be are numbered
_MOST_PICKS: Final = 9
_MEANS: Final = {
    Action.CREATE_IN_OUTLOOK: "creates in Outlook",
    Action.UPDATE_IN_OUTLOOK: "updates Outlook",
    Action.DELETE_FROM_OUTLOOK: "DELETES from Outlook",
    Action.CREATE_IN_SALESFORCE: "creates in Salesforce",
    Action.UPDATE_IN_SALESFORCE: "updates Salesforce",
    Action.DELETE_FROM_SALESFORCE: "DELETES from Salesforce",
    Action.MERGE: "updates both sides",
    Action.LINK: "remembers the pair",
    Action.CONFLICT: "asks again",
    Action.NONE: "nothing is written",
}

# the same for rows that would fare differently
_VERBS: Final[dict[Action | None, str]] = {
    Action.CREATE_IN_OUTLOOK: "created",
    Action.UPDATE_IN_OUTLOOK: "updated",
    Action.CREATE_IN_SALESFORCE: "created",
    Action.UPDATE_IN_SALESFORCE: "updated",
    Action.MERGE: "merged",
    Action.CONFLICT: "undecided",
    Action.DELETE_FROM_OUTLOOK: "DELETED",
    Action.DELETE_FROM_SALESFORCE: "DELETED",
    Action.LINK: "remembered",
    Action.NONE: "nothing",
    None: "undecided",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu. `why_not` says why it is not possible, "" when it is."""

    command: Command
    label: str
    meaning: str = ""
    why_not: str = ""
    # PICK: the id of the other row; MARK: the condition
    target: str = ""
    # where it is not that of the command
    own_key: tuple[str, str] | None = None

    @property
    def keys(self) -> tuple[str, str]:
        """Its key, as Textual names it and as a person knows it."""
        return KEYS[self.command] if self.own_key is None else self.own_key


def room_for_picks(width: int) -> int:
    """How many cells the words that `picks` is given may take in a table of `width` cells."""
    return width - _FRAME - cell_len(_words(picks([("", "")])[0]))


def picks(candidates: Sequence[tuple[str, str]]) -> tuple[Entry, ...]:
    """The entries that say what a row is the same thing as: (row id, words) of what it could be."""
    return tuple(
        Entry(Command.PICK, f"The same as {words}", target=row_id, own_key=(str(number), str(number)))
        for number, (row_id, words) in enumerate(candidates[:_MOST_PICKS], 1)
    )


_MARK_KEYS: Final[dict[str, tuple[str, str]]] = {
    Condition.UNDECIDED: ("c", "c"),
    Condition.DELETES: ("x", "x"),
    Condition.TO_OUTLOOK: ("greater_than_sign", ">"),
    Condition.TO_SALESFORCE: ("less_than_sign", "<"),
    Condition.DECIDED: ("d", "d"),
    Condition.SAME_REASON: ("r", "r"),
    Condition.LIKE_THIS: ("l", "l"),
}


# a word or two each, for lists in which there is little room
MARK_NAMES: Final[dict[str, str]] = {
    Condition.UNDECIDED: "conflicts",
    Condition.DELETES: "deletes",
    Condition.TO_OUTLOOK: "to Outlook",
    Condition.TO_SALESFORCE: "to Salesforce",
    Condition.DECIDED: "decided by you",
    Condition.SAME_REASON: "same reason",
    Condition.LIKE_THIS: "like this one",
    "invert": "invert",
}


def conditions(*, row_known: bool) -> tuple[Entry, ...]:
    """The menu of what rows are marked by. `row_known` says whether there is one to compare others with."""
    found = [
        Entry(
            Command.MARK,
            condition.label,
            why_not="" if row_known or not condition.needs_row else "put the cursor on a row",
            target=condition.value,
            own_key=_MARK_KEYS[condition],
        )
        for condition in Condition
    ]
    return (*found, Entry(Command.MARK, "Invert: what is not marked", target="invert", own_key=("i", "i")))


def entries(rows: Sequence[Row]) -> tuple[Entry, ...]:
    """The menu for some rows (at least one)."""
    conflict = any(row.situation is Situation.CONFLICT for row in rows)
    merge = ", merge the rest" if conflict else ""
    found = [
        _choice(rows, Command.TO_OUTLOOK, Choice.TO_OUTLOOK, f"Use Salesforce{merge}", settled=True),
        _choice(rows, Command.TO_SALESFORCE, Choice.TO_SALESFORCE, f"Use Outlook{merge}", settled=True),
    ]
    if conflict:
        found += [
            _choice(rows, Command.ALL_TO_OUTLOOK, Choice.TO_OUTLOOK, "Use Salesforce for every field"),
            _choice(rows, Command.ALL_TO_SALESFORCE, Choice.TO_SALESFORCE, "Use Outlook for every field"),
        ]
    readable = any(row.situation is not Situation.UNREADABLE for row in rows)
    no_ignore = "" if readable else "it cannot be read"
    return (
        *_offers(rows),
        *found,
        _choice(rows, Command.NOTHING, Choice.NOTHING, "Do nothing this time"),
        Entry(Command.IGNORE_ONCE, "Ignore differences until the next time one changes", why_not=no_ignore),
        Entry(Command.IGNORE_FOREVER, "Ignore difference forever", why_not=no_ignore),
        _choice(rows, Command.RESET, Choice.RECOMMENDED, "Back to recommendation"),
        Entry(Command.DETAILS, "Details"),
    )


def _offers(rows: Sequence[Row]) -> list[Entry]:
    """The entry for series that cannot cross as they are; none where there is no such row."""
    offers = [row.offer for row in rows if row.offer is not None]
    if not offers:
        return []
    number = sum(part.left is None or part.right is None for offer in offers for part in offer.parts)
    label = offers[0].label if len({offer.label for offer in offers}) == 1 else "Occurrences as single events"
    return [Entry(Command.SINGLE_EVENTS, label, f"{fmt.plural(number, 'row')} to create")]


def _choice(rows: Sequence[Row], command: Command, choice: Choice, label: str, *, settled: bool = False) -> Entry:
    """An entry for a choice: `settled` as `>` and `<` mean it, which in a conflict keeps what one side changed."""
    meanings: Counter[Action | None] = Counter()
    words = ""
    refused: list[str] = []
    for row in rows:
        wanted = settle(row, choice) if settled else choice
        option = next((option for option in options(row) if option.choice is wanted), None)
        if option is not None and option.possible:
            asks = option.result.state is State.UNDECIDED
            meanings[None if asks else option.result.effect.action] += 1
            words = _meaning(row, option.result)
        elif option is not None:
            refused.append(option.why_not)
    if not meanings:
        return Entry(command, label, why_not=refused[0] if refused else "not for these rows")
    possible = sum(meanings.values())
    if len(meanings) > 1:
        words = ", ".join(f"{number} {_VERBS[action]}" for action, number in meanings.items())
        words += f", {len(rows) - possible} not possible" if possible < len(rows) else ""
    elif possible < len(rows):
        words = f"{words} ({possible} of {len(rows)} rows)"
    return Entry(command, label, words)


def _meaning(row: Row, result: Allowed) -> str:
    words = _MEANS[result.effect.action]
    if result.state is State.UNDECIDED:
        return "stays undecided"
    return words.replace("creates", "restores") if row.linked else words


@dataclass(slots=True)
class Menu:
    """An open menu: where it stands in the table, which entry the cursor is on, and the part that is in view."""

    entries: tuple[Entry, ...]
    title: str
    x: int
    y: int
    width: int
    height: int
    cursor: int = 0
    top: int = field(default=0)

    @classmethod
    def at(cls, found: tuple[Entry, ...], title: str, x: int, y: int, width: int, height: int) -> Menu:
        """A menu beside cell `x` of line `y` in a table of `width` by `height` cells: below the line if it fits."""
        wide = min(width, max(fmt.cell(_words(entry)).cell_len for entry in found) + _FRAME + 1)
        high = min(height, len(found) + 2)
        below = y + 1
        if below + high > height:
            below = y - high if y - high >= 0 else height - high
        first = next((i for i, entry in enumerate(found) if not entry.why_not), 0)
        return cls(found, title, max(0, min(x, width - wide)), below, wide, high, cursor=first)

    def move(self, step: int) -> None:
        """Moves the cursor by `step` possible entries, round the ends."""
        for _ in self.entries:
            self.cursor = (self.cursor + step) % len(self.entries)
            if not self.entries[self.cursor].why_not:
                break
        room = self.height - 2
        self.top = max(min(self.top, self.cursor), self.cursor - room + 1, 0)

    @property
    def line_of_cursor(self) -> int:
        """The line of the menu that the cursor is on, its frame being line 0."""
        return self.cursor - self.top + 1

    def by_key(self, key: str) -> Entry | None:
        """The entry with this key, as Textual names it."""
        return next((entry for entry in self.entries if entry.keys[0] == key), None)

    def by_line(self, line: int) -> Entry | None:
        """The entry on line `line` of the menu, its frame being line 0."""
        index = self.top + line - 1
        return self.entries[index] if 1 <= line < self.height - 1 and index < len(self.entries) else None

    def covers(self, x: int, y: int) -> bool:
        """Whether a cell of the table lies under the menu."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height

    def line(self, line: int, looks: Looks, glyphs: GlyphSet) -> Text:
        """Line `line` of the menu, exactly as wide as the menu."""
        inside = self.width - 2
        if line == 0:
            title = fmt.cell(self.title)
            title.truncate(inside - 2, overflow="ellipsis")
            rule = "─" * (inside - title.cell_len - 2)
            # the frame has the colour of the text: each change of it costs a dozen bytes on every line
            return glyphs.drawn(Text("┌ ", end="").append(title.plain, looks.strong).append(f" {rule}┐"))
        if line == self.height - 1:
            more = "─ more below ─" if self.top + line - 1 < len(self.entries) else ""
            return glyphs.drawn(Text(f"└{more:─<{inside}}┘", end=""))
        entry = self.entries[self.top + line - 1]
        text = Text("│", end="")
        words = fmt.fit(fmt.cell(f"  {_words(entry)}"), inside)
        if entry.why_not:
            words.stylize(looks.quiet)
        else:
            words.stylize(looks.strong, 2, 3)
        if self.top + line - 1 == self.cursor:
            words.plain = glyphs.cursor + words.plain[1:]
            words.stylize(looks.cursor)
        text.append_text(words)
        return glyphs.drawn(text.append("│"))


def _words(entry: Entry) -> str:
    more = f"({entry.why_not})" if entry.why_not else entry.meaning
    return f"{entry.keys[1]}  {entry.label}" + (f": {more}" if more else "")
