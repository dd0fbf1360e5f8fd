"""The sizes that screens are pictured at."""

from __future__ import annotations

import pytest

# every picture takes a second or two: the smallest screen, where room is scarcest, is looked at each time
_SIZES = [(80, 24), *(pytest.param(size, marks=pytest.mark.slow) for size in ((120, 40), (200, 60)))]
every_size = pytest.mark.parametrize("size", _SIZES, ids=["80x24", "120x40", "200x60"])
