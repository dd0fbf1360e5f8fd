"""What happens to a memory's file before it is used: made private, checked, brought to today's format, or set aside.

A file that makes no sense is renamed, with its journal, and stays beside the new one; nothing is deleted. What can
still be read of it and has the right checksum is carried over, but for the links: half of them would be worse than
none, and equal items are linked anew by their marks.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import itertools
import json
import os
import sqlite3
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote

from sync_core import files
from sync_core.errors import StoreError
from sync_core.jsondisk import RAW, ForeignRowError, opened, sealed
from sync_core.lock import LockedError, RunLock
from sync_core.settings.document import shown

FORMAT: Final = 2
FORMAT_KEY: Final = "format"
NAME: Final = "cache.db"
LINKS: Final = "links/"
# records that were damaged are kept under this, and never read again
DAMAGED: Final = "damaged/"
# what is carried over from a damaged file, where it can be read
_CARRIED: Final = ("ignore/", "record/", "note/")
# seconds to wait for another process that is writing
PATIENCE: Final = 10.0
# bytes that are read through whole at the start: 50 MB take 50 ms
_CHECKED_WHOLE: Final = 100_000_000
_BESIDE: Final = ("-journal", "-wal", "-shm")
# result codes of SQLite that speak of the file's content; source: sqlite.org/rescode.html
_ERROR: Final = 1
_CORRUPT: Final = 11
_NOT_A_DATABASE: Final = 26
_BUSY: Final = (5, 6)
# rows of what this program never writes; they are not looked into
_FOREIGN: Final = (
    "raw IS NOT 1 OR mode IS NOT 1 OR filename IS NOT NULL OR typeof(key) <> 'text' OR typeof(value) <> 'text'"
)
# SQLite takes a file that is shorter than its own header for a new one
_HEADER: Final = 100


@dataclass(frozen=True, slots=True)
class SetAside:
    """A damaged file was renamed to `path`, for the reason `why`; `saved` is what could still be read, by key."""

    path: Path
    why: str
    saved: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What had to be done before a file could be used: it was set aside, or some of its records were put away."""

    set_aside: SetAside | None = None
    put_away: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    damage: str = ""
    format: int = FORMAT
    # keys of records with a wrong checksum
    bad: tuple[str, ...] = ()


class _DamageError(Exception):
    """What was found makes no sense; the text says why."""


def prepare(directory: Path, now: datetime) -> Prepared:
    """Makes the file in `directory` fit to be used, or makes it.

    Raises StoreError for a file of a newer format, and while a run uses a damaged one; OSError and sqlite3.Error when
    the place cannot be used.
    """
    path = directory / NAME
    make_private(directory, path)
    found = _inspect(path)
    aside = None
    if found.damage:
        aside = start_anew(directory, now)
        found = _inspect(path)
    if found.format > FORMAT:
        raise StoreError(
            f"the memory has format {found.format}, which is newer than this handsync knows",
            where=shown(path),
            remedy="Use the newer handsync that wrote it",
        )
    if found.format < FORMAT:
        _migrate(path)
    if found.bad:
        _put_away(path, found.bad, now)
    return Prepared(aside, found.bad)


def start_anew(directory: Path, now: datetime) -> SetAside | None:
    """Sets the file aside if it is damaged, and makes an empty one. Never during a run.

    Gives None when another process was quicker. Raises StoreError, OSError, sqlite3.Error.
    """
    path = directory / NAME
    lock = RunLock(directory, "setting a damaged memory aside", lambda: datetime.now(UTC))
    try:
        lock.take(over=True)
    except LockedError as other:
        raise StoreError(
            f"the memory is damaged, but nothing can be done while it is in use ({other.what})",
            where=shown(path),
            remedy="Wait until that run has ended, then try again",
        ) from None
    with lock:
        why = _inspect(path).damage
        return replace_file(directory, now, why) if why else None


def replace_file(directory: Path, now: datetime, why: str) -> SetAside:
    """Sets the file aside for the reason `why`, and makes an empty one. The pair's lock is held.

    Raises OSError, sqlite3.Error.
    """
    path = directory / NAME
    saved = {key: data for key, data in _salvaged(path) if key.startswith(_CARRIED) and fit(key)}
    stamp = f"damaged-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    names = (f"{stamp}{f'-{number}' if number else ''}.db" for number in itertools.count())
    target = next(directory / name for name in names if not (directory / name).exists())
    # the database first: a database without its journal could pass for whole, a journal without one does not
    os.rename(path, target)
    for suffix in _BESIDE:
        with contextlib.suppress(FileNotFoundError):
            os.rename(f"{path}{suffix}", f"{target}{suffix}")
    make_private(directory, path)
    return SetAside(target, why, saved)


def fit(key: str) -> bool:
    """Whether a key can be found by the beginning of it."""
    return bool(key) and key.isascii() and key.isprintable()


def make_private(directory: Path, path: Path) -> None:
    """Makes the directory 0700 and the database 0600 before SQLite opens it: its other files take over that mode."""
    files.make_private(directory)
    status = os.stat(directory)
    if status.st_uid != os.geteuid():
        raise PermissionError(0, "its directory belongs to somebody else")
    if status.st_mode & 0o077:
        os.chmod(directory, 0o700)
    try:
        # not opened where it is there: to close it would give up the locks that SQLite has on it in this process
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, flags, 0o600))
        return
    if not stat.S_ISREG(mode):
        raise PermissionError(0, "it is not a file")
    if stat.S_IMODE(mode) & 0o077:
        os.chmod(path, 0o600)


@contextlib.contextmanager
def alone(directory: Path) -> Iterator[None]:
    """One process at a time makes, checks or replaces the file in `directory`: a file that is half made by another
    one looks damaged.

    Raises OSError, also when another process takes longer than can be.
    """
    files.make_private(directory)
    handle = os.open(directory / "opening", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise OSError(errno.EBUSY, "it is in use by another handsync") from None
                time.sleep(0.02)
        yield
    finally:
        os.close(handle)


def speaks_of_damage(error: sqlite3.Error) -> bool:
    """Whether an error of SQLite is about what the file holds, and not about the disk, a lock or permissions."""
    # the module itself raises errors without a code, about text that is none
    code = getattr(error, "sqlite_errorcode", None)
    return code is None or code & 0xFF in (_ERROR, _CORRUPT, _NOT_A_DATABASE)


def in_words(error: sqlite3.Error) -> str:
    """An error of SQLite as a part of a sentence."""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY:
        return "it is in use by another handsync"
    return str(error)


def _inspect(path: Path) -> _Found:
    if path.stat().st_size == 0:
        beside = any(os.path.getsize(f"{path}{s}") for s in _BESIDE if os.path.exists(f"{path}{s}"))
        return _Found(damage="it is empty, but its journal is not" if beside else "")
    if path.stat().st_size < _HEADER:
        return _Found(damage="it was cut off")
    try:
        with _connected(path) as database:
            return _looked_at(database, path.stat().st_size)
    except _DamageError as problem:
        return _Found(damage=str(problem))
    except sqlite3.Error as error:
        if speaks_of_damage(error):
            return _Found(damage=str(error))
        raise


def _looked_at(database: sqlite3.Connection, size: int) -> _Found:
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables <= {"Cache", "Settings", "sqlite_sequence"}:
        raise _DamageError("it was not written by handsync")
    if "Cache" not in tables:
        # cut off while it was made
        return _Found()
    if size <= _CHECKED_WHOLE:
        ((said,),) = database.execute("PRAGMA integrity_check(1)").fetchall()
        if said != "ok":
            raise _DamageError(str(said).replace("\n", " "))
    if database.execute(f"SELECT 1 FROM Cache WHERE {_FOREIGN} LIMIT 1").fetchone():
        raise _DamageError("it holds what was not written by handsync")
    number = _format(database)
    if number is None:
        if database.execute("SELECT 1 FROM Cache LIMIT 1").fetchone():
            raise _DamageError("it was not written by handsync")
        return _Found()
    if number < FORMAT:
        for key, value in _values(database):
            _migrated(key, value)
    if number != FORMAT or size > _CHECKED_WHOLE:
        return _Found(format=number)
    bad = tuple(key for key, value in _values(database) if not (key.startswith(DAMAGED) or _whole(value)))
    if any(key.startswith(LINKS) for key in bad):
        raise _DamageError("links are not what was written")
    return _Found(bad=bad)


def _format(database: sqlite3.Connection) -> int | None:
    """The number of the format. It has no checksum: an older handsync must be able to read it, and refuse."""
    row = database.execute("SELECT value FROM Cache WHERE key = ?", (FORMAT_KEY,)).fetchone()
    if row is None:
        return None
    text = row[0]
    if not (isinstance(text, str) and text.isascii() and text.isdigit() and 1 <= int(text[:9]) < 10**9):
        raise _DamageError("it does not say which format it has")
    return int(text[:9])


def mark(database: sqlite3.Connection) -> bool:
    """Marks a file as of today's format. False when it is already. Inside a transaction."""
    if _format(database) == FORMAT:
        return False
    database.execute("DELETE FROM Cache WHERE key = ?", (FORMAT_KEY,))
    _insert(database, FORMAT_KEY, str(FORMAT))
    return True


def _values(database: sqlite3.Connection, order: str = "") -> Iterator[tuple[str, object]]:
    statement = f"SELECT key, value FROM Cache WHERE NOT ({_FOREIGN}) AND key <> ?{order}"
    yield from database.execute(statement, (FORMAT_KEY,))


def _whole(value: object) -> bool:
    text, _, _ = str(value).rpartition("\n")
    with contextlib.suppress(UnicodeEncodeError):
        return sealed(text) == value
    return False


def _put_away(path: Path, bad: Iterable[str], now: datetime) -> None:
    """Damaged records that others do not depend on get another name, under which nobody looks for them."""
    with _connected(path) as database, _transaction(database):
        for key in bad:
            name = f"{DAMAGED}{now.astimezone(UTC):%Y%m%dT%H%M%SZ}/{key}"
            database.execute("UPDATE OR IGNORE Cache SET key = ? WHERE key = ?", (name, key))


def _salvaged(path: Path) -> Iterator[tuple[str, Any]]:
    """What can be read of a damaged file of today's format and is what was written, without the links."""
    if path.stat().st_size < _HEADER:
        # nothing to read, and to open it would delete the journal beside it
        return
    for order in (" ORDER BY rowid", " ORDER BY rowid DESC"):
        # whatever stops the reading: what came before it is good
        with contextlib.suppress(sqlite3.Error), _connected(path) as database:
            for key, value in _values(database, order):
                if not key.startswith((LINKS, DAMAGED)):
                    with contextlib.suppress(ForeignRowError):
                        yield key, opened(value)


def _migrate(path: Path) -> None:
    """From format 1 to 2, in one transaction: values get a checksum, each ignore its own record.

    Raises sqlite3.Error; then the file is as it was.
    """
    with _connected(path) as database:
        # SQLite's shared memory means nothing between two hosts with a common home directory
        database.execute("PRAGMA journal_mode = truncate").fetchall()
        with _transaction(database):
            if _format(database) == FORMAT:
                return
            for key, value in list(_values(database)):
                database.execute("DELETE FROM Cache WHERE key = ?", (key,))
                for name, text in _migrated(key, value).items():
                    _insert(database, name, text)
            mark(database)


def _migrated(key: str, value: object) -> dict[str, str]:
    """The records of format 2 that one of format 1 becomes. Raises _DamageError."""
    try:
        data = json.loads(str(value))
        new = {key: data}
        if key.startswith("ignores/"):
            kind = key.removeprefix("ignores/")
            new = {ignore_key(kind, row_id): entry for row_id, entry in data.items()}
        return {name: sealed(json.dumps(content, separators=(",", ":"))) for name, content in new.items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise _DamageError("a record of the older format makes no sense") from None


def ignore_key(kind: str, row_id: str = "") -> str:
    """The key of one ignore, or what all of a kind begin with."""
    return f"ignore/{kind}/{quote(row_id, safe='', errors='surrogatepass')}"


def ignored_row(key: str) -> str:
    """The row id in the key of an ignore."""
    return unquote(key.rpartition("/")[2], errors="surrogatepass")


def _insert(database: sqlite3.Connection, key: str, value: str) -> None:
    database.execute(
        "INSERT INTO Cache (key, raw, store_time, access_time, size, mode, value) VALUES (?, 1, 0, 0, 0, ?, ?)",
        (key, RAW, value),
    )


@contextlib.contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection of our own, without diskcache, which writes as soon as it opens a file."""
    database = sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=PATIENCE, isolation_level=None)
    # text that is none must be found by its checksum, not stop the search
    database.text_factory = lambda raw: raw.decode("utf-8", "replace")
    try:
        database.execute("PRAGMA synchronous = FULL")
        yield database
    finally:
        database.close()


@contextlib.contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[None]:
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.rollback()
        raise
    database.commit()
