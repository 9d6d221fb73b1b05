"""What is true of workers on a cluster: their weights, their nodes, their end."""

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.pool.base import Asker, RequestFailed
from bot.pool.lane import LaneSpec
from bot.pool.ray import Cluster, RayPool
from models.requests import Draw, Latent
from tests.bot.pool.gate import Gate
from tests.bot.pool.test_contract import hold, numbers
from tests.bot.pool.toy_runner import FACTORY, PID, Count, Do
from tests.models import tiny

ANN = Asker("ann")
ROOT = Path(__file__).parents[4]
VERSION = "20260131T101500-1a2b3c"
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

Start = Callable[..., Awaitable[RayPool]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Starts a pool; keywords of `LaneSpec`, and `address` or `cluster` of the pool."""
    async with AsyncExitStack() as stack:

        async def start(*, address: str | None = None, cluster: Cluster | None = None, **lane) -> RayPool:
            spec = LaneSpec("model", **{"factory": FACTORY, **lane})
            pool = RayPool([spec, LaneSpec("picture", FACTORY)], address=address, cluster=cluster)
            await pool.start()
            stack.push_async_callback(pool.stop, grace=0.0)
            return pool

        yield start


def devices(pool: RayPool) -> list[str]:
    return [worker.device for worker in pool.status().workers if worker.lane == "model"]


def marked(mark: str) -> dict[int, str]:
    """The processes that have inherited the environment variable MARK, but this one and Python's tracker, which stay
    as long as the tests do."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"MARK={mark}\0".encode() in (folder / "environ").read_bytes() and int(folder.name) != os.getpid():
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:  # it has ended meanwhile
            continue
    return {pid: command for pid, command in found.items() if "resource_tracker" not in command}


def wait_for_the_end_of(pids: dict[int, str]) -> None:
    for pid, command in pids.items():
        try:
            watch = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        assert select.select([watch], [], [], 60)[0], f"still there: {command}"
        os.close(watch)


async def test_pixel_work_stays_on_this_machine(start, cluster: Cluster):
    pool = await start(cluster=cluster)
    here, there = await asyncio.gather(
        pool.run(Do("modules", ["ray"], lane="picture"), ANN), pool.run(Do("modules", ["ray"]), ANN)
    )
    assert (here, there) == ([], ["ray"])


async def test_waiting_threads_do_not_spin(start, cluster: Cluster):
    pool = await start(cluster=cluster)
    assert await pool.run(Do("environment", "OMP_WAIT_POLICY"), ANN) == "passive"


async def test_answers_of_any_size_travel(start, cluster: Cluster):
    pool = await start(cluster=cluster)
    for size in (10, 3 << 20, 0, 9 << 20, 100):
        assert (await pool.run(Do("zeros", size), ANN)).shape == (size,)
    content = bytes(range(256)) * (1 << 14)
    assert await pool.run(Do("echo", {"b": content}), ANN) == {"b": content}


async def test_models_reach_a_node_that_has_no_disk_with_the_bot(start, cluster: Cluster, tmp_path: Path):
    stored = tmp_path / "models" / "tiny" / VERSION
    tiny.store(stored)
    lane: dict[str, Any] = {
        "factory": "models.runner:Runner",
        "kwargs": {"models_dir": tmp_path / "models", "cache_dir": tmp_path / "cache"},
        "devices": ("cpu",),
        "warm_up": ("tiny",),
    }
    copy = Path(os.environ["XDG_CACHE_HOME"]) / "nijigen" / "models" / "tiny" / VERSION / "model.safetensors"
    request = Draw(f"tiny@{VERSION}", (Latent(7),))

    pool = await start(cluster=cluster, **lane)
    first = await pool.run(request, ANN)
    assert first.shape == (1, 16, 16, 3)
    assert f"tiny@{VERSION}" in pool.status().workers[0].models
    assert copy.read_bytes() == (stored / "model.safetensors").read_bytes()
    assert not (tmp_path / "cache").exists()  # what a node measures stays there

    late = "20260201T101500-1a2b3c"
    tiny.store(tmp_path / "models" / "tiny" / late)
    assert (await pool.run(Draw(f"tiny@{late}", (Latent(7),)), ANN)).shape == (1, 16, 16, 3)
    with pytest.raises(RequestFailed, match="no model"):
        await pool.run(Draw("tiny@20260301T101500-1a2b3c", (Latent(7),)), ANN)
    await pool.stop()

    copy.write_bytes(b"spoilt")
    pool = await start(cluster=cluster, **lane)
    np.testing.assert_array_equal(await pool.run(request, ANN), first)


@linux
async def test_requests_outlive_the_driver_and_nothing_outlives_the_pool(start, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MARK", mark := f"pool-{os.getpid()}")
    pool = await start(devices=("cuda:0", "cuda:1"))  # Ray believes that they are there
    assert await pool.run(Do("environment", "CUDA_VISIBLE_DEVICES"), ANN) in ("0", "1")
    assert devices(pool) == ["cuda", "cuda"]
    first = marked(mark)
    assert any("raylet" in command for command in first.values())
    async with Gate() as gate:
        held = await hold(pool, gate)
        jobs = [pool.submit(Count((i,)), Asker(f"m{i}"), timeout=300.0) for i in range(20)]
        driver = pool._cluster.pid
        assert driver is not None
        os.kill(driver, signal.SIGKILL)
        gate.open()
        assert [numbers(await job.result()) for job in jobs] == [[i] for i in range(20)]
        assert numbers(await held) == [-1]
    everything = first | marked(mark)
    await pool.stop()
    await asyncio.to_thread(wait_for_the_end_of, everything)
    assert not marked(mark)


BOT = """
import asyncio, json, os, sys
from bot.pool.base import Asker
from bot.pool.lane import LaneSpec
from bot.pool.ray import RayPool
from tests.bot.pool.toy_runner import FACTORY, Count

async def main():
    pool = RayPool([LaneSpec("model", FACTORY)])
    await pool.start()
    await pool.run(Count((0,)), Asker("ann"))
    print(json.dumps([name for name in ("torch", "cv2", "skia", "PIL", "ray") if name in sys.modules]), flush=True)
    await asyncio.Event().wait()

if __name__ == "__main__":
    asyncio.run(main())
"""


@linux
def test_nothing_outlives_a_bot_that_is_killed_nor_does_it_import_ray(tmp_path: Path):
    script, mark = tmp_path / "bot_main.py", f"bot-{os.getpid()}"
    script.write_text(BOT)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MARK": mark}
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment) as bot:
        assert bot.stdout is not None
        assert json.loads(bot.stdout.readline()) == []
        everything = marked(mark)
        assert any("gcs_server" in command for command in everything.values())
        bot.kill()
    wait_for_the_end_of(everything)
    assert not marked(mark)


NODE = {"num_cpus": 1, "num_gpus": 0, "object_store_memory": 80 << 20}


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    """A cluster of one node with one processor, which the bot's driver joins."""
    handler = signal.getsignal(signal.SIGTERM)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"AUTH_TOKEN": "ab" * 32, "AUTH_MODE": "token", "USAGE_STATS_ENABLED": "0"}.items():
            patch.setenv(f"RAY_{name}", value)
        patch.setenv("PYTHONPATH", str(ROOT))
        cluster_utils = pytest.importorskip("ray.cluster_utils", reason='pip install "nijigen[ray]"')
        nodes = cluster_utils.Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
        yield nodes
        nodes.shutdown()
        signal.signal(signal.SIGTERM, handler)


async def test_twenty_waiting_requests_outlive_a_node(start, nodes: Any):
    second = nodes.add_node(wait=True, **NODE)  # in this thread, for it sets a handler of signals
    pool = await start(address=nodes.address, workers=2)
    async with Gate() as gate:
        held = [await hold(pool, gate), await hold(pool, gate)]
        workers = [worker for worker in pool.status().workers if worker.lane == "model"]
        here, there = sorted(workers, key=lambda worker: worker.pid is None)
        assert here.pid is not None
        assert there.pid is None  # its number means nothing here
        jobs = [pool.submit(Count((i,)), Asker(f"m{i}"), timeout=300.0) for i in range(20)]
        await asyncio.to_thread(nodes.remove_node, second, allow_graceful=False)
        # An actor may outlive its node a little.
        while not any(worker.restarts for worker in pool.status().workers):  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.05)
        gate.open()
        answers = [await job.result() for job in jobs]
        assert [numbers(answer) for answer in answers] == [[i] for i in range(20)]
        assert [numbers(await one) for one in held] == [[-1], [-1]]
        assert set(answers[-1][:, PID]) == {here.pid}


async def test_where_the_last_gpu_is_gone_the_processors_go_on(start, nodes: Any):
    second = nodes.add_node(wait=True, **NODE | {"num_gpus": 1})
    pool = await start(address=nodes.address, devices=("cpu",))
    async with Gate() as gate:
        held = await hold(pool, gate)
        assert devices(pool) == ["cuda"]
        await asyncio.to_thread(nodes.remove_node, second, allow_graceful=False)
        await gate.entered()  # it runs once more
        assert devices(pool) == ["cpu"]
        gate.open()
        assert numbers(await held) == [-1]


async def test_who_cannot_join_says_so_and_refuses(start):
    pool = await start(address="ray://10.0.0.5:10001")
    with pytest.raises(RequestFailed, match="ray start"):
        await pool.run(Count((1,)), ANN)
    assert not pool.status().ready
