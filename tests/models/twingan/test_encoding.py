import zlib

import numpy as np
import pytest
import torch

from models.errors import BadRequest
from models.twingan.encoding import MARK, pack, unpack
from tests.models.twingan import tiny

CONFIG = tiny.config()


def encoded(count: int = 2):
    E, _, _ = tiny.networks()
    x = torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(3)) * 2 - 1
    return E(x, "photo")


def test_what_is_kept_is_what_was_seen_to_three_digits():
    seen = encoded()
    found, nothing = unpack(pack(seen), CONFIG)
    assert sorted(found.skips) == [8, 16, 32]
    torch.testing.assert_close(found.latent, seen.latent, rtol=1e-3, atol=1e-5)
    for side, maps in seen.skips.items():
        torch.testing.assert_close(found.skips[side], maps, rtol=1e-3, atol=1e-5)
    assert nothing is None
    assert pack(found) == pack(seen)  # nothing more is lost by keeping it again


def test_it_is_smaller_than_its_numbers():
    seen = encoded(1)
    numbers = sum(maps.numel() for maps in (seen.latent, *seen.skips.values()))
    assert len(pack(seen)[0]) < 2 * numbers


def test_half_precision_travels_too():
    seen = encoded().mapped(lambda maps: maps.bfloat16())
    torch.testing.assert_close(unpack(pack(seen), CONFIG)[0].latent, seen.latent.float(), rtol=1e-3, atol=1e-5)


def _bomb() -> bytes:
    return MARK + zlib.compress(bytes(50_000_000))


def _not_finite() -> bytes:
    seen = encoded(1)
    seen.latent[0, 0, 0, 0] = float("inf")
    return pack(seen)[0]


def _cut() -> bytes:
    return pack(encoded(1))[0][:-40]


def _other() -> bytes:
    E, _, _ = tiny.networks(resolution=16)
    return pack(E(torch.zeros(1, 3, 16, 16), "photo"))[0]


@pytest.mark.parametrize(
    "make", [_bomb, _not_finite, _cut, _other, lambda: b"", lambda: MARK, lambda: b"twin0" + b"x" * 99]
)
def test_what_the_network_did_not_make_is_refused(make):
    with pytest.raises(BadRequest, match="encoding"):
        unpack([make()], CONFIG)


def test_what_was_seen_in_the_picture_is_kept_along():
    config = tiny.labelled_config()
    labels = np.array([[[0.5, 0.0, -0.25], [1, 0, 1]], [[0, 1, 0], [0, 1, 0]]], np.float32)
    kept = pack(encoded(2), labels)
    found, seen = unpack(kept, config, told=True)
    assert seen is not None
    np.testing.assert_array_equal(seen, labels)
    torch.testing.assert_close(found.latent, encoded(2).latent, rtol=1e-3, atol=1e-5)
    for told, encodings in ((False, kept), (True, pack(encoded(2)))):
        with pytest.raises(BadRequest, match="encoding"):
            unpack(encodings, config, told=told)
