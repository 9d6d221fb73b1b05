"""Processes of the doctor's own: what they say, and how they end."""

import textwrap
from pathlib import Path

import pytest

from bot.doctor import probe as room
from bot.doctor.probe import Outcome, probe


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A probe called `toy`, in a package of its own that comes first."""
    folder = tmp_path / "bot" / "doctor" / "probes"
    folder.mkdir(parents=True)
    for parent in (folder, folder.parent, folder.parent.parent):
        (parent / "__init__.py").touch()
    monkeypatch.setattr(room, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)

    def writing(code: str) -> None:
        (folder / "toy.py").write_text(textwrap.dedent(code), "utf-8")

    return writing


async def test_the_last_line_is_what_it_says(script) -> None:
    script(
        """
        import json, sys
        print("a library's chatter")
        print(json.dumps({"heard": json.loads(sys.stdin.read())["secret"], "argv": sys.argv[1:]}))
        """
    )
    assert await probe("toy", {"secret": "令牌"}, 60) == Outcome({"heard": "令牌", "argv": []})


async def test_one_that_hangs_is_ended(script) -> None:
    script("import time; time.sleep(600)")
    assert (await probe("toy", {}, 1.0)).ended == "slow"


async def test_one_that_raises_says_its_last_line(script) -> None:
    script("raise RuntimeError('the reason')")
    assert await probe("toy", {}, 60) == Outcome(ended="failed", detail="RuntimeError: the reason")


async def test_one_that_is_killed_says_by_what(script) -> None:
    script("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert await probe("toy", {}, 60) == Outcome(ended="crashed", detail="9")


async def test_words_that_are_no_object_are_no_answer(script) -> None:
    script("print('[1]')")
    assert (await probe("toy", {}, 60)).ended == "failed"
