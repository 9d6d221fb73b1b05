"""Lines that name somebody and end in a sentence."""

from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Chat
from bot.command import Command, Kind, MemberName, OneOf, Prose, Range, Reply, UserError, command
from bot.commands import Commands
from bot.line.mentions import mention, without_mentions
from bot.line.parser import LineParser
from bot.locale import Catalogue

CATALOGUE = Catalogue.load()


@command("ban", zh="封禁")
async def ban(
    chat: Chat,
    member: MemberName,
    time: str | None = None,
    reason: Annotated[str, Prose()] | None = None,
    where: Annotated[str, OneOf(("here", "everywhere"))] | None = None,
) -> Reply:
    return Reply()


@command("broadcast", zh="广播")
async def broadcast(
    chat: Chat, text: Annotated[str, Prose()], to: Annotated[str, OneOf(("all", "qq"))] = "all"
) -> Reply:
    return Reply()


@command("waifu", zh="老婆")
async def waifu(chat: Chat, count: Annotated[int, Range(1, 64)] = 4) -> Reply:
    return Reply()


COMMANDS = Commands(f.__nijigen_command__ for f in (ban, broadcast, waifu))  # type: ignore[attr-defined]
PARSER = LineParser(COMMANDS, CATALOGUE)


def _command(name: str) -> Command:
    found = COMMANDS.get(name)
    assert found is not None
    return found


def _args(line: str) -> dict:
    word, rest, _ = PARSER.head(line)
    return PARSER.parse(_command(word), rest, "en").args


def test_annotations_say_what_takes_a_member_and_what_takes_the_rest() -> None:
    member, _, reason, _ = _command("ban").options
    assert (member.kind, member.required) == (Kind.MEMBER, True)
    assert (reason.kind, reason.prose) == (Kind.TEXT, True)


@pytest.mark.parametrize(
    ("line", "member"),
    [
        ("/ban @qq:10001", "qq:10001"),
        ("/ban qq:10001", "qq:10001"),
        ("/ban 10001", "10001"),
        ("/ban １０００１", "10001"),
        ("/ban member:qq:10001", "qq:10001"),
        ("/ban 谁：discord:5", "discord:5"),
        ("/ban --member qq:10001", "qq:10001"),
        ("/ban <@123456789012345678>", "discord:123456789012345678"),
        ("/ban <@!5> 3d", "discord:5"),
        ("/ban web:a1b2-c3", "web:a1b2-c3"),
    ],
)
def test_a_member_is_a_mention_an_id_or_a_number(line: str, member: str) -> None:
    found = _args(line)["member"]
    assert isinstance(found, MemberName)
    assert found == member


@pytest.mark.parametrize("line", ["/ban 小明", "/ban @Bob", "/ban 12", "/ban qq:", "/ban mars:5", "/ban qq:a/b"])
def test_what_names_nobody_is_said(line: str) -> None:
    with pytest.raises(UserError) as caught:
        _args(line)
    assert CATALOGUE.has(caught.value.key)


def test_two_where_one_is_asked_for_are_one_too_many() -> None:
    for line in ("/ban @qq:1 @qq:2", "/ban @qq:1 member:qq:2 3d"):
        with pytest.raises(UserError, match=r"line\.twice"):
            _args(line)
    assert _args("/ban @qq:1 3d @qq:1")["member"] == "qq:1"


def test_to_other_commands_a_mention_says_nothing() -> None:
    assert _args("老婆 @qq:1") == {}
    assert _args("老婆 9 @qq:1 @qq:2") == {"count": 9}


def test_a_mention_is_read_as_it_is_written() -> None:
    assert without_mentions(f"3d {mention('qq:10001')} spam") == ("3d  spam", ("qq:10001",))
    assert without_mentions("mail@qq:1 a<@5>") == ("mail@qq:1 a<@5>", ())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("@qq:1 3d too many pictures", {"time": "3d", "reason": "too many pictures"}),
        ("3d 刷屏 刷得 很凶 @qq:1", {"time": "3d", "reason": "刷屏 刷得 很凶"}),
        ("where:here @qq:1 3d spam", {"time": "3d", "reason": "spam", "where": "here"}),
        ("@qq:1 reason:see https://a.b/?c=d: it's", {"reason": "see https://a.b/?c=d: it's"}),
        ('reason:"two words" time:3d @qq:1', {"reason": "two words", "time": "3d"}),
        ("原因：“两个 词” 多久:3d @qq:1", {"reason": "两个 词", "time": "3d"}),
        ('@qq:1 3d 5" of "rain', {"time": "3d", "reason": '5" of "rain'}),
        ("@qq:1 3d one\ntwo", {"time": "3d", "reason": "one\ntwo"}),
        ("@qq:1", {}),
    ],
)
def test_a_reason_goes_to_the_end_of_the_line(line: str, expected: dict) -> None:
    assert _args(f"/ban {line}") == {"member": "qq:1"} | expected


@given(st.text(st.characters(exclude_categories=("C",), include_characters="\n"), min_size=1, max_size=300))
def test_an_announcement_arrives_as_it_was_typed(text: str) -> None:
    said = f"x{text}".strip()
    if without_mentions(said)[1]:
        return
    assert _args(f"/broadcast {said}") == {"text": said}
    assert _args(f"/broadcast to:qq {said}") == {"text": said, "to": "qq"}


@pytest.mark.parametrize("line", ["/broadcast", "/broadcast to:qq", "/broadcast text:", "/ban @qq:1 reason:"])
def test_a_sentence_that_is_missing_is_asked_for(line: str) -> None:
    with pytest.raises(UserError) as caught:
        _args(line)
    assert caught.value.key in ("line.missing", "line.no_value")
