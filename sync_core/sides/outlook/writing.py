"""Writes: nothing is sent that was not asked for, nothing is sent twice, and nobody gets mail.

Every request says SaveOnly, SendToNone, NeverOverwrite and MoveToDeletedItems in so many words (facts: exchange 0.11,
0.12, D), updates name their fields (0.5), and a request whose answer was lost is looked for before anything is said
about it (0.4, A.9).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from exchangelib.errors import ErrorIrresolvableConflict, ErrorItemNotFound, ErrorServerBusy
from exchangelib.items import ALL_OCCURRENCES, MOVE_TO_DELETED_ITEMS, NEVER_OVERWRITE, SAVE_ONLY, SEND_TO_NONE
from exchangelib.properties import ItemId

from sync_core.compare import alike
from sync_core.errors import CancelledError, SideError
from sync_core.items import Item
from sync_core.sides import Operation, Outcome, Write
from sync_core.sides.outlook.connection import Connection, Patience
from sync_core.sides.outlook.folders import UsedFolder
from sync_core.sides.outlook.getting import Answer, Getter, chunks
from sync_core.sides.outlook.looking import folder_of
from sync_core.sides.outlook.mapping import ItemMapping
from sync_core.sides.outlook.problems import Fate, Verdict, judge, reason
from sync_core.sides.outlook.reading import ToItem
from sync_core.sides.outlook.services import Parsed, SafeCreateItem, SafeDeleteItem, SafeUpdateItem, Unparsable

# writes per request: what one lost answer leaves open (facts: exchange A.9, D)
PER_REQUEST: Final = 20
# seconds before the second search for an item whose answer was lost: it may still be on its way into the mailbox
SECOND_LOOK: Final = 2.0
_CONFLICT: Final = "changed in Outlook since it was looked at"
_GONE: Final = "no longer in Outlook"
_MOVED: Final = "moved to another folder since it was looked at"
_OPEN: Final = "no answer came, and whether it was done could not be found out"


@dataclass(slots=True)
class _Job:
    """One write on its way: its place in the call, what goes into the request, the version that it starts from."""

    index: int
    write: Write
    payload: Any = None
    version: str = ""
    # what the server will change besides
    note: str = ""

    @property
    def id(self) -> str:
        return self.write.before.id if self.write.before else ""


class Writer:
    """Does the writes of one call. `seen` are items that were read just now, by id, with what they were made of."""

    def __init__(
        self,
        connection: Connection,
        used: UsedFolder,
        mapping: ItemMapping,
        getter: Getter,
        to_item: ToItem,
        seen: Mapping[str, tuple[Item, Parsed]],
    ) -> None:
        self._connection = connection
        self._used = used
        self._mapping = mapping
        self._getter = getter
        self._to_item = to_item
        self._seen = seen
        self._outcomes: dict[int, Outcome] = {}
        self._sent = False
        self._stopped: SideError | None = None

    def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """An Outcome per write, in order. Raises SideError only as long as nothing was written."""
        jobs = [_Job(index, write) for index, write in enumerate(writes)]
        ready = [job for job in jobs if self._valid(job)]
        ready = self._prepared(ready)
        for operation, same in groupby(ready, key=lambda job: job.write.operation):
            for some in chunks(list(same), PER_REQUEST):
                self._do(operation, list(some))
        return [self._outcomes[index] for index in range(len(writes))]

    # ---- before anything is sent

    def _fail(self, job: _Job, error: str, *, unknown: bool = False, stale: bool = False) -> None:
        self._outcomes[job.index] = Outcome(False, job.id, error, unknown, stale=stale)

    def _valid(self, job: _Job) -> bool:
        write = job.write
        problem = ""
        if write.operation is Operation.CREATE:
            problem = self._mapping.check_new(write.fields)
        elif write.before is None:
            problem = "there is nothing to compare it with; read it again"
        elif write.operation is Operation.UPDATE:
            problem = self._mapping.check(write.fields)
        if problem:
            self._fail(job, problem)
        return not problem

    def _prepared(self, jobs: list[_Job]) -> list[_Job]:
        """The jobs that may be sent. What was not read just now is read once more: stale ChangeKeys are accepted by
        some servers. What is to be deleted is read in any case: DeleteItem takes no conflict mode (facts: exchange E,
        A.7)."""
        answers = {job.id: known for job in jobs if (known := self._just_read(job)) is not None}
        asked = [job.id for job in jobs if job.write.operation is not Operation.CREATE and job.id not in answers]
        answers |= dict(zip(asked, self._getter.get(asked), strict=True)) if asked else {}
        ready = []
        for job in jobs:
            try:
                if job.write.operation is Operation.CREATE:
                    self._make(job)
                elif not self._unchanged(job, answers[job.id]):
                    continue
            except (ValueError, TypeError) as problem:
                self._fail(job, f"Outlook cannot hold this: {problem}")
                continue
            if job.index not in self._outcomes:
                ready.append(job)
        return ready

    def _just_read(self, job: _Job) -> Answer | None:
        """What the update of a job starts from, where the caller has it from the read before this call."""
        item, answer = self._seen.get(job.id, (None, None))
        return answer if job.write.operation is Operation.UPDATE and item is job.write.before else None

    def _make(self, job: _Job) -> None:
        account = self._connection.account
        job.payload = self._mapping.new_item(job.write.fields, job.write.mark, account, self._used.folder)
        job.payload.clean(version=account.version)

    def _unchanged(self, job: _Job, answer: Any) -> bool:
        before = job.write.before
        assert before is not None
        if isinstance(answer, ErrorItemNotFound):
            self._fail(job, _GONE, stale=True)
        elif isinstance(answer, Unparsable):
            self._fail(job, answer.why)
        elif isinstance(answer, Exception):
            self._fail(job, reason(answer))
        else:
            now = self._to_item(answer)
            if folder_of(answer) not in ("", self._used.id):
                self._fail(job, _MOVED, stale=True)
            elif now.locked:
                self._fail(job, now.locked)
            elif now.version != before.version and now.digest != before.digest:
                # a new ChangeKey alone says nothing: servers move it on their own (facts: exchange A.7, E)
                self._fail(job, _CONFLICT, stale=True)
            else:
                job.version = now.version
                self._ready(job, answer)
                return True
        return False

    def _ready(self, job: _Job, now: Parsed) -> None:
        assert job.write.before is not None
        if job.write.operation is Operation.DELETE:
            job.payload = ItemId(id=now.item.id, changekey=now.item.changekey)
            return
        write = job.write
        change = self._mapping.changed_item(write.fields, write.mark, job.write.before, now, self._connection.account)
        if change.names:
            job.payload, job.note = (change.item, change.names), change.note
        else:
            self._outcomes[job.index] = Outcome(True, job.id)

    # ---- sending

    def _call(self, operation: Operation, payloads: list[Any]) -> list[Any]:
        account = self._connection.account
        match operation:
            case Operation.CREATE:
                answers = SafeCreateItem(account=account).call(
                    items=payloads,
                    folder=self._used.folder,
                    message_disposition=SAVE_ONLY,
                    send_meeting_invitations=SEND_TO_NONE,
                )
            case Operation.UPDATE:
                answers = SafeUpdateItem(account=account).call(
                    items=payloads,
                    conflict_resolution=NEVER_OVERWRITE,
                    message_disposition=SAVE_ONLY,
                    send_meeting_invitations_or_cancellations=SEND_TO_NONE,
                    suppress_read_receipts=True,
                )
            case Operation.DELETE:
                answers = SafeDeleteItem(account=account).call(
                    items=payloads,
                    delete_type=MOVE_TO_DELETED_ITEMS,
                    send_meeting_cancellations=SEND_TO_NONE,
                    affected_task_occurrences=ALL_OCCURRENCES,
                    suppress_read_receipts=True,
                )
        return list(answers)

    def _do(self, operation: Operation, jobs: list[_Job]) -> None:
        patience = Patience(self._connection)
        while jobs:
            if self._stopped is not None:
                for job in jobs:
                    self._fail(job, self._stopped.sentence())
                return
            try:
                answers = self._call(operation, [job.payload for job in jobs])
            except Exception as problem:  # judge tells them apart
                verdict = judge(problem)
                if verdict.fate is Fate.BUSY and self._bear(patience, verdict):
                    continue
                self._failed(operation, jobs, verdict)
                return
            self._sent = True
            if len(answers) != len(jobs):
                self._failed(operation, jobs, Verdict(Fate.UNKNOWN, SideError("too few answers came")))
                return
            jobs = self._taken(jobs, answers, patience)

    def _bear(self, patience: Patience, verdict: Verdict) -> bool:
        try:
            return patience.bear(verdict, reading=False)
        except CancelledError:
            return False

    def _taken(self, jobs: list[_Job], answers: list[Any], patience: Patience) -> list[_Job]:
        """Files the answers; gives back the jobs that a busy server did not take and that may be sent again."""
        again: list[tuple[_Job, ErrorServerBusy]] = []
        for job, answer in zip(jobs, answers, strict=True):
            if isinstance(answer, ErrorServerBusy):
                again.append((job, answer))
            elif isinstance(answer, Exception):
                self._fail(job, reason(answer), stale=isinstance(answer, ErrorIrresolvableConflict))
            else:
                self._outcomes[job.index] = Outcome(True, _id_of(answer) or job.id, note=job.note)
        if again and not self._bear(patience, judge(again[0][1])):
            for job, answer in again:
                self._fail(job, judge(answer).error.what)
            return []
        return [job for job, _ in again]

    # ---- when no proper answer came

    def _failed(self, operation: Operation, jobs: list[_Job], verdict: Verdict) -> None:
        if verdict.fate is Fate.UNKNOWN:
            self._sent = True
            open_jobs = self._settle(operation, jobs, verdict)
        else:
            open_jobs = jobs
            if not verdict.split:
                if not self._sent:
                    raise verdict.error
                self._stopped = verdict.error
        if verdict.split and len(open_jobs) > 1:
            # one that cannot be taken must not take the others with it
            for job in open_jobs:
                self._do(operation, [job])
            return
        for job in open_jobs:
            self._fail(job, verdict.error.sentence())

    def _settle(self, operation: Operation, jobs: list[_Job], verdict: Verdict) -> list[_Job]:
        """Finds out what became of jobs. Those that are done or doubtful get their outcome; the rest is given back."""
        undone = jobs
        for delay in (0.0,) if verdict.answered else (0.0, SECOND_LOOK):
            try:
                self._connection.wait(delay)
                undone = self._undone(operation, undone)
            except SideError:
                verdict = Verdict(verdict.fate, verdict.error)
                break
            if not undone:
                return []
        if verdict.answered:
            return undone
        for job in undone:
            self._fail(job, f"{verdict.error.what}; {_OPEN}", unknown=True)
        return []

    def _undone(self, operation: Operation, jobs: list[_Job]) -> list[_Job]:
        if operation is Operation.CREATE:
            return self._not_created(jobs)
        undone = []
        for job, answer in zip(jobs, self._getter.get([job.id for job in jobs]), strict=True):
            done = self._done(job, answer)
            if done is None:
                self._fail(job, _OPEN, unknown=True)
            elif done:
                self._outcomes[job.index] = Outcome(True, job.id, note=job.note)
            else:
                undone.append(job)
        return undone

    def _not_created(self, jobs: list[_Job]) -> list[_Job]:
        marks = [job.write.mark for job in jobs if job.write.mark]
        found = {}
        if marks:
            for parsed in self._getter.marked(marks, [self._used.folder]):
                found[str(parsed.item.handsync_mark)] = str(parsed.item.id)
        for job in jobs:
            if job.write.mark in found:
                self._outcomes[job.index] = Outcome(True, found[job.write.mark])
        return [job for job in jobs if job.index not in self._outcomes]

    def _done(self, job: _Job, answer: Any) -> bool | None:
        """Whether an update or delete took place; None when it cannot be told."""
        if job.write.operation is Operation.DELETE:
            if isinstance(answer, ErrorItemNotFound):
                return True
            return folder_of(answer) not in ("", self._used.id) if isinstance(answer, Parsed) else None
        if not isinstance(answer, Parsed):
            return None
        now = self._to_item(answer)
        if now.version == job.version:
            return False
        wanted = job.write.fields
        same = all(name in now.fields and alike(now.fields[name], value) for name, value in wanted.items())
        return True if same and (not job.write.mark or now.mark == job.write.mark) else None


def _id_of(answer: Any) -> str:
    if answer is True:
        return ""
    # UpdateItem answers with a pair, CreateItem with an object
    return str(answer[0] if isinstance(answer, tuple) else answer.id or "")
