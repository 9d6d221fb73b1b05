"""How a TwinGAN is trained: presets, weights of the losses, how it grows."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from models.training.diffaugment import parse
from models.twingan.config import TwinConfig
from models.twingan.growth import Grown
from models.twingan.scenes import FOUR

PENALTIES = ("r1", "dragan")
MAX_EVERY, MAX_TIMES = 1000, 100
_WEIGHTS = (
    "rec", "rec_gan", "gan", "cycle", "pixel_cycle", "goal", "goal_end", "alike", "seen", "read", "projected",
    "mismatch", "mirrored", "style", "kin", "twin", "face", "gamma", "back", "forth",
)  # fmt: skip
_SHARES = ("beta1", "alone", "decay", "lr_end", "grow", "told", "wish", "like", "vary", "swap", "moved", "lit", "drawn")


@dataclass(frozen=True, slots=True)
class TwinOptions:
    """Raises ValueError for values that make no sense.

    A step learns one way, from a domain to another; images are counted by the batch of its source. Weights of 0 are
    losses that are not computed.
    """

    batch: int = 32  # images a step, of each of its two domains
    micro_batch: int = 0  # images at a time on the device, whose gradients are summed; 0: all of them
    lr: float = 2e-3  # Adam's, of E, G and the Ds
    beta1: float = 0.0  # Adam's, of E and G: 0 for what D says, which changes, more for a goal, which does not
    decay: float = 0.3  # the last part of the run, 0…1, over which the rate falls along a cosine to `lr_end`
    lr_end: float = 0.05  # of the rate, at the end of the decay
    forth: float = 1.0  # how often a step learns the way from the first domain to the second, of those from it
    back: float = (
        0.25  # how often a step learns a way that does not begin at the first domain; 1: as often as one that does
    )
    grow: float = 0.3  # the first part of the run, 0…1, over which the network grows from 4 px to its size; 0: never

    alone: float = 0.0  # the first part of the run, 0…1, in which goals alone teach on ways that have some, and no D

    # reconstruction in the target domain
    rec: float = 1.0  # of L1
    rec_gan: float = 0.25  # of D on it
    rec_gan_from: int = 64  # px from which D looks at it: L1 alone is enough for less
    # translation
    gan: float = 1.0  # of D on it
    cycle: float = 0.1  # of the L1 distance of what E sees in it from what E saw in the source
    pixel_cycle: float = 0.0  # of the L1 distance of the way there and back from the source
    # attributes: the look that is known of the source, or asked for
    goal: float = 1.0  # of the L1 distance from a drawing of the one in the photo, in two sizes, at first ...
    goal_end: float = 0.3  # ... and at the end
    face: float = 1.0  # how much more than the rest of a picture its face counts in that distance
    alike: float = 0.5  # of the distance from that drawing in the maps of the features network
    seen: float = 2.0  # of the labels that the features network sees in it
    read: float = 1.0  # of the labels that D reads off pictures, in both losses
    projected: float = 1.0  # of judges of a drawn domain that look through the features network
    mismatch: float = 0.5  # of real pictures with others' labels among D's fakes
    mirrored: float = 1.0  # of the L1 distance of a mirrored photo's translation from the mirrored translation
    mirrored_every: int = 4  # steps, of which one is with mirrored photos
    style: float = 0.1  # of the style that is taken from a reference, or comes by chance, and should be seen again
    lent_every: int = 2  # steps from people to portraits, of which one lends looks and tells who is kin
    kin: float = 0.1  # of telling by the embeddings which drawing shows whom of the photos
    twin: float = 0.1  # of telling by the embeddings which translation is of which picture
    # D
    penalty: str = "r1"  # r1, or dragan: Kodali et al. 2017
    gamma: float = 1.0  # of the penalty; 0: none
    penalty_every: int = 16  # steps between penalties, which then count for all steps between

    # what E and D are shown
    glasses: int = 3  # how often who wears glasses is shown for once that others are: few people in photos do
    drawn: float = 0.5  # share of pictures of a drawn domain that show those of the batch's photos
    told: float = 0.7  # share of translations of people of which G is told what is seen of them
    wish: float = 0.15  # share of translations of which labels of somebody else are asked
    like: float = 0.15  # share of them that take somebody else's look
    vary: float = 0.1  # share of them that are varied by chance
    swap: float = 0.5  # share of photos before another background
    moved: float = 0.5  # how far photos are turned, moved and sized, of what is usual
    lit: float = 0.5  # how far their light differs, of what is usual
    mirror: bool = True  # flip half of the pictures
    aug: str = "color,translation,cutout"  # DiffAugment of a D with few pictures: none, or some of these
    aug_few: int = 10_000  # pictures of a domain, below which they are few

    ema_kimg: float = 10.0  # half-life of the averages of E and G
    ema_rampup: float = 0.05  # at first the half-life is this part of the run so far; 0: never

    def __post_init__(self) -> None:
        parse(self.aug)
        for name in (*_WEIGHTS, "ema_kimg", "ema_rampup", "lr"):
            if not 0.0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} is a number from 0, not {getattr(self, name)}")
        for name in _SHARES:
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} is 0 to 1, not {getattr(self, name)}")
        if self.wish + self.like + self.vary > 1.0:
            raise ValueError("wish, like and vary are shares of one batch: they come to 1 at most")
        for name in ("penalty_every", "mirrored_every", "lent_every"):
            if not 1 <= getattr(self, name) <= MAX_EVERY:
                raise ValueError(f"{name} is 1 to {MAX_EVERY}")
        if not 1 <= self.glasses <= MAX_TIMES:
            raise ValueError(f"glasses is how often, from 1 to {MAX_TIMES}, not {self.glasses}")
        if self.penalty not in PENALTIES:
            raise ValueError(f"a penalty is {' or '.join(PENALTIES)}, not {self.penalty!r}")
        if self.batch < FOUR or self.batch % FOUR:
            raise ValueError(f"a batch is a multiple of {FOUR}, not {self.batch}")
        micro = self.micro_batch
        if micro < 0 or (micro and (self.batch % micro or micro % FOUR)):
            raise ValueError(
                f"micro_batch is a multiple of {FOUR} and divides the batch of {self.batch}, unlike {micro}"
            )
        if self.aug_few < 0 or self.rec_gan_from < 4:
            raise ValueError("aug_few is a number of pictures, rec_gan_from a number of pixels from 4")

    @property
    def judged(self) -> bool:
        """Whether anything is learnt from the Ds. They learn nothing either where it is not."""
        return bool(self.gan or self.rec_gan or self.read or self.projected)

    def rate(self, done: float) -> float:
        """The learning rate when the part `done` (0…1) of the run is over."""
        if self.decay == 0.0 or done <= 1.0 - self.decay:
            return self.lr
        along = min(1.0, (done - (1.0 - self.decay)) / self.decay)
        return self.lr * (self.lr_end + (1.0 - self.lr_end) * 0.5 * (1.0 + math.cos(math.pi * along)))

    def goal_at(self, done: float) -> float:
        """The weight of `goal` then."""
        return self.goal + (self.goal_end - self.goal) * min(1.0, max(0.0, done))

    def grown(self, done: float, stages: int) -> Grown:
        """How far a network of so many stages has grown then.

        Every side has its part of the time, the larger ones the longer ones; the first half of it fades it in.
        """
        if self.grow == 0.0 or done >= self.grow:
            return Grown.at(None, stages)
        parts = [float(stage + 1) for stage in range(stages + 1)]
        at = done / self.grow * sum(parts)
        for stage, part in enumerate(parts):
            if at < part:
                alpha = min(1.0, 2 * at / part) if stage else 1.0
                return Grown(4 * 2**stage, max(alpha, 1e-3))
            at -= part
        return Grown.at(None, stages)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Raises ValueError for a field that is unknown or out of range."""
        try:
            return cls(**value)
        except TypeError as error:
            raise ValueError(f"not a TwinGAN's options: {error}") from error


@dataclass(frozen=True, slots=True)
class Preset:
    size: str  # of `models.twingan.config.SIZES`
    resolution: int
    skip_max: int
    options: dict[str, Any]


# Goals first and D after, as one among others: where D has its say from the start, and as much of it as pictures of two
# kinds need that nobody can compare, drawings look like drawings long before they look like anybody.
_GOALS_FIRST = {
    "alone": 0.4, "beta1": 0.5, "moved": 0.1, "rec": 5.0, "rec_gan": 0.0, "gan": 0.5, "projected": 0.3, "goal": 10.0,
    "goal_end": 10.0, "face": 4.0, "alike": 1.0, "seen": 1.0, "read": 0.5, "wish": 0.1, "like": 0.08, "vary": 0.05,
}  # fmt: skip
# Larger maps of E would do for a copy: reconstructing then teaches G nothing about drawing, and photos show through.
PRESETS = {
    # The starter: ten minutes of a GPU, at 128 px.
    "twin": Preset("full", 128, 16, {"batch": 32, "forth": 4.0, "back": 0.25, **_GOALS_FIRST}),
    # What two cores train overnight, at 64 px.
    "small": Preset("small", 64, 16, {"batch": 16, "back": 0.1, "ema_kimg": 5.0, **_GOALS_FIRST}),
}


def preset(
    name: str,
    domains: tuple[str, ...],
    c_dim: int,
    resolution: int | None = None,
    batch: int | None = None,
    **sizes: Any,
) -> tuple[TwinConfig, TwinOptions]:
    """A network and how to train it; `sizes` are of the config and go before the preset's.

    Raises ValueError where there is no such preset, or for values that make no sense.
    """
    if name not in PRESETS:
        raise ValueError(f"there is no preset {name!r}; there is {', '.join(PRESETS)}")
    chosen = PRESETS[name]
    config = TwinConfig.of(
        chosen.size,
        resolution or chosen.resolution,
        domains,
        **{"c_dim": c_dim, "read": True, "skip_max": chosen.skip_max, **sizes},
    )
    options = TwinOptions(**chosen.options)
    return config, options if batch is None else replace(options, batch=batch)
