from dataclasses import replace

import pytest

from bot.locale import LOCALES
from tests.bot.gate.asked import CATALOGUE, GROUP, MEMBER, OTHER, House, in_group, in_private


async def test_the_language_is_the_members_then_the_groups_then_the_platforms_then_the_bots(house: House) -> None:
    assert await house.gate.locale(in_group()) == "zh-CN"
    assert await house.gate.locale(in_group(locale="en-GB")) == "en"
    await house.store.groups.update(GROUP, locale="zh-CN")
    assert await house.gate.locale(in_group(locale="en-GB")) == "zh-CN"
    assert await house.gate.locale(in_private(locale="en-GB")) == "en"
    await house.store.members.set_locale(MEMBER, "en")
    assert await house.gate.locale(in_group(locale="zh_TW")) == "en"
    assert await house.gate.locale(in_group(OTHER, locale="zh_TW")) == "zh-CN"


async def test_what_was_last_spoken_in_private_is_remembered(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    private = in_private(locale="en-GB")
    assert house.gate.spoken(private.chat) is None
    await house.gate.locale(private)
    await house.gate.locale(in_group(locale="zh-CN"))
    assert house.gate.spoken(private.chat) == "en"
    assert house.gate.spoken(in_group().chat) is None
    monkeypatch.setattr("bot.gate.CHATS", 1)
    await house.gate.locale(replace(private, chat="qq:@2"))
    assert (house.gate.spoken(private.chat), house.gate.spoken("qq:@2")) == (None, "en")


def test_the_gate_says_the_same_things_in_every_language() -> None:
    tables = [CATALOGUE.table(locale, "gate") for locale in LOCALES]
    assert tables[0].keys() == tables[1].keys()
    assert len(tables[0]) > 10
