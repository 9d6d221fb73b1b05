import hashlib
import os
import time
from pathlib import Path

import pytest

from bot.pool.ray.cache import KEPT, Cache, home

MODEL = "rei@20260131T101500-1a2b3c"
CONTENTS = {"config.json": b"{}", "model.safetensors": b"weights"}
SUMS = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENTS.items()}


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path)


def test_what_was_stored_lies_where_a_registry_looks_for_it(cache: Cache, tmp_path: Path):
    assert not cache.has(MODEL, SUMS)
    cache.store(MODEL, CONTENTS, SUMS)
    assert cache.has(MODEL, SUMS)
    assert (tmp_path / "models/rei/20260131T101500-1a2b3c/model.safetensors").read_bytes() == b"weights"


def test_what_arrives_damaged_is_refused(cache: Cache):
    with pytest.raises(ValueError, match=r"model\.safetensors of rei@"):
        cache.store(MODEL, CONTENTS | {"model.safetensors": b"weighs"}, SUMS)
    assert not cache.has(MODEL, SUMS)


def test_a_copy_that_was_damaged_is_not_believed_and_is_replaced(cache: Cache, tmp_path: Path):
    cache.store(MODEL, CONTENTS, SUMS)
    (tmp_path / "models/rei/20260131T101500-1a2b3c/config.json").write_text("[]")
    assert not cache.has(MODEL, SUMS)
    cache.store(MODEL, CONTENTS, SUMS)
    assert cache.has(MODEL, SUMS)


def test_what_nobody_asks_for_is_forgotten(cache: Cache):
    cache.store(MODEL, CONTENTS, SUMS)
    cache.forget(time.time() + KEPT - 60)
    assert cache.has(MODEL, SUMS)
    cache.forget(time.time() + KEPT + 60)
    assert not cache.has(MODEL, SUMS)


def test_asking_for_a_copy_keeps_it(cache: Cache, tmp_path: Path):
    cache.store(MODEL, CONTENTS, SUMS)
    folder = tmp_path / "models/rei/20260131T101500-1a2b3c"
    os.utime(folder, (0, 0))
    assert cache.has(MODEL, SUMS)
    cache.forget()
    assert folder.exists()


def test_home_is_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert home() == tmp_path / "nijigen"


def test_home_is_elsewhere_where_the_users_cache_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert tmp_path not in home().parents
