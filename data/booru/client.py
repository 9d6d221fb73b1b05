"""Asking sites politely: robots.txt, few connections, a pace for each host, and patience with hosts in trouble."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from yarl import URL

from data.booru.pace import Clock, Pace, retry_after
from data.booru.robots import CLOSED, Rules, parse
from data.intake import Answer, IntakeError, Limits, ask

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 529})
"""Statuses after which asking once more may help."""

_ROBOTS_BYTES = 512 * 1024  # RFC 9309, 2.5: at least 500 KiB are to be read


class Trouble(Exception):
    """A host does not answer now, but may later; the message is a sentence without its end."""


class Closed(Exception):
    """robots.txt says no; the message is a sentence without its end."""


class Leave(Exception):
    """A host asks to be left alone for longer than we would wait; the message is a sentence without its end."""


@dataclass(frozen=True)
class Manners:
    """How hosts are asked."""

    user_agent: str = "nijigen"
    connections: int = 4  # at once, of all hosts together
    per_second: float = 2.0  # requests to one host
    attempts: int = 5  # of one address
    back_off: float = 1.0  # seconds after the first failure; twice as long after each further one
    longest_wait: float = 900.0  # seconds that a host may ask for
    limits: Limits = field(default_factory=Limits)  # of one answer
    clock: Clock = field(default_factory=Clock)


class Client:
    """Asks hosts. One a crawl; `say` takes lines for whoever watches."""

    def __init__(self, manners: Manners, say: Callable[[str], None] = lambda line: None) -> None:
        self._manners = manners
        self._say = say
        self._places = asyncio.Semaphore(manners.connections)
        self._paces: dict[URL, Pace] = {}
        self._rules: dict[URL, Rules] = {}
        self._reading: defaultdict[URL, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(
        self, url: URL, *, headers: Mapping[str, str] | None = None, invited: bool = False, max_bytes: int | None = None
    ) -> Answer:
        """An answer that will not be another one a moment later: 200, 404, … `invited`: whatever robots.txt says.

        Raises `Trouble`, `Closed`, `Leave`, and `IntakeError` for what is not let in.
        """
        known = url.scheme in ("http", "https") and url.raw_host  # of anything else the door says what it thinks
        if known and not invited and not (await self._robots(url.origin())).allows(url):
            raise Closed(f"robots.txt of {url.host} closes {url.path} to programs")
        async with self._places:
            return await self._persist(url, headers or {}, max_bytes)

    async def _persist(self, url: URL, headers: Mapping[str, str], max_bytes: int | None) -> Answer:
        manners = self._manners
        limits = manners.limits if max_bytes is None else replace(manners.limits, max_bytes=max_bytes)
        pace = self._pace(url)
        why = ""
        for attempt in range(manners.attempts):
            await pace.turn()
            wait = manners.back_off * 2**attempt * random.uniform(0.75, 1.25)  # not all at the same moment again
            try:
                answer = await ask(
                    str(url), limits, headers={"User-Agent": manners.user_agent, "Accept": "*/*", **headers}
                )
            except IntakeError as error:
                if error.reason not in ("too_slow", "unreachable"):
                    raise
                why = "too slow" if error.reason == "too_slow" else "no connection, or it broke off"
            else:
                if answer.status not in PASSING:
                    return answer
                why = f"HTTP {answer.status}"
                if (asked := retry_after(answer.headers)) is not None:
                    if asked > manners.longest_wait:
                        raise Leave(f"{url.host} asks to be left alone for {asked:,.0f} s")
                    wait = max(wait, asked)
                if answer.status in (429, 503):
                    self._say(f"{url.host} is busy (HTTP {answer.status}); waiting for {wait:,.0f} s")
                    pace.hold(wait)  # for all that is asked of it
                    continue
            if attempt + 1 < manners.attempts:
                await manners.clock.sleep(wait)
        raise Trouble(f"{url.host} did not answer: {why}")

    def _pace(self, url: URL) -> Pace:
        origin = url.origin() if url.scheme and url.raw_host else URL()
        if origin not in self._paces:
            self._paces[origin] = Pace(1 / self._manners.per_second, self._manners.clock)
        return self._paces[origin]

    async def _robots(self, origin: URL) -> Rules:
        async with self._reading[origin]:
            if origin not in self._rules:
                async with self._places:
                    self._rules[origin] = await self._read_robots(origin)
            return self._rules[origin]

    async def _read_robots(self, origin: URL) -> Rules:
        """RFC 9309, 2.3.1: without a file everything is open; where it cannot be had, nothing is."""
        try:
            answer = await self._persist(origin / "robots.txt", {}, _ROBOTS_BYTES)
        except IntakeError as error:
            if error.reason == "not_allowed":
                raise
            return CLOSED
        if answer.status != 200:
            return Rules() if 400 <= answer.status < 500 else CLOSED
        rules = parse(answer.content.decode("utf-8", "replace"), self._manners.user_agent)
        pace = self._pace(origin)
        if rules.delay > pace.interval:
            pace.interval = rules.delay
            self._say(f"robots.txt of {origin.host} asks for {rules.delay:g} s between two requests")
        return rules
