"""The sizes that screens are pictured at."""

from __future__ import annotations

import pytest

# the large pictures take long
_SIZES = [(80, 24), (120, 40), pytest.param((200, 60), marks=pytest.mark.slow)]
every_size = pytest.mark.parametrize("size", _SIZES, ids=["80x24", "120x40", "200x60"])
