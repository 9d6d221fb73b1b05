"""`python -m bot crawl` of a site."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.pictures.crawl_progress import Progress, stopping
from bot.cli.refusal import Refusal
from bot.settings import Settings

if TYPE_CHECKING:
    from data.booru.base import Site
    from data.booru.client import Manners
    from data.booru.crawl import Tally
    from data.booru.query import Query


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a crawl may be, and how much one file."""

    connections: int
    per_second: float
    max_bytes: int
    seconds: float  # for one file


def site_of(name: str, base_url: str | None, settings: Settings) -> Site:
    """Raises `ValueError` with a sentence."""
    from data.booru import sites

    key = settings.danbooru_api_key
    return sites.site(
        name,
        base_url,
        settings.danbooru_login or "",
        key.get_secret_value() if key else "",
        settings.danbooru_tag_limit,
    )


def crawl_site(site: Site, query: Query, outdir: Path, limit: int, settings: Settings, pace: Pace) -> Tally:
    """Raises `Refusal`."""
    import asyncio

    from data.booru.base import SiteError
    from data.booru.client import Client, Closed, Leave, Trouble
    from data.booru.crawl import Crawl
    from data.booru.manifest import Manifest
    from data.intake import IntakeError

    try:
        with stopping(outdir), Manifest(outdir) as manifest, Progress(site.name, limit) as progress:
            client = Client(_manners(settings, pace), progress.say)
            work = Crawl(site, query, manifest, client, limit, progress.show)
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


def _manners(settings: Settings, pace: Pace) -> Manners:
    from data.addresses import Allowance
    from data.booru.client import Manners
    from data.intake import Limits

    allowance = Allowance.parse(settings.intake_allow)
    return Manners(
        user_agent=settings.crawl_user_agent,
        connections=pace.connections,
        per_second=pace.per_second,
        limits=Limits(max_bytes=pace.max_bytes, seconds=pace.seconds, allowance=allowance),
    )
