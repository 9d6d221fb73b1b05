"""What has killed two workers, remembered by its fingerprint: the request itself may be somebody's photo."""

import hashlib
import io
import pickle
from collections import OrderedDict

from bot.pool.base import Request


class Quarantine:
    """The last `limit` requests that killed their workers; forgotten when the bot ends."""

    def __init__(self, limit: int = 256) -> None:
        self._limit = limit
        self._fingerprints: OrderedDict[bytes, None] = OrderedDict()

    def add(self, request: Request) -> None:
        """Refuse this request, and all equal to it, from now on."""
        self._fingerprints[fingerprint(request)] = None
        while len(self._fingerprints) > self._limit:
            self._fingerprints.popitem(last=False)

    def __contains__(self, request: Request) -> bool:
        return bool(self._fingerprints) and fingerprint(request) in self._fingerprints  # hashing a photo takes 10 ms


def fingerprint(request: Request) -> bytes:
    """The same for requests that are equal, in this process."""
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream, pickle.HIGHEST_PROTOCOL)
    # Without the memo: with it, two equal strings pickle differently from one string used twice.
    pickler.fast = True
    pickler.dump(request)
    return hashlib.sha256(stream.getbuffer()).digest()
