"""Pictures by their numbers, as admins name them: `12`, `12,14-18`, `all`; and as they are told: 12, 14–18."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.command import UserError
from bot.line.values import WIDE, quoted

MOST = 500  # that are named one by one
LARGEST = 10**9

_ALL = frozenset({"all", "全部", "所有"})
_ONE = re.compile(r"[#＃]?(\d{1,9})(?:[-–—~～到][#＃]?(\d{1,9}))?")
_SPACED = re.compile(r"(?<=\d)\s*([-–—~～到])\s*(?=[#＃]?\d)")


@dataclass(frozen=True, slots=True)
class Named:
    """What somebody names. Of a span those are meant that wait."""

    ones: tuple[int, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()  # both ends are meant, too

    def among(self, waiting: Iterable[int]) -> list[int]:
        """The numbers, each once; of spans those that are in `waiting`."""
        spanned = [n for n in waiting if any(low <= n <= high for low, high in self.spans)]
        return list(dict.fromkeys([*self.ones, *spanned]))


def named(typed: str) -> Named:
    """Raises `UserError` for what names no pictures."""
    text = typed.translate(WIDE).strip()
    if text.casefold() in _ALL:
        return Named(spans=((0, LARGEST),))
    ones: list[int] = []
    spans: list[tuple[int, int]] = []
    for part in re.split(r"[,，、;；\s]+", _SPACED.sub(r"\1", text)):
        found = _ONE.fullmatch(part)
        if found is None or len(ones) >= MOST or len(spans) >= MOST:
            raise UserError("review.numbers", value=quoted(typed))
        if found[2] is None:
            ones.append(int(found[1]))
        else:
            low, high = sorted((int(found[1]), int(found[2])))
            spans.append((low, high))
    return Named(tuple(ones), tuple(spans))


def told(numbers: Iterable[int]) -> str:
    """12, 14–18: as both languages read it."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)
