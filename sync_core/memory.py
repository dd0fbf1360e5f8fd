"""What handsync remembers about one pair of accounts: links with their baselines, ignores, the last run.

One private directory per pair, one SQLite database in it, kept by diskcache. Each call that writes is on disk when it
returns. Links are kept as a log: one record per call, read in one go, the later record wins; now and then the log is
written anew in few large records. So neither reading nor writing costs a statement per link.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sqlite3
import stat
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import diskcache

from sync_core import files
from sync_core.compare import Baseline
from sync_core.errors import StoreError
from sync_core.items import Kind, fields_from_json, fields_to_json
from sync_core.jsondisk import JsonDisk
from sync_core.pairing import Link
from sync_core.plan import Ignore, IgnoreMode
from sync_core.settings.document import shown

FORMAT: Final = 1
_FORMAT_KEY: Final = "format"
_DATABASE: Final = "cache.db"
# seconds to wait for another process that is writing
_PATIENCE: Final = 10.0
# links per record when the log is written anew, and records after which it is
_CHUNK: Final = 500
_MOST_RECORDS: Final = 100
_FULL: Final = 2  # PRAGMA synchronous: what was written survives a loss of power

Pair = tuple[str, str]


class Memory:
    """The memory of one pair of accounts. May be used from several threads and processes at once.

    Every method raises StoreError with the file's name and what to do. Nothing is ever deleted because it is damaged.
    """

    def __init__(self, state_dir: Path, pair: str) -> None:
        """Opens, and if need be makes, the memory of `pair` ("left scope|right scope") below `state_dir`."""
        self.directory = state_dir / hashlib.sha256(pair.encode()).hexdigest()[:24]
        self.path = self.directory / _DATABASE
        self._lock = threading.RLock()
        with self._guarded():
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
        try:
            self._check_format(pair)
        except BaseException:
            self._cache.close()
            raise

    def links(self, kind: Kind) -> list[Link]:
        """All links of a kind, in no particular order."""
        with self._guarded(), self._transaction():
            records = [self._cache[key] for key in self._records(kind)]
        with self._guarded():
            return [_link(kind, data) for data in _folded(records).values()]

    def put_links(self, kind: Kind, links: Iterable[Link]) -> None:
        """Keeps links, in place of those with the same ids."""
        self._append(kind, [_link_data(link) for link in links])

    def drop_links(self, kind: Kind, links: Iterable[Link]) -> None:
        """Forgets links; those that are not there are no error."""
        self._append(kind, [[link.left_id, link.right_id] for link in links])

    def ignores(self, kind: Kind) -> dict[str, Ignore]:
        """What a person said no to, by row id."""
        with self._guarded():
            data = self._cache.get(f"ignores/{kind.value}", {})
            return {row_id: _ignore(kind, row_id, entry) for row_id, entry in data.items()}

    def put_ignores(self, kind: Kind, ignores: Iterable[Ignore]) -> None:
        """Keeps ignores, in place of those for the same rows."""
        new = {ignore.row_id: _ignore_data(ignore) for ignore in ignores}
        with self._guarded(), self._transaction():
            key = f"ignores/{kind.value}"
            self._cache.set(key, self._cache.get(key, {}) | new)

    def drop_ignores(self, kind: Kind, ids: Iterable[str]) -> None:
        """Takes ignores back by row id; those that are not there are no error."""
        gone = set(ids)
        with self._guarded(), self._transaction():
            key = f"ignores/{kind.value}"
            old = self._cache.get(key, {})
            self._cache.set(key, {row_id: entry for row_id, entry in old.items() if row_id not in gone})

    def last_run(self, kind: Kind) -> dict[str, Any] | None:
        """What `put_last_run` kept, or None."""
        found = self.note(f"last_run/{kind.value}")
        return found if isinstance(found, dict) else None

    def put_last_run(self, kind: Kind, data: dict[str, Any]) -> None:
        """Keeps a JSON-ready description of the last run."""
        self.put_note(f"last_run/{kind.value}", data)

    def note(self, key: str) -> Any:
        """What `put_note` kept under `key`, or None."""
        with self._guarded():
            return self._cache.get(f"note/{key}")

    def put_note(self, key: str, data: Any) -> None:
        """Keeps something JSON-ready under `key`."""
        with self._guarded(), self._transaction():
            self._cache.set(f"note/{key}", data)

    def close(self) -> None:
        """Gives the files back. The memory opens them again when it is used again."""
        self._cache.close()

    def _check_format(self, pair: str) -> None:
        with self._guarded(), self._transaction():
            found = self._cache.get(_FORMAT_KEY)
            if found is None and len(self._cache) == 0:
                self._cache.set(_FORMAT_KEY, FORMAT)
                # for a person who wonders which directory is which
                self._cache.set("pair", pair)
                return
        if isinstance(found, int) and found > FORMAT:
            raise StoreError(
                f"the memory has format {found}, which is newer than this handsync knows",
                where=shown(self.path),
                remedy="Use the newer handsync that wrote it",
            )
        if found != FORMAT:
            raise self._damaged()

    def _append(self, kind: Kind, entries: list[list[Any]]) -> None:
        if not entries:
            return
        with self._guarded(), self._transaction():
            keys = self._records(kind)
            if len(keys) >= _MOST_RECORDS:
                keys = self._rewritten(kind, keys)
            self._cache.set(_record_key(kind, _number(keys[-1]) + 1 if keys else 1), entries)

    def _records(self, kind: Kind) -> list[str]:
        """The keys of the log, oldest first."""
        start = f"links/{kind.value}/"
        return sorted(key for key in self._cache.iterkeys() if key.startswith(start))

    def _rewritten(self, kind: Kind, keys: list[str]) -> list[str]:
        """The log anew, without what later records replaced. Inside a transaction."""
        kept = list(_folded(self._cache[key] for key in keys).values())
        first = _number(keys[-1]) + 1
        chunks = [kept[at : at + _CHUNK] for at in range(0, len(kept), _CHUNK)]
        fresh = [_record_key(kind, first + number) for number in range(len(chunks))]
        for key, chunk in zip(fresh, chunks, strict=True):
            self._cache.set(key, chunk)
        for key in keys:
            self._cache.delete(key)
        return fresh or keys[-1:]

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        # diskcache's own lock is per process and thread; ours keeps threads from waiting on SQLite's
        with self._lock, self._cache.transact():
            yield

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """Turns whatever goes wrong below into a sentence that names the file."""
        try:
            yield
        except diskcache.Timeout:
            raise self._unwritable("it is in use by another handsync or cannot be written") from None
        except sqlite3.OperationalError as error:
            raise self._unwritable(str(error)) from None
        except OSError as error:
            raise self._unwritable(error.strerror or "unknown error") from None
        except (sqlite3.DatabaseError, ValueError, TypeError, KeyError, AttributeError, IndexError):
            raise self._damaged() from None

    def _unwritable(self, why: str) -> StoreError:
        return StoreError(
            f"the memory cannot be used: {why}",
            where=shown(self.path),
            remedy="Check the directory's permissions and the free space, then try again; nothing was lost",
        )

    def _damaged(self) -> StoreError:
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


def _record_key(kind: Kind, number: int) -> str:
    return f"links/{kind.value}/{number:012d}"


def _number(key: str) -> int:
    digits = key.rpartition("/")[2]
    if not re.fullmatch(r"\d{12}", digits):
        raise ValueError("not a record of the log")
    return int(digits)


def _folded(records: Iterable[list[list[Any]]]) -> dict[Pair, list[Any]]:
    """The links that a log leaves: an entry of two ids forgets, a longer one replaces."""
    found: dict[Pair, list[Any]] = {}
    for record in records:
        for entry in record:
            pair = (entry[0], entry[1])
            if len(entry) == 2:
                found.pop(pair, None)
            else:
                found[pair] = entry
    return found


def _link_data(link: Link) -> list[Any]:
    left, right = fields_to_json(link.baseline.left), fields_to_json(link.baseline.right)
    # as a rule both sides agree: the right one is kept as what differs from the left one, and what it lacks
    differs = {name: value for name, value in right.items() if name not in left or left[name] != value}
    lacks = [name for name in left if name not in right]
    return [link.left_id, link.right_id, link.mark, link.synced_at, left, differs, lacks]


def _link(kind: Kind, data: list[Any]) -> Link:
    left_id, right_id, mark, synced_at, left, differs, lacks = data
    for value in (left_id, right_id, mark, synced_at):
        if not isinstance(value, str):
            raise TypeError("not a link")
    left_fields = fields_from_json(kind, left)
    right_fields = left_fields
    if differs or lacks:
        right_fields = left_fields | fields_from_json(kind, differs)
        for name in lacks:
            del right_fields[name]
    return Link(kind, left_id, right_id, Baseline(left_fields, right_fields), mark, synced_at)


def _ignore_data(ignore: Ignore) -> list[Any]:
    said = [ignore.mode.value, ignore.left_digest, ignore.right_digest, ignore.since, ignore.title, ignore.reason]
    return [*said, ignore.left_id, ignore.right_id, fields_to_json(ignore.left), fields_to_json(ignore.right)]


def _ignore(kind: Kind, row_id: str, data: list[Any]) -> Ignore:
    mode, left, right, since, title, reason, left_id, right_id, left_fields, right_fields = data
    fields = fields_from_json(kind, left_fields), fields_from_json(kind, right_fields)
    return Ignore(row_id, IgnoreMode(mode), left, right, since, title, reason, left_id, right_id, *fields)
