"""TwinGAN in training."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import interpolate

from data.labels import NAMES
from data.vision.features import Features, FeaturesUnavailable
from models.precision import training_dtype
from models.training import several
from models.training.graphs import Graphed
from models.training.labelled import evenly
from models.training.projected import Projected
from models.training.randomness import noise
from models.tuning import to_pixels
from models.twingan.config import TwinConfig
from models.twingan.discriminator import Discriminator
from models.twingan.domains import Domain
from models.twingan.encoder import Encoder
from models.twingan.feed import Feed
from models.twingan.generator import Generator
from models.twingan.growth import Grown, cut, halved
from models.twingan.learning import SEEN_FROM, WHOLE, Learner, Piece
from models.twingan.losses import Seeing
from models.twingan.options import TwinOptions
from models.twingan.renorm import Schedule, let_loose, measuring
from models.twingan.scenes import FOUR

SHOWN = 32  # photos of the sheets
SAMPLE = 256  # pictures of a domain of which what all have in common is measured


class Progress(nn.Module):
    """How far the network has grown, as part of the state."""

    side: torch.Tensor  # (): px
    alpha: torch.Tensor  # (): how much the layers of this side count

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("side", torch.tensor(4.0))
        self.register_buffer("alpha", torch.tensor(1.0))

    @property
    def grown(self) -> Grown:
        return Grown(int(self.side), float(self.alpha))


class TwinTask:
    """See `models.training.task.Task`. A batch is int64 indices, which every domain takes modulo its own number.

    `domains` are those of the config that there are pictures of. `total` is the run's length in images, along which the
    network grows and the learning rate changes. `names` are the labels', "" where one cannot be asked for. Of the
    domains, those in `fresh` alone learn; all do where there are none. `keep` says whether its model keeps the Ds.
    `say` is told what the person who trains should know. Raises ValueError for domains that are not of the config.
    """

    def __init__(
        self,
        config: TwinConfig,
        options: TwinOptions,
        domains: Sequence[Domain],
        seed: int,
        device: str = "cpu",
        total: int = 0,
        names: Sequence[str] = (),
        fresh: Sequence[str] = (),
        keep: bool = True,
        say: Callable[[str], None] = print,
    ) -> None:
        if len(domains) < 2 or not {domain.name for domain in domains} <= {*config.domains}:
            raise ValueError(
                f"a run learns two domains or more, out of those of its config: {', '.join(config.domains)}"
            )
        if not config.c_dim == len(names) == len(NAMES):
            raise ValueError(f"a TwinGAN learns {len(NAMES)} labels")
        self.config, self.options, self.seed, self.total = config, options, seed, total
        self.domains = {domain.name: domain for domain in domains}
        self.names, self.fresh, self.keep, self._say = tuple(names), tuple(fresh), keep, say
        self.device = torch.device(device)
        self.dtype = training_dtype(self.device)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            E, G = Encoder(config), Generator(config)
            Ds = {name: Discriminator(config) for name in config.domains}
        there: Callable[[Any], Any] = lambda net: net.to(self.device, memory_format=torch.channels_last)
        self.E, self.G, self.Ds = there(E), there(G), {name: there(D) for name, D in Ds.items()}
        self.E_ema, self.G_ema = (copy.deepcopy(net).eval().requires_grad_(False) for net in (self.E, self.G))
        self.progress = Progress()
        self._grow(options.grown(0.0, config.stages))
        self._weights = torch.from_numpy(_weights(domains)).to(self.device)
        features = self._features()
        self._seeing = None if features is None else Seeing(features, NAMES, self.dtype)
        judged = [domain.name for domain in domains if not domain.people] if options.projected else []
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            heads = {name: Projected(features=features) for name in (judged if features is not None else ())}
        self.heads = {name: there(one) for name, one in heads.items()}
        self.modules: Mapping[str, nn.Module] = {
            "E": self.E, "G": self.G, "E_ema": self.E_ema, "G_ema": self.G_ema, "progress": self.progress,
            **{f"D_{name}": D for name, D in self.Ds.items()},
            **{f"heads_{name}": one for name, one in self.heads.items()},
        }  # fmt: skip
        self.feed = Feed(config, options, domains, seed, total, fresh, large=self.device.type != "cuda")
        self._begin_learning()

    def _features(self) -> Features | None:
        """The features network, where it is wanted, there, and has something to see."""
        wanted = self.options.seen or self.options.alike or self.options.projected
        if not wanted or self.config.resolution < SEEN_FROM:
            return None
        try:
            return Features(device=self.device)
        except FeaturesUnavailable as error:
            self._say(f"nothing is learnt from the features network: {error}")
            return None

    def _begin_learning(self) -> None:
        self._learner = Learner(
            self.E, self.G, self.Ds, self.E_ema, self.G_ema, self.options, self.dtype, self._weights, self._seeing,
            self.heads, self.fresh,
        )  # fmt: skip
        self.optimizers = self._learner.optimizers
        self._graphed()

    def _graphed(self) -> None:
        # What batch renorm is allowed changes from step to step, and is no tensor; talk is not recorded either.
        recorded = self.config.norm != "batch_renorm" and several.world() == 1
        self._learn = Graphed(self._learner.learn, self.device, enabled=recorded)
        self._side = int(self.progress.side)

    def start_from(self, modules: Mapping[str, nn.Module]) -> None:
        """Begin with E_ema and G_ema of another model of the same config, and with its Ds where they were kept.

        Domains of this config that it lacks begin as they were made to: they are added to its networks before.
        """
        for net, mean, name in ((self.E, self.E_ema, "E_ema"), (self.G, self.G_ema, "G_ema")):
            for module in (net, mean):
                module.load_state_dict(modules[name].state_dict())
        for name, D in self.Ds.items():
            if f"D_{name}" in modules:
                D.load_state_dict(modules[f"D_{name}"].state_dict())

    def step(self, batch: np.ndarray, nimg: int) -> Mapping[str, torch.Tensor]:
        options, number, done = self.options, nimg // self.options.batch, self.feed.done(nimg)
        grown = options.grown(done, self.config.stages)
        self._grow(grown)
        if grown.side != self._side:
            self._graphed()  # what was recorded of smaller pictures is not needed any more
        self._learner.set_rate(options.rate(done))
        let_loose(Schedule().limits(number), self.E, self.G)
        if self.device.type == "cuda":  # its own noise, too, comes from (seed, nimg)
            torch.cuda.manual_seed(noise(self.seed, nimg).initial_seed() + several.rank())
        losses: dict[str, torch.Tensor] = {}
        for piece, given in self.feed.pieces(batch, nimg, grown):
            losses |= self._tried(piece, several.part(given, WHOLE))
        return losses

    def _grow(self, grown: Grown) -> None:
        self.progress.side.fill_(grown.side)
        self.progress.alpha.fill_(grown.alpha)

    def _tried(self, piece: Piece, given: Mapping[str, torch.Tensor]) -> Mapping[str, torch.Tensor]:
        """One piece of a step, in smaller micro-batches from now on where the device has no room for it."""
        while True:
            try:
                return self._learn(piece, given)
            except torch.OutOfMemoryError:
                smaller = self._learner.micro_batch // (2 * FOUR) * FOUR
                if not smaller:
                    raise
            self._learner.micro_batch = smaller
            self._graphed()
            torch.cuda.empty_cache()
            self._say(f"out of memory: {smaller} images at a time from now on, in batches of {self.options.batch}")

    def photos(self) -> np.ndarray:
        """uint8 (N, H, W, 3): those of the first domain that the previews are of, best such as no step sees."""
        domain = next(iter(self.domains.values()))
        return domain.pixels(self._previewed(domain))[:, :, :, :3]

    @staticmethod
    def _previewed(domain: Domain) -> np.ndarray:
        rows = domain.held if len(domain.held) else domain.learnt
        return rows[np.unique(np.linspace(0, len(rows) - 1, SHOWN).astype(np.int64))]

    def given(self) -> np.ndarray:
        """What each of the previews was before: uint8 (N, H, W, 3)."""
        return np.repeat(self.photos(), len(self.domains) - 1, 0)

    def preview(self) -> np.ndarray:
        """uint8 (N, H, W, 3): photos as E_ema and G_ema translate them, each to every other domain."""
        first, *others = self.domains
        domain = self.domains[first]
        rows = self._previewed(domain)
        seen = (domain.c[rows], domain.said[rows]) if domain.people else None
        found = [self.translated(self.photos(), first, name, seen) for name in others]
        return np.stack(found, 1).reshape(-1, *found[0].shape[1:])

    @torch.inference_mode()
    def translated(
        self, images: np.ndarray, source: str, target: str, seen: tuple[np.ndarray, np.ndarray] | None = None,
        size: int = 32,
    ) -> np.ndarray:  # fmt: skip
        """uint8 (N, H, W, 3) likewise, of the averages as far as they have grown, and as large as they will be.

        `seen` are labels of people and which of them are known, (N, c_dim) each: G is told them if it has learnt to be.
        """
        grown, found = self.progress.grown, []
        c, said = (None, None) if seen is None or not self.options.told else map(self._there, seen)
        for start in range(0, len(images), size):
            some = slice(start, start + size)
            encoded = self.E_ema(self._seen(images[some], grown), source, grown)
            labels = (None, None) if c is None or said is None else (c[some], said[some])
            drawn = self.G_ema(encoded, target, *labels, stage=grown)
            found.append(to_pixels(interpolate(drawn, self.config.resolution)))
        return torch.cat(found).numpy()

    def _there(self, labels: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(labels, np.float32)).to(self.device)

    def _seen(self, images: np.ndarray, grown: Grown) -> torch.Tensor:
        """uint8 (N, H, W, 3) -> as E takes them."""
        x = torch.from_numpy(np.ascontiguousarray(images)).to(self.device).permute(0, 3, 1, 2).float() / 127.5 - 1
        while x.shape[2] > grown.side:
            x = halved(x)
        return x.to(self.dtype, memory_format=torch.channels_last)

    def export(self) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        self._settle()
        side = int(self.progress.side)
        kept = ("E_ema", "G_ema", *((f"D_{name}" for name in self.config.domains) if self.keep else ()))
        tensors = {f"{name}.{key}": value for name in kept for key, value in self.modules[name].state_dict().items()}
        config = {
            "family": "twingan",
            "network": self.config.cut(side).to_json(),
            "labels": [*self.names],
            "domains": [*self.config.domains],
            # Of pictures of these the network wants to be told what is seen in them.
            "seen": [name for name, domain in self.domains.items() if domain.people and self.options.told],
        }
        return cut(tensors, side), config

    @torch.inference_mode()
    def _settle(self) -> None:
        """Measure, of the averages, what all pictures of a domain have in common, and batch renorm's statistics."""
        grown = self.progress.grown
        samples = {name: self._sample(domain, grown) for name, domain in self.domains.items()}
        learning = {name: samples[name] for name in samples if not self.fresh or name in self.fresh}
        with measuring(self.E_ema, self.G_ema):
            for name, pictures in learning.items():
                for some in pictures.split(32):
                    self.G_ema(self.E_ema(some, name, grown), name, stage=grown)
        for name, pictures in learning.items():
            seen = [self.E_ema.embed.projected(self.E_ema(some, name, grown)) for some in pictures.split(32)]
            self.E_ema.embed.center(name).copy_(torch.cat(seen).mean(0))

    def _sample(self, domain: Domain, grown: Grown) -> torch.Tensor:
        rows = domain.learnt[np.unique(np.linspace(0, len(domain.learnt) - 1, SAMPLE).astype(np.int64))]
        return self._seen(domain.pixels(rows)[:, :, :, :3], grown)


def _weights(domains: Sequence[Domain]) -> np.ndarray:
    """float32 (c_dim,): with which labels that vary count about alike, where most of them are known."""
    best = max(domains, key=lambda domain: float(domain.said.sum()))
    return evenly(best.c) if best.is_labelled else np.ones(best.c.shape[1], np.float32)
