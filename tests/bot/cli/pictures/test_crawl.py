"""`python -m bot crawl`, in a process of its own, against a booru on this machine."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.cli.pictures.crawl import SiteName
from bot.cli.pictures.crawl_progress import Progress
from data.booru.crawl import Tally
from data.booru.sites import SITES
from tests.wire.fake_booru import FakeBooru, entries, table

ROOT = Path(__file__).parents[4]

Crawl = Callable[..., Any]


def environment(*boorus: FakeBooru) -> dict[str, str]:
    named = json.dumps([booru.address for booru in boorus])
    return os.environ | {"INTAKE_ALLOW": named, "PYTHONPATH": str(ROOT), "CRAWL_USER_AGENT": "tests/1"}


async def begin(folder: Path, *arguments: str, allowed: FakeBooru | None = None) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "crawl", *arguments, "--per-second", "1000"),
        cwd=folder,
        env=environment(*([allowed] if allowed else [])),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def run(folder: Path, *arguments: str, allowed: FakeBooru | None = None) -> tuple[int, str, str]:
    """Exit status, stdout, stderr."""
    process = await begin(folder, *arguments, allowed=allowed)
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


def test_every_site_can_be_named() -> None:
    assert [name.value for name in SiteName] == [*SITES, "dump", "folder", "zip", "video", "gallery-dl"]


@pytest.mark.parametrize("name", list(SITES))
async def test_a_crawl_ends_with_pictures_a_manifest_and_one_line(name: str, tmp_path: Path) -> None:
    async with FakeBooru(entries(8, score=30), page=3) as booru:
        booru.posts[5].rating, booru.posts[6].score, booru.posts[7].tags = "q", 3, "misaka_mikoto"
        options = ["--tags", "misaka_mikoto solo", "--min-score", "20", "--since", "2020-01", "--rating", "g"]
        command = [name, *options, "--limit", "50", "--outdir", "out", "--base-url", booru.base]
        status, out, err = await run(tmp_path, *command, allowed=booru)
        assert (status, out, err) == (0, "5 pictures, 5 of them fetched now: out\n", "")
        rows = table(tmp_path / "out")
        assert {row["id"] for row in rows} == {1, 2, 3, 4, 8}
        assert {headers["user-agent"] for _, headers in booru.asked} == {"tests/1"}
        assert all((tmp_path / "out" / row["path"]).read_bytes() == booru.posts[row["id"]].content for row in rows)


async def test_a_crawl_killed_in_the_middle_fetches_nothing_twice_and_loses_nothing(tmp_path: Path) -> None:
    async with FakeBooru(entries(30), page=8) as booru:
        command = ["danbooru", "--outdir", "out", "--base-url", booru.base]
        for held in (3, 11, 20):
            booru.hold_after = held
            process = await begin(tmp_path, *command, allowed=booru)
            await until(lambda held=held: len(pictures(tmp_path)) == held)
            process.send_signal(signal.SIGKILL)
            await process.communicate()
            await booru.quiet()
            assert sum(booru.served.values()) == held
        booru.hold_after = None
        status, out, err = await run(tmp_path, *command, allowed=booru)
        assert (status, err) == (0, "")
        assert out.startswith("30 pictures, ")
        assert set(booru.served) == {f"/data/{n}.png" for n in range(1, 31)}
        assert set(booru.served.values()) == {1}
        rows = table(tmp_path / "out")
        assert {row["state"] for row in rows} == {"kept"}
        assert len(rows) == len(pictures(tmp_path)) == 30


async def test_a_crawl_killed_anywhere_asks_again_for_nothing_that_was_there(tmp_path: Path) -> None:
    async with FakeBooru(entries(40), page=9) as booru:
        command = ["konachan", "--outdir", "out", "--base-url", booru.base]
        there: dict[str, int] = {}  # how often each file had been fetched when it was first seen
        for most in (1, 10, 19, 33):
            process = await begin(tmp_path, *command, allowed=booru)
            await until(lambda most=most: len(pictures(tmp_path)) >= most)
            process.send_signal(signal.SIGKILL)
            await process.communicate()
            there = {path.name: booru.served[f"/data/{path.name}"] for path in pictures(tmp_path)} | there
        assert len(there) >= 33
        status, out, _ = await run(tmp_path, *command, allowed=booru)
        assert (status, out[:12]) == (0, "40 pictures,")
        assert {name: booru.served[f"/data/{name}"] for name in there} == there
        rows = table(tmp_path / "out")
        assert all((tmp_path / "out" / row["path"]).read_bytes() == booru.posts[row["id"]].content for row in rows)


async def test_ctrl_c_is_one_line_and_the_crawl_goes_on(tmp_path: Path) -> None:
    async with FakeBooru(entries(9)) as booru:
        command = ["konachan", "--outdir", "out", "--base-url", booru.base]
        booru.hold_after = 4
        # Tests that run in the background ignore Ctrl-C, as all that a shell starts there, and so would this crawl.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        process = await begin(tmp_path, *command, allowed=booru)
        signal.signal(signal.SIGINT, before)
        await until(lambda: len(pictures(tmp_path)) == 4)
        process.send_signal(signal.SIGINT)
        _, err = await process.communicate()
        assert (process.returncode, err.decode()) == (130, "stopped; the same command goes on from here\n")
        booru.hold_after = None
        status, out, _ = await run(tmp_path, *command, allowed=booru)
        assert (status, out) == (0, "9 pictures, 5 of them fetched now: out\n")
        assert set(booru.served.values()) == {1}


async def test_pictures_that_do_not_come_make_a_refusal_and_the_rest_stays(tmp_path: Path) -> None:
    async with FakeBooru(entries(5)) as booru:
        booru.first["/data/2.png"] = [(403, {})]
        booru.bodies["/data/3.png"] = b"<html>"
        command = ["yandere", "--outdir", "out", "--base-url", booru.base]
        status, out, err = await run(tmp_path, *command, allowed=booru)
        assert status == 1
        assert out == ("3 pictures, 3 of them fetched now; 1 not what they should be; 1 that did not come: out\n")
        assert err == "1 picture did not come; the same command again asks for them once more\n"
        status, out, _ = await run(tmp_path, *command, allowed=booru)
        assert (status, out) == (0, "4 pictures, 1 of them fetched now; 1 not what they should be: out\n")


async def test_a_busy_site_is_waited_for_and_whoever_watches_is_told(tmp_path: Path) -> None:
    async with FakeBooru(entries(2)) as booru:
        booru.first["/posts.json"] = [(429, {"Retry-After": "1"})]
        command = ["danbooru", "--outdir", "out", "--base-url", booru.base]
        status, out, err = await run(tmp_path, *command, allowed=booru)
        assert (status, out) == (0, "2 pictures, 2 of them fetched now: out\n")
        assert err.startswith("127.0.0.1 is busy (HTTP 429); waiting for ")


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("closed", "robots.txt of 127.0.0.1 closes /posts.json to programs\n"),
        ("hours", "127.0.0.1 asks to be left alone for 7,200 s; the same command goes on later\n"),
        ("no_json", "answered with something that is no JSON\n"),
        (
            "not_allowed",
            "may not be reached; INTAKE_ALLOW says what may be reached besides public addresses by https\n",
        ),
        ("two_crawls", "another crawl is at work in out\n"),
        ("no_folder", "out cannot be written: Not a directory\n"),
        ("no_page", "answered HTTP 410 when asked for posts\n"),
        ("turned_away", "turns us away (HTTP 401); its key and the user agent are settings\n"),
    ],
)
async def test_a_refusal_is_one_sentence(trouble: str, words: str, tmp_path: Path) -> None:
    async with FakeBooru(entries(2)) as booru:
        command = ["danbooru", "--outdir", "out", "--base-url", booru.base]
        if trouble == "closed":
            booru.robots = "User-agent: *\nDisallow: /"
        elif trouble == "hours":
            booru.first["/posts.json"] = [(503, {"Retry-After": "7200"})]
        elif trouble == "no_json":
            booru.first["/posts.json"] = [(200, {})]
        elif trouble == "no_folder":
            (tmp_path / "out").mkdir()
            (tmp_path / "out" / booru.address.replace(":", "_")).touch()
        elif trouble == "no_page":
            booru.first["/posts.json"] = [(410, {})]
        elif trouble == "turned_away":
            booru.first["/posts.json"] = [(401, {})]
        if trouble == "two_crawls":
            booru.hold_after = 0
            other = await begin(tmp_path, *command, allowed=booru)
            await until(lambda: any(path.startswith("/data") for path, _ in booru.asked))
            status, out, err = await run(tmp_path, *command, allowed=booru)
            other.kill()
            await other.communicate()
        else:
            status, out, err = await run(tmp_path, *command, allowed=None if trouble == "not_allowed" else booru)
    assert (status, out) == (1, "")
    assert err.endswith(words)
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        ["pixiv"],
        ["danbooru", "--tags", "order:score"],
        ["danbooru", "--since", "yesterday"],
        ["danbooru", "--rating", "nsfw"],
        ["konachan", "--rating", "s"],  # it has no such rating
        ["danbooru", "--types", "exe"],
        ["danbooru", "--limit", "0"],
        ["danbooru", "--connections", "100"],
        ["danbooru", "--base-url", "127.0.0.1"],
        ["danbooru", "--metadata", "posts.json", "--pictures", "."],
        ["dump", "--metadata", "posts.json"],
    ],
)
async def test_wrong_usage_is_said_before_anything_is_done(wrong: list[str], tmp_path: Path) -> None:
    status, out, err = await run(tmp_path, *wrong, "--outdir", "out")
    assert (status, out) == (2, "")
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()


async def test_a_dump_on_this_machine_is_taken_by_its_tags(tmp_path: Path) -> None:
    lines = [{"id": n, "tag_string": "solo" if n % 2 else "cat", "rating": "g", "file_ext": "png"} for n in range(10)]
    (tmp_path / "posts.json").write_text("\n".join(map(json.dumps, lines)))
    (tmp_path / "original").mkdir()
    for n in range(9):
        (tmp_path / "original" / f"{n}.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    command = ["dump", "--tags", "solo", "--metadata", "posts.json", "--pictures", "original", "--outdir", "out"]
    status, out, err = await run(tmp_path, *command)
    assert (status, out, err) == (0, "4 pictures, 4 of them fetched now; 1 that did not come: out\n", "")
    command[4] = "none.json"
    assert await run(tmp_path, *command) == (1, "", "none.json cannot be read: No such file or directory\n")


def test_where_there_is_no_terminal_a_line_comes_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally(kept=2, fetched=1, seen=40, hidden=3)
    for seconds in (1000.0, 0.0):
        with Progress("konachan", 10, seconds) as progress:
            progress.show(tally)
    said = capsys.readouterr()
    assert said.err == "konachan: 40 posts seen; 2 pictures, 1 of them fetched now; 3 whose files the site hides\n"
    assert said.out == ""


def pictures(folder: Path) -> list[Path]:
    return [path for path in (folder / "out").rglob("*.png") if not path.name.startswith(".")]


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not happened():  # noqa: ASYNC110  another process does it
            await asyncio.sleep(0.02)
