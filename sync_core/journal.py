"""The journal of runs, which is also their history: what each row meant to do, what was sent, and what came of it.

A run is a log of small records. The first ones hold every row's intent and are on disk before anything is sent; each
batch adds that it is being sent, what the side answered, and what was settled. A log without an end is a run that was
cut off. Nothing in the log is ever changed, so that what it says stays true.
"""

from __future__ import annotations

import getpass
import secrets
import socket
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from sync_core.errors import StoreError
from sync_core.intent import Done, Intent, done_from_json, done_to_json, intent_from_json, intent_to_json
from sync_core.items import Kind, SideName
from sync_core.plan import Plan
from sync_core.report import Result
from sync_core.sides import Outcome

# intents per record: large enough to cost little, small enough to be read one at a time
_CHUNK: Final = 200


class Records(Protocol):
    """Where records are kept. Each call, and each outermost transaction, is on disk when it is over."""

    def transaction(self) -> AbstractContextManager[None]:
        """Several calls that are on disk together or not at all."""

    def put_record(self, key: str, data: Any) -> None:
        """Keeps something JSON-ready."""

    def record(self, key: str) -> Any:
        """What `put_record` kept, or None."""

    def records(self, prefix: str) -> Mapping[str, Any]:
        """All records whose keys begin so, in the order of their keys."""

    def drop_records(self, prefix: str) -> None:
        """Forgets all records whose keys begin so."""


@dataclass(frozen=True, slots=True)
class RunHead:
    """A run in one line. Times are UTC, ISO 8601; `finished` is "" while it goes on, or when it was cut off.

    `user` says who ran it and on which host. `actions` counts the rows by action, `results` by what became of them.
    `takes_back` is the id of the run that this one undoes; `settled_later` says that it was cut off, and looked up,
    `answered` that a person has said since what shall become of the rest.
    """

    id: str
    kind: Kind
    started: str
    user: str = ""
    finished: str = ""
    sentence: str = ""
    cancelled: bool = False
    actions: Mapping[str, int] = field(default_factory=dict)
    results: Mapping[str, int] = field(default_factory=dict)
    accounts: tuple[str, str] = ("", "")
    takes_back: str = ""
    settled_later: bool = False
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a side answered to one write."""

    ok: bool
    id: str = ""
    unknown: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """All that is known of one run. `sent` are the writes that were about to be sent, with the time (UTC, ISO 8601)."""

    head: RunHead
    intents: tuple[Intent, ...]
    sent: Mapping[tuple[int, SideName], str] = field(default_factory=dict)
    answers: Mapping[tuple[int, SideName], Answer] = field(default_factory=dict)
    done: Mapping[int, Done] = field(default_factory=dict)

    @property
    def open(self) -> tuple[Intent, ...]:
        """The rows of which nothing was settled."""
        return tuple(intent for intent in self.intents if intent.number not in self.done)


def head_of(plan: Plan, now: datetime, started: str) -> RunHead:
    """The head of a run of `plan` that begins `now` (aware); `started` is the same moment, UTC, ISO 8601."""
    return RunHead(
        # in the order of time also within a second
        id=f"{now.astimezone(UTC):%Y%m%d-%H%M%S}-{now.microsecond // 1000:03x}{secrets.token_hex(1)}",
        kind=plan.kind,
        started=started,
        user=f"{getpass.getuser()}@{socket.gethostname()}",
        accounts=(plan.left_account, plan.right_account),
        takes_back=plan.takes_back,
    )


class OpenRun:
    """The log of a run that goes on. Every method is on disk when it returns, and raises StoreError otherwise."""

    def __init__(self, records: Records, head: RunHead, intents: Sequence[Intent], at: int) -> None:
        """`at` is the number of the next record."""
        self.head = head
        self._records = records
        self._intents = {intent.number: intent for intent in intents}
        self._at = at
        self._results: dict[int, Result] = {}

    def transaction(self) -> AbstractContextManager[None]:
        """What is written in it is on disk together or not at all, links included."""
        return self._records.transaction()

    def sent(self, side: SideName, numbers: Iterable[int], now: str) -> None:
        """These writes are about to be sent to a side."""
        self._add({"what": "sent", "side": side.value, "at": now, "rows": list(numbers)})

    def answered(self, side: SideName, answers: Iterable[tuple[int, Outcome]]) -> None:
        """What a side answered."""
        rows = [[number, o.ok, o.id, o.unknown, o.error] for number, o in answers]
        self._add({"what": "answered", "side": side.value, "rows": rows})

    def settled(self, done: Iterable[Done]) -> None:
        """What became of rows. The first word about a row stays."""
        new = [d for d in done if d.number not in self._results]
        if new:
            self._add({"what": "settled", "rows": [done_to_json(d, self._intents[d.number]) for d in new]})
            self._results |= {d.number: d.result for d in new}

    def end(self, finished: str, sentence: str, *, cancelled: bool = False) -> RunHead:
        """The run is over; nothing more comes."""
        results = [result.value for result in self._results.values()]
        self.head = replace(
            self.head,
            finished=finished,
            sentence=sentence,
            cancelled=cancelled,
            results={value: results.count(value) for value in dict.fromkeys(results)},
        )
        self._records.put_record(_head_key(self.head), _head_to_json(self.head))
        return self.head

    def _add(self, data: dict[str, Any]) -> None:
        self._records.put_record(f"{_prefix(self.head)}{self._at:06d}", data)
        self._at += 1


class Journal:
    """The runs of one process and one pair of accounts."""

    def __init__(self, records: Records, kind: Kind) -> None:
        self._records = records
        self.kind = kind

    def begin(self, head: RunHead, intents: Sequence[Intent]) -> OpenRun:
        """Starts the log of a run: all intents are on disk when this returns. Raises StoreError when they are not."""
        actions = [intent.action.value for intent in intents]
        head = replace(head, actions={value: actions.count(value) for value in dict.fromkeys(actions)})
        chunks = [intents[at : at + _CHUNK] for at in range(0, len(intents), _CHUNK)]
        with self._records.transaction():
            for at, chunk in enumerate(chunks):
                rows = [intent_to_json(intent) for intent in chunk]
                self._records.put_record(f"{_prefix(head)}{at:06d}", {"what": "intents", "rows": rows})
            self._records.put_record(_head_key(head), _head_to_json(head))
        return OpenRun(self._records, head, intents, len(chunks))

    def heads(self) -> list[RunHead]:
        """All runs, the newest first."""
        found = self._records.records(f"run-head/{self.kind.value}/").values()
        return sorted((self._head(data) for data in found), key=lambda head: head.id, reverse=True)

    def unfinished(self) -> list[RunHead]:
        """The runs that were cut off, or still go on; the oldest first."""
        return [head for head in reversed(self.heads()) if not head.finished]

    def load(self, run_id: str) -> RunRecord | None:
        """One run whole, or None when there is none of that id. Raises StoreError when its log makes no sense."""
        data = self._records.record(f"run-head/{self.kind.value}/{run_id}")
        if data is None:
            return None
        head = self._head(data)
        try:
            return _folded(head, self._records.records(_prefix(head)).values())
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            raise _damaged(run_id) from None

    def reopen(self, record: RunRecord) -> OpenRun:
        """The log of a run that was cut off, to be ended."""
        last = max(self._records.records(_prefix(record.head)), default="0")
        run = OpenRun(self._records, record.head, record.intents, int(last.rpartition("/")[2]) + 1)
        run._results = {number: done.result for number, done in record.done.items()}
        return run

    def answer(self, run_id: str) -> None:
        """A person has said what shall become of the rows that a run which was cut off had not done."""
        data = self._records.record(f"run-head/{self.kind.value}/{run_id}")
        if data is not None:
            head = replace(self._head(data), answered=True)
            self._records.put_record(_head_key(head), _head_to_json(head))

    def prune(self, now: datetime, *, days: int, runs: int) -> int:
        """Forgets finished runs that are older than `days` or beyond the newest `runs`. Gives how many.

        A run without an end is never forgotten, and neither is what it may be taken back to.
        """
        oldest = (now - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
        ended = [head for head in self.heads() if head.finished]
        gone = [head for place, head in enumerate(ended) if place >= runs or head.finished < oldest]
        for head in gone:
            with self._records.transaction():
                self._records.drop_records(_prefix(head))
                self._records.drop_records(_head_key(head))
        return len(gone)

    def _head(self, data: Any) -> RunHead:
        try:
            return _head_from_json(self.kind, data)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            raise _damaged("") from None


def _damaged(run_id: str) -> StoreError:
    which = f"the record of the run {run_id}" if run_id else "the list of runs"
    return StoreError(f"{which} is damaged", remedy="It is kept as it is; links and other runs are not touched by it")


def _head_key(head: RunHead) -> str:
    return f"run-head/{head.kind.value}/{head.id}"


def _prefix(head: RunHead) -> str:
    return f"run/{head.kind.value}/{head.id}/"


def _folded(head: RunHead, log: Iterable[Any]) -> RunRecord:
    intents: dict[int, Intent] = {}
    sent: dict[tuple[int, SideName], str] = {}
    answers: dict[tuple[int, SideName], Answer] = {}
    done: dict[int, Done] = {}
    for entry in log:
        match entry["what"]:
            case "intents":
                for data in entry["rows"]:
                    intent = intent_from_json(head.kind, data)
                    intents[intent.number] = intent
            case "sent":
                for number in entry["rows"]:
                    sent[int(number), SideName(entry["side"])] = str(entry["at"])
            case "answered":
                for number, ok, item_id, unknown, error in entry["rows"]:
                    answers[int(number), SideName(entry["side"])] = Answer(
                        bool(ok), str(item_id), bool(unknown), str(error)
                    )
            case "settled":
                for data in entry["rows"]:
                    settled = done_from_json(data, intents[int(data["number"])])
                    done.setdefault(settled.number, settled)
    return RunRecord(head, tuple(intents.values()), sent, answers, done)


def _head_to_json(head: RunHead) -> dict[str, Any]:
    return {
        "id": head.id,
        "started": head.started,
        "user": head.user,
        "finished": head.finished,
        "sentence": head.sentence,
        "cancelled": head.cancelled,
        "actions": dict(head.actions),
        "results": dict(head.results),
        "accounts": list(head.accounts),
        "takes_back": head.takes_back,
        "settled_later": head.settled_later,
        "answered": head.answered,
    }


def _head_from_json(kind: Kind, data: Mapping[str, Any]) -> RunHead:
    left, right = data["accounts"]
    return RunHead(
        id=str(data["id"]),
        kind=kind,
        started=str(data["started"]),
        user=str(data["user"]),
        finished=str(data["finished"]),
        sentence=str(data["sentence"]),
        cancelled=bool(data["cancelled"]),
        actions={str(name): int(number) for name, number in data["actions"].items()},
        results={str(name): int(number) for name, number in data["results"].items()},
        accounts=(str(left), str(right)),
        takes_back=str(data["takes_back"]),
        settled_later=bool(data["settled_later"]),
        answered=bool(data.get("answered", False)),
    )
