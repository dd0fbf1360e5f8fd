"""Nothing is remembered from one test to the next."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from support.host import local_time

from sync_core import recurrence

_MODULES = [
    importlib.import_module(f"{recurrence.__name__}.{one.name}") for one in pkgutil.iter_modules(recurrence.__path__)
]
_REMEMBERING = [what for module in _MODULES for what in vars(module).values() if hasattr(what, "cache_clear")]


@pytest.fixture(autouse=True)
def _work_it_out_anew() -> None:
    """Patterns that an earlier test read, wrote or anchored are not answered from memory."""
    for what in _REMEMBERING:
        what.cache_clear()


@pytest.fixture
def in_tokyo() -> Iterator[None]:
    """A machine that is set to another zone than UTC."""
    with local_time("Asia/Tokyo"):
        yield
