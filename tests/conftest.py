"""What the whole suite says at its end."""

from __future__ import annotations

import signal
from collections import Counter

import pytest
from hypothesis import settings

# how long a value may take is asked by tests of speed; a busy machine takes longer for a while
settings.register_profile("handsync", deadline=None)
settings.load_profile("handsync")

_TRIED: Counter[str] = Counter()


def pytest_configure(config: pytest.Config) -> None:
    """Shells in the background ignore Ctrl+C, and nohup hangups; the programs that tests start would inherit that."""
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            # what is caught here begins anew in a program that is started; this process goes on ignoring it
            signal.signal(number, lambda *_: None)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Adds up what each test says it tried: property "tried", a mapping of words to numbers (also across workers)."""
    if report.when == "call":
        for name, value in report.user_properties:
            if name == "tried":
                _TRIED.update(value)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line: how much the machines tried."""
    if _TRIED:
        words = ", ".join(f"{number:,} {name}" for name, number in sorted(_TRIED.items()))
        terminalreporter.write_line(f"proof: {words}")
