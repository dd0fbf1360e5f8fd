"""The made-up company in two acts: last week's world, and what a week makes of it.

`STANDING`, `CHANGED` and `NEW` are the story: each situation by name, where it is in act one, and what is done to it.
"""

from sync_core.sandbox.world.clock import WorldClock
from sync_core.sandbox.world.company import Entry, World
from sync_core.sandbox.world.living import MOST_DELETES, Report, advance, delete_most
from sync_core.sandbox.world.situations import Situation
from sync_core.sandbox.world.standing import STANDING
from sync_core.sandbox.world.week import CHANGED, LATER, NEW

__all__ = [
    "CHANGED",
    "LATER",
    "MOST_DELETES",
    "NEW",
    "STANDING",
    "Entry",
    "Report",
    "Situation",
    "World",
    "WorldClock",
    "advance",
    "delete_most",
]
