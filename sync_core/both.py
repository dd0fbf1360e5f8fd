"""Both sides at once, and one side bit by bit: how items are read that somebody waits for and may stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event, Thread
from typing import Final

from sync_core.errors import CancelledError
from sync_core.items import Kind, SideName
from sync_core.question import Picture
from sync_core.sides import CancelCheck, Progress, ProgressSink, Ref, Side, Sighting

# items looked at before a person can stop it: what both sides answer at once
_LOOKED_AT: Final = 200


def both(work: Callable[[SideName], Picture], stop: Event) -> tuple[Picture, Picture]:
    """Does `work` for both sides at once. When one fails the other is told to stop; the first error comes out."""
    found: dict[SideName, Picture] = {}
    problems: list[BaseException] = []

    def guarded(side: SideName) -> None:
        try:
            found[side] = work(side)
        except BaseException as problem:
            problems.append(problem)
            stop.set()

    # daemons: a server that does not answer must not hold back somebody who quits
    threads = [Thread(target=guarded, args=(side,), name=f"read {side.value}", daemon=True) for side in SideName]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        # the second error is as a rule only the echo of the first: "cancelled"
        raise problems[0]
    return found[SideName.SALESFORCE], found[SideName.OUTLOOK]


def looked_at(
    side: Side, kind: Kind, refs: Sequence[Ref], progress: ProgressSink, stopped: CancelCheck
) -> dict[str, Sighting]:
    """The items behind `refs`, bit by bit. Raises SideError, and CancelledError once `stopped` says so."""
    sightings: dict[str, Sighting] = {}
    for at in range(0, len(refs), _LOOKED_AT):
        progress(Progress(side.name, at, len(refs), "looking at what the run touched"))
        if stopped():
            raise CancelledError
        sightings |= side.look(kind, refs[at : at + _LOOKED_AT])
    return sightings


def seen_too(side: Side, kind: Kind, picture: Picture, refs: list[Ref]) -> Picture:
    """A picture of a side with what became of the items behind `refs`, which its listing does not have."""
    if not refs:
        return picture
    return Picture(picture.description, picture.reading, side.look(kind, refs))
