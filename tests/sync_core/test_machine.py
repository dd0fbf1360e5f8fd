"""Random weeks against the real planner and runner, for every kind of item: see support.machine."""

from __future__ import annotations

import os
from dataclasses import asdict

import pytest
from hypothesis import given, seed
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from support.machine import BAD_SERVERS, PREVENTED, SERVERS, STORIES, WINNERS, weeks
from support.tries import ALWAYS_THE_SAME, profile

from sync_core.items import Kind

# per kind; PROOF_EXAMPLES=40000 is for a night
MANY = int(os.environ.get("PROOF_EXAMPLES", "500"))
PARTS = 4
KINDS = pytest.mark.parametrize("kind", list(Kind))


def _live(kind, examples, steps, record_property, part=None):
    machine = weeks(kind)
    if part is not None and ALWAYS_THE_SAME:
        machine = seed(part)(machine)
    run_state_machine_as_test(machine, settings=profile(examples, stateful_step_count=steps))
    record_property("tried", asdict(machine.tally))
    assert machine.tally.examples >= examples


def _ordinary(kind, examples, record_property):
    machine = weeks(kind)
    week = st.tuples(st.lists(STORIES, min_size=1, max_size=6), WINNERS, BAD_SERVERS, PREVENTED)

    @profile(examples)
    @given(
        servers=st.tuples(st.sampled_from(SERVERS), st.sampled_from(SERVERS)),
        pairs=st.integers(1, 6),
        told=st.lists(week, min_size=1, max_size=4),
    )
    def live(servers, pairs, told):
        life = machine()
        life.servers(*servers, pairs)
        for stories, winner, bad, prevented in told:
            life.prevent(prevented)
            life.an_ordinary_week(stories, winner, bad)
            life.everything_holds()

    live()
    record_property("tried", asdict(machine.tally))
    assert machine.tally.foretold > examples, "weeks of which nothing was foretold prove little"


@KINDS
def test_ordinary_weeks(kind, record_property):
    _ordinary(kind, 100, record_property)


@KINDS
def test_weeks(kind, record_property):
    _live(kind, 60, 25, record_property)


@pytest.mark.slow
@KINDS
def test_many_ordinary_weeks(kind, record_property):
    _ordinary(kind, MANY, record_property)


# in parts, each with weeks of its own, so that several workers share them
@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@KINDS
def test_many_weeks(kind, part, record_property):
    _live(kind, -(-MANY // PARTS), 40, record_property, part)
