"""The made-up company in two acts: last week's world, and what a week makes of it."""

from sync_core.sandbox.world.clock import WorldClock
from sync_core.sandbox.world.company import World
from sync_core.sandbox.world.living import Report, advance, delete_most

__all__ = ["Report", "World", "WorldClock", "advance", "delete_most"]
