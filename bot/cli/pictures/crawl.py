"""`python -m bot crawl SITE`: pictures and what is known of them, from the sites where people collect drawings."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.pictures.crawl_progress import pictures as so_many
from bot.cli.pictures.crawl_progress import summary
from bot.cli.refusal import Refusal
from bot.settings import load


class SiteName(str, Enum):  # noqa: UP042  typer shows the values as choices
    """Those that `data.booru.sites` knows, and what is no site; said here so that `--help` need not import it."""

    danbooru = "danbooru"
    safebooru = "safebooru"
    safebooru_donmai = "safebooru-donmai"
    konachan = "konachan"
    yandere = "yandere"
    dump = "dump"  # a Danbooru dump on this machine
    folder = "folder"
    zip = "zip"
    video = "video"
    gallery_dl = "gallery-dl"  # the program, and what it knows


PLACES = frozenset({SiteName.folder, SiteName.zip, SiteName.video, SiteName.gallery_dl})
"""Those that WHERE goes with."""


def crawl(
    site: Annotated[SiteName, typer.Argument(help="Where to look.")],
    outdir: Annotated[Path, typer.Option(help="Folder for pictures and manifest; one that has some is continued.")],
    where: Annotated[
        str | None, typer.Argument(help="The folder, the zip, the video, or the address that gallery-dl is given.")
    ] = None,
    tags: Annotated[str, typer.Option(help='"misaka_mikoto solo -comic": all of these, and none after a minus.')] = "",
    min_score: Annotated[int | None, typer.Option(help="What people there thought of it, at least.")] = None,
    since: Annotated[str | None, typer.Option(help="Posted then or later: 2019, 2019-05 or 2019-05-31.")] = None,
    rating: Annotated[
        str | None,
        typer.Option(
            help="g (general), s (sensitive), q (questionable), e (explicit), some with commas; or any. "
            "Without it g, and of what has a WHERE also what nobody has rated."
        ),
    ] = None,
    min_side: Annotated[int, typer.Option(min=0, help="Pixels of the shorter side, at least.")] = 0,
    types: Annotated[str, typer.Option(help="File types, with commas: jpg, png, webp, gif, avif.")] = "jpg,png,webp",
    limit: Annotated[int, typer.Option(min=1, help="Pictures, those of earlier runs included.")] = 1000,
    base_url: Annotated[str | None, typer.Option(help="Another host that speaks as SITE does.")] = None,
    connections: Annotated[int, typer.Option(min=1, max=16, help="At once.")] = 4,
    per_second: Annotated[float, typer.Option(min=0.01, max=1000.0, help="Requests to one host.")] = 2.0,
    max_bytes: Annotated[int, typer.Option(min=1, help="Largest file.")] = 50_000_000,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds for one file.")] = 120.0,
    metadata: Annotated[Path | None, typer.Option(help="Of a dump: the posts, a JSON object a line.")] = None,
    pictures: Annotated[Path | None, typer.Option(help="Of a dump: the folder of its pictures.")] = None,
) -> None:
    """Fetch pictures by their tags, with a manifest. The same command again goes on where it was."""
    from bot.cli.pictures.crawl_local import RATINGS, gather, take_dump
    from bot.cli.pictures.crawl_site import Pace, crawl_site, site_of
    from data.booru import query

    if (site is SiteName.dump) is not (metadata is not None and pictures is not None and base_url is None):
        raise typer.BadParameter("--metadata and --pictures say where a dump is, and belong to `crawl dump` only")
    if (site in PLACES) is not (where is not None and base_url is None):
        raise typer.BadParameter("WHERE belongs to `crawl folder`, `zip`, `video` and `gallery-dl`, and to no other")
    settings = load()
    try:
        known = None if site in PLACES else site_of("danbooru" if metadata else site.value, base_url, settings)
        wanted, without = query.split_tags(tags)
        asked = query.Query(
            wanted,
            without,
            min_score,
            None if since is None else query.day(since),
            _ratings(rating, frozenset("g") if known else RATINGS, known.ratings if known else frozenset("gsqe")),
            min_side,
            query.subset(types, query.TYPES, "file type"),
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if where is not None:
        tally = gather(site.value, where, asked, outdir, limit, settings, max_bytes, per_second)
    elif metadata is not None and pictures is not None:
        tally = take_dump(metadata, pictures, asked, outdir, limit)
    else:
        assert known is not None
        pace = Pace(connections, per_second, max_bytes, timeout)
        tally = crawl_site(known, asked, outdir, limit, settings, pace)
    typer.echo(f"{summary(tally)}: {outdir}")
    if known is not None and metadata is None and tally.later and tally.kept < limit:
        raise Refusal(f"{so_many(tally.later)} did not come; the same command again asks for them once more")


def _ratings(text: str | None, usual: frozenset[str], known: frozenset[str]) -> frozenset[str]:
    """Raises `ValueError` with a sentence."""
    from data.booru import query

    if text is None:
        return usual
    return frozenset() if text.strip().lower() == "any" else query.subset(text, known, "rating there")
