"""Random weeks against the real planner and runner, for every kind of item: see support.machine."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from support.machine import weeks

from sync_core.items import Kind

KINDS = pytest.mark.parametrize("kind", list(Kind))


def _live(kind: Kind, examples: int, steps: int, record_property) -> None:
    machine = weeks(kind)
    run = settings(max_examples=examples, stateful_step_count=steps, deadline=None, report_multiple_bugs=False)
    run_state_machine_as_test(machine, settings=run)
    tally = machine.tally
    record_property("examples", {kind.value: [tally.examples, tally.steps, tally.syncs]})
    assert tally.examples >= examples


@KINDS
def test_weeks(kind, record_property):
    _live(kind, 60, 25, record_property)


@pytest.mark.slow
@KINDS
def test_many_weeks(kind, record_property):
    _live(kind, 1500, 40, record_property)
