"""`handsync history`, `handsync undo` and `handsync recover`: what runs did, and taking it back."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Final

from sync_core import planfile
from sync_core.cli import plain, terminal
from sync_core.cli.opening import opened
from sync_core.errors import SettingsError
from sync_core.finish import not_done
from sync_core.history import FORMAT, head_to_json, run_to_csv, run_to_json
from sync_core.items import Kind
from sync_core.report import Result

if TYPE_CHECKING:
    from sync_core.journal import RunHead, RunRecord
    from sync_core.plan import Plan

SOME_LEFT: Final = 3
_COMMAND: Final = "handsync recover"


def history(options: Namespace) -> int:
    """Prints the past runs, or one of them whole. Needs no connection."""
    with opened(options.config) as service:
        if options.run is None:
            return _list(service.runs(), as_json=options.json)
        record = service.run_record(options.run)
    if record is None:
        raise SettingsError(
            f"the history has no run “{plain.clean(options.run)}”", remedy="The runs are those of: handsync history"
        )
    if options.csv:
        # ASCII controls in foreign text must not act on a terminal
        print("\n".join(plain.clean(line) for line in run_to_csv(record).splitlines()))
    elif options.json:
        print(planfile.dumps(run_to_json(record)))
    else:
        _print_run(record)
    return 0


def _list(heads: list[RunHead], *, as_json: bool) -> int:
    if as_json:
        print(planfile.dumps({"format": FORMAT, "runs": [head_to_json(head) for head in heads]}))
        return 0
    if not heads:
        print("Nothing was run yet.")
    for head in heads:
        print(plain.wrapped(_about(head), terminal.columns(), hanging=4))
    return 0


def _about(head: RunHead) -> str:
    what = f"{head.id}  {head.kind.label}, {head.started} by {head.user}: "
    what += f"takes back {head.takes_back}: " if head.takes_back else ""
    return what + (head.sentence or "cut off, or still going on; handsync recover looks it up")


def _print_run(record: RunRecord) -> None:
    width = terminal.columns()
    print(plain.wrapped(_about(record.head), width, hanging=4))
    print(plain.wrapped(f"Salesforce: {record.head.accounts[0]}. Outlook: {record.head.accounts[1]}.", width))
    for intent in record.intents:
        done = record.done.get(intent.number)
        result = done.result if done else Result.UNKNOWN
        words = f"{result.value.replace('_', ' ').capitalize()}: {intent.title}, {intent.action.label}"
        words += f": {done.message}" if done and done.message else ""
        print(plain.wrapped(f"{words} (id {intent.row_id})", width, hanging=4))


def undo(options: Namespace) -> int:
    """Prints or keeps the plan that takes a run back. Writes nothing on either side."""
    with opened(options.config) as service:
        plan = service.undo_plan(options.run)
    _show(plan, options, f"handsync undo {plain.clean(options.run)}")
    return 0


def _show(plan: Plan, options: Namespace, command: str) -> None:
    """Prints or keeps a plan that was made for a run of the history."""
    if options.out is not None:
        planfile.write_plan_file(options.out, [planfile.plan_to_json(plan)])
    if options.json:
        print(planfile.dumps(planfile.plan_to_json(plan)))
        return
    print(plain.plan_text(plan, terminal.columns()))
    if options.out is not None:
        print(f"\nThe plan is in {plain.shown(options.out)}; run it with: handsync apply {plain.shown(options.out)}")
    elif any(row.action.value != "none" for row in plan.rows):
        print(f"\nTo run it: {command} --out FILE, then handsync apply FILE")


def recover(options: Namespace, stop: terminal.Stop) -> int:
    """Looks up what runs that were cut off have done, by reading only, and says so; or says what shall become of one.

    The exit code is 3 while rows are left that such a run had not done.
    """
    if options.finish is not None:
        with opened(options.config) as service, terminal.ProgressLine() as line, stop.gently():
            plan = service.finish_plan(options.finish, line.reading, stop.asked)
        _show(plan, options, f"{_COMMAND} --finish {plain.clean(options.finish)}")
        return 0
    if options.stop_here is not None:
        with opened(options.config) as service:
            _print_run(service.stop_here(options.stop_here))
        print("It stays as it is; what was not done is offered again by the next plan.")
        return 0
    records: list[RunRecord] = []
    with opened(options.config) as service:
        for kind in [kind for kind in Kind if service.cut_off(kind)]:
            records += service.recover(kind)
    if options.json:
        print(planfile.dumps({"format": FORMAT, "runs": [run_to_json(record) for record in records]}))
    elif not records:
        print("No run was cut off.")
    for record in records if not options.json else ():
        _print_run(record)
        if left := len(not_done(record)):
            said = (
                f"{left} not done. To do them now: {_COMMAND} --finish {record.head.id} --out FILE, then handsync apply"
            )
            said += (
                f" FILE. To leave it at that: {_COMMAND} --stop-here {record.head.id}. The next plan offers them again"
            )
            print(plain.wrapped(f"{said} in any case; nothing is repeated by itself.", terminal.columns()))
    return SOME_LEFT if any(not_done(record) for record in records) else 0
