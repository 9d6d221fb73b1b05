"""From a booru to a network, with the README's words, and killed on every part of the way."""

import asyncio
import json
import os
import re
import shlex
import signal
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from data.labels import NAMES
from models.checkpoint import load_model
from tests.wire.fake_booru import Entry, FakeBooru

pytest.importorskip("skia")
from tests.data.scenes import encoded, scene

ROOT = Path(__file__).parents[3]
SCENES = 22  # every sixth with two heads, every seventh with none
MARK = r"<!-- pictures commands -->\n```sh\n(.*?)```"


def commands(readme: str = "README.md") -> list[list[str]]:
    (block,) = re.findall(MARK, (ROOT / readme).read_text(encoding="utf-8"), re.DOTALL)
    lines = [shlex.split(line) for line in block.splitlines()]
    assert all(line[:3] == ["python", "-m", "bot"] for line in lines)
    return [line[3:] for line in lines]


def test_both_readmes_say_the_same_commands():
    assert commands() == commands("README.zh-CN.md")
    assert [line[0] for line in commands()] == ["crawl", "crop", "curate", "dataset", "dataset", "train"]


def posts() -> list[Entry]:
    found = []
    for n in range(1, SCENES + 1):
        pixels, tags = scene(n, heads=2 if n % 6 == 0 else 0 if n % 7 == 0 else 1)
        kind = "jpg" if n % 3 else "png"
        content = encoded(pixels, "JPEG" if kind == "jpg" else "PNG")
        found.append(Entry(n, tags=f"1girl solo {tags}", ext=kind, content=content))
    return [*found, Entry(99, tags="1girl solo", content=b"\x89PNG\r\n\x1a\n" + b"a broken one" * 90)]


async def begin(folder: Path, booru: FakeBooru, command: list[str]) -> asyncio.subprocess.Process:
    named = os.environ | {
        "INTAKE_ALLOW": json.dumps([booru.address]), "PYTHONPATH": str(ROOT), "CRAWL_USER_AGENT": "tests/1",
        "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *command),
        cwd=folder, env=named, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def run(folder: Path, booru: FakeBooru, command: list[str]) -> str:
    process = await begin(folder, booru, command)
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


async def killed(folder: Path, booru: FakeBooru, command: list[str], when: Callable[[], bool]) -> None:
    """Begins a command and kills it as soon as `when`."""
    process = await begin(folder, booru, command)
    async with asyncio.timeout(120):
        while not when():
            assert process.returncode is None, "it ended before it could be killed"
            await asyncio.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    await process.communicate()


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def members(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def some(folder: Path, pattern: str) -> Callable[[], bool]:
    return lambda: any(path.stat().st_size for path in folder.glob(pattern) if path.exists())


@pytest.mark.slow
async def test_the_readmes_commands_run_in_a_row_and_survive_a_kill_in_each(tmp_path: Path):
    crawl, crop, curate, pack, report, train = commands()
    train = ["0.1" if word == "1" else word for word in train]  # 1 kimg takes a minute and shows no more
    async with FakeBooru(posts(), page=7) as booru:
        crawl = [*crawl, "--base-url", booru.base, "--per-second", "1000"]
        booru.hold_after = 5
        await killed(tmp_path, booru, crawl, lambda: len(list(tmp_path.glob("var/crawl/*/[0-9]*"))) == 5)
        booru.hold_after = None
        assert (await run(tmp_path, booru, crawl)).startswith(f"{SCENES + 1} pictures, ")
        assert set(booru.served.values()) == {1}

        await killed(tmp_path, booru, crop, some(tmp_path, "var/heads/*/*.png"))
        assert not (tmp_path / "var/heads/crops.jsonl").exists()
        said = await run(tmp_path, booru, crop)
        assert said.startswith("23 pictures: 22 heads cut")
        assert "1 unreadable" in said
        assert said.endswith(": var/heads\n")

        await killed(tmp_path, booru, curate, (tmp_path / "var/cache/measures").exists)
        await killed(tmp_path, booru, curate, (tmp_path / "var/chosen/decisions.jsonl").exists)
        await run(tmp_path, booru, curate)

        await killed(tmp_path, booru, pack, lambda: any((tmp_path / "var/cache/sets").glob(".*.part")))
        assert not (tmp_path / "set.zip").exists()
        await run(tmp_path, booru, pack)
        assert "holds them already" in await run(tmp_path, booru, pack)

        journals = len(list((tmp_path / "var/cache/measures").glob("*.jsonl")))
        begun = lambda: len(list((tmp_path / "var/cache/measures").glob("*.jsonl"))) > journals
        await killed(tmp_path, booru, report, begun)
        assert not (tmp_path / "set.html").exists()
        await run(tmp_path, booru, report)
        assert "<h2>Labels</h2>" in (tmp_path / "set.html").read_text(encoding="utf-8")

        # A run that nobody kills leaves the same heads and the same choice.
        again = {"var/heads": "other/heads", "var/chosen": "other/chosen", "set.zip": "other.zip"}
        for command in (crop, curate, pack):
            await run(tmp_path, booru, [again.get(word, word) for word in command])
        for name in ("heads", "chosen"):
            assert tree(tmp_path / "var" / name) == tree(tmp_path / "other" / name) | changed(tmp_path, name)
        one, other = members(tmp_path / "set.zip"), members(tmp_path / "other.zip")
        assert {name for name in one if one[name] != other[name]} <= {"dataset.json"}
        assert json.loads(one["dataset.json"])["labels"] == json.loads(other["dataset.json"])["labels"]

        await killed(tmp_path, booru, train, some(tmp_path, "var/runs/mine/options.json"))
        await run(tmp_path, booru, [*train, "--resume"])
    assert_tags_became_labels(tmp_path / "var" / "chosen")
    model = load_model(tmp_path / "var" / "runs" / "mine" / "model", ("G_ema",))
    assert model.config["network"]["c_dim"] == len(NAMES)
    assert "hair_l" in model.config["labels"]


def changed(tmp_path: Path, name: str) -> dict[str, bytes]:
    """What says where the pictures are from, and so must differ."""
    return {
        file: (tmp_path / "var" / name / file).read_bytes()
        for file in ("crop.json", "decisions.html")
        if (tmp_path / "var" / name / file).exists()
    }


def assert_tags_became_labels(chosen: Path) -> None:
    labels = [json.loads(line) for line in (chosen / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(labels) >= 12
    told = [line for line in labels if line["by"]["hair"][1].startswith("tags")]
    assert len(told) >= 0.8 * len(labels)
    for line in labels:
        number = int(Path(line["file"]).name.partition(".")[0])
        if number % 6:  # one head, so that the tags are hers
            assert line["glasses"] == ("yes" if "glasses" in scene(number)[1].split() else "no"), line["file"]
