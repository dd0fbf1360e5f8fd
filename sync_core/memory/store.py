"""What handsync remembers about one pair of accounts: links with their baselines, ignores, the runs, drafts.

One private directory per pair, one database in it. Each call that writes is on disk when it returns; calls inside one
`transaction` are so together or not at all. Links are kept as a log: one record per call, read in one go, the later
record wins; now and then the log is written anew in few large records. So neither reading nor writing costs a statement
per link.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

from sync_core.errors import StoreError
from sync_core.items import Kind
from sync_core.memory import entries
from sync_core.memory.database import Database
from sync_core.pairing import Link
from sync_core.plan import Ignore
from sync_core.settings.document import shown

FORMAT: Final = 1
_FORMAT_KEY: Final = "format"
# links per record when the log is written anew, and records after which it is
_CHUNK: Final = 500
_MOST_RECORDS: Final = 100


class Memory:
    """The memory of one pair of accounts. May be used from several threads and processes at once.

    Every method raises StoreError with the file's name and what to do. Nothing is ever deleted because it is damaged.
    """

    def __init__(self, state_dir: Path, pair: str) -> None:
        """Opens, and if need be makes, the memory of `pair` ("left scope|right scope") below `state_dir`."""
        self.directory = state_dir / hashlib.sha256(pair.encode()).hexdigest()[:24]
        self._database = Database(self.directory)
        self.path = self._database.path
        try:
            self._check_format(pair)
        except BaseException:
            self.close()
            raise

    def transaction(self) -> AbstractContextManager[None]:
        """Calls inside are on disk together when the outermost transaction is over, or not at all.

        A failure inside takes everything back. Other threads and processes that want to write wait: keep it short.
        """
        return self._database.transaction()

    def links(self, kind: Kind) -> list[Link]:
        """All links of a kind, in no particular order."""
        records = self._database.items(_log(kind))
        with self._database.reading():
            for key in records:
                _number(key)
            return [entries.link(kind, data) for data in entries.folded(records.values()).values()]

    def put_links(self, kind: Kind, links: Iterable[Link]) -> None:
        """Keeps links, in place of those with the same ids."""
        self._append(kind, [entries.link_data(link) for link in links])

    def drop_links(self, kind: Kind, links: Iterable[Link]) -> None:
        """Forgets links; those that are not there are no error."""
        self._append(kind, [[link.left_id, link.right_id] for link in links])

    def ignores(self, kind: Kind) -> dict[str, Ignore]:
        """What a person said no to, by row id."""
        data = self._database.get(f"ignores/{kind.value}", {})
        with self._database.reading():
            return {row_id: entries.ignore(kind, row_id, entry) for row_id, entry in data.items()}

    def put_ignores(self, kind: Kind, ignores: Iterable[Ignore]) -> None:
        """Keeps ignores, in place of those for the same rows."""
        new = {ignore.row_id: entries.ignore_data(ignore) for ignore in ignores}
        with self.transaction():
            key = f"ignores/{kind.value}"
            self._database.put({key: self._database.get(key, {}) | new})

    def drop_ignores(self, kind: Kind, ids: Iterable[str]) -> None:
        """Takes ignores back by row id; those that are not there are no error."""
        gone = set(ids)
        with self.transaction():
            key = f"ignores/{kind.value}"
            old = self._database.get(key, {})
            self._database.put({key: {row_id: entry for row_id, entry in old.items() if row_id not in gone}})

    def put_record(self, key: str, data: Any) -> None:
        """Keeps something JSON-ready under `key` (printable ASCII), in place of what was there."""
        self.put_records({key: data})

    def put_records(self, records: Mapping[str, Any]) -> None:
        """Keeps several records, all of them or none."""
        self._database.put({f"record/{key}": data for key, data in records.items()})

    def record(self, key: str) -> Any:
        """What `put_record` kept under `key`, or None."""
        return self._database.get(f"record/{key}")

    def records(self, prefix: str) -> dict[str, Any]:
        """All records whose keys begin with `prefix`, in the order of their keys. A damaged one is a StoreError."""
        found = self._database.items(f"record/{prefix}")
        return {key.removeprefix("record/"): data for key, data in found.items()}

    def drop_records(self, prefix: str) -> None:
        """Forgets all records whose keys begin with `prefix`."""
        self._database.drop(f"record/{prefix}")

    def last_run(self, kind: Kind) -> dict[str, Any] | None:
        """What `put_last_run` kept, or None."""
        found = self.note(f"last_run/{kind.value}")
        return found if isinstance(found, dict) else None

    def put_last_run(self, kind: Kind, data: dict[str, Any]) -> None:
        """Keeps a JSON-ready description of the last run."""
        self.put_note(f"last_run/{kind.value}", data)

    def note(self, key: str) -> Any:
        """What `put_note` kept under `key`, or None."""
        return self._database.get(f"note/{key}")

    def put_note(self, key: str, data: Any) -> None:
        """Keeps something JSON-ready under `key`."""
        self._database.put({f"note/{key}": data})

    def close(self) -> None:
        """Gives the files back. The memory opens them again when it is used again."""
        self._database.close()

    def _check_format(self, pair: str) -> None:
        with self.transaction():
            if self._database.foreign():
                raise self._database.damaged()
            found = self._database.get(_FORMAT_KEY)
            if found is None and self._database.empty():
                # the name is for a person who wonders which directory is which
                self._database.put({_FORMAT_KEY: FORMAT, "pair": pair})
                return
        if isinstance(found, int) and found > FORMAT:
            raise StoreError(
                f"the memory has format {found}, which is newer than this handsync knows",
                where=shown(self.path),
                remedy="Use the newer handsync that wrote it",
            )
        if found != FORMAT:
            raise self._database.damaged()

    def _append(self, kind: Kind, new: list[list[Any]]) -> None:
        if not new:
            return
        with self.transaction():
            keys = self._database.keys(_log(kind))
            if len(keys) >= _MOST_RECORDS:
                keys = self._rewritten(kind, keys)
            with self._database.reading():
                number = _number(keys[-1]) + 1 if keys else 1
            self._database.put({_record_key(kind, number): new})

    def _rewritten(self, kind: Kind, keys: list[str]) -> list[str]:
        """The log anew, without what later records replaced. Inside a transaction."""
        records = self._database.items(_log(kind))
        with self._database.reading():
            kept = list(entries.folded(records.values()).values())
            first = _number(keys[-1]) + 1
        chunks = [kept[at : at + _CHUNK] for at in range(0, len(kept), _CHUNK)]
        fresh = {_record_key(kind, first + number): chunk for number, chunk in enumerate(chunks)}
        self._database.drop(_log(kind))
        self._database.put(fresh)
        return list(fresh) or keys[-1:]


def _log(kind: Kind) -> str:
    return f"links/{kind.value}/"


def _record_key(kind: Kind, number: int) -> str:
    return f"{_log(kind)}{number:012d}"


def _number(key: str) -> int:
    digits = key.rpartition("/")[2]
    if not re.fullmatch(r"\d{12}", digits):
        raise ValueError("not a record of the log")
    return int(digits)
