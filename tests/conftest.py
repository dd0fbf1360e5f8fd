"""What the whole suite says at its end."""

from __future__ import annotations

import signal
from collections import Counter

import pytest

_TRIED: Counter[str] = Counter()


def pytest_configure(config: pytest.Config) -> None:
    """A shell in the background ignores Ctrl+C, and the programs that tests start would inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


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
