"""`handsync check`: settings, both connections and what is permitted there, a line each. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync_core.errors import HandsyncError, SettingsError
from sync_core.items import Kind, SideName

if TYPE_CHECKING:
    from sync_core.connections import Connections
    from sync_core.settings.models import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `handsync check`: what was looked at, whether it is well, and the sentence."""

    what: str
    ok: bool
    sentence: str


def check_jobs(settings: Settings) -> Finding:
    """Whether any process is switched on."""
    on = [kind.label for kind in Kind if settings.job(kind).include]
    if not on:
        return Finding("Processes", False, "none is switched on; set include = true under [calendar].")
    return Finding("Processes", True, f"switched on: {', '.join(on)}.")


def check_side(connections: Connections, settings: Settings, side: SideName) -> list[Finding]:
    """Tries one connection anew: signing in, and folder and permissions of every process that is on. Reads only."""
    connections.drop(side)
    findings: list[Finding] = []
    told: set[str] = set()
    # with no process on, the calendar stands for the connection
    for kind in [kind for kind in Kind if settings.job(kind).include] or [Kind.CALENDAR]:
        what = f"{side.label}, {kind.value}" if findings else side.label
        try:
            description = connections.side(side).describe(kind)
        except HandsyncError as problem:
            sentence = problem.sentence()
            findings += [Finding(what, False, sentence)] if sentence not in told else []
            told.add(sentence)
            if len(findings) == 1 and not isinstance(problem, SettingsError):
                # nobody answers, or lets us in: the next process would only wait for the same
                return findings
            continue
        if description.account not in told:
            words = "uses" if any(finding.ok for finding in findings) else "signed in as"
            findings.append(Finding(what, True, f"{words} {description.account}."))
            told.add(description.account)
        findings += [Finding(f"{what}, {op.value}", False, why) for op, why in description.refused.items()]
    return findings
