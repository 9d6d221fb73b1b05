"""What is true of worker processes on this machine: memory, signals, lies."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.pool.base import Asker, Pool, RequestFailed, WorkerDied
from bot.pool.lane import LaneSpec
from bot.pool.local import LocalPool
from data.pictures import Encoded
from tests.bot.pool.gate import Gate
from tests.bot.pool.test_contract import hold, numbers
from tests.bot.pool.toy_runner import FACTORY, Count, Do, poisoned_pickle

ANN, EVE = Asker("ann"), Asker("eve")
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc and /dev/shm")
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals")

Start = Callable[..., Awaitable[Pool]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Starts a local pool of toy workers; keywords of `LaneSpec`."""
    async with AsyncExitStack() as stack:

        async def start(**lane) -> Pool:
            pool = LocalPool([LaneSpec("model", FACTORY, **lane)])
            await pool.start()
            stack.push_async_callback(pool.stop, grace=0.0)
            return pool

        yield start


def segments(pid: int | None) -> set[Path]:
    """The shared memory that a process has mapped."""
    mapped = [line.split()[-1] for line in Path(f"/proc/{pid}/maps").read_text().splitlines()]
    return {Path(path) for path in mapped if path.startswith("/dev/shm/psm_")}


async def test_bytes_and_pictures_travel(start):
    pool = await start()
    value = {"a": [1, 2.5, None, True, "é"], "b": b"\x00\xff"}
    assert await pool.run(Do("echo", value), ANN) == value
    assert await pool.run(Do("picture", b"png"), ANN) == Encoded(b"png", "image/png", 3, 2)


async def test_the_shared_memory_grows_with_the_answers(start):
    pool = await start()
    for size in (10, 3 << 20, 0, 9 << 20, 100):
        assert (await pool.run(Do("zeros", size), ANN)).shape == (size,)


async def test_answers_beyond_the_limit_fail_alone(start):
    pool = await start(answer_limit=1 << 20)
    with pytest.raises(RequestFailed, match="shared memory"):
        await pool.run(Do("zeros", 2 << 20), ANN)
    assert (await pool.run(Do("zeros", 1 << 20), ANN)).size == 1 << 20


@linux
async def test_no_shared_memory_is_left(start):
    pool = await start()
    await pool.run(Do("zeros", 1 << 20), ANN)
    pid = pool.status().workers[0].pid
    (small,) = segments(pid)
    await pool.run(Do("zeros", 4 << 20), ANN)
    (big,) = segments(pid)
    assert big.exists()
    assert not small.exists()
    async with Gate() as gate:
        await hold(pool, gate)
        os.kill(pid or 0, signal.SIGKILL)
        await gate.entered()  # it runs once more: the death has been noticed
        assert not big.exists()
    await pool.run(Do("zeros", 1 << 20), ANN)
    (last,) = segments(pool.status().workers[0].pid)
    await pool.stop()
    assert not last.exists()


async def test_big_requests_do_not_block_the_loop(start):
    pool = await start()
    content = bytes(8 << 20)
    async with Gate() as gate:
        await hold(pool, gate)  # nobody reads the pipe now
        job = pool.submit(Do("echo", content), ANN)
        gate.open()
        assert await job.result() == content


@posix
async def test_workers_ignore_what_is_meant_for_the_bot(start):
    pool = await start()
    async with Gate() as gate:
        held = await hold(pool, gate)
        (worker,) = pool.status().workers
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(worker.pid or 0, number)
        gate.open()
        await held
        assert pool.status().workers[0].restarts == 0


LIES = {
    "not JSON": b"\xff\xfe",
    "not a message": b"[]",
    "an unknown word": b'{"exec": "import os"}',
    "a place outside": json.dumps({"answers": [{"array": [1 << 40, "uint8", [10]]}]}).encode(),
    "objects": json.dumps({"answers": [{"array": [0, "object", [1]]}]}).encode(),
    "too many answers": b'{"answers": [1, 2]}',
    "no answers": b'{"answers": []}',
    "idle in between": b'{"idle": {"memory": 1}}',
    "a silly best batch": b'{"idle": {"memory": 1, "best": 0}}',
    "nested without end": b"[" * 200_000,
    "a message too long": b" " * (2 << 20),
}


@pytest.mark.parametrize("data", LIES.values(), ids=LIES.keys())
async def test_a_worker_that_lies_is_killed_and_harms_nobody(start, data: bytes):
    pool = await start(start_method="forkserver")
    with pytest.raises(WorkerDied):
        await pool.run(Do("say", data), EVE)
    assert numbers(await pool.run(Count((1,)), ANN)) == [1]
    assert pool.status().workers[0].restarts == 2


async def test_what_a_worker_says_is_never_unpickled(start, tmp_path: Path):
    pool = await start()
    trace = tmp_path / "unpickled"
    with pytest.raises(WorkerDied):
        await pool.run(Do("say", poisoned_pickle(str(trace))), EVE)
    assert not trace.exists()


async def test_answers_that_do_not_fit_together_fail_alone(start):
    pool = await start(first_batch=1, kwargs={"best": 1})
    with pytest.raises(RequestFailed, match="concatenation"):
        await pool.run(Count((1, 2), fate="ragged"), EVE)
    assert numbers(await pool.run(Count((1,)), ANN)) == [1]


@linux
async def test_memory_is_limited(start):
    pool = await start(memory_limit=256 << 20)
    assert await pool.run(Do("reserve", 16 << 20), ANN) == 16 << 20
    with pytest.raises(RequestFailed, match="MemoryError"):
        await pool.run(Do("reserve", 1 << 30), EVE)
    assert pool.status().workers[0].restarts == 0


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
async def test_waiting_threads_do_not_spin(start, method: str):
    pool = await start(start_method=method)
    assert await pool.run(Do("environment", "OMP_WAIT_POLICY"), ANN) == "passive"


@linux
async def test_workers_stand_back_behind_the_rest_of_the_machine(start):
    pool = await start(nice=5)
    assert await pool.run(Do("nice"), ANN) == os.nice(0) + 5


async def test_a_forked_worker_is_replaced(start):
    pool = await start(start_method="forkserver")
    with pytest.raises(WorkerDied):
        await pool.run(Count((0,), fate="die"), EVE)
    assert numbers(await pool.run(Count((1,)), ANN)) == [1]


HEAVY = ["torch", "cv2", "skia", "PIL"]

BOT = f"""
import asyncio, json, os, sys
from bot.pool.base import Asker
from bot.pool.lane import LaneSpec
from bot.pool.local import LocalPool
from tests.bot.pool.toy_runner import FACTORY, Count, Do

async def main():
    pool = LocalPool([LaneSpec("model", FACTORY)])
    await pool.start()
    await pool.run(Do("zeros", 1000), Asker("ann"))
    print(json.dumps([[name for name in {HEAVY} if name in sys.modules], pool.status().workers[0].pid]), flush=True)
    if sys.argv[1] == "stay":
        await asyncio.Event().wait()

if __name__ == "__main__":
    asyncio.run(main())
"""


def start_bot(tmp_path: Path, *args: str) -> subprocess.Popen[str]:
    script = tmp_path / "bot_main.py"
    script.write_text(BOT)
    root = str(Path(__file__).parents[3])
    return subprocess.Popen(
        [sys.executable, str(script), *args], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": root}
    )


def test_the_bot_imports_nothing_heavy_and_ends_without_a_stop(tmp_path: Path):
    with start_bot(tmp_path, "leave") as bot:
        out, _ = bot.communicate(timeout=60)
        assert bot.returncode == 0
        heavy, _ = json.loads(out)
        assert heavy == []


@linux
def test_workers_end_when_the_bot_is_killed(tmp_path: Path):
    with start_bot(tmp_path, "stay") as bot:
        assert bot.stdout is not None
        _, pid = json.loads(bot.stdout.readline())
        watch = os.pidfd_open(pid)
        bot.kill()
        assert select.select([watch], [], [], 60)[0], "the worker is still there"
        os.close(watch)
