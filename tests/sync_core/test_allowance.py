"""Asking before a run uses up what everybody in an org may ask of a server in a day."""

from __future__ import annotations

import pytest
from support.build import OL, SF

from sync_core.allowance import over_allowance
from sync_core.sides import Allowance


@pytest.mark.parametrize(
    ("used", "limit", "requests", "share"),
    [(0, 1000, 800, 80), (700, 1000, 100, 80), (799, 1000, 1, 80), (0, 1000, 1000, 100), (0, 0, 0, 80)],
)
def test_a_run_that_fits_asks_nothing(used: int, limit: int, requests: int, share: int) -> None:
    assert over_allowance(SF, requests, Allowance(used, limit), share) == ""


@pytest.mark.parametrize(("used", "requests"), [(0, 801), (700, 101), (800, 1), (900, 100)])
def test_a_run_that_leaves_others_little_asks_first(used: int, requests: int) -> None:
    assert over_allowance(SF, requests, Allowance(used, 1000), 80) == (
        f"{used} of the 1,000 requests that everybody may make to Salesforce in 24 hours are used; "
        f"this run needs about {requests} more"
    )


@pytest.mark.parametrize(
    ("used", "left"),
    # somebody else's program may have gone beyond the limit already
    [(14_000, "1,000"), (14_999, "1"), (15_000, "0"), (15_500, "0")],
)
def test_a_run_that_would_stop_half_way_says_so(used: int, left: str) -> None:
    """However large a share may be used up: what is not there cannot be used."""
    assert over_allowance(OL, 1_001, Allowance(used, 15_000), 100) == (
        f"this run needs about 1,001 requests to Outlook, and {left} are left for everybody until tomorrow: "
        "it would stop half-way"
    )
