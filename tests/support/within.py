"""How long something may take."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fails when what stands inside takes the processor for longer.

    What other programs do meanwhile does not count, and what earlier tests left behind is not cleared away inside.
    """
    collects = gc.isenabled()
    gc.disable()
    begin = process_time()
    try:
        yield
    finally:
        if collects:
            gc.enable()
    assert process_time() - begin < seconds
