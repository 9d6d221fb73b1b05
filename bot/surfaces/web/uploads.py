"""Pictures on their way in: in memory, for minutes, and never more than fits."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from data.pictures import Upload

KEEP_SECONDS = 300.0  # the page sends a picture when its message is sent, so that seconds are the rule
RECEIVE_SECONDS = 120.0
ZIPS = ("application/zip", "application/x-zip-compressed")  # of contributions; the second is what Windows says
BRINGS = ("image/", "video/mp4", *ZIPS)  # a video may carry a recipe
MOST_PER_MESSAGE = 9  # commands that take several have `picture` … `picture9`


class UploadRefused(Exception):
    """Not taken; `key` is the catalogue's sentence that says why."""

    def __init__(self, key: str, status: int) -> None:
        super().__init__(key)
        self.key = key
        self.status = status


@dataclass(slots=True)
class _Held:
    visitor: str
    media_type: str
    content: bytearray = field(repr=False, default_factory=bytearray)
    forget: asyncio.TimerHandle | None = None


class Uploads:
    """Holds what was received until its message names it: at most `cap` bytes each, `total` bytes all together."""

    def __init__(self, cap: int, total: int | None = None, keep: float = KEEP_SECONDS) -> None:
        self._cap = cap
        self._total = total or 5 * cap
        self._keep = keep
        self._held: dict[str, _Held] = {}
        self.bytes = 0

    async def receive(self, visitor: str, media_type: str, length: int | None, body: AsyncIterator[bytes]) -> str:
        """Read a body to its end and give the token that names it. Raises `UploadRefused` as soon as it is too much."""
        if not media_type.startswith(BRINGS):
            raise UploadRefused("web.upload.kind", 415)
        if length is not None and length > self._cap:
            raise UploadRefused("web.upload.large", 413)
        mine = [t for t, h in self._held.items() if h.visitor == visitor]
        if len(mine) >= 2 * MOST_PER_MESSAGE:
            self._drop(mine[0])
        held = _Held(visitor, media_type)
        try:
            async with asyncio.timeout(RECEIVE_SECONDS):
                async for chunk in body:
                    if len(held.content) + len(chunk) > self._cap:
                        raise UploadRefused("web.upload.large", 413)
                    if self.bytes + len(chunk) > self._total:
                        raise UploadRefused("web.upload.busy", 503)
                    self.bytes += len(chunk)
                    held.content += chunk
            if not held.content:
                raise UploadRefused("web.upload.empty", 400)
        except TimeoutError:
            self.bytes -= len(held.content)
            raise UploadRefused("web.upload.slow", 408) from None
        except BaseException:
            self.bytes -= len(held.content)
            raise
        token = secrets.token_urlsafe(16)
        self._held[token] = held
        held.forget = asyncio.get_running_loop().call_later(self._keep, self._drop, token)
        return token

    def take(self, visitor: str, tokens: Sequence[str]) -> list[Upload]:
        """What the tokens name, given out once. Raises `UploadRefused` where one is gone or is somebody else's."""
        held = [self._held.get(t) for t in tokens]
        if any(h is None or h.visitor != visitor for h in held) or len(set(tokens)) != len(tokens):
            raise UploadRefused("web.upload.gone", 410)
        uploads = [Upload(bytes(h.content), h.media_type, "web") for h in held if h is not None]
        for token in tokens:
            self._drop(token)
        return uploads

    def clear(self) -> None:
        for token in list(self._held):
            self._drop(token)

    def _drop(self, token: str) -> None:
        held = self._held.pop(token, None)
        if held is not None:
            self.bytes -= len(held.content)
            if held.forget is not None:
                held.forget.cancel()
