"""`handsync apply`: runs a plan that was kept, row by row, as far as the world is still the one it was made for."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sync_core.cli import plain, terminal
from sync_core.cli.opening import opened
from sync_core.cli.plan import made
from sync_core.errors import SettingsError
from sync_core.filed import Refusal, decide
from sync_core.lock import LockedError
from sync_core.plan import DELETES, Plan, Situation
from sync_core.planfile import PlanDocument, read_plan_file
from sync_core.report import Result, RunReport
from sync_core.review import Review

if TYPE_CHECKING:
    from sync_core.service import Service

SOME_FAILED: Final = 3
NOTHING_TO_DO: Final = 4
# nothing is written for these, but memory learns of them
_SETTLED_QUIETLY: Final = frozenset({Situation.SAME_CHANGE, Situation.GONE_BOTH})


@dataclass(slots=True)
class _Job:
    """One process of the file: what will be run, and what was refused."""

    review: Review
    refusals: list[Refusal]
    report: RunReport | None = None


def apply(options: Namespace, stop: terminal.Stop) -> int:
    """Plans anew, refuses what changed since, asks, runs, and reports. The exit code of DESIGN.md section 7."""
    documents = read_plan_file(options.file)
    if not options.yes and not terminal.can_ask():
        raise SettingsError("apply asks before it writes, and there is no terminal to ask on", remedy="Add --yes")
    with opened(options.config) as service:
        plans = [_fresh(service, document, stop) for document in documents]
        jobs = [_job(document, plan, ask=not options.yes) for document, plan in zip(documents, plans, strict=True)]
        for job in jobs:
            _print_refusals(job)
        if not any(job.review.counts().runnable for job in jobs):
            for job in jobs:
                _settle(service, job, stop)
            print("There is nothing to apply.")
            return SOME_FAILED if any(job.refusals for job in jobs) else NOTHING_TO_DO
        if not _confirmed(jobs, ask=not options.yes):
            print("Nothing was written.")
            return 1
        for job in jobs:
            if stop.asked():
                print(plain.wrapped(f"{job.review.plan.kind.label}: not begun, as it was to stop.", terminal.columns()))
                continue
            if _agreed(service, job, ask=not options.yes):
                _run(service, job, stop, ask=not options.yes)
            _print_report(job)
    return _exit_code(jobs)


def _fresh(service: Service, document: PlanDocument, stop: terminal.Stop) -> Plan:
    """The plan of the file, made anew."""
    if not document.takes_back:
        return made(service, [document.kind], stop)[0]
    with stop.gently():
        plan = service.undo_plan(document.takes_back)
        stop.check()
        return plan


def _job(document: PlanDocument, plan: Plan, *, ask: bool) -> _Job:
    review, refusals = decide(document, plan)
    held = sorted({refusal.guard for refusal in refusals if refusal.guard is not None})
    for number in held if ask else ():
        guard = plan.guards[number]
        print(plain.wrapped(f"{guard.sentence}. That is more than an ordinary week brings.", terminal.columns()))
        typed = terminal.ask(f"Type {guard.count} to let it happen, or Enter to leave these items alone: ")
        try:
            review = review.confirm(number, typed)
        except ValueError:
            continue
        refusals = [refusal for refusal in refusals if refusal.guard != number]
    return _Job(review, refusals)


def _settle(service: Service, job: _Job, stop: terminal.Stop) -> None:
    """Lets memory learn what needs no write."""
    if any(row.situation in _SETTLED_QUIETLY for row in job.review.plan.rows):
        with stop.gently():
            service.run(job.review, lambda progress: None, stop.asked)


def _confirmed(jobs: list[_Job], *, ask: bool) -> bool:
    """Shows the numbers and what would be deleted, and asks."""
    width = terminal.columns()
    for job in jobs:
        plan = job.review.plan
        print(plain.wrapped(plan.kind.process, width))
        for line in plain.numbers(job.review.counts()):
            print(plain.wrapped(line, width, indent=2, hanging=4))
        if gone := [row for row in job.review.rows() if row.action in DELETES]:
            print("  To be DELETED:")
            print(plain.titles(gone, plan.window.zone, width))
    return not ask or _says_yes("Write this now? Type yes: ")


def _agreed(service: Service, job: _Job, *, ask: bool) -> bool:
    """Whether a run may use as many of the day's requests as it needs: a person is asked, a script gets a No."""
    for words in service.questions(job.review):
        print(plain.wrapped(f"{job.review.plan.kind.label}: {words}.", terminal.columns()))
        if not ask:
            print(plain.wrapped("Not begun. Without --yes you are asked whether to go on.", terminal.columns()))
            return False
        if not _says_yes("Go on all the same? Type yes: "):
            print("Not begun.")
            return False
    return True


def _run(service: Service, job: _Job, stop: terminal.Stop, *, ask: bool) -> None:
    """Runs it; when another run stands in the way that has died, asks whether to take over. Raises LockedError."""
    with terminal.ProgressLine() as line, stop.gently():
        try:
            job.report = service.run(job.review, line.running, stop.asked)
            return
        except LockedError as error:
            if not ask or not error.holder.stale:
                raise
            locked = error
    print(plain.wrapped(f"{locked.what}.", terminal.columns()))
    if not _says_yes("What it had begun is looked up first. Take over? Type yes: "):
        raise locked
    with terminal.ProgressLine() as line, stop.gently():
        job.report = service.run(job.review, line.running, stop.asked, take_over=True)


def _says_yes(question: str) -> bool:
    return terminal.ask(question).casefold() in ("yes", "y")


def _print_refusals(job: _Job) -> None:
    for refusal in job.refusals:
        words = f"Not applied: {refusal.title}, {refusal.action.label}: {refusal.why} (id {refusal.row_id})"
        print(plain.wrapped(words, terminal.columns(), hanging=4))


def _print_report(job: _Job) -> None:
    report = job.report
    if report is None:
        return
    width = terminal.columns()
    for row in report.rows:
        if row.result is not Result.DONE or row.message:
            words = f"{row.result.value.replace('_', ' ').capitalize()}: {row.title}, {row.action.label}"
            words += f": {row.message}" if row.message else ""
            print(plain.wrapped(f"{words} (id {row.row_id})", width, hanging=4))
    print(plain.wrapped(f"{job.review.plan.kind.label}: {report.sentence}.", width))


def _exit_code(jobs: list[_Job]) -> int:
    if any(job.report is None or job.report.cancelled for job in jobs):
        return 1
    clean = all(job.report is not None and job.report.clean and not job.refusals for job in jobs)
    return 0 if clean else SOME_FAILED
