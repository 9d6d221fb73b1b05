"""What is asked of a batch's translations in training, by chance: labels, somebody's look, another variant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from data.dataset.people import Lent, Wished
from data.labels import LOOK, NAMES, TOGETHER, mirrored
from models.twingan import scenes
from models.twingan.domains import FACES, Domain
from models.twingan.generator import VARIATION
from models.twingan.learning import Piece
from models.twingan.options import TwinOptions

KEPT = 0.9  # of what is seen of a person who is told of
OF_LOOK = np.array([name in LOOK for name in NAMES], np.float32)  # (c_dim,)


@dataclass(slots=True)
class Pictures:
    """A batch of pictures as they will be shown: `pixels` uint8 (N, H, W, 4), not mirrored yet where they `flip` (N,);
    labels `c` and which are `said`, float32 (N, c_dim), mirrored where they do."""

    pixels: np.ndarray
    c: np.ndarray
    said: np.ndarray
    flip: np.ndarray

    def put(self, rows: np.ndarray, pixels: np.ndarray, c: np.ndarray, said: np.ndarray) -> None:
        """Others in the place of some; their labels as they are without a mirror."""
        self.pixels[rows], self.c[rows], self.said[rows] = pixels, in_a_mirror(c, self.flip[rows]), said


def in_a_mirror(c: np.ndarray, flip: np.ndarray) -> np.ndarray:
    """Labels (n, c_dim) of pictures of which those that `flip` (n,) are shown in a mirror."""
    return np.where(flip[:, None], mirrored(c), c)


def chosen(
    options: TwinOptions, n: int, chance: torch.Generator, *, nobody: bool, vary: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of n translations, bool (n,) each: of which labels are asked, which take somebody else's look, which are varied.

    With `nobody` none, without `vary` none is varied.
    """
    which = torch.rand(n, generator=chance).numpy()
    if nobody:
        which = np.ones(n)
    wished = which < options.wish
    liked = (which >= options.wish) & (which < options.wish + options.like)
    varied = (which >= options.wish + options.like) & (which < options.wish + options.like + options.vary)
    return wished, liked, varied & vary


def seen_of(said: np.ndarray, share: float, chance: torch.Generator) -> np.ndarray:
    """Of what is known of people, `said` (N, c_dim): what G is told of a `share` of them, float32 (N, c_dim).

    Now and then some of it is held back, as it is where nothing is clear.
    """
    told = torch.rand(len(said), generator=chance).numpy() < share
    kept = torch.rand(*said.shape, generator=chance).numpy() < KEPT
    for group in TOGETHER:
        places = [NAMES.index(name) for name in group]
        kept[:, places] = kept[:, places[:1]]
    return said * told[:, None] * kept


def of_others(known: np.ndarray, wished: np.ndarray, chance: torch.Generator) -> np.ndarray:
    """Which labels are asked for, float32 (N, c_dim), of those that are `known` of others' pictures (N, c_dim)."""
    some = torch.rand(len(known), len(TOGETHER), generator=chance).numpy() < 0.2
    asked = np.zeros_like(known)
    for group, picked in zip(TOGETHER, some.T, strict=True):
        for name in group:
            asked[:, NAMES.index(name)] = picked & wished
    return asked * known


def of_people(
    wishes: Wished, rows: np.ndarray, flip: np.ndarray, wished: np.ndarray, chance: torch.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Those that people have been drawn with: which are asked and their values, float32 (N, c_dim) each, 0 for who is
    not `wished` (N,); and the drawings of those who are, uint8 (wished, H, W, 4), not mirrored by `flip` (N,)."""
    which = torch.randint(wishes.asked.shape[1], (len(rows),), generator=chance).numpy()
    c, there = in_a_mirror(wishes.c[rows, which], flip), wished[:, None]
    return wishes.asked[rows, which] * there, c * there, wishes.pixels[rows[wished], which[wished]]


def lend(looks: Lent, rows: np.ndarray, lenders: np.ndarray, seen: Pictures, chance: torch.Generator) -> np.ndarray:
    """Put those whose look people have been drawn with in the place of their `lenders` among the pictures; the drawings
    of the people, uint8 (n, H, W, 4), not mirrored."""
    which = torch.randint(looks.c.shape[1], (len(rows),), generator=chance).numpy()
    seen.put(lenders, looks.lenders[rows, which], looks.c[rows, which], looks.said[rows, which])
    return looks.pixels[rows, which]


@dataclass(frozen=True, slots=True)
class Batch:
    """Who is to be translated: `mine` (N,) are places in `source`; what is put among what is `seen` of the target, into
    their drawings, `goal` uint8 (N, H, W, 4), and into who of them are `kin` (N,), is changed there."""

    source: Domain
    target: Domain
    mine: np.ndarray
    shown: Pictures
    seen: Pictures
    goal: np.ndarray | None
    kin: np.ndarray


def asked(
    piece: Piece, options: TwinOptions, style_dim: int, batch: Batch, chance: torch.Generator
) -> dict[str, np.ndarray]:
    """What G is told of a batch and what should come of it, by the names of `learning.Inputs`."""
    source, seen, shown, goal, n = batch.source, batch.seen, batch.shown, batch.goal, len(batch.mine)
    portrays = goal is not None and batch.target.kind == FACES and source.wished is not None
    wished, liked, varied = chosen(
        options, n, chance, nobody=piece.mirrored or (piece.alone and not portrays), vary=not piece.alone
    )
    liked &= piece.both and (piece.lends or not portrays)
    lender = scenes.lenders(n).numpy()
    if portrays:
        assert goal is not None
        assert source.wished is not None
        wish, values, goal[wished] = of_people(source.wished, batch.mine, shown.flip, wished, chance)
        if piece.lends:
            assert source.lent is not None
            goal[liked] = lend(source.lent, batch.mine[liked], lender[liked], seen, chance)
            batch.kin[lender[liked]] = False
    else:
        wish, values = of_others(seen.said[lender], wished, chance), seen.c[lender]
    look = OF_LOOK * liked[:, None] * seen.said[lender]
    told = seen_of(shown.said, options.told, chance) * (1 - OF_LOOK * liked[:, None]) * source.people
    if piece.mirrored:  # a photo and its mirror image are one person
        told[1::2] = told[::2]
        batch.kin[1::2] = False
    plain = ~(wished | liked | varied)
    return {
        "c": np.where(wish > 0, values, np.where(look > 0, seen.c[lender], shown.c)),
        "said": np.maximum(shown.said, np.maximum(wish, look)),
        "t.c": seen.c, "t.said": seen.said, "asked": np.maximum(wish, told), "like": liked[:, None], "plain": plain,
        "aimed": ~varied if portrays else plain, "kin": batch.kin,
        "z": VARIATION * torch.randn(n, style_dim, generator=chance).numpy() * varied[:, None],
    }  # fmt: skip
