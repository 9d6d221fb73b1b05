"""`python -m bot crawl` of what is on this machine, or what gallery-dl brings to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.pictures.crawl_progress import Progress, stopping, summary
from bot.cli.refusal import Refusal
from bot.settings import Settings

if TYPE_CHECKING:
    from data.booru.crawl import Tally
    from data.booru.local.gather import Gathering, Look
    from data.booru.local.source import Pictures, Place
    from data.booru.query import Query
    from data.pictures import Pixels

RATINGS = frozenset({"g", ""})
"""That are taken unless somebody says otherwise: general, and what nobody has rated."""


def take_dump(metadata: Path, pictures: Path, query: Query, outdir: Path, limit: int) -> Tally:
    """Raises `Refusal`."""
    from data.booru.dump import Dump, DumpError, take
    from data.booru.manifest import Manifest

    try:
        with stopping(outdir), Manifest(outdir) as manifest, Progress("dump", limit) as progress:
            return take(Dump(metadata, pictures), query, manifest, limit, progress.show)
    except DumpError as error:
        raise Refusal(str(error)) from error


def gather(
    kind: str, where: str, query: Query, outdir: Path, limit: int, settings: Settings, max_bytes: int, per_second: float
) -> Tally:
    """The pictures of a folder, zip, video or gallery-dl's address. Raises `Refusal`."""
    from data.booru.local.gather import Gathering
    from data.booru.local.source import SourceError
    from data.booru.manifest import Manifest
    from data.vision.onnx import OnnxUnavailable

    try:
        place = _place(kind, where)
        look = _look(settings)
        seen_by = " ".join(str(path) for path in (settings.tagger_onnx, settings.rater_onnx) if path)
        with stopping(outdir), Manifest(outdir) as manifest, Progress(kind, limit) as progress:
            work = Gathering(
                place, query, manifest, limit, settings.intake_max_pixels, look, progress.show, progress.say, seen_by
            )
            pictures = _pictures(kind, where, work, outdir, settings, max_bytes, per_second)
            try:
                return work.run(pictures)
            except SourceError:
                if work.tally.kept:
                    typer.echo(f"{summary(work.tally)}: {outdir}")
                raise
    except (SourceError, OnnxUnavailable) as error:
        raise Refusal(str(error)) from error


def _place(kind: str, where: str) -> Place:
    from data.booru.local import archive, folder, gallery_dl, video

    if kind == "gallery-dl":
        return gallery_dl.place(where)
    place = {"folder": folder.place, "zip": archive.place, "video": video.place}[kind]
    return place(Path(where).expanduser())


def _pictures(
    kind: str, where: str, work: Gathering, outdir: Path, settings: Settings, max_bytes: int, per_second: float
) -> Pictures:
    from data.booru.local import archive, folder, gallery_dl, video

    query = work.query
    if kind == "gallery-dl":
        order = gallery_dl.Order(where, query.types, max_bytes, per_second)
        return lambda cursor: gallery_dl.pictures(order, outdir, work.key)
    path = Path(where).expanduser()
    if kind == "video":
        ending = next((one for one in video.ENDINGS if one in query.types), video.ENDINGS[0])
        return lambda cursor: video.pictures(path, cursor, settings.intake_max_pixels, ending, work.kept())
    if kind == "zip":
        return lambda cursor: archive.pictures(path, cursor, max_bytes)
    return lambda cursor: folder.pictures(path, cursor, max_bytes, [outdir])


def _look(settings: Settings) -> Look | None:
    """What sees tags and ratings, where a setting names it. Raises `OnnxUnavailable`."""
    from data.vision.onnx import Rater, Tagger

    if settings.tagger_onnx is None and settings.rater_onnx is None:
        return None
    tagger = Tagger(settings.tagger_onnx) if settings.tagger_onnx else None
    rater = Rater(settings.rater_onnx) if settings.rater_onnx else None

    def look(picture: Pixels) -> tuple[frozenset[str], str]:
        tagged = tagger.see(picture) if tagger else None
        rating = rater.rating(picture) if rater else tagged.rating if tagged else ""
        return tagged.likely() if tagged else frozenset(), rating

    return look
