"""One open tab: what it is to be told waits in a bounded line of its own, so that a slow one holds nobody up."""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

LINE = 512  # messages that may wait for a tab; one that is further behind is closed and asks again for what it missed
CLOSE_GOING_AWAY = 1001
CLOSE_BEHIND = 4408
_SEND_SECONDS = 20.0


class Tab:
    """Sends JSON to one WebSocket, in order."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._line: asyncio.Queue[str | int] = asyncio.Queue(LINE)

    def tell(self, message: Mapping[str, Any]) -> None:
        """Queue a message. Never blocks and never raises."""
        try:
            self._line.put_nowait(json.dumps(message, ensure_ascii=False, separators=(",", ":")))
        except asyncio.QueueFull:
            self.close(CLOSE_BEHIND)

    def close(self, code: int) -> None:
        """Close with `code` after what waits already; at once where too much waits."""
        if self._line.full():
            while not self._line.empty():
                self._line.get_nowait()
        self._line.put_nowait(code)

    async def run(self) -> None:
        """Send what is queued until the tab is closed, by us or by them."""
        with contextlib.suppress(WebSocketDisconnect, TimeoutError, OSError):
            while True:
                item = await self._line.get()
                async with asyncio.timeout(_SEND_SECONDS):
                    if isinstance(item, int):
                        await self._websocket.close(item)
                        return
                    await self._websocket.send_text(item)
        if self._websocket.application_state is WebSocketState.CONNECTED:
            with contextlib.suppress(RuntimeError, OSError):
                await self._websocket.close(CLOSE_BEHIND)
