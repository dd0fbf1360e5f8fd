"""Reviews in progress are kept while they are edited: beside the screen, and at most once a second."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sync_core.errors import HandsyncError
from sync_core.items import Kind

if TYPE_CHECKING:
    from sync_core.draft import Draft
    from sync_core.review import Review

    Keep = Callable[[Draft], None]

# seconds between two writes: what a person can lose at most when the process is killed
PAUSE: Final = 1.0
# seconds that the end of the program waits for the last write
_PATIENCE: Final = 5.0


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class DraftKeeper:
    """Writes the latest state of each review in a thread of its own. `note` costs the screen nothing."""

    def __init__(self, faults: list[BaseException], *, now: Callable[[], str] = _now, pause: float = PAUSE) -> None:
        """`faults` takes what goes wrong by a fault of our own; `now` gives UTC, ISO 8601."""
        self._faults = faults
        self._now = now
        self._pause = pause
        self._waiting: dict[Kind, tuple[Keep, Review]] = {}
        self._writing = False
        self._hurry = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        # why the last write did not succeed, as a sentence; "" when it did
        self.trouble = ""

    def note(self, keep: Keep, review: Review) -> None:
        """From now on `review` is what `keep` shall keep for its process. Returns at once."""
        with self._changed:
            self._waiting[review.plan.kind] = (keep, review)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="handsync-drafts", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def drop(self, kind: Kind, forget: Callable[[Kind], None]) -> None:
        """Forgets the draft of a process for good, also what waits to be written. Blocks. Raises StoreError."""
        with self._changed:
            self._waiting.pop(kind, None)
            self._changed.wait_for(lambda: not self._writing, _PATIENCE)
        forget(kind)

    def flush(self) -> bool:
        """Blocks until all is on disk, at most a few seconds; whether it is."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            try:
                done = self._changed.wait_for(lambda: not (self._waiting or self._writing), _PATIENCE)
            finally:
                self._hurry = False
        return done and not self.trouble

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._waiting))
                taken, self._waiting = self._waiting, {}
                self._writing = True
            try:
                self.trouble = self._write(taken)
            except Exception as fault:  # told when the program ends; the next decision is another attempt
                self._faults.append(fault)
                self.trouble = f"The review cannot be kept ({type(fault).__name__})."
            with self._changed:
                self._writing = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._hurry, self._pause)

    def _write(self, taken: dict[Kind, tuple[Keep, Review]]) -> str:
        # the program starts without it
        from sync_core.draft import draft_of

        trouble = ""
        for keep, review in taken.values():
            try:
                keep(draft_of(review, self._now()))
            except HandsyncError as error:
                trouble = error.sentence()
        return trouble
