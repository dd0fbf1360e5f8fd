"""`handsync history`, `handsync undo` and `handsync recover`: what runs did, and taking it back."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Final

from sync_core import planfile
from sync_core.cli import plain, terminal
from sync_core.cli.opening import opened
from sync_core.errors import SettingsError
from sync_core.history import FORMAT, head_to_json, run_to_csv, run_to_json
from sync_core.items import Kind
from sync_core.report import Result

if TYPE_CHECKING:
    from sync_core.journal import RunHead, RunRecord

NOTHING_TO_DO: Final = 4


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
    if options.out is not None:
        planfile.write_plan_file(options.out, [planfile.plan_to_json(plan)])
    if options.json:
        print(planfile.dumps(planfile.plan_to_json(plan)))
        return 0
    print(plain.plan_text(plan, terminal.columns()))
    if options.out is not None:
        print(f"\nThe plan is in {plain.shown(options.out)}; run it with: handsync apply {plain.shown(options.out)}")
    elif any(row.action.value != "none" for row in plan.rows):
        print(f"\nTo run it: handsync undo {plain.clean(options.run)} --out FILE, then handsync apply FILE")
    return 0


def recover(options: Namespace) -> int:
    """Looks up what runs that were cut off have done, by reading only, and says so."""
    records: list[RunRecord] = []
    with opened(options.config) as service:
        for kind in [kind for kind in Kind if service.unfinished(kind)]:
            records += service.recover(kind)
    if options.json:
        print(planfile.dumps({"format": FORMAT, "runs": [run_to_json(record) for record in records]}))
        return 0
    if not records:
        print("No run was cut off.")
    for record in records:
        _print_run(record)
    if records:
        print("What was not done is offered again by the next plan; nothing is repeated by itself.")
    return 0
