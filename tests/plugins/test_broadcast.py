"""Saying something everywhere at once: asked back, paced, once, and with a report."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.store.bans import Ban
from bot.store.schema import RecipeRow
from bot.surfaces.base import KnownGroup
from tests.bot.house import SUPERUSER, House
from tests.plugins.town import Town

BOSS: dict[str, Any] = {
    **SUPERUSER,
    "member": "qq:9",
    "locale": "en",
    "group": None,
    "chat": "qq:@9",
    "addressed": True,
}


@pytest.fixture
def towns(home: House, monkeypatch: pytest.MonkeyPatch) -> tuple[Town, Town]:
    monkeypatch.setattr("plugins.broadcast.PAUSE", 0)
    qq = Town("qq", *(KnownGroup(f"qq:{n}", f"group {n}", 10 * n) for n in (1, 2, 3)))
    discord = Town("discord", KnownGroup("discord:4004", "a guild"))
    home.services.surfaces = {"qq": qq, "discord": discord}
    return qq, discord


async def test_it_is_asked_back_with_the_number_of_groups(home: House, towns: tuple[Town, Town]) -> None:
    asked = await home.ask('/broadcast Back at 8: see https://example.org/?q="1"', **BOSS)
    assert "4 groups" in asked.text
    assert 'Back at 8: see https://example.org/?q="1"' in asked.text
    assert [b.label for b in asked.buttons] == ["announce"]
    assert towns[0].told == towns[1].told == []


async def test_the_button_says_it_to_every_group_as_it_was_typed(home: House, towns: tuple[Town, Town]) -> None:
    asked = await home.ask('/broadcast Back at 8:\nsee "you"  there', **BOSS)
    report = await home.ask(asked.buttons[0].line(), **BOSS)
    assert "4 of 4" in report.text
    assert [chat for town in towns for chat, _ in town.told] == ["qq:1", "qq:2", "qq:3", "discord:4004"]
    assert all('Back at 8:\nsee "you"  there' in reply.text for town in towns for _, reply in town.told)


async def test_the_answer_to_the_question_is_a_word_where_there_are_no_buttons(
    home: House, towns: tuple[Town, Town]
) -> None:
    await home.ask("/broadcast hello", **BOSS)
    report = await home.ask("发出", replied_to="1", **BOSS)
    assert "4 of 4" in report.text


async def test_it_is_said_once_however_often_the_button_is_pressed(home: House, towns: tuple[Town, Town]) -> None:
    asked = await home.ask("/broadcast hello", **BOSS)
    await home.ask(asked.buttons[0].line(), **BOSS)
    assert (await home.ask(asked.buttons[0].line(), **BOSS)).failed
    assert len(towns[0].told) == 3


async def test_one_that_has_waited_is_not_said_any_more(home: House, towns: tuple[Town, Town]) -> None:
    asked = await home.ask("/broadcast hello", **BOSS)
    async with home.services.store.database.write() as connection:
        row = await home.services.store.recipes.get(asked.recipe or "")
        assert row is not None
        await connection.execute(update(RecipeRow).values(created=row.created - timedelta(minutes=6)))
    assert (await home.ask(asked.buttons[0].line(), **BOSS)).failed
    assert towns[0].told == []


async def test_it_goes_to_one_platform_where_that_is_said(home: House, towns: tuple[Town, Town]) -> None:
    asked = await home.ask("/broadcast to:discord hello", **BOSS)
    await home.ask(asked.buttons[0].line(), **BOSS)
    assert [len(town.told) for town in towns] == [0, 1]


async def test_groups_that_are_banned_or_not_allowed_hear_nothing(home: House, towns: tuple[Town, Town]) -> None:
    allowed = frozenset({"qq:1", "qq:2", "discord:4004"})
    home.services.settings = home.services.settings.model_copy(update={"groups_allow": allowed})
    await home.services.store.groups.update("qq:2", ban=Ban())
    asked = await home.ask("/broadcast hello", **BOSS)
    assert "2 groups would" in asked.text
    assert "Left out: 2" in asked.text
    await home.ask(asked.buttons[0].line(), **BOSS)
    assert [chat for town in towns for chat, _ in town.told] == ["qq:1", "discord:4004"]


async def test_the_report_names_the_groups_that_were_not_reached(home: House, towns: tuple[Town, Town]) -> None:
    towns[0].deaf = {"qq:2"}
    asked = await home.ask("/broadcast hello", **BOSS)
    report = await home.ask(asked.buttons[0].line(), **BOSS)
    assert "3 of 4" in report.text
    assert "group 2" in report.text
    assert [chat for chat, _ in towns[0].told] == ["qq:1", "qq:3"]


async def test_a_group_hears_it_in_its_language(home: House, towns: tuple[Town, Town]) -> None:
    await home.services.store.groups.update("qq:1", locale="en")
    asked = await home.ask("/broadcast 今晚休息", **BOSS)
    await home.ask(asked.buttons[0].line(), **BOSS)
    said = {chat: reply.text for chat, reply in towns[0].told}
    assert said["qq:1"].startswith("A word")
    assert said["qq:2"].startswith("主人")


@pytest.mark.parametrize("line", ["/broadcast", "/broadcast to:qq", "/broadcast to:mars hi", "/announce #zzzz"])
async def test_what_cannot_be_sent_is_explained(home: House, towns: tuple[Town, Town], line: str) -> None:
    assert (await home.ask(line, **BOSS)).failed


async def test_a_picture_is_no_announcement(home: House, towns: tuple[Town, Town]) -> None:
    drawn = await home.ask("/waifu 1", **BOSS)
    assert (await home.ask(f"/announce #{drawn.pictures[0].id}", **BOSS)).failed
    asked = await home.ask("/broadcast hello", **BOSS)
    assert (await home.ask(asked.buttons[0].line(), **(BOSS | {"member": "qq:10"}))).failed
    assert towns[0].told == []


async def test_nobody_else_sees_groups_or_speaks_to_them(home: House, towns: tuple[Town, Town]) -> None:
    for line in ("/groups", "/broadcast hello", "/announce #k7f3"):
        assert (await home.ask(line)).failed


async def test_without_groups_there_is_nothing_to_say(home: House) -> None:
    assert (await home.ask("/broadcast hello", **BOSS)).failed
    assert "no group" in (await home.ask("/groups", **BOSS)).text


async def test_groups_are_listed_with_the_line_that_bans_one(home: House, towns: tuple[Town, Town]) -> None:
    towns[0].known = (KnownGroup("qq:1", "a\nvery " + "long " * 20), KnownGroup("qq:2", "two", 7))
    await home.services.store.groups.update("qq:2", ban=Ban())
    shown = await home.ask("/groups", **BOSS)
    assert shown.private
    lines = shown.text.splitlines()
    assert "3 groups" in lines[0]
    two = next(line for line in lines if "two" in line)
    assert "7 members, blocked" in two
    line = two.split("·")[1].strip()
    assert not (await home.ask(line, **BOSS)).failed
    assert (await home.services.store.groups.get("qq:2")).ban is None
    assert len(next(line for line in lines if "qq:1" in line)) < 80


async def test_many_groups_come_in_pages(home: House, towns: tuple[Town, Town]) -> None:
    towns[0].known = tuple(KnownGroup(f"qq:{n}", f"g{n:03}") for n in range(70))
    first = await home.ask("/groups", **BOSS)
    second = await home.ask(first.buttons[0].line(), **BOSS)
    third = await home.ask(second.buttons[0].line(), **BOSS)
    assert third.buttons == ()
    assert "g069" in third.text
    assert (await home.ask("/groups 4", **BOSS)).failed
