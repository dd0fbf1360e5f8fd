"""Random weeks against the real planner and runner, for every kind of item: see support.machine."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from support.machine import weeks

from sync_core.items import Kind

# per kind; PROOF_EXAMPLES=40000 is for a night
MANY = int(os.environ.get("PROOF_EXAMPLES", "600"))
KINDS = pytest.mark.parametrize("kind", list(Kind))


def _live(kind, examples, steps, record_property):
    machine = weeks(kind)
    run = settings(max_examples=examples, stateful_step_count=steps, deadline=None, report_multiple_bugs=False)
    run_state_machine_as_test(machine, settings=run)
    tally = machine.tally
    record_property("tried", {"examples": tally.examples, "steps": tally.steps, "syncs": tally.syncs})
    assert tally.examples >= examples


@KINDS
def test_weeks(kind, record_property):
    _live(kind, 60, 25, record_property)


@pytest.mark.slow
@KINDS
def test_many_weeks(kind, record_property):
    _live(kind, MANY, 40, record_property)
