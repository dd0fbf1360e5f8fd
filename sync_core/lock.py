"""One run at a time for a pair of accounts, also when two hosts share the home directory.

The lock is a row of numbered files beside the memory; the one with the highest number counts. Taking it, or taking it
over, is making the next number, which a file system allows one process only, on NFS too: link(2) of a finished file.
Nothing is ever deleted to become free, so no two can be free at once: giving back is a word inside one's own file.
`flock` is not used: it means nothing between hosts on some file systems.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sync_core import files
from sync_core.errors import HandsyncError, StoreError
from sync_core.place import Place, here
from sync_core.settings.document import shown
from sync_core.text import plain, shorten

# a run that gave no sign of life for so long has died, or sleeps: it may be taken over, and finds out when it wakes
STALE_AFTER: Final = timedelta(minutes=10)
# seconds between two signs of life on disk
_BEAT_EVERY: Final = 15.0
# the files of former runs that stay, so that one who was slow to look cannot make a number anew
_KEPT: Final = 4
_NAME: Final = re.compile(r"run\.lock\.(\d{1,12})")


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose run it is. `since` and `beat` (its last sign of life) are UTC, ISO 8601; `what` is what it runs.

    `stale` says that it has died or gave no sign of life for ten minutes, and may be taken over.
    """

    user: str
    host: str
    pid: int
    since: str
    beat: str
    what: str
    stale: bool


class LockedError(HandsyncError):
    """Another run of the same pair of accounts goes on, or was cut off and not cleared away. Nothing was started."""

    def __init__(self, holder: Holder, now: datetime) -> None:
        self.holder = holder
        what, user, host = (shorten(plain(text), 60) for text in (holder.what, holder.user, holder.host))
        run = f"{what}, started {_ago(holder.since, now)} by {user} on {host} (process {holder.pid})"
        if holder.stale:
            said = f"a run of these accounts was cut off: {run}, last heard of {_ago(holder.beat, now)}"
            remedy = "It may be taken over; what it had begun is looked up first"
        else:
            said = f"another run of these accounts goes on: {run}, last heard of {_ago(holder.beat, now)}"
            remedy = "Wait until it has ended, or end it there, then try again"
        super().__init__(said, remedy=remedy)


class LockLostError(HandsyncError):
    """This run slept so long that somebody took it over. It must not write anything more."""

    def __init__(self) -> None:
        super().__init__(
            "this run gave no sign of life for so long that another one took over",
            remedy="It stops here; what it had begun is looked up by the other one",
        )


class RunLock:
    """The right to run, for the pair of accounts whose memory is in `directory`. Used by one thread at a time."""

    def __init__(
        self, directory: Path, what: str, clock: Callable[[], datetime], place: Callable[[], Place] = here
    ) -> None:
        """`what` says in a few words what is run; `clock` gives the time (aware); `place` who asks."""
        self._directory = directory
        self._clock = clock
        self._place = place
        self._what = what
        self._number = 0
        self._mine: _Entry | None = None
        self._beaten = 0.0

    @property
    def held(self) -> bool:
        """Whether this lock was taken and not given back. Only `beat` knows whether it was lost."""
        return self._mine is not None

    def take(self, *, over: bool = False) -> None:
        """Takes the lock, with `over` also a stale one. Raises LockedError, or StoreError when it cannot be written."""
        if self._mine is not None:
            raise RuntimeError("taken already")
        with self._guarded():
            files.make_private(self._directory)
            for _ in range(100):
                if self._tried(over):
                    return
                # somebody else was quicker and may be done soon: look again
                time.sleep(0.01 + secrets.randbelow(20) / 1000)
        raise StoreError("the lock cannot be taken: too many ask for it at once", remedy="Try again")

    def holder(self) -> Holder | None:
        """Who holds the lock now, or None when it is free."""
        with self._guarded():
            found = self._found()
            return self._holder(found[1]) if found and not found[1].released else None

    def beat(self) -> None:
        """A sign of life, to be given at least every few minutes and before each batch. Cheap when given often.

        Raises LockLostError when somebody took the lock over: nothing may be written from then on.
        """
        if self._mine is None:
            raise LockLostError
        with self._guarded():
            if max(self._numbers(), default=0) > self._number:
                self._mine = None
                raise LockLostError
            if time.monotonic() - self._beaten >= _BEAT_EVERY:
                self._mine = replace(self._mine, beat=_iso(self._clock()))
                files.write_atomically(self._path(self._number), self._mine.bytes())
                self._beaten = time.monotonic()

    def release(self) -> None:
        """Gives the lock back; when it is not held, or was lost, nothing happens."""
        if self._mine is None:
            return
        mine, self._mine = self._mine, None
        with self._guarded():
            if max(self._numbers(), default=0) <= self._number:
                files.write_atomically(self._path(self._number), replace(mine, released=True).bytes())

    def __enter__(self) -> RunLock:
        """The lock, taken before."""
        return self

    def __exit__(self, *_: object) -> None:
        """Gives it back."""
        self.release()

    def _tried(self, over: bool) -> bool:
        """Whether the lock is ours now. False: somebody was quicker."""
        found = self._found()
        if found is not None and not found[1].released:
            holder = self._holder(found[1])
            if not (over and holder.stale):
                raise LockedError(holder, self._clock())
        number = found[0] + 1 if found else 1
        now = _iso(self._clock())
        entry = _Entry(self._what, now, now, self._place(), secrets.token_hex(8))
        if not self._made(number, entry):
            return False
        if max(self._numbers(), default=0) > number:
            # this number had been there and is long gone: others have it by now
            with contextlib.suppress(FileNotFoundError):
                self._path(number).unlink()
            return False
        self._number, self._mine, self._beaten = number, entry, time.monotonic()
        for old in self._numbers():
            if old <= number - _KEPT:
                with contextlib.suppress(FileNotFoundError):
                    self._path(old).unlink()
        return True

    def _made(self, number: int, entry: _Entry) -> bool:
        """Makes one numbered file in one step. False when it is there already."""
        target = self._path(number)
        draft = self._directory / f".run.lock.{entry.token}"
        try:
            _write(draft, entry.bytes())
            try:
                os.link(draft, target)
            except OSError as problem:
                # NFS may say "exists" of a link that it has just made, when the first answer was lost
                if os.stat(draft).st_nlink == 2:
                    return True
                if problem.errno == errno.EEXIST:
                    return False
                if problem.errno not in files.NO_LINKS:
                    raise
                return self._made_without_links(target, entry)
            return True
        finally:
            with contextlib.suppress(FileNotFoundError):
                draft.unlink()

    def _made_without_links(self, target: Path, entry: _Entry) -> bool:
        try:
            _write(target, entry.bytes())
        except FileExistsError:
            return False
        return True

    def _found(self) -> tuple[int, _Entry] | None:
        """The file that counts, and what it says."""
        for _ in range(5):
            numbers = self._numbers()
            if not numbers:
                return None
            number = max(numbers)
            with contextlib.suppress(FileNotFoundError):
                return number, _Entry.read(self._path(number))
        raise StoreError("the lock cannot be read: it changes all the time", remedy="Try again")

    def _numbers(self) -> list[int]:
        names = (_NAME.fullmatch(name) for name in os.listdir(self._directory)) if self._directory.exists() else ()
        return [int(name[1]) for name in names if name]

    def _path(self, number: int) -> Path:
        return self._directory / f"run.lock.{number:06d}"

    def _holder(self, entry: _Entry) -> Holder:
        place = entry.place
        stale = self._place().knows_dead(place) or self._silent(entry)
        return Holder(place.user, place.host, place.pid, entry.since, entry.beat, entry.what, stale)

    def _silent(self, entry: _Entry) -> bool:
        """Whether there was no sign of life for long.

        Clocks of two hosts differ, so the file server's own clock must say so as well: it has dated the last sign of
        life, and dates a new file now.
        """
        beat = _moment(entry.beat)
        # also when it seems to come; but a clock that was wrong by far proves nothing
        if beat is not None and abs(self._clock() - beat) < STALE_AFTER:
            return False
        probe = self._directory / f".run.lock.{secrets.token_hex(8)}"
        try:
            _write(probe, b"")
            return os.stat(probe).st_mtime - entry.written >= STALE_AFTER.total_seconds()
        finally:
            with contextlib.suppress(FileNotFoundError):
                probe.unlink()

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            raise StoreError(
                f"the lock cannot be written: {problem.strerror or 'unknown error'}",
                where=shown(self._directory),
                remedy="Check the directory's permissions and the free space, then try again; nothing was started",
            ) from None


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a numbered file says. `written` is the time of the file server, in seconds."""

    what: str
    since: str
    beat: str
    place: Place
    token: str = ""
    released: bool = False
    written: float = 0.0

    def bytes(self) -> bytes:
        data = asdict(self)
        del data["written"]
        return json.dumps(data).encode()

    @classmethod
    def read(cls, path: Path) -> _Entry:
        """What a file says; one that makes no sense belongs to somebody unknown. Raises OSError."""
        with open(path, "rb") as file:
            written, raw = os.fstat(file.fileno()).st_mtime, file.read(100_000)
        try:
            data: dict[str, Any] = json.loads(raw)
            place = data["place"]
            texts = {name: str(place[name]) for name in ("user", "host", "machine", "boot", "space", "born")}
            said = [str(data[name]) for name in ("what", "since", "beat")]
            where = Place(pid=int(place["pid"]), **texts)
            return cls(said[0], said[1], said[2], where, str(data["token"]), bool(data["released"]), written)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            when = _iso(datetime.fromtimestamp(written, UTC))
            return cls("an unknown run", when, when, Place("somebody", "an unknown host", 0), written=written)


def _write(path: Path, content: bytes) -> None:
    """Makes a file that must not be there. Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with open(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _ago(text: str, now: datetime) -> str:
    """How long ago something was, in words. Clocks of two hosts differ: what seems to come is now."""
    then = _moment(text)
    if then is None:
        return "at an unknown time"
    seconds = max(0, int((now - then).total_seconds()))
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            number = seconds // size
            return f"{number} {word}{'s' if number > 1 else ''} ago"
    return "just now" if seconds < 10 else f"{seconds} seconds ago"
