"""What a kill -9 leaves of a contribution, and what becomes of that."""

import asyncio
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.characters.sets import Pictures
from bot.store import Store
from bot.store.file_uses import sweep
from tests.bot.store.conftest import settings_of
from tests.bot.store.contributed import LIMITS, ME, draft

ROOT = Path(__file__).parents[3]
SCRIPT = """
import asyncio, os, signal, sys
from pathlib import Path
from bot.characters import sets
from bot.store import Store, contributions, file_uses
from bot.store.files import folder as files
from tests.bot.store.conftest import settings_of
from tests.bot.store.contributed import LIMITS, ME, character, draft, give

where, home = sys.argv[1], Path(sys.argv[2])

def die(*anything, **more):
    os.kill(os.getpid(), signal.SIGKILL)

async def die_later(*anything, **more):
    die()

async def main():
    store = await Store.open(settings_of(home / "var"))
    her = await character(store)
    kept = await give(store, draft(her, 1))
    print(kept.id, flush=True)
    if where == "while the file is written":
        os.fsync = die
    elif where == "between the file and its row":
        contributions._check = die_later
    elif where == "before the commit":
        contributions.use = die_later
    elif where == "between the row and its file":
        contributions.let_go = die_later
        await store.contributions.decide([kept.id], "refused", by=ME)
    elif where == "while all is forgotten":
        contributions.let_go = die_later
        await store.contributions.forget(ME)
    elif where == "while a set is frozen":
        sets._end = die
        await sets.Pictures(store).freeze(her, home / "set")
    await store.contributions.add(draft(her, 2), LIMITS)

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("where", "left"),
    [
        ("while the file is written", ["picture 1"]),
        ("between the file and its row", ["picture 1"]),
        ("before the commit", ["picture 1"]),
        ("between the row and its file", []),
        ("while all is forgotten", []),
        ("while a set is frozen", ["picture 1"]),
    ],
)
async def test_no_half_contribution_is_left_wherever_it_is_killed(tmp_path: Path, where: str, left: list[str]) -> None:
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", SCRIPT, where, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    store = await Store.open(settings_of(tmp_path / "var"))
    (her,) = await store.characters.all()
    kept = [one for one in await store.contributions.list(her.id) if one.file is not None]
    contents = [(await store.files.get(str(one.file)) or b"").decode() for one in kept]
    assert contents == left
    await sweep(store.database, store.files, datetime.now(UTC) + timedelta(days=1))
    files = [path for path in (tmp_path / "var" / "files").rglob("*") if path.is_file()]
    assert sorted(path.read_text() for path in files) == left
    await store.consents.give(ME, LIMITS.consent)
    again = await store.contributions.add(draft(her, 2), LIMITS)  # and it goes on as if nothing had been
    manifest = await Pictures(store).freeze(her, tmp_path / "set")
    assert [entry.contribution for entry in manifest.pictures] == [*(one.id for one in kept), again.id]
    await store.close()
