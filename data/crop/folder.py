"""All heads of a folder, a zip or a packed folder, cut out by all cores into a folder that a kill does not spoil.

A crop is whole before the journal says that its picture is done; `crops.jsonl` comes last, in the order of the source.
So a run that is killed anywhere and started again leaves the same bytes as one that never was.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from data import durable, journal, labelled, origins
from data.booru import kept
from data.crop.cutting import Options, Sight, heads
from data.dataset.packing import Report
from data.dataset.reading import SENTENCES, Reader, Unusable, leads_out
from data.dataset.source import Source
from data.dataset.workers import in_order
from data.labelling.lines import persons
from data.pictures.opening import Unreadable

ABOUT = "crop.json"  # in the folder: what it was cut out of, and how
CHUNK = 8  # pictures a task: they are large
VERSION = 1  # of what is cut; in the journal's name
_CROP = re.compile(r"\.\d+\.png$")


class CropError(Exception):
    """Heads cannot be cut out; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a picture, and how large the files of its crops are, by name."""

    name: str
    stamp: str
    entries: tuple[dict[str, Any], ...]  # lines of crops.jsonl, without what its site says
    files: Mapping[str, int]


def crop(
    source: Source,
    out: Path,
    options: Options,
    sight: Sight,
    cache: Path,
    report: Report | None = None,
    processes: int | None = None,
) -> Counter[str]:
    """How many pictures or heads came to what: `pictures`, `cut`, `small`, …, `no head`, `unreadable`.

    `cache` (`<storage>/cache/crops`) has the journals. Raises CropError, DatasetError and ManifestError.
    """
    posts = kept.posts(Path(source.path)) if source.kind == "folder" else {}
    _begin(source, out, options)
    try:
        place = journal.place(cache, VERSION, source.spec, str(out.resolve()), options.to_json(), sight.digest)
    except OSError as error:
        raise CropError(f"{error.filename} cannot be used: {error.strerror or error}") from error
    try:
        with FileLock(cache / f".{place.name}.lock", blocking=False):
            return _crop(source, out, options, sight, place, posts, report, processes)
    except Timeout:
        raise CropError(f"another process is cutting heads into {out}") from None


def _begin(source: Source, out: Path, options: Options) -> None:
    """Raises CropError where `out` is no place for these crops."""
    about = json.dumps({"source": source.spec, **options.to_json()}, indent=1) + "\n"
    place, path = out.resolve(), Path(source.path)
    if place == path or path in place.parents:
        raise CropError(f"{out} lies in {path}, where heads are to be looked for: name another folder")
    try:
        earlier = (out / ABOUT).read_text(encoding="utf-8")
    except FileNotFoundError:
        if out.exists() and (not out.is_dir() or any(not file.name.startswith(".") for file in out.iterdir())):
            raise CropError(f"{out} is not empty and holds no {ABOUT} of an earlier run: name another folder") from None
        durable.write_text(out / ABOUT, about)
        return
    except OSError as error:
        raise CropError(f"{out} cannot be used: {error.strerror or error}") from error
    if earlier != about:
        raise CropError(
            f"{out} was cut out of other pictures or with other options, as {ABOUT} says: name another folder, "
            "or remove that one"
        )


def _crop(
    source: Source,
    out: Path,
    options: Options,
    sight: Sight,
    place: Path,
    posts: Mapping[str, dict[str, Any] | None],
    report: Report | None,
    processes: int | None,
) -> Counter[str]:
    known = {(done.name, done.stamp): done for done in _read(place) if _is_there(done, out)}
    wanted = [(name, stamp) for name, stamp in zip(source.names, source.stamps(), strict=True)]
    looked_at = [entry for entry in wanted if not _left_out(posts, entry[0], options)]
    fresh = [entry for entry in looked_at if entry not in known]
    count = len(looked_at) - len(fresh)
    if report is not None:
        report(count, len(looked_at))
    chunks = [fresh[start : start + CHUNK] for start in range(0, len(fresh), CHUNK)]
    with Reader(source) as reader, place.open("a", encoding="utf-8") as file:
        for results in in_order(partial(_chunk, reader, out, options, sight), chunks, processes):
            for done in results:
                file.write(json.dumps([done.name, done.stamp, done.entries, done.files]) + "\n")
                known[done.name, done.stamp] = done
            file.flush()
            count += len(results)
            if report is not None:
                report(count, len(looked_at))
        os.fsync(file.fileno())
    entries = list(_entries(wanted, known, posts, options))
    files = {name for entry in looked_at for name in known[entry].files}
    _tidy(out, files)
    _label(out, entries)
    durable.write_text(out / origins.FILE, origins.lines(entries))
    return _counted(source, entries)


def _chunk(reader: Reader, out: Path, options: Options, sight: Sight, wanted: Sequence[tuple[str, str]]) -> list[Done]:
    from data.vision.perprocess import one_thread

    with one_thread():
        return [_picture(reader, out, options, sight, name, stamp) for name, stamp in wanted]


def _picture(reader: Reader, out: Path, options: Options, sight: Sight, name: str, stamp: str) -> Done:
    """Cuts out the heads of one picture. Raises CropError where they cannot be written."""
    try:
        if leads_out(name):
            raise Unusable("its path leads out of the archive")
        content = reader.content(name)
        size, found = heads(content, sight, options)
    except (Unusable, Unreadable) as error:
        why = SENTENCES[error.reason] if isinstance(error, Unreadable) else str(error)
        return Done(name, stamp, ({"file": None, "verdict": "unreadable", "source": name, "error": why},), {})
    about = {"source": name, "sha256": hashlib.sha256(content).hexdigest(), "size": list(size), "heads": len(found)}
    if not found:
        return Done(name, stamp, ({"file": None, "verdict": "no head", **about},), {})
    entries: list[dict[str, Any]] = []
    files: dict[str, int] = {}
    for number, head in enumerate(found):
        file = f"{name}.{number}.png" if head.content is not None else None
        if file is not None and head.content is not None:
            try:
                durable.write_bytes(out / file, head.content)
            except OSError as error:
                raise CropError(f"{out / file} cannot be written: {error.strerror or error}") from error
            files[file] = len(head.content)
        entries.append({"file": file, **head.to_json(), **about})
    return Done(name, stamp, tuple(entries), files)


def _label(out: Path, entries: Sequence[Mapping[str, Any]]) -> None:
    """Writes what is seen of people beside their crops; what a person has changed there stays. Raises DatasetError."""
    looks = {str(entry["file"]): entry["look"] for entry in entries if entry.get("file") and "look" in entry}
    if not looks:
        return
    earlier = {str(line.get("file")): persons(line) for line in labelled.lines(out)}
    lines = [{"file": file, **look, **earlier.get(file, {})} for file, look in looks.items()]
    durable.write_bytes(out / labelled.FILE, labelled.written(lines))


def _left_out(posts: Mapping[str, dict[str, Any] | None], name: str, options: Options) -> str:
    """Why a picture is not looked at, "" where it is."""
    if name not in posts:
        return ""
    if (post := posts[name]) is None:
        return "refused"
    return "" if options.ratings == "any" or post["rating"] in options.ratings.split(",") else "rating"


def _entries(
    wanted: Sequence[tuple[str, str]],
    known: Mapping[tuple[str, str], Done],
    posts: Mapping[str, dict[str, Any] | None],
    options: Options,
) -> Iterator[dict[str, Any]]:
    for name, stamp in wanted:
        if why := _left_out(posts, name, options):
            yield {"file": None, "verdict": why, "source": name}
            continue
        post = posts.get(name)
        for entry in known[name, stamp].entries:
            yield entry if post is None else {**entry, "post": post}


def _counted(source: Source, entries: Sequence[Mapping[str, Any]]) -> Counter[str]:
    return Counter({"pictures": source.count, **Counter(str(entry["verdict"]) for entry in entries)})


def _is_there(done: Done, out: Path) -> bool:
    try:
        return all((out / name).stat().st_size == size for name, size in done.files.items())
    except OSError:
        return False


def _tidy(out: Path, files: Set[str]) -> None:
    """Removes what a kill left half-written, crops of pictures that are gone or others now, and empty folders."""
    for root, _, names in os.walk(out, topdown=False):
        for name in names:
            path = Path(root, name)
            if durable.is_torn(path) or (_CROP.search(name) and path.relative_to(out).as_posix() not in files):
                path.unlink(missing_ok=True)
        if Path(root) != out and not any(Path(root).iterdir()):
            Path(root).rmdir()


def _read(place: Path) -> Iterator[Done]:
    for name, stamp, entries, files in journal.entries(place):
        yield Done(name, stamp, tuple(entries), files)
