"""Passwords and cookies."""

import os
import stat
from pathlib import Path

import pytest

from bot.surfaces.web.rates import Bucket, Buckets
from bot.surfaces.web.sessions import KEEP_SECONDS, Sessions, installation_secret

SECRET = b"s" * 32


def test_a_cookie_is_good_after_a_restart() -> None:
    cookie = Sessions("sesame", SECRET).issue()
    assert Sessions("sesame", SECRET).visitor(cookie) == cookie.partition(".")[0]


def test_a_forged_cookie_is_nobodys() -> None:
    sessions = Sessions("sesame", SECRET)
    cookie = sessions.issue()
    for forged in ("a" * 16 + cookie[16:], cookie[:-1] + "!", cookie + "0", cookie.replace(".", "..", 1), "", None):
        assert sessions.visitor(forged) is None


def test_a_new_password_shuts_out_who_only_knew_the_old_one() -> None:
    cookie = Sessions("sesame", SECRET).issue()
    assert Sessions("open", SECRET).visitor(cookie) is None
    assert Sessions("sesame", b"t" * 32).visitor(cookie) is None


def test_a_cookie_ends_some_day() -> None:
    now = 1_000_000.0
    sessions = Sessions("sesame", SECRET, clock=lambda: now)
    cookie = sessions.issue()
    now += KEEP_SECONDS - 1
    assert sessions.visitor(cookie) is not None
    now += 2
    assert sessions.visitor(cookie) is None


def test_guessing_is_slowed_down_for_who_guesses_and_not_for_others() -> None:
    sessions = Sessions("sesame", SECRET)
    for _ in range(10):
        assert sessions.wait("203.0.113.9") == 0
        assert not sessions.is_password("wrong", "203.0.113.9")
    assert sessions.wait("203.0.113.9") > 0
    assert sessions.wait("198.51.100.1") == 0


def test_a_right_password_is_never_counted() -> None:
    sessions = Sessions("sesame", SECRET)
    assert all(sessions.is_password("sesame", "here") for _ in range(100))
    assert sessions.wait("here") == 0


def test_guessing_from_everywhere_is_slowed_down_too() -> None:
    sessions = Sessions("sesame", SECRET)
    for i in range(60):
        sessions.is_password("wrong", f"203.0.{i}.1")
    assert sessions.wait("198.51.100.1") > 0


def test_the_secret_is_made_once_and_is_the_owners_only(tmp_path: Path) -> None:
    secret = installation_secret(tmp_path / "var")
    assert len(secret) == 32
    assert installation_secret(tmp_path / "var") == secret
    if os.name != "nt":
        assert stat.S_IMODE((tmp_path / "var" / "web.secret").stat().st_mode) == 0o600


def test_a_secret_cut_short_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "web.secret").write_bytes(b"")
    assert len(installation_secret(tmp_path)) == 32
    assert installation_secret(tmp_path) == installation_secret(tmp_path)


def test_a_bucket_refills() -> None:
    now = 0.0
    bucket = Bucket(2, 0.5, lambda: now)
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    assert bucket.wait() == pytest.approx(2)
    now = 2
    assert bucket.take()
    assert not bucket.take()


def test_buckets_forget_who_was_seen_longest_ago() -> None:
    buckets = Buckets(1, 0.001, keys=2)
    assert buckets.of("a").take()
    assert buckets.of("b").take()
    assert not buckets.of("a").take()
    buckets.of("c")
    assert not buckets.of("a").take()
    assert buckets.of("b").take()
