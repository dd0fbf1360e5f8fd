"""`handsync recover`, `forget` and `rebuild`: through the command line, on a run that was cut off."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.host import settings_file

from sync_core.cli import main, terminal
from sync_core.report import Result
from sync_core.review import Review
from sync_core.sandbox.faults import Fault

TOMORROW = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT10:00:00Z}"


@pytest.fixture
def desk(open_desk: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A run of two creates of which only the first was applied, and the settings file of its person."""
    desk = open_desk(world="empty", today=None)
    for number in range(2):
        values = {"Subject": f"Call {number}", "StartDateTime": TOMORROW, "DurationInMinutes": 30}
        desk.sandbox.org.create("Event", values, by=desk.sandbox.user_id)
    review = Review.of(desk.plan())
    desk.sandbox.faults.add(Fault("outlook", "drop_after", "CreateItem"))
    desk.sandbox.faults.add(Fault("outlook", "status", status=401, times=500))
    assert {row.result for row in desk.run(review).rows} == {Result.UNKNOWN}
    desk.sandbox.faults.clear()
    box = desk.sandbox.mailbox
    lost = next(item for item in box.items(box.folder("calendar")) if item.fields["subject"] == "Call 1")
    box.delete(lost.id, to="nowhere")
    desk.restart()
    config = settings_file(tmp_path, desk.sandbox.settings_toml())
    monkeypatch.setenv("HANDSYNC_CONFIG", str(config))
    monkeypatch.setenv("HANDSYNC_STATE_DIR", str(desk.state_dir))
    return desk


def test_a_run_that_was_cut_off_is_shown_finished_and_over(desk: Any, tmp_path: Path, capsys: Any) -> None:
    assert main(["recover"]) == 3
    said = " ".join(capsys.readouterr().out.split())
    assert "Done: Call 0, create in Outlook" in said
    assert "Not started: Call 1, create in Outlook: it was not created in Outlook" in said
    assert "1 not done. To do them now: handsync recover --finish" in said

    assert main(["recover", "--json"]) == 3
    [run] = json.loads(capsys.readouterr().out)["runs"]
    assert [(row["title"], row["result"]) for row in run["rows"]] == [("Call 0", "done"), ("Call 1", "not_started")]
    assert run["cut_off"]

    kept = tmp_path / "rest.jsonl"
    assert main(["recover", "--finish", run["id"], "--out", str(kept)]) == 0
    assert [row["action"] for row in json.loads(kept.read_text())["rows"]] == ["create_in_outlook"]
    assert main(["apply", str(kept), "--yes"]) == 0
    capsys.readouterr()
    assert main(["recover"]) == 0
    assert capsys.readouterr().out == "No run was cut off.\n"
    box = desk.sandbox.mailbox
    assert sorted(i.fields["subject"] for i in box.items(box.folder("calendar"))) == ["Call 0", "Call 1"]


def test_a_run_may_be_left_as_it_is(desk: Any, capsys: Any) -> None:
    (head,) = desk.service.cut_off()
    assert main(["recover", "--stop-here", head.id]) == 0
    assert "It stays as it is" in capsys.readouterr().out
    assert main(["recover"]) == 0
    assert main(["plan", "calendar", "--json"]) == 0
    plan = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [row["action"] for row in plan["rows"]] == ["create_in_outlook"]


def test_out_without_finish_is_wrong_usage(desk: Any) -> None:
    with pytest.raises(SystemExit) as left:
        main(["recover", "--out", "x"])
    assert left.value.code == 2


@pytest.mark.parametrize("command", ["forget", "rebuild"])
def test_it_asks_before_it_forgets(desk: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any, command: str) -> None:
    assert main([command]) == 2, "there is nobody to ask"
    assert "Add --yes" in capsys.readouterr().err
    runs = len(desk.service.runs())
    monkeypatch.setattr(terminal, "can_ask", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: "no")
    assert main([command]) == 1
    assert "Everything is as it was." in capsys.readouterr().out
    assert len(desk.service.runs()) == runs


def test_forget_and_rebuild_name_what_they_did(desk: Any, capsys: Any) -> None:
    assert main(["recover"]) == 3
    capsys.readouterr()
    assert main(["rebuild", "calendar", "--yes"]) == 0
    assert capsys.readouterr().out == "Rebuilt: Calendar.\n"
    assert len(desk.service.runs()) == 1, "the history is kept"
    assert main(["forget", "--yes"]) == 0
    assert capsys.readouterr().out == "Forgotten: Calendar.\n"
    assert main(["history"]) == 0
    assert capsys.readouterr().out == "Nothing was run yet.\n"
    assert main(["forget", "--yes"]) == 4
