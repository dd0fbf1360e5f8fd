"""`handsync ignored`: what is being ignored, and taking it back. Needs no connection."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

from sync_core import planfile, reasons
from sync_core.cli import plain, terminal
from sync_core.cli.opening import opened
from sync_core.errors import SettingsError
from sync_core.plan import IgnoreMode, Singles

_MODES: Final = {
    IgnoreMode.ONCE: "ignored until the next change",
    IgnoreMode.FOREVER: "ignored forever",
    Singles.OCCURRENCES: "its occurrences cross as single events",
    Singles.CHANGED_ONES: "its changed occurrences cross as single events",
}


def ignored(options: Namespace) -> int:
    """Prints what is being ignored, or takes one of them back."""
    with opened(options.config) as service:
        if options.remove is not None:
            if not service.remove_ignore(options.remove):
                raise SettingsError(
                    f"nothing with the id “{plain.clean(options.remove)}” is being ignored",
                    remedy="The ids are those of: handsync ignored",
                )
            print("It is no longer ignored; the next plan offers it again.")
            return 0
        entries = sorted(service.ignored(), key=lambda entry: (entry[0], entry[1].since, entry[1].row_id))
    if options.json:
        rows = [
            {
                "id": ignore.row_id,
                "process": kind.value,
                "state": ignore.mode.value,
                "since": ignore.since,
                "title": ignore.title,
                "reason": ignore.reason,
            }
            for kind, ignore in entries
        ]
        print(planfile.dumps({"format": planfile.FORMAT, "ignored": rows}))
        return 0
    if not entries:
        print("Nothing is being ignored.")
    for kind, ignore in entries:
        since = f" since {reasons.day(ignore.since)}" if ignore.since else ""
        words = f"{ignore.row_id}  {kind.label}: {ignore.title}, {_MODES[ignore.mode]}{since}. {ignore.reason}"
        print(plain.wrapped(words, terminal.columns(), hanging=14))
    return 0
