"""What every pool keeps, whoever its workers are. A new pool joins by a line in `POOLS`."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import numpy as np
import pytest

from bot.pool.base import (
    Asker,
    Pool,
    PoolBusy,
    PoolClosed,
    PoolTimeout,
    Priority,
    RequestFailed,
    WorkerDied,
)
from bot.pool.lane import LaneSpec
from bot.pool.local import LocalPool
from bot.pool.queued import BatchRecord
from bot.pool.ray import RayPool
from tests.bot.pool.gate import Gate
from tests.bot.pool.toy_runner import BATCH, FACTORY, NUMBER, PID, SIZE, Count, Do

POOLS = {"local": LocalPool, "ray": RayPool}

ANN, BOB, EVE = Asker("ann", "g"), Asker("bob", "g"), Asker("eve", "h")

Start = Callable[..., Awaitable[Pool]]


@pytest.fixture(params=POOLS)
async def start(request: pytest.FixtureRequest) -> AsyncIterator[Start]:
    """Starts a pool of toy workers; keywords of `LaneSpec` and of the pool may be given."""
    async with AsyncExitStack() as stack:

        async def start(*, limit: int = 1024, observe=None, **lane) -> Pool:
            lane.setdefault("kwargs", {"best": 16})
            lane.setdefault("start_method", "forkserver")  # where there is one, it saves these tests a minute
            shared = {"cluster": request.getfixturevalue("cluster")} if request.param == "ray" else {}
            pool = POOLS[request.param]([LaneSpec("model", FACTORY, **lane)], limit=limit, observe=observe, **shared)
            await pool.start()
            stack.push_async_callback(pool.stop, grace=0.0)
            return pool

        yield start


async def hold(pool: Pool, gate: Gate) -> asyncio.Task:
    """Keep a worker busy until the gate opens."""
    task = asyncio.ensure_future(pool.run(Count((-1,), key="gate", gate=gate.port), Asker("holder")))
    await gate.entered()
    return task


def numbers(answer: np.ndarray) -> list[int]:
    return answer[:, NUMBER].tolist()


async def test_a_request_is_answered(start):
    pool = await start()
    assert numbers(await pool.run(Count((3, 1, 2)), ANN)) == [3, 1, 2]


async def test_a_request_is_cut_into_batches_and_put_together_in_order(start):
    pool = await start(first_batch=16)
    answer = await pool.run(Count(tuple(range(64))), ANN)
    assert numbers(answer) == list(range(64))
    assert set(answer[:, SIZE]) == {16}


async def test_who_listens_is_told_whether_anybody_waits(start):
    pool = await start()
    heard: list[bool] = []
    end = pool.listen(heard.append)
    assert heard == [False]
    async with Gate() as gate:
        holding = await hold(pool, gate)
        late = asyncio.ensure_future(pool.run(Count((1,)), ANN))
        unseen = asyncio.ensure_future(pool.run(Count((2,)), BOB, priority=Priority.TRAINING))
        await asyncio.sleep(0)
        assert heard == [False, True]
        late.cancel()
        gate.open()
        await holding
        assert heard == [False, True, False]  # of training's own work nobody is told
        await unseen
    end()
    await pool.run(Count((3,)), ANN)
    assert heard == [False, True, False]


async def test_the_best_batch_is_what_the_worker_says(start):
    pool = await start(first_batch=2)
    await pool.run(Count((0,)), ANN)
    assert set((await pool.run(Count(tuple(range(32))), ANN))[:, SIZE]) == {16}


async def test_requests_with_one_key_share_a_batch(start):
    pool = await start(first_batch=16)
    answers = await asyncio.gather(*(pool.run(Count((i,)), Asker(f"m{i}")) for i in range(10)))
    assert [numbers(answer) for answer in answers] == [[i] for i in range(10)]
    assert {(row[BATCH], row[SIZE]) for answer in answers for row in answer} == {(1, 10)}


async def test_requests_with_different_keys_do_not(start):
    pool = await start()
    one, two = await asyncio.gather(pool.run(Count((1,), key="x"), ANN), pool.run(Count((2,), key="y"), BOB))
    assert one[0, SIZE] == two[0, SIZE] == 1


async def test_a_request_of_one_never_waits_behind_a_request_of_64(start):
    pool = await start(first_batch=16)
    async with Gate() as gate:
        held = await hold(pool, gate)
        big = pool.submit(Count(tuple(range(64)), key="big"), ANN)
        small = pool.submit(Count((0,), key="small"), BOB)
        gate.open()
        first = (await held)[0, BATCH]
        assert (await small.result())[0, BATCH] == first + 1
        assert (await big.result())[:, BATCH].min() == first + 2


async def test_members_take_turns(start):
    pool = await start(first_batch=1)
    async with Gate() as gate:
        held = await hold(pool, gate)
        anns = [pool.submit(Count((0,), key=f"a{i}"), ANN) for i in range(4)]
        bobs = [pool.submit(Count((0,), key=f"b{i}"), BOB) for i in range(2)]
        gate.open()
        first = (await held)[0, BATCH]
        assert [(await job.result())[0, BATCH] - first for job in anns] == [1, 3, 5, 6]
        assert [(await job.result())[0, BATCH] - first for job in bobs] == [2, 4]


async def test_priorities_come_first(start):
    pool = await start()
    async with Gate() as gate:
        held = await hold(pool, gate)
        jobs = [pool.submit(Count((0,), key=f"{p}"), ANN, priority=p) for p in reversed(Priority)]
        gate.open()
        first = (await held)[0, BATCH]
        assert [(await job.result())[0, BATCH] - first for job in jobs] == [4, 3, 2, 1]


async def test_place_counts_who_is_served_before(start):
    pool = await start(first_batch=1)
    async with Gate() as gate:
        held = await hold(pool, gate)
        jobs = [pool.submit(Count((0,), key=f"{i}"), Asker(f"m{i}")) for i in range(3)]
        assert [job.place() for job in jobs] == [1, 2, 3]
        jobs[0].cancel()
        assert [job.place() for job in jobs[1:]] == [1, 2]
        gate.open()
        await held
        await jobs[2].result()
        assert jobs[2].place() == 0


async def test_a_cancelled_job_leaves_the_queue(start):
    pool = await start()
    async with Gate() as gate:
        held = await hold(pool, gate)
        job = pool.submit(Count((1, 2)), ANN)
        assert pool.status().waiting == 2
        job.cancel()
        assert pool.status().waiting == 0
        with pytest.raises(asyncio.CancelledError):
            await job.result()
        gate.open()
        assert (await pool.run(Count((3,)), BOB))[0, BATCH] == (await held)[0, BATCH] + 1


async def test_cancelling_the_waiting_task_cancels_the_job(start):
    pool = await start()
    async with Gate() as gate:
        await hold(pool, gate)
        task = asyncio.ensure_future(pool.run(Count((1, 2)), ANN))
        await asyncio.sleep(0)
        assert pool.status().waiting == 2
        task.cancel()
        await asyncio.wait([task])
        assert pool.status().waiting == 0


async def test_what_runs_and_is_cancelled_is_thrown_away(start):
    pool = await start()
    async with Gate() as gate:
        held = await hold(pool, gate)
        held.cancel()
        await asyncio.wait([held])
        gate.open()
        assert numbers(await pool.run(Count((1,)), ANN)) == [1]


async def test_a_deadline_passes_in_the_queue_and_in_the_worker(start):
    pool = await start()
    await pool.run(Count((0,)), ANN)
    async with Gate() as gate:
        running = pool.submit(Count((0,), key="gate", gate=gate.port), ANN, timeout=1.0)
        await gate.entered()
        waiting = pool.submit(Count((1,)), ANN, timeout=0.01)
        with pytest.raises(PoolTimeout):
            await waiting.result()
        with pytest.raises(PoolTimeout):
            await running.result()
        assert pool.status().waiting == 0
        assert pool.status().refused == 2


async def test_a_full_queue_refuses(start):
    pool = await start(limit=10)
    async with Gate() as gate:
        await hold(pool, gate)
        job = pool.submit(Count(tuple(range(8))), ANN)
        with pytest.raises(PoolBusy):
            pool.submit(Count((0, 1, 2)), BOB)
        gate.open()
        assert numbers(await job.result()) == list(range(8))


async def test_a_refused_request_leaves_its_batch_alone(start):
    pool = await start()
    bad = pool.submit(Count((0,), fate="refuse"), ANN)
    good = pool.submit(Count((1,)), BOB)
    with pytest.raises(RequestFailed, match="not this one"):
        await bad.result()
    assert numbers(await good.result()) == [1]


async def test_a_batch_that_raises_fails_only_its_cause(start):
    pool = await start()
    bad = pool.submit(Count((0,), fate="raise"), ANN)
    good = [pool.submit(Count((i,)), BOB) for i in range(1, 4)]
    assert [numbers(await job.result()) for job in good] == [[1], [2], [3]]
    with pytest.raises(RequestFailed, match="cannot be run"):
        await bad.result()


async def test_answers_that_cannot_travel_fail_alone(start):
    pool = await start()
    with pytest.raises(RequestFailed, match="cannot hold"):
        await pool.run(Do("echo", {1, 2}), ANN)


async def test_requests_that_cannot_travel_fail_alone(start):
    pool = await start()
    with pytest.raises(RequestFailed):
        await pool.run(Do("echo", lambda: None), ANN)
    assert numbers(await pool.run(Count((1,)), ANN)) == [1]


async def test_fifty_waiting_requests_outlive_their_worker(start):
    pool = await start()
    async with Gate() as gate:
        held = await hold(pool, gate)
        jobs = [pool.submit(Count((i,) * (i % 5 + 1)), Asker(f"m{i % 7}")) for i in range(50)]
        (worker,) = pool.status().workers
        assert worker.pid is not None
        gate.open()
        os.kill(worker.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        answers = [await job.result() for job in jobs]
        assert [numbers(answer) for answer in answers] == [[i] * (i % 5 + 1) for i in range(50)]
        assert numbers(await held) == [-1]
        assert worker.pid not in {pid for answer in answers for pid in answer[:, PID]}
        assert pool.status().workers[0].restarts == 1


async def test_a_poisonous_request_is_found_and_the_others_are_answered(start):
    pool = await start()
    poison = Count((0,), fate="die")
    bad = pool.submit(poison, EVE)
    good = [pool.submit(Count((i,)), Asker(f"m{i}")) for i in range(1, 9)]
    assert [numbers(await job.result()) for job in good] == [[i] for i in range(1, 9)]
    with pytest.raises(WorkerDied):
        await bad.result()
    with pytest.raises(WorkerDied):
        pool.submit(Count((0,), fate="die"), BOB)
    assert numbers(await pool.run(Count((0,)), EVE)) == [0]
    assert pool.status().workers[0].restarts == 2


async def test_a_poisonous_piece_takes_its_whole_request_along(start):
    pool = await start(first_batch=4)
    with pytest.raises(WorkerDied):
        await pool.run(Count(tuple(range(12)), fate="die"), EVE)
    assert pool.status().waiting == 0


async def test_a_worker_that_hangs_is_killed(start):
    pool = await start(batch_limit=0.2)
    with pytest.raises(WorkerDied, match="longer than"):
        await pool.run(Count((0,), fate="hang"), EVE)
    assert numbers(await pool.run(Count((1,)), ANN)) == [1]


async def test_two_workers_share_the_work(start):
    pool = await start(devices=("cpu", "cpu"))
    async with Gate() as gate:
        first, second = await hold(pool, gate), await hold(pool, gate)
        assert [worker.name for worker in pool.status().workers] == ["model-0", "model-1"]
        assert pool.status().running == 2
        gate.open()
        assert (await first)[0, PID] != (await second)[0, PID]


async def test_while_one_worker_is_dead_the_other_answers(start):
    pool = await start(workers=2)
    async with Gate() as gate:
        held = await hold(pool, gate)
        await asyncio.gather(*(pool.run(Count((i,), fate="die"), EVE) for i in range(2)), return_exceptions=True)
        assert numbers(await pool.run(Count((1,)), ANN)) == [1]
        gate.open()
        assert numbers(await held) == [-1]


async def test_stop_answers_what_is_queued_and_refuses_what_is_new(start):
    pool = await start()
    async with Gate() as gate:
        held = await hold(pool, gate)
        job = pool.submit(Count(tuple(range(40))), ANN)
        stopping = asyncio.ensure_future(pool.stop(grace=60.0))
        await asyncio.sleep(0)
        with pytest.raises(PoolClosed):
            pool.submit(Count((0,)), BOB)
        gate.open()
        await stopping
        assert numbers(await job.result()) == list(range(40))
        assert numbers(await held) == [-1]
        assert {worker.state for worker in pool.status().workers} == {"stopped"}


async def test_stop_refuses_what_cannot_be_answered_in_time(start):
    pool = await start()
    async with Gate() as gate:
        held = await hold(pool, gate)
        job = pool.submit(Count((1,)), ANN)
        await pool.stop(grace=0.0)
        for waiting in (held, job.result()):
            with pytest.raises(PoolClosed):
                await waiting


async def test_stop_while_workers_start(start):
    pool = await start()
    job = pool.submit(Count((1,)), ANN)
    await pool.stop(grace=0.0)
    with pytest.raises(PoolClosed):
        await job.result()
    assert {worker.state for worker in pool.status().workers} == {"stopped"}


async def test_a_pool_that_was_never_started_is_closed():
    pool = LocalPool([LaneSpec("model", FACTORY)])
    with pytest.raises(PoolClosed):
        pool.submit(Count((1,)), ANN)
    await pool.stop()


async def test_workers_are_warm_before_they_are_ready(start):
    pool = await start(warm_up=("missing", "waifu"))
    assert not pool.status().ready
    await pool.run(Count((1,)), ANN)
    await pool.run(Count((2,)), ANN)
    (worker,) = pool.status().workers
    assert pool.status().ready
    assert dict(worker.models) == {"waifu": 16}
    assert worker.memory_bytes > 1 << 20 or sys.platform == "win32"


async def test_a_lane_whose_workers_do_not_start_refuses(start):
    pool = await start(kwargs={"broken": True})
    with pytest.raises(RequestFailed, match="no such toy"):
        await pool.run(Count((1,)), ANN)
    assert not pool.status().ready


async def test_batches_are_observed(start):
    records: list[BatchRecord] = []
    pool = await start(observe=records.append, first_batch=16)
    await asyncio.gather(pool.run(Count((1, 2)), ANN), pool.run(Count((3,)), BOB))
    (record,) = records
    assert (record.lane, record.worker, record.device) == ("model", "model-0", "cpu")
    assert (record.pictures, record.requests) == (3, 2)
    assert record.seconds > 0.0
    assert record.waited > 0.0
    assert pool.status().served == 3
