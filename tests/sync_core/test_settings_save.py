"""Saving: a person's file stays theirs; only what changed is written, whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync_core import files
from sync_core.errors import SettingsError, StoreError
from sync_core.settings.load import load
from sync_core.settings.models import Settings
from sync_core.settings.save import save

FILE = """\
# my settings
time_zone = 'Europe/London'   # home

[calendar]  # the important one
include    = true
past_days  = 30   # a month

# people, later
[contacts]
include = false

[salesforce]
access_token = "old"  # from the admin
instance_url = 'https://example.my.salesforce.com'
"""


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("HANDSYNC_"):
            monkeypatch.delenv(name)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(FILE)
    path.chmod(0o600)
    return path


def changed(before: Settings, **sections: dict[str, Any] | str) -> Settings:
    data = before.model_dump()
    for name, values in sections.items():
        data[name] = data[name] | values if isinstance(values, dict) else values
    return Settings.model_validate(data)


def test_only_the_changed_lines_differ(path: Path) -> None:
    before = load(path)
    after = changed(before, calendar={"past_days": 7, "future_days": 90, "prevent_outlook": ["delete"]})
    save(path, before, after)
    assert path.read_text() == FILE.replace("past_days  = 30 ", "past_days  = 7 ").replace(
        "# a month\n", '# a month\nfuture_days = 90\nprevent_outlook = ["delete"]\n'
    )
    assert load(path) == after


def test_nothing_changed_means_nothing_written(path: Path) -> None:
    before = load(path)
    stamp = path.stat().st_mtime_ns, path.stat().st_ino
    save(path, before, changed(before))
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == stamp


def test_sections_and_top_level_keys_come_and_go(path: Path) -> None:
    before = load(path)
    after = changed(before, time_zone="Asia/Tokyo", tasks={"include": True}, outlook={"calendar": "Calendar/Team"})
    save(path, before, after)
    assert load(path) == after
    assert "# home" in path.read_text()
    gone = changed(after, salesforce={"access_token": None, "access_token_command": ["pass", "show", "sf"]})
    save(path, after, gone)
    assert load(path) == gone
    assert "old" not in path.read_text()


def test_secrets_are_written_when_changed_and_never_masked(path: Path) -> None:
    before = load(path)
    save(path, before, changed(before, calendar={"past_days": 1}))
    assert 'access_token = "old"  # from the admin' in path.read_text()
    before = load(path)
    save(path, before, changed(before, salesforce={"access_token": 'n"ew\\'}))
    after = load(path)
    assert after.salesforce.access_token is not None
    assert after.salesforce.access_token.get_secret_value() == 'n"ew\\'
    assert "***" not in path.read_text()


def test_a_new_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "config.toml"
    old = os.umask(0)
    try:
        save(path, Settings(), changed(Settings(), calendar={"include": True}))
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700
    assert load(path).calendar.include
    assert [entry.name for entry in path.parent.iterdir()] == ["config.toml"]


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "link.toml"
    link.parent.mkdir()
    link.symlink_to(path)
    before = load(link)
    save(link, before, changed(before, calendar={"past_days": 1}))
    assert link.is_symlink()
    assert load(path).calendar.past_days == 1


def test_a_file_changed_meanwhile_is_not_overwritten(path: Path) -> None:
    before = load(path)
    theirs = FILE.replace("= 30", "= 60")
    path.write_text(theirs)
    with pytest.raises(SettingsError, match="changed by somebody else"):
        save(path, before, changed(before, calendar={"past_days": 7}))
    assert path.read_text() == theirs
    path.unlink()
    with pytest.raises(SettingsError, match="changed by somebody else"):
        save(path, before, changed(before, calendar={"past_days": 7}))
    assert not path.exists()


def test_a_comment_added_meanwhile_survives(path: Path) -> None:
    before = load(path)
    path.write_text("# hello\n" + FILE)
    save(path, before, changed(before, calendar={"past_days": 7}))
    assert path.read_text().startswith("# hello\n")


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = load(path)
    monkeypatch.setattr(files.os, step, full)
    with pytest.raises(StoreError, match="cannot be saved: No space left on device"):
        save(path, before, changed(before, calendar={"past_days": 7}))
    assert path.read_text() == FILE
    assert [entry.name for entry in path.parent.iterdir()] == ["config.toml"]


def test_inline_and_dotted_tables_are_changed_too(path: Path) -> None:
    path.write_text("calendar = {include = true}\ntasks.include = false\n")
    before = load(path)
    after = changed(before, calendar={"past_days": 1}, tasks={"past_days": 2})
    save(path, before, after)
    assert load(path) == after


def test_the_environment_is_not_written_into_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDSYNC_CALENDAR__FUTURE_DAYS", "5")
    before = load(path)
    save(path, before, changed(before, calendar={"past_days": 7}))
    assert "future_days" not in path.read_text()


LAYOUTS = st.lists(
    st.sampled_from(["# note\n", "\n", "past_days = 5\n", "include = true # on\n", "private=false\n"]), max_size=6
).filter(lambda lines: len({line for line in lines if "=" in line}) == sum("=" in line for line in lines))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    calendar=LAYOUTS,
    tasks=LAYOUTS,
    values=st.fixed_dictionaries(
        {"past_days": st.integers(0, 3650), "include": st.booleans(), "prevent_outlook": st.sets(st.just("delete"))}
    ),
    newline=st.booleans(),
)
def test_what_is_saved_is_loaded_and_no_comment_is_lost(
    path: Path, calendar: list[str], tasks: list[str], values: dict[str, Any], newline: bool
) -> None:
    content = "# top\n[calendar]\n" + "".join(calendar) + "[tasks]\n" + "".join(tasks)
    content = content if newline else content.rstrip("\n")
    path.write_text(content)
    before = load(path)
    values = values | {"prevent_outlook": sorted(values["prevent_outlook"])}
    after = changed(before, calendar=values, tasks=values)
    save(path, before, after)
    assert load(path) == after
    written = path.read_text()
    assert written.count("#") == content.count("#")
    # nothing of one section has slipped into the comments above the next
    assert list(tomlkit.parse(written)) == ["calendar", "tasks"]


def test_two_at_once_do_not_mix(path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    before = load(path)
    jobs: list[Callable[[], None]] = [
        lambda days=days: save(path, before, changed(before, calendar={"past_days": days})) for days in range(1, 9)
    ]
    with ThreadPoolExecutor(8) as pool:
        outcomes = [future.exception() for future in [pool.submit(job) for job in jobs]]
    assert outcomes.count(None) == 1
    assert all(isinstance(outcome, SettingsError) for outcome in outcomes if outcome is not None)
    assert load(path).calendar.past_days in range(1, 9)
