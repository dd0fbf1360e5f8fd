"""A disk that is full, or read-only, is told before anything is sent: through the service, and by a real process."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.host import settings_file

from sync_core import files
from sync_core.errors import StoreError
from sync_core.review import Review
from sync_core.service import Service

TOMORROW = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT10:00:00Z}"
ROOT = Path(__file__).parents[2]
# bytes that one file may have in the child: enough to plan, too little to run
LIMIT = 120_000


@pytest.fixture
def desk(open_desk: Callable[..., Any]) -> Any:
    desk = open_desk(world="empty", today=None)
    values = {"Subject": "Call", "StartDateTime": TOMORROW, "DurationInMinutes": 30}
    desk.sandbox.org.create("Event", values, by=desk.sandbox.user_id)
    return desk


def made(desk: Any) -> int:
    return len(desk.sandbox.mailbox.items(desk.sandbox.mailbox.folder("calendar")))


def test_the_service_looks_before_it_runs(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    review = Review.of(desk.plan())
    desk.forget_requests()
    with monkeypatch.context() as patch:
        patch.setattr(files, "free_space", lambda directory: 10_000)
        with pytest.raises(StoreError) as told:
            desk.run(review)
    sentence = told.value.sentence()
    assert "are needed and 10 kB are free" in sentence
    assert "Check the directory's permissions and the free space" in sentence
    assert (made(desk), desk.requests(), desk.service.runs()) == (0, {"salesforce": 0, "outlook": 0}, [])
    assert desk.run(review).clean


@pytest.mark.slow
def test_the_command_line_says_it_in_one_sentence(desk: Any, tmp_path: Path) -> None:
    config, kept = settings_file(tmp_path, desk.sandbox.settings_toml()), tmp_path / "plan.jsonl"

    def shell(*words: str, limit: int | None = None) -> subprocess.CompletedProcess[str]:
        def limited() -> None:
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        return subprocess.run(
            [sys.executable, "-m", "tui", *words],
            cwd=ROOT,
            env={**os.environ, "HANDSYNC_CONFIG": str(config), "HANDSYNC_STATE_DIR": str(tmp_path / "home")},
            capture_output=True,
            text=True,
            preexec_fn=limited,
            timeout=120,
            check=False,
        )

    planned = shell("plan", "calendar", "--out", str(kept))
    assert planned.returncode == 0, planned.stderr
    done = shell("apply", str(kept), "--yes", limit=LIMIT)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "the memory cannot be used: File too large" in done.stderr
    assert made(desk) == 0
    assert shell("apply", str(kept), "--yes").returncode == 0
    assert made(desk) == 1


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a place where nobody may write")
def test_a_home_where_nobody_may_write_is_told_by_the_plan(desk: Any) -> None:
    service = Service(desk.service.settings, Path("/proc/self/handsync"), clock=desk.sandbox.world.clock)
    with pytest.raises(StoreError, match="the memory cannot be used"):
        service.plan(next(iter(desk.plan().rows)).kind, lambda p: None, lambda: False)
    service.close()
