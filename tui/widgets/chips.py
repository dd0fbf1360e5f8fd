"""Two lines above the table: what Ok would write, and the groups of rows with their numbers, which are filters too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from sync_core.groups import Group
from sync_core.items import SideName
from tui import format as fmt
from tui.tally import Tally, side_words

# where words have no room, the signs that the rows themselves have: what matters least gives up its word first
_SIGNS: Final = {
    Group.NOTHING: ".",
    Group.LINK: "=",
    Group.IGNORED: "i",
    Group.BLOCKED: "( )",
    Group.MERGE: "◂-▸",
    Group.NEW: "+",
    Group.CHANGED: "-▸",
    Group.DELETED: "✗",
    Group.CONFLICT: "?",
}
# the line of what Ok would write has forms, from long to short, numbered from 0 to this
_STEPS: Final = 4
_TWO_LETTERS: Final = {SideName.SALESFORCE: "SF", SideName.OUTLOOK: "OL"}
Part = str | tuple[str, str]


class WouldWrite(Static):
    """What a run would write now, per side, and how much nobody has decided; deletes stand out."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(markup=False, id=id)
        self._tally: Tally | None = None

    def show(self, tally: Tally) -> None:
        """Takes new numbers."""
        self._tally = tally
        self._draw()

    def on_resize(self) -> None:
        """Uses the room there is."""
        self._draw()

    def _draw(self) -> None:
        if self._tally is None or not self.size.width:
            return
        lines = (self._line(self._tally, step) for step in range(_STEPS))
        self.update(
            next((line for line in lines if line.cell_length <= self.size.width), self._line(self._tally, _STEPS)),
            layout=False,
        )

    def _line(self, tally: Tally, step: int) -> Content:
        """The line; each higher `step` is shorter."""
        gap, short = "  " if step else "   ", step > 2
        parts: list[Part] = [" Ok would write" if step < 2 else " Ok:"]
        for number, side in enumerate(SideName):
            name = _TWO_LETTERS[side] if step == _STEPS else side.label
            parts.append(f"{' ' if short and not number else gap}{name}{' ' if short else ': '}")
            for place, (words, loud) in enumerate(side_words(tally, side)):
                parts.append((" " if short else ", ") if place else "")
                words = words.replace("changed", "chg" if short else "chg.") if step else words
                words = words.replace("DELETED", "DEL") if step == _STEPS else words
                parts.append((words, "bold reverse $bad" if loud else "bold" if words != "nothing" else "$quiet"))
        if tally.links and step < 2:
            parts.append(f"{gap}{tally.links} linked" if step else f"{gap}{fmt.plural(tally.links, 'pair')} remembered")
        if tally.undecided:
            words = "undecided" if step < 2 else "open" if short else "undec."
            parts += [gap, (f"{tally.undecided} {words}", "bold $warn")]
        return Content.assemble(*parts)


def fitted(numbers: Mapping[Group, int], chosen: Group, width: int) -> list[tuple[Group, str]]:
    """The groups with words and numbers, as many of them by their signs as it takes to fit into `width` cells.

    The `chosen` one keeps its word the longest.
    """
    labels = {group: f"{group.label} {number}" for group, number in numbers.items()}
    turns = [group for group in _SIGNS if group in labels and group is not chosen]
    for group in [*turns, *([chosen] if chosen in _SIGNS and chosen in labels else [])]:
        if sum(cell_len(label) + 1 for label in labels.values()) < width:
            break
        labels[group] = f"{_SIGNS[group]} {numbers[group]}"
    return list(labels.items())


class Chips(Static):
    """The groups that have rows; the chosen one stands in brackets. A click chooses."""

    class Chosen(Message):
        """A group was clicked."""

        def __init__(self, group: Group) -> None:
            super().__init__()
            self.group = group

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(markup=False, id=id)
        self._tally: Tally | None = None
        self._chosen = Group.ALL
        self._spans: list[tuple[int, int, Group]] = []

    def show(self, tally: Tally, chosen: Group) -> None:
        """Takes new numbers."""
        self._tally, self._chosen = tally, chosen
        self._draw()

    @property
    def groups(self) -> list[Group]:
        """The groups on show, from left to right."""
        counts = self._tally.groups if self._tally is not None else {}
        return [group for group in Group if group in (Group.ALL, self._chosen) or counts.get(group, 0)]

    def on_resize(self) -> None:
        """Uses the room there is."""
        self._draw()

    def _draw(self) -> None:
        tally = self._tally
        if tally is None or not self.size.width:
            return
        width = self.size.width
        chips = fitted({group: tally.groups[group] for group in self.groups}, self._chosen, width)
        # two cells between them where there is room, else one; the chosen one has its brackets there
        roomy = sum(cell_len(label) + 2 for _, label in chips) <= width
        parts: list[tuple[str, str]] = []
        self._spans, at = [], 0
        for group, label in chips:
            chosen = group is self._chosen
            before = "[" if chosen else " "
            after = "]" if chosen else " " if roomy else ""
            chip = f"{before}{label}{after}"
            self._spans.append((at, at + cell_len(chip), group))
            at += cell_len(chip)
            parts.append((chip, self._style(group)))
        self.update(Content.assemble(*parts), layout=False)

    def _style(self, group: Group) -> str:
        if group is self._chosen:
            return "bold $key"
        return "bold $warn" if group is Group.CONFLICT else "bold $bad" if group is Group.DELETED else ""

    def on_click(self, event: events.Click) -> None:
        """Chooses the group under the mouse."""
        for start, end, group in self._spans:
            if start <= event.x < end:
                self.post_message(self.Chosen(group))
