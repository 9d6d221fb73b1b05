"""The commands as Discord is told them, and what it offers while somebody types."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.surfaces.discord import client
from bot.surfaces.discord.publishing import FILE
from tests.bot.surfaces.discord.conftest import Serve, ToyBot, sheet
from tests.wire.fake_discord import FakeDiscord

MANAGE_GUILD = 1 << 5


async def told(bot: ToyBot, fake: FakeDiscord) -> dict[tuple[int, str], dict[str, Any]]:
    """Type and name -> command, once Discord has been told."""
    await fake.wait_request("PUT", r"/applications/\d+/commands$")
    return {(c["type"], c["name"]): c for c in fake.commands["global"]}


def option(command: dict[str, Any], name: str) -> dict[str, Any]:
    return next(o for o in command["options"] if o["name"] == name)


async def test_commands_are_named_and_described_in_both_languages(bot: ToyBot, fake: FakeDiscord) -> None:
    waifu = (await told(bot, fake))[1, "waifu"]
    assert waifu["name_localizations"] == {"zh-CN": "老婆", "zh-TW": "老婆"}
    assert waifu["description"] == "draw faces of people who never existed"
    assert waifu["description_localizations"]["zh-CN"] == "画几张从未存在过的脸"
    hair = option(waifu, "hair")
    assert hair["name_localizations"]["zh-CN"] == "发色"
    pink = next(c for c in hair["choices"] if c["value"] == "pink")
    assert (pink["name"], pink["name_localizations"]["zh-TW"]) == ("pink", "粉")


async def test_options_have_their_types_and_ranges(bot: ToyBot, fake: FakeDiscord) -> None:
    commands = await told(bot, fake)
    waifu, fade = commands[1, "waifu"], commands[1, "fade"]
    count, trunc = option(waifu, "count"), option(waifu, "trunc")
    assert (count["type"], count["min_value"], count["max_value"], count["required"]) == (4, 1, 64, False)
    assert (trunc["type"], trunc["min_value"], trunc["max_value"]) == (10, 0.0, 1.0)
    assert option(waifu, "seed")["type"] == 3
    assert option(fade, "animate")["type"] == 5
    assert option(fade, "hair").get("autocomplete") is True  # a pair of choices
    assert option(commands[1, "more"], "picture")["required"] is True
    assert option(commands[1, "judge"], "picture")["type"] == 11
    assert option(commands[1, "judge"], "avatar")["type"] == 6


async def test_discords_limits_are_kept(bot: ToyBot, fake: FakeDiscord) -> None:
    whole = list((await told(bot, fake)).values())
    alone = [command for command in whole if not any(o["type"] == 1 for o in command["options"])]
    for command in [*alone, *(one for group in whole if group not in alone for one in group["options"])]:
        texts = [command, *command["options"], *(c for o in command["options"] for c in o.get("choices", ()))]
        assert len(command["options"]) <= 25
        for text in texts:
            assert 0 < len(text["name"]) <= 100
            assert len(text.get("description") or "") <= 100
            for found in (text.get("name_localizations"), text.get("description_localizations")):
                assert all(0 < len(t) <= 100 for t in (found or {}).values())
        required = [o["required"] for o in command["options"]]
        assert required == sorted(required, reverse=True)
        # Names, descriptions and values of a command together; of several languages the longest counts.
        together = sum(
            max([len(t.get(k) or ""), *(len(x) for x in (t.get(f"{k}_localizations") or {}).values())])
            for t in texts
            for k in ("name", "description")
        ) + sum(len(str(t.get("value", ""))) for t in texts)
        assert together <= 8000, command["name"]


async def test_what_is_reached_by_buttons_is_not_listed(bot: ToyBot, fake: FakeDiscord) -> None:
    assert (1, "again") not in await told(bot, fake)


async def test_commands_are_for_servers_and_private_chats_and_installed_by_servers(
    bot: ToyBot, fake: FakeDiscord
) -> None:
    commands = await told(bot, fake)
    for name in ("waifu", "help"):
        assert commands[1, name]["contexts"] == [0, 1]
        assert commands[1, name]["integration_types"] == [0]
        assert commands[1, name]["default_member_permissions"] is None


async def test_what_is_for_admins_and_for_the_operator_is_shown_to_them(bot: ToyBot, fake: FakeDiscord) -> None:
    commands = await told(bot, fake)
    assert commands[1, "ban"]["default_member_permissions"] == MANAGE_GUILD
    assert option(commands[1, "ban"], "member")["type"] == 6
    assert commands[1, "broadcast"]["contexts"] == [1]  # not in the lists of all servers
    assert "autocomplete" not in option(commands[1, "broadcast"], "text")


async def test_where_a_role_makes_admins_their_commands_are_shown_to_all(serve: Serve, fake: FakeDiscord) -> None:
    async with serve(discord_admin_roles=[5005]) as bot:
        commands = await told(bot, fake)
        assert commands[1, "ban"]["default_member_permissions"] is None
        assert commands[1, "broadcast"]["contexts"] == [1]


async def test_commands_that_take_a_picture_are_in_a_messages_menu(bot: ToyBot, fake: FakeDiscord) -> None:
    commands = await told(bot, fake)
    assert commands[3, "Judge"]["name_localizations"]["zh-CN"] == "鉴定"
    assert len([kind for kind, _ in commands if kind == 3]) <= 5


async def test_commands_of_a_group_are_subcommands(bot: ToyBot, fake: FakeDiscord) -> None:
    commands = await told(bot, fake)
    heads = commands[1, "heads"]
    assert heads["name_localizations"]["zh-CN"] == "头库"
    assert heads["description"]
    ways = {one["name"]: one for one in heads["options"]}
    assert {name: one["type"] for name, one in ways.items()} == {"add": 1, "list": 1, "remove": 1}
    assert ways["add"]["name_localizations"]["zh-CN"] == "添加"
    assert option(ways["add"], "picture")["type"] == 11
    assert option(ways["add"], "name")["required"] is True
    assert not any(name.startswith("Heads") for kind, name in commands if kind == 3)


async def test_a_subcommand_is_heard_as_the_line_of_two_words(bot: ToyBot, fake: FakeDiscord) -> None:
    await (await fake.slash("heads remove", {"name": "Two Words"})).answered()
    assert (await bot.dispatcher.hears()).text == '/heads remove name:"Two Words"'


async def test_discord_is_told_only_when_the_commands_have_changed(serve, fake: FakeDiscord, tmp_path: Path) -> None:
    async with serve() as bot:
        await told(bot, fake)
        file = tmp_path / "var" / FILE
        await _until_written(file)
    async with serve():
        await (await fake.slash("waifu")).answered()
    assert len([r for r in fake.requests if r.method == "PUT"]) == 1
    file.write_text('{"900000000000000001": "another"}')
    after = len(fake.requests)
    async with serve():
        await fake.wait_request("PUT", r"/commands$", after=after)


async def test_commands_that_could_not_be_told_are_told_again(
    serve, fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PUBLISH_AGAIN_SECONDS", 0.01)
    fake.fail("PUT", r"/commands$", 403, {"code": 50001, "message": "Missing Access"})
    async with serve() as bot:
        await (await fake.slash("waifu")).answered()  # commands that were told earlier are answered meanwhile
        await fake.wait_request("PUT", r"/commands$", after=1 + _index(fake, "PUT"))
        assert "waifu" in {c["name"] for c in fake.commands["global"]}
        assert bot.surface.health().state == "up"


async def test_a_command_that_we_no_longer_have_is_answered_with_a_sentence(bot: ToyBot, fake: FakeDiscord) -> None:
    it = await (await fake.slash("pachinko")).answered()
    assert "has changed" in it.content
    assert it.ephemeral


# -- completion


async def test_a_pair_of_choices_is_offered_in_the_members_language(bot: ToyBot, fake: FakeDiscord) -> None:
    first = await fake.autocomplete("fade", {"hair": "bla"}, "hair")
    assert {"name": "black", "value": "black"}.items() <= first.choices[0].items()
    pairs = await fake.autocomplete("fade", {"hair": "黑-"}, "hair", locale="zh-CN")
    assert ("黑 → 白", "black-white") in [(c["name"], c["value"]) for c in pairs.choices]
    assert len(pairs.choices) <= 25


async def test_the_ends_of_a_fade_are_those_of_what_changes(bot: ToyBot, fake: FakeDiscord) -> None:
    it = await fake.autocomplete("fade", {"attribute": "mouth", "to": "s"}, "to")
    assert [c["value"] for c in it.choices] == ["smile"]


async def test_commands_are_offered_for_help(bot: ToyBot, fake: FakeDiscord) -> None:
    it = await fake.autocomplete("help", {"topic": "wai"}, "topic")
    assert [c["value"] for c in it.choices] == ["waifu"]


async def test_pictures_of_late_are_offered_ones_own_first(bot: ToyBot, fake: FakeDiscord) -> None:
    for id, user in (("aaaa", 42), ("bbbb", 43), ("abcd", 42)):
        bot.dispatcher.answers(sheet(2, id))
        await (await fake.slash("waifu", user_id=user)).answered()
        await bot.dispatcher.outcome()
    it = await fake.autocomplete("more", {"picture": ""}, "picture")
    assert [c["value"] for c in it.choices] == ["#abcd", "#aaaa", "#bbbb"]
    assert it.choices[0]["name"] == "#abcd · seed 7"
    it = await fake.autocomplete("more", {"picture": "#ab"}, "picture")
    assert [c["value"] for c in it.choices] == ["#abcd"]
    it = await fake.autocomplete("more", {"picture": "#abcd."}, "picture")
    assert [c["value"] for c in it.choices] == ["#abcd.1", "#abcd.2"]
    it = await fake.autocomplete("more", {"picture": ""}, "picture", guild=False)
    assert it.choices == []  # what was drawn elsewhere stays there


async def test_one_more_face_is_offered_behind_those_that_are_named(bot: ToyBot, fake: FakeDiscord) -> None:
    bot.dispatcher.answers(sheet(2, "abcd"))
    await (await fake.slash("waifu")).answered()
    await bot.dispatcher.outcome()
    it = await fake.autocomplete("morph", {"faces": ""}, "faces")
    assert [c["value"] for c in it.choices] == ["#abcd"]
    it = await fake.autocomplete("morph", {"faces": "7,#abcd."}, "faces")
    assert [c["value"] for c in it.choices] == ["7,#abcd.1", "7,#abcd.2"]


async def test_after_a_restart_the_latest_picture_is_still_offered(bot: ToyBot, fake: FakeDiscord) -> None:
    recipe = await bot.services.store.recipes.add({"op": "draw", "model": "m"}, member="discord:42", group=None)
    await bot.services.store.sent.add("discord", "discord:@42", "1", picture=recipe.id, member="discord:42")
    it = await fake.autocomplete("more", {"picture": ""}, "picture", guild=False)
    assert [c["value"] for c in it.choices] == [f"#{recipe.id}"]


def _index(fake: FakeDiscord, method: str) -> int:
    return next(i for i, r in enumerate(fake.requests) if r.method == method)


async def _until_written(file: Path) -> None:
    async with asyncio.timeout(60):
        while not file.exists():  # noqa: ASYNC110, ASYNC240 - nobody tells
            await asyncio.sleep(0.01)
