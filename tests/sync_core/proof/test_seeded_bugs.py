"""Bugs planted one at a time into a copy of the package: the tests of the pure core must notice every one.

The machine alone must notice the ten that a machine of another synchroniser was tried with.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.seeds import OURS, TEN, Seed

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = (
    "test_compare.py",
    "test_decide.py",
    "test_run.py",
    "test_review.py",
    "test_review_series.py",
    "test_likeness.py",
    "test_guards.py",
    "test_journal.py",
    "test_recover.py",
    "test_undo_says.py",
)
PROOF = ("test_found_by_the_machine.py", "test_invariants.py", "test_ignores.py", "test_edges.py")
MACHINE = "test_machine.py"


def named(seed: Seed) -> str:
    return seed.what


@pytest.mark.parametrize("seed", [*TEN, *OURS], ids=named)
def test_each_bug_can_still_be_planted(seed):
    """A seed whose text is no longer in the file, or stands there twice, plants nothing or something else."""
    assert (ROOT / "sync_core" / seed.file).read_text(encoding="utf-8").count(seed.old) == 1
    assert seed.new != seed.old


def planted(where: Path, seed: Seed | None) -> Path:
    """A copy of the package and of the tests of its pure part, with a bug in it."""
    skip = shutil.ignore_patterns("__pycache__", "sandbox", "cli")
    shutil.copytree(ROOT / "sync_core", where / "sync_core", ignore=skip)
    shutil.copytree(ROOT / "tests" / "support", where / "tests" / "support", ignore=skip)
    shutil.copy(ROOT / "pyproject.toml", where)
    target = where / "tests" / "sync_core"
    (target / "proof").mkdir(parents=True)
    for name in (*EXAMPLES, MACHINE):
        shutil.copy(ROOT / "tests" / "sync_core" / name, target)
    for name in PROOF:
        if (ROOT / "tests" / "sync_core" / "proof" / name).exists():
            shutil.copy(ROOT / "tests" / "sync_core" / "proof" / name, target / "proof")
    if seed is not None:
        file = where / "sync_core" / seed.file
        file.write_text(file.read_text(encoding="utf-8").replace(seed.old, seed.new), encoding="utf-8")
    return where


def suite(where: Path, *chosen: str) -> subprocess.CompletedProcess[str]:
    """Runs tests against the copy, up to the first failure; the machine always with the same examples."""
    env = {"PYTHONPATH": str(where), "PATH": os.environ["PATH"], "PROOF_ALWAYS_THE_SAME": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-m", "not slow", "-p", "no:cacheprovider", *chosen]
    return subprocess.run(command, cwd=where, env=env, capture_output=True, text=True, timeout=600, check=False)


def in_the_copy(result: subprocess.CompletedProcess[str]) -> bool:
    """Whether tests ran and one of them failed; a copy that cannot even be imported proves nothing."""
    return result.returncode == 1 and "error" not in result.stdout.rsplit("\n", 2)[-2]


@pytest.mark.slow
@pytest.mark.timeout(700)
def test_without_a_bug_the_copy_is_well(tmp_path):
    result = suite(planted(tmp_path, None), "tests/sync_core")
    assert result.returncode == 0, result.stdout[-2000:]


@pytest.mark.slow
@pytest.mark.timeout(700)
@pytest.mark.parametrize("seed", [*TEN, *OURS], ids=named)
def test_the_suite_notices(seed, tmp_path, record_property):
    where = planted(tmp_path, seed)
    result = suite(where, *(f"tests/sync_core/{name}" for name in EXAMPLES), "tests/sync_core/proof")
    assert in_the_copy(result), result.stdout[-2000:]
    record_property("tried", {"seeded bugs noticed": 1})


@pytest.mark.slow
@pytest.mark.timeout(700)
@pytest.mark.parametrize("seed", TEN, ids=named)
def test_the_machine_alone_notices(seed, tmp_path, record_property):
    result = suite(planted(tmp_path, seed), f"tests/sync_core/{MACHINE}")
    assert in_the_copy(result), result.stdout[-2000:]
    record_property("tried", {"of them by the machine alone": 1})
