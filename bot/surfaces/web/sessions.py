"""Who has given the password: a signed cookie that names a visitor and holds nothing else."""

import hashlib
import hmac
import os
import re
import secrets
import time
from pathlib import Path

from bot.surfaces.web.rates import Buckets, Clock

COOKIE = "nijigen"
KEEP_SECONDS = 90 * 24 * 3600

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_COOKIE = re.compile(r"(?P<visitor>[0-9a-z]{16})\.(?P<issued>\d{1,12})\.(?P<signature>[0-9a-f]{64})")


class Sessions:
    """Checks the password and signs cookies with a secret of this installation's and the password together: restarts
    keep everybody in, a new password lets nobody in who has not given it."""

    def __init__(self, password: str, secret: bytes, clock: Clock = time.time) -> None:
        self._password = _digest(password)
        self._key = hmac.digest(secret, self._password, "sha256")
        self._clock = clock
        # ten wrong ones at once, then one in twelve seconds; of all addresses together one a second
        self._attempts = Buckets(10, 1 / 12)
        self._all_attempts = Buckets(60, 1.0, keys=1)

    def wait(self, network: str) -> float:
        """Seconds until this network may try a password again; 0 when it may now."""
        return max(self._attempts.of(network).wait(), self._all_attempts.of("all").wait())

    def is_password(self, given: str, network: str) -> bool:
        """Compare in constant time; a wrong one is counted."""
        right = hmac.compare_digest(_digest(given), self._password)
        if not right:
            self._attempts.of(network).take()
            self._all_attempts.of("all").take()
        return right

    def issue(self) -> str:
        """A cookie for somebody new."""
        visitor = "".join(secrets.choice(_ALPHABET) for _ in range(16))
        return self._signed(visitor, int(self._clock()))

    def visitor(self, cookie: str | None) -> str | None:
        """The visitor whom a cookie names; None where it is forged, old or not there."""
        match = _COOKIE.fullmatch(cookie or "")
        if match is None:
            return None
        issued = int(match["issued"])
        if not hmac.compare_digest(self._signed(match["visitor"], issued), match[0]):
            return None
        return match["visitor"] if issued <= self._clock() + 60 and self._clock() - issued < KEEP_SECONDS else None

    def _signed(self, visitor: str, issued: int) -> str:
        text = f"{visitor}.{issued}"
        return f"{text}.{hmac.new(self._key, text.encode(), 'sha256').hexdigest()}"


def installation_secret(storage: Path) -> bytes:
    """The 32 random bytes in `storage/web.secret`, made on first use and readable by the owner only."""
    path = storage / "web.secret"
    storage.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        secret = path.read_bytes()
        if len(secret) >= 32:
            return secret
        descriptor = os.open(
            path, os.O_WRONLY | os.O_TRUNC
        )  # cut short by a crash: sign everybody out, not everybody in
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret := secrets.token_bytes(32))
    return secret


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
