"""A sample of the fault suite: every fault, on every side and for every process, at points all over the run.

All points: `python tests/faults/everything.py`, see README.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from faults.suite import FAULTS, Injection, inject, injections, injections_of_many, known
from sync_core.items import Kind

# points per fault and process
SAMPLE = 3
SHARES = {fault: number for number, fault in enumerate(FAULTS)}


def sample(kind: Kind, fault: str, *, undo: bool = False) -> list[Injection]:
    """Points spread evenly over the run, others for each fault."""
    points = [what for what in injections(kind, known(kind, undo=undo), undo=undo) if what.fault == fault]
    shift = SHARES[fault] * 7 + list(Kind).index(kind) * 3
    return [points[(shift + number * len(points) // SAMPLE) % len(points)] for number in range(SAMPLE)]


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", Kind)
def test_a_run_survives(kind: Kind, fault: str, record_property: Callable[[str, Any], None]) -> None:
    tried = sample(kind, fault)
    record_property("tried", {"faults injected into runs": len(tried)})
    wrong = [sentence for what in tried for sentence in inject(what, known(kind))]
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", Kind)
def test_a_run_that_takes_another_back_survives(
    kind: Kind, fault: str, record_property: Callable[[str, Any], None]
) -> None:
    """Promises 3 and 7: taken back once more, all is as it was before the first run, and nothing is offered again."""
    tried = sample(kind, fault, undo=True)
    record_property("tried", {"faults injected into undos": len(tried)})
    wrong = [sentence for what in tried for sentence in inject(what, known(kind, undo=True))]
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("number", range(4))
def test_a_run_of_several_batches_survives(number: int, record_property: Callable[[str, Any], None]) -> None:
    """More than 200 rows for Salesforce and more than 50 for Outlook: points between one batch and the next."""
    whole = known(Kind.CALENDAR, many=True)
    points = injections_of_many(Kind.CALENDAR, whole)
    what = points[(2 * number + 1) * len(points) // 8]
    record_property("tried", {"faults injected into runs": 1})
    assert inject(what, whole) == []


def test_one_lost_answer_harms_nothing(record_property: Callable[[str, Any], None]) -> None:
    """The fast suite has one of them: the answer to a create is lost."""
    points = [what for what in injections(Kind.CALENDAR, known(Kind.CALENDAR)) if what.fault == "dropped after"]
    what = next(p for p in points if p.side == "outlook" and p.number == 10)
    record_property("tried", {"faults injected into runs": 1})
    assert inject(what, known(Kind.CALENDAR)) == []
