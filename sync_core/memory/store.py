"""What handsync remembers about one pair of accounts: links with their baselines, ignores, the runs, drafts.

One private directory per pair, one database in it. Each call that writes is on disk when it returns; calls inside one
`transaction` are so together or not at all. Links are kept as a log: one record per call, read in one go, the later
record wins; now and then the log is written anew in few large records. So neither reading nor writing costs a statement
per link.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sync_core.items import Kind
from sync_core.lock import RunLock
from sync_core.memory import entries
from sync_core.memory.database import DamagedError, Database
from sync_core.memory.opening import LINKS, SetAside, ignore_key, ignored_row
from sync_core.pairing import Link
from sync_core.plan import Ignore
from sync_core.settings.document import shown

# set by the first run that ends after the memory was made, and why it had to be made anew
_SYNCED: Final = "state/synced"
_REBUILT: Final = "state/rebuilt"
# links per record when the log is written anew, and records after which it is
_CHUNK: Final = 500
_MOST_RECORDS: Final = 100


class Memory:
    """The memory of one pair of accounts. May be used from several threads and processes at once.

    Every method raises StoreError with the file's name and what to do. Nothing is ever deleted because it is damaged:
    a file that makes no sense when it is opened is renamed and stays beside a new one, which `rebuilt_because` tells.
    """

    def __init__(
        self, state_dir: Path, pair: str, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Opens, and if need be makes, the memory of `pair` ("left scope|right scope") below `state_dir`.

        Raises StoreError when that is not possible: no permission, no space, a newer format, in use for too long.
        """
        self.directory = state_dir / hashlib.sha256(pair.encode()).hexdigest()[:24]
        self._pair = pair
        self._clock = clock
        self._database = Database(self.directory, pair, clock())
        self.path = self._database.path
        found = self._database.prepared
        try:
            if found.set_aside is not None:
                self._begun_anew(found.set_aside)
            elif found.put_away:
                self._database.put({_REBUILT: {"because": _left_out(found.put_away), "aside": ""}})
        except BaseException:
            self.close()
            raise

    @property
    def fresh(self) -> bool:
        """Whether no run ended since the memory was made or rebuilt. The plan must not delete anything then."""
        return self._database.get(_SYNCED) is None

    @property
    def rebuilt_because(self) -> str:
        """What a person must know of damage, or of a rebuilding they asked for, in sentences; "" as a rule.

        It is said until a run has ended.
        """
        return str(self._rebuilt().get("because", ""))

    @property
    def set_aside(self) -> Path | None:
        """Where the damaged file is that this memory took the place of, or None. Known until a run has ended."""
        name = str(self._rebuilt().get("aside", ""))
        return self.directory / name if name else None

    def transaction(self) -> AbstractContextManager[None]:
        """Calls inside are on disk together when the outermost transaction is over, or not at all.

        A failure inside takes everything back. Other threads and processes that want to write wait: keep it short.
        """
        return self._database.transaction()

    def links(self, kind: Kind) -> list[Link]:
        """All links of a kind, in no particular order. One that makes no sense is left out: it is linked anew."""
        records = self._database.items(_log(kind))
        with self._database.reading():
            for key in records:
                _number(key)
            found = entries.folded(records.values()).values()
        links = []
        for data in found:
            with contextlib.suppress(*entries.NO_SENSE):
                links.append(entries.link(kind, data))
        return links

    def put_links(self, kind: Kind, links: Iterable[Link]) -> None:
        """Keeps links, in place of those with the same ids."""
        self._append(kind, [entries.link_data(link) for link in links])

    def drop_links(self, kind: Kind, links: Iterable[Link]) -> None:
        """Forgets links; those that are not there are no error."""
        self._append(kind, [[link.left_id, link.right_id] for link in links])

    def ignores(self, kind: Kind) -> dict[str, Ignore]:
        """What a person said no to, by row id. One that makes no sense is left out: its row is offered again."""
        found = {}
        for key, data in self._database.items(ignore_key(kind.value)).items():
            with contextlib.suppress(*entries.NO_SENSE):
                row_id = ignored_row(key)
                found[row_id] = entries.ignore(kind, row_id, data)
        return found

    def put_ignores(self, kind: Kind, ignores: Iterable[Ignore]) -> None:
        """Keeps ignores, in place of those for the same rows."""
        self._database.put({ignore_key(kind.value, ignore.row_id): entries.ignore_data(ignore) for ignore in ignores})

    def drop_ignores(self, kind: Kind, ids: Iterable[str]) -> None:
        """Takes ignores back by row id; those that are not there are no error."""
        with self.transaction():
            for row_id in ids:
                self._database.delete(ignore_key(kind.value, row_id))

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
        """Keeps a JSON-ready description of the last run. From then on the memory is no longer fresh."""
        with self.transaction():
            self.put_note(f"last_run/{kind.value}", data)
            self._database.put({_SYNCED: True})
            self._database.delete(_REBUILT)

    def note(self, key: str) -> Any:
        """What `put_note` kept under `key`, or None."""
        return self._database.get(f"note/{key}")

    def put_note(self, key: str, data: Any) -> None:
        """Keeps something JSON-ready under `key`."""
        self._database.put({f"note/{key}": data})

    def drop_note(self, key: str) -> None:
        """Forgets what `put_note` kept under `key`; what is not there is no error."""
        self._database.delete(f"note/{key}")

    def close(self) -> None:
        """Gives the files back. The memory opens them again when it is used again."""
        self._database.close()

    def check_writable(self, bytes_needed: int) -> None:
        """Makes sure, by really doing it, that `bytes_needed` more can be kept. To be called before a run starts.

        Raises StoreError: no space, no permission, a read-only disk, a quota. Then nothing changed.
        """
        self._database.check_space(bytes_needed)

    def rebuild(self) -> None:
        """Forgets all links, as a person asked for, and keeps the rest: the next plan pairs anew by marks and contents.

        Works on a damaged file too, which is then set aside. Raises LockedError while a run goes on, StoreError.
        """
        because = "the memory was rebuilt: equal items are linked anew, and the next run deletes nothing"
        with self._locked("rebuilding the memory"):
            try:
                with self.transaction():
                    self._database.drop(LINKS)
                    self._database.drop("note/doubtful/")
                    self._database.delete(_SYNCED)
                    self._database.put({_REBUILT: {"because": because, "aside": ""}})
                # what is left must make sense, or it was not only the links
                self._database.items("ignore/")
                self._database.items("record/")
            except DamagedError:
                self._begun_anew(self._database.start_anew(self._pair, self._clock(), "it was to be rebuilt"))

    def forget(self) -> None:
        """Deletes all that is known of the pair: links, ignores, drafts, history, and files that were set aside.

        Raises LockedError while a run goes on, StoreError.
        """
        with self._locked("forgetting the memory"):
            try:
                self._database.clear(self._pair)
            except DamagedError:
                self._database.start_anew(self._pair, self._clock(), "it was to be forgotten")
            with self._database.guarded():
                for path in self.directory.glob("damaged-*"):
                    path.unlink()

    @contextlib.contextmanager
    def _locked(self, what: str) -> Iterator[None]:
        lock = RunLock(self.directory, what, self._clock)
        lock.take(over=True)
        with lock:
            yield

    def _rebuilt(self) -> dict[str, Any]:
        found = self._database.get(_REBUILT)
        return found if isinstance(found, dict) else {}

    def _begun_anew(self, aside: SetAside) -> None:
        ignored = sum(key.startswith("ignore/") for key in aside.saved)
        said = (
            f"the memory of these accounts was damaged ({aside.why}); it was set aside as {shown(aside.path)}. "
            "Equal items are linked anew, and the next run deletes nothing"
        )
        said += f"; {ignored} ignored items were saved" if ignored else "; what was ignored is offered again"
        note = {"because": said, "aside": aside.path.name}
        self._database.put({**aside.saved, _REBUILT: note})

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


def _left_out(keys: Iterable[str]) -> str:
    number = len(list(keys))
    return f"{number} records of the memory were damaged and are left out: ignored items, or parts of the history"


def _log(kind: Kind) -> str:
    return f"{LINKS}{kind.value}/"


def _record_key(kind: Kind, number: int) -> str:
    return f"{_log(kind)}{number:012d}"


def _number(key: str) -> int:
    digits = key.rpartition("/")[2]
    if not re.fullmatch(r"\d{12}", digits):
        raise ValueError("not a record of the log")
    return int(digits)
