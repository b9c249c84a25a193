"""A setting that cannot be meant is refused in a sentence, and nothing starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from integration import env
from integration.env import ROOT, SettingRefused

COMPLETE = {
    "PRODUCTION": "true",
    "DATABASE_URL": "postgres://desk@127.0.0.1:9/desk",
    "SECRET_KEY": "s" * 60,
    "SECRET_BOX_KEYS": Fernet.generate_key().decode(),
    "SUPPRESSION_KEY": "t" * 60,
    "ALLOWED_HOSTS": "desk.example",
}


def started(*words: str, **changes: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-W", "ignore", *words],
        cwd=ROOT,
        env={**os.environ, **COMPLETE, **changes},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_makes_nothing_up_and_leaves_nothing_behind(tmp_path: Path) -> None:
    # when
    nothing = dict.fromkeys(COMPLETE, "") | {"PRODUCTION": "1", "VAR_DIR": str(tmp_path / "var")}
    ran = started("manage.py", "migrate", **nothing)

    # then
    assert ran.returncode == 1
    missing = "DATABASE_URL, SECRET_KEY, SECRET_BOX_KEYS, SUPPRESSION_KEY, ALLOWED_HOSTS"
    assert f"Not set: {missing}." in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (tmp_path / "var").exists()


def test_the_web_server_says_why_it_does_not_start() -> None:
    ran = started("-c", "import integration.wsgi", DEBUG="true")
    assert ran.returncode == 1
    assert ran.stderr.startswith("The desk does not start. DEBUG shows secrets")


def test_a_command_says_that_the_database_does_not_answer() -> None:
    ran = started("manage.py", "schedules")
    assert ran.returncode == 1
    assert ran.stderr.startswith("The database does not answer. Look at DATABASE_URL")
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("said", ["nonsense", "sqlite:///desk.db", "postgres://host:port/desk"])
def test_an_address_of_no_database_of_ours_is_refused(said: str) -> None:
    ran = started("manage.py", "schedules", DATABASE_URL=said)
    assert "The desk does not start. DATABASE_URL must look like postgres://" in ran.stderr


@pytest.mark.parametrize(
    ("said", "meant"), [("", True), ("1", True), ("Yes", True), ("false", False), ("off", False)]
)
def test_a_switch_is_on_or_off(monkeypatch: pytest.MonkeyPatch, said: str, meant: bool) -> None:
    monkeypatch.setenv("DESK_SWITCH", said)
    assert env.flag("DESK_SWITCH", default=True) is meant


def test_a_switch_that_is_neither_is_refused_rather_than_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DESK_SWITCH", "prod")
    with pytest.raises(SettingRefused, match="DESK_SWITCH is “prod”; it must be true or false"):
        env.flag("DESK_SWITCH")


@pytest.mark.parametrize("said", ["ten", "0", "1.5", "-3"])
def test_a_number_is_a_whole_one_and_large_enough(
    monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setenv("DESK_NUMBER", said)
    with pytest.raises(SettingRefused, match="must be a whole number, at least 1"):
        env.whole("DESK_NUMBER", 10)


@pytest.mark.parametrize("said", ["soon", "0", "-1", "inf", "nan"])
def test_seconds_are_more_than_none(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("DESK_NUMBER", said)
    with pytest.raises(SettingRefused, match="must be a number above 0"):
        env.number("DESK_NUMBER", 1.0)


@pytest.mark.parametrize("said", ["Europe/Londn", "/etc/passwd", "../x"])
def test_a_time_zone_must_exist(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("DESK_ZONE", said)
    with pytest.raises(SettingRefused, match="must be a time zone"):
        env.time_zone("DESK_ZONE", "UTC")


def test_a_level_of_the_log_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_LEVEL", "loud")
    with pytest.raises(SettingRefused, match="one of DEBUG, INFO"):
        env.log_level("DESK_LEVEL", "INFO")


def test_keys_are_checked_before_anything_is_written_with_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DESK_KEYS", f"{Fernet.generate_key().decode()}, abc")
    with pytest.raises(SettingRefused, match="Key 2 of DESK_KEYS is no key"):
        env.box_keys("DESK_KEYS")


def test_a_secret_made_here_is_made_once_and_for_nobody_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(env, "VAR", tmp_path)

    first, second = env.kept_secret("DESK_SECRET"), env.kept_secret("DESK_SECRET")

    assert first == second
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "secrets" / "desk_secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["desk_secret"]


def test_new_keys_are_lines_for_the_environment() -> None:
    ran = started("-m", "integration.new_keys")
    lines = dict(line.split("=", 1) for line in ran.stdout.splitlines())
    assert list(lines) == ["SECRET_KEY", "SECRET_BOX_KEYS", "SUPPRESSION_KEY"]
    Fernet(lines["SECRET_BOX_KEYS"])  # Raises ValueError for what is no key.
    assert len(set(lines.values())) == 3
