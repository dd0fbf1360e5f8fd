"""Drafts are written beside the screen, the latest state of each, and not too often."""

from __future__ import annotations

import threading
from types import ModuleType

import pytest

from sync_core.draft import Draft
from sync_core.errors import StoreError
from sync_core.items import Kind
from sync_core.plan import IgnoreMode
from sync_core.review import Review
from tui.keeping import DraftKeeper


class Store:
    """Keeps drafts, and holds a write up while `busy` is set."""

    def __init__(self) -> None:
        self.kept: list[Draft] = []
        self.forgotten: list[Kind] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.began = threading.Event()
        self.error: Exception | None = None

    def keep(self, draft: Draft) -> None:
        """Remembers it."""
        self.began.set()
        assert self.go_on.wait(10)
        if self.error is not None:
            raise self.error
        self.kept.append(draft)

    def forget(self, kind: Kind) -> None:
        """Remembers that."""
        self.forgotten.append(kind)


@pytest.fixture
def reviews(samples: ModuleType) -> list[Review]:
    """A review after each of six decisions."""
    review = Review.of(samples.monday())
    found = []
    for row in review.plan.rows[:6]:
        review = review.ignore([row.id], IgnoreMode.FOREVER, "2026-11-23T08:00:00Z")
        found.append(review)
    return found


def test_the_latest_state_is_written_and_not_every_one(reviews: list[Review]) -> None:
    faults: list[BaseException] = []
    store, keeper = Store(), DraftKeeper(faults, pause=60)
    store.go_on.clear()
    keeper.note(store.keep, reviews[0])
    assert store.began.wait(10)
    for review in reviews[1:]:
        keeper.note(store.keep, review)
    store.go_on.set()
    assert keeper.flush()
    assert [draft.decisions for draft in store.kept] == [1, 6]
    # nothing waits: it is done at once, also within the pause
    assert keeper.flush()
    assert len(store.kept) == 2
    assert faults == []


def test_what_is_forgotten_is_not_written_afterwards(reviews: list[Review]) -> None:
    store, keeper = Store(), DraftKeeper([], pause=60)
    keeper.note(store.keep, reviews[0])
    assert keeper.flush()
    keeper.note(store.keep, reviews[1])
    keeper.drop(Kind.CALENDAR, store.forget)
    assert keeper.flush()
    assert [draft.decisions for draft in store.kept] == [1]
    assert store.forgotten == [Kind.CALENDAR]


def test_trouble_is_told_until_a_write_succeeds(reviews: list[Review]) -> None:
    store, keeper = Store(), DraftKeeper([], pause=0)
    store.error = StoreError("the memory cannot be used: disk full")
    keeper.note(store.keep, reviews[0])
    assert not keeper.flush()
    assert "disk full" in keeper.trouble
    store.error = None
    keeper.note(store.keep, reviews[1])
    assert keeper.flush()
    assert keeper.trouble == ""


def test_a_fault_of_our_own_is_not_swallowed_and_the_next_write_goes_on(reviews: list[Review]) -> None:
    faults: list[BaseException] = []
    store, keeper = Store(), DraftKeeper(faults, pause=0)
    store.error = KeyError("oops")
    keeper.note(store.keep, reviews[0])
    assert not keeper.flush()
    store.error = None
    keeper.note(store.keep, reviews[1])
    assert keeper.flush()
    assert [type(fault) for fault in faults] == [KeyError]
    assert len(store.kept) == 1
