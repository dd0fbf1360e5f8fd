"""Problems as sentences: what happened, where, and what to do next."""

from __future__ import annotations

import pytest

from sync_core.errors import CancelledError, HandsyncError, SettingsError, SideError, SignInError, StoreError


@pytest.mark.parametrize(
    ("what", "where", "remedy", "sentence"),
    [
        ("it is gone", "", "", "it is gone."),
        ("it is gone.", "", "", "it is gone."),
        ("is it gone?", "", "", "is it gone?"),
        ("it is gone!", "", "", "it is gone!"),
        ("it is gone", "plan.json, line 2", "", "plan.json, line 2: it is gone."),
        ("it is gone", "", "Make it again", "it is gone. Make it again."),
        ("it is gone.", "plan.json", "Make it again?", "plan.json: it is gone. Make it again?"),
        ("", "", "", ""),
    ],
)
def test_a_problem_is_told_in_whole_sentences(what: str, where: str, remedy: str, sentence: str) -> None:
    problem = HandsyncError(what, where=where, remedy=remedy)
    assert problem.sentence() == sentence
    # as it is told where nobody asks for a sentence
    assert str(problem) == sentence
    assert (problem.what, problem.where, problem.remedy) == (what, where, remedy)


def test_what_a_program_that_called_gets_to_know() -> None:
    """Exit codes are those of the design: 2 for settings and wrong usage, 1 for everything else."""
    codes = {kind: kind("x").exit_code for kind in (HandsyncError, SettingsError, SideError, SignInError, StoreError)}
    assert [kind for kind, code in codes.items() if code == 2] == [SettingsError]
    assert set(codes.values()) == {1, 2}


def test_stopping_is_told_as_such() -> None:
    assert (CancelledError().sentence(), CancelledError().exit_code) == ("cancelled.", 1)
