"""What members wish for in their own words, read as choices."""

import asyncio
import contextlib
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Chat
from bot.command import Command, EachOf, Kind, OneOf, Pick, PictureName, Range, Reply, Seed, UserError, command
from bot.commands import Commands
from bot.line.parser import LineParser
from bot.line.wishes import choice_of, phrases
from bot.locale import Catalogue
from data.labels import ATTRIBUTES

CATALOGUE = Catalogue.load()


@command("waifu", zh="老婆")
async def waifu(
    chat: Chat,
    count: Annotated[int, Range(1, 64)] = 4,
    seed: Seed | None = None,
    best: Pick | None = None,
    **wishes: Annotated[str, EachOf(ATTRIBUTES)],
) -> Reply:
    return Reply()


@command("fade", zh="渐变")
async def fade(
    chat: Chat,
    attribute: Annotated[str, OneOf(tuple(ATTRIBUTES))] | None = None,
    from_: str | None = None,
    to: str | None = None,
    picture: PictureName | None = None,
    steps: Annotated[int, Range(2, 24)] | None = None,
    **wishes: Annotated[tuple[str, ...], EachOf(ATTRIBUTES, pairs=True)],
) -> Reply:
    return Reply(repr((from_, to)))


COMMANDS = Commands(f.__nijigen_command__ for f in (waifu, fade))  # type: ignore[attr-defined]
PARSER = LineParser(COMMANDS, CATALOGUE)


def _command(name: str) -> Command:
    found = COMMANDS.get(name)
    assert found is not None
    return found


def _args(rest: str, name: str = "waifu") -> dict:
    return PARSER.parse(_command(name), rest, "zh-CN").args


WORDS = {phrase for option, choices in ATTRIBUTES.items() for phrase in phrases(CATALOGUE, option, choices)}
PINK_AND_GREEN = {"hair": "pink", "eyes": "green"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("hair:pink eyes:green", PINK_AND_GREEN),
        ("发色:粉 瞳色:绿", PINK_AND_GREEN),
        ("发色:粉色 瞳色：绿瞳", PINK_AND_GREEN),
        ("粉发绿瞳", PINK_AND_GREEN),
        ("粉发 绿瞳", PINK_AND_GREEN),
        ("粉色的头发，绿色的眼睛", PINK_AND_GREEN),
        ("pink hair green eyes", PINK_AND_GREEN),
        ("Pink-haired, green eyes", PINK_AND_GREEN),
        ("pink hair and green eyes", PINK_AND_GREEN),
        ("hair pink eyes green", PINK_AND_GREEN),
        ("发色 粉 瞳色 绿", PINK_AND_GREEN),
        ("粉", {"hair": "pink"}),
        ("4 pink", {"count": 4, "hair": "pink"}),
        ("粉色长发 16", {"hair": "pink", "length": "long", "count": 16}),
        ("金发双马尾不戴眼镜 9张", {"hair": "blond", "hairstyle": "twin_tails", "glasses": "no", "count": 9}),
        ("戴眼镜的猫耳娘", {"glasses": "yes", "ears": "cat"}),
        ("glasses", {"glasses": "yes"}),
        ("no glasses", {"glasses": "no"}),
        ("glasses:是", {"glasses": "yes"}),
        ("blonde golden eyes", {"hair": "blond", "eyes": "gold"}),
        ("eyes closed mouth open", {"lids": "closed", "mouth": "open"}),
        ("hairstyle:twin-tails style:soft", {"hairstyle": "twin_tails", "style": "soft"}),
        ("boy with short black hair", {"gender": "masculine", "length": "short", "hair": "black"}),
        ("16 seed misaka glasses", {"count": 16, "seed": _args("seed:misaka")["seed"], "glasses": "yes"}),
        ("best:64of512", {"best": Pick(64, 512)}),
        ("精选:100选9", {"best": Pick(9, 100)}),
        ("9 best:100", {"count": 9, "best": Pick(None, 100)}),
    ],
)
def test_wishes_are_read_in_the_words_that_members_use(line: str, expected: dict) -> None:
    assert _args(line) == expected


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("hair:plaid", "line.choice"),
        ("粉发 hair:black", "line.twice"),
        ("粉发 黑发", "line.twice"),
        ("粉发的可爱的你", "line.number_or_seed"),
        ("今天真好看", "line.number_or_seed"),
        ("有", "line.number_or_seed"),
        ("misaka", "line.number_or_seed"),
        ("best:65of512", "line.pick"),
        ("best:64of513", "line.pick"),
        ("best:9of8", "line.pick"),
        ("best:0of8", "line.pick"),
        ("best:many", "line.pick"),
        ("hair:", "line.no_value"),
        ("hiar:pink", "line.unknown_near"),
    ],
)
def test_what_is_no_wish_is_not_taken_for_one(line: str, key: str) -> None:
    with pytest.raises(UserError) as refused:
        _args(line)
    assert refused.value.key == key
    for locale in ("zh-CN", "en"):
        assert CATALOGUE.text(locale, key, **refused.value.values) != key


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("hair black white", {"attribute": "hair", "hair": ("black", "white")}),
        ("发色 黑 白", {"attribute": "hair", "hair": ("black", "white")}),
        ("hair from:black to:white", {"attribute": "hair", "from": "black", "to": "white"}),
        ("hair from black to white", {"attribute": "hair", "from": "black", "to": "white"}),
        ("eyes blue red steps:5", {"attribute": "eyes", "eyes": ("blue", "red"), "steps": 5}),
        ("mouth closed open", {"attribute": "mouth", "mouth": ("closed", "open")}),
        ("eyes closed", {"lids": ("closed",)}),
        ("黑发 白发", {"hair": ("black", "white")}),
        ("hair:black-white", {"hair": ("black", "white")}),
        ("发色:黑到白", {"hair": ("black", "white")}),
        ("hair:pink", {"hair": ("pink",)}),
        ("glasses", {"attribute": "glasses"}),
        ("眼镜", {"attribute": "glasses"}),
        ("#k7f3.2 粉发", {"picture": PictureName("k7f3", 2), "hair": ("pink",)}),
        ("glasses pink hair", {"attribute": "glasses", "hair": ("pink",)}),
    ],
)
def test_a_change_is_read_with_one_end_or_two(line: str, expected: dict) -> None:
    assert _args(line, "fade") == expected


def test_three_ends_are_one_too_many() -> None:
    with pytest.raises(UserError, match="twice"):
        _args("黑发 白发 粉发", "fade")


def test_every_choice_is_understood_by_what_it_is_called_in_either_language() -> None:
    for option, choices in ATTRIBUTES.items():
        for choice in choices:
            for locale in ("zh-CN", "en"):
                said = CATALOGUE.text(locale, f"choice.{option}.{choice}")
                assert choice_of(CATALOGUE, option, choices, said) == choice
                assert choice_of(CATALOGUE, option, choices, said.upper()) == choice


def test_no_phrase_means_two_things() -> None:
    meant: dict[str, tuple[str, str]] = {}
    for option, choices in ATTRIBUTES.items():
        for phrase, choice in phrases(CATALOGUE, option, choices).items():
            assert meant.setdefault(phrase, (option, choice)) == (option, choice)


@given(st.lists(st.sampled_from(sorted(WORDS)) | st.text(max_size=20), max_size=30), st.sampled_from([" ", "", "，"]))
def test_no_heap_of_wishes_breaks_the_parser(words: list[str], between: str) -> None:
    for name in ("waifu", "fade"):
        with contextlib.suppress(UserError):
            args = _args(between.join(words), name)
            for option, choices in ATTRIBUTES.items():
                chosen = args.get(option, ())
                assert set([chosen] if isinstance(chosen, str) else chosen) <= set(choices)


def test_an_option_may_be_called_by_a_word_of_pythons() -> None:
    option = _command("fade").option("from")
    assert option is not None
    assert option.kind is Kind.TEXT
    reply = asyncio.run(_command("fade").handler(None, **{"from": "black", "to": "white"}))  # type: ignore[arg-type]
    assert reply.text == "('black', 'white')"


def test_options_of_no_name_are_an_authors_mistake() -> None:
    with pytest.raises(TypeError, match="EachOf"):

        @command("bad", zh="坏")
        async def bad(chat: Chat, **anything: str) -> Reply:
            return Reply()
