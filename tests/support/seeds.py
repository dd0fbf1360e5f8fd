"""Bugs to be planted: each is one change of one file, and the suite must notice it.

The first ten are those that another synchroniser's state machine was tried with, and of which it let nine live; here in
the terms of this program. The others are what is easily got wrong in it.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Seed(NamedTuple):
    """A bug: what it does, the file below sync_core, the text there, and what takes its place."""

    what: str
    file: str
    old: str
    new: str


TEN: Final = (
    Seed(
        "a delete wins over an edit",
        "decide.py",
        "situation = Situation.GONE_CHANGED if changed else Situation.GONE",
        "situation = Situation.GONE",
    ),
    Seed(
        "an edit on the right never gets across",
        "compare.py",
        "right_moved = not alike(right_value, baseline.right[name]) and f.flow is not Flow.TO_OUTLOOK",
        "right_moved = False",
    ),
    Seed(
        "where the left was to win, the right wins",
        "effects.py",
        "case Choice.MERGE_SALESFORCE:\n            return SideName.SALESFORCE",
        "case Choice.MERGE_SALESFORCE:\n            return SideName.OUTLOOK",
    ),
    Seed(
        "equal changes on both sides are a conflict",
        "compare.py",
        "    if same:\n"
        "        return FieldChange(name, Verdict.SAME, before, left_value, right_value)\n"
        "    if left_moved and right_moved:",
        "    if left_moved and right_moved:",
    ),
    Seed(
        "the guard against mass deletes is gone",
        "guards.py",
        "if _is_mass(deletes, linked, q.rules) or suspicious:",
        "if False:",
    ),
    Seed(
        "a refused write is remembered as done",
        "run.py",
        'task.end(Result.FAILED, outcome.error or f"{side.label} refused it without a reason")\n        return False',
        'task.end(Result.FAILED, outcome.error or f"{side.label} refused it without a reason")\n'
        "        task.ids[side] = outcome.id or (task.row.item(side).id if task.row.item(side) else '')\n"
        "        return True",
    ),
    Seed(
        "deletes happen where they are prevented",
        "blocks.py",
        "if (side, op) in q.rules.prevented:",
        "if (side, op) in q.rules.prevented and op is not Operation.DELETE:",
    ),
    Seed(
        "a delete on the right does not get across",
        "effects.py",
        "return Effect(Action.DELETE_FROM_SALESFORCE if from_left else Action.DELETE_FROM_OUTLOOK)",
        "return _NOTHING if from_left else Effect(Action.DELETE_FROM_OUTLOOK)",
    ),
    Seed(
        "an update is remembered and never written",
        "run.py",
        "outcomes = self.sides[side].write(self.kind, writes)",
        "outcomes = [Outcome(True, w.before.id) if w.before is not None and w.fields else "
        "self.sides[side].write(self.kind, [w])[0] for w in writes]",
    ),
    Seed(
        "the link of a deleted item is kept",
        "recover.py",
        "return Change(drop=[intent.old_link()], ignores=",
        "return Change(ignores=",
    ),
)

OURS: Final = (
    Seed(
        "an incomplete listing proves a deletion",
        "decide.py",
        "sighting.fate in (Fate.DELETED, Fate.MISSING) and not picture.reading.complete:",
        "sighting.fate in (Fate.DELETED, Fate.MISSING) and False:",
    ),
    Seed(
        "what was moved to another folder is taken for deleted",
        "decide.py",
        "if sighting is None or sighting.fate is not Fate.DELETED:",
        "if sighting is None or sighting.fate in (Fate.HERE, Fate.ARCHIVED, Fate.OTHER_OWNER):",
    ),
    Seed(
        "unlisted items are never asked for",
        "decide.py",
        "            ask_right.append(",
        "            [].append(",
    ),
    Seed(
        "what turned out to be in the window is not taken as seen",
        "decide.py",
        "    return [*found.values(), *picture.reading.items]",
        "    return [*picture.reading.items]",
    ),
    Seed(
        "a baseline moves for fields that nobody wrote",
        "compare.py",
        "if alike(left[f.name], right[f.name]) or written.get(f.name, False):",
        "if True:",
    ),
    Seed(
        "each side is held against the left one's baseline",
        "compare.py",
        "right_moved = not alike(right_value, baseline.right[name])",
        "right_moved = not alike(right_value, baseline.left[name])",
    ),
    Seed(
        "a field that one side did not say counts as cleared",
        "compare.py",
        "    if name not in left or name not in right:\n",
        "    left, right = {name: f.blank, **left}, {name: f.blank, **right}\n    if False:\n",
    ),
    Seed(
        "a blank on the left is filled by wiping the right",
        "compare.py",
        "if left == f.blank and f.blank is not False:\n        return Verdict.RIGHT",
        "if left == f.blank and f.blank is not False:\n        return Verdict.LEFT",
    ),
    Seed(
        "what somebody typed where a field only travels to is typed over",
        "compare.py",
        "return there not in (f.blank, agreed.get(f.name, f.blank))",
        "return False",
    ),
    Seed(
        "names of attachments flow to Outlook",
        "items.py",
        'FieldSpec("attachments", "attachments", FieldType.NAMES, Flow.TO_SALESFORCE)',
        'FieldSpec("attachments", "attachments", FieldType.NAMES)',
    ),
    Seed(
        "the first of several candidates is taken",
        "pairing.py",
        "if len(mine) == len(theirs) == 1 and not only_ask:",
        "if not only_ask:",
    ),
    Seed(
        "a copy that carries our mark is new",
        "pairing.py",
        "result.extend(Pair(right=right.pop(copy.id), rivals=(p.right,)) for copy in found)",
        "pass",
    ),
    Seed(
        "a copy is taken for the original that left the window",
        "pairing.py",
        "elif link is not None and link.right_id in elsewhere:",
        "elif False:",
    ),
    Seed(
        "a mark that two links claim is believed",
        "pairing.py",
        "if link is not None and claims[link.mark] == 1 else []",
        "if link is not None and link.mark else []",
    ),
    Seed(
        "an item that came back under another id is not known again by its key",
        "pairing.py",
        "if len(numbers) == len(items) == 1 and key not in new:",
        "if False:",
    ),
    Seed(
        "marks are forgotten when memory is",
        "pairing.py",
        "        if owner in known or owner not in left:\n            continue",
        "        if True:\n            continue",
    ),
    Seed(
        "likely twins are paired without asking",
        "decide.py",
        "    if p.likeness:\n",
        "    if False:\n",
    ),
    Seed(
        "the order of listing decides",
        "pairing.py",
        "for item in sorted(items, key=lambda i: i.id):",
        "for item in items:",
    ),
    Seed(
        "only the side to be written is looked at again",
        "verify.py",
        "self._check(other, asked, self._values(other, asked, following))",
        "self._values(other, asked, following)",
    ),
    Seed(
        "only the side the values come from is looked at again",
        "verify.py",
        "fresh = self._check(side, asked, self._look(side, [ref for _, ref in asked]))",
        "fresh = {id(task): item for task, _ in asked if (item := task.row.item(side)) is not None}",
    ),
    Seed(
        "what came back is deleted all the same",
        "verify.py",
        'return f"was gone from {side.label} when you looked, and is there again"',
        'return ""',
    ),
    Seed(
        "values that were read ahead hold for good",
        "verify.py",
        "if now - seen[0] < AHEAD}",
        "if now - seen[0] < 9e9}",
    ),
    Seed(
        "deletes go by what was read ahead of their turn",
        "run.py",
        "following = [] if Operation.DELETE in operations else tasks[at + size :]",
        "following = tasks[at + size :]",
    ),
    Seed(
        "the next batch is sent before the last one is read back",
        "verify.py",
        "        fresh = self._check(side, asked, self._look(side, [ref for _, ref in asked]))\n"
        "        self.read_back()\n",
        "        fresh = self._check(side, asked, self.sides[side].look(self.kind, [ref for _, ref in asked]))\n",
    ),
    Seed(
        "deletes run first",
        "run.py",
        "for operations in ((Operation.CREATE, Operation.UPDATE), (Operation.DELETE,)):",
        "for operations in ((Operation.DELETE,), (Operation.CREATE, Operation.UPDATE)):",
    ),
    Seed(
        "what was sent is the baseline, not what was kept",
        "intent.py",
        "    held.update({n: v for n, v in after.get(side, {}).items() if n in written or seen is None})\n",
        "",
    ),
    Seed(
        "a half done merge is remembered whole",
        "intent.py",
        "            names = held if created else intent.fields(side)",
        "            names = held",
    ),
    Seed(
        "the run does not look at what is prevented",
        "run.py",
        "            if (side, operation) in self.rules.prevented:",
        "            if False:",
    ),
    Seed(
        "the same plan runs twice",
        "run.py",
        "        if not self._known.as_reviewed(row):\n            task.end(",
        "        if False:\n            task.end(",
    ),
    Seed(
        "what we make in Outlook carries no mark",
        "intent.py",
        "mark = make_mark(row.left.id if row.left else row.link_ids[0], nonce())",
        'mark = ""',
    ),
    Seed(
        "an unanswered write counts as done",
        "underway.py",
        'self.end(Result.UNKNOWN, f"{why}; it may have been done, the next comparison will show")',
        "self.end(Result.DONE)",
    ),
    Seed(
        "a failing side ends the run for all rows",
        "run.py",
        "                if isinstance(problem, SignInError):\n",
        "                if isinstance(problem, SideError):\n",
    ),
    Seed(
        "an ignore for once holds for good",
        "ignores.py",
        "        if ignore.mode is IgnoreMode.FOREVER:",
        "        if True:",
    ),
    Seed(
        "an ignore for good ends with the first change",
        "ignores.py",
        "        if ignore.mode is IgnoreMode.FOREVER:",
        "        if False:",
    ),
    Seed(
        "a guard opens to any word",
        "review.py",
        "if typed.strip() != str(asked.count):",
        "if not typed.strip():",
    ),
    Seed(
        "an arrow in a conflict writes over the other side's own changes",
        "review.py",
        "            return Choice.MERGE_SALESFORCE\n",
        "            return Choice.TO_OUTLOOK\n",
    ),
    Seed(
        "picking forgets that one half was linked",
        "joining.py",
        "    base = linked[0] if linked else one",
        "    base = one if not one.linked else other",
    ),
    Seed(
        "what is undecided is written as far as it is decided",
        "effects.py",
        "    if undecided or (row.situation",
        "    if (row.situation",
    ),
    Seed(
        "private items are not held back",
        "blocks.py",
        'if item is not None and (item.private or item.fields.get("private") is True):',
        "if item is not None and item.private:",
    ),
    Seed(
        "one character too many is cut off by the server",
        "blocks.py",
        "if isinstance(value, str) and len(value) > most:",
        "if isinstance(value, str) and len(value) > most + 1:",
    ),
    Seed(
        "the last day of the window is outside",
        "span.py",
        "first <= window.last and",
        "first < window.last and",
    ),
    Seed(
        "a series that crosses whole is taken for a deleted one",
        "singles.py",
        "        and item.id not in whole\n",
        "",
    ),
    Seed(
        "an occurrence that crosses by itself stays in its series as well",
        "singles.py",
        "        *(series.local_day_of(one.original, when) for one in own.changed),\n        *days,",
        "        *days,",
    ),
    Seed(
        "the last word about a row counts, not the first",
        "journal.py",
        "done.setdefault(settled.number, settled)",
        "done[settled.number] = settled",
    ),
    Seed(
        "taking a run back types over what somebody typed since",
        "undo.py",
        "unlike({name: after[name] for name in written}, item.fields)",
        "[name for name in () if name]",
    ),
    Seed(
        "what somebody typed over a write without an answer is taken for ours",
        "recover.py",
        "link_after(intent, ids, after, now) if sure else _link_unsure(intent, ids, after, now)",
        "link_after(intent, ids, after, now)",
    ),
    Seed(
        "what was held back goes through once it is no mass any more",
        "guards.py",
        "any(row.link_ids in q.suspected and",
        "any(False and",
    ),
)
