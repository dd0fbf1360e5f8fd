"""Whether a run fits into what is left of a day's requests, which everybody in an org shares. Values only."""

from __future__ import annotations

from sync_core.items import SideName
from sync_core.sides import Allowance


def over_allowance(side: SideName, requests: int, allowance: Allowance, share: int) -> str:
    """What to ask before a run that needs so many requests; "" when it fits.

    `share` is the percentage of the day's requests that may be used up before somebody is asked.
    """
    left = max(0, allowance.limit - allowance.used)
    if requests > left:
        return (
            f"this run needs about {requests:,} requests to {side.label}, and {left:,} are left for everybody until "
            "tomorrow: it would stop half-way"
        )
    if (allowance.used + requests) * 100 > allowance.limit * share:
        return (
            f"{allowance.used:,} of the {allowance.limit:,} requests that everybody may make to {side.label} "
            f"in 24 hours are used; this run needs about {requests:,} more"
        )
    return ""
