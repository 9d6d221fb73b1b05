"""The recipe of a walk: a loop past several faces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.errors import BadRequest
from models.latent.points import Between, Point, Space, point_of
from models.latent.walk import loop, stops, there

LEAST_FRAMES, MOST_FRAMES = 8, 96  # two digits name a face of a picture
MOST_STATIONS = 8
FRAME, REST = 50, 250  # ms of a frame, and how much longer a face itself is shown


@dataclass(frozen=True, slots=True)
class Walk:
    """A loop of `frames` past `stations` and back to the first, in z or in w, eased or even.

    Between two it is there and back again: half of its frames are drawn, and shown twice.
    """

    model: str
    stations: tuple[Point, ...]
    space: Space
    frames: int
    eased: bool
    trunc: float
    words: tuple[str, ...] = ()  # how the stations were named: "#k7f3.2", "7"

    def __post_init__(self) -> None:
        if not 2 <= len(self.stations) <= MOST_STATIONS or not LEAST_FRAMES <= self.frames <= MOST_FRAMES:
            raise BadRequest(f"a walk past {len(self.stations)} faces in {self.frames} frames")

    @property
    def points(self) -> tuple[Point, ...]:
        """What is drawn, in order; the faces of the picture by their numbers."""
        if len(self.stations) == 2:
            return tuple(self._point(0, 1, share) for share in there(self.frames, eased=self.eased))
        return tuple(self._point(*place) for place in loop(len(self.stations), self.frames, eased=self.eased))

    @property
    def order(self) -> tuple[int, ...]:
        """The numbers of the points as they are shown."""
        n = len(self.points)
        return (*range(n), *range(n - 2, 0, -1)) if len(self.stations) == 2 else tuple(range(n))

    @property
    def durations(self) -> tuple[int, ...]:
        """ms, of each that is shown."""
        if len(self.stations) == 2:
            resting = {0, len(self.points) - 1}
        else:
            resting = {*stops(loop(len(self.stations), self.frames))}
        return tuple(FRAME + REST * (i in resting) for i in self.order)

    def body(self, *, animated: bool) -> dict[str, Any]:
        """The recipe."""
        return {
            "op": "walk",
            "model": self.model,
            "faces": [point.to_json() for point in self.stations],
            "space": self.space,
            "frames": self.frames,
            "eased": self.eased,
            "trunc": self.trunc,
            "animated": animated,
            "words": list(self.words),
        }

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Walk:
        """From a recipe. Raises BadRequest, KeyError, TypeError or ValueError for what is none."""
        return cls(
            str(body["model"]),
            tuple(point_of(value) for value in body["faces"]),
            body["space"],
            int(body["frames"]),
            bool(body["eased"]),
            float(body["trunc"]),
            tuple(str(word) for word in body.get("words", ())),
        )

    def _point(self, start: int, end: int, share: float) -> Point:
        if share in (0.0, 1.0):
            return self.stations[end if share else start]
        return Between(self.stations[start], self.stations[end], share, self.space)
