"""The names of attachments below a person's notes: never at the cost of a word of theirs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync_core import text
from sync_core.sides.salesforce import notes

HEAD = "-- Attachments in Outlook: {} (kept by handsync) --"

TEXT = st.text(st.sampled_from("ab *-\n\r\t(2"), max_size=30) | st.sampled_from(
    [HEAD.format(1), HEAD.format(2) + "\n* a", "x\n" + HEAD.format(0), HEAD.format(9) + "\n* milk\n\n* eggs"]
)
NAMES = st.lists(st.sampled_from(["a.txt", "* b.pdf", "Plan 2027.docx", HEAD.format(3), "-- x --"]), max_size=4)


@given(st.lists(TEXT, max_size=3).map("\n".join), NAMES)
def test_what_is_joined_is_split_again(body: str, names: list[str]) -> None:
    """Whatever a person wrote, even a quoted block of ours."""
    body = text.block(body)
    assert notes.split(notes.join(body, names)) == (body, tuple(sorted(names)))


@given(st.lists(TEXT, max_size=3).map("\n".join), NAMES)
def test_what_salesforce_makes_of_it(body: str, names: list[str]) -> None:
    """Salesforce stores line breaks as CR LF."""
    body = text.block(body)
    stored = notes.join(body, names).replace("\n", "\r\n")
    assert notes.split(stored) == (body, tuple(sorted(names)))


@given(TEXT, NAMES, TEXT)
def test_text_below_stays(above: str, names: list[str], below: str) -> None:
    """What a person adds below the block is theirs, bullets too."""
    below = "* my own bullet\n" + below
    found, _ = notes.split(notes.join(above, [*names, "z.txt"]) + "\n" + below)
    assert "* my own bullet" in found


def test_a_list_without_our_line() -> None:
    """Bullets alone are nobody's attachments."""
    assert notes.split("Bring:\n* laptop\n* cable") == ("Bring:\n* laptop\n* cable", ())


def test_names_removed_by_hand() -> None:
    """Fewer names than the line says: what follows is text."""
    assert notes.split(f"Hi\n\n{HEAD.format(3)}\n* a.txt\nsee you") == ("Hi\n\nsee you", ("a.txt",))


def test_blank() -> None:
    """Nothing in, nothing out."""
    assert notes.join("", ()) == ""
    assert notes.split(None) == ("", ())
