"""Staying connected, saying how it is, and speaking where nobody asked. Whatever Discord does, the rest goes on."""

import asyncio
import logging
import subprocess
import sys

import pytest
from loguru import logger

from bot.command import Reply, Role
from bot.surfaces.base import KnownGroup, SendFailed
from bot.surfaces.discord import DiscordSurface
from bot.surfaces.discord.discretion import be_discreet
from bot.surfaces.roles import KnowsMembers
from tests.bot.surfaces.discord.conftest import PNG, ToyBot, picture
from tests.wire.fake_discord import BOT, CHANNEL, DMS, GUILD, OWNER, THREAD, FakeDiscord


@pytest.fixture
def log():
    """What is logged while a test runs."""
    lines: list[str] = []
    sink = logger.add(lambda message: lines.append(str(message)), level="DEBUG", format="{level} {message}")
    yield lines
    logger.remove(sink)


async def test_without_a_token_it_is_off(serve, fake: FakeDiscord) -> None:
    async with serve(wait=False, discord_token=None) as bot:
        assert bot.surface.health().state == "off"
    assert not fake.requests


def test_the_library_is_not_loaded_before_it_is_needed() -> None:
    check = "import sys, bot.surfaces.discord as d; assert 'discord' not in sys.modules, 'discord.py is loaded'"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


async def test_it_starts_at_once_and_is_up_once_discord_says_so(serve, fake: FakeDiscord) -> None:
    async with serve(wait=False) as bot:
        assert bot.surface.health().state == "starting"
        assert "in 1 server" in (await bot.until("up")).detail


async def test_only_what_it_needs_is_asked_for(bot: ToyBot, fake: FakeDiscord) -> None:
    (identify,) = fake.identifies
    privileged = (1 << 1) | (1 << 8) | (1 << 15)  # members, presences, message content
    assert identify["intents"] & privileged == 0


async def test_a_wrong_token_is_said_and_not_tried_again(serve, fake: FakeDiscord, log: list[str]) -> None:
    async with serve(wait=False, discord_token="not-the-token") as bot:
        assert "DISCORD_TOKEN" in (await bot.until("failed")).detail
        assert bot.surface._staying is not None
        await bot.surface._staying  # it has given up
        with pytest.raises(SendFailed):
            await bot.surface.tell(f"discord:{GUILD}", Reply("hello"))
        assert not await bot.surface.groups()
    assert len([r for r in fake.requests if r.status == 401]) == 1
    assert not [line for line in log if "not-the-token" in line]
    assert len([line for line in log if "DISCORD_TOKEN" in line]) == 1


async def test_a_revoked_token_is_said(bot: ToyBot, fake: FakeDiscord) -> None:
    fake.token = "another"
    await fake.drop(4004)
    await bot.until("failed", "DISCORD_TOKEN")
    assert bot.surface._staying is not None
    await bot.surface._staying  # it has given up


async def test_a_drop_is_resumed_and_nothing_is_missed(bot: ToyBot, fake: FakeDiscord) -> None:
    await fake.drop(4000)
    await fake.ready()
    assert (fake.resumes, len(fake.identifies)) == (1, 1)
    await (await fake.slash("waifu")).answered()
    await bot.until("up")


async def test_it_reconnects_where_discord_asks_for_it(bot: ToyBot, fake: FakeDiscord) -> None:
    await fake.reconnect_op()
    await fake.ready()
    assert fake.resumes == 1
    await (await fake.slash("waifu")).answered()


async def test_a_session_that_is_gone_is_begun_anew(bot: ToyBot, fake: FakeDiscord) -> None:
    await fake.invalid_session()
    await fake.ready(120)  # discord.py waits some seconds, as Discord wants it
    assert len(fake.identifies) == 2
    await (await fake.slash("waifu")).answered()


async def test_the_way_through_a_set_gateway_is_kept_for_resuming(bot: ToyBot, fake: FakeDiscord) -> None:
    assert bot.surface._client is not None
    assert str(bot.surface._client.ws.gateway) == fake.gateway


async def test_discord_that_cannot_be_reached_is_tried_until_it_can(serve, fake: FakeDiscord, log: list[str]) -> None:
    fake.fail("GET", r"/users/@me$", 503, {"message": "down", "code": 0}, times=3)
    async with serve(wait=False) as bot:
        await bot.until("up")
    assert len([line for line in log if line.startswith("ERROR") and "503" in line]) == 1


async def test_a_gateway_where_nobody_listens_is_said(serve, fake: FakeDiscord, unused_port: int) -> None:
    async with serve(wait=False, discord_gateway=f"ws://127.0.0.1:{unused_port}/") as bot:
        assert "cannot be reached" in (await bot.until("failed")).detail


async def test_a_proxy_that_is_not_there_is_named(serve, fake: FakeDiscord, unused_port: int) -> None:
    async with serve(wait=False, discord_proxy=f"http://127.0.0.1:{unused_port}") as bot:
        assert "DISCORD_PROXY" in (await bot.until("failed")).detail


async def test_two_processes_with_one_token_answer_once(serve, fake: FakeDiscord) -> None:
    async with serve() as one, serve() as other:
        it = await (await fake.slash("waifu")).answered()
        refused = await fake.wait_request("POST", r"/callback$", after=1)
        while refused.status == 200 or refused.status == 204:
            refused = await fake.wait_request("POST", r"/callback$", after=fake.requests.index(refused) + 1)
        assert len(it.callbacks) == 1
        assert one.dispatcher.heard.qsize() + other.dispatcher.heard.qsize() == 1
        assert len(it.messages) == 1


async def test_shards_are_used_when_told(serve, fake: FakeDiscord) -> None:
    async with serve(discord_shards=2):
        assert sorted(identify["shard"] for identify in fake.identifies) == [[0, 2], [1, 2]]


async def test_as_many_shards_as_discord_recommends(serve, fake: FakeDiscord) -> None:
    fake.shard_count = 3
    async with serve(discord_shards="auto"):
        assert sorted(identify["shard"] for identify in fake.identifies) == [[0, 3], [1, 3], [2, 3]]


async def test_stopping_while_it_connects(serve, fake: FakeDiscord) -> None:
    async with serve(wait=False) as bot:
        pass
    assert bot.surface.health().state == "off"
    assert not fake.ws


def test_the_log_of_the_library_has_no_tokens(caplog: pytest.LogCaptureFixture) -> None:
    be_discreet()
    be_discreet()
    library = logging.getLogger("discord.http")
    assert len(library.filters) == 1
    with caplog.at_level(logging.WARNING):
        address = "https://discord.com/api/v10/webhooks/123/aW50ZXJhY3Rpb246/messages/@original"
        library.warning("%s %s responded with 429. Retrying in %.2f seconds.", "PATCH", address, 1.0)
    assert "webhooks/123/…/messages/@original" in caplog.text
    assert "aW50" not in caplog.text


# -- speaking unasked


async def test_a_server_is_told_where_the_bot_was_last_spoken_to(bot: ToyBot, fake: FakeDiscord) -> None:
    id = await bot.surface.tell(f"discord:{GUILD}", Reply("hello", (picture(),)))
    assert fake.messages[id or ""]["channel_id"] == str(CHANNEL)
    await (await fake.slash("waifu", thread=True)).answered()
    id = await bot.surface.tell(f"discord:{GUILD}", Reply("hello"))
    assert fake.messages[id or ""]["channel_id"] == str(THREAD)


async def test_a_channel_and_a_member_can_be_told(bot: ToyBot, fake: FakeDiscord) -> None:
    id = await bot.surface.tell(f"discord:{GUILD}/{CHANNEL}", Reply("here"))
    assert fake.messages[id or ""]["content"] == "here"
    id = await bot.surface.tell("discord:@42", Reply("psst", (picture(),)))
    message = fake.messages[id or ""]
    assert (message["channel_id"], message["content"]) == (str(DMS + 42), "psst")
    assert fake.blobs[message["attachments"][0]["url"].split("/cdn/")[1]][1] == PNG


@pytest.mark.parametrize("chat", ["discord:1", "qq:30003", "discord:@", "discord:@x", f"discord:{GUILD}/"])
async def test_nobody_there_to_tell(bot: ToyBot, chat: str) -> None:
    with pytest.raises(SendFailed):
        await bot.surface.tell(chat, Reply("hello"))


async def test_a_member_who_takes_no_private_messages(bot: ToyBot, fake: FakeDiscord) -> None:
    no = {"code": 50007, "message": "Cannot send messages to this user"}
    fake.fail("POST", r"/channels/\d+/messages$", 403, no)
    with pytest.raises(SendFailed, match="50007"):
        await bot.surface.tell("discord:@42", Reply("psst"))


async def test_the_servers_that_it_is_in(bot: ToyBot, fake: FakeDiscord) -> None:
    assert await bot.surface.groups() == [KnownGroup(f"discord:{GUILD}", "fake guild", len(fake.members))]


async def test_a_bot_that_was_never_started_can_be_stopped(bot: ToyBot) -> None:
    idle = DiscordSurface(bot.services)
    await idle.stop()
    assert idle.health().state == "off"


@pytest.fixture
async def unused_port() -> int:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


# -- who is who in a server


async def test_who_manages_a_server_is_an_admin_there(bot: ToyBot, fake: FakeDiscord) -> None:
    assert isinstance(bot.surface, KnowsMembers)
    everyone = {**fake.guild()["roles"][0], "permissions": "0"}
    await fake.push("GUILD_ROLE_UPDATE", {"guild_id": str(GUILD), "role": everyone})
    await (await fake.slash("waifu")).answered()  # what was pushed before has been heard
    assert await bot.surface.role_of(f"discord:{GUILD}", "discord:42") is Role.MEMBER
    assert await bot.surface.role_of(f"discord:{GUILD}", f"discord:{OWNER}") is Role.ADMIN


async def test_of_strangers_nothing_is_known(bot: ToyBot, fake: FakeDiscord) -> None:
    fake.fail("GET", r"/guilds/\d+/members/7", 404, {"code": 10007, "message": "Unknown Member"})
    assert await bot.surface.role_of(f"discord:{GUILD}", "discord:7") is None
    assert await bot.surface.role_of("discord:1", "discord:42") is None
    assert await bot.surface.role_of(f"discord:{GUILD}", "qq:42") is None


async def test_the_bot_knows_itself(bot: ToyBot) -> None:
    assert bot.surface.is_me(f"discord:{BOT}")
    assert not bot.surface.is_me("discord:42")
