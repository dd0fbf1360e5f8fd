"""What memory keeps when occurrences of a series cross as single events, in place of the link of the whole."""

from __future__ import annotations

from pathlib import Path

from support.build import MADE_AT, OL, SF, TOKYO, left, link, picture, plan, repeated
from support.build import gone as deleted

from sync_core.items import Kind
from sync_core.memory import Memory
from sync_core.plan import Singles
from sync_core.remembered import keep_ignores
from sync_core.review import Review
from sync_core.sides import Limits


def test_the_link_of_a_series_whose_other_half_is_gone_ends_with_the_choice(tmp_path: Path) -> None:
    """Kept, it would say at the next sync that the series was deleted across."""
    memory = Memory(tmp_path / "state", "a|b")
    kind = Kind.CALENDAR
    whole = link("L1", "R1", when=TOKYO, exceptions="")
    memory.put_links(kind, [whole, link("L2", "R2")])
    here = [repeated(SF, "L1"), left("L2")]
    there = picture(OL, [], deleted("R1", "R2"), limits=Limits(series_zone="Europe/London"))
    review = Review.of(plan(picture(SF, here), there, memory.links(kind)))
    offers = [row.id for row in review.rows() if row.offer is not None]
    assert len(offers) == 1
    keep_ignores(memory, kind, review)
    assert len(memory.links(kind)) == 2
    keep_ignores(memory, kind, review.as_single_events(offers, MADE_AT))
    assert [known.left_id for known in memory.links(kind)] == ["L2"]
    assert [one.mode for one in memory.ignores(kind).values()] == [Singles.OCCURRENCES]
    memory.close()
