"""What distinguishes one kind of item from another on this side: one mapping object per kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sync_core.items import Fields, Item, Kind
from sync_core.sides import Window
from sync_core.sides.outlook.services import Entry, Parsed


@dataclass(frozen=True, slots=True)
class Words:
    """What people call the folder and what lies in it: "calendar", "event", "events"."""

    folder: str
    thing: str
    things: str


@dataclass(frozen=True, slots=True)
class Change:
    """An update on its way. `names` are the fields to send, in exchangelib's spelling, and no others; none means that
    there is nothing to write. `note` says what the server will change besides, "" for nothing."""

    item: Any
    names: list[str]
    note: str = ""


@dataclass(frozen=True, slots=True)
class ItemMapping:
    """One kind of item: where it lies, what is read, and how its values become neutral fields and back.

    `fields` are read of every item and `listed` of every line of a list, in the spelling of `services.path`.
    `check` and `check_new` say why values cannot be written, "" when they can; `changed_item` raises ValueError with
    the reason when the item on the server does not let them.
    """

    kind: Kind
    # exchangelib's classes
    model: Any
    folder_model: Any
    # the standard folder: its distinguished id, what the settings call it, and the class of such folders
    distinguished: str
    standard: str
    folder_class: str
    words: Words
    fields: tuple[str, ...]
    listed: tuple[str, ...]
    lengths: Mapping[str, int]
    # item, the user's IANA zone, and the addresses that are the user's own
    to_item: Callable[[Parsed, str, frozenset[str]], Item]
    check: Callable[[Fields], str]
    check_new: Callable[[Fields], str]
    # fields, mark, account, folder
    new_item: Callable[[Fields, str, Any, Any], Any]
    # fields, mark, the item as it was reviewed, the item as it is, account
    changed_item: Callable[[Fields, str, Item, Parsed, Any], Change]
    # whether a line of a list is worth reading whole, and whether the whole item belongs to the window
    wanted: Callable[[Entry, Window], bool]
    inside: Callable[[Parsed, Item, Window], bool]
