"""Over SSH every byte counts: what a review writes is counted on a terminal of 120x40, and has bounds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support.figures import MENU, MOVE, REVIEW, SCROLL, count, ready
from support.terminal import Terminal


@pytest.mark.slow
def test_a_review_writes_few_bytes(tmp_path: Path) -> None:
    environ = {"HANDSYNC_CONFIG": str(tmp_path / "config.toml"), "HANDSYNC_STATE_DIR": str(tmp_path / "state")}
    with Terminal([sys.executable, str(REVIEW), "2000", "--still"], environ) as terminal:
        ready(terminal)
        found = count(terminal)
        assert b"\x1b[?1003h" not in terminal.written
        assert b"\x1b[?1002h" in terminal.written
    assert max(found.moves) <= MOVE
    assert sum(found.scrolling) / len(found.scrolling) <= SCROLL
    assert found.menu < MENU
    assert found.menu_step <= MOVE
    assert found.nothing == 0
    assert found.idle == 0
    assert found.mouse == 0
