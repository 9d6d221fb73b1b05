"""What an operator can write into `.env`."""

import pytest

from bot.settings import Settings, WrongSettings, load


def test_hosts_and_networks_are_allowed_as_a_list(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INTAKE_ALLOW", '["127.0.0.1:8765", "10.0.0.0/8", "example.org"]')
    assert load().intake_allow == {"127.0.0.1:8765", "10.0.0.0/8", "example.org"}
    monkeypatch.delenv("INTAKE_ALLOW")
    assert Settings(_env_file=None).intake_allow == frozenset()  # type: ignore[call-arg]


@pytest.mark.parametrize("wrong", ['["http://example.org"]', '["10.0.0.0/99"]', "example.org", '["x:0"]'])
def test_a_wrong_entry_is_a_sentence_that_names_the_setting(
    wrong: str, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INTAKE_ALLOW", wrong)
    with pytest.raises(WrongSettings, match="INTAKE_ALLOW"):
        load()


@pytest.mark.parametrize("wrong", ["10001", "qq:10001", '"qq:10001"'])
def test_what_is_no_list_is_told_what_a_list_looks_like(wrong: str, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUPERUSERS", wrong)
    with pytest.raises(WrongSettings, match=r'SUPERUSERS: it must be a JSON list such as \["qq:10001"\]'):
        load()


@pytest.mark.parametrize("encoding", ["utf-16", "gbk"])
def test_an_env_file_in_another_encoding_is_a_sentence(
    encoding: str, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes("# 机器人的设置\nPORT=8081\n".encode(encoding))
    with pytest.raises(WrongSettings, match="UTF-8"):
        load()
