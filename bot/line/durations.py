"""How long: `10m`, `2h`, `3d`, `1h30m`, 30分钟, 两天, 永久."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Literal

FOREVER = frozenset({"forever", "permanent", "always", "永久", "永远", "一直", "无限"})

_UNITS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分", "分钟"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours", "小时", "时", "个小时", "钟头"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days", "天", "日"), timedelta(days=1)),
    **dict.fromkeys(("w", "week", "weeks", "周", "星期", "个星期"), timedelta(weeks=1)),
}
_NUMBERS = {"一": 1, "两": 2, "二": 2, "三": 3, "半": 0.5}
_ONE = rf"(\d{{1,4}}|[{''.join(_NUMBERS)}])\s*({'|'.join(sorted(_UNITS, key=len, reverse=True))})"
_PART, _ALL = re.compile(_ONE, re.ASCII), re.compile(rf"(?:{_ONE}\s*){{1,4}}", re.ASCII)
LEAST = timedelta(minutes=1)


def duration(text: str) -> timedelta | Literal["forever"] | None:
    """What somebody typed: a time of at least a minute, for good, or None where it says neither."""
    word = text.strip().casefold()
    if word in FOREVER:
        return "forever"
    if not _ALL.fullmatch(word):
        return None
    total = sum((_UNITS[unit] * (_NUMBERS.get(n) or int(n)) for n, unit in _PART.findall(word)), timedelta())
    return total if total >= LEAST else None
