"""What keys are for: the help page is divided by it. Every action that a key has belongs to one topic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from tui.keys import KeyHelp


class Topic(StrEnum):
    """The parts of the help page, in their order; the value is the heading."""

    DECIDING = "Deciding"
    RUNNING = "Running"
    MOVING = "Moving"
    MARKING = "Marking"
    FINDING = "Finding"
    LOOKING = "Looking"
    TAKING = "Taking along"
    ELSEWHERE = "Other screens"
    ALWAYS = "Everywhere"


_OF: Final[dict[Topic, str]] = {
    Topic.DECIDING: (
        "do undo redo take type give_back choose yes no only leave pick test apply take_back finish stop keep"
    ),
    Topic.RUNNING: "ok start resume cut_off read_again reload retry close look",
    Topic.MOVING: (
        "cursor_down cursor_up page_down page_up first last down up next next_conflict next_delete tab tab_number "
        "move page turn row scroll_down scroll_up scroll_home scroll_end focus_next focus_previous part "
        "select_cursor fold fold_all"
    ),
    Topic.MARKING: "mark mark_all range extend select mark_by toggle_button",
    Topic.FINDING: "filter group sort sort_by show_group problems",
    Topic.LOOKING: "what details menu show_overlay",
    Topic.TAKING: "copy export",
    Topic.ELSEWHERE: "configure ignored history set_up",
    Topic.ALWAYS: "back keys palette redraw quit",
}
_TOPICS: Final = {name: topic for topic, names in _OF.items() for name in names.split()}
# one line of help for two keys that go opposite ways
_OPPOSITE: Final = {
    "cursor_up": "cursor_down",
    "page_up": "page_down",
    "up": "down",
    "scroll_up": "scroll_down",
    "focus_previous": "focus_next",
}
_CALL: Final = re.compile(r"(?:\w+\.)?(\w+)(?:\((.*)\))?")


def _parts(action: str) -> tuple[str, str]:
    """The name of an action and its parameters: "app.tab(1)" is "tab" and "1"."""
    found = _CALL.fullmatch(action)
    return (found[1], found[2] or "") if found else (action, "")


def topic(action: str) -> Topic:
    """What an action is for. Raises KeyError for one that nobody has said it of."""
    name, parameters = _parts(action)
    return Topic.LOOKING if parameters == "'details'" else _TOPICS[name]


def known(action: str) -> bool:
    """Whether it was said what an action is for."""
    return _parts(action)[0] in _TOPICS


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the help page: its heading, and lines of keys and a sentence."""

    heading: str
    lines: tuple[tuple[str, str], ...]


def sections(helps: Sequence[KeyHelp], general: Iterable[tuple[str, str]] = ()) -> list[Section]:
    """The help page for what keys do; `general` stands at the end, among what works everywhere."""
    found: dict[Topic, list[tuple[str, str]]] = {one: [] for one in Topic}
    for entry in together(helps):
        where = topic(entry.action) if known(entry.action) else Topic.ALWAYS
        found[where].append((", ".join(entry.keys), entry.sentence))
    found[Topic.ALWAYS] += general
    return [Section(one.value, tuple(lines)) for one, lines in found.items() if lines]


def together(helps: Sequence[KeyHelp]) -> list[KeyHelp]:
    """The same with one entry for keys that do one thing in two directions, or with several numbers."""
    taken: dict[tuple[int, str], list[KeyHelp]] = {}
    for entry in helps:
        name, parameters = _parts(entry.action)
        numbered = parameters.lstrip("-").isdigit()
        key = _OPPOSITE.get(name, name) if numbered or not parameters else entry.action
        # told apart by whose they are: a pane may have the name of a table's action
        taken.setdefault((id(entry.node), key), []).append(entry)
    return [_one(entries) for entries in taken.values()]


def _one(entries: list[KeyHelp]) -> KeyHelp:
    first, *rest = entries
    if not rest:
        return first
    keys = tuple(key for entry in entries for key in entry.keys)
    if len(rest) == 1:
        sentence = f"{first.sentence.rstrip('.')}; {rest[0].keys[-1]}: the other way."
        return replace(first, keys=keys, sentence=sentence)
    return replace(first, keys=keys)
