"""A sample of the edits that people make while a run is prepared and while it runs: none is ever lost.

All of them: `python tests/faults/everything.py`, see README.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from faults.edits import EDITS, Edit, edits, edits_of_many, play
from faults.suite import SIDES
from sync_core.items import Kind

# moments per kind of edit, side and process, besides those after the review and before an undo
SAMPLE = 2


def sample(kind: Kind, side: str, what: str) -> list[Edit]:
    """The edits after the review and before an undo, and some in the second half of the run, where most writes are."""
    found = [edit for edit in edits(kind) if (edit.side, edit.what) == (side, what)]
    during = [edit for edit in found if edit.number >= 0 and edit.at == side][-8:]
    shift = list(Kind).index(kind) + EDITS.index(what)
    return [*found[:2], *(during[(shift + number * len(during) // SAMPLE) % len(during)] for number in range(SAMPLE))]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("side", "what"), [("salesforce", "typed"), ("salesforce", "deleted"), *(("outlook", what) for what in EDITS)]
)
@pytest.mark.parametrize("kind", Kind)
def test_no_edit_is_lost(kind: Kind, side: str, what: str, record_property: Callable[[str, Any], None]) -> None:
    tried = sample(kind, side, what)
    record_property("tried", {"moments of other people's edits": len(tried)})
    assert [sentence for edit in tried for sentence in play(edit)] == []


@pytest.mark.slow
@pytest.mark.parametrize("number", range(4))
def test_no_edit_is_lost_between_batches(number: int, record_property: Callable[[str, Any], None]) -> None:
    found = edits_of_many(Kind.CALENDAR)
    record_property("tried", {"moments of other people's edits": 1})
    assert play(found[(2 * number + 1) * len(found) // 8]) == []


@pytest.mark.parametrize("side", SIDES)
def test_what_is_typed_after_the_review_stays(side: str, record_property: Callable[[str, Any], None]) -> None:
    record_property("tried", {"moments of other people's edits": 1})
    assert play(Edit(Kind.CALENDAR, "typed", side, side)) == []
