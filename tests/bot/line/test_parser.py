"""What members type, right and wrong."""

import contextlib
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Chat
from bot.command import Command, PictureName, Range, Reply, Seed, UserError, command
from bot.commands import Commands
from bot.line.parser import LineParser
from bot.locale import Catalogue
from models.requests import MAX_SEED, seed_of

CATALOGUE = Catalogue.load()


@command("waifu", zh="老婆")
async def waifu(
    chat: Chat,
    count: Annotated[int, Range(1, 64)] = 4,
    seed: Seed | None = None,
    trunc: Annotated[float, Range(0.0, 1.0)] = 0.7,
    hair: Literal["pink", "black"] | None = None,
    glasses: bool = False,
) -> Reply:
    return Reply()


@command("bigger", zh="大")
async def bigger(chat: Chat, picture: PictureName) -> Reply:
    return Reply()


@command("status", zh="状态")
async def status(chat: Chat) -> Reply:
    return Reply()


COMMANDS = Commands(f.__nijigen_command__ for f in (waifu, bigger, status))  # type: ignore[attr-defined]
PARSER = LineParser(COMMANDS, CATALOGUE)


def _args(rest: str, name: str = "waifu", replied: PictureName | None = None) -> dict:
    return PARSER.parse(_command(name), rest, "en", replied).args


def _command(name: str) -> Command:
    found = COMMANDS.get(name)
    assert found is not None
    return found


def _error(rest: str, name: str = "waifu", replied: PictureName | None = None) -> str:
    with pytest.raises(UserError) as caught:
        _args(rest, name, replied)
    for locale in ("zh-CN", "en"):
        sentence = CATALOGUE.text(locale, caught.value.key, **caught.value.values)
        assert sentence
        assert sentence != caught.value.key
    return caught.value.key


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", {}),
        ("4", {"count": 4}),
        ("4 7 0.5", {"count": 4, "seed": 7, "trunc": 0.5}),
        ("seed:7 count:4", {"seed": 7, "count": 4}),
        ("seed=7 --trunc 0.3 --count=2", {"seed": 7, "trunc": 0.3, "count": 2}),
        ("seed:misaka", {"seed": seed_of("misaka")}),
        ('seed:"misaka mikoto"', {"seed": seed_of("misaka mikoto")}),
        ("数量:9 种子:御坂", {"count": 9, "seed": seed_of("御坂")}),
        ("数量：９", {"count": 9}),
        ("４", {"count": 4}),
        ("COUNT:3", {"count": 3}),
        ("trunc:1 2", {"trunc": 1.0, "count": 2}),
        ("hair:PINK glasses:yes", {"hair": "pink", "glasses": True}),
        ("glasses:否", {"glasses": False}),
        ("trunc:.5", {"trunc": 0.5}),
    ],
)
def test_lines_are_read(line: str, expected: dict) -> None:
    assert _args(line) == expected


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("0", "line.range"),
        ("65", "line.range"),
        ("count:-3", "line.range"),
        ("many", "line.number_or_seed"),
        ("count:2.5", "line.whole"),
        ("trunc:2", "line.range"),
        ("trunc:nan", "line.number_or_seed"),
        ("trunc:1e400", "line.number"),
        ("seed:99999999999999999999", "line.seed_large"),
        (f"seed:{MAX_SEED + 1}", "line.seed_large"),
        ("seed:-1", "line.seed_negative"),
        ("seed:" + "x" * 65, "line.text_long"),
        ("cuont:4", "line.unknown_near"),
        ("shoes:red", "line.unknown"),
        ("count:4 count:5", "line.twice"),
        ("4 count:5", "line.twice"),
        ("数量:4 count:5", "line.twice"),
        ("count:", "line.no_value"),
        ("--count", "line.no_value"),
        ("hair:plaid", "line.choice"),
        ("glasses:maybe", "line.yes_or_no"),
        ('seed:"misaka', "line.quote"),
        ("4 7 0.5 pink yes more", "line.extra"),
        ("x" * 501, "line.too_long"),
    ],
)
def test_mistakes_come_back_as_sentences(line: str, key: str) -> None:
    assert _error(line) == key


def test_a_command_without_options_says_so() -> None:
    assert _error("now", "status") == "line.no_options"
    assert _error("now:1", "status") == "line.no_options"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("#k7f3", PictureName("k7f3")),
        ("#K7F3.2", PictureName("k7f3", 2)),
        ("k7f3.12", PictureName("k7f3", 12)),
        ("picture:#k7f3", PictureName("k7f3")),
        ("＃k7f3", PictureName("k7f3")),
    ],
)
def test_pictures_are_named(line: str, expected: PictureName) -> None:
    assert _args(line, "bigger") == {"picture": expected}


@pytest.mark.parametrize("line", ["#", "#k7f3.", "#k7f3.0", "#k7f3.x", "#../etc", "#k7f3.2.1", "u!"])
def test_what_names_no_picture_is_refused(line: str) -> None:
    assert _error(line, "bigger") == "line.picture"


def test_a_reply_stands_in_for_the_picture_and_a_number_for_its_face() -> None:
    replied = PictureName("k7f3")
    assert _args("", "bigger", replied) == {"picture": replied}
    assert _args("3", "bigger", replied) == {"picture": PictureName("k7f3", 3)}
    assert _args("#aaaa", "bigger", replied) == {"picture": PictureName("aaaa")}
    assert _error("", "bigger") == "line.picture_missing"


@given(st.text(max_size=600))
def test_no_line_breaks_the_parser(line: str) -> None:
    for name in ("waifu", "bigger", "status"):
        with contextlib.suppress(UserError):
            args = _args(line, name)
            assert 1 <= args.get("count", 1) <= 64
            assert 0 <= args.get("seed", 0) <= MAX_SEED
            assert 0.0 <= args.get("trunc", 0.0) <= 1.0


@given(
    count=st.integers(1, 64),
    seed=st.integers(0, MAX_SEED),
    trunc=st.floats(0, 1).map(lambda v: round(v, 4)),
    order=st.permutations(["count", "seed", "trunc"]),
    mark=st.sampled_from([":", "=", "："]),
)
def test_whatever_the_order_named_options_arrive(count: int, seed: int, trunc: float, order: list, mark: str) -> None:
    values = {"count": str(count), "seed": str(seed), "trunc": f"{trunc:.4f}"}
    args = _args(" ".join(f"{name}{mark}{values[name]}" for name in order))
    assert args == {"count": count, "seed": seed, "trunc": trunc}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/waifu 4", ("waifu", "4", True)),
        ("／waifu 4", ("waifu", "4", True)),
        ("  老婆   4 ", ("老婆", "4", False)),
        ("/", ("", "", True)),
        ("", ("", "", False)),
        ("/waifu\n4", ("waifu", "4", True)),
    ],
)
def test_the_first_word_is_told_from_the_rest(text: str, expected: tuple) -> None:
    assert PARSER.head(text) == expected


def test_two_commands_of_one_name_are_an_authors_mistake() -> None:
    with pytest.raises(ValueError, match="waifu"):
        Commands([_command("waifu"), _command("waifu")])


def test_near_misses_are_guessed() -> None:
    assert COMMANDS.nearest("wafu") is _command("waifu")
    assert COMMANDS.nearest("zzzz") is None
