"""What one visitor and the bot say to each other, in however many tabs.

The log in the store is the truth: an entry is there before any tab hears of it, and a tab that was away is told what
came after the last one it has, and which ones are still there.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from bot.services import Services
from bot.store.web import Entry, Kind
from bot.surfaces.web.answer import with_addresses
from bot.surfaces.web.held import Held
from bot.surfaces.web.rates import Bucket
from bot.surfaces.web.tabs import Tab
from bot.surfaces.web.visitors import Visitor
from data.pictures import Encoded

HISTORY = 200  # entries that a fresh tab is given
MOST_IN_FLIGHT = 8
_REMEMBERED = 256


class Conversation:
    """The open tabs of a visitor, and what is being worked on for them."""

    def __init__(self, visitor: Visitor, services: Services, held: Held) -> None:
        self.visitor = visitor
        self.tabs: set[Tab] = set()
        self.rate = Bucket(20, 2.0)
        self._services, self._held = services, held
        self._working: dict[int, dict[str, Any]] = {}
        self._heard: OrderedDict[str, None] = OrderedDict()
        # seq grows in the order of telling, or a tab that reconnects in between would miss one for good
        self._order = asyncio.Lock()

    @property
    def idle(self) -> bool:
        """Nobody looks and nothing is in flight."""
        return not self.tabs and not self._working

    @property
    def busy(self) -> bool:
        return len(self._working) >= MOST_IN_FLIGHT

    async def join(self, tab: Tab, since: int, welcome: Mapping[str, Any]) -> None:
        """Tell a tab what it missed after entry `since`, and everything from here on."""
        async with self._order:
            entries = await self._services.store.web.since(self.visitor.id, 0, HISTORY)
            tab.tell(
                {
                    "type": "welcome",
                    **welcome,
                    "rows": [self._row(e) for e in entries if e.seq > since],
                    "kept": [e.seq for e in entries],
                    "working": list(self._working.values()),
                }
            )
            self.tabs.add(tab)

    def leave(self, tab: Tab) -> None:
        self.tabs.discard(tab)

    def tell(self, message: Mapping[str, Any]) -> None:
        for tab in list(self.tabs):
            tab.tell(message)

    def heard_before(self, id: str) -> bool:
        """Whether a message of this id came already: a tab that lost its connection says it again."""
        if id in self._heard:
            return True
        self._heard[id] = None
        while len(self._heard) > _REMEMBERED:
            self._heard.popitem(last=False)
        return False

    def forget(self, id: str) -> None:
        """It was refused: saying it again is a new try."""
        self._heard.pop(id, None)

    async def append(self, kind: Kind, body: Mapping[str, Any], files: Sequence[tuple[bytes, str]] = ()) -> int:
        """Store an entry with its files (bytes, suffix), then tell every tab. Raises what the store raises."""
        async with self._order:
            entry = await self._services.store.web.append(self.visitor.id, kind, body, files)
            self.tell({"type": "row", **self._row(entry)})
        return entry.seq

    def hold(self, picture: Encoded) -> str:
        """Show a picture to the visitor without keeping it; gives the name that its entry has for it."""
        return self._held.hold(self.visitor.id, picture)

    def held(self, name: str) -> Encoded | None:
        """A picture that is shown and not kept, as long as it is there."""
        return self._held.get(self.visitor.id, name)

    async def remove(self, seq: int) -> bool:
        """Take an answer out of the log and off every tab; False where it is not there."""
        async with self._order:
            entry = await self._services.store.web.get(self.visitor.id, seq)
            if not await self._services.store.web.remove(self.visitor.id, seq):
                return False
            for picture in entry.body.get("pictures", ()) if entry is not None else ():
                self._held.drop(picture.get("held", ""))
            self.tell({"type": "gone", "seq": seq})
        return True

    def begin(self, seq: int) -> None:
        self._working[seq] = {"to": seq, "text": "", "fraction": None}
        self.tell({"type": "progress", **self._working[seq]})

    def progress(self, seq: int, text: str, fraction: float | None) -> None:
        if seq in self._working:
            self._working[seq] = {"to": seq, "text": text, "fraction": fraction}
            self.tell({"type": "progress", **self._working[seq]})

    def done(self, seq: int) -> None:
        self._working.pop(seq, None)
        self.tell({"type": "done", "to": seq})

    def _row(self, entry: Entry) -> dict[str, Any]:
        body = entry.body
        if entry.kind == "answer":
            body = with_addresses(body, entry.files, lambda name: self.held(name) is not None)
        return {
            "seq": entry.seq,
            "kind": entry.kind,
            "body": body,
            "created": entry.created.replace(tzinfo=entry.created.tzinfo or UTC).isoformat(),
        }
