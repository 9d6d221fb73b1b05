"""`python -m bot crawl SITE`: pictures and what is known of them, from the sites where people collect drawings."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.refusal import Refusal
from bot.settings import Settings, load

if TYPE_CHECKING:
    from data.booru.base import Site
    from data.booru.client import Manners
    from data.booru.crawl import Tally
    from data.booru.query import Query

LINE_SECONDS = 10.0  # between two lines where there is no terminal


class SiteName(str, Enum):  # noqa: UP042  typer shows the values as choices
    """Those that `data.booru.sites` knows, and `dump`; said here so that `--help` need not import it."""

    danbooru = "danbooru"
    safebooru = "safebooru"
    safebooru_donmai = "safebooru-donmai"
    konachan = "konachan"
    yandere = "yandere"
    dump = "dump"  # no site: a Danbooru dump on this machine


def crawl(
    site: Annotated[SiteName, typer.Argument(help="Where to look.")],
    outdir: Annotated[Path, typer.Option(help="Folder for pictures and manifest; one that has some is continued.")],
    tags: Annotated[str, typer.Option(help='"misaka_mikoto solo -comic": all of these, and none after a minus.')] = "",
    min_score: Annotated[int | None, typer.Option(help="What people there thought of it, at least.")] = None,
    since: Annotated[str | None, typer.Option(help="Posted then or later: 2019, 2019-05 or 2019-05-31.")] = None,
    rating: Annotated[
        str, typer.Option(help="g (general), s (sensitive), q (questionable), e (explicit), some with commas; or any.")
    ] = "g",
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
    from data.booru import query

    if (site is SiteName.dump) is not (metadata is not None and pictures is not None and base_url is None):
        raise typer.BadParameter("--metadata and --pictures say where a dump is, and belong to `crawl dump` only")
    settings = load()
    try:
        known = _site("danbooru" if site is SiteName.dump else site.value, base_url, settings)
        wanted, without = query.split_tags(tags)
        asked = query.Query(
            wanted,
            without,
            min_score,
            None if since is None else query.day(since),
            frozenset() if rating.strip().lower() == "any" else query.subset(rating, known.ratings, "rating there"),
            min_side,
            query.subset(types, query.TYPES, "file type"),
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if metadata is not None and pictures is not None:
        typer.echo(f"{_summary(_take(metadata, pictures, asked, outdir, limit))}: {outdir}")
        return
    tally = _crawl(known, asked, outdir, limit, _manners(settings, connections, per_second, max_bytes, timeout))
    typer.echo(f"{_summary(tally)}: {outdir}")
    if tally.later and tally.kept < limit:
        raise Refusal(f"{_pictures(tally.later)} did not come; the same command again asks for them once more")


def _take(metadata: Path, pictures: Path, query: Query, outdir: Path, limit: int) -> Tally:
    from data.booru.dump import Dump, DumpError, take
    from data.booru.manifest import Manifest

    try:
        with _stopping(outdir), Manifest(outdir) as manifest, _Progress("dump", limit) as progress:
            return take(Dump(metadata, pictures), query, manifest, limit, progress.show)
    except DumpError as error:
        raise Refusal(str(error)) from error


@contextmanager
def _stopping(outdir: Path) -> Iterator[None]:
    """Ctrl-C, and a folder that cannot be used, as sentences."""
    from data.booru.manifest import ManifestError

    try:
        yield
    except KeyboardInterrupt:
        typer.echo("stopped; the same command goes on from here", err=True)
        raise typer.Exit(130) from None
    except ManifestError as error:
        raise Refusal(str(error)) from error
    except (OSError, sqlite3.Error) as error:
        raise Refusal(f"{outdir} cannot be written: {getattr(error, 'strerror', None) or error}") from error


def _site(name: str, base_url: str | None, settings: Settings) -> Site:
    from data.booru import sites

    key = settings.danbooru_api_key
    return sites.site(
        name,
        base_url,
        settings.danbooru_login or "",
        key.get_secret_value() if key else "",
        settings.danbooru_tag_limit,
    )


def _manners(settings: Settings, connections: int, per_second: float, max_bytes: int, seconds: float) -> Manners:
    from data.addresses import Allowance
    from data.booru.client import Manners
    from data.intake import Limits

    return Manners(
        user_agent=settings.crawl_user_agent,
        connections=connections,
        per_second=per_second,
        limits=Limits(max_bytes=max_bytes, seconds=seconds, allowance=Allowance.parse(settings.intake_allow)),
    )


def _crawl(site: Site, query: Query, outdir: Path, limit: int, manners: Manners) -> Tally:
    import asyncio

    from data.booru.base import SiteError
    from data.booru.client import Client, Closed, Leave, Trouble
    from data.booru.crawl import Crawl
    from data.booru.manifest import Manifest
    from data.intake import IntakeError

    try:
        with _stopping(outdir), Manifest(outdir) as manifest, _Progress(site.name, limit) as progress:
            work = Crawl(site, query, manifest, Client(manners, progress.say), limit, progress.show)
            return asyncio.run(work.run())
    except SiteError as error:
        raise Refusal(f"{site.host} {error}") from error
    except Closed as error:
        hint = "; with a key of yours it is open (DANBOORU_LOGIN, DANBOORU_API_KEY)" if "donmai" in site.host else ""
        raise Refusal(f"{error}{hint}") from error
    except (Leave, Trouble) as error:
        raise Refusal(f"{error}; the same command goes on later") from error
    except IntakeError as error:
        if error.reason == "not_allowed":
            why = "INTAKE_ALLOW says what may be reached besides public addresses by https"
            raise Refusal(f"{site.base.origin()} may not be reached; {why}") from error
        raise Refusal(f"{site.host} answered with something that is not let in: {error}") from error


def _summary(tally: Tally) -> str:
    words = [f"{_pictures(tally.kept)}, {tally.fetched:,} of them fetched now"]
    missing = {
        "whose files the site hides": tally.hidden,
        "gone": tally.gone,
        "not let in": tally.refused,
        "not what they should be": tally.unfit,
        "that did not come": tally.later,
    }
    return "; ".join(words + [f"{count:,} {what}" for what, count in missing.items() if count])


def _pictures(count: int) -> str:
    return f"{count:,} picture{'s' if count != 1 else ''}"


class _Progress:
    """A bar on a terminal; elsewhere a line now and then."""

    def __init__(self, site: str, limit: int, every: float = LINE_SECONDS) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._site, self._every = site, every
        self._console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=self._console, disable=not self._console.is_terminal)
        self._task = self._bar.add_task(site, total=limit)
        self._spoken = time.monotonic()

    def __enter__(self) -> _Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._bar.stop()

    def show(self, tally: Tally) -> None:
        """How the crawl stands."""
        text = f"{self._site}: {tally.seen:,} posts seen"
        self._bar.update(self._task, completed=tally.kept, description=text)
        if not self._console.is_terminal and time.monotonic() - self._spoken >= self._every:
            self._spoken = time.monotonic()
            self.say(f"{text}; {_summary(tally)}")

    def say(self, line: str) -> None:
        """Something that should be read."""
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)
