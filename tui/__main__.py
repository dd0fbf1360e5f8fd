"""`handsync` and `python -m tui`: the command line, which starts the screens when nothing else is asked for."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

from sync_core.cli import main as command_line

if TYPE_CHECKING:
    from argparse import Namespace


def run_screen(options: Namespace) -> int:
    """Starts the full-screen program with the command line's options; the exit code."""
    # What is imported stays: looking through it for garbage, now and at every later collection, is time for nothing.
    gc.disable()
    from tui.app import run

    gc.freeze()
    gc.enable()
    return run(options.config, options.demo, options.no_mouse)


def main(argv: list[str] | None = None) -> int:
    """The program; gives the exit code."""
    return command_line(argv, run_screen=run_screen)


if __name__ == "__main__":
    sys.exit(main())
