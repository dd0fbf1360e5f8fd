"""Every key that a class of ours binds is told on the help page, and pressed in a test of its screen."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from functools import cache
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import tui
from tui import topics
from tui.keys import BACK, HELP

TESTS = Path(__file__).parents[1]
# which tests press the keys of what is no screen of its own, and of screens that are tested under another name
WHERE = {
    "HandsyncApp": "tui/test_app.py tui/test_keys.py tui/test_every_screen.py",
    "Box": "tui/test_configure*.py tui/test_home.py",
    "Choice": "tui/test_configure*.py",
    "ConnectionRow": "tui/test_home.py",
    "Notices": "tui/test_home.py",
    "LineView": "tui/test_every_screen.py",
    "PreventTable": "tui/test_every_screen.py",
    "LineTable": "tui/test_summary*.py",
    "RowTable": "tui/test_summary*.py",
    "PlanTable": "tui/test_summary*.py",
    "RowsPane": "tui/test_summary*.py tui/test_habits.py",
    "ReviewPane": "tui/test_summary*.py tui/test_sharing.py",
    "DetailsPane": "tui/test_summary*.py",
    "SummaryScreen": "tui/test_summary*.py tui/test_drafts.py",
    "PickList": "tui/test_ignored.py tui/test_history.py tui/test_pick_list.py",
    "IgnoredScreen": "tui/test_ignored.py",
    "FetchAllScreen": "tui/test_home.py",
    "Page": "tui/test_summary_fields.py",
    "StatusLine": "tui/test_summary*.py",
    "FieldEditor": "tui/test_summary_fields.py",
}
# help, and the way back, are pressed on every screen in one test
SHARED = {HELP, BACK}
# arrows and Tab go from field to field on every screen; the page says that once
FIELDS = {"app.focus_next", "app.focus_previous"}


def owners() -> list[type[DOMNode]]:
    """All classes of ours that bind keys."""
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found: set[type[DOMNode]] = set()

    def below(of: type[DOMNode]) -> None:
        for one in of.__subclasses__():
            found.add(one)
            below(one)

    below(DOMNode)
    ours = [one for one in found if one.__module__.startswith("tui.") and one.__dict__.get("BINDINGS")]
    return sorted(ours, key=lambda one: one.__name__)


def bindings(owner: type[DOMNode]) -> list[Binding]:
    """Those a class brings itself."""
    return [one for one in owner.__dict__["BINDINGS"] if isinstance(one, Binding)]


ALL = [(owner, binding) for owner in owners() for binding in bindings(owner)]
NAMES = [f"{owner.__name__}-{binding.key}" for owner, binding in ALL]


@cache
def words_of(path: Path) -> frozenset[str]:
    """The literal strings of a test module: keys are among them, and what is typed letter by letter."""
    return frozenset(
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def modules_of(owner: type[DOMNode]) -> list[Path]:
    """The modules that press the keys of a class: named above, or those that know the class."""
    if owner.__name__ in WHERE:
        return [path for pattern in WHERE[owner.__name__].split() for path in TESTS.glob(pattern)]
    return [path for path in TESTS.glob("*/test_*.py") if owner.__name__ in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize(("owner", "binding"), ALL, ids=NAMES)
def test_every_key_is_told_and_pressed(owner: type[DOMNode], binding: Binding) -> None:
    if binding.action in FIELDS:
        return
    assert binding.tooltip or binding.description, "the help page says nothing about it"
    assert topics.known(binding.action), "nobody said what it is for: tui/topics.py"
    modules = [TESTS / "tui/test_every_screen.py"] if binding in SHARED else modules_of(owner)
    pressed = {key for key in binding.key.split(",") if any(key.strip() in words_of(path) for path in modules)}
    assert pressed, f"pressed in none of {[path.name for path in modules]}"


def test_there_are_many() -> None:
    assert len(ALL) > 100
