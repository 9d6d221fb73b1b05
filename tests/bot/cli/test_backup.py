"""`python -m bot backup` and `restore` as they are typed."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.store import Store

ROOT = Path(__file__).parents[3]


def _bot(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,  # where no .env is
        env={**os.environ, "PYTHONPATH": str(ROOT), "STORAGE_DIR": "var", **environment},
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder with a store in it."""

    async def keep() -> None:
        store = await Store.open(Settings(_env_file=None, storage_dir=tmp_path / "var", database_url=None))  # type: ignore[call-arg]
        await store.web.append("me", "answer", {}, [(b"a sheet", ".webp")])
        await store.close()

    asyncio.run(keep())
    return tmp_path


def test_there_and_back(kept: Path) -> None:
    made = _bot(kept, "backup", "bot.tar.gz")
    assert (made.returncode, made.stderr) == (0, "")
    assert "1 pictures" in made.stdout
    assert (kept / "bot.tar.gz").stat().st_size > 0

    back = _bot(kept, "restore", "bot.tar.gz", STORAGE_DIR="other")
    assert (back.returncode, back.stderr) == (0, "")
    assert [f.read_bytes() for f in (kept / "other" / "files").rglob("*.webp")] == [b"a sheet"]

    again = _bot(kept, "restore", "bot.tar.gz", STORAGE_DIR="other")
    assert again.returncode == 1
    assert again.stderr.startswith("Nothing was restored: the database other/nijigen.sqlite3 is not empty")
    assert _bot(kept, "restore", "bot.tar.gz", "--replace", STORAGE_DIR="other").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (["backup", "x.tar"], {"STORAGE_DIR": "nowhere"}, "nothing to back up"),
        (["backup", "nowhere/x.tar"], {}, "nowhere"),
        (["backup", "taken.tar"], {}, "exists already"),
        (["backup", "x.tar"], {"FILES_URL": "gs://bucket"}, "FILES_URL"),
        (["backup", "x.tar"], {"DATABASE_URL": "postgresql://a:hidden@127.0.0.1:1/x"}, "The backup was not made"),
        (["restore", "nowhere.tar"], {}, "nowhere.tar"),
        (["restore", "taken.tar"], {}, "no backup of nijigen"),
    ],
)
def test_a_refusal_is_one_sentence(
    kept: Path, arguments: list[str], environment: dict[str, str], sentence: str
) -> None:
    (kept / "taken.tar").write_text("something else")
    done = _bot(kept, *arguments, **environment)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert "hidden" not in done.stderr
    assert done.stdout == ""
    assert sorted(path.name for path in kept.iterdir() if path.suffix != ".lock") == ["taken.tar", "var"]


@pytest.mark.parametrize("arguments", [["backup"], ["backup", "x.zip"], ["restore"], ["restore", "x.tar", "--over"]])
def test_wrong_usage_says_so(kept: Path, arguments: list[str]) -> None:
    done = _bot(kept, *arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
