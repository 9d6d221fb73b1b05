"""What `translate` does with a folder: a picture at a time, remembered, so that a kill costs little."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.cli.brought import NoPicture, opened
from bot.cli.refusal import Refusal
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.cli.translator import Framer, Translator
    from data.pictures import Pixels

VERSION = 1  # of what is written; in the journal's name
MOST_SHOWN = 400  # pictures on a sheet
NOBODY = "no face in it; --centre takes the middle"


@dataclass(frozen=True)
class Manner:
    """How all pictures of a run are translated."""

    source: str
    to: str
    labels: tuple[tuple[str, float], ...]
    strength: float
    seeds: tuple[int, ...]
    centre: bool
    side_by_side: bool
    like: Pixels | None = field(default=None, repr=False)

    def to_json(self) -> dict[str, Any]:
        like = None if self.like is None else hashlib.sha256(self.like.tobytes()).hexdigest()
        return {**asdict(self), "like": like}


class Job:
    """One run: what is done of it already, and what is to be done. Raises Refusal where `out` cannot be written."""

    def __init__(
        self, source: Path, out: Path, settings: Settings, twin: Translator, framer: Framer, manner: Manner,
        names: dict[Path, str],
    ) -> None:  # fmt: skip
        self.source, self.out, self.settings = source, out, settings
        self.twin, self.framer, self.manner, self.names = twin, framer, manner, names

    def __enter__(self) -> Job:
        from data import journal

        key = (VERSION, str(self.source.resolve()), str(self.out.resolve()), self.twin.version, self.manner.to_json())
        cache = self.settings.storage_dir / "cache" / "translations"
        try:
            self.out.mkdir(parents=True, exist_ok=True)
            place = journal.place(cache, *key)
            self._known = {(name, stamp): written for name, stamp, written in journal.entries(place)}
            self._journal = place.open("a", encoding="utf-8")
        except OSError as error:
            raise Refusal(f"{error.filename} cannot be used: {error.strerror or error}") from error
        return self

    def __exit__(self, *_: object) -> None:
        self._journal.close()

    def done(self, path: Path) -> int:
        """How many faces of a picture are translated, now or before. Raises NoPicture and Refusal."""
        from data import durable

        name, stamp = path.relative_to(self.source).as_posix(), _stamp(path)
        written = self._known.get((name, stamp))
        if written is not None and all(_size(self.out / file) == size for file, size in written.items()):
            return -(-len(written) // len(self.manner.seeds))
        heads = self._heads(path)
        made = self._translated(heads)
        seeds = len(self.manner.seeds)
        written = {}
        for number, picture in enumerate(made):
            file = self._file(path, number // seeds, len(heads), number % seeds)
            before = heads[number // seeds]
            content = _png(_beside(before, picture) if self.manner.side_by_side else picture)
            try:
                durable.write_bytes(self.out / file, content)
            except OSError as error:
                raise Refusal(f"{self.out / file} cannot be written: {error.strerror or error}") from error
            written[file] = len(content)
        self._known[name, stamp] = written
        self._journal.write(json.dumps([name, stamp, written]) + "\n")
        self._journal.flush()
        return len(heads)

    def pairs(self, found: Sequence[Path]) -> Iterator[tuple[Pixels, list[Pixels]]]:
        """Each head before and after, with all its variants; at most MOST_SHOWN pictures in all."""
        shown, seeds = 0, len(self.manner.seeds)
        for path in found:
            if (path.relative_to(self.source).as_posix(), _stamp(path)) not in self._known:
                continue
            heads = self._heads(path)
            made = self._translated(heads)
            for number, head in enumerate(heads):
                if (shown := shown + 1 + seeds) > MOST_SHOWN:
                    return
                yield head, list(made[number * seeds : (number + 1) * seeds])

    def _heads(self, path: Path) -> Pixels:
        """Raises NoPicture."""
        from bot.cli.translator import MAX_SIDE

        picture = opened(path, self.settings, MAX_SIDE).pixels
        faces = self.framer.faces(picture)
        if not faces and self.framer.looks and not self.manner.centre:
            raise NoPicture(NOBODY)
        return self.framer.framed(picture, faces)

    def _translated(self, heads: Pixels) -> Pixels:
        from models.requests import BadRequest, Translate

        manner = self.manner
        try:
            request = Translate(
                self.twin.model.id, tuple(heads), manner.source, manner.to, manner.labels, manner.like,
                manner.strength, manner.seeds,
            )  # fmt: skip
        except BadRequest as error:
            raise Refusal(str(error)) from error
        return self.twin.run(request).pixels

    def _file(self, path: Path, face: int, faces: int, seed: int) -> str:
        name = self.names[path]
        if faces > 1:
            name += f"-{face + 1}"
        if len(self.manner.seeds) > 1:
            name += f".{self.manner.seeds[seed]}"
        return f"{name}.png"


def names_of(source: Path, found: Sequence[Path]) -> dict[Path, str]:
    """What comes of each file is called as it is, without its ending where nothing else could be called so."""
    whole = {path: path.relative_to(source).as_posix() for path in found}
    plain = {path: path.relative_to(source).with_suffix("").as_posix() for path in found}
    often = Counter(plain.values())
    numbered = {_NUMBER.sub("", name) for name in often if _NUMBER.search(name)}  # as a face of another is called
    names = {path: whole[path] if often[name] > 1 or name in numbered else name for path, name in plain.items()}
    return names if len(set(names.values())) == len(names) else whole


_NUMBER = re.compile(r"-\d+$")


def _stamp(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return ""
    return f"{status.st_size} {status.st_mtime_ns}"


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def resized(picture: Pixels, side: int) -> Pixels:
    """uint8 (side, side, 3)."""
    from PIL import Image

    return np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.LANCZOS))


def _beside(before: Pixels, after: Pixels) -> Pixels:
    return np.concatenate([resized(before, after.shape[0]), after], axis=1)


def _png(pixels: Pixels) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()
