"""Which item here is which item there.

In this order: what memory links, our own mark on the Outlook item, and the exact key. Nothing is ever paired by chance:
where several fit, all of them are left to a person. The order in which a side lists its items means nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, NamedTuple, TypeVar

from sync_core.compare import Baseline
from sync_core.items import Item, Kind, SideName
from sync_core.keys import ASKING_KEYS, EXACT_KEYS, FINER_KEYS, Key, addresses, folded
from sync_core.likeness import likely_twins


@dataclass(frozen=True, slots=True)
class Link:
    """The memory that an item here and an item there are the same thing, and what both agreed on last.

    `mark` is the key that the Outlook item carries ("" when it carries none). `synced_at` is UTC, ISO 8601.
    """

    kind: Kind
    left_id: str
    right_id: str
    baseline: Baseline
    mark: str = ""
    synced_at: str = ""

    def id_on(self, side: SideName) -> str:
        """The id of one half."""
        return self.left_id if side is SideName.SALESFORCE else self.right_id


class Pair(NamedTuple):
    """A Salesforce item and an Outlook item that belong together, or one of them alone.

    `link` is set when memory knows the pair; then a missing half is gone, away or unread. `came_back` says that a half
    was found under another id. `exact` says that an unlinked pair was found by its exact key, `rivals` are the other
    items that could be meant: such a pair is never acted on by itself.
    """

    link: Link | None = None
    left: Item | None = None
    right: Item | None = None
    came_back: bool = False
    rivals: tuple[Item, ...] = ()
    # how alike the one rival is, where it is only likely and not said by any key; 0 elsewhere
    likeness: float = 0.0
    # several are likely, and none of them more than the others
    tied: bool = False
    # a side itself said, by a rule of its own, that the one rival is the same
    named: bool = False
    # the rivals belong to another item here already, or to none: contacts with the same address, recurring tasks
    taken: bool = False

    def half(self, side: SideName) -> Item | None:
        """The item on one side."""
        return self.left if side is SideName.SALESFORCE else self.right

    def with_half(self, item: Item) -> Pair:
        """This pair with an item as its half on that side."""
        return self._replace(left=item) if item.side is SideName.SALESFORCE else self._replace(right=item)

    def again(self, item: Item) -> Pair:
        """This pair with a half that was found under another id."""
        return self.with_half(item)._replace(came_back=True)


K = TypeVar("K", bound=Hashable)

MARK_PREFIX: Final = "hs1"


def make_mark(left_id: str, nonce: str) -> str:
    """The mark for an Outlook item made from the Salesforce item `left_id`. `nonce` tells two attempts apart."""
    return f"{MARK_PREFIX}:{left_id}:{nonce}"


def marked_for(mark: str) -> str:
    """The id of the Salesforce item that a mark names, or "" when it names none."""
    parts = mark.split(":")
    return parts[1] if len(parts) == 3 and parts[0] == MARK_PREFIX else ""


def pair(
    kind: Kind,
    left: Sequence[Item],
    right: Sequence[Item],
    links: Sequence[Link],
    gone: Collection[str] = frozenset(),
    elsewhere: Collection[str] = frozenset(),
    named: Mapping[tuple[str, str], tuple[Item, Item]] | None = None,
    renamed: Mapping[str, str] | None = None,
) -> list[Pair]:
    """Every item and every link in exactly one pair. Items must have ids that are unique on their side.

    `named` are the pairs, by their ids, of which a side itself said that they are the same.

    `renamed` are ids under which Salesforce has what it lists under another one: a series goes by its first occurrence,
    and that may be another one by now.

    `gone` are the ids that a side, asked for them, answered not to have any more; `elsewhere` those that it still has
    under that very id, though not in the window or the folder.
    """
    free_left = {item.id: item for item in left}
    free_right = {item.id: item for item in right}
    take_left, take_right = free_left.pop, free_right.pop
    pairs = [
        Pair(link, take_left(link.left_id, None), take_right(link.right_id, None))
        for link in sorted(links, key=attrgetter("left_id", "right_id"))
    ]
    _find_renamed(pairs, free_left, renamed or {})
    pairs = _find_moved(pairs, free_right, elsewhere)
    _find_again(kind, pairs, free_left, free_right, gone)
    pairs += _by_mark(kind, free_left, free_right, links)
    for key in EXACT_KEYS[kind]:
        pairs += _by_key(free_left, free_right, key, FINER_KEYS[kind])
        if key is EXACT_KEYS[Kind.CONTACTS][0]:
            pairs += _by_address(free_left, free_right)
    pairs += _by_name(named or {}, free_left, free_right)
    pairs += _asked_about(kind, pairs, free_left, free_right)
    pairs += _likely(kind, free_left, free_right)
    for key in ASKING_KEYS[kind]:
        pairs += _by_key(free_left, free_right, key, only_ask=True)
    pairs += _taken(kind, pairs, free_left, free_right)
    pairs += _of_recurring(kind, (left, right), free_left, free_right)
    pairs += [Pair(left=item) for item in free_left.values()]
    pairs += [Pair(right=item) for item in free_right.values()]
    return pairs


def _find_renamed(pairs: list[Pair], left: dict[str, Item], renamed: Mapping[str, str]) -> None:
    """Links whose Salesforce half is listed under another id, as Salesforce said, and as no other link has it."""
    for number, p in enumerate(pairs):
        now = renamed.get(p.link.left_id) if p.link is not None and p.left is None else None
        if now in left:
            pairs[number] = p.again(left.pop(now))


def _find_moved(pairs: list[Pair], right: dict[str, Item], elsewhere: Collection[str]) -> list[Pair]:
    """Links whose Outlook half is not there under its id, but whose mark is on another item: moved, or a copy."""
    marked = _group(right.values(), lambda item: item.mark)
    if not marked:
        return pairs
    # a mark that two links claim tells nothing
    claims = Counter(p.link.mark for p in pairs if p.link is not None)
    result: list[Pair] = []
    for p in pairs:
        link = p.link
        found = marked.get(link.mark, []) if link is not None and claims[link.mark] == 1 else []
        if p.right is not None or not found:
            if p.right is not None and found:
                # the original is here by its id: what carries the same mark are copies of it
                result.extend(Pair(right=right.pop(copy.id), rivals=(p.right,)) for copy in found)
            result.append(p)
        elif link is not None and link.right_id in elsewhere:
            # the original is away, not gone: what carries its mark are copies of it
            result.append(p)
            away = Item(link.kind, SideName.OUTLOOK, link.right_id, "", link.baseline.right, link.mark)
            result.extend(Pair(right=right.pop(copy.id), rivals=(away,)) for copy in found)
        elif len(found) == 1:
            result.append(p.again(right.pop(found[0].id)))
        else:
            group = tuple(found)
            result.append(p._replace(rivals=group))
            result.extend(Pair(right=right.pop(i.id), rivals=tuple(x for x in group if x is not i)) for i in group)
    return result


def _find_again(
    kind: Kind, pairs: list[Pair], left: dict[str, Item], right: dict[str, Item], gone: Collection[str]
) -> None:
    """Links with a half that is gone under its id, while the very same item is there under another one.

    Moving an item away and back, or accepting an invitation, changes its id (facts: exchange A.8); one that carries no
    mark is known by its exact key. Only where one link and one item have that key, and no new item across: what looks
    like the lost one may have been made for that, by a run that was cut off.
    """
    halves = [n for n, p in enumerate(pairs) if p.link and not p.rivals and (p.left is None or p.right is None)]
    for key_of in EXACT_KEYS[kind] if halves and gone else ():
        for side, free, across in ((SideName.SALESFORCE, left, right), (SideName.OUTLOOK, right, left)):
            lost: dict[Key, list[int]] = defaultdict(list)
            for number in halves:
                p = pairs[number]
                if p.link is not None and p.half(side) is None and p.link.id_on(side) in gone:
                    known = Item(kind, side, p.link.id_on(side), "", p.link.baseline.on(side))
                    if key := key_of(known):
                        lost[key].append(number)
            if not lost:
                continue
            found, new = _group(free.values(), key_of), _group(across.values(), key_of)
            for key, numbers in lost.items():
                items = found.get(key, [])
                if len(numbers) == len(items) == 1 and key not in new:
                    pairs[numbers[0]] = pairs[numbers[0]].again(free.pop(items[0].id))


def _by_mark(kind: Kind, left: dict[str, Item], right: dict[str, Item], links: Sequence[Link]) -> list[Pair]:
    """Outlook items whose mark names a Salesforce item that memory has forgotten.

    Where several carry its mark and one of them has its exact key, that one is meant: the others are copies.
    """
    result: list[Pair] = []
    marked = _group(right.values(), lambda item: marked_for(item.mark))
    known = {link.left_id for link in links} if marked else set()
    for owner, found in marked.items():
        if owner in known or owner not in left:
            continue
        mine = left.pop(owner)
        same = [item for item in found if len(found) > 1 and _same_key(kind, mine, item)]
        group = tuple(same) if len(same) == 1 else tuple(found)
        for item in group:
            del right[item.id]
        if len(group) == 1:
            result.append(Pair(left=mine, right=group[0]))
        else:
            result.append(Pair(left=mine, rivals=group))
            result.extend(Pair(right=i, rivals=(mine, *(x for x in group if x is not i))) for i in group)
    return result


def _by_name(
    named: Mapping[tuple[str, str], tuple[Item, Item]], left: dict[str, Item], right: dict[str, Item]
) -> list[Pair]:
    """Items that a rule of Salesforce takes for the same: both stay by themselves, each with the other as its rival.

    The one that is there already may belong to another pair, or to somebody else: then it is named, and that is all.
    """
    result = []
    for left_id, right_id in sorted(named):
        mine, theirs = named[left_id, right_id]
        if right.pop(right_id, None) is None:
            continue
        result.append(Pair(right=theirs, rivals=(mine,), named=True))
        if left.pop(left_id, None) is not None:
            result.append(Pair(left=mine, rivals=(theirs,), named=True))
    return result


def _same_key(kind: Kind, one: Item, other: Item) -> bool:
    return any((key := key_of(one)) and key == key_of(other) for key_of in EXACT_KEYS[kind])


def _asked_about(kind: Kind, pairs: Sequence[Pair], left: dict[str, Item], right: dict[str, Item]) -> list[Pair]:
    """Items with the exact key of one that a person is asked about already: they are asked about, too."""
    result = []
    open_pairs = [p for p in pairs if p.rivals and (p.left is None or p.right is None)]
    for side, free in ((SideName.SALESFORCE, left), (SideName.OUTLOOK, right)):
        asked = [item for p in open_pairs if (item := p.half(side.other)) is not None]
        alike = [(key_of, _group(asked, key_of)) for key_of in EXACT_KEYS[kind]]
        for item in list(free.values()) if asked else ():
            found = {one.id: one for key_of, group in alike if (key := key_of(item)) for one in group.get(key, ())}
            if found:
                rivals = tuple(found[one] for one in sorted(found))
                result.append(Pair(rivals=rivals).with_half(free.pop(item.id)))
    return result


def _by_key(
    left: dict[str, Item],
    right: dict[str, Item],
    key_of: Callable[[Item], Key | None],
    finer: Sequence[Callable[[Item], Key | None]] = (),
    *,
    only_ask: bool = False,
) -> list[Pair]:
    result = []
    across = _group(right.values(), key_of)
    for key, mine in _group(left.values(), key_of).items():
        theirs = across.get(key, [])
        if not theirs:
            continue
        for item in mine:
            del left[item.id]
        for item in theirs:
            del right[item.id]
        if len(mine) == len(theirs) == 1 and not only_ask:
            result.append(Pair(left=mine[0], right=theirs[0]))
            continue
        for finer_key in finer:
            if pairs := _one_by_one(mine, theirs, finer_key):
                result.extend(pairs)
                break
        else:
            result.extend(Pair(left=i, rivals=tuple(theirs)) for i in mine)
            result.extend(Pair(right=i, rivals=tuple(mine)) for i in theirs)
    return result


def _one_by_one(mine: list[Item], theirs: list[Item], key_of: Callable[[Item], Key | None]) -> list[Pair]:
    """The pairs of two groups with the same key, by a finer one that each has but once; none if it leaves anyone out.

    Two people who share an address, and are there by the same two names on both sides, are who they are.
    """
    here, there = _group(mine, key_of), _group(theirs, key_of)
    if here.keys() != there.keys() or not len(mine) == len(theirs) == len(here):
        return []
    return [Pair(left=here[key][0], right=there[key][0]) for key in here]


def _by_address(left: dict[str, Item], right: dict[str, Item]) -> list[Pair]:
    """Contacts that share an address of which one side has several and the other one: asked about if not one to one."""
    if not any(item.addresses for item in (*left.values(), *right.values())):
        return []
    across: defaultdict[str, list[Item]] = defaultdict(list)
    for item in sorted(right.values(), key=lambda i: i.id):
        for address in addresses(item):
            across[address].append(item)
    could_be: dict[str, dict[str, Item]] = {}
    for item in sorted(left.values(), key=lambda i: i.id):
        if found := {other.id: other for address in sorted(addresses(item)) for other in across.get(address, ())}:
            could_be[item.id] = found
    claims: defaultdict[str, list[Item]] = defaultdict(list)
    for left_id, found in could_be.items():
        for right_id in found:
            claims[right_id].append(left[left_id])
    result = []
    for left_id, found in could_be.items():
        mine, theirs = left.pop(left_id), tuple(found[one] for one in sorted(found))
        if len(theirs) == 1 and len(claims[theirs[0].id]) == 1:
            result.append(Pair(left=mine, right=right.pop(theirs[0].id)))
        else:
            result.append(Pair(left=mine, rivals=theirs))
    result.extend(Pair(right=right.pop(one), rivals=tuple(claims[one])) for one in sorted(claims) if one in right)
    return result


def _taken(kind: Kind, pairs: Sequence[Pair], left: dict[str, Item], right: dict[str, Item]) -> list[Pair]:
    """Contacts with the address of one across that is paired with somebody else: made there, they would be a twin."""
    if kind is not Kind.CONTACTS:
        return []
    result = []
    for free, side in ((left, SideName.OUTLOOK), (right, SideName.SALESFORCE)):
        known: defaultdict[str, dict[str, Item]] = defaultdict(dict)
        for p in pairs if any(map(addresses, free.values())) else ():
            other = p.half(side)
            if other is not None and p.half(side.other) is not None:
                for address in addresses(other):
                    known[address][other.id] = other
        for item in list(free.values()):
            rivals = {i: other for address in addresses(item) for i, other in known.get(address, {}).items()}
            if rivals:
                others = tuple(rivals[one] for one in sorted(rivals))
                result.append(Pair(rivals=others, taken=True).with_half(free.pop(item.id)))
    return result


def _of_recurring(
    kind: Kind, all_items: tuple[Sequence[Item], Sequence[Item]], left: dict[str, Item], right: dict[str, Item]
) -> list[Pair]:
    """Tasks with the subject of a recurring one across, which is left alone: each may be an occurrence of that one."""
    if kind is not Kind.TASKS:
        return []
    result = []
    for free, across in ((left, all_items[1]), (right, all_items[0])):
        series = _group((item for item in across if item.series), lambda item: folded(item, "subject"))
        for item in list(free.values()) if series else ():
            rivals = () if item.series else tuple(series.get(folded(item, "subject"), ()))
            if rivals:
                result.append(Pair(rivals=rivals, taken=True).with_half(free.pop(item.id)))
    return result


def _likely(kind: Kind, left: dict[str, Item], right: dict[str, Item]) -> list[Pair]:
    """Likely twins: all of them stay by themselves, each with the one it could be, or with all that are level."""
    result = []
    mine = [item for item in left.values() if not item.series]
    theirs = [item for item in right.values() if not item.series and not item.mark]
    twins = likely_twins(kind, mine, theirs)
    for here, there, likeness in twins.pairs:
        result.append(Pair(left=left.pop(here.id), rivals=(there,), likeness=likeness))
        result.append(Pair(right=right.pop(there.id), rivals=(here,), likeness=likeness))
    for item, others, likeness in twins.ties:
        (left if item.side is SideName.SALESFORCE else right).pop(item.id)
        result.append(Pair(rivals=others, likeness=likeness, tied=True).with_half(item))
    return result


def _group(items: Iterable[Item], key: Callable[[Item], K | None]) -> Mapping[K, list[Item]]:
    """Items by key without those that have none; each group ordered by id: listing order means nothing."""
    groups: defaultdict[K, list[Item]] = defaultdict(list)
    for item in sorted(items, key=lambda i: i.id):
        value = key(item)
        if value:
            groups[value].append(item)
    return groups
