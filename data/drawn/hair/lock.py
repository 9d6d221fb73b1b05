"""One lock of hair: a curve in space with a width, as it falls onto the picture plane. No paint here."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import skia

from data.drawn.figure import Figure
from data.drawn.geometry import Point, Point3
from data.drawn.ink import polygon, strip

_SAMPLES = 13  # places along a lock
_LARGE = 300  # pixels of the canvas from which curves are needed where straight pieces would do
_T = np.linspace(0.0, 1.0, _SAMPLES)


@lru_cache(maxsize=16)
def _bernstein(count: int) -> np.ndarray:
    """(SAMPLES, count): what each control point of a Bezier curve weighs along it."""
    n = count - 1
    return np.stack([math.comb(n, k) * _T**k * (1 - _T) ** (n - k) for k in range(count)], axis=1)


def _pointed(root: float, fullest: float, power: float) -> np.ndarray:
    """Half widths along a lock that swells from `root` to 1 at `fullest` and ends in a point."""
    rise = root + (1 - root) * np.sin(0.5 * np.pi * np.clip(_T / fullest, 0, 1))
    fall = 1 - np.clip((_T - fullest) / (1 - fullest), 0, 1) ** power
    return rise * fall


_PROFILES = {
    "point": _pointed(0.35, 0.45, 1.7),
    "leaf": _pointed(0.12, 0.5, 1.6),
    "strand": _pointed(0.5, 0.35, 1.3),
    "blade": _pointed(0.85, 0.25, 1.15),
    "blunt": 0.22 + 0.78 * np.sin(0.5 * np.pi * np.clip(_T / 0.6, 0, 1)),
    "round": _pointed(0.5, 0.55, 3.2),
}


def _normals(spine: np.ndarray) -> np.ndarray:
    d = np.empty_like(spine)
    d[1:-1] = spine[2:] - spine[:-2]
    d[0], d[-1] = spine[1] - spine[0], spine[-1] - spine[-2]
    d /= np.maximum(np.hypot(d[:, 0], d[:, 1]), 1e-6)[:, None]
    left = d[:, ::-1].copy()
    left[:, 1] *= -1
    return left


_SHADED = 1 - 0.78 * np.clip((_T - 0.18) / 0.5, 0, 1) ** 0.8  # how far over a lock its shadow reaches, from 1 inwards


@lru_cache(maxsize=64)
def _ramp(fade: float) -> np.ndarray:
    """(SAMPLES,): how much of an outline there is."""
    return np.clip((_T - fade) / 0.45, 0.0, 1.0)


@dataclass(frozen=True)
class Lock:
    """A lock on the picture plane, from its root to its tip."""

    spine: np.ndarray  # (SAMPLES, 2) plane coordinates
    widths: np.ndarray  # (SAMPLES,) half widths
    tone: float = 0.0  # lighter or darker than its neighbours, -1..1
    fade: float = 0.35  # share of the length, from the root, where no outline is drawn
    dyed: bool = False  # a streak in the second colour
    curved: bool = True  # False: straight pieces, which a small picture does not show and which are drawn faster

    @cached_property
    def normals(self) -> np.ndarray:
        """(SAMPLES, 2) unit vectors to the left of the way from root to tip."""
        return _normals(self.spine)

    @cached_property
    def _places(self) -> list[tuple[float, float, float, float, float]]:
        """Point, normal and half width at every sample, as plain numbers: numpy is slow with few of them."""
        return list(
            zip(*self.spine.T.tolist(), *self.normals.T.tolist(), self.widths.tolist(), strict=True)
        )  # fmt: skip

    def at(self, t: float, across: float) -> Point:
        """The point a share `t` of the way down, and `across` of the half width to the left (-1..1)."""
        place = t * (_SAMPLES - 1)
        i = min(int(place), _SAMPLES - 2)
        f = place - i
        g = 1 - f
        (x0, y0, nx0, ny0, w0), (x1, y1, nx1, ny1, w1) = self._places[i], self._places[i + 1]
        w = (w0 * g + w1 * f) * across
        return x0 * g + x1 * f + (nx0 * g + nx1 * f) * w, y0 * g + y1 * f + (ny0 * g + ny1 * f) * w

    def crossing(self, level: float) -> float | None:
        """The share of the way down at which the spine first comes below the height `level`, None where it does not."""
        for i in range(_SAMPLES - 1):
            above, below = self._places[i][1], self._places[i + 1][1]
            if above <= level < below:
                return (i + (level - above) / (below - above)) / (_SAMPLES - 1)
        return None

    def edge(self, across: np.ndarray | float, grow: np.ndarray | float = 0.0, first: int = 0) -> list[Point]:
        """The line that runs `across` of the half width beside the spine, moved left by `grow`."""
        reach = self.widths * across + grow
        return (self.spine + self.normals * reach[:, None])[first:].tolist()

    def shadow(self, side: float) -> skia.Path:
        """The part along one edge (-1 or 1) that turns away from the light: nothing at the root, broad at the tip."""
        return closed(self.edge(side, first=2), self.edge(side * _SHADED, first=2), self.curved)

    @cached_property
    def outline(self) -> skia.Path:
        """The whole lock."""
        return closed(self.edge(1.0), self.edge(-1.0), self.curved)

    def inked(self, width: float) -> skia.Path:
        """The lock with its outline, which grows from nothing near the root."""
        ramp = width * _ramp(self.fade)
        left, right = self.edge(1.0, ramp), self.edge(-1.0, -ramp)
        # The line closes round the tip too.
        dx, dy = self.spine[-1] - self.spine[-2]
        length = math.hypot(dx, dy) or 1.0
        tip = (
            float(self.spine[-1][0] + dx / length * width * 1.6),
            float(self.spine[-1][1] + dy / length * width * 1.6),
        )
        if self.widths[-1] < 0.02:
            left[-1] = right[-1] = tip
        else:
            push = (dx / length * width, dy / length * width)
            left[-1] = (left[-1][0] + push[0], left[-1][1] + push[1])
            right[-1] = (right[-1][0] + push[0], right[-1][1] + push[1])
        return closed(left, right, self.curved)


def closed(left: list[Point], right: list[Point], curved: bool = True) -> skia.Path:
    """A shape between two lines that run the same way."""
    return strip(left, right) if curved else polygon([*left, *right[::-1]])


def lock(
    figure: Figure,
    points: Sequence[Point] | Sequence[Point3],
    width: float,
    profile: str = "point",
    *,
    tone: float = 0.0,
    fade: float = 0.35,
    wave: float = 0.0,
    phase: float = 0.0,
    turns: float = 2.0,
    dyed: bool = False,
) -> Lock:
    """A lock along the Bezier curve of `points`, `width` its half width, waved by `wave`.

    Points are in head coordinates, or with two numbers each on the picture plane.
    """
    project = figure.pose.project
    controls = np.array([point if len(point) == 2 else project(*point) for point in points])
    spine = _bernstein(len(controls)) @ controls
    if wave:
        swing = wave * np.sin(2 * np.pi * (turns * _T + phase)) * np.clip(_T * 2.2 - 0.35, 0, 1)
        spine = spine + _normals(spine) * swing[:, None]
    return Lock(spine, _PROFILES[profile] * width, tone, fade, dyed, figure.size > _LARGE)
