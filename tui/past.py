"""What a person should know before they start anything: runs that were cut off, others that go on, damaged memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sync_core.errors import StoreError
from sync_core.items import Kind
from sync_core.text import plain
from tui import format as fmt

if TYPE_CHECKING:
    from sync_core.journal import RunHead
    from sync_core.lock import Holder
    from sync_core.service import Service
    from tui.run_words import Clock


@dataclass(frozen=True)
class Past:
    """Runs that wait for a word, the newest first; whose runs go on now; and what became of damaged memory."""

    cut_off: tuple[RunHead, ...] = ()
    busy: tuple[Holder, ...] = ()
    because: tuple[str, ...] = ()

    @classmethod
    def of(cls, service: Service) -> Past:
        """Reads it from the memory. Blocks; needs no connection. A memory that cannot be read is told like damage."""
        try:
            return cls._read(service)
        except StoreError as error:
            return cls(because=(error.sentence(),))

    @classmethod
    def _read(cls, service: Service) -> Past:
        holders = {kind: service.busy(kind) for kind in Kind}
        cut = [head for head in service.cut_off() if head.finished or holders[head.kind] is None]
        busy = [holder for holder in holders.values() if holder is not None]
        return cls(tuple(cut), tuple(busy), tuple(service.rebuilt_because()))

    def sentences(self, clock: Clock, now: datetime) -> list[str]:
        """All of it in words, a paragraph each. `now` is the time, aware."""
        said = [f"{words[:1].upper()}{words[1:].rstrip('.')}." for words in map(plain, self.because)]
        for holder in self.busy:
            said.append(
                f"A run goes on now: {plain(holder.what)}, started {fmt.age(holder.since, now)} by "
                f"{plain(holder.user)} on {plain(holder.host)}."
            )
        if len(self.cut_off) == 1:
            said.append(f"A run was cut off: {about(self.cut_off[0], clock)}. {_WHAT_TO_DO}")
        elif self.cut_off:
            runs = "; ".join(about(head, clock) for head in self.cut_off)
            said.append(f"{len(self.cut_off)} runs were cut off: {runs}. {_WHAT_TO_DO}")
        return said


_WHAT_TO_DO = "Press f to see what it did, and to finish it or stop here; nothing is repeated by itself."


def about(head: RunHead, clock: Clock) -> str:
    """A run in a few words: "Calendar, Sun 22 Nov 08:00, 17 rows, by priya@jump-host"."""
    # Home is drawn without it
    from tui.run_words import rows_of

    words = f"{head.kind.label}, {clock.moment(head.started)}, {fmt.plural(rows_of(head), 'row')}"
    return f"{words}, by {plain(head.user)}" if head.user else words
