"""From a command line to an exit code: every problem is one sentence on standard error."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from sync_core.cli import terminal
from sync_core.cli.arguments import parse
from sync_core.errors import CancelledError, HandsyncError

if TYPE_CHECKING:
    from argparse import Namespace

RunScreen = Callable[["Namespace"], int]
DEBUG_VARIABLE: Final = "HANDSYNC_DEBUG"


def main(argv: Sequence[str] | None = None, run_screen: RunScreen | None = None) -> int:
    """Does what the command line says; the exit code of DESIGN.md section 7.

    `run_screen` gets the options (config, demo, no_mouse) and shows the full-screen program; without one the plan is
    printed in its place. Raises SystemExit for --help, --version and wrong usage, as argparse does.
    """
    for stream in (sys.stdout, sys.stderr):
        # a terminal that cannot show a character of somebody's subject gets a question mark
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a TextIOWrapper, unless replaced
    options = parse(sys.argv[1:] if argv is None else argv)
    try:
        code = _run(options, run_screen)
        sys.stdout.flush()
        return code
    except CancelledError:
        return _problem("stopped; nothing more was written.")
    except HandsyncError as problem:
        return _problem(problem.sentence(), problem.exit_code)
    except KeyboardInterrupt:
        return _problem("stopped.")
    except BrokenPipeError:
        # whoever read our output has seen enough; Python must not try to write the rest when it ends
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as problem:
        return _surprise(problem)


def _run(options: Namespace, run_screen: RunScreen | None) -> int:
    match options.command:
        case None if run_screen is not None and terminal.is_screen():
            return run_screen(options)
        case "sandbox":
            return _sandbox(options)
    stop = terminal.Stop()
    with stop.listening():
        return _command(options, stop)


def _command(options: Namespace, stop: terminal.Stop) -> int:
    match options.command:
        case "plan":
            from sync_core.cli.plan import plan

            return plan(options, stop)
        case "apply":
            from sync_core.cli.apply import apply

            return apply(options, stop)
        case "check":
            from sync_core.cli.check import check

            return check(options)
        case "ignored":
            from sync_core.cli.ignored import ignored

            return ignored(options)
        case "history" | "undo" | "recover":
            from sync_core.cli import history

            if options.command == "recover":
                return history.recover(options, stop)
            return history.undo(options) if options.command == "undo" else history.history(options)
        case "forget" | "rebuild":
            from sync_core.cli import memory

            return memory.forget(options) if options.command == "forget" else memory.rebuild(options)
    from sync_core.cli.plan import instead_of_screen

    return instead_of_screen(options, stop)


def _sandbox(options: Namespace) -> int:
    """Becomes the sandbox: its servers are a program of their own, which the rest of the core never imports."""
    from pathlib import Path

    arguments = [f"--{name}={value}" for name in ("size", "seed") if (value := getattr(options, name)) is not None]
    root = str(Path(__file__).parents[2])
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [root, environment.get("PYTHONPATH", "")]))
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-m", "sync_core.sandbox", *arguments], environment)


def _problem(sentence: str, code: int = 1) -> int:
    from sync_core.text import plain

    with contextlib.suppress(OSError, ValueError):
        print(f"handsync: {plain(sentence)}", file=sys.stderr)
    return code


def _surprise(problem: Exception) -> int:
    """An error that nobody foresaw. Its text may hold anything, so only its type is named."""
    if os.environ.get(DEBUG_VARIABLE):
        import traceback

        from sync_core.settings.secrets import scrub
        from sync_core.text import plain

        trace = "".join(traceback.format_exception(problem))
        with contextlib.suppress(OSError, ValueError):
            print(plain(scrub(trace), keep_newlines=True), file=sys.stderr)
    return _problem(
        f"something went wrong that should not have ({type(problem).__name__}); handsync has stopped. "
        f"{DEBUG_VARIABLE}=1 shows where."
    )
