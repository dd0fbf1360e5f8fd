"""The draft of the Configure screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.errors import SettingsError
from sync_core.settings.models import OutlookSettings, SalesforceSettings, Settings
from tui.draft import Draft

EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("past_days"), st.integers(0, 40)),
        st.tuples(st.just("include"), st.booleans()),
        st.tuples(st.just("prevent_outlook"), st.lists(st.sampled_from(["create", "update", "delete"]), unique=True)),
    ),
    max_size=12,
)


@given(EDITS)
def test_changed_says_whether_something_would_be_kept(edits: list[tuple[str, Any]]) -> None:
    before = Settings()
    draft = Draft(before)
    for key, value in edits:
        draft.set("calendar", key, value)
        assert draft.get("calendar", key) == value
    assert draft.changed == (draft.build() != before)


def test_the_settings_before_stay_as_they_were() -> None:
    before = Settings()
    draft = Draft(before)
    draft.set("calendar", "prevent_outlook", ["delete"])
    draft.set("", "time_zone", "Europe/London")
    after = draft.build()
    assert before == Settings()
    assert after.calendar.prevent_outlook == ["delete"]
    assert after.time_zone == "Europe/London"


def test_a_value_that_cannot_be_is_a_sentence() -> None:
    draft = Draft(Settings())
    draft.set("calendar", "past_days", -1)
    with pytest.raises(SettingsError) as raised:
        draft.build()
    assert raised.value.sentence().startswith("calendar.past_days is -1; give a whole number")
    assert raised.value.sentence().endswith("Correct it here; nothing was kept.")


def test_a_secret_is_replaced_and_never_read() -> None:
    draft = Draft(Settings(outlook=OutlookSettings(password="old-word")))
    assert draft.source("outlook", "password") == "set"
    draft.set_secret("outlook", "password", "new-word")
    password = draft.build().outlook.password
    assert password is not None
    assert password.get_secret_value() == "new-word"
    draft.set_secret("outlook", "password", "")
    assert not draft.changed


@pytest.mark.parametrize(
    ("section", "source"),
    [
        (SalesforceSettings(access_token_command=["pass", "show", "sf"]), "command"),
        (SalesforceSettings(access_token_file=Path("/run/secrets/sf")), "file"),
        (SalesforceSettings(), ""),
    ],
)
def test_a_typed_secret_takes_the_place_of_its_other_forms(section: SalesforceSettings, source: str) -> None:
    draft = Draft(Settings(salesforce=section))
    assert draft.source("salesforce", "access_token") == source
    draft.set_secret("salesforce", "access_token", "typed")
    after = draft.build().salesforce
    assert after.access_token is not None
    assert (after.access_token_command, after.access_token_file) == (None, None)
    draft.set_secret("salesforce", "access_token", "")
    assert draft.build() == draft.before


def test_the_sentence_for_a_bad_value_holds_no_secret() -> None:
    draft = Draft(Settings())
    draft.set_secret("outlook", "password", "hush-hush")
    draft.set("outlook", "calendar", 7)
    with pytest.raises(SettingsError) as raised:
        draft.build()
    assert "hush" not in str(raised.value)
