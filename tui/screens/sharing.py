"""Taking rows of a review along: as text in the clipboard, or as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from textual.app import App

from sync_core import sharing, text
from sync_core.plan import Plan, Row
from tui.format import plural
from tui.screens.export import ExportScreen


def copied(app: App[Any], rows: Sequence[Row], zone: str, *, whole: bool) -> str:
    """Copies rows, a line each or `whole`; what became of it, in a sentence."""
    from tui.app import HandsyncApp

    words = sharing.to_details(rows, zone) if whole else sharing.to_lines(rows, zone)
    what = f"“{text.shorten(rows[0].title, 30)}”" if len(rows) == 1 else plural(len(rows), "row")
    what += " with all details" if whole else ""
    if isinstance(app, HandsyncApp):
        return app.copy(words, what)
    app.copy_to_clipboard(words)
    return f"copied {what}"


def export_screen(plan: Plan, rows: Sequence[Row], today: date) -> ExportScreen:
    """Asks for a file and writes these rows of `plan` there, as they are decided."""
    formats = {ending: partial(make, plan, rows) for ending, make in sharing.FORMATS.items()}
    name = f"handsync-{plan.kind.value}-{today.isoformat()}"
    return ExportScreen(
        f"Export {plural(len(rows), 'row')} of {plan.kind.label}, as shown and decided now", name, formats
    )
