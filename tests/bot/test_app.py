"""The whole bot as its owner starts it: `python -m bot`, spoken to over real sockets, stopped by real signals."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from PIL import Image

from tests.wire.fake_onebot import PATIENCE, Call, FakeOneBot, image, text
from tests.wire.picture_host import PictureHost

ROOT = Path(__file__).parents[2]
TAKES_LONG = "…"  # what the bot says meanwhile ends so; answers and mistakes do not

needs_posix = pytest.mark.skipif(os.name != "posix", reason="signals and /proc of a POSIX system")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _environment(storage: Path, port: int, **settings: str) -> dict[str, str]:
    return {**os.environ, "STORAGE_DIR": str(storage), "PORT": str(port), **settings}


class Bot:
    """A running bot."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"

    def napcat(self, **options: object) -> FakeOneBot:
        return FakeOneBot(f"ws{self.url[4:]}/onebot/v11/ws", **options)  # type: ignore[arg-type]

    async def health(self) -> dict:
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}/healthz") as answer:
            return await answer.json()


@asynccontextmanager
async def running(tmp_path: Path, **settings: str) -> AsyncIterator[Bot]:
    """`python -m bot`, ready: commands are answered."""
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", cwd=ROOT, env=_environment(tmp_path / "var", port, **settings)
    )
    bot = Bot(process, port)
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    if (await bot.health())["status"] == "ok":
                        break
                except aiohttp.ClientError:
                    assert process.returncode is None, "the bot ended while it started"
                    await asyncio.sleep(0.05)
        yield bot
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _drawn(napcat: FakeOneBot) -> Call:
    """The next answer. On a machine that is busy enough the bot says before it that it takes long."""
    while not (answer := await napcat.delivered()).images and answer.text.endswith(TAKES_LONG):
        pass
    return answer


def _size(content: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(content)).size


async def test_with_nothing_configured_a_group_gets_one_message_with_a_picture(tmp_path: Path) -> None:
    async with running(tmp_path) as bot, bot.napcat() as napcat:
        for member, line in ((42, "/waifu 4"), (43, "老婆 4")):
            await napcat.group_message([text(line)], user_id=member)
            answer = await _drawn(napcat)
            assert len(answer.images) == 1
            assert min(_size(answer.images[0])) > 96
        assert napcat.undelivered == 0
        health = await bot.health()
        assert {name: s["state"] for name, s in health["surfaces"].items()} == {
            "web": "up",
            "qq": "up",
            "discord": "off",
        }


async def test_pictures_from_members_are_read_in_the_picture_lane_and_hostile_ones_harm_nobody(tmp_path: Path) -> None:
    async with PictureHost() as host:
        allow = json.dumps([host.address])
        async with running(tmp_path, INTAKE_ALLOW=allow, COOLDOWN_SECONDS="0") as bot, bot.napcat() as napcat:
            (sheet,) = (await napcat.ask("/waifu 1 seed:77")).images
            header = struct.pack(">IIBBBBB", 30000, 30000, 8, 6, 0, 0, 0)
            ihdr = b"IHDR" + header
            host.files |= {
                "/ours.jpg": sheet,
                "/bomb.png": b"\x89PNG\r\n\x1a\n\0\0\0\x0d" + ihdr + struct.pack(">I", zlib.crc32(ihdr)),
                "/page.png": b"<html>",
            }
            answers = [
                (await napcat.ask([text("/recipe"), image(host.url(path))])).text
                for path in ("/bomb.png", "/page.png", "/expired.png", "/ours.jpg")
            ]
        assert "77" in answers.pop()
        assert "过期" in answers[2]
        assert all(answers)
        assert not any("岔子" in answer for answer in answers)  # a sentence of its own, not "something went wrong"


async def test_the_page_and_the_metrics_are_served(tmp_path: Path) -> None:
    async with running(tmp_path) as bot, aiohttp.ClientSession() as http:
        async with http.get(bot.url) as page:
            assert page.status == 200
            assert "nijigen" in await page.text()
        async with http.get(f"{bot.url}/metrics") as metrics:
            assert "nijigen_pool_waiting" in await metrics.text()


@needs_posix
async def test_sigterm_answers_what_is_in_flight_and_ends_in_time(tmp_path: Path) -> None:
    async with running(tmp_path) as bot, bot.napcat() as napcat:
        await napcat.ask([text("/waifu 1")])  # the worker is warm
        for member in range(5):
            await napcat.group_message([text("/waifu 16")], user_id=member)
        await napcat.group_message([text("/help")], user_id=99)
        while "/help" not in (await napcat.delivered()).text:  # so all that was said before it has been heard
            pass
        seen = sum(bool(call.images) for call in napcat.calls)
        bot.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            assert await bot.process.wait() == 0
        assert seen <= 6
        assert sum(bool(call.images) for call in napcat.calls) == 6


@needs_posix
async def test_fifty_waiting_requests_outlive_their_worker(tmp_path: Path) -> None:
    async with running(tmp_path, QQ_SENDS_PER_MINUTE="6000") as bot, bot.napcat() as napcat:
        await napcat.ask([text("/waifu 1")], user_id=99)
        for member in range(50):
            await napcat.group_message([text("/waifu 8")], group_id=member + 1, user_id=member)
        first = await _drawn(napcat)
        assert _kill_model_workers(bot.process.pid)
        answers = [first, *[await _drawn(napcat) for _ in range(49)]]
        assert all(len(answer.images) == 1 for answer in answers)
        assert {answer.target for answer in answers} == {("group", member + 1) for member in range(50)}


def _kill_model_workers(pid: int) -> int:
    """SIGKILL what the bot's forkserver has forked: the workers that hold the networks."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    grandchildren = [p for p, parent in parents.items() if parents.get(parent) == pid]
    for worker in grandchildren:
        os.kill(worker, signal.SIGKILL)
    return len(grandchildren)


def _refused(tmp_path: Path, **settings: str) -> str:
    """What `python -m bot` says on stderr when it will not start."""
    done = subprocess.run(
        [sys.executable, "-m", "bot"],
        cwd=ROOT,
        env=_environment(tmp_path / "var", _free_port()) | settings,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


def test_a_taken_port_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = _refused(tmp_path, PORT=port)
    assert port in said
    assert "PORT" in said


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("PORT", "many"),
        ("SUPERUSERS", '["10001"]'),
        ("TIMEZONE", "Mars/Olympus"),
        ("LANGUAGE", "fr"),
        ("GROUPS_ALLOW", "x"),
        ("INTAKE_ALLOW", '["http://x"]'),
    ],
)
def test_a_wrong_setting_is_said_by_its_name(tmp_path: Path, setting: str, value: str) -> None:
    assert setting in _refused(tmp_path, **{setting: value})


def test_a_storage_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "file" in _refused(tmp_path, STORAGE_DIR=str(tmp_path / "file" / "var"))


def test_every_setting_is_in_the_example_and_the_readmes() -> None:
    from bot.settings import Settings

    for name in Settings.model_fields:
        for file in (".env.example", "README.md", "README.zh-CN.md"):
            if file == ".env.example" or name != "pool":
                assert name.upper() in (ROOT / file).read_text("utf-8"), (name, file)
