"""`handsync forget` and `handsync rebuild`: what is remembered of the pair of accounts. Neither needs a connection."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Final

from sync_core.cli import plain, terminal
from sync_core.cli.opening import opened
from sync_core.errors import SettingsError
from sync_core.items import Kind
from sync_core.remembered import FORGET, REBUILD

if TYPE_CHECKING:
    from sync_core.service import Service

NOTHING_TO_DO: Final = 4


def forget(options: Namespace) -> int:
    """Deletes all that is known of the pair, after a question. The exit code of DESIGN.md section 7."""
    return _after_asking(options, FORGET, "Forget all this?", "Forgotten")


def rebuild(options: Namespace) -> int:
    """Forgets the links of the pair, after a question. The exit code of DESIGN.md section 7."""
    return _after_asking(options, REBUILD, "Rebuild the memory?", "Rebuilt")


def _after_asking(options: Namespace, what: str, question: str, done: str) -> int:
    if not options.yes and not terminal.can_ask():
        raise SettingsError(f"{options.command} asks first, and there is no terminal to ask on", remedy="Add --yes")
    kinds = [Kind(name) for name in dict.fromkeys(options.processes)] or list(Kind)
    with opened(options.config) as service:
        if not options.yes:
            about = f"{', '.join(kind.label for kind in kinds)}. {what}"
            print(plain.wrapped(about, terminal.columns()))
            if terminal.ask(f"{question} Type yes: ").casefold() not in ("yes", "y"):
                print("Everything is as it was.")
                return 1
        found = _done(service, options.command, kinds)
    if not found:
        print("Nothing is remembered of these accounts.")
        return NOTHING_TO_DO
    print(f"{done}: {', '.join(kind.label for kind in found)}.")
    return 0


def _done(service: Service, command: str, kinds: list[Kind]) -> list[Kind]:
    work = service.forget_memory if command == "forget" else service.rebuild_memory
    return [found for kind in kinds for found in work(kind)]
