"""What members do on Discord, as the dispatcher hears it."""

from typing import Any

import pytest

from bot.command import Role
from bot.surfaces.base import PictureLink
from tests.bot.surfaces.discord.conftest import PNG, Serve, ToyBot
from tests.wire.fake_discord import BOT, CHANNEL, GUILD, THREAD, FakeDiscord, User

MANAGE_GUILD = 1 << 5


async def test_a_slash_command_is_the_line_that_one_would_type(bot: ToyBot, fake: FakeDiscord) -> None:
    options = {"count": 4, "trunc": 0.55, "seed": 'my "wife"', "hair": "pink"}
    it = await fake.slash("waifu", options, user_id=42, locale="zh-CN")
    heard = await bot.dispatcher.hears()
    assert heard.text == '/waifu count:4 seed:"my wife" trunc:0.55 hair:pink'
    assert (heard.member, heard.group, heard.chat) == ("discord:42", f"discord:{GUILD}", f"discord:{GUILD}/{CHANNEL}")
    assert (heard.addressed, heard.clickable, heard.role) == (True, False, Role.MEMBER)
    assert (heard.locale, heard.message_id) == ("zh-CN", it.id)
    assert heard.avatar is not None
    assert heard.avatar.address.startswith("https://cdn.discordapp.com/")


async def test_a_switch_is_yes_or_no(bot: ToyBot, fake: FakeDiscord) -> None:
    await fake.slash("fade", {"attribute": "hair", "hair": "black-white", "animate": True})
    assert (await bot.dispatcher.hears()).text == "/fade attribute:hair animate:yes hair:black-white"


async def test_lines_begin_as_the_operator_wants_them_to(serve, fake: FakeDiscord) -> None:
    async with serve(command_start=["!", "."]) as bot:
        await fake.slash("waifu", {"count": 1})
        assert (await bot.dispatcher.hears()).text == "!waifu count:1"


async def test_prose_goes_as_it_is_and_last(bot: ToyBot, fake: FakeDiscord) -> None:
    await fake.slash("broadcast", {"text": '"Hi" all:\nback at 5', "to": "discord"}, guild=False)
    assert (await bot.dispatcher.hears()).text == '/broadcast to:discord text: "Hi" all:\nback at 5'


async def test_a_member_is_chosen_from_a_list(bot: ToyBot, fake: FakeDiscord) -> None:
    await fake.slash("ban", {"member": User(43)}, permissions=MANAGE_GUILD)
    assert (await bot.dispatcher.hears()).text == "/ban member:discord:43"


async def test_an_attachment_comes_as_an_address_that_is_not_fetched_yet(bot: ToyBot, fake: FakeDiscord) -> None:
    await fake.slash("judge", {"picture": PNG})
    heard = await bot.dispatcher.hears()
    assert heard.text == "/judge"
    assert [link.how for link in heard.links] == ["attached"]
    assert heard.links[0].address.startswith(f"{fake.base}/cdn/ephemeral/")


async def test_somebodys_avatar_can_be_chosen(bot: ToyBot, fake: FakeDiscord) -> None:
    await fake.slash("judge", {"avatar": User(43)})
    assert [link.how for link in (await bot.dispatcher.hears()).links] == ["avatar"]


async def test_a_picture_of_the_bots_is_named_by_its_id_where_picture_means_an_attachment(
    bot: ToyBot, fake: FakeDiscord
) -> None:
    await fake.slash("judge", {"id": "#k7f3.2"})
    assert (await bot.dispatcher.hears()).text == "/judge picture:#k7f3.2"
    await fake.slash("more", {"picture": "#k7f3.2"})
    assert (await bot.dispatcher.hears()).text == "/more picture:#k7f3.2"


@pytest.mark.parametrize(("permissions", "role"), [(0, Role.MEMBER), (MANAGE_GUILD, Role.ADMIN)])
async def test_whoever_manages_the_server_is_an_admin(
    bot: ToyBot, fake: FakeDiscord, permissions: int, role: Role
) -> None:
    await fake.slash("help", permissions=permissions)
    assert (await bot.dispatcher.hears()).role is role


async def test_whoever_has_an_admins_role_is_an_admin_for_as_long_as_they_have_it(
    serve: Serve, fake: FakeDiscord
) -> None:
    fake.everyone = "0"
    fake.roles |= {5005, 5006}
    fake.give_roles(42, 5006, 5005)
    async with serve(discord_admin_roles=["5005", 7]) as bot:
        theirs = await fake.message("look", files={"a.png": PNG}, user_id=43)

        async def told(role: Role, **where: Any) -> None:
            """By whatever way the member speaks."""
            await fake.slash("help", **where)
            await fake.menu("Judge", theirs, **where)
            await fake.message("help", mention_bot=True, **where)
            heard = [(await bot.dispatcher.hears()).role for _ in range(3)]
            assert heard == [role] * 3

        await told(Role.ADMIN)
        assert await bot.surface.role_of(f"discord:{GUILD}", "discord:42") is Role.ADMIN
        await fake.slash("help", guild=False)
        assert (await bot.dispatcher.hears()).role is Role.MEMBER
        await told(Role.MEMBER, user_id=43)
        fake.give_roles(42, 5006)
        await told(Role.MEMBER)
        assert await bot.surface.role_of(f"discord:{GUILD}", "discord:42") is Role.MEMBER


async def test_an_admins_role_that_nobody_has_set_makes_nobody_an_admin(bot: ToyBot, fake: FakeDiscord) -> None:
    fake.roles.add(5005)
    fake.give_roles(42, 5005)
    await fake.slash("help")
    assert (await bot.dispatcher.hears()).role is Role.MEMBER


async def test_private_chats_have_no_group_and_no_admins(bot: ToyBot, fake: FakeDiscord) -> None:
    await fake.slash("waifu", guild=False)
    heard = await bot.dispatcher.hears()
    assert (heard.chat, heard.group, heard.role) == ("discord:@42", None, Role.MEMBER)


async def test_a_thread_is_a_chat_of_its_own(bot: ToyBot, fake: FakeDiscord) -> None:
    it = await fake.slash("waifu", thread=True)
    assert (await bot.dispatcher.hears()).chat == f"discord:{GUILD}/{THREAD}"
    assert (await it.answered()).message["channel_id"] == str(THREAD)


# -- a message's menu


async def test_a_menu_takes_the_pictures_of_its_message(bot: ToyBot, fake: FakeDiscord) -> None:
    message = await fake.message("look", files={"a.png": PNG, "b.png": PNG})
    await fake.menu("Judge", message)
    heard = await bot.dispatcher.hears()
    assert (heard.text, heard.replied_to) == ("/judge", message["id"])
    assert [link.address for link in heard.links] == [a["url"] for a in message["attachments"]]
    assert {link.how for link in heard.links} == {"replied"}


async def test_of_a_linked_picture_only_discords_copy_is_taken(bot: ToyBot, fake: FakeDiscord) -> None:
    copy = "https://images-ext-1.discordapp.net/external/x/https/evil.example/a.png"
    embed = {"type": "image", "url": "https://evil.example/a.png"}
    embed["thumbnail"] = {"url": "https://evil.example/a.png", "proxy_url": copy, "width": 8, "height": 8}  # type: ignore[assignment]
    await fake.menu("Judge", await fake.message("look", embeds=[embed]))
    assert (await bot.dispatcher.hears()).links == (PictureLink("replied", copy),)


async def test_a_video_is_taken_after_the_pictures(bot: ToyBot, fake: FakeDiscord) -> None:
    message = await fake.message("look", files={"a.mp4": b"\0\0\0\x20ftypisom", "b.png": PNG})
    await fake.menu("Judge", message)
    video, picture = [a["url"] for a in message["attachments"]]
    assert [link.address for link in (await bot.dispatcher.hears()).links] == [picture, video]


async def test_a_zip_is_taken_after_the_pictures(bot: ToyBot, fake: FakeDiscord) -> None:
    files = {"a.zip": b"PK\x03\x04", "b.png": PNG}
    message = await fake.message("contribute", mention_bot=True, files=files)
    archive, picture = [a["url"] for a in message["attachments"]]
    heard = await bot.dispatcher.hears()
    assert [(link.how, link.address) for link in heard.links] == [("attached", picture), ("attached", archive)]


async def test_what_is_no_picture_is_not_taken_for_one(bot: ToyBot, fake: FakeDiscord) -> None:
    await fake.menu("Judge", await fake.message("look", files={"a.txt": b"words"}))
    assert (await bot.dispatcher.hears()).links == ()


# -- messages


async def test_a_mention_is_heard_without_the_mention(bot: ToyBot, fake: FakeDiscord) -> None:
    message = await fake.message("老婆 4\n粉发", mention_bot=True)
    heard = await bot.dispatcher.hears()
    assert (heard.text, heard.addressed, heard.message_id) == ("老婆 4\n粉发", True, message["id"])
    assert heard.locale == "zh-CN"  # the server's, as long as the member's own is not known
    assert (await fake.replied(message))["content"].startswith("#k7f3")


async def test_a_members_own_language_is_remembered_for_what_they_write(bot: ToyBot, fake: FakeDiscord) -> None:
    await fake.slash("help", locale="en-GB")
    await bot.dispatcher.hears()
    await fake.message("help", mention_bot=True)
    assert (await bot.dispatcher.hears()).locale == "en-GB"


async def test_a_reply_to_an_answer_says_which_one(bot: ToyBot, fake: FakeDiscord) -> None:
    it = await (await fake.slash("waifu")).answered()
    await bot.dispatcher.hears()
    await fake.message("再来", reply_to=it.message)
    heard = await bot.dispatcher.hears()
    assert (heard.text, heard.replied_to, heard.addressed) == ("再来", it.message["id"], True)
    assert heard.links == ()  # our own picture goes by its name


async def test_the_picture_of_the_message_replied_to_and_who_is_mentioned(bot: ToyBot, fake: FakeDiscord) -> None:
    theirs = await fake.message("me", user_id=43, files={"a.png": PNG})
    await fake.message("judge <@44>", mention_bot=True, reply_to=theirs, mentions=(43, 44), files={"b.png": PNG})
    heard = await bot.dispatcher.hears()
    assert heard.text == "judge @discord:44"  # whom a reply is for, Discord mentions of its own accord
    assert [link.how for link in heard.links] == ["attached", "replied", "avatar"]


async def test_talk_among_members_and_bots_is_not_heard(bot: ToyBot, fake: FakeDiscord) -> None:
    await fake.message("老婆 4")
    await fake.message("hm", reply_to=await fake.message("hello"))
    robot = {"id": "77", "username": "robot", "discriminator": "0", "avatar": None, "bot": True}
    other = fake.make_message(CHANNEL, robot, {}, {}, {"mentions": [fake.me()], "guild_id": str(GUILD)})
    await fake.push("MESSAGE_CREATE", other | {"content": f"<@{BOT}> hi"})
    await fake.message("the last", mention_bot=True)
    assert (await bot.dispatcher.hears()).text == "the last"


async def test_in_private_everything_is_heard(bot: ToyBot, fake: FakeDiscord) -> None:
    message = await fake.message("/waifu 4", guild=False)
    heard = await bot.dispatcher.hears()
    assert (heard.text, heard.addressed, heard.chat, heard.group) == ("/waifu 4", True, "discord:@42", None)
    assert (await fake.replied(message))["attachments"]


# -- a button whose command takes pictures


async def _answer_to(bot: ToyBot, fake: FakeDiscord, message: dict) -> dict:
    """The bot's answer to a message, which replies to it."""
    await bot.dispatcher.hears()
    return await fake.replied(message)


async def test_a_press_is_about_the_message_above_it_and_about_what_that_answered(
    bot: ToyBot, fake: FakeDiscord
) -> None:
    """The bot keeps no pictures of members; its answer leads back to them."""
    photo = await fake.message("selfie2anime", mention_bot=True, files={"a.png": PNG})
    answer = await _answer_to(bot, fake, photo)
    await fake.click(answer, "nj1:stronger:k7f3")
    heard = await bot.dispatcher.hears()
    assert [link.how for link in heard.links] == ["replied", "asked"]
    assert heard.links[1].address == photo["attachments"][0]["url"]
    assert heard.replied_to == answer["id"]


async def test_what_was_deleted_or_answered_no_message_is_not_found(bot: ToyBot, fake: FakeDiscord) -> None:
    photo = await fake.message("selfie2anime", mention_bot=True, files={"a.png": PNG})
    answer = await _answer_to(bot, fake, photo)
    del fake.messages[photo["id"]]
    await fake.click(answer, "nj1:stronger:k7f3")
    assert [link.how for link in (await bot.dispatcher.hears()).links] == ["replied"]
    slash = await (await fake.slash("selfie2anime", {"picture": PNG})).answered()
    await bot.dispatcher.hears()
    await fake.click(slash.message, "nj1:stronger:k7f3")
    assert [link.how for link in (await bot.dispatcher.hears()).links] == ["replied"]


async def test_a_press_of_a_command_that_takes_no_picture_looks_nothing_up(bot: ToyBot, fake: FakeDiscord) -> None:
    photo = await fake.message("selfie2anime", mention_bot=True, files={"a.png": PNG})
    answer = await _answer_to(bot, fake, photo)
    await fake.click(answer, "nj1:more:k7f3.2")
    heard = await bot.dispatcher.hears()
    assert (heard.links, heard.replied_to) == ((), None)
