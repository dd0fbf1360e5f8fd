"""`python -m sync_core.sandbox`: the two servers in the foreground, until they are told to stop."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="handsync sandbox",
        description="Start a Salesforce REST server and an Exchange server on this machine, with a made-up company in"
        " them. Prints one JSON line when both listen. Nothing is kept when they stop.",
    )
    parser.add_argument(
        "--size",
        type=_size,
        metavar="N",
        help="events on each side, and contacts and tasks in proportion (default about 70 events)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="another company, the same for the same number"
    )
    parser.add_argument("--today", type=_day, metavar="YYYY-MM-DD", help="the day around which the events lie")
    parser.add_argument("--zone", type=_zone, default="Europe/London", help="the time zone of the company (IANA name)")
    parser.add_argument("--world", choices=("company", "empty"), default="company", help="what is in them at first")
    parser.add_argument("--until-stdin-closes", action="store_true", help="stop when standard input ends, too")
    return parser


def _size(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text} is not a number of events")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a day such as 2026-11-23") from None


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise argparse.ArgumentTypeError(f"there is no time zone {text}; an IANA name is Europe/London") from None
    return text


def main(argv: Sequence[str] | None = None) -> int:
    """Serves until SIGINT, SIGTERM or SIGHUP. Returns the exit code: 0, or 1 when the line could not be printed.

    Raises SystemExit(2) with a sentence on standard error for wrong arguments.
    """
    options = _parser().parse_args(argv)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    # not before the arguments are known to be right: this takes a moment
    from sync_core.sandbox.running import start_sandbox

    with start_sandbox(
        size=options.size, seed=options.seed, today=options.today, world=options.world, zone=options.zone
    ) as sandbox:
        try:
            print(json.dumps(sandbox.connection()), flush=True)
        except BrokenPipeError:
            return 1
        if options.until_stdin_closes:
            threading.Thread(target=_wait_for_end, args=(stop,), daemon=True).start()
        stop.wait()
    return 0


def _wait_for_end(stop: threading.Event) -> None:
    while sys.stdin.buffer.read(1024):
        pass
    stop.set()


if __name__ == "__main__":
    sys.exit(main())
