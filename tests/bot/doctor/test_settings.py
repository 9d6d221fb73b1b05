"""What the doctor says about the settings."""

import os
from pathlib import Path

import pytest

from bot.doctor.configured import read_configuration
from bot.doctor.finding import Sign
from bot.doctor.report import Words
from bot.doctor.settings import check_settings
from tests.bot.doctor.patients import CATALOGUE, told

LIST = 'SUPERUSERS is “me”, but must be a JSON list such as ["qq:10001"], with straight double quotes.'


@pytest.fixture
def look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    for name in ("HOST", "PORT", "STORAGE_DIR"):
        monkeypatch.delenv(name, raising=False)

    async def looking(text: str, mode: int = 0o600):
        file = tmp_path / ".env"
        file.write_text(text, "utf-8")
        file.chmod(mode)
        return await check_settings(read_configuration())

    return looking


async def test_no_file_is_nothing_to_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert told(await check_settings(read_configuration())) == [(Sign.NOTE, "none")]


async def test_a_good_file_is_one_line(look) -> None:
    assert told(await look("PORT=8081\nLANGUAGE=en\n")) == [(Sign.GOOD, "read")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("PORT=many", "PORT is “many”, but must be a whole number."),
        ("PORT=99999", "PORT is “99999”, but must be at most 65535."),
        ("PORT=-1", "PORT is “-1”, but must be at least 0."),
        ("STORAGE_CAP_GB=0", "STORAGE_CAP_GB is “0”, but must be more than 0.0."),
        ("COOLDOWN_SECONDS=slow", "COOLDOWN_SECONDS is “slow”, but must be a number."),
        ("ALERTS=perhaps", "ALERTS is “perhaps”, but must be true or false."),
        ("POOL=cloud", "POOL is “cloud”, but must be one of 'local' or 'ray'."),
        ("TIMEZONE=Moon", "TIMEZONE is “Moon”, but names no time zone. An example is Asia/Shanghai."),
        ("SUPERUSERS=me", LIST),
        ('SUPERUSERS=["me"]', "SUPERUSERS is “[\"me\"]”, but must hold ids such as \"qq:10001\" or \"discord:2002\"."),
    ],
)  # fmt: skip
async def test_a_wrong_value_is_a_sentence_that_names_it(look, text: str, words: str) -> None:
    findings = await look(text)
    assert told(findings) == [(Sign.BAD, "wrong")]
    assert Words(CATALOGUE, "en").line(findings[0]).found == words


async def test_a_slip_of_the_pen_is_noticed_and_other_programs_names_are_not(look) -> None:
    findings = await look("DISCORD_TOKN=x\nSATORI_CLIENTS=[]\n")
    assert told(findings) == [(Sign.WARN, "slip")]
    assert findings[0].values["near"] == "DISCORD_TOKEN"


async def test_a_line_that_counts_for_nothing_is_named(look) -> None:
    assert told(await look('WEB PASSWORD="half\n')) == [(Sign.WARN, "line")]


async def test_a_door_that_is_meant_to_be_open_and_is_not_is_mentioned(look) -> None:
    assert told(await look("HOST=0.0.0.0")) == [(Sign.WARN, "no_password")]


async def test_nobody_who_may_manage_is_mentioned_once_chats_are_set_up(look) -> None:
    assert told(await look("DISCORD_TOKEN=a.b.c.d")) == [(Sign.WARN, "no_superuser")]


@pytest.mark.skipif(os.name != "posix", reason="files have no modes here")
async def test_secrets_that_others_can_read_are_mentioned(look) -> None:
    assert told(await look("WEB_PASSWORD=longer-than-that", 0o644)) == [(Sign.WARN, "exposed")]
    assert told(await look("WEB_PASSWORD=longer-than-that", 0o640)) == [(Sign.GOOD, "read")]  # a service's group
    assert told(await look("PORT=8081", 0o644)) == [(Sign.GOOD, "read")]
