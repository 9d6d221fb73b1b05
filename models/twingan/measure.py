"""How far translations of photos that no step saw look as the photos do, and as drawings of their domain do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from data.labels import NAMES
from data.vision.features import Features, FeaturesUnavailable
from models.training.metrics import kernel_distance
from models.twingan.reading import reading

if TYPE_CHECKING:
    from models.twingan.train import TwinTask

MOST = 128  # photos, and drawings that they are compared with
# What is read off a translation agrees with what is known of its photo: labels, and how far they may be apart at most,
# in OKLab or in the label's own measure.
HAIR, SKIN = 0.15, 0.25
OPEN, TURNED, STRAIGHT = 0.2, 0.3, 0.15
_MEASURE = np.array([0.22, 0.1, 0.1])  # of a colour's labels, in OKLab

Embed = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


class Agreement:
    """`measure` says of a task's translations from its first domain to `target` what agrees, each as a share 0…1.

    `read` gives labels float32 (n, len(NAMES)), NaN where nothing is read, and embeddings (n, d) of uint8 (n, H, W, 3).
    """

    def __init__(self, task: TwinTask, target: str, read: Embed) -> None:
        self._task, self._target, self._read = task, target, read
        source, drawn = next(iter(task.domains.values())), task.domains[target]
        rows = _photos(task)
        rows = rows[np.unique(np.linspace(0, len(rows) - 1, MOST).astype(np.int64))]
        self._source = source.name
        self._photos = source.pixels(rows)[:, :, :, :3]
        self._c, self._said = source.c[rows], source.said[rows] > 0
        others = drawn.learnt[np.unique(np.linspace(0, len(drawn.learnt) - 1, MOST).astype(np.int64))]
        self._drawn = read(np.ascontiguousarray(drawn.pixels(others)[:, :, :, :3]))[1]

    @classmethod
    def of(cls, task: TwinTask) -> Callable[[], Mapping[str, float]] | None:
        """What measures a task, None where it has no drawn domain of faces, one photo only, or nothing reads labels."""
        from models.twingan.domains import FACES

        if len(_photos(task)) < 2:
            return None
        targets = [name for name, domain in [*task.domains.items()][1:] if domain.kind == FACES]
        try:
            features = Features(device=task.device)
        except FeaturesUnavailable:
            return None
        return cls(task, targets[0], lambda pictures: reading(features, pictures)).measure if targets else None

    def measure(self) -> dict[str, float]:
        """`hair`, `skin`, `look`, `mouth`, `glasses` as far as they are known, and `distance`, how far translations are
        from drawings to the features network: the lower the better."""
        read, embedded = self._read(
            self._task.translated(self._photos, self._source, self._target, (self._c, self._said.astype(np.float32)))
        )
        found = agreeing(read, self._c, self._said)
        return {**found, "distance": kernel_distance(self._drawn, embedded)}


def _photos(task: TwinTask) -> np.ndarray:
    """int64: indices of the first domain's pictures that no step sees, of all where it sees all."""
    source = next(iter(task.domains.values()))
    return source.held if len(source.held) else source.learnt


def agreeing(read: np.ndarray, c: np.ndarray, said: np.ndarray) -> dict[str, float]:
    """Labels as read (n, len(NAMES)) and as they are, as far as `said`; the share of pictures that agree, by name."""

    def known(*names: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        places = [NAMES.index(name) for name in names]
        there = np.asarray(said[:, places].all(1) & np.isfinite(read[:, places]).all(1))
        return read[:, places], c[:, places], there

    found: dict[str, np.ndarray] = {}
    a, b, there = known("hair_l", "hair_a", "hair_b")
    found["hair"] = (np.sqrt(np.square((a - b) * _MEASURE).sum(1)) < HAIR)[there]
    a, b, there = known("skin_tone")
    found["skin"] = (np.abs(a - b) < SKIN)[:, 0][there]
    a, b, there = known("yaw")
    turned = there & (np.abs(b[:, 0]) > TURNED)
    found["look"] = (np.sign(a) == np.sign(b))[:, 0][turned] & (np.abs(a[:, 0]) > STRAIGHT)[turned]
    a, b, there = known("mouth_opening")
    found["mouth"] = ((a > OPEN) == (b > OPEN))[:, 0][there]
    a, b, there = known("glasses")
    found["glasses"] = ((a > 0.5) == (b > 0.5))[:, 0][there]
    return {name: float(agrees.mean()) for name, agrees in found.items() if len(agrees)}
