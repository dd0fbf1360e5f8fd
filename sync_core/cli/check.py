"""`handsync check`: settings, connections, permissions, a line each."""

from __future__ import annotations

from argparse import Namespace

from sync_core.cli import plain, terminal
from sync_core.cli.opening import opened
from sync_core.settings import settings_path


def check(options: Namespace) -> int:
    """Prints what was found: 0 when all is well, 1 when something is not. Reads only."""
    path = plain.shown(settings_path(options.config))
    with opened(options.config) as service:
        print(f"ok      Settings: {path}, time zone {service.zone}.", flush=True)
        with terminal.ProgressLine() as line:
            line.say("Trying both connections …")
            findings = service.check()
    for finding in findings:
        mark = "ok    " if finding.ok else "NOT OK"
        print(plain.wrapped(f"{mark}  {finding.what}: {finding.sentence}", terminal.columns(), hanging=8))
    return 0 if all(finding.ok for finding in findings) else 1
