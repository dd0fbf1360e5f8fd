"""What really happened on both servers, seen from their stores: the history must say the same, no more and no less."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sync_core.journal import RunRecord
from sync_core.sandbox.running import Sandbox
from sync_core.sides import Operation

# side, operation, id before it
Deed = tuple[str, str, str]


class Deeds:
    """Watches both stores from now on. Creates are counted; the same update or delete twice is one."""

    def __init__(self, sandbox: Sandbox, sobject: str) -> None:
        self.seen: Counter[Deed] = Counter()
        self._sobject = sobject
        self._bins = {sandbox.mailbox.folder("deleteditems").id}
        org, exchange = sandbox.org, sandbox.exchange
        for name, operation in (("insert", "create"), ("change", "update"), ("remove", "delete")):
            setattr(org, name, self._left(getattr(org, name), operation))
        exchange.insert, exchange.touch, exchange.move, exchange.remove = (  # type: ignore[method-assign]  # watched
            self._made(exchange.insert),
            self._touched(exchange.touch),
            self._moved(exchange.move),
            self._removed(exchange.remove),
        )
        self._moving = False
        self._away = False

    @contextlib.contextmanager
    def looking_away(self) -> Iterator[None]:
        """What happens meanwhile is somebody else's work."""
        self._away = True
        try:
            yield
        finally:
            self._away = False

    def claimed(self, records: list[RunRecord]) -> Counter[Deed]:
        """What the history says was done."""
        found: Counter[Deed] = Counter()
        for record in records:
            for intent in record.intents:
                done = record.done.get(intent.number)
                for side, operation in intent.needs.items() if done else ():
                    if done is not None and side in done.ids:
                        before = done.ids[side] if operation is Operation.CREATE else intent.old_id(side)
                        found[side.value, operation.value, before] += 1
        return found

    def lies(self, records: list[RunRecord]) -> list[str]:
        """Where the history and the servers differ, in words."""
        claimed = self.claimed(records)
        for deed in list(claimed):
            if deed[1] != "create":
                claimed[deed] = 1
        missing = [" ".join(deed) for deed in (self.seen - claimed).elements()]
        invented = [" ".join(deed) for deed in (claimed - self.seen).elements()]
        wrong = [f"the history does not know of: {', '.join(missing)}"] if missing else []
        return wrong + ([f"the history invents: {', '.join(invented)}"] if invented else [])

    def _saw(self, side: str, operation: str, item_id: str) -> None:
        if self._away:
            return
        if operation == "create":
            self.seen[side, operation, item_id] += 1
        else:
            self.seen[side, operation, item_id] = 1

    def _left(self, real: Any, operation: str) -> Any:
        def watched(actor: Any, sobject: str, *values: Any) -> Any:
            result = real(actor, sobject, *values)
            if sobject == self._sobject:
                self._saw("salesforce", operation, str(result if operation == "create" else values[0]))
            return result

        return watched

    def _made(self, real: Any) -> Any:
        def watched(*values: Any) -> Any:
            item = real(*values)
            if not self._moving:
                self._saw("outlook", "create", item.id)
            return item

        return watched

    def _touched(self, real: Any) -> Any:
        def watched(item: Any) -> None:
            self._saw("outlook", "update", item.id)
            real(item)

        return watched

    def _moved(self, real: Any) -> Any:
        def watched(item: Any, folder: Any) -> Any:
            back = item.folder_id in self._bins
            if not back:
                self._saw("outlook", "delete", item.id)
            self._moving = True
            try:
                moved = real(item, folder)
            finally:
                self._moving = False
            if back:
                # what comes back from the deleted ones is there under a new id
                self._saw("outlook", "create", moved.id)
            return moved

        return watched

    def _removed(self, real: Any) -> Any:
        def watched(item: Any) -> None:
            if not self._moving:
                self._saw("outlook", "delete", item.id)
            real(item)

        return watched
