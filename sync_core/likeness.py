"""Likely twins: items that could be the same thing though no exact key says so. They are only ever proposed.

A score is between 0 and 1. Items are looked for in small neighbourhoods (the same words, the same start, the same
phone), so that the work grows with the number of items and not with its square.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from sync_core.items import Item, Kind, When
from sync_core.keys import folded

# below this nothing is proposed
LIKELY: Final = 0.8
# more items than this in one neighbourhood tell nothing: "Call", "Meeting"
_CROWD: Final = 12
_DAY: Final = 86_400.0


class Twins(NamedTuple):
    """Items that could be the same thing, with how alike they are: `pairs` best first, each the other's clear best.

    `ties` are the items of which several could be meant, with those of the other side that are level at the top.
    """

    pairs: list[tuple[Item, Item, float]]
    ties: list[tuple[Item, tuple[Item, ...], float]]


def likely_twins(kind: Kind, left: Sequence[Item], right: Sequence[Item]) -> Twins:
    """Who could be whom. Only those count who are each other's best; the order of `left` and `right` means nothing."""
    scores: dict[tuple[str, str], float] = {}
    lefts, rights = {i.id: i for i in left}, {i.id: i for i in right}
    for here, there in _neighbours(kind, left, right):
        if (here.id, there.id) not in scores:
            scores[here.id, there.id] = score(kind, here, there)
    best_left, best_right = _best(scores, 0), _best(scores, 1)
    mutual = sorted(
        (a, b) for (a, b), value in scores.items() if value >= LIKELY and b in best_left[a] and a in best_right[b]
    )
    pairs: list[tuple[Item, Item, float]] = []
    level: defaultdict[tuple[bool, str], list[Item]] = defaultdict(list)
    for a, b in mutual:
        if len(best_left[a]) == len(best_right[b]) == 1:
            pairs.append((lefts[a], rights[b], scores[a, b]))
        else:
            level[True, a].append(rights[b])
            level[False, b].append(lefts[a])
    ties = []
    for (on_left, item_id), others in level.items():
        value = scores[(item_id, others[0].id) if on_left else (others[0].id, item_id)]
        ties.append(((lefts if on_left else rights)[item_id], tuple(others), value))
    return Twins(sorted(pairs, key=lambda pair: (-pair[2], pair[0].id)), ties)


def _best(scores: Mapping[tuple[str, str], float], place: int) -> dict[str, frozenset[str]]:
    """For each id of one side its best partners: several where they are level."""
    best: dict[str, tuple[float, frozenset[str]]] = {}
    for pair, value in scores.items():
        top, partners = best.get(pair[place], (-1.0, frozenset()))
        if value > top:
            best[pair[place]] = (value, frozenset((pair[1 - place],)))
        elif value == top:
            best[pair[place]] = (top, partners | {pair[1 - place]})
    return {item_id: partners for item_id, (_, partners) in best.items()}


def score(kind: Kind, left: Item, right: Item) -> float:
    """How alike two items are, 0 to 1."""
    match kind:
        case Kind.CONTACTS:
            return _contact_score(left, right)
        case Kind.TASKS:
            return 0.9 * _alike(left, right, "subject")
        case Kind.CALENDAR:
            return 0.7 * _alike(left, right, "subject") + 0.3 * _near(left.when, right.when)


def _contact_score(left: Item, right: Item) -> float:
    name = _alike(left, right, "first_name", "last_name")
    phones = ("business_phone", "mobile_phone", "home_phone")
    same_phone = any(_digits(left, p) and _digits(left, p) == _digits(right, p) for p in phones)
    return min(1.0, 0.8 * name + (0.2 if same_phone else 0.0))


def _alike(left: Item, right: Item, *names: str) -> float:
    a, b = (" ".join(folded(i, n) for n in names).strip() for i in (left, right))
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    # the matcher's answer depends on which text comes first: the sides must be mirror images
    a, b = sorted((a[:200], b[:200]))
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _near(left: When | None, right: When | None) -> float:
    """1 for the same start, 0.5 for a day away, nothing from three days on."""
    if left is None or right is None or left.all_day != right.all_day:
        return 0.0
    try:
        apart = abs((datetime.fromisoformat(left.start) - datetime.fromisoformat(right.start)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
    if apart <= _DAY:
        return 1.0 - 0.5 * apart / _DAY
    return max(0.0, 0.5 - 0.25 * (apart - _DAY) / _DAY)


def _digits(item: Item, name: str) -> str:
    return "".join(c for c in str(item.fields.get(name) or "") if c.isdigit())[-9:]


def _neighbours(kind: Kind, left: Sequence[Item], right: Sequence[Item]) -> Iterator[tuple[Item, Item]]:
    across: defaultdict[str, list[Item]] = defaultdict(list)
    here: defaultdict[str, list[Item]] = defaultdict(list)
    for items, groups in ((left, here), (right, across)):
        for item in sorted(items, key=lambda i: i.id):
            for key in _keys(kind, item):
                groups[key].append(item)
    for key, mine in here.items():
        theirs = across.get(key, ())
        if len(mine) <= _CROWD and len(theirs) <= _CROWD:
            yield from ((a, b) for a in mine for b in theirs)


def _keys(kind: Kind, item: Item) -> Iterable[str]:
    if kind is Kind.CONTACTS:
        last = folded(item, "last_name")
        yield from (f"name {last}",) if last else ()
        for phone in ("business_phone", "mobile_phone", "home_phone"):
            if digits := _digits(item, phone):
                yield f"phone {digits}"
        return
    if subject := folded(item, "subject"):
        yield f"subject {subject}"
    moment = item.when.start if item.when else str(item.fields.get("due") or "")
    if moment:
        yield f"at {moment}"
