"""What the steps of a TwinGAN's training learn from: which way each goes, its pictures, labels and chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

import numpy as np
import torch

from data.labels import NAMES
from models.training import diffaugment
from models.training.average import beta
from models.training.randomness import noise
from models.twingan import scenes, wishes
from models.twingan.config import TwinConfig
from models.twingan.domains import FACES, PICTURES, Domain
from models.twingan.growth import Grown
from models.twingan.learning import Piece
from models.twingan.options import TwinOptions

_GOLDEN = 0.6180339887498949


class Feed:
    """The same pieces for the same images of a run of `total`, whenever they are asked for: all chance is of `seed`.

    Of `fresh` domains, where there are some, each way begins or ends at one. What is `large` and nothing but noise is
    drawn here, too; a GPU draws it by itself.
    """

    def __init__(
        self, config: TwinConfig, options: TwinOptions, domains: Sequence[Domain], seed: int, total: int,
        fresh: Sequence[str] = (), *, large: bool = True,
    ) -> None:  # fmt: skip
        self.config, self.options, self.seed, self.total, self._large = config, options, seed, total, large
        self.domains = {domain.name: domain for domain in domains}
        self._rows = {domain.name: _repeated(domain, options.glasses) for domain in domains}
        self.ways = tuple(way for way in permutations(self.domains, 2) if not fresh or set(way) & set(fresh))

    def done(self, nimg: int) -> float:
        """The part of the run that is over."""
        return nimg / self.total if self.total else 0.0

    def way(self, number: int) -> tuple[str, str]:
        """The way that a step learns: those from the first domain come oftener, all of them evenly spread."""
        first, second, *_ = self.domains
        share = lambda way: self.options.back if way[0] != first else self.options.forth if way[1] == second else 1.0
        shares = np.array([share(way) for way in self.ways])
        if not shares.any():
            shares[:] = 1.0
        bounds = np.cumsum(shares / shares.sum())
        return self.ways[min(int(np.searchsorted(bounds, (number * _GOLDEN) % 1.0, "right")), len(self.ways) - 1)]

    def pieces(
        self, indices: np.ndarray, nimg: int, grown: Grown | None = None
    ) -> list[tuple[Piece, dict[str, torch.Tensor]]]:
        """The pieces of the step that begins at `nimg` images, and what they learn from, all their chance in it; on
        the CPU."""
        options, chance, number = self.options, noise(self.seed, nimg), nimg // self.options.batch
        grown = grown or options.grown(self.done(nimg), self.config.stages)
        source, target = (self.domains[name] for name in self.way(number))
        everyone = source.people and target.kind in source.drawn
        portrays = everyone and target.kind == FACES and source.wished is not None
        lends = portrays and source.lent is not None and number % options.lent_every == 0
        both = bool(options.rec or options.rec_gan) or lends or (options.like > 0 and not portrays)
        alone = everyone and self.done(nimg) < options.alone
        piece = Piece(
            source.name, target.name, grown.side, grown.fades, (source.people, target.people), everyone,
            target.kind == FACES or (target.kind == PICTURES and not target.people),
            bool(options.mirrored) and number % options.mirrored_every == 0, lends=lends, both=both,
            alone=alone,
        )  # fmt: skip
        found = self._way(piece, source, target, indices, chance)
        n = len(indices)
        kept = beta(nimg + n, n, options.ema_kimg, options.ema_rampup or float("inf"))
        whole = {"alpha": torch.tensor(float(grown.alpha))} if grown.fades else {}
        found |= whole | {"beta": torch.tensor(kept), "weight": torch.tensor(options.goal_at(self.done(nimg)))}
        pieces = [(piece, found)]
        if options.judged and not alone and options.gamma > 0 and number % options.penalty_every == 0:
            penalty = Piece(
                source.name, target.name, grown.side, grown.fades, (False, target.people), penalty=True
            )  # fmt: skip
            pieces.append((penalty, whole | self._penalty(piece, target, indices[: (n + 1) // 2], chance)))
        return pieces

    def _way(
        self, piece: Piece, source: Domain, target: Domain, indices: np.ndarray, chance: torch.Generator
    ) -> dict[str, torch.Tensor]:
        options, n = self.options, len(indices)
        mine, theirs = self._of(source, indices), self._of(target, indices)
        if piece.mirrored:
            mine = mine[np.arange(n) // 2]
        s, t = self._shown(source, n, chance), self._shown(target, n, chance)
        if piece.mirrored:
            s = {name: value[torch.arange(n) // 2] for name, value in s.items()}
            s["theta"], s["flip"] = s["theta"].clone(), s["flip"].clone()
            s["theta"][1::2, :, 0] *= -1
            s["flip"][1::2] ^= True
        shown = wishes.Pictures(source.pixels(mine), *self._labels(source, mine, s), s["flip"].numpy())
        seen = wishes.Pictures(target.pixels(theirs), *self._labels(target, theirs, t), t["flip"].numpy())
        kin, goal = np.zeros(n, bool), None
        if piece.goal:
            drawn = source.drawn[target.kind]
            goal = np.array(drawn.pixels[mine, 0])
            kin = (torch.rand(n, generator=chance) < options.drawn).numpy()
            which = torch.randint(drawn.c.shape[1], (n,), generator=chance).numpy()
            rows = mine[kin], which[kin]
            seen.put(kin, drawn.pixels[rows], drawn.c[rows], drawn.said[rows])
        batch = wishes.Batch(source, target, mine, shown, seen, goal, kin)
        tensors = wishes.asked(piece, options, self.config.style_dim, batch, chance)
        found = {name: torch.from_numpy(np.ascontiguousarray(value, np.float32)) for name, value in tensors.items()}
        found |= {"s.pixels": torch.from_numpy(shown.pixels), "t.pixels": torch.from_numpy(seen.pixels)}
        found |= {f"s.{name}": value for name, value in s.items()} | {f"t.{name}": value for name, value in t.items()}
        if goal is not None:
            found["goal"] = torch.from_numpy(goal)
        for use in ("real", "fake", "rec", "G.fake", "G.rec"):
            found |= self._changes(use, target, piece.side, n, chance)
        return found

    def _penalty(
        self, piece: Piece, target: Domain, indices: np.ndarray, chance: torch.Generator
    ) -> dict[str, torch.Tensor]:
        """What the penalty learns from: the target's own pictures, half a batch: the mean is the same."""
        rows, n = self._of(target, indices), len(indices)
        t = self._shown(target, n, chance)
        c, said = self._labels(target, rows, t)
        found = {f"t.{name}": value for name, value in t.items()}
        found |= {
            "t.pixels": torch.from_numpy(target.pixels(rows)), "t.c": torch.from_numpy(c),
            "t.said": torch.from_numpy(said),
        }  # fmt: skip
        if self.options.penalty == "dragan" and self._large:
            side = self.config.resolution
            found["noise"] = 2 * torch.rand(n, 3, side, side, generator=chance) - 1
        return found | self._changes("real", target, piece.side, n, chance)

    def _of(self, domain: Domain, indices: np.ndarray) -> np.ndarray:
        rows = self._rows[domain.name]
        return rows[indices % len(rows)]

    def _shown(self, domain: Domain, n: int, chance: torch.Generator) -> dict[str, torch.Tensor]:
        options = self.options
        found = dict(
            scenes.chosen(n, chance, options.moved, options.lit, options.mirror)
            if domain.people
            else scenes.chosen(n, chance, mirror=options.mirror)
        )
        return found | (dict(scenes.swapped(n, chance, options.swap)) if domain.people else {})

    def _labels(
        self, domain: Domain, rows: np.ndarray, given: Mapping[str, torch.Tensor]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Of pictures as they are shown, float32 (n, c_dim) each: values, and which are known."""
        c = domain.c[rows]
        c[:, NAMES.index("roll")] += given["roll"].numpy()
        return wishes.in_a_mirror(c, given["flip"].numpy()), domain.said[rows]

    def _changes(self, use: str, domain: Domain, side: int, n: int, chance: torch.Generator) -> dict[str, torch.Tensor]:
        few = len(domain.learnt) < self.options.aug_few
        policies = diffaugment.parse(self.options.aug) if few else ()
        return {f"{use}.{name}": value for name, value in diffaugment.chosen(policies, n, side, chance).items()}


def _repeated(domain: Domain, times: int) -> np.ndarray:
    """int64: a domain's pictures to learn from, people in glasses so many times."""
    if not domain.people:
        return domain.learnt
    at = NAMES.index("glasses")
    wears = domain.c[domain.learnt, at] * domain.said[domain.learnt, at] > 0.5
    return np.repeat(domain.learnt, np.where(wears, times, 1))
