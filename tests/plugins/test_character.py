"""`/character`: created, shown, changed and deleted, by who may and by nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.command import Role
from bot.surfaces.completion import Typing, known
from tests.bot.characters import given
from tests.bot.house import House, house
from tests.plugins.teaching import (
    ADMIN,
    ALONE,
    ELSEWHERE,
    MEMBER,
    agreed,
    button,
    contribute,
    create,
    labels,
    shows_a_head,
)

SUPERUSER = {**MEMBER, "member": "qq:99", "role": Role.SUPERUSER}


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path, models=given.FACTORY) as built:
        yield built


async def names(home: House) -> list[str]:
    return [one.name for one in await home.services.store.characters.all()]


async def test_a_character_is_created_and_known_by_all_her_names(home: House) -> None:
    made = await home.ask('角色 创建 "Misaka Mikoto" 别名:railgun,炮姐 介绍:"电击 少女" 权利:自己画的', **ADMIN)
    assert '/contribute "Misaka Mikoto"' in made.text
    assert "电击 少女" in made.text
    for name in ("Misaka Mikoto", "railgun", "炮姐", "c1"):
        shown = await home.ask(f'/character show "{name}"', **MEMBER)
        assert "Misaka Mikoto (railgun, 炮姐)" in shown.text, name
        assert "自己画的" in shown.text
        assert "not learnt yet" in shown.text
    listed = await home.ask("角色 列表", **MEMBER)
    assert "Misaka Mikoto" in listed.text
    assert "the default" in listed.text


async def test_the_best_pictures_of_her_are_shown_and_what_waits_is_not(home: House) -> None:
    await create(home)
    await agreed(home)
    await contribute(home, 1)
    shown = await home.ask("/character show", **MEMBER)
    assert shown.pictures == ()
    assert "1 waiting" in shown.text
    assert labels(shown) == []
    assert labels(await home.ask("/character show", **ADMIN)) == ["review_her"]
    await home.ask("/review accept:1", **ADMIN)
    assert shows_a_head(await home.ask("/character show Mikoto", **MEMBER))


async def test_she_is_renamed_described_hidden_and_the_default(home: House) -> None:
    await create(home)
    await create(home, "Kuroko")
    assert "Misaka" in (await home.ask("/character rename Mikoto Misaka", **ADMIN)).text
    edited = await home.ask("/character edit misaka aliases:mi,ko contributors:nobody review:always", **ADMIN)
    assert "Misaka (mi, ko)" in edited.text
    assert "No pictures are taken" in edited.text
    assert "every picture" in edited.text
    assert "(mi" not in (await home.ask("/character edit misaka aliases:none", **ADMIN)).text
    assert (await home.ask("/character edit misaka", **ADMIN)).failed
    await home.ask("角色 默认 kuroko", **ADMIN)
    assert "Kuroko" in (await home.ask("/character show", **MEMBER)).text
    await home.ask("/character hide misaka", **ADMIN)
    assert (await home.ask("/character show misaka", **MEMBER)).failed
    assert "Misaka" not in (await home.ask("/character list", **MEMBER)).text
    assert "hidden" in (await home.ask("/character list", **ADMIN)).text
    await home.ask("/character hide misaka no", **ADMIN)
    assert not (await home.ask("/character show misaka", **MEMBER)).failed


async def test_she_is_deleted_once_that_was_meant(home: House) -> None:
    await create(home)
    await agreed(home)
    await contribute(home, 1, 2)
    asked = await home.ask("/character delete mikoto", **ADMIN)
    assert "2 pictures by 1 members" in asked.text
    assert await names(home) == ["Mikoto"]
    deleted = await home.ask(button(asked, "delete_her").line(), **ADMIN)
    assert "2 pictures" in deleted.text
    assert await names(home) == []
    assert given.kept_files(home) == []


async def test_only_who_manages_her_changes_anything(home: House) -> None:
    await create(home)
    for line in (
        "/character create Kuroko",
        "角色 新建 Kuroko",
        "/character create Kuroko everywhere:yes",
        "/character rename Mikoto Kuroko",
        "/角色 改名 c1 Kuroko",
        "/character edit about:mine",
        "/character hide Mikoto",
        "/character default Mikoto",
        "/character delete Mikoto",
        "/character delete Mikoto confirm:yes",
        "/character 删除 character:c1 confirm:yes",
        "角色 删除 c1 是",
    ):
        for who in (MEMBER, ELSEWHERE, ALONE):
            if "Kuroko" in line and "everywhere" not in line and who is not MEMBER and "c1" not in line:
                continue  # at home they may have one of their own
            assert (await home.ask(line, **who)).failed, (line, who)
    assert await names(home) == ["Mikoto"]
    (her,) = await home.services.store.characters.all()
    assert (her.description, her.hidden, her.owner) == ("", False, "qq:7")


async def test_in_private_everybody_has_characters_of_their_own(home: House) -> None:
    await create(home, "Mine", **{**ALONE, "role": Role.MEMBER})
    assert "Mine" in (await home.ask("/character list", **ALONE)).text
    assert (await home.ask("/character list", **MEMBER)).failed
    assert (await home.ask("/character list", **{**ALONE, "member": "qq:3", "chat": "qq:@3"})).failed
    assert (await home.ask("/character show c1", **ADMIN)).failed


async def test_a_superuser_makes_some_for_everybody(home: House) -> None:
    await create(home, "Ours", **SUPERUSER)
    assert (await home.ask("/character create Each everywhere:yes", **ADMIN)).failed
    await home.ask("/character create Each everywhere:yes", **SUPERUSER)
    assert "everybody's" in (await home.ask("/character list", **ELSEWHERE)).text
    assert (await home.ask("/character delete Each confirm:yes", **ELSEWHERE)).failed


async def test_her_name_is_offered_to_who_types(home: House) -> None:
    await create(home)
    await create(home, "Hidden")
    await home.ask("/character hide Hidden", **ADMIN)
    for name in ("contribute", "character show", "review", "retrain start"):
        command = home.services.commands.get(name)
        assert command is not None
        option = command.option("character")
        assert option is not None
        for chat, found in (("qq:7", ["Mikoto"]), ("qq:8", [])):
            offers = await known(home.services, command, option, Typing(chat, "qq:1", "en", "m", {}))
            assert [value for _, value in offers] == found, name


async def test_who_asks_is_taken_from_the_platform_each_time(home: House) -> None:
    await create(home)
    assert not (await home.ask("/character hide Mikoto", **ADMIN)).failed
    assert (await home.ask("/character hide Mikoto no", **{**ADMIN, "role": Role.MEMBER})).failed
