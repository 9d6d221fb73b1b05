"""What there is to say of a set: numbers, and which pictures show what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from data.curate import Limits, are_heads, decisions
from data.curate.folder import counts
from data.curate.likeness import duplicates
from data.curate.picture import Measured, thumb
from data.dataset.reading import Reader
from data.dataset.source import Source
from data.labelled import known, unused
from data.labels import ATTRIBUTES, NAMES, learnable, obeyed, values
from data.report.thumbnails import Shown, shown

SAMPLES, WORST, GROUPS, OF_A_GROUP, NAMED = 48, 12, 16, 5, 20
WORST_BY = (  # title, measure, and 1 where the lowest are the worst
    ("Least sharp", "sharpness", 1), ("Least colour", "colour", 1), ("Smallest", "side", 1),
    ("Least a head", "head", 1), ("Most of a second head", "second", -1), ("Most lettering", "lettering", -1),
    ("Least safe", "nsfw", -1),
)  # fmt: skip
HEADS_ONLY = ("head", "second", "lettering")  # measures that mean something in a set of heads
PALETTE = 24  # colours
LOOKED_AT = 4000  # pictures for the palette
SIDES = (64, 96, 128, 192, 256, 384, 512, 1024)  # px: where one bar of the sizes ends and the next begins


@dataclass(frozen=True, slots=True)
class Survey:
    name: str
    kind: str  # zip, folder, packed
    count: int
    unreadable: tuple[tuple[str, str], ...]  # file and reason; the first NAMED
    unreadable_count: int
    sizes: tuple[tuple[str, int], ...]  # of the shorter side: a range in px, and how many
    palette: tuple[tuple[str, float], ...]  # #rrggbb, and its share of all pixels
    scores: tuple[tuple[str, float, float, float], ...]  # name, and what 5, 50 and 95 % of the pictures are below
    samples: tuple[Shown, ...]
    worst: tuple[tuple[str, tuple[Shown, ...]], ...]  # by score
    copies: int
    groups: tuple[tuple[Shown, ...], ...]  # what stays, then its copies
    labels: tuple[tuple[str, tuple[tuple[str, float], ...]], ...]  # attribute, its words and their shares
    labelled: int
    labels_unused: str
    chosen: tuple[tuple[str, int], ...]  # what `curate` made of the pictures that it was chosen from


def survey(source: Source, measured: Sequence[Measured]) -> Survey:
    """Of a folder, zip or packed folder and what was measured of its pictures. Raises DatasetError."""
    good = [picture for picture in measured if not picture.error]
    bad = [(picture.file, picture.error) for picture in measured if picture.error]
    best = sorted(good, key=lambda picture: (-picture.detail, picture.file))
    copies: dict[int, list[int]] = {}
    for index, original in enumerate(duplicates(best)):
        if original is not None:
            copies.setdefault(original, []).append(index)
    vectors = known(source.path)
    with Reader(source) as reader:
        return Survey(
            Path(source.path).name,
            source.kind,
            len(measured),
            tuple(bad[:NAMED]),
            len(bad),
            _sizes(good),
            _palette(good),
            _scores(good),
            tuple(_shown(reader, good[i]) for i in _spread(len(good), SAMPLES)),
            _worst(reader, good, are_heads(good, Limits())),
            sum(map(len, copies.values())),
            tuple(
                tuple(_shown(reader, best[i]) for i in [original, *of_it[: OF_A_GROUP - 1]])
                for original, of_it in sorted(copies.items(), key=lambda item: -len(item[1]))[:GROUPS]
            ),
            () if vectors is None else _labels(vectors),
            0 if vectors is None else len(vectors),
            unused(source.path),
            _chosen(source),
        )


def _spread(count: int, wanted: int) -> list[int]:
    return np.linspace(0, count - 1, min(count, wanted)).round().astype(int).tolist()


def _sizes(pictures: Sequence[Measured]) -> tuple[tuple[str, int], ...]:
    names = [f"below {SIDES[0]}", *(f"{a}–{b - 1}" for a, b in pairwise(SIDES)), f"{SIDES[-1]} on"]
    of = np.bincount(np.searchsorted(SIDES, [p.side for p in pictures], side="right"), minlength=len(names))
    used = np.flatnonzero(of)
    if len(used) == 0:
        return ()
    return tuple((names[i], int(of[i])) for i in range(used[0], used[-1] + 1))


def _palette(pictures: Sequence[Measured]) -> tuple[tuple[str, float], ...]:
    """The commonest of 512 colours, each as the mean of what it stands for."""
    total, sums = np.zeros(512), np.zeros((512, 3))
    for i in _spread(len(pictures), LOOKED_AT):
        pixels = thumb(pictures[i]).reshape(-1, 3)
        cells = (pixels >> 5).astype(int) @ [64, 8, 1]
        total += np.bincount(cells, minlength=512)
        for channel in range(3):
            sums[:, channel] += np.bincount(cells, pixels[:, channel], 512)
    most = [i for i in np.argsort(-total, kind="stable")[:PALETTE] if total[i]]
    colors = [(sums[i] / total[i]).round().astype(int) for i in most]
    return tuple(
        ("#" + "".join(f"{v:02x}" for v in color), float(total[i] / total.sum()))
        for i, color in zip(most, colors, strict=True)
    )


def _scores(pictures: Sequence[Measured]) -> tuple[tuple[str, float, float, float], ...]:
    found = []
    for name, of in (
        ("shorter side, px", "side"), ("sharpness", "sharpness"), ("colour", "colour"), ("not safe", "nsfw"),
    ):  # fmt: skip
        known = [value for p in pictures if (value := getattr(p, of)) is not None]
        if known:
            low, middle, high = np.percentile(known, [5, 50, 95])
            found.append((name, float(low), float(middle), float(high)))
    return tuple(found)


def _worst(reader: Reader, pictures: Sequence[Measured], heads: bool) -> tuple[tuple[str, tuple[Shown, ...]], ...]:
    found = []
    for title, of, sign in WORST_BY:
        if of in HEADS_ONLY and not heads:
            continue
        some = [p for p in pictures if sign > 0 or (getattr(p, of) or 0) > 0]
        first = sorted(some, key=lambda p, of=of, sign=sign: (sign * getattr(p, of), p.file))[:WORST]
        found.append((title, tuple(_shown(reader, p, f"{getattr(p, of):.3g}") for p in first)))
    return tuple(found)


def _labels(vectors: np.ndarray) -> tuple[tuple[str, tuple[tuple[str, float], ...]], ...]:
    """Of each attribute that varies, the share of the pictures whose numbers are nearest to a word's."""
    found = []
    for attribute in obeyed(learnable(vectors)):
        choices = ATTRIBUTES[attribute]
        meant = [values(attribute, choice) for choice in choices]
        columns = sorted(set().union(*meant))
        table = vectors[:, [NAMES.index(name) for name in columns]]  # (N, columns)
        words = np.array([[word.get(name, 0.0) for name in columns] for word in meant])  # (choices, columns)
        nearest = ((table[:, None] - words) ** 2).sum(2).argmin(1)
        shares = np.bincount(nearest, minlength=len(choices)) / len(vectors)
        found.append((attribute, tuple(zip(choices, shares.tolist(), strict=True))))
    return tuple(found)


def _chosen(source: Source) -> tuple[tuple[str, int], ...]:
    if source.kind != "folder":
        return ()
    found = decisions.read(Path(source.path, decisions.FILE))
    return tuple(counts(found.values()).items()) if found else ()


def _shown(reader: Reader, measured: Measured, caption: str = "") -> Shown:
    return shown(reader, measured.file, caption or f"{measured.width}×{measured.height}")
