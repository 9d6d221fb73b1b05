"""The queue: nothing lost, nothing twice, nobody forgotten."""

from collections import Counter

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.pool.base import Asker, PoolBusy, Priority
from bot.pool.queue import Queue
from bot.pool.ticket import Part, Ticket
from tests.bot.pool.toy_runner import Count, Do

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def ticket(member: str, count: int = 1, group: str | None = None, **request) -> Ticket:
    priority = request.pop("priority", Priority.INTERACTIVE)
    return Ticket(Count(tuple(range(count)), **request), Asker(member, group), priority)


def queue_of(*tickets: Ticket, limit: int = 1 << 20) -> Queue:
    queue = Queue(limit)
    for item in tickets:
        queue.put(item)
    return queue


def members(batch: list[Part]) -> list[tuple[str, int]]:
    return [(part.ticket.asker.member, part.cost) for part in batch]


def numbers(part: Part) -> tuple[int, ...]:
    assert isinstance(part.request, Count)
    return part.request.numbers


def best(size: int):
    return lambda request: size


def drain(queue: Queue, size: int) -> list[list[tuple[str, int]]]:
    batches = []
    while batch := queue.take("model", best(size)):
        batches.append(members(batch))
    return batches


def test_what_must_be_cut_runs_in_smaller_pieces_where_the_lane_says_so():
    queue = Queue(1000, {"model": 2})
    for whole in (ticket("ann", 64), *(ticket(f"m{i}", 1) for i in range(16))):
        queue.put(whole)
    batches = drain(queue, 16)
    assert [sum(cost for _, cost in batch) for batch in batches] == [16, *[8] * 8]


def test_requests_with_one_key_share_a_batch_up_to_the_best():
    queue = queue_of(*(ticket(f"m{i}", 3) for i in range(6)))
    assert [sum(cost for _, cost in batch) for batch in drain(queue, 10)] == [9, 9]


def test_requests_with_different_keys_do_not():
    queue = queue_of(ticket("a", key="one"), ticket("b", key="two"), ticket("c", key="one"))
    assert drain(queue, 10) == [[("a", 1), ("c", 1)], [("b", 1)]]


def test_requests_without_a_key_run_alone():
    assert drain(queue_of(ticket("a", key=None), ticket("b", key=None)), 10) == [[("a", 1)], [("b", 1)]]


def test_a_request_of_one_never_waits_behind_a_request_of_64():
    queue = queue_of(ticket("big", 64))
    assert members(queue.take("model", best(16))) == [("big", 16)]  # runs when the other comes
    queue.put(ticket("small"))
    assert members(queue.take("model", best(16))) == [("small", 1)]
    assert drain(queue, 16) == [[("big", 16)]] * 3


def test_nor_behind_many_of_them():
    queue = queue_of(*(ticket("big", 64) for _ in range(5)), ticket("other", 64))
    for _ in range(3):
        queue.take("model", best(16))
        queue.put(ticket("small"))
        assert members(queue.take("model", best(16))) == [("small", 1)]


def test_the_rest_of_a_cut_request_fills_its_batch_with_pieces_of_others():
    queue = queue_of(ticket("a", 20), ticket("b", 64))
    assert drain(queue, 16)[:3] == [[("a", 16)], [("b", 16)], [("a", 4), ("b", 12)]]


def test_what_cannot_be_cut_runs_whole():
    big = Ticket(Do("echo", cost=40), Asker("a"))
    assert drain(queue_of(big), 16) == [[("a", 40)]]


def test_members_take_turns_whatever_they_have_queued():
    queue = queue_of(*(ticket("many", 4) for _ in range(4)), *(ticket("few", 4) for _ in range(2)))
    assert [batch[0][0] for batch in drain(queue, 4)] == ["many", "few", "many", "few", "many", "many"]


def test_one_member_is_served_in_order():
    first, second = ticket("a", 8), ticket("a")
    queue = queue_of(first, second)
    order = [part.ticket for _ in range(3) for part in queue.take("model", best(4))]
    assert order == [first, first, second]


def test_equal_members_are_ordered_by_what_their_groups_have_had():
    crowd = [ticket(f"crowd{i}", group="crowd") for i in range(4)]
    pair = [ticket(f"pair{i}", group="pair") for i in range(2)]
    queue = queue_of(*crowd, *pair)
    assert [batch[0][0][:4] for batch in drain(queue, 1)] == ["crow", "pair", "crow", "pair", "crow", "crow"]


def test_being_away_earns_nothing():
    queue = queue_of(*(ticket("busy", 4) for _ in range(50)))
    for _ in range(20):
        queue.take("model", best(4))
    for _ in range(10):
        queue.put(ticket("back", 4))
    heads = [batch[0][0] for batch in drain(queue, 4)]
    assert heads[:6] == ["back", "busy", "back", "busy", "back", "busy"]


def test_priorities_come_first():
    queue = queue_of(
        ticket("a", priority=Priority.TRAINING, key="t"), ticket("b", priority=Priority.ANIMATION, key="n")
    )
    queue.put(ticket("c", key="i"))
    assert [batch[0][0] for batch in drain(queue, 4)] == ["c", "b", "a"]


def test_room_left_by_one_priority_is_used_by_the_next():
    queue = queue_of(ticket("a", 2), ticket("b", 2, priority=Priority.PROJECTION))
    assert drain(queue, 4) == [[("a", 2), ("b", 2)]]


def test_a_full_lane_refuses_and_leaves_the_other_alone():
    queue = queue_of(ticket("a", 6), limit=10)
    with pytest.raises(PoolBusy):
        queue.put(ticket("b", 5))
    queue.put(ticket("b", 4))
    queue.put(ticket("b", 5, lane="picture"))
    assert queue.waiting == 15


def test_cancelling_takes_out_what_waits():
    whole, partly = ticket("a", 4), ticket("b", 12)
    queue = queue_of(partly, whole)
    queue.take("model", best(4))
    queue.cancel(partly)
    queue.cancel(whole)
    queue.cancel(whole)
    assert queue.waiting == 0
    assert queue.take("model", best(4)) == []


def test_what_is_put_back_comes_next_and_alone():
    queue = queue_of(*(ticket(name) for name in "abc"))
    batch = queue.take("model", best(2))
    for part in batch:
        queue.put_back(part)
    assert drain(queue, 16) == [[("a", 1)], [("b", 1)], [("c", 1)]]


def test_what_is_put_back_can_be_cancelled():
    queue = queue_of(ticket("a"))
    (part,) = queue.take("model", best(2))
    queue.put_back(part)
    queue.cancel(part.ticket)
    assert queue.waiting == 0
    assert queue.take("model", best(2)) == []


def test_answers_find_their_way_back_through_every_cut():
    item = ticket("a", 20)
    parts = [item.take_any(16), item.take_any(3), item.take_any(1)]
    for part in reversed(parts):
        assert not item.answered
        part.settle(numbers(part))
    assert item.answered
    assert list(item.answer) == list(range(20))


@PATIENT
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 40)), min_size=1, max_size=30), st.integers(1, 16))
def test_place_is_the_number_of_requests_answered_before(asked: list[tuple[int, int]], size: int):
    # With a key each, so that no batch is shared and the order of service is all that counts.
    tickets = [ticket(f"m{m}", count, key=f"{i}") for i, (m, count) in enumerate(asked)]
    queue = queue_of(*tickets)
    foretold = {item: queue.place(item, best(size)) for item in tickets}
    finished: list[Ticket] = []
    while batch := queue.take("model", best(size)):
        for item in tickets:
            if item is batch[0].ticket and numbers(batch[0])[0] == 0:
                assert foretold[item] == len(finished)
        finished += [part.ticket for part in batch if not part.ticket.rest]


@PATIENT
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 64), st.sampled_from(["x", "y"])), min_size=2, max_size=40),
    st.integers(1, 32),
)
def test_nobody_heads_batches_more_than_a_batch_ahead_of_who_waits(asked: list[tuple[int, int, str]], size: int):
    # What only fills up somebody else's batch is no matter: who waits with another key could not have had that room.
    queue = queue_of(*(ticket(f"m{m}", count, key=key) for m, count, key in asked))
    served: Counter[str] = Counter()
    headed: Counter[str] = Counter()
    while batch := queue.take("model", best(size)):
        headed[batch[0].ticket.asker.member] += batch[0].cost
        for part in batch:
            served[part.ticket.asker.member] += part.cost
        waiting = {item.asker.member for item in queue.tickets("model")}
        behind = min((served[member] for member in waiting), default=max(headed.values()))
        assert max(headed.values()) <= behind + size


class QueueMachine(RuleBasedStateMachine):
    """Any order of putting, taking, cancelling and putting back."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = Queue(200)
        self.open: set[Ticket] = set()  # neither answered nor cancelled
        self.running: list[list[Part]] = []
        self.seen: Counter[tuple[Ticket, int]] = Counter()

    @rule(
        member=st.integers(0, 4),
        group=st.sampled_from(["g", "h", None]),
        count=st.integers(1, 64),
        key=st.sampled_from(["x", "y", None]),
        priority=st.sampled_from(Priority),
    )
    def put(self, member: int, group: str | None, count: int, key: str | None, priority: Priority) -> None:
        item = ticket(f"m{member}", count, group, key=key, priority=priority)
        before = self.queue.waiting
        try:
            self.queue.put(item)
        except PoolBusy:
            assert before + count > 200
        else:
            self.open.add(item)

    @rule(size=st.integers(1, 32))
    def take(self, size: int) -> None:
        batch = self.queue.take("model", best(size))
        if not batch:
            assert self.queue.waiting == 0
            return
        assert len({part.ticket.batch_key for part in batch}) == 1
        assert len(batch) == 1 or sum(part.cost for part in batch) <= size
        assert len({part.ticket for part in batch}) == 1 or batch[0].ticket.batch_key is not None
        for part in batch:
            assert part.ticket in self.open
            for number in numbers(part):
                self.seen[part.ticket, number] += 1
                assert self.seen[part.ticket, number] == 1
        self.running.append(batch)

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        batch = self.running.pop(data.draw(st.integers(0, len(self.running) - 1)))
        for part in batch:
            part.settle(numbers(part))
            if part.ticket.answered and part.ticket in self.open:
                assert list(part.ticket.answer) == list(range(part.ticket.request.cost))
                self.open.remove(part.ticket)

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def fail(self, data: st.DataObject) -> None:
        for part in self.running.pop(data.draw(st.integers(0, len(self.running) - 1))):
            if part.ticket in self.open:
                for number in numbers(part):
                    self.seen[part.ticket, number] -= 1
                self.queue.put_back(part)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        item = data.draw(st.sampled_from(sorted(self.open, key=lambda item: item.number)))
        self.queue.cancel(item)
        self.open.remove(item)

    @invariant()
    def every_picture_waits_or_runs(self) -> None:
        # What is open and was not handed out waits, and nothing else does.
        handed_out = sum(count for (item, _), count in self.seen.items() if item in self.open)
        assert self.queue.waiting == sum(item.request.cost for item in self.open) - handed_out
        assert set(self.queue.tickets("model")) <= self.open

    def teardown(self) -> None:
        while batch := self.queue.take("model", best(16)):
            for part in batch:
                assert part.ticket in self.open
        assert self.queue.waiting == 0


TestQueueMachine = QueueMachine.TestCase
TestQueueMachine.settings = settings(PATIENT, max_examples=60, stateful_step_count=40)
