"""A fake booru: the three dialects over the same posts, and what goes wrong with them. Loopback only.

async with FakeBooru(entries(30)) as booru:
    booru.base                                   # "http://127.0.0.1:40123", for --base-url
    booru.address                                # "127.0.0.1:40123", for INTAKE_ALLOW
    booru.first["/data/7.png"] = [(429, {"Retry-After": "1"})]   # answered before the file itself
    booru.bodies["/data/8.png"] = b"other bytes"
    booru.once["/data/8.png"] = b"other bytes"   # the first time only
    booru.odd["/data/9.png"] = "truncated"       # or "endless", "slow", "silent", "http://10.0.0.1/x" (a redirect)
    booru.robots = "User-agent: *\nDisallow: /"  # None: 404
    booru.hold_after = 10                        # files; what is asked for after them waits for ever
    booru.served["/data/1.png"]                  # how often it was answered whole
    booru.asked                                  # (path with query, headers) of every request
    booru.most_at_once
    booru.stuck = True                           # every page is the first one
    booru.growing = 3                            # so many posts appear, one after each page
    booru.broken_xml = True
"""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from xml.sax.saxutils import quoteattr

from aiohttp import web

DAY = datetime(2020, 1, 1, 12, tzinfo=timezone.utc)
LETTERS = {"g": "general", "s": "sensitive", "q": "questionable", "e": "explicit"}


@dataclass
class Entry:
    id: int
    tags: str = "solo misaka_mikoto"
    score: int = 10
    rating: str = "g"
    created: datetime = DAY
    ext: str = "png"
    width: int = 640
    height: int = 480
    source: str = "https://www.pixiv.net/artworks/1"
    hidden: bool = False
    content: bytes = b""
    md5: str = ""
    more: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.content = self.content or b"\x89PNG\r\n\x1a\n" + b"picture %d " % self.id * 50
        self.md5 = self.md5 or hashlib.md5(self.content).hexdigest()

    @property
    def path(self) -> str:
        return f"/data/{self.id}.{self.ext}"


def entries(count: int, **given) -> list[Entry]:
    return [Entry(n, created=DAY + timedelta(days=n), **given) for n in range(1, count + 1)]


class FakeBooru:
    def __init__(self, posts: list[Entry], page: int | None = None, tag_limit: int = 2) -> None:
        self.posts = {post.id: post for post in posts}
        self.page = page  # posts on a page, whatever is asked for
        self.tag_limit = tag_limit
        self.first: dict[str, list[tuple[int, dict[str, str]]]] = {}
        self.bodies: dict[str, bytes] = {}
        self.once: dict[str, bytes] = {}
        self.odd: dict[str, str] = {}
        self.robots: str | None = None
        self.hold_after: int | None = None
        self.broken_xml = False
        self.stuck = False
        self.growing = 0
        self.served: Counter[str] = Counter()
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.most_at_once = 0
        self._at_once = 0
        self._files = 0

    async def __aenter__(self) -> FakeBooru:
        app = web.Application(middlewares=[self._count])
        app.router.add_get("/robots.txt", self._robots)
        app.router.add_get("/posts.json", self._danbooru)
        app.router.add_get("/index.php", self._gelbooru)
        app.router.add_get("/post.json", self._moebooru)
        app.router.add_get("/data/{name}", self._file)
        app.router.add_get("/images/{folder}/{name}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def quiet(self) -> None:
        """Until nobody is connected: what a killed crawl had asked for is over, and is not answered late."""
        seen_quiet = 0
        while seen_quiet < 3:  # more than once, since a connection may still wait to be accepted
            server = self._runner.server
            assert server is not None
            seen_quiet = 0 if server.connections else seen_quiet + 1
            await asyncio.sleep(0.02)

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def base(self) -> str:
        return f"http://{self.address}"

    def times(self, path: str) -> int:
        """How often an address was asked for, whatever came of it."""
        return sum(asked.partition("?")[0] == path for asked, _ in self.asked)

    @property
    def searches(self) -> list[str]:
        return [asked for asked, _ in self.asked if asked.startswith(("/posts.json", "/index.php", "/post.json"))]

    @web.middleware
    async def _count(self, request, handler):
        self.asked.append((request.path_qs, {name.lower(): value for name, value in request.headers.items()}))
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await asyncio.sleep(0.005)  # so that several can be there at once
            if self.first.get(request.path):
                status, headers = self.first[request.path].pop(0)
                return web.Response(status=status, headers=headers)
            return await handler(request)
        finally:
            self._at_once -= 1

    async def _robots(self, request):
        if self.robots is None:
            raise web.HTTPNotFound
        return web.Response(text=self.robots)

    def _matching(self, terms: list[str], three_ratings: bool = False) -> list[Entry]:
        found = []
        for post in sorted(self.posts.values(), key=lambda post: -post.id):
            tags = set(post.tags.split())
            for term in terms:
                if term.startswith("score:>="):
                    fits = post.score >= int(term[8:])
                elif term.startswith("date:>="):
                    fits = post.created.date().isoformat() >= term[7:]
                elif term.startswith("rating:"):
                    rating = "s" if three_ratings and post.rating == "g" else post.rating
                    fits = rating in (word[:1] for word in term[7:].split(","))
                elif term.startswith("-"):
                    fits = term[1:] not in tags
                else:
                    fits = term in tags
                if not fits:
                    break
            else:
                found.append(post)
        return found

    async def _danbooru(self, request):
        terms = request.query.get("tags", "").split()
        if len(terms) > self.tag_limit:
            message = f"You cannot search for more than {self.tag_limit} tags at a time."
            return web.json_response({"success": False, "message": message}, status=422)
        found = self._matching(terms)
        if (page := self._page(request, "page", "")).startswith("b"):
            found = [post for post in found if post.id < int(page[1:])]
        return web.json_response([self._of_danbooru(post) for post in found[: self._size(request, 200)]])

    def _of_danbooru(self, post: Entry) -> dict:
        shown = {} if post.hidden else {"md5": post.md5, "file_url": self.base + post.path}
        return {
            "id": post.id,
            "created_at": post.created.isoformat(timespec="milliseconds"),
            "score": post.score,
            "source": post.source,
            "rating": post.rating,
            "image_width": post.width,
            "image_height": post.height,
            "tag_string": post.tags,
            "file_ext": post.ext,
            **shown,
            **post.more,
        }

    async def _gelbooru(self, request):
        asked = request.query
        if (asked.get("page"), asked.get("s"), asked.get("q")) != ("dapi", "post", "index"):
            raise web.HTTPNotFound
        found = self._matching(asked.get("tags", "").split())
        size = self._size(request, 100)
        start = int(self._page(request, "pid", "0")) * size
        chosen = [self._of_gelbooru(post) for post in found[start : start + size]]
        if asked.get("json") == "1":
            if not chosen:
                return web.Response(body=b"", content_type="application/json")
            # JSON says less than XML: no date, the sum by another name, no address.
            for post in chosen:
                post["hash"] = post.pop("md5")
                post["directory"] = "12"
                for name in ("created_at", "file_url"):
                    del post[name]
            return web.json_response(chosen)
        if self.broken_xml:
            return web.Response(text='<?xml version="1.0"?><posts count="1"><post id="1" tags="a & b"/>')
        lines = [
            "<post " + " ".join(f"{name}={quoteattr(str(value))}" for name, value in post.items()) + "/>"
            for post in chosen
        ]
        text = f'<?xml version="1.0" encoding="UTF-8"?><posts count="{len(found)}" offset="{start}">{"".join(lines)}</posts>'
        return web.Response(text=text, content_type="text/xml")

    def _of_gelbooru(self, post: Entry) -> dict:
        return {
            "id": post.id,
            "created_at": post.created.strftime("%a %b %d %H:%M:%S +0000 %Y"),
            "score": post.score,
            "source": post.source,
            "rating": "safe" if post.rating in "gs" else LETTERS[post.rating],
            "width": post.width,
            "height": post.height,
            "tags": f" {post.tags} ",
            "md5": post.md5,
            "image": f"{post.id}.{post.ext}",
            "file_url": f"//{self.address}{post.path}",
        }

    async def _moebooru(self, request):
        found = self._matching(request.query.get("tags", "").split(), three_ratings=True)
        size = self._size(request, 100)
        start = (int(self._page(request, "page", "1")) - 1) * size
        return web.json_response(
            [
                {
                    "id": post.id,
                    "created_at": int(post.created.timestamp()),
                    "score": post.score,
                    "source": post.source,
                    "rating": "s" if post.rating in "gs" else post.rating,
                    "width": post.width,
                    "height": post.height,
                    "tags": post.tags,
                    "md5": post.md5,
                    "file_url": self.base + post.path,
                }
                for post in found[start : start + size]
            ]
        )

    def _page(self, request, name: str, first: str) -> str:
        if self.growing:
            self.growing -= 1
            number = max(self.posts) + 1
            asyncio.get_running_loop().call_soon(self.posts.setdefault, number, Entry(number))
        return first if self.stuck else request.query.get(name, first)

    def _size(self, request, most: int) -> int:
        return self.page or min(most, int(request.query.get("limit", "20")))

    async def _file(self, request):
        path = f"/data/{request.match_info['name']}"
        post = next((post for post in self.posts.values() if post.path == path), None)
        if post is None and path not in self.bodies and path not in self.odd:
            raise web.HTTPNotFound
        if self.hold_after is not None and self._files >= self.hold_after:
            await asyncio.Event().wait()
        self._files += 1
        odd = self.odd.get(path, "")
        if odd.startswith("http"):
            raise web.HTTPFound(odd)
        if odd == "silent":
            await asyncio.Event().wait()
        content = self.once.pop(path, None) or self.bodies.get(path, post.content if post else b"")
        response = web.StreamResponse(headers={"Content-Type": "image/png"})
        if odd == "truncated":
            response.content_length = len(content) + 100
        elif odd not in ("endless", "slow"):
            response.content_length = len(content)
        await response.prepare(request)
        if odd == "slow":
            while True:
                await response.write(b"\x89")
                await asyncio.sleep(0.02)
        if odd == "endless":
            while True:
                await response.write(content * 100)
        await response.write(content)
        if odd == "truncated":
            request.transport.close()
            return response
        await response.write_eof()
        self.served[path] += 1
        return response


def http_date(seconds: float = 0.0) -> str:
    """From now, as Retry-After may have it."""
    return format_datetime(datetime.now(timezone.utc) + timedelta(seconds=seconds), usegmt=True)


def table(folder) -> list[dict]:
    """The manifest's posts, newest first; for tests that look at what has come."""
    with sqlite3.connect(folder / "manifest.sqlite") as db:
        db.row_factory = sqlite3.Row
        rows = [dict(row) for row in db.execute("SELECT * FROM posts ORDER BY host, id DESC")]
    db.close()
    return rows
