"""robots.txt, as RFC 9309 has it: groups by user agent, the longest rule wins, `*` and `$` in paths.

The standard library's parser knows neither `*` nor `$`, with which these sites close what they mean to close.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from yarl import URL


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt says to one program."""

    rules: tuple[tuple[str, bool], ...] = ()  # a path's pattern, and whether what it fits is allowed
    delay: float = 0.0  # seconds between two requests; not in the RFC, and meant all the same where it is written

    def allows(self, url: URL) -> bool:
        """Whether an address may be asked for."""
        path = url.raw_path_qs
        fitting = [(len(pattern), allowed) for pattern, allowed in self.rules if _fits(pattern, path)]
        return path == "/robots.txt" or max(fitting, default=(0, True))[1]  # of two as long, allow


CLOSED = Rules((("/", False),))


def parse(text: str, agent: str) -> Rules:
    """The rules for a program, of whose `User-Agent` the name before the version counts."""
    name = (re.match(r"[a-z_-]+", agent.lower()) or [""])[0]
    groups: dict[str, list[tuple[str, str]]] = {}
    agents: list[str] = []
    naming = False
    for line in text.splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            agents = [*agents, value.lower()] if naming else [value.lower()]
            for one in agents:
                groups.setdefault(one, [])
        else:
            for one in agents:
                groups[one].append((key, value))
        naming = key == "user-agent"
    said = groups.get(name, groups.get("*", []))
    delays = [float(value) for key, value in said if key == "crawl-delay" and re.fullmatch(r"\d+(\.\d+)?", value)]
    rules = [(_encoded(value), key == "allow") for key, value in said if key in ("allow", "disallow") and value]
    return Rules(tuple(rules), max(delays, default=0.0))


def _encoded(pattern: str) -> str:
    return quote(pattern, safe="/?#[]@!$&'()*+,;=:%-._~")


def _fits(pattern: str, path: str) -> bool:
    """Piece by piece from the left: patterns come from strangers, and regular expressions could take for ever."""
    whole = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if not rest:
        return not whole or at == len(path)
    last = rest.pop() if whole else ""
    for piece in rest:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return len(path) - len(last) >= at and path.endswith(last)
