"""Photos of people, packed with what is needed to draw them: cut out, labelled, and drawn as their labels say.

A packed folder holds `images.npy` (uint8 (N, H, W, 4), whose alpha is what belongs to the person), `c.npy` and
`said.npy` (float32 (N, len(NAMES)): label values, and which of them are known), for each kind of drawing `KIND.npy`
(uint8 (N, DRAWN, H, W, 4)) with `KIND.c.npy` and `KIND.said.npy`, of portraits also what is in `Wished` and `Lent`, and
`manifest.json`.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from PIL import Image, ImageOps

from data import durable, origins
from data.dataset.packed import DatasetError
from data.dataset.packing import CHUNK, Report
from data.dataset.reading import MAX_PIXELS, SENTENCES, Reader, Unusable, pictures_of
from data.dataset.source import Source
from data.dataset.workers import in_order
from data.drawn import DrawingUnavailable, draw
from data.drawn.cats import CatParameters, draw_cat
from data.drawn.parameters import Parameters
from data.drawn.sampling import sample_portrait
from data.labels import NAMES, told
from data.likeness import likeness, wish, with_the_look_of
from data.pictures.opening import Unreadable, opened

VERSION = 2
DRAWN = 4  # drawings of each person: a plain one first, then some as chance has what is not told
WISHED, LENT = 4, 3  # plain drawings of each person with something asked, and with the look of another one
HUMAN = {"ears_cat": 0.0, "ears_elf": 0.0, "ribbon": 0.0, "twin_tails": 0.0, "ponytail": 0.0}
"""What is true of people in photos unless their labels say otherwise."""

_OTHERS = 1 << 40  # seeds from here on are of no drawn set

# Below data/: what draws, what looks, and what else decides what is packed.
_MADE_BY = ("likeness.py", "labels.py", "dataset/people.py", "drawn/**/*.py", "vision/people/**/*")


class People:
    """A packed folder. Raises DatasetError where it is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            load = lambda name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
            self.pixels: np.ndarray = load("images")
            self.c, self.said = np.array(load("c")), np.array(load("said"))
            self.drawn = {
                kind: Drawn(load(kind), np.array(load(f"{kind}.c")), np.array(load(f"{kind}.said")))
                for kind in self.manifest["kinds"]
            }
            portraits = "portrait" in self.drawn
            self.wished = (
                Wished(load("wished"), np.array(load("wished.c")), np.array(load("wished.asked")))
                if portraits
                else None
            )
            self.lent = (
                Lent(load("lent"), load("lenders"), np.array(load("lenders.c")), np.array(load("lenders.said")))
                if portraits
                else None
            )
            self.manifest_hash: str = self.manifest["hash"]
            self.names: list[str] = self.manifest["names"]
            self.digests: list[str] = self.manifest["digests"]  # SHA-256 of the files
            self.sources: list[str] = self.manifest["sources"]  # of what they were cut out of; "" where that is unknown
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise DatasetError(f"{folder} holds no packed people: {error}") from error
        self.size = self.pixels.shape[1]

    def __len__(self) -> int:
        return len(self.pixels)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everybody of a set, drawn: `pixels` uint8 (N, DRAWN, H, W, 4), labels float32 (N, DRAWN, len(NAMES))."""

    pixels: np.ndarray
    c: np.ndarray
    said: np.ndarray


@dataclass(frozen=True, slots=True)
class Wished:
    """Everybody as a portrait of whom something is asked (`data.likeness.wish`): `pixels` uint8 (N, WISHED, H, W, 4);
    label values `c` and which are `asked`, float32 (N, WISHED, len(NAMES))."""

    pixels: np.ndarray
    c: np.ndarray
    asked: np.ndarray


@dataclass(frozen=True, slots=True)
class Lent:
    """Everybody with the look of another portrait: `pixels` and `lenders`, whose look it is, uint8 (N, LENT, H, W, 4);
    `c` and `said`, float32 (N, LENT, len(NAMES)), are the lenders' labels."""

    pixels: np.ndarray
    lenders: np.ndarray
    c: np.ndarray
    said: np.ndarray


def pack_people(
    text: str,
    size: int,
    cache: Path,
    kinds: Sequence[str] = ("portrait",),
    report: Report | None = None,
    processes: int | None = None,
) -> People:
    """The people of a folder, a zip or a packed folder at `size` px, out of `cache` or made now.

    Pictures are cut to their middle square, turned as their EXIF says. Labels are those of the `labels.jsonl` beside
    them, and where a picture has none there, what is seen in it; a picture that is not see-through is cut out by what
    is seen, too. `kinds` are those of `data.likeness`. What cannot be read is left out and named in the manifest. A
    kill costs some pictures only. Raises DatasetError.
    """
    from data.labelled import lines

    source = pictures_of(text)
    labels = {} if source.kind == "packed" else {str(entry.get("file")): entry for entry in lines(Path(source.path))}
    key = _key(source.key(size), labels, kinds)
    folder = cache / key
    if folder.exists():
        return People(folder)
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / f".{key}.lock"):  # another process may be making the same set
        if not folder.exists():
            part = cache / f".{key}.part"
            part.mkdir(exist_ok=True)
            parts = _parts(Reader(source), labels, size, tuple(kinds), part, report, processes)
            _write(folder, parts, source, size, kinds)
            shutil.rmtree(part)
    return People(folder)


def _key(pictures: str, labels: Mapping[str, Any], kinds: Sequence[str]) -> str:
    """Changes when the pictures, their labels, or what looks at them and draws them change."""
    digest = hashlib.sha256(json.dumps([VERSION, pictures, labels, list(kinds)]).encode())
    here = Path(__file__).parent.parent
    for pattern in _MADE_BY:
        for file in sorted(here.glob(pattern)):
            if file.is_file() and file.suffix != ".pyc":
                digest.update(file.read_bytes())
    return f"people-{digest.hexdigest()[:16]}"


def _parts(
    reader: Reader,
    labels: Mapping[str, Any],
    size: int,
    kinds: tuple[str, ...],
    part: Path,
    report: Report | None,
    processes: int | None,
) -> list[Path]:
    """Files of what `_chunk` found, for all pictures; what an earlier, killed packing left is taken."""
    count, report = reader.source.count, report or (lambda done, total: None)
    starts = [*range(0, count, CHUNK)]
    missing = [start for start in starts if not (part / f"{start}.npz").exists()]
    report((len(starts) - len(missing)) * CHUNK, count)
    with reader:
        work = partial(_chunk, reader, labels, size, kinds)
        for start, found in zip(missing, in_order(work, missing, processes), strict=True):
            with durable.replacing(part / f"{start}.npz") as fresh, fresh.open("wb") as file:
                np.savez(file, **found)  # type: ignore[arg-type]
            report(min(start + CHUNK, count), count)
    return [part / f"{start}.npz" for start in starts]


def _chunk(
    reader: Reader, labels: Mapping[str, Any], size: int, kinds: tuple[str, ...], start: int
) -> dict[str, np.ndarray]:
    """Arrays of CHUNK pictures from `start`, by name; `skipped` are (file, reason)."""
    found: dict[str, list[Any]] = {}
    names, digests, skipped = [], [], []
    for name in reader.source.names[start : start + CHUNK]:
        try:
            content = reader.content(name)
            arrays = _person(content, labels.get(name), size, kinds, start + len(names))
        except Unusable as reason:
            skipped.append((name, str(reason)))
            continue
        names.append(name)
        digests.append(hashlib.sha256(content).hexdigest())
        for key, value in arrays.items():
            found.setdefault(key, []).append(value)
    text = lambda values, shape: np.array(values, dtype=str).reshape(shape)
    return {
        **{key: np.stack(values) for key, values in found.items()},
        ".names": text(names, -1), ".digests": text(digests, -1),
        ".skipped": text(skipped, (-1, 2)),
    }  # fmt: skip


def _person(
    content: bytes, labels: Mapping[str, Any] | None, size: int, kinds: Sequence[str], seed: int
) -> dict[str, np.ndarray]:
    """One picture's arrays. Raises Unusable."""
    picture = _square(content, max(size, 128))
    known: dict[str, float] = {}
    if labels is None or bool((picture[:, :, 3] == 255).all()):
        from data.vision.people import look

        seen = look(picture[:, :, :3])
        known = dict(seen.numbers)
        picture = np.dstack([picture[:, :, :3], seen.mask])
    if labels is not None:
        try:
            known = told(labels)
        except ValueError as error:
            raise Unusable(str(error)) from error
    known = {**HUMAN, **known}
    c, said = _vectors(known)
    arrays = {"images": _resized(picture, size), "c": c, "said": said}
    for kind in kinds:
        pixels, drawn_c, drawn_said = zip(
            *(_drawn(likeness(known, n and DRAWN * seed + n, kind), size) for n in range(DRAWN)), strict=True
        )
        arrays |= {kind: np.stack(pixels), f"{kind}.c": np.stack(drawn_c), f"{kind}.said": np.stack(drawn_said)}
    if "portrait" in kinds:
        arrays |= _wished(known, seed, size) | _lent(known, seed, size)
    return arrays


def _wished(known: Mapping[str, float], seed: int, size: int) -> dict[str, np.ndarray]:
    """What `Wished` holds of one person."""
    wishes = [wish(WISHED * seed + n) for n in range(WISHED)]
    pixels = [_drawn(likeness({**known, **asked}), size)[0] for asked in wishes]
    c, asked = zip(*(_vectors(asked) for asked in wishes), strict=True)
    return {"wished": np.stack(pixels), "wished.c": np.stack(c), "wished.asked": np.stack(asked)}


def _lent(known: Mapping[str, float], seed: int, size: int) -> dict[str, np.ndarray]:
    """What `Lent` holds of one person."""
    others = [sample_portrait(_OTHERS + LENT * seed + n, background="transparent") for n in range(LENT)]
    pixels = [_drawn(with_the_look_of(other, known), size)[0] for other in others]
    lenders, c, said = zip(*(_drawn(other, size) for other in others), strict=True)
    return {
        "lent": np.stack(pixels), "lenders": np.stack(lenders), "lenders.c": np.stack(c),
        "lenders.said": np.stack(said),
    }  # fmt: skip


def _drawn(parameters: Parameters | CatParameters, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A drawing, its label values and which are known."""
    try:
        drawing = draw_cat(parameters, size) if isinstance(parameters, CatParameters) else draw(parameters, size)
    except DrawingUnavailable as error:
        raise DatasetError(str(error)) from error
    return drawing.pixels, *_vectors(told(drawing.labels))


def _vectors(known: Mapping[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Label values and which are known, float32 (len(NAMES),) each."""
    c = np.array([known.get(name, 0.0) for name in NAMES], np.float32)
    return c, np.array([name in known for name in NAMES], np.float32)


def _square(content: bytes, size: int) -> np.ndarray:
    """uint8 (size, size, 4): the picture's middle, its colours also where it is see-through. Raises Unusable."""
    try:
        with opened(content, MAX_PIXELS) as image:
            whole = ImageOps.exif_transpose(image).convert("RGBA")
    except Unreadable as error:
        raise Unusable(SENTENCES[error.reason]) from error
    return _resized(np.asarray(ImageOps.fit(whole, (min(whole.size), min(whole.size)))), size)


def _resized(picture: np.ndarray, size: int) -> np.ndarray:
    """Colours and alpha each for themselves: Pillow would mix none of what is see-through."""
    if picture.shape[0] == size:
        return picture
    colours = Image.fromarray(picture[:, :, :3]).resize((size, size), Image.Resampling.LANCZOS)
    alpha = Image.fromarray(np.ascontiguousarray(picture[:, :, 3])).resize((size, size), Image.Resampling.BILINEAR)
    return np.dstack([np.asarray(colours), np.asarray(alpha)])


def _write(folder: Path, parts: Sequence[Path], source: Source, size: int, kinds: Sequence[str]) -> None:
    names, digests, skipped = (
        [text for loaded in _loaded(parts, key) for text in loaded.tolist()]
        for key in (".names", ".digests", ".skipped")
    )
    if not names:
        name, error = skipped[0]
        raise DatasetError(f"no picture in {source.spec} can be read; the first one is {name}: {error}")
    known = origins.read(Path(source.path))
    cut_from = [str(known.get(name, {}).get("sha256", "")) for name in names]
    digest = hashlib.sha256(f"{VERSION} {size}".encode())
    with durable.replacing_folder(folder) as fresh:
        for key in _keys(parts):
            whole: np.ndarray | None = None
            at = 0
            for loaded in _loaded(parts, key):  # one part at a time: all together may be more than fits into memory
                if whole is None:
                    shape = (len(names), *loaded.shape[1:])
                    whole = np.lib.format.open_memmap(fresh / f"{key}.npy", "w+", loaded.dtype, shape)
                whole[at : at + len(loaded)] = loaded
                digest.update(np.ascontiguousarray(loaded).data)
                at += len(loaded)
        manifest = {
            "hash": digest.hexdigest(), "count": len(names), "size": size, "source": source.spec, "kinds": list(kinds),
            "names": names, "digests": digests, "sources": cut_from,
            "skipped": [{"file": name, "error": reason} for name, reason in skipped],
        }  # fmt: skip
        (fresh / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _keys(parts: Sequence[Path]) -> list[str]:
    """The arrays in any of the parts that are written."""
    found: set[str] = set()
    for part in parts:
        with np.load(part, allow_pickle=False) as arrays:
            found |= {*arrays.files}
    return sorted(key for key in found if not key.startswith("."))


def _loaded(parts: Sequence[Path], key: str) -> Iterator[np.ndarray]:
    for part in parts:
        with np.load(part, allow_pickle=False) as arrays:
            if key in arrays.files:
                yield arrays[key]
