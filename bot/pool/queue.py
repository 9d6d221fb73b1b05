"""The queue: who is served next, and with whom. Fair queuing over members, in pictures.

A picture served moves its member's tag on by one. Who comes, or comes back after a while, starts at the tag now being
served, so that being away earns nothing (start-time fair queuing: Goyal, Vin, Cheng, SIGCOMM 1996, section 2, with
all weights 1). Next is whoever would have the smallest tag afterwards, not before: so a newcomer's request of 1 goes
before the first piece of every 64. Equal members are ordered by their groups' tags, kept in the same way.

Plain data: no clock, no event loop. Deadlines are the asker's, who cancels.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.pool.base import PoolBusy, Priority, Request
from bot.pool.ticket import Part, Ticket

BestBatch = Callable[[Request], int]
"""How many pictures of this kind of request a worker should run at once."""

_Room = Callable[[Ticket, int], int]
"""The largest batch that a part of so many pictures of a ticket may head."""

_Rank = tuple[float, float, int]  # a member's tag once served, its group's now, its first ticket; smallest first


@dataclass(eq=False, slots=True)
class _Flow:
    """One member's (or group's) service in virtual time, and the tickets it waits with, in order of arrival."""

    tag: float
    tickets: dict[Ticket, None] = field(default_factory=dict)


class _Line:
    """The members that wait with one priority in one lane."""

    def __init__(self) -> None:
        self.members: dict[str, _Flow] = {}
        self.groups: dict[str, _Flow] = {}
        self.clock = 0.0  # the member's tag now being served
        self.group_clock = 0.0
        self.waiting = 0  # tickets
        self._crowded = 64  # members known, at which to forget those who wait for nothing and are owed nothing

    def put(self, ticket: Ticket) -> None:
        for flows, name, clock in (
            (self.members, ticket.asker.member, self.clock),
            (self.groups, ticket.group, self.group_clock),
        ):
            flow = flows.setdefault(name, _Flow(clock))
            if not flow.tickets:
                flow.tag = max(flow.tag, clock)
            flow.tickets[ticket] = None
        self.waiting += 1

    def remove(self, ticket: Ticket) -> None:
        for flows, name, clock in (
            (self.members, ticket.asker.member, self.clock),
            (self.groups, ticket.group, self.group_clock),
        ):
            flow = flows[name]
            del flow.tickets[ticket]
            if not flow.tickets and flow.tag <= clock:
                del flows[name]
        self.waiting -= 1
        if not self.waiting:
            # The end of a busy time settles all accounts, and nothing is kept about who was here.
            self.members.clear()
            self.groups.clear()
            self.clock = self.group_clock = 0.0
        elif len(self.members) > self._crowded:
            self._forget()

    def _forget(self) -> None:
        for flows, clock in ((self.members, self.clock), (self.groups, self.group_clock)):
            for name in [name for name, flow in flows.items() if not flow.tickets and flow.tag <= clock]:
                del flows[name]
        self._crowded = max(64, 2 * len(self.members))

    @property
    def tickets(self) -> list[Ticket]:
        return [ticket for flow in self.members.values() for ticket in flow.tickets]

    def ranks(self, room: _Room) -> list[tuple[_Rank, str]]:
        """A heap of the members that wait."""
        heap = [
            (self._rank(flow, first, room), name)
            for name, flow in self.members.items()
            if (first := next(iter(flow.tickets), None)) is not None
        ]
        heapq.heapify(heap)
        return heap

    def _rank(self, flow: _Flow, first: Ticket, room: _Room) -> _Rank:
        return flow.tag + _turn(first.rest[0].cost, first, room), self.groups[first.group].tag, first.number

    def pick(self, room: _Room) -> Iterator[_Flow]:
        """Members in the order of service, as it is at the moment of each step: who was charged comes again, later."""
        heap = self.ranks(room)
        while heap:
            rank, name = heapq.heappop(heap)
            flow = self.members.get(name)
            first = next(iter(flow.tickets), None) if flow else None
            if flow is None or first is None:
                continue
            if (now := self._rank(flow, first, room)) > rank:  # its group has been served meanwhile
                heapq.heappush(heap, (now, name))
                continue
            tag = flow.tag
            yield flow
            if flow.tickets and flow.tag > tag:  # served, and not yet done
                heapq.heappush(heap, (self._rank(flow, next(iter(flow.tickets)), room), name))

    def charge(self, part: Part, *, head: bool) -> None:
        """Account for a part that goes to a worker."""
        ticket = part.ticket
        member, group = self.members[ticket.asker.member], self.groups[ticket.group]
        if head:  # those that only fill up a batch may be far ahead of their turn
            self.clock, self.group_clock = max(self.clock, member.tag), max(self.group_clock, group.tag)
        member.tag += part.cost
        group.tag += part.cost
        if not ticket.rest:
            self.remove(ticket)


class _Lane:
    def __init__(self) -> None:
        self.lines = {priority: _Line() for priority in sorted(Priority)}
        self.alone: deque[Part] = deque()  # were in a batch that failed: each runs by itself, before all others
        self.waiting = 0  # pictures


class Queue:
    """What waits for the workers of every lane."""

    def __init__(self, limit: int, pieces: Mapping[str, int] | None = None) -> None:
        self.limit = limit  # pictures that may wait in one lane
        self._pieces = pieces or {}  # of a lane: `LaneSpec.pieces`
        self._lanes: dict[str, _Lane] = {}

    @property
    def waiting(self) -> int:
        """Pictures in the queue, all lanes."""
        return sum(lane.waiting for lane in self._lanes.values())

    def waiting_in(self) -> dict[str, int]:
        """The same by lane, of lanes that anything was ever asked of."""
        return {name: lane.waiting for name, lane in self._lanes.items()}

    def put(self, ticket: Ticket) -> None:
        """Queue a ticket. Raises `PoolBusy` where its lane has no room for all of it."""
        lane = self._lanes.setdefault(ticket.lane, _Lane())
        if lane.waiting + ticket.waiting > self.limit:
            raise PoolBusy(f"{lane.waiting} pictures wait in lane {ticket.lane}; no room for {ticket.waiting} more")
        lane.lines[ticket.priority].put(ticket)
        lane.waiting += ticket.waiting

    def put_back(self, part: Part) -> None:
        """Queue a part whose batch failed once more: next, and in a batch of its own. Never refused."""
        lane = self._lanes[part.ticket.lane]
        lane.alone.append(part)
        lane.waiting += part.cost

    def cancel(self, ticket: Ticket) -> None:
        """Forget what waits of a ticket; nothing happens where nothing waits."""
        lane = self._lanes.get(ticket.lane)
        if lane is None:
            return
        for part in [part for part in lane.alone if part.ticket is ticket]:
            lane.alone.remove(part)
            lane.waiting -= part.cost
        line = lane.lines[ticket.priority]
        member = line.members.get(ticket.asker.member)
        if member is not None and ticket in member.tickets:
            lane.waiting -= ticket.waiting
            ticket.rest.clear()
            line.remove(ticket)

    def tickets(self, lane: str) -> list[Ticket]:
        """All that wait in a lane, in no order."""
        state = self._lanes.get(lane)
        if state is None:
            return []
        waiting = dict.fromkeys(part.ticket for part in state.alone)
        for line in state.lines.values():
            waiting.update(dict.fromkeys(line.tickets))
        return list(waiting)

    def take(self, lane: str, best: BestBatch) -> list[Part]:
        """The next batch of a lane, empty where nothing waits; all its parts have one `batch_key`.

        The member served least heads it; others with its key fill it up to `best` pictures, in the order of service.
        Only what fits whole may join a request that was not cut itself: a request of 1 is not made to wait for
        15 pictures of somebody's 64, neither in front of it nor beside it.
        """
        state = self._lanes.get(lane)
        if state is None:
            return []
        batch = [state.alone.popleft()] if state.alone else self._fill(state, self._room(lane, best))
        for part in batch:
            part.ticket.started = True
            state.waiting -= part.cost
        return batch

    def _fill(self, state: _Lane, largest: _Room) -> list[Part]:
        batch: list[Part] = []
        room, key, cut = 0, None, True
        for line in state.lines.values():
            if not line.waiting:
                continue
            for flow in line.pick(largest):
                if not batch:
                    ticket = next(iter(flow.tickets))
                    room, key = largest(ticket, ticket.rest[0].cost), ticket.batch_key
                    part = ticket.take_any(room)
                    cut = part.whole is not None
                else:
                    ticket = _first(flow, key)
                    part = ticket.take(room, cut=cut) if ticket else None
                    if part is None:
                        continue
                line.charge(part, head=not batch)
                batch.append(part)
                room -= part.cost
                if room <= 0 or key is None:
                    return batch
        return batch

    def _room(self, lane: str, best: BestBatch) -> _Room:
        pieces = self._pieces.get(lane, 1)

        def room(ticket: Ticket, cost: int) -> int:
            most = max(1, best(ticket.request))
            cut = cost > most or (bool(ticket.rest) and ticket.rest[0].whole is not None)
            return max(1, most // pieces) if cut else most

        return room

    def place(self, ticket: Ticket, best: BestBatch) -> int:
        """How many waiting requests would be answered before this one, if no other came; 0 once it has begun.

        Played through in the order of service, without counting on what may share a batch.
        """
        state = self._lanes.get(ticket.lane)
        if state is None or ticket.started or not ticket.rest:
            return 0
        ahead = len({part.ticket for part in state.alone})
        for priority, line in state.lines.items():
            if priority == ticket.priority:
                return ahead + _ahead(line, ticket, self._room(ticket.lane, best))
            ahead += line.waiting
        return ahead


def _turn(cost: int, ticket: Ticket, room: _Room) -> int:
    """How many of `cost` pictures would be served at once."""
    return min(cost, room(ticket, cost))


def _first(flow: _Flow, key: Hashable) -> Ticket | None:
    return next((ticket for ticket in flow.tickets if ticket.batch_key == key), None)


def _ahead(line: _Line, ticket: Ticket, room: _Room) -> int:
    groups = {name: flow.tag for name, flow in line.groups.items()}
    left = {other: deque(part.cost for part in other.rest) for other in line.tickets}
    turns = {name: deque(flow.tickets) for name, flow in line.members.items() if flow.tickets}
    tags = {name: line.members[name].tag for name in turns}
    heap = line.ranks(room)
    ahead = 0
    while heap:
        (finish, group_tag, number), name = heapq.heappop(heap)
        served = turns[name][0]
        if groups[served.group] > group_tag:
            heapq.heappush(heap, ((finish, groups[served.group], number), name))
            continue
        if served is ticket:
            break
        costs = left[served]
        size = _turn(costs[0], served, room)
        costs[0] -= size
        if not costs[0]:
            costs.popleft()
        tags[name] += size
        groups[served.group] += size
        if not costs:
            turns[name].popleft()
            ahead += 1
        if turns[name]:
            first = turns[name][0]
            finish = tags[name] + _turn(left[first][0], first, room)
            heapq.heappush(heap, ((finish, groups[first.group], first.number), name))
    return ahead
