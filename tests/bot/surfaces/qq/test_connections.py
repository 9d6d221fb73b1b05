"""Who may connect, by which way, and what `/healthz` says of it."""

from typing import Any

import aiohttp
import pytest

from bot.surfaces.base import SurfaceHealth
from tests.bot.surfaces.qq.conftest import ToyBot
from tests.wire.fake_onebot import FakeOneBot, text


async def test_nobody_connected(bot: ToyBot) -> None:
    assert bot.surface.health() == SurfaceHealth("waiting", "no account is connected")


async def test_one_account_connected_and_gone(bot: ToyBot) -> None:
    async with bot.qq() as qq:
        assert await bot.until("up") == SurfaceHealth("up", "1 account connected")
        await qq.drop()
        await bot.until("waiting")


async def test_the_right_token(serve: Any) -> None:
    async with serve(onebot_access_token="sesame") as bot, bot.qq(token="sesame") as qq:
        assert (await qq.ask([text("/waifu")])).images


@pytest.mark.parametrize("token", ["wrong", None])
async def test_a_wrong_token_is_turned_away_with_403(serve: Any, token: str | None) -> None:
    async with serve(onebot_access_token="sesame") as bot:
        qq = bot.qq(token=token)
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await qq.connect()
        await qq.close()
        assert refusal.value.status == 403
        health = bot.surface.health()
        assert health.state == "failed"
        assert "ONEBOT_ACCESS_TOKEN" in health.detail
        async with bot.qq(token="sesame"):
            assert (await bot.until("up")).detail == "1 account connected"


async def test_the_http_door_is_shut(bot: ToyBot) -> None:
    spoofed = {"time": 0, "self_id": 1, "post_type": "message", "message_type": "private", "sub_type": "friend"}
    spoofed |= {"message_id": 1, "user_id": 10001, "message": "/ban", "raw_message": "", "font": 0, "sender": {}}
    async with aiohttp.ClientSession(headers={"X-Self-ID": "1"}) as http:
        for path in ("/onebot/v11/", "/onebot/v11/http", "/onebot/v11/http/"):
            async with http.post(f"http://127.0.0.1:{bot.port}{path}", json=spoofed) as answer:
                assert answer.status == 404
    assert bot.surface.health().state == "waiting"
    assert bot.dispatcher.heard.empty()


async def test_forward_websocket(serve: Any) -> None:
    qq = FakeOneBot(token="sesame")
    address = await qq.listen()
    async with serve(onebot_ws_urls={address}, onebot_access_token="sesame") as bot:
        await bot.until("up")
        assert (await qq.ask([text("/waifu")])).images
        await qq.drop()
        await qq.connected.wait()  # the bot comes back by itself
        await bot.until("up")
        assert (await qq.ask([text("/waifu")])).images
    await qq.close()


@pytest.mark.parametrize("politely", [True, False])
async def test_a_forward_address_that_refuses_the_token(serve: Any, politely: bool) -> None:
    qq = FakeOneBot(token="sesame")
    address = await qq.listen(refuse_politely=politely)
    async with serve(onebot_ws_urls={address}, onebot_access_token="wrong") as bot:
        health = await bot.until("failed", "the access token was refused")
        assert health.detail.startswith(address)
        # ... and the rest of the bot goes on: another account may come by the other way.
        async with bot.qq(token="wrong") as other:
            await bot.until("up")
            assert (await other.ask([text("/waifu")])).images
    await qq.close()


async def test_a_forward_address_where_nobody_listens(serve: Any, unused_tcp_port: int) -> None:
    address = f"ws://127.0.0.1:{unused_tcp_port}/?access_token=secret"
    async with serve(onebot_ws_urls={address}) as bot:
        health = await bot.until("failed", "nobody listens there")
        assert "secret" not in health.detail


async def test_a_stopped_surface_hears_nothing(bot: ToyBot, qq: FakeOneBot) -> None:
    await bot.surface.stop()
    assert bot.surface.health().state == "off"
