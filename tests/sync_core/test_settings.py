"""Settings: every mistake is one sentence with a place in it, and no sentence holds a secret."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sync_core.errors import HandsyncError, SettingsError
from sync_core.items import Kind, SideName
from sync_core.settings import NoSettingsError, secrets, settings_path, state_path, zone
from sync_core.settings.document import line_of
from sync_core.settings.load import from_environment, load
from sync_core.settings.models import OutlookSettings, SalesforceAuth, SalesforceSettings, Settings, SyncJob
from sync_core.sides import Operation

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("HANDSYNC_"):
            monkeypatch.delenv(name)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(content: str, mode: int = 0o600) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(content)
        path.chmod(mode)
        return path

    return write


def problem(path: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        load(path)
    assert caught.value.exit_code == 2
    return caught.value.sentence()


FULL = """
time_zone = "Europe/London"
[salesforce]
auth = "session"
instance_url = "https://example.my.salesforce.com"
access_token = "hidden-token"
[outlook]
auth = "ntlm"
service_endpoint = "http://127.0.0.1:8000/EWS/Exchange.asmx"
username = "rep@example.com"
password = "hidden-password"
calendar = "Calendar/Team"
[calendar]
include = true
past_days = 7
prevent_outlook = ["delete", "update"]
[tasks]
"""


def test_a_whole_file_is_loaded(write: Write) -> None:
    settings = load(write(FULL))
    assert settings.time_zone == "Europe/London"
    assert settings.job(Kind.CALENDAR).past_days == 7
    assert settings.calendar.future_days == 365
    assert settings.calendar.prevented(SideName.OUTLOOK) == {Operation.DELETE, Operation.UPDATE}
    assert settings.contacts.prevented(SideName.SALESFORCE) == {Operation.DELETE}
    assert secrets.salesforce_secrets(settings.salesforce) == {"access_token": "hidden-token"}
    assert secrets.outlook_password(settings.outlook) == "hidden-password"
    assert "hidden" not in repr(settings)


def test_no_settings_at_all_says_how_to_begin(tmp_path: Path) -> None:
    path = tmp_path / "none" / "config.toml"
    with pytest.raises(NoSettingsError) as caught:
        load(path)
    assert str(path) in caught.value.sentence()
    assert "handsync --demo" in caught.value.sentence()


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("[calendar]\npast_days = \n", ["line 2, column 13", "not TOML"]),
        ("[calendar\n", ["line 1, column 10"]),
        ('x = """abc\n', ["line 2, column 1", "unterminated"]),
        ("[calendar]\n\npast_days = -1\n", ["line 3", "calendar.past_days is -1", "from 0 to 3650"]),
        ("[calendar]\npast_days = 99999\n", ["calendar.past_days is 99999", "from 0 to 3650"]),
        ("[calendar]\npast_days = 1.5\n", ["line 2", "calendar.past_days is not a whole number"]),
        ("[calendar]\npast_days = true\n", ["calendar.past_days is true or false", "whole number"]),
        ("[calendar]\ninclude = 'perhaps'\n", ["calendar.include must be true or false"]),
        ("# one\n[calendar]\npast_dais = 3\n", ["line 3", "“past_dais”", "did you mean past_days?"]),
        ("[salesforce]\nzzz = 3\n", ["“zzz” in [salesforce]", "it knows auth, instance_url"]),
        ("[calender]\n", ["line 1", "“calender”", "did you mean calendar?"]),
        ("calendar = 3\n", ["line 1", "must be a section"]),
        ("time_zone = 'Europe/Londn'", ["line 1", "“Europe/Londn”", "did you mean Europe/London?"]),
        ("time_zone = 'london'", ["did you mean Europe/London?"]),
        ("time_zone = '../../etc/passwd'", ["not known", "Europe/London"]),
        ("[salesforce]\ninstance_url = 'http://a.example'", ["line 2", "http://", "this machine only"]),
        ("[outlook]\nservice_endpoint = 'http://localhost.evil.example/'", ["http://", "this machine only"]),
        ("[salesforce]\ninstance_url = 'mail.example.com'", ["line 2", "salesforce.instance_url", "https://"]),
        ("[salesforce]\ninstance_url = 'https://a:99999999/'", ["salesforce.instance_url", "not an address"]),
        ("[salesforce]\nauth = 'sesion'", ["“sesion”", "session, jwt, client_credentials", "did you mean session?"]),
        ("[calendar]\nprevent_outlook = ['delet']", ["“delet”", "create, update, delete", "did you mean delete?"]),
        ("[calendar]\nprevent_outlook = 'delete'", ["line 2", 'must be a list, as in ["delete"]']),
        ("[salesforce]\napi_version = '62'", ["salesforce.api_version", '"62.0"']),
        ("[outlook]\npassword_file = 'secret.txt'", ["outlook.password_file must be a full path"]),
        ("[outlook]\npassword_command = []", ["outlook.password_command names no command"]),
        ("[calendar]\npast_days = -1\nfuture_days = -1", ["(and 1 more)"]),
    ],
)
def test_a_mistake_is_one_sentence(write: Write, content: str, parts: list[str]) -> None:
    sentence = problem(write(content))
    assert "config.toml" in sentence or "outlook.password" in sentence
    for part in parts:
        assert part in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    "content",
    [
        "[salesforce]\naccess_token = 'hunter2'\naccess_token_command = ['echo', 'hunter2']",
        "[salesforce]\naccess_tokn = 'hunter2'",
        "[salesforce]\naccess_token = ['hunter2']",
        "[salesforce]\naccess_token = hunter2",
        "[salesforce]\ninstance_url = 'https://user:hunter2@a.example'",
        "[salesforce]\nprivate_key_command = 'echo hunter2'",
        "password = 'hunter2'",
    ],
)
def test_no_sentence_holds_a_secret(write: Write, content: str) -> None:
    path = write(content)
    with pytest.raises(HandsyncError) as caught:
        load(path)
    error: BaseException | None = caught.value
    assert "hunter2" not in caught.value.sentence()
    assert error is not None
    assert error.__suppress_context__ or error.__context__ is None


def test_foreign_text_in_a_key_cannot_act_on_the_terminal(write: Write) -> None:
    sentence = problem(write('[calendar]\n"a\\u001b[2Jb" = 1\n'))
    assert "\x1b" not in sentence


def test_a_file_that_is_not_utf_8_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"[calendar]\n# caf\xe9\n")
    path.chmod(0o600)
    assert "line 2: this line is not UTF-8" in problem(path)


@pytest.mark.parametrize("content", ["\ufeff[calendar]\r\npast_days = 3\r\n"])
def test_files_of_other_editors_are_read(write: Write, content: str) -> None:
    assert load(write(content)).calendar.past_days == 3


def test_a_directory_or_a_pipe_is_not_a_settings_file(tmp_path: Path) -> None:
    assert "Is a directory" in problem(tmp_path)
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert "not a file" in problem(tmp_path / "pipe")


def test_a_secret_that_others_may_read_is_refused(write: Write) -> None:
    path = write(FULL, 0o644)
    sentence = problem(path)
    assert f"chmod 600 {path}" in sentence
    assert "salesforce.access_token" in sentence
    assert "hidden" not in sentence
    # without a secret in it the same file is nobody's business
    assert load(write("[calendar]\npast_days = 3\n", 0o644)).calendar.past_days == 3


def test_a_file_that_others_may_change_is_refused(write: Write) -> None:
    assert "chmod 600" in problem(write("[calendar]\n", 0o620))


def test_the_environment_wins(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDSYNC_CALENDAR__PAST_DAYS", "3")
    monkeypatch.setenv("HANDSYNC_CALENDAR__PREVENT_SALESFORCE", '["create"]')
    monkeypatch.setenv("HANDSYNC_TIME_ZONE", "Asia/Tokyo")
    monkeypatch.setenv("HANDSYNC_OUTLOOK__CALENDAR", "")
    settings = load(write(FULL))
    assert settings.calendar.past_days == 3
    assert settings.calendar.include is True
    assert settings.calendar.prevent_salesforce == ["create"]
    assert settings.time_zone == "Asia/Tokyo"
    assert settings.outlook.calendar == "Calendar/Team"
    assert from_environment() == {"calendar.past_days", "calendar.prevent_salesforce", "time_zone"}


def test_the_environment_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDSYNC_CALENDAR__INCLUDE", "true")
    assert load(tmp_path / "none.toml").calendar.include


def test_a_secret_of_the_environment_replaces_every_form_in_the_file(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("[salesforce]\naccess_token_command = ['false']\n")
    monkeypatch.setenv("HANDSYNC_SALESFORCE__ACCESS_TOKEN", "from-outside")
    assert secrets.resolve(load(path).salesforce, "access_token") == "from-outside"


@pytest.mark.parametrize(
    ("variable", "value", "parts"),
    [
        ("HANDSYNC_CALENDAR__PAST_DAYS", "-1", ["variable HANDSYNC_CALENDAR__PAST_DAYS", "“-1”", "0 to 3650"]),
        ("HANDSYNC_CALENDAR__PAST_DAY", "1", ["HANDSYNC_CALENDAR__PAST_DAY", "did you mean past_days?"]),
        ("HANDSYNC_CALENDER__PAST_DAYS", "1", ["HANDSYNC_CALENDER__PAST_DAYS", "did you mean calendar?"]),
        ("HANDSYNC_CALENDAR__PREVENT_OUTLOOK", "delete", ["HANDSYNC_CALENDAR__", "JSON"]),
        ("HANDSYNC_TIME_ZONE", "Mars", ["variable HANDSYNC_TIME_ZONE", "“Mars”"]),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(
    write: Write, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, parts: list[str]
) -> None:
    monkeypatch.setenv(variable, value)
    sentence = problem(write(FULL))
    for part in parts:
        assert part in sentence


def test_line_of_does_not_guess() -> None:
    content = "[a]\nkey = 1\n[b]\nkey = 2\n[[c]]\n"
    assert line_of(content, ["b", "key"]) == 4
    assert line_of("a.key = 1", ["a", "key"]) is None
    assert line_of("[a]\nkey = 1\nkey = 2", ["a", "key"]) is None


def test_a_secret_from_a_file_needs_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("file-token\nsecond line\n")
    path.chmod(0o600)
    section = SalesforceSettings(access_token_file=path)
    assert secrets.resolve(section, "access_token") == "file-token"
    path.chmod(0o640)
    with pytest.raises(SettingsError, match=re.escape(f"Run: chmod 600 {path}")) as caught:
        secrets.resolve(section, "access_token")
    assert "file-token" not in str(caught.value)
    path.unlink()
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        secrets.resolve(section, "access_token")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_secret_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("file-token")
    path.chmod(0o600)
    os.chown(path, 12345, -1)
    with pytest.raises(SettingsError, match="belongs to somebody else"):
        secrets.resolve(SalesforceSettings(access_token_file=path), "access_token")


def test_a_key_keeps_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text("-----BEGIN-----\nabc\n-----END-----\n")
    path.chmod(0o600)
    section = SalesforceSettings(auth=SalesforceAuth.JWT, private_key_file=path)
    assert secrets.salesforce_secrets(section) == {"private_key": "-----BEGIN-----\nabc\n-----END-----"}


def command(code: str) -> OutlookSettings:
    return OutlookSettings(password_command=[sys.executable, "-c", code])


def test_a_secret_from_a_command_is_its_first_line() -> None:
    assert secrets.outlook_password(command("print('from command  '); print('more')")) == "from command  "


def test_a_command_gets_no_shell_and_no_input() -> None:
    section = OutlookSettings(password_command=["echo", "$HOME;", "`id`"])
    assert secrets.outlook_password(section) == "$HOME; `id`"
    assert secrets.outlook_password(command("import sys; print(repr(sys.stdin.read()))")) == "''"


def test_a_failing_command_is_a_sentence_without_its_output() -> None:
    code = "import sys; print('hunter2'); print('hunter2', file=sys.stderr); sys.exit(3)"
    with pytest.raises(SettingsError, match="failed with exit code 3") as caught:
        secrets.outlook_password(command(code))
    assert "hunter2" not in caught.value.sentence()
    assert "outlook.password_command" in caught.value.sentence()
    with pytest.raises(SettingsError, match="cannot be started"):
        secrets.outlook_password(OutlookSettings(password_command=["/no/such/program"]))
    with pytest.raises(SettingsError, match="gave nothing"):
        secrets.outlook_password(command(""))


def test_a_command_that_hangs_is_ended_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "TIMEOUT", 0.5)
    trace = tmp_path / "alive"
    child = f"import time; time.sleep(1.5); open({str(trace)!r}, 'w')"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    began = time.monotonic()
    with pytest.raises(SettingsError, match="no answer within"):
        secrets.outlook_password(command(code))
    assert time.monotonic() - began < 1.4
    time.sleep(max(0.0, 2.0 - (time.monotonic() - began)))
    assert not trace.exists()


def test_secrets_are_fetched_only_for_the_way_in_use() -> None:
    section = SalesforceSettings(auth=SalesforceAuth.CLIENT_CREDENTIALS, access_token_command=["/no/such/program"])
    assert secrets.salesforce_secrets(section) == {}
    with pytest.raises(SettingsError, match=r"outlook\.password is not set"):
        secrets.outlook_password(OutlookSettings())


def test_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "s"))
    assert settings_path() == tmp_path / "c/handsync/config.toml"
    assert state_path() == tmp_path / "s/handsync"
    monkeypatch.setenv("HANDSYNC_CONFIG", str(tmp_path / "mine.toml"))
    monkeypatch.setenv("HANDSYNC_STATE_DIR", str(tmp_path / "state"))
    assert settings_path() == tmp_path / "mine.toml"
    assert settings_path(tmp_path / "said.toml") == tmp_path / "said.toml"
    assert state_path() == tmp_path / "state"


def test_the_zone_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    import tzlocal

    monkeypatch.setenv("TZ", "America/New_York")
    tzlocal.reload_localzone()
    try:
        assert zone.user_zone(Settings()) == "America/New_York"
        assert zone.user_zone(Settings(time_zone="Europe/Rome")) == "Europe/Rome"
        assert zone.zone_like("new york") == "America/New_York"
        assert zone.zone_like("xqzw") == ""
    finally:
        monkeypatch.undo()
        tzlocal.reload_localzone()


def test_the_models_check_what_a_screen_assigns() -> None:
    job = SyncJob()
    with pytest.raises(ValueError, match="greater than or equal to 0"):
        job.past_days = -1
    assert job.past_days == 30


def test_the_top_of_the_package_is_light() -> None:
    import subprocess

    code = "import sync_core.settings, sys; print({'pydantic', 'tomlkit', 'platformdirs'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_folders_of_contacts_and_tasks(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDSYNC_OUTLOOK__TASKS", "Tasks/Sales")
    outlook = load(write('[outlook]\ncontacts = "Contacts/Customers"\n')).outlook
    assert (outlook.calendar, outlook.contacts, outlook.tasks) == ("Calendar", "Contacts/Customers", "Tasks/Sales")
    assert (Settings().outlook.contacts, Settings().outlook.tasks) == ("Contacts", "Tasks")


def test_attendees_are_the_calendars_alone(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Off unless somebody says so, in the file or in the environment; the other processes have no such setting."""
    assert not Settings().calendar.relate_attendees
    assert load(write("[calendar]\nrelate_attendees = true\n")).calendar.relate_attendees
    monkeypatch.setenv("HANDSYNC_CALENDAR__RELATE_ATTENDEES", "true")
    assert load(write("[calendar]\nrelate_attendees = false\n")).calendar.relate_attendees
    monkeypatch.delenv("HANDSYNC_CALENDAR__RELATE_ATTENDEES")
    for section in ("contacts", "tasks"):
        with pytest.raises(SettingsError, match="relate_attendees"):
            load(write(f"[{section}]\nrelate_attendees = true\n"))
