"""A crawl: pages of posts into the manifest, their files into the folder, until there are enough."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from yarl import URL

from data.booru import files
from data.booru.base import Page, Site, SiteError
from data.booru.client import Client, Closed, Trouble
from data.booru.manifest import Manifest, State, Wanted
from data.booru.query import Query
from data.intake import IntakeError

PAGE_BYTES = 20_000_000
"""Of a page of posts at most."""

MOST_TROUBLE = 8
"""Files one after the other that do not come, before the crawl gives up for now."""

_GONE = frozenset({400, 404, 410, 451})


@dataclass(frozen=True, slots=True)
class Tally:
    """How a crawl stands."""

    kept: int = 0  # pictures of this search that are here
    fetched: int = 0  # of them now
    pages: int = 0  # that were read now
    seen: int = 0  # posts on them
    hidden: int = 0  # posts of this search whose files the site does not show
    gone: int = 0
    refused: int = 0
    unfit: int = 0
    later: int = 0  # that did not come now; the next crawl asks again


class Crawl:
    """One search on one site into one folder. `show` is told how it stands after each page and file."""

    def __init__(
        self,
        site: Site,
        query: Query,
        manifest: Manifest,
        client: Client,
        limit: int,
        show: Callable[[Tally], None] = lambda tally: None,
    ) -> None:
        self._site, self._query, self._manifest, self._client = site, query, manifest, client
        self._limit = limit  # pictures
        self._show = show
        self._search = manifest.search(site, query.key)
        self._counts = manifest.counts(self._search)
        self._later: set[int] = set()
        self._fetched = self._pages = self._seen = self._unlucky = 0
        self._last_page: list[int] = []

    @property
    def tally(self) -> Tally:
        """How it stands."""
        by = self._counts
        return Tally(
            by["kept"], self._fetched, self._pages, self._seen,
            by["hidden"], by["gone"], by["refused"], by["unfit"], len(self._later),
        )  # fmt: skip

    async def run(self) -> Tally:
        """Until the limit, or the end of what the site has.

        Raises `SiteError`, `Closed`, `Trouble`, `Leave`, `IntakeError` where the site itself is not let in, and
        `OSError` where nothing can be written. What had come stays, and the next crawl goes on from there.
        """
        if self._search.cursor is None and self.tally.kept < self._limit:
            self._search = self._manifest.again(self._search)
        while (missing := self._limit - self.tally.kept) > 0:
            if wanted := self._manifest.wanted(self._search, missing, self._later):
                await self._fetch_all(wanted)
            elif self._search.cursor is not None:
                await self._read_page(self._search.cursor)
            else:
                break
        return self.tally

    async def _read_page(self, cursor: str) -> None:
        site = self._site
        answer = await self._client.get(
            site.address(self._query, cursor), headers=site.headers, invited=site.invited, max_bytes=PAGE_BYTES
        )
        if answer.status in (401, 403):
            raise SiteError(f"turns us away (HTTP {answer.status}); its key and the user agent are settings")
        if answer.status != 200:
            raise SiteError(f"answered HTTP {answer.status} when asked for posts")
        page = site.read(answer.content, cursor)
        numbers = [post.id for post in page.posts]
        if numbers and numbers == self._last_page:
            raise SiteError("answered with the same page twice")
        self._last_page = numbers
        self._pages += 1
        self._seen += len(numbers)
        accepted = [post for post in page.posts if self._query.accepts(post)]
        beyond = None if self._is_last(page) else page.cursor
        self._search = self._manifest.add(self._search, site, accepted, beyond, max(numbers, default=0))
        self._counts = self._manifest.counts(self._search)
        self._show(self.tally)

    def _is_last(self, page: Page) -> bool:
        """Whether the pages after it hold nothing but posts that are known, or too old."""
        if not page.posts:
            return False
        if max(post.id for post in page.posts) <= self._search.floor:
            return True
        return all(post.created is not None and not self._query.is_recent(post.created) for post in page.posts)

    async def _fetch_all(self, wanted: list[Wanted]) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for post in wanted:
                    group.create_task(self._fetch(post))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def _fetch(self, post: Wanted) -> None:
        path = self._manifest.folder / post.path
        try:
            written = await asyncio.to_thread(files.present, path, post.md5) or await self._bring(post, path)
        except Trouble:
            self._later.add(post.id)
            self._unlucky += 1
            if self._unlucky >= MOST_TROUBLE:
                raise
        except Closed as closed:
            self._give_up(post, "refused", str(closed))
        except IntakeError as error:
            self._give_up(post, "refused" if error.reason == "not_allowed" else "unfit", str(error))
        except files.Unfit as unfit:
            self._give_up(post, "unfit", str(unfit))
        else:
            if written is not None:
                self._manifest.keep(post, written.sha256, written.size)
                self._count("kept")
        self._show(self.tally)

    async def _bring(self, post: Wanted, path: Path) -> files.Written | None:
        """The post's file from the site; None where it is gone."""
        for last in (False, True):
            answer = await self._client.get(URL(post.url))
            if answer.status in _GONE:
                self._give_up(post, "gone", f"HTTP {answer.status}")
                return None
            if answer.status != 200:
                raise Trouble(f"{answer.host} answered HTTP {answer.status}")
            self._unlucky = 0
            try:
                written = await asyncio.to_thread(files.write, path, answer.content, post.md5)
            except files.Unfit:  # damaged on its way, perhaps
                if last:
                    raise
            else:
                self._fetched += 1
                return written
        return None

    def _give_up(self, post: Wanted, state: State, why: str) -> None:
        self._manifest.give_up(post, state, why)
        self._count(state)

    def _count(self, state: State) -> None:
        self._counts["listed"] -= 1
        self._counts[state] += 1
