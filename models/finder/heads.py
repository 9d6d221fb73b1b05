"""What scenes are made of, drawn once and kept: heads cut out, cats' heads cut out, and what may be behind them."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from data.dataset import Source
from data.dataset.workers import in_order

if TYPE_CHECKING:
    from data.drawn import Parameters

SIDE = 256  # px of a drawn head's frame
CHUNK = 16  # drawings a process makes at a time
CATS, BACKDROPS = 12, 8  # of how many heads one more cat, one more backdrop is drawn
VERSION = 2
LABELS = ("face_box", "head_box", "left_eye", "right_eye", "chin", "roll")

T = TypeVar("T")
Report = Callable[[int, int], None]  # drawings done, drawings in all


class NoHeads(Exception):
    """The data cannot be made into scenes; the message is one sentence for the person who trains."""


class Heads:
    """A folder of `heads.npy` and `cats.npy`, uint8 (N, SIDE, SIDE, 4) with colour multiplied by alpha,
    `backdrops.npy` (N, SIDE, SIDE, 3), `labels.json` and `manifest.json`. Raises NoHeads where it holds no such thing.
    """

    def __init__(self, folder: Path) -> None:
        try:
            self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            self.labels: list[dict[str, Any]] = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
            arrays = [
                np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
                for name in ("heads", "cats", "backdrops")
            ]
            self.manifest_hash: str = self.manifest["hash"]
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise NoHeads(f"{folder} holds no drawn heads: {error}") from error
        self.folder = folder
        self.heads, self.cats, self.backdrops = arrays
        if len(self.heads) != len(self.labels):
            raise NoHeads(f"{folder} holds no drawn heads: heads and labels differ in number")

    def __len__(self) -> int:
        return len(self.heads)

    def __reduce__(self) -> tuple[type[Heads], tuple[Path]]:
        return Heads, (self.folder,)  # another process reads the same files


def drawn_heads(source: Source, cache: Path, report: Report | None = None) -> Heads:
    """The heads of a `drawn:` source, out of `cache` or drawn now. Raises NoHeads."""
    spec = source.drawn
    if spec is None or spec.kind != "face" or spec.character or spec.views:
        raise NoHeads("the finder learns on drawn heads: drawn: with count=…, seed=… and style=…")
    name = hashlib.sha256(f"finder {VERSION} {source.key(SIDE)}".encode()).hexdigest()[:16]
    folder = cache / f"heads-{name}"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        fresh = cache / f".{folder.name}.{uuid.uuid4().hex[:8]}.part"
        fresh.mkdir()
        try:
            _write(source, fresh, report or (lambda done, total: None))
            try:
                fresh.rename(folder)
            except OSError:
                if not folder.exists():  # otherwise another process was faster with the same heads
                    raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return Heads(folder)


def _write(source: Source, folder: Path, report: Report) -> None:
    from data.drawn import DrawingUnavailable

    spec = source.drawn
    assert spec is not None
    cats, backdrops = 1 + spec.count // CATS, 1 + spec.count // BACKDROPS
    total, done, labels, digest = spec.count + cats + backdrops, 0, [], hashlib.sha256()

    def kept(name: str, count: int, channels: int, drawings: Iterator[np.ndarray]) -> None:
        nonlocal done
        array = np.lib.format.open_memmap(
            folder / f"{name}.npy", mode="w+", dtype=np.uint8, shape=(count, SIDE, SIDE, channels)
        )
        for i, pixels in enumerate(drawings):
            array[i] = pixels
            digest.update(pixels.tobytes())
            done += 1
            report(done, total)
        array.flush()

    def heads() -> Iterator[np.ndarray]:
        for pixels, told in _drawn(partial(draw_head, style=spec.style), spec.seed, spec.count):
            labels.append({name: told[name] for name in LABELS})
            yield pixels

    try:
        kept("heads", spec.count, 4, heads())
        kept("cats", cats, 4, _drawn(draw_cat_head, spec.seed, cats))
        kept("backdrops", backdrops, 3, _drawn(draw_backdrop, spec.seed, backdrops))
    except DrawingUnavailable as error:
        raise NoHeads(str(error)) from error
    text = json.dumps(labels)
    digest.update(text.encode())
    (folder / "labels.json").write_text(text, encoding="utf-8")
    manifest = {"hash": digest.hexdigest(), "count": spec.count, "size": SIDE, "source": source.spec}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _drawn(draw: Callable[[int], T], seed: int, count: int) -> Iterator[T]:
    """What `draw` makes of `count` seeds from `seed` on, by all cores."""
    starts = range(seed, seed + count, CHUNK)
    for chunk in in_order(partial(_chunk, draw, seed + count), starts):
        yield from chunk


def _chunk(draw: Callable[[int], T], end: int, start: int) -> list[T]:
    return [draw(seed) for seed in range(start, min(start + CHUNK, end))]


def draw_head(seed: int, style: str = "") -> tuple[np.ndarray, dict[str, Any]]:
    """Premultiplied uint8 (SIDE, SIDE, 4) and labels: smaller in its frame and turned farther than the drawing
    program's own, so that hair and shoulders are there and profiles are not rare. Raises DrawingUnavailable."""
    from data.drawn import draw, sample_parameters

    chance = np.random.default_rng([seed, 1])
    sampled = sample_parameters(seed, **({"style": style} if style else {}))
    scale = sampled.scale * chance.uniform(0.55, 1.0)
    chin = max(2.75 * scale, chance.uniform(0.5, 0.83))  # of the frame; above it is room for a hat
    far = chance.random() < 0.35
    parameters = dataclasses.replace(
        sampled,
        background="transparent",
        scale=scale,
        shift_y=chin - 0.83,
        yaw=chance.uniform(-50, 50) if far else sampled.yaw,
        pitch=chance.uniform(-20, 20) if far else sampled.pitch,
        eye_height=sampled.eye_height * chance.uniform(0.75, 1.2),
        eye_width=sampled.eye_width * chance.uniform(0.8, 1.12),
    )
    if chance.random() < 0.35:
        parameters = _cartoonish(chance, parameters)
    drawing = draw(parameters, SIDE)
    return _premultiplied(drawing.pixels), drawing.labels


def _cartoonish(chance: np.random.Generator, sampled: Parameters) -> Parameters:
    """Farther from the middle of what is drawn than the drawing program's own chance goes."""

    def times(value: float, low: float, high: float) -> float:
        return value * low * (high / low) ** chance.random()

    small = chance.random() < 0.3  # dots for eyes
    return dataclasses.replace(
        sampled,
        line_weight=chance.uniform(0, 2.5),
        line_tint=chance.uniform(0, 1),
        face_length=times(sampled.face_length, 0.8, 1.25),
        eye_height=times(sampled.eye_height, 0.3, 0.6) if small else times(sampled.eye_height, 0.8, 1.5),
        eye_width=times(sampled.eye_width, 0.3, 0.5) if small else times(sampled.eye_width, 0.75, 1.25),
        eye_gap=times(sampled.eye_gap, 0.85, 1.15),
        iris=1.0 if small else chance.uniform(0.35, 1.0),
        pupil=chance.uniform(0.15, 0.95),
        lash=chance.uniform(0, 1),
        nose=chance.uniform(0, 1),
        mouth_width=times(sampled.mouth_width, 0.6, 1.5),
        brow_weight=chance.uniform(0, 2),
        shade=chance.uniform(0, 1),
        strands=chance.uniform(0, 1),
    )


def draw_cat_head(seed: int) -> np.ndarray:
    """Premultiplied uint8 (SIDE, SIDE, 4). Raises DrawingUnavailable."""
    from data.drawn.cats import draw_cat, sample_cat

    return _premultiplied(draw_cat(dataclasses.replace(sample_cat(seed), background="transparent"), SIDE).pixels)


def draw_backdrop(seed: int) -> np.ndarray:
    """uint8 (SIDE, SIDE, 3) without anybody in it. Raises DrawingUnavailable."""
    from data.drawn import sample_parameters
    from data.drawn.drawing import check
    from data.drawn.easel import painted
    from data.drawn.figure import Figure
    from data.drawn.parameters import BACKGROUNDS

    check(SIDE)
    from data.drawn.surroundings.background import draw_background

    kinds = [kind for kind in BACKGROUNDS if kind not in ("plain", "gradient", "transparent")]
    figure = Figure(dataclasses.replace(sample_parameters(seed), background=kinds[seed % len(kinds)]), SIDE)

    def paint(canvas: Any) -> None:
        canvas.save()
        canvas.scale(SIDE, SIDE)
        draw_background(canvas, figure)
        canvas.restore()

    return painted(SIDE, paint, False)


def _premultiplied(pixels: np.ndarray) -> np.ndarray:
    alpha = pixels[:, :, 3:].astype(np.uint16)
    color = (pixels[:, :, :3].astype(np.uint16) * alpha + 127) // 255
    return np.concatenate([color.astype(np.uint8), pixels[:, :, 3:]], 2)
