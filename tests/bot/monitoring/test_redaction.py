"""What is hidden of a text, and what is left of it."""

from urllib.parse import quote

import pytest

from bot.monitoring.redaction import Redaction, secrets_of
from bot.settings import Settings

TOKEN = "MTA" + "x" * 21 + ".GabcDe." + "y" * 38  # the shape of a Discord bot's token, and nobody's


def _settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg]


def test_every_secret_of_the_settings_is_hidden_wherever_it_stands() -> None:
    given = {name: f"the {name} is this" for name in ("web_password", "onebot_access_token", "discord_token")}
    settings = _settings(
        **given,
        files_options='{"key": "AKIA-some-key", "client_kwargs": {"aws_secret": "s3 secret"}, "region": "eu-west"}',
        database_url="postgresql+asyncpg://nijigen:pass-of-db@db/nijigen",
        discord_proxy="http://me:pass-of-proxy@10.0.0.1:7890",
        onebot_ws_urls={"ws://me:pass-of-onebot@127.0.0.1:3001"},
    )
    hide = Redaction(secrets_of(settings))
    secrets = [*given.values(), "AKIA-some-key", "s3 secret", "pass-of-db", "pass-of-proxy", "pass-of-onebot"]
    for secret in secrets:
        for form in (secret, quote(secret, safe="")):
            assert hide(f"before {form} after") == "before *** after"
    assert hide("eu-west") == "eu-west"


def test_no_field_that_holds_a_secret_is_forgotten() -> None:
    """A new setting that is a `SecretStr` is hidden without anybody thinking of it."""
    secret_fields = [name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]
    assert len(secret_fields) >= 4
    for name in secret_fields:
        assert "a long secret" in secrets_of(_settings(**{name: "a long secret"}))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("ws://127.0.0.1:3001/?access_token=abc&x=1", "ws://127.0.0.1:3001/?access_token=***&x=1"),
        ("https://discord.com/api/webhooks/12/a-B_c/messages", "https://discord.com/api/webhooks/12/***/messages"),
        ("POST /interactions/7/aW50ZXI/callback", "POST /interactions/7/***/callback"),
        ("{'Authorization': 'Bot abcdef', 'X': 1}", "{'Authorization': '***', 'X': 1}"),
        ("authorization: Bearer abc", "authorization: ***"),
        ("sent Bearer " + "q" * 30, "sent Bearer ***"),
        (f"login with {TOKEN}", "login with ***"),
        ("postgresql://nijigen:pw@db/nijigen", "postgresql://***@db/nijigen"),
        ("https://multimedia.nt.qq.com.cn/download?rkey=CAQS&fileid=1", None),
    ],
)
def test_what_looks_like_a_secret_is_hidden_though_nobody_named_it(text: str, left: str | None) -> None:
    hidden = Redaction()(text)
    assert hidden == (left or "https://multimedia.nt.qq.com.cn/download?rkey=***&fileid=1")


@pytest.mark.parametrize(
    "text",
    [
        "/waifu on qq in 312 ms: ok chat=qq:30003 message=12345",
        "worker model-0 died with a batch of 4: exit code -9",
        "ready: http://127.0.0.1:8080/",
        "the Bot 3889000770 is connected",
        "a bot that draws",
    ],
)
def test_ordinary_lines_are_left_alone(text: str) -> None:
    assert Redaction()(text) == text


def test_a_short_secret_is_hidden_as_a_word_and_a_shorter_one_not_at_all() -> None:
    hide = Redaction(["1234", "abc"])
    assert hide("password 1234, group 912345, abc") == "password ***, group 912345, abc"


def test_a_secret_that_begins_another_does_not_show_the_rest_of_it() -> None:
    assert Redaction(["long-secret", "long-secret-and-more"])("x long-secret-and-more") == "x ***"
