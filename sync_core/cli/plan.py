"""`handsync plan`, and what stands in for the full-screen program where there is no screen."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sync_core import planfile
from sync_core.cli import plain, terminal
from sync_core.cli.opening import opened
from sync_core.errors import SettingsError
from sync_core.items import Kind
from sync_core.plan import Plan
from sync_core.settings import settings_path
from sync_core.settings.display import early

if TYPE_CHECKING:
    from sync_core.service import Service


def plan(options: Namespace, stop: terminal.Stop) -> int:
    """Plans the processes and prints or keeps the plans. Writes nothing on either side."""
    kinds = list(dict.fromkeys(Kind(name) for name in options.processes))
    with opened(options.config) as service:
        plans = made(service, kinds, stop)
    if options.out is not None:
        planfile.write_plan_file(options.out, [planfile.plan_to_json(one) for one in plans])
    if options.json:
        for one in plans:
            print(planfile.dumps(planfile.plan_to_json(one)))
        return 0
    print("\n\n".join(plain.plan_text(one, terminal.columns()) for one in plans))
    if options.out is not None:
        print(f"\nThe plan is in {plain.shown(options.out)}; run it with: handsync apply {plain.shown(options.out)}")
    return 0


def made(service: Service, kinds: Sequence[Kind], stop: terminal.Stop) -> list[Plan]:
    """The plans of several processes, one after the other, with progress. Raises HandsyncError."""
    with terminal.ProgressLine() as line, stop.gently():
        plans = []
        for kind in kinds:
            plans.append(service.plan(kind, line.reading, stop.asked))
            stop.check()
        return plans


def instead_of_screen(options: Namespace, stop: terminal.Stop) -> int:
    """Prints the plan of every process that is switched on, for a terminal that can show no screen, or for a pipe."""
    if not options.demo:
        return _print_all(options.config, None, stop)
    from sync_core.demo import Demo

    with terminal.ProgressLine() as line, Demo(line.say) as demo:
        paths = demo.start(display=early(settings_path(options.config), os.environ))
        line.clear()
        return _print_all(paths.config, paths.state_dir, stop)


def _print_all(config: Path | None, state_dir: Path | None, stop: terminal.Stop) -> int:
    with opened(config, state_dir) as service:
        kinds = [kind for kind in Kind if service.settings.job(kind).include]
        if not kinds:
            raise SettingsError("no process is switched on", remedy="Set include = true under [calendar]")
        plans = made(service, kinds, stop)
    print("\n\n".join(plain.plan_text(one, terminal.columns()) for one in plans))
    return 0
