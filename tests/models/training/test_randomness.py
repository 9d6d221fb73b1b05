import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.training.randomness import Order, noise


@given(count=st.integers(1, 50), size=st.integers(1, 40), seed=st.integers(0, 2**32 - 1))
def test_every_epoch_looks_at_every_picture_once(count: int, size: int, seed: int):
    order = Order(count, seed)
    seen = np.concatenate([order.batch(nimg, size) for nimg in range(0, count * size * 2, size)])
    epochs = seen[: len(seen) // count * count].reshape(-1, count)
    assert (np.sort(epochs, axis=1) == np.arange(count)).all()


@given(nimg=st.integers(0, 10_000), seed=st.integers(0, 2**32 - 1))
def test_a_batch_depends_on_seed_and_nimg_only(nimg: int, seed: int):
    used = Order(37, seed)
    for earlier in range(0, min(nimg, 200), 8):
        used.batch(earlier, 8)
    assert used.batch(nimg, 8).tolist() == Order(37, seed).batch(nimg, 8).tolist()


def test_noise_is_another_at_every_step_and_for_every_seed():
    drawn = {
        tuple(torch.randn(3, generator=noise(seed, nimg)).tolist()) for seed in range(4) for nimg in range(0, 512, 64)
    }
    assert len(drawn) == 32
