"""A TwinGAN's training small enough for a test: three domains, of which the first are photos of people."""

from __future__ import annotations

from typing import Any

import numpy as np

from data.dataset.people import Drawn, Lent, Wished
from data.labels import NAMES
from models.twingan.config import TwinConfig
from models.twingan.domains import CATS, FACES, Domain
from models.twingan.options import TwinOptions
from models.twingan.train import TwinTask

BATCH, SIDE, COUNT, EACH = 8, 16, 24, 2
SIZES: dict[str, Any] = {"channel_base": 64, "channel_max": 8, "groups": 2, "style_dim": 4, "embed_dim": 5}
ALL = ("photo", "anime", "cat")


def config(domains: tuple[str, ...] = ALL, **changes: Any) -> TwinConfig:
    given = {"resolution": SIDE, "domains": domains, "c_dim": len(NAMES), "read": True}
    return TwinConfig(**{**SIZES, **given, **changes})


def options(**changes: Any) -> TwinOptions:
    given: dict[str, Any] = {
        "batch": BATCH, "back": 1.0, "grow": 0.0, "rec_gan_from": 8, "pixel_cycle": 0.1, "penalty_every": 2,
        "mirrored_every": 2, "ema_kimg": 0.1, "aug_few": 30, "glasses": 1,
    }  # fmt: skip
    return TwinOptions(**{**given, **changes})


def labels(count: int, seed: int, known: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """float32 (count, len(NAMES)) twice: values, and which are known."""
    chance = np.random.RandomState(seed)
    c = chance.rand(count, len(NAMES)).astype(np.float32)
    return c, (chance.rand(count, len(NAMES)) < known).astype(np.float32)


def pixels(count: int, seed: int, side: int = SIDE) -> np.ndarray:
    """uint8 (count, side, side, 4)."""
    return np.random.RandomState(seed).randint(0, 256, (count, side, side, 4), np.uint8)


def domain(name: str, side: int = SIDE) -> Domain:
    seed = {"photo": 0, "anime": 1, "cat": 2}.get(name, 3)
    images = pixels(COUNT, seed, side)
    everyone = np.arange(COUNT)
    if name == "photo":
        c, said = labels(COUNT, seed, 0.6)
        drawn = {}
        for number, kind in enumerate((FACES, CATS)):
            drawn_c, drawn_said = labels(COUNT * EACH, 10 + number)
            drawn[kind] = Drawn(
                pixels(COUNT * EACH, 20 + number, side).reshape(COUNT, EACH, side, side, 4),
                drawn_c.reshape(COUNT, EACH, -1),
                drawn_said.reshape(COUNT, EACH, -1),
            )
        several = lambda seed: pixels(COUNT * EACH, seed, side).reshape(COUNT, EACH, side, side, 4)
        values = lambda seed: [one.reshape(COUNT, EACH, -1) for one in labels(COUNT * EACH, seed, 0.2)]
        return Domain(
            name, lambda rows: images[rows], c, said, everyone[4:], everyone[:4], True, "", drawn,
            Wished(several(30), *values(31)), Lent(several(32), several(33), *values(34)), "photos",
        )  # fmt: skip
    images[..., 3] = 255
    c, said = labels(COUNT, seed)
    kind = CATS if name == "cat" else FACES
    return Domain(name, lambda rows: images[rows], c, said, everyone, everyone[:0], False, kind, manifest_hash=name)


def task(
    seed: int = 0, domains: tuple[str, ...] = ALL, network: TwinConfig | None = None, total: int = 400, **changes: Any
) -> TwinTask:
    given = {name: changes.pop(name) for name in ("fresh", "keep", "say") if name in changes}
    network = network or config(domains)
    return TwinTask(
        network,
        options(**changes),
        [domain(name, network.resolution) for name in domains],
        seed,
        total=total,
        names=NAMES,
        **given,
    )


def step(learner: TwinTask, number: int) -> dict[str, float]:
    found = learner.step(np.arange(BATCH) + 3 * number, number * BATCH)
    return {name: float(value) for name, value in found.items()}
