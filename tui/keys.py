"""Keys: the ones every screen shares, and how the keys of a screen are told to a person.

A `Binding` says everything once: the key, the action, a label for the key line, and in `tooltip` a sentence for the
help page and the palette. What is shown is always asked of the screen itself, so that it cannot disagree with what
works.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

BACK: Final = Binding("escape,q", "back", "Back", id="back", tooltip="Leave this screen.")
HELP: Final = Binding("question_mark,f1", "app.keys", "Keys", id="keys", tooltip="What the keys do on this screen.")
DOWN: Final = Binding("down,j", "app.focus_next", show=False, tooltip="To the next field or button.")
UP: Final = Binding("up,k", "app.focus_previous", show=False, tooltip="To the field or button before.")
TAB: Final = Binding("tab", "app.focus_next", show=False)
SHIFT_TAB: Final = Binding("shift+tab", "app.focus_previous", show=False)
RIGHT: Final = Binding("right", "app.focus_next", show=False)
LEFT: Final = Binding("left", "app.focus_previous", show=False)
MOVES: Final = (DOWN, UP, TAB, SHIFT_TAB, RIGHT, LEFT)

_NAMES: Final = {
    "question_mark": "?",
    "slash": "/",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "asterisk": "*",
    "colon": ":",
    "full_stop": ".",
    "comma": ",",
    "minus": "-",
    "plus": "+",
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "tab": "Tab",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "delete": "Del",
    "menu": "Menu",
    "backspace": "Backspace",
}


def key_name(key: str) -> str:
    """A key as a person knows it: "ctrl+q" is "Ctrl+Q", "question_mark" is "?", "K" stays "K"."""
    *modifiers, last = key.split("+")
    name = _NAMES.get(last, last)
    function_key = name[0] == "f" and name[1:].isdigit()
    if function_key or (modifiers and len(name) == 1):
        name = name.upper()
    return "+".join([*(m.capitalize() for m in modifiers), name])


@dataclass(frozen=True, slots=True)
class KeyHelp:
    """One thing that keys do: their names, a short label, a sentence, the action behind them, and whose it is."""

    keys: tuple[str, ...]
    label: str
    sentence: str
    action: str
    shown: bool
    enabled: bool
    node: DOMNode = field(repr=False)
    last: bool = False
    # the name that the binding has; "" for most
    id: str = ""


def key_help(screen: Screen[Any]) -> list[KeyHelp]:
    """What keys do on `screen` now, its own ones first. Bindings without a label or sentence are left out."""
    found: dict[tuple[DOMNode, str], list[tuple[str, Binding, bool]]] = {}
    for key, active in screen.active_bindings.items():
        # buttons, boxes and fields do what Textual's do: the help page says that once
        where = type(active.node).__module__
        if where == "tui.widgets.controls" or not (where.startswith("tui.") or active.node is screen.app):
            continue
        if not active.binding.description and not active.binding.tooltip:
            continue
        node, action = active.node, active.binding.action
        # what the program does is one thing, wherever a screen has a key of its own for it
        if action.startswith("app."):
            node, action = screen.app, action.removeprefix("app.")
        group = (node, action)
        found.setdefault(group, []).append((key, active.binding, active.enabled))
    helps = []
    for (node, action), entries in found.items():
        # what has a label speaks for keys that do the same without one
        entries.sort(key=lambda entry: not entry[1].description)
        binding = entries[0][1]
        helps.append(
            KeyHelp(
                keys=tuple(key_name(key) for key, _, _ in entries),
                label=binding.description,
                sentence=binding.tooltip or binding.description,
                action=action,
                shown=binding.show,
                enabled=entries[0][2],
                node=node,
                last=binding.id in ("back", "cancel", "keys", "leave"),
                id=binding.id or "",
            )
        )
    # the ways out and to help stand at the end, wherever a screen has its own from
    return sorted(helps, key=lambda entry: entry.last)
