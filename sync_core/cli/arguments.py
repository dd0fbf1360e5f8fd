"""What the command line understands."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

PROCESSES: Final = ("calendar", "contacts", "tasks")

_EXIT_CODES: Final = (
    "exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 some rows failed or were skipped, 4 nothing to apply"
)


class _Version(argparse.Action):
    """--version. Asks for it only when it is wanted."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("handsync")
        except PackageNotFoundError:
            number = "(not installed)"
        print(f"handsync {number}")
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="handsync",
        description="Compare Salesforce with Outlook, decide item by item, and only then sync. Without a command the"
        " full-screen program starts.",
        epilog=_EXIT_CODES,
        parents=[_common(argparse.SUPPRESS)],
    )
    top.set_defaults(config=None, demo=False, no_mouse=False)
    top.add_argument("--demo", action="store_true", help="try everything on a made-up company; nothing to set up")
    top.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    top.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    common = _common(argparse.SUPPRESS)

    plan = commands.add_parser("plan", parents=[common], help="read both sides and show the plan; write nothing")
    plan.add_argument("processes", nargs="+", choices=PROCESSES, metavar="PROCESS", help="calendar, contacts, tasks")
    plan.add_argument("--json", action="store_true", help="one JSON object per process, each on one line")
    plan.add_argument("--out", type=Path, metavar="FILE", help="keep the plan in FILE, for apply")

    apply = commands.add_parser("apply", parents=[common], help="run a plan that was kept with plan --out")
    apply.add_argument("file", type=Path, metavar="FILE", help="the plan; editing an “action” in it is a way to review")
    apply.add_argument("--yes", action="store_true", help="do not ask")

    commands.add_parser("check", parents=[common], help="try settings, connections and permissions")

    ignored = commands.add_parser("ignored", parents=[common], help="show what is being ignored")
    ignored.add_argument("--json", action="store_true", help="one JSON object")
    ignored.add_argument("--remove", metavar="ID", help="no longer ignore the row ID")

    history = commands.add_parser("history", parents=[common], help="past runs, or one of them whole")
    history.add_argument("run", nargs="?", metavar="RUN", help="the id of a run")
    form = history.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object")
    form.add_argument("--csv", action="store_true", help="RUN as a table, a line per field")

    undo = commands.add_parser("undo", parents=[common], help="show the plan that takes a run back; write nothing")
    undo.add_argument("run", metavar="RUN", help="the id of a run, see history")
    undo.add_argument("--json", action="store_true", help="one JSON object on one line")
    undo.add_argument("--out", type=Path, metavar="FILE", help="keep the plan in FILE, for apply")

    recover = commands.add_parser("recover", parents=[common], help="look up what runs that were cut off have done")
    answer = recover.add_mutually_exclusive_group()
    answer.add_argument("--json", action="store_true", help="one JSON object")
    answer.add_argument("--finish", metavar="RUN", help="show the plan of what RUN had not done; write nothing")
    answer.add_argument("--stop-here", metavar="RUN", help="leave RUN as it is")
    recover.add_argument("--out", type=Path, metavar="FILE", help="keep the plan of --finish in FILE, for apply")

    for name, help in (
        ("forget", "forget everything about this pair of accounts"),
        ("rebuild", "forget which items belong together, and find it anew"),
    ):
        memory = commands.add_parser(name, parents=[common], help=help)
        memory.add_argument("processes", nargs="*", type=_process, metavar="PROCESS", help="all three unless given")
        memory.add_argument("--yes", action="store_true", help="do not ask")

    sandbox = commands.add_parser("sandbox", help="the two local servers of the demo, in the foreground")
    sandbox.add_argument("--size", metavar="N", help="events on each side")
    sandbox.add_argument("--seed", metavar="N", help="another company, the same for the same number")
    return top


def _process(word: str) -> str:
    """The name of a process; argparse's own `choices` does not allow none at all."""
    if word not in PROCESSES:
        raise argparse.ArgumentTypeError(f"invalid choice: {word!r} (choose from {', '.join(PROCESSES)})")
    return word


def _common(default: Any) -> argparse.ArgumentParser:
    """What may stand before the command and after it."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", type=Path, metavar="FILE", default=default, help="the settings file")
    return common


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The options of a command line. Raises SystemExit(2) with a sentence on standard error, 0 after --help."""
    top = parser()
    options = top.parse_args(argv)
    if options.command == "history" and options.csv and options.run is None:
        top.error("--csv needs a RUN: handsync history RUN --csv")
    if options.command == "recover" and options.out is not None and options.finish is None:
        top.error("--out needs --finish: handsync recover --finish RUN --out FILE")
    if options.demo and options.command is not None:
        # the command would go to the real accounts
        top.error("--demo stands alone; for commands on made-up calendars see handsync sandbox")
    return options
