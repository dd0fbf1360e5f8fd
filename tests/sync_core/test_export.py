"""What a person keeps in a file: private, whole or not at all, and no other file is lost for it."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from sync_core import files
from sync_core.errors import StoreError
from sync_core.export import ThereAlreadyError, save, target


def leftovers(directory: Path, *names: str) -> list[str]:
    return sorted(set(os.listdir(directory)) - set(names))


def test_a_file_is_private_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    save(path, "Übung \ud800\n")
    assert path.read_text() == "Übung ?\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert leftovers(tmp_path, "run.json") == []


def test_a_file_that_is_there_stays_unless_it_shall_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text("somebody's")
    with pytest.raises(ThereAlreadyError, match="there already"):
        save(path, "ours")
    assert path.read_text() == "somebody's"
    save(path, "ours", replace=True)
    assert path.read_text() == "ours"
    assert leftovers(tmp_path, "run.json") == []


def test_a_file_that_comes_in_the_last_moment_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.json"
    link = os.link

    def late(source: str, name: Path) -> None:
        path.write_text("just in time")
        link(source, name)

    monkeypatch.setattr(files.os, "link", late)
    with pytest.raises(ThereAlreadyError):
        save(path, "ours")
    assert path.read_text() == "just in time"
    assert leftovers(tmp_path, "run.json") == []


def test_a_file_system_without_hard_links_is_no_hindrance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: str, name: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(files.os, "link", refuse)
    path = tmp_path / "run.json"
    save(path, "ours")
    assert path.read_text() == "ours"
    with pytest.raises(ThereAlreadyError):
        save(path, "again")
    assert path.read_text() == "ours"
    assert leftovers(tmp_path, "run.json") == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "there is no file name"),
        ("  ", "there is no file name"),
        ("nowhere/run.json", "there is no such directory"),
        (".", "this is not a file"),
        ("file/run.json", "this is no directory"),
        ("x" * 300, "it cannot be written"),
        ("a\0b", "cannot"),
    ],
)
def test_what_cannot_be_a_file_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, why: str
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match=why) as caught:
        save(target(name), "ours")
    assert caught.value.sentence().endswith(".")
    assert leftovers(tmp_path, "file") == []


def test_home_and_links_are_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "real").write_text("")
    (tmp_path / "link").symlink_to("real")
    save(target(" ~/link "), "ours", replace=True)
    assert (tmp_path / "real").read_text() == "ours"
    assert (tmp_path / "link").is_symlink()


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        save(tmp_path / "run.json", "ours")
    assert leftovers(tmp_path) == []
