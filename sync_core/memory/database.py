"""The database file of a memory: JSON under keys of plain text, kept by diskcache.

What is written is on disk when the outermost transaction is over: all of it or nothing. Reading a range of keys is one
statement on the index, so that a long history costs nothing to those who do not ask for it.
"""

from __future__ import annotations

import contextlib
import errno
import sqlite3
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import diskcache

from sync_core import files
from sync_core.errors import StoreError
from sync_core.jsondisk import JsonDisk
from sync_core.memory import opening
from sync_core.settings.document import shown

_FULL: Final = 2  # PRAGMA synchronous: what was written survives a loss of power
# comes after all characters that keys are made of
_BEYOND: Final = "\x7f"


class DamagedError(StoreError):
    """What was read makes no sense."""


class Database:
    """JSON values under text keys, in one directory. May be used from several threads and processes at once.

    Every method raises StoreError with the file's name and what to do, and TypeError or ValueError for no JSON.
    """

    def __init__(self, directory: Path, pair: str, now: datetime) -> None:
        """Opens the database of `pair` in `directory`, and makes both if need be. `now` (aware) dates what is damaged.

        `prepared` tells of damage that was found.
        """
        self.directory = directory
        self.path = directory / opening.NAME
        self._lock = threading.RLock()
        self._depth = 0
        self._broken = False
        with self.guarded(), opening.alone(directory):
            self.prepared = opening.prepare(directory, now)
            self._open(pair)

    def start_anew(self, pair: str, now: datetime, why: str) -> opening.SetAside:
        """Sets the file aside though it could be opened, and goes on with an empty one. The pair's lock is held."""
        self.close()
        with self.guarded(), opening.alone(self.directory):
            aside = opening.replace_file(self.directory, now, why)
            self._open(pair)
        return aside

    def check_space(self, needed: int) -> None:
        """Really writes `needed` bytes beside the database, and into it, and takes them away again."""
        with self.guarded():
            free = files.free_space(self.directory)
            if free is not None and free < needed:
                raise OSError(errno.ENOSPC, f"{_size(needed)} are needed and {_size(free)} are free")
            files.try_to_write(self.directory, needed)
        self.put({"state/tried": needed})

    def _open(self, pair: str) -> None:
        with self.guarded():
            self._cache = diskcache.Cache(
                str(self.directory),
                timeout=opening.PATIENCE,
                disk=JsonDisk,
                eviction_policy="none",
                cull_limit=0,
                size_limit=2**62,
                disk_min_file_size=2**62,
                sqlite_synchronous=_FULL,
                # the others mean nothing between two hosts with a common home directory
                sqlite_journal_mode="truncate",
                sqlite_mmap_size=0,
                statistics=0,
                tag_index=0,
            )
        try:
            with self.transaction(), self.guarded():
                if opening.mark(self._cache._con):
                    # for a person who wonders which directory is which
                    self._cache.set("pair", pair)
        except BaseException:
            self.close()
            raise

    def get(self, key: str, default: Any = None) -> Any:
        """The value under `key`, or `default`."""
        with self.reading():
            return self._cache.get(key, default)

    def put(self, values: Mapping[str, Any]) -> None:
        """Keeps values under their keys, all of them or none."""
        with self.transaction():
            for key, value in values.items():
                if not opening.fit(key):
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

    def clear(self, pair: str) -> None:
        """Forgets everything; the file shrinks."""
        with self.transaction(), self.guarded():
            self._cache._con.execute("PRAGMA secure_delete = ON")
            self._cache._con.execute("DELETE FROM Cache")
            opening.mark(self._cache._con)
            self._cache.set("pair", pair)

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
        except sqlite3.Error as error:
            if opening.speaks_of_damage(error):
                raise self.damaged() from None
            raise self.unwritable(opening.in_words(error)) from None
        except OSError as error:
            raise self.unwritable(error.strerror or "unknown error") from None

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

    def damaged(self) -> DamagedError:
        """The error for a file that makes no sense, though it seemed well when it was opened."""
        return DamagedError(
            "the memory is damaged; nothing was deleted",
            where=shown(self.path),
            remedy="Start handsync again, which checks it and sets it aside; or run: handsync rebuild",
        )


def _size(number: int) -> str:
    return f"{number / 1_000_000:.1f} MB" if number >= 100_000 else f"{number / 1000:.0f} kB"
