"""Kill -9 of the bot at chosen points: no run is lost, none done twice, and nothing is half there."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.store import Store
from tests.bot.characters import tiny
from tests.bot.characters.house import settings_of
from tests.bot.characters.mortal import POINTS

ROOT = Path(__file__).parents[3]
PICTURES = 20

Run = Callable[[Path, str], int]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Lets a bot live on the storage in a folder, and die at a point where one is named; gives its exit status."""
    pictures = tmp_path_factory.mktemp("pictures")
    tiny.pictures(pictures, PICTURES)
    command = [sys.executable, "-m", "tests.bot.characters.mortal"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as forking:
        assert forking.stdin is not None
        assert forking.stdout is not None
        to, of = forking.stdin, forking.stdout

        def live(root: Path, point: str) -> int:
            to.write(f"{root}\t{pictures}\t{point}\n")
            to.flush()
            return int(of.readline())

        yield live
        to.close()


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_bot_that_is_killed_goes_on_where_it_was(tmp_path: Path, run: Run, point: str):
    settings = settings_of(tmp_path)
    tiny.store_base(settings.storage_dir / "models")
    assert run(tmp_path, point) == -signal.SIGKILL
    assert run(tmp_path, "") == 0
    asyncio.run(_all_is_well(tmp_path))


async def _all_is_well(root: Path) -> None:
    settings = settings_of(root)
    store = await Store.open(settings)
    try:
        (done,) = await store.runs.list(12)
        assert done.state == "done"
        assert done.deaths <= 1
        (version,) = await store.versions.list(12)
        assert (version.id, version.state, version.run) == (done.version, "promoted", done.id)
        assert len(await store.versions.contributions(version.id)) == PICTURES
    finally:
        await store.close()
    name, _, number = version.id.partition("@")
    folder = settings.storage_dir / "models" / name
    assert (folder / "current").read_text().strip() == number
    assert [path.name for path in folder.iterdir() if path.name != "current"] == [number]
    assert {path.name for path in (folder / number).iterdir()} == {"model.safetensors", "config.json", "card.md"}
    assert not [*(settings.storage_dir / "runs").rglob("*.png")]
    assert not [*settings.storage_dir.rglob("*.part")]
