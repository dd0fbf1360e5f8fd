"""The sandbox's clock: real time, or a week behind it while the made-up world has not lived on yet."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


class WorldClock:
    """Call it for the moment, an aware datetime in UTC. `offset` is what its time differs from the real one by."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset
        self._staged: datetime | None = None
        self._stage_thread = 0

    def __call__(self) -> datetime:
        """The moment it is in the made-up world."""
        # only the thread that tells the story sees its moments; whoever asks meanwhile sees the running clock
        if self._staged is not None and threading.get_ident() == self._stage_thread:
            return self._staged
        return datetime.now(UTC) + self.offset

    @contextmanager
    def staged(self, start: datetime, end: datetime, steps: int) -> Iterator[Ticker]:
        """For this thread the clock stands still, and moves from `start` to `end` in `steps` ticks."""
        self._stage_thread = threading.get_ident()
        self._staged = start
        try:
            yield Ticker(self, (end - start) / max(1, steps), end)
        finally:
            self._staged = None

    def move(self, step: timedelta, end: datetime) -> None:
        """Moves a standing clock on, but never past `end`."""
        if self._staged is not None:
            self._staged = min(self._staged + step, end)


class Ticker:
    """Moves a standing clock on, one tick a call."""

    def __init__(self, clock: WorldClock, step: timedelta, end: datetime) -> None:
        self._clock = clock
        self._step = step
        self._end = end

    def tick(self) -> None:
        """One tick."""
        self._clock.move(self._step, self._end)
