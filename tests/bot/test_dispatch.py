"""The way of a message: who is answered, with what, and what it costs them."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from bot.chat import Chat
from bot.command import Reply, command
from bot.commands import Commands
from bot.dispatch import Dispatcher
from bot.pool.lane import LaneSpec
from bot.store import StorageFull
from tests.bot import toy_models
from tests.bot.house import Answers, House, heard, house


async def test_a_command_is_answered_with_a_picture(home: House) -> None:
    reply = await home.ask("/waifu 4")
    (picture,) = reply.pictures
    assert picture.encoded.media_type == "image/jpeg"
    assert len(picture.faces) == 4
    assert [b.label for b in reply.buttons] == ["again", "more", "bigger", "save", "morph"]
    assert not reply.failed


async def test_the_chinese_name_works_bare_only_when_the_whole_message_is_the_command(home: House) -> None:
    assert await home.say("老婆 4") is not None
    assert await home.say("老婆") is not None
    talks = "老婆 今天吃什么|老婆 99|我的老婆 4|老婆4个|waifu 4|大家好||大 boss|像 face|撤回|配方|收藏|再来"
    for talk in talks.split("|"):
        assert await home.say(talk) is None, talk


async def test_what_people_say_anyway_needs_a_slash(home: House) -> None:
    for talk in ("设置", "语言", "忘记我", "我的数据", "封禁 @qq:2", "解封 10001", "广播 大家好", "群列表", "发出广播"):
        assert await home.say(talk) is None, talk
        assert await home.say(talk, replied_to="1") is None, talk
        await home.ask(f"/{talk}")
    await home.ask("设置", addressed=True)
    await home.ask("帮助")


async def test_an_answer_that_asks_for_it_leaves_no_trace(home: House) -> None:
    await home.ask("/forgetme yes", member="qq:2")
    assert await home.services.store.sent.latest("qq", "qq:7", "qq:2") is None
    await home.ask("/help", member="qq:2")
    assert await home.services.store.sent.latest("qq", "qq:7", "qq:2") is not None


MISTAKES = """
/waifu 0 | /waifu 65 | /waifu many | /waifu seed:99999999999 | /waifu cuont:4 | /waifu 4 count:4 | / | /xyz | /老婆 零
/waifu 4 now please | /more | /more #zzzz | /bigger # | /help nothing | /recipe | /delete
"""


@pytest.mark.parametrize("line", [line.strip() for line in MISTAKES.strip().replace("\n", "|").split("|")])
async def test_a_mistake_is_never_met_with_silence_nor_a_traceback(home: House, line: str) -> None:
    for locale in ("zh-CN", "en"):
        reply = await home.ask(line, locale=locale)
        assert reply.text
        assert reply.failed
        assert "Error" not in reply.text
        assert "Traceback" not in reply.text


async def test_who_mentions_the_bot_is_answered_whatever_they_say(home: House) -> None:
    for text in ("", "你好", "hello there", "waifu 2", "老婆 99", "@everyone", "[CQ:at,qq=all]"):
        await home.ask(text, addressed=True)


async def test_the_answer_comes_in_the_members_language(home: House) -> None:
    chinese = await home.ask("/waifu 65", locale="zh-CN")
    english = await home.ask("/waifu 65", locale="en")
    assert "1 到 64" in chinese.text
    assert "from 1 to 64" in english.text


async def test_a_word_in_reply_to_a_picture_presses_a_button(home: House) -> None:
    await home.ask("/waifu 4 seed:7")
    assert len((await home.ask("像2", replied_to="1", addressed=True)).pictures[0].faces) == 4
    assert (await home.ask("3", replied_to="1", addressed=True)).pictures[0].encoded.media_type == "image/png"
    assert not (await home.ask("存 1", replied_to="1", addressed=True)).failed
    assert len((await home.ask("再来", replied_to="1", addressed=True)).pictures) == 1


async def test_talk_in_reply_to_a_picture_is_not_a_press(home: House) -> None:
    await home.ask("/waifu 4")
    assert await home.say("好看！", replied_to="1") is None


async def test_buttons_are_lines_that_work_when_typed_after_a_restart(home: House) -> None:
    reply = await home.ask("/waifu 4")
    again = House(home.services)
    again.services.dispatcher = Dispatcher(home.services)
    for button in reply.buttons:
        line = button.line(2 if button.per_face else None)
        assert not (await again.ask(line, member="qq:2")).failed, line


async def test_quota_and_cooldown_are_spent_only_on_success(tmp_path: Path) -> None:
    async with house(tmp_path, quota_per_day=2) as home:
        for _ in range(5):
            assert (await home.ask("/waifu 65")).failed
        assert not (await home.ask("/waifu 1")).failed
        assert not (await home.ask("/waifu 1")).failed
        assert (await home.ask("/waifu 1")).failed
        assert not (await home.ask("/help")).failed


async def test_an_answer_that_could_not_be_sent_costs_nothing(tmp_path: Path) -> None:
    async with house(tmp_path, quota_per_day=1) as home:
        await home.services.dispatcher.handle(heard("/waifu 1"), Answers(refuse=True))
        assert not (await home.ask("/waifu 1")).failed


@command("break", zh="坏")
async def broken(chat: Chat) -> Reply:
    raise RuntimeError("a secret detail")


@command("wait", zh="等")
async def waiting(chat: Chat) -> Reply:
    started.set()
    await released.wait()
    return Reply("done")


started, released = asyncio.Event(), asyncio.Event()


def _with(home: House, *handlers: Any) -> Dispatcher:
    home.services.commands = Commands([*home.services.commands.all(), *(h.__nijigen_command__ for h in handlers)])
    home.services.dispatcher = Dispatcher(home.services)
    return home.services.dispatcher


async def test_a_defect_shows_an_id_and_no_detail(home: House) -> None:
    _with(home, broken)
    reply = await home.ask("/break")
    assert reply.failed
    assert "secret" not in reply.text
    assert any(len(word.strip("：:")) >= 6 for word in reply.text.split())


async def test_a_full_disk_is_said_to_be_one(home: House) -> None:
    class Full(Answers):
        async def send(self, reply: Reply) -> str | None:
            if reply.pictures:
                raise StorageFull("20 GB are used of 20 GB")
            return await super().send(reply)

    answers = Full()
    await home.services.dispatcher.handle(heard("/waifu 1", locale="en"), answers)
    assert "full" in answers.last.text


async def test_a_group_that_is_not_served_is_told_so_only_when_it_means_the_bot(tmp_path: Path) -> None:
    async with house(tmp_path, groups_allow=["qq:8"]) as home:
        assert await home.say("老婆 4") is None
        assert (await home.ask("/waifu 4")).failed
        assert (await home.ask("老婆 4", addressed=True)).failed
        assert not (await home.ask("老婆 4", group="qq:8", chat="qq:8")).failed


async def test_draining_answers_what_is_in_flight_and_refuses_what_is_new(home: House) -> None:
    global started, released
    started, released = asyncio.Event(), asyncio.Event()
    dispatcher = _with(home, waiting)
    in_flight = asyncio.create_task(home.ask("/wait"))
    await started.wait()
    draining = asyncio.create_task(dispatcher.drain(30))
    await asyncio.sleep(0)
    assert (await House(home.services).ask("/waifu 1")).failed
    released.set()
    await draining
    assert (await in_flight).text == "done"


async def test_what_outlasts_the_draining_is_told_so(home: House) -> None:
    global started, released
    started, released = asyncio.Event(), asyncio.Event()
    dispatcher = _with(home, waiting)
    in_flight = asyncio.create_task(home.ask("/wait"))
    await started.wait()
    await dispatcher.drain(0.01)
    assert (await in_flight).failed


async def test_a_full_queue_is_an_honest_busy(tmp_path: Path) -> None:
    never = LaneSpec(lane="model", factory="tests.bot.test_dispatch:NeverReady", devices=("cpu",), threads=1)
    async with house(tmp_path, [never]) as home:
        asks = [
            asyncio.create_task(home.services.dispatcher.handle(heard("/waifu 64", member=f"qq:{i}"), home.answers))
            for i in range(40)
        ]
        await asyncio.wait(asks, return_when=asyncio.FIRST_COMPLETED)
        assert home.answers.last.failed
        for ask in asks:
            ask.cancel()
        await asyncio.gather(*asks, return_exceptions=True)


class NeverReady(toy_models.ToyModels):
    """A worker that takes for ever to start."""

    def __init__(self, device: str = "cpu", threads: int = 1) -> None:
        threading.Event().wait()
