"""What is known of a pair without asking a server: runs, ignores, reviews in progress, and how to forget it all."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sync_core import singles
from sync_core.draft import NO_DRAFT, Draft, from_json, to_json
from sync_core.items import FIELDS, Kind
from sync_core.journal import Journal, RunHead, RunRecord
from sync_core.plan import Action, Situation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from sync_core.connections import Connections
    from sync_core.lock import Holder
    from sync_core.memory import Memory
    from sync_core.plan import Ignore, Row
    from sync_core.report import RunReport
    from sync_core.review import Review

_ALL: Final = tuple(Kind)

FORGET: Final = (
    "Everything that handsync remembers of these accounts is deleted: which items belong together, what is ignored, and"
    " the history with all that could be taken back. Salesforce and Outlook are not touched."
)
REBUILD: Final = (
    "Which items belong together is found anew, by our marks in Outlook and by what the items hold. What was deleted on"
    " one side since the last sync is then offered again as new, for the next sync deletes nothing. Ignored items and"
    " the history are kept."
)


@dataclass(frozen=True, slots=True)
class Kept:
    """How much is remembered of a process: pairs of items that belong together, ignored items, runs in the history."""

    links: int
    ignores: int
    runs: int


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last run of a process. `finished` is UTC, ISO 8601."""

    finished: str
    sentence: str


class Remembered:
    """The part of the service that needs no connection. Every method raises StoreError when memory cannot be used."""

    _open: Connections
    _clock: Callable[[], datetime]

    def runs(self, kind: Kind | None = None) -> list[RunHead]:
        """The runs in the history, the newest first."""
        found = [head for k, memory in self._known(kind) for head in Journal(memory, k).heads()]
        return sorted(found, key=lambda head: head.id, reverse=True)

    def unfinished(self, kind: Kind | None = None) -> list[RunHead]:
        """Runs whose record has no end: they were cut off, or another handsync is busy with them now."""
        return [head for head in self.runs(kind) if not head.finished]

    def busy(self, kind: Kind) -> Holder | None:
        """Whose run of a process goes on now, or None; a run that has died is nobody's."""
        from sync_core.lock import RunLock

        for k, memory in self._known(kind):
            holder = RunLock(memory.directory, k.process, self._clock).holder()
            if holder is not None and not holder.stale:
                return holder
        return None

    def rebuilt_because(self, kind: Kind | None = None) -> list[str]:
        """What a person must know of memory that was damaged, or that they had rebuilt, in sentences; none as a rule.

        It is said until a run has ended.
        """
        return list(dict.fromkeys(memory.rebuilt_because for _, memory in self._known(kind) if memory.rebuilt_because))

    def cut_off(self, kind: Kind | None = None) -> list[RunHead]:
        """Runs that were cut off and about which no person has said "finish" or "stop here"; the newest first.

        Also those that a plan has looked up since. Whoever ran something later has seen what it offered again.
        """
        found = []
        for k in (kind,) if kind else _ALL:
            for place, head in enumerate(self.runs(k)):
                if not head.finished or (head.settled_later and not head.answered and place == 0):
                    found.append(head)
        return sorted(found, key=lambda head: head.id, reverse=True)

    def remembered(self) -> dict[Kind, Kept]:
        """How much is remembered, per process of which anything is."""
        found = {}
        for kind, memory in self._known():
            kept = Kept(len(memory.links(kind)), len(memory.ignores(kind)), len(Journal(memory, kind).heads()))
            if kept != Kept(0, 0, 0):
                found[kind] = kept
        return found

    def run_record(self, run_id: str) -> RunRecord | None:
        """One run whole, or None when the history has none of that id."""
        for kind, memory in self._known():
            record = Journal(memory, kind).load(run_id)
            if record is not None:
                return record
        return None

    def keep_ignores(self, review: Review) -> None:
        """Stores the ignores of a review that is left without Ok, and nothing else of it."""
        memory = self._open.known_memory(review.plan.kind)
        if memory is not None:
            keep_ignores(memory, review.plan.kind, review)

    def keep_draft(self, draft: Draft) -> None:
        """Keeps a review in progress, in place of the one that was kept before; one without decisions is forgotten."""
        memory = self._open.known_memory(draft.kind)
        if memory is not None and draft.decisions:
            memory.put_record(_draft_key(draft.kind), to_json(draft))
        elif memory is not None:
            self.drop_draft(draft.kind)

    def draft(self, kind: Kind) -> Draft | None:
        """The review that was in progress, or None. One that makes no sense is none."""
        memory = self._open.known_memory(kind)
        data = memory.record(_draft_key(kind)) if memory is not None else None
        with contextlib.suppress(*NO_DRAFT):
            draft = from_json(data)
            return draft if draft.kind is kind else None
        return None

    def drop_draft(self, kind: Kind) -> None:
        """Forgets the review that was in progress; that there is none is no error."""
        memory = self._open.known_memory(kind)
        if memory is not None and memory.record(_draft_key(kind)) is not None:
            memory.drop_records(_draft_key(kind))

    def ignored(self, kind: Kind | None = None) -> list[tuple[Kind, Ignore]]:
        """What is being ignored for this pair of accounts."""
        return [(k, ignore) for k, memory in self._known(kind) for ignore in memory.ignores(k).values()]

    def remove_ignore(self, row_id: str) -> bool:
        """Takes an ignore back. False when there is none of that id."""
        for kind, memory in self._known():
            ignore = memory.ignores(kind).get(row_id)
            if ignore is not None:
                with memory.transaction():
                    memory.drop_ignores(kind, [row_id])
                    # a series is asked about again, and so is what came of it: nothing is deleted for that
                    memory.drop_links(kind, singles.of_choice(ignore, memory.links(kind)))
                return True
        return False

    def take_back(self, row_ids: Iterable[str]) -> list[tuple[Kind, Ignore]]:
        """Takes ignores back by row id; gives those that were there, for `ignore_again`."""
        wanted = set(row_ids)
        taken = []
        for kind, memory in self._known():
            found = [ignore for row_id, ignore in memory.ignores(kind).items() if row_id in wanted]
            memory.drop_ignores(kind, [ignore.row_id for ignore in found])
            taken += [(kind, ignore) for ignore in found]
        return taken

    def ignore_again(self, entries: Iterable[tuple[Kind, Ignore]]) -> int:
        """Puts back what `take_back` gave, except rows that are ignored anew by now; how many that were."""
        given = list(entries)
        put = 0
        for kind, memory in self._known():
            there = memory.ignores(kind)
            again = [ignore for one, ignore in given if one is kind and ignore.row_id not in there]
            if again:
                memory.put_ignores(kind, again)
            put += len(again)
        return put

    def last_run(self, kind: Kind) -> LastRun | None:
        """The last run of a process for its pair of accounts, or None; one that was cut off once it was looked up."""
        memory = self._open.known_memory(kind)
        newest = next(iter(Journal(memory, kind).heads()), None) if memory is not None else None
        if newest is not None and newest.settled_later:
            return LastRun(newest.finished, newest.sentence)
        data = memory.last_run(kind) if memory is not None else None
        return LastRun(str(data["finished"]), str(data["sentence"])) if data else None

    def forget_memory(self, kind: Kind | None = None) -> list[Kind]:
        """Deletes all that is known of the pair: links, ignores, drafts, history. Gives the processes it was known for.

        Nothing is written to either side; the next sync is a first one, which finds equal items again. Raises
        LockedError while a run goes on; then nothing of that process is forgotten.
        """
        done = []
        for k, memory in self._known(kind):
            memory.forget()
            self._open.forget(k)
            done.append(k)
        return done

    def rebuild_memory(self, kind: Kind | None = None) -> list[Kind]:
        """Forgets which items belong together, and keeps ignores and history. Gives the processes it was known for.

        The next plan pairs anew, by our marks and by content, and deletes nothing. Raises LockedError while a run goes
        on; then nothing of that process is forgotten.
        """
        done = []
        for k, memory in self._known(kind):
            memory.rebuild()
            done.append(k)
        return done

    def _known(self, kind: Kind | None = None) -> Iterator[tuple[Kind, Memory]]:
        """The memories that these settings led to the last time."""
        for k in (kind,) if kind else FIELDS:
            memory = self._open.known_memory(k)
            if memory is not None:
                yield k, memory


def _draft_key(kind: Kind) -> str:
    return f"draft/{kind.value}"


def keep_ignores(memory: Memory, kind: Kind, review: Review) -> None:
    """Stores the ignores of a review, and how series cross that a person decided about."""
    new, ended = review.ignores()
    if ended:
        memory.drop_ignores(kind, ended)
    if new:
        with memory.transaction():
            memory.put_ignores(kind, new.values())
            memory.drop_links(kind, singles.ended_by(new.values(), memory.links(kind)))


def doubtful_key(kind: Kind) -> str:
    """The key under which memory keeps the ids of items whose other half it lost."""
    return f"doubtful/{kind.value}"


def still_doubtful(memory: Memory, kind: Kind, rows: Sequence[Row]) -> list[str]:
    """The ids of items of which nobody has said what they are, since memory was lost: not linked by now."""
    asked = {item.id for row in rows if row.situation is Situation.FORGOTTEN for item in (row.left, row.right) if item}
    asked |= set(memory.note(doubtful_key(kind)) or ())
    return sorted(asked - {i for link in memory.links(kind) for i in (link.left_id, link.right_id)}) if asked else []


def suspected_key(kind: Kind) -> str:
    """The key under which memory keeps the pairs that a mass-change guard holds back."""
    return f"suspected/{kind.value}"


def still_suspected(memory: Memory, kind: Kind, rows: Sequence[Row]) -> list[list[str]]:
    """The linked pairs that were held back and that nobody has confirmed, whatever a run has done besides."""
    before = {(left, right) for left, right in memory.note(suspected_key(kind)) or ()}
    before -= {row.link_ids for row in rows if row.linked}
    before |= {row.link_ids for row in rows if row.held is not None and row.linked}
    linked = {(link.left_id, link.right_id) for link in memory.links(kind)} if before else set()
    return [list(pair) for pair in sorted(before & linked)]


def named_key(kind: Kind) -> str:
    """The key under which memory keeps the pairs that a side itself said are the same thing."""
    return f"named/{kind.value}"


def still_named(memory: Memory, kind: Kind, report: RunReport) -> list[list[str]]:
    """The pairs of which a side said, when it refused a create, that they are the same, and that are not linked yet."""
    pairs = {(left, right) for left, right in memory.note(named_key(kind)) or ()}
    for row in report.rows:
        if row.duplicate_of:
            here = row.action is Action.CREATE_IN_SALESFORCE
            pairs.add((row.duplicate_of, row.other_id) if here else (row.other_id, row.duplicate_of))
    # only Salesforce has such rules: the item across is settled once it is linked to whatever it is
    settled = {link.right_id for link in memory.links(kind)} if pairs else set()
    return [[left, right] for left, right in sorted(pairs) if right not in settled]
