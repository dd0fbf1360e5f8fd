"""How a person looks at reviews: details shown or hidden, what differs or what will be done, and the sort order.

It is remembered between starts in a small file beside the memory, never in the settings, which a person writes. It is
only a comfort: a file that is missing, damaged or from elsewhere means the usual habits, and one that cannot be written
is no trouble to anybody.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sync_core.files import make_private, write_atomically
from sync_core.items import Kind
from sync_core.orders import Order

FILE: Final = "view.json"
# more than this was not written by us
_MOST_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Habits:
    """Whether details are shown, whether only what differs is, and the order of each process where it is not time."""

    details: bool = True
    differences: bool = False
    orders: Mapping[Kind, Order] = field(default_factory=lambda: MappingProxyType({}))

    def order(self, kind: Kind) -> Order:
        """The order of a process."""
        return self.orders.get(kind, Order.TIME)

    def with_order(self, kind: Kind, order: Order) -> Habits:
        """The same habits with another order for one process."""
        return replace(self, orders=MappingProxyType({**self.orders, kind: order}))


def written(habits: Habits) -> bytes:
    """Habits as the file has them."""
    orders = {kind.value: order.value for kind, order in habits.orders.items()}
    found = {"details": habits.details, "differences": habits.differences, "orders": orders}
    return json.dumps(found, sort_keys=True).encode()


def read(content: bytes) -> Habits:
    """Habits from the file's content. What cannot be understood of it is as usual; raises nothing."""
    try:
        found = json.loads(content) if len(content) <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return Habits()
    usual = Habits()
    details, differences, orders = (found.get(name) for name in ("details", "differences", "orders"))
    known = {kind.value: kind for kind in Kind}
    able = {order.value: order for order in Order}
    pairs = orders.items() if isinstance(orders, dict) else ()
    return Habits(
        details if isinstance(details, bool) else usual.details,
        differences if isinstance(differences, bool) else usual.differences,
        MappingProxyType({known[k]: able[o] for k, o in pairs if k in known and isinstance(o, str) and o in able}),
    )


class HabitKeeper:
    """Reads the habits once, and writes them beside the screen whenever they change."""

    def __init__(self, directory: Callable[[], Path | None]) -> None:
        """`directory` gives the place of the state, or None where nothing is kept."""
        self._directory = directory
        self._latest: Habits | None = None
        self._written: Habits | None = None
        self._writing = threading.Lock()

    def load(self) -> Habits:
        """The habits as they are. Blocks at first; raises nothing."""
        if self._latest is None:
            directory = self._directory()
            try:
                found = Habits() if directory is None else read((directory / FILE).read_bytes())
            except OSError:
                found = Habits()
            self._latest = self._written = found
        return self._latest

    def note(self, habits: Habits) -> None:
        """From now on these are the habits. Returns at once; a thread writes them."""
        self._latest = habits
        threading.Thread(target=self.flush, name="handsync-habits", daemon=True).start()

    def flush(self) -> None:
        """Writes what has not been written yet. Blocks; raises nothing."""
        with self._writing:
            habits, directory = self._latest, self._directory()
            if habits is None or habits == self._written or directory is None:
                return
            try:
                make_private(directory)
                write_atomically(directory / FILE, written(habits))
            except OSError:
                return
            self._written = habits
