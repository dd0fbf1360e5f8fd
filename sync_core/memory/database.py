"""The database file of a memory: JSON under keys of plain text, kept by diskcache.

What is written is on disk when the outermost transaction is over: all of it or nothing. Reading a range of keys is one
statement on the index, so that a long history costs nothing to those who do not ask for it.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import diskcache

from sync_core import files
from sync_core.errors import StoreError
from sync_core.jsondisk import JsonDisk
from sync_core.settings.document import shown

NAME: Final = "cache.db"
# seconds to wait for another process that is writing
_PATIENCE: Final = 10.0
_FULL: Final = 2  # PRAGMA synchronous: what was written survives a loss of power
# comes after all characters that keys are made of
_BEYOND: Final = "\x7f"


class Database:
    """JSON values under text keys, in one directory. May be used from several threads and processes at once.

    Every method raises StoreError with the file's name and what to do, and TypeError or ValueError for no JSON.
    """

    def __init__(self, directory: Path) -> None:
        """Opens the database in `directory`, and makes both if need be."""
        self.directory = directory
        self.path = directory / NAME
        self._lock = threading.RLock()
        self._depth = 0
        self._broken = False
        with self.guarded():
            _prepare(self.directory, self.path)
            self._cache = diskcache.Cache(
                str(self.directory),
                timeout=_PATIENCE,
                disk=JsonDisk,
                eviction_policy="none",
                cull_limit=0,
                size_limit=2**62,
                disk_min_file_size=2**62,
                sqlite_synchronous=_FULL,
                statistics=0,
                tag_index=0,
            )

    def get(self, key: str, default: Any = None) -> Any:
        """The value under `key`, or `default`."""
        with self.reading():
            return self._cache.get(key, default)

    def put(self, values: Mapping[str, Any]) -> None:
        """Keeps values under their keys, all of them or none."""
        with self.transaction():
            for key, value in values.items():
                if not (key and key.isascii() and key.isprintable()):
                    raise ValueError("keys are printable ASCII")
                with self.guarded():
                    self._cache.set(key, value)

    def keys(self, prefix: str) -> list[str]:
        """The keys that begin with `prefix`, in order."""
        with self.guarded():
            return [key for (key,) in self._range("SELECT key", prefix, " ORDER BY key")]

    def items(self, prefix: str) -> dict[str, Any]:
        """The values whose keys begin with `prefix`, in the order of their keys."""
        with self.reading():
            rows = self._range("SELECT key, mode, filename, value", prefix, " ORDER BY key")
            return {key: self._cache.disk.fetch(mode, name, value, False) for key, mode, name, value in rows}

    def drop(self, prefix: str) -> None:
        """Forgets every key that begins with `prefix`."""
        with self.transaction(), self.guarded():
            self._range("DELETE", prefix)

    def delete(self, key: str) -> None:
        """Forgets one key; one that is not there is no error."""
        with self.transaction(), self.guarded():
            self._cache.delete(key)

    def foreign(self) -> bool:
        """Whether a row was not written by handsync. None is looked into."""
        wrong = "raw IS NOT 1 OR mode IS NOT 1 OR filename IS NOT NULL OR typeof(key) <> 'text'"
        with self.guarded():
            found = self._cache._con.execute(f"SELECT 1 FROM Cache WHERE {wrong} LIMIT 1").fetchone()
        return found is not None

    def empty(self) -> bool:
        """Whether nothing was ever kept."""
        with self.guarded():
            return len(self._cache) == 0

    def close(self) -> None:
        """Gives the files back. They are opened again when the database is used again."""
        self._cache.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """What is written inside is on disk when the outermost transaction is over: all of it, or nothing.

        A failure inside takes everything back, even when the caller goes on after it. Other threads wait.
        """
        with self._lock:
            if self._depth:
                self._depth += 1
                try:
                    yield
                except BaseException:
                    self._broken = True
                    raise
                finally:
                    self._depth -= 1
                return
            with self.guarded():
                ours = self._cache.transact()
                ours.__enter__()
            self._depth, self._broken = 1, False
            try:
                yield
                if self._broken:
                    raise self.unwritable("a part of what belongs together could not be written")
            except BaseException:
                # SQLite has given up the transaction by itself when the disk was full
                with contextlib.suppress(sqlite3.OperationalError):
                    ours.__exit__(*sys.exc_info())
                raise
            else:
                self._commit(ours)
            finally:
                self._depth = 0

    def _commit(self, ours: contextlib.AbstractContextManager[None]) -> None:
        try:
            with self.guarded():
                ours.__exit__(None, None, None)
        finally:
            connection = self._cache._con
            if connection.in_transaction:
                connection.rollback()

    def _range(self, what: str, prefix: str, order: str = "") -> list[Any]:
        """A statement on the keys that begin with `prefix`, on the connection that a transaction is open on.

        diskcache can only walk through all keys, a hundred at a time.
        """
        if not prefix:
            raise ValueError("a prefix is wanted")
        bounds = (prefix, prefix + _BEYOND)
        statement = f"{what} FROM Cache WHERE key >= ? AND key < ? AND raw = 1{order}"
        rows: list[Any] = self._cache._con.execute(statement, bounds).fetchall()
        return rows

    @contextlib.contextmanager
    def guarded(self) -> Iterator[None]:
        """Turns whatever goes wrong below into a sentence that names the file."""
        try:
            yield
        except diskcache.Timeout:
            raise self.unwritable("it is in use by another handsync or cannot be written") from None
        except sqlite3.OperationalError as error:
            raise self.unwritable(str(error)) from None
        except OSError as error:
            raise self.unwritable(error.strerror or "unknown error") from None
        except sqlite3.DatabaseError:
            raise self.damaged() from None

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """The same for what makes sense of values that were read: what cannot be made sense of is damage."""
        try:
            with self.guarded():
                yield
        except (ValueError, TypeError, KeyError, AttributeError, IndexError):
            raise self.damaged() from None

    def unwritable(self, why: str) -> StoreError:
        """The error for a file that cannot be used now."""
        return StoreError(
            f"the memory cannot be used: {why}",
            where=shown(self.path),
            remedy="Check the directory's permissions and the free space, then try again; nothing was lost",
        )

    def damaged(self) -> StoreError:
        """The error for a file that makes no sense."""
        place = shown(self.directory)
        return StoreError(
            "the memory is damaged or was not written by handsync; nothing was deleted",
            where=shown(self.path),
            remedy=f"Bring it back from a backup, or move it away (mv {place} {place}.damaged) and plan again: "
            "equal items are linked anew, ignored items are offered again",
        )


def _prepare(directory: Path, path: Path) -> None:
    """Makes the directory 0700 and the database 0600 before SQLite opens it: its other files take over that mode."""
    files.make_private(directory)
    status = os.stat(directory)
    if status.st_uid != os.geteuid():
        raise PermissionError(0, "its directory belongs to somebody else")
    if status.st_mode & 0o077:
        os.chmod(directory, 0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        if stat.S_IMODE(os.fstat(handle).st_mode) & 0o077:
            os.fchmod(handle, 0o600)
    finally:
        os.close(handle)
