"""Training sets, packed first: one file of pixels that a run reads without decoding anything.

A source is `PATH.zip`, a folder, a packed folder, or `drawn:[SPEC]` (faces by `data.drawn`, SPEC as in
`count=1000,seed=0`; `data.drawn.spec` has it all). A packed set is a folder of `images.npy` (uint8 (N, H, W, 3),
memory-mapped), `labels.jsonl` (a line a picture) and `manifest.json`, whose `hash` names the content wherever it came
from.
"""

from __future__ import annotations

import hashlib
import io
import json
import multiprocessing
import os
import shutil
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from data.drawn.spec import Spec, WrongSpec

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif")
MAX_FILE = 100_000_000  # bytes of one picture, unpacked
MAX_PIXELS = 100_000_000  # of one picture
MAX_DRAWN = 50_000  # default count of drawn faces; more do not make a small network better
MAX_SIDE = 2048
CHUNK = 64  # pictures a task of the process pool
VERSION = 1  # of what packing does; in every key, so that an older cache is not used

Report = Callable[[int, int], None]  # pictures done, pictures in all


class DatasetError(Exception):
    """A source cannot be made into a set; the message is one sentence for the person who trains."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where pictures come from, resolved: `kind` is "zip", "folder" or "drawn"."""

    kind: str
    path: str  # of the file or folder, absolute; empty for "drawn"
    names: tuple[str, ...] = ()  # of the pictures in it, sorted
    count: int = 0
    drawn: Spec | None = None  # what to draw, where `kind` is "drawn"

    @property
    def spec(self) -> str:
        """What names the same source again on the command line."""
        return self.path if self.drawn is None else f"drawn:{self.drawn}"

    def key(self, size: int) -> str:
        """Of the packed set in the cache: changes when the files, or the drawing program, change."""
        digest = hashlib.sha256(json.dumps([VERSION, size, self.spec]).encode())
        if self.kind == "drawn":
            for file in sorted((Path(__file__).parent / "drawn").rglob("*.py")):
                digest.update(file.read_bytes())
        elif self.kind == "zip":
            stat = Path(self.path).stat()
            digest.update(f"{stat.st_size} {stat.st_mtime_ns}".encode())
        else:
            for name in self.names:
                stat = Path(self.path, name).stat()
                digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode(errors="surrogateescape"))
        return digest.hexdigest()[:16]


class Dataset:
    """A packed set. Raises DatasetError where the folder does not hold one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            self._images: np.ndarray = np.load(folder / "images.npy", mmap_mode="r", allow_pickle=False)
            self.manifest_hash: str = self.manifest["hash"]
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise DatasetError(f"{folder} is no packed set: {error}") from error
        n, h, w, c = self._images.shape if self._images.ndim == 4 else (0, 0, 0, 0)
        if self._images.dtype != np.uint8 or n < 1 or h != w or c != 3 or n != self.manifest.get("count"):
            raise DatasetError(f"{folder} is no packed set: images.npy does not fit manifest.json")
        self.size = h

    def __len__(self) -> int:
        return len(self._images)

    def images(self, indices: np.ndarray) -> np.ndarray:
        """uint8 (n, H, W, 3), a copy, for int64 indices (n,) below `len`."""
        return np.asarray(self._images[indices])

    def labels(self) -> Iterator[dict[str, Any]]:
        """One object a picture, in order: what was drawn, or `{"file": name}`."""
        with (self.folder / "labels.jsonl").open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)


def is_packed(text: str) -> bool:
    """Whether `text` names a packed folder."""
    return (
        not text.startswith("drawn:") and Path(text, "manifest.json").is_file() and Path(text, "images.npy").is_file()
    )


def resolve(text: str, looked_at: int = MAX_DRAWN) -> Source:
    """The source that a command line names. Raises DatasetError.

    `looked_at` is how many pictures the run will look at: no more are drawn where SPEC does not say how many.
    """
    if text.startswith("drawn:"):
        try:
            spec = Spec.parse(text.removeprefix("drawn:"), max(1, min(looked_at, MAX_DRAWN)))
        except WrongSpec as error:
            raise DatasetError(f"drawn: {error}") from error
        return Source("drawn", "", count=spec.count, drawn=spec)
    path = Path(text).expanduser().resolve()
    if path.is_dir():
        names = sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if _is_picture(file.name))
        kind = "folder"
    elif path.is_file() and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = sorted(name for name in archive.namelist() if _is_picture(Path(name).name))
        kind = "zip"
    else:
        raise DatasetError(f"{text} is no folder, no zip file and not drawn:[SPEC]")
    if not names:
        raise DatasetError(f"no pictures ({' '.join(SUFFIXES)}) in {text}")
    return Source(kind, str(path), tuple(names), len(names))


def find(cache: Path, manifest_hash: str) -> Dataset | None:
    """The packed set in `cache` with this content, None where it is not kept any more."""
    for manifest in cache.glob("[!.]*/manifest.json"):
        try:
            dataset = Dataset(manifest.parent)
        except DatasetError:
            continue
        if dataset.manifest_hash == manifest_hash:
            return dataset
    return None


def pack(source: Source, size: int, cache: Path, report: Report | None = None, processes: int | None = None) -> Dataset:
    """The source's packed set at `size` px, out of `cache` (`<storage>/cache/sets`) or made now.

    Pictures are turned as their EXIF says, centre-cropped to a square, resized (Lanczos), put on white where they are
    see-through. Files that cannot be read are left out; the manifest's `skipped` names them. Raises DatasetError.
    """
    if not 4 <= size <= MAX_SIDE:
        raise DatasetError(f"pictures of a set are 4 to {MAX_SIDE} px, not {size}")
    folder = cache / source.key(size)
    if folder.exists():
        return Dataset(folder)
    cache.mkdir(parents=True, exist_ok=True)
    fresh = cache / f".{folder.name}.{uuid.uuid4().hex[:8]}.part"
    fresh.mkdir()
    try:
        _write(source, size, fresh, report or (lambda done, total: None), processes or os.cpu_count() or 1)
        try:
            fresh.rename(folder)
        except OSError:
            if not folder.exists():  # otherwise another process was faster with the same set
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return Dataset(folder)


def _write(source: Source, size: int, folder: Path, report: Report, processes: int) -> None:
    digest, kept, seen, skipped = hashlib.sha256(), 0, 0, []
    with (folder / "images.npy").open("w+b") as images, (folder / "labels.jsonl").open("w", encoding="utf-8") as labels:
        _header(images, source.count, size)
        starts = range(0, source.count, CHUNK)
        with _mapped(partial(_chunk, source, size), starts, processes) as chunks:
            for results in chunks:
                for pixels, label in results:
                    seen += 1
                    if pixels is None:
                        skipped.append(label)
                        continue
                    line = json.dumps(label, ensure_ascii=False)
                    images.write(pixels)
                    labels.write(line + "\n")
                    digest.update(pixels + line.encode())
                    kept += 1
                report(seen, source.count)
        if kept == 0:
            raise DatasetError(f"no picture in {source.spec} can be read; the first one is {skipped[0]['file']}")
        begin = images.tell()
        images.seek(0)
        _header(images, kept, size)  # numpy pads the header so that a smaller count takes the same room
        images.seek(begin)
        images.flush()
        os.fsync(images.fileno())
    digest.update(f"{VERSION} {size} {kept}".encode())
    manifest = {"hash": digest.hexdigest(), "count": kept, "size": size, "source": source.spec, "skipped": skipped}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _header(file: Any, count: int, size: int) -> None:
    np.lib.format.write_array_header_1_0(
        file, {"descr": "|u1", "fortran_order": False, "shape": (count, size, size, 3)}
    )


@contextmanager
def _mapped(work: Callable[[int], Any], starts: Iterable[int], processes: int) -> Iterator[Iterable[Any]]:
    """The results of `work` in order: by several processes, or by this one where there is little to do."""
    starts = list(starts)
    if len(starts) < 4 or processes == 1:
        yield map(work, starts)
        return
    # The processes are as many as the cores: numpy's own threads would only spin in each other's way.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    with ProcessPoolExecutor(processes, multiprocessing.get_context(method)) as pool:
        try:
            yield pool.map(work, starts)
        except BrokenProcessPool as error:
            raise DatasetError("a process that packed the set died; is there memory enough?") from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _chunk(source: Source, size: int, start: int) -> list[tuple[bytes | None, dict[str, Any]]]:
    """Pixels and label of CHUNK pictures from `start`; None and `{"file", "error"}` for one that cannot be read."""
    indices = range(start, min(start + CHUNK, source.count))
    if source.drawn is not None:
        from data.drawn import DrawingUnavailable

        try:
            return [_drawing(source.drawn, i, size) for i in indices]
        except DrawingUnavailable as error:
            raise DatasetError(str(error)) from error
    if source.kind == "folder":
        return [_read(partial(_file, Path(source.path, source.names[i])), source.names[i], size) for i in indices]
    with zipfile.ZipFile(source.path) as archive:
        return [_read(partial(_member, archive, source.names[i]), source.names[i], size) for i in indices]


def _drawing(spec: Spec, index: int, size: int) -> tuple[bytes, dict[str, Any]]:
    pixels, labels = spec.draw(index, size)
    return np.ascontiguousarray(pixels).tobytes(), labels


def _read(load: Callable[[], bytes], name: str, size: int) -> tuple[bytes | None, dict[str, Any]]:
    try:
        with Image.open(io.BytesIO(load()), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ValueError(f"{image.width}x{image.height} pixels")
            return _square(image, size).tobytes(), {"file": name}
    except Exception as error:  # Pillow's decoders raise nearly anything, down to struct.error and SyntaxError
        return None, {"file": name, "error": f"{type(error).__name__}: {error}"[:200]}


def _square(image: Image.Image, size: int) -> Image.Image:
    image = ImageOps.exif_transpose(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return ImageOps.fit(image.convert("RGB"), (size, size), Image.Resampling.LANCZOS)


def _file(path: Path) -> bytes:
    if path.stat().st_size > MAX_FILE:
        raise ValueError("the file is too large")
    return path.read_bytes()


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        content = file.read(MAX_FILE + 1)  # the size that the archive declares may be a lie
    if len(content) > MAX_FILE:
        raise ValueError("the file is too large")
    return content


def _is_picture(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not name.startswith("._")  # macOS archives carry ._ files
