"""What stands in `.env` and in the environment, however wrong."""

from pathlib import Path

import pytest

from bot.doctor.configured import Configuration, read_configuration


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    for name in ("HOST", "PORT", "LANGUAGE", "STORAGE_DIR", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def reading(content: str | bytes) -> Configuration:
        file = tmp_path / ".env"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_configuration()

    return reading


def test_without_a_file_everything_is_at_its_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PORT", raising=False)
    found = read_configuration()
    assert found.settings is not None
    assert found.settings.port == 8080
    assert not found.wrong
    assert not found.unreadable


def test_each_wrong_value_is_found_and_the_right_ones_are_kept(read) -> None:
    found = read('PORT=many\nSUPERUSERS=qq:1\nTIMEZONE=Nowhere\nHOST=127.0.0.2\nLOG_LEVEL=LOUD\nGROUPS_ALLOW=["x"]\n')
    kinds = {wrong.name: set(wrong.kinds) for wrong in found.wrong}
    assert kinds == {
        "PORT": {"int_parsing"},
        "SUPERUSERS": {"not_json"},
        "TIMEZONE": {"value_error"},
        "LOG_LEVEL": {"literal_error"},
        "GROUPS_ALLOW": {"string_pattern_mismatch"},
    }
    assert found.settings is not None
    assert (found.settings.host, found.settings.port) == ("127.0.0.2", 8080)


def test_the_environment_wins_over_the_file(read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8082")
    found = read("PORT=8081\n")
    assert found.settings is not None
    assert found.settings.port == 8082


def test_values_are_those_that_the_bot_itself_would_read(read) -> None:
    from bot.settings import load

    found = read("PORT = 8083 # a comment\nHOST='127.0.0.3'\nWEB_PASSWORD=\nSTORAGE_DIR=${HOST}/x\nPOOL_QUEUE=7\n")
    assert found.settings is not None
    assert found.settings.model_dump() == load().model_dump()


def test_a_file_with_notepads_mark_is_read_all_the_same(read) -> None:
    found = read("\ufeffPORT=8081\n")
    assert found.settings is not None
    assert found.settings.port == 8081


def test_a_file_in_utf_16_is_found_out(read) -> None:
    assert read("PORT=8081\n".encode("utf-16")).unreadable == "encoding"


def test_chinese_in_another_encoding_is_found_out(read) -> None:
    assert read("# 端口\nPORT=8081\n".encode("gbk")).unreadable == "encoding"


def test_a_folder_in_the_files_place_is_found_out(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert read_configuration(tmp_path / ".env").unreadable


def test_a_line_that_is_none_is_named_by_its_number(read) -> None:
    assert read('PORT=8081\nthis is = no "line\n').faulty_lines == (2,)


@pytest.mark.parametrize(
    ("line", "secrets"),
    [
        ("WEB_PASSWORD=hunter22", {"hunter22"}),
        ("DISCORD_TOKEN= a.token.there ", {"a.token.there"}),
        ("DATABASE_URL=postgresql://me:p%40ssword@host/db", {"p%40ssword", "p@ssword"}),
        ("DISCORD_PROXY=http://me:proxyword@host:1", {"proxyword"}),
        ('ONEBOT_WS_URLS=["ws://h:1/?access_token=querytoken"]', {"querytoken"}),
        ('FILES_OPTIONS={"a": [{"secret": "deepest"}], "key": "thekey"}', {"deepest", "thekey"}),
    ],
)
def test_what_must_not_be_printed_is_known(read, line: str, secrets: set[str]) -> None:
    assert secrets <= set(read(line + "\n").secrets)


def test_a_wrong_value_that_may_be_secret_is_not_shown(read) -> None:
    found = read("DISCORD_SHARDS=7x\nDATABASE_URL=x://u:pw@h\nONEBOT_WS_URLS=ws://h/?access_token=abcd\n")
    assert {wrong.name: wrong.value for wrong in found.wrong} == {"DISCORD_SHARDS": "7x", "ONEBOT_WS_URLS": ""}


def test_the_language_is_that_of_the_setting_else_of_the_system(read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert read("").language == "zh-CN"
    assert read("LANGUAGE=en\n").language == "en"
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert read("").language == "en"
