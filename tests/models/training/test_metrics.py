from collections.abc import Sequence

import numpy as np
import pytest

from models.training.metrics import frechet, kernel_distance, read_back, sliced_wasserstein

RNG = np.random.RandomState(0)


def pictures(n: int = 24, size: int = 32, seed: int = 0) -> np.ndarray:
    """Smooth random pictures, uint8."""
    small = np.random.RandomState(seed).randint(0, 256, (n, size // 4, size // 4, 3), np.uint8)
    return small.repeat(4, 1).repeat(4, 2)


def test_a_set_has_no_distance_from_itself_and_levels_go_down_to_16_px():
    assert sliced_wasserstein(pictures(size=64), pictures(size=64)) == {"64": 0.0, "32": 0.0, "16": 0.0, "mean": 0.0}
    assert list(sliced_wasserstein(pictures(4, 96), pictures(4, 96))) == ["96", "48", "24", "mean"]


def test_other_pictures_of_the_same_kind_are_near_and_noise_is_far():
    near = sliced_wasserstein(pictures(200, seed=1), pictures(200, seed=2))
    noise = np.random.RandomState(3).randint(0, 256, (200, 32, 32, 3), np.uint8)
    far = sliced_wasserstein(pictures(200, seed=1), noise)
    assert 0 < near["32"] < 0.5 * far["32"]


def test_grain_is_seen_on_the_fine_level_alone():
    clean = pictures(size=64)
    grain = RNG.normal(0, 12, clean.shape)
    grain -= grain.reshape(24, 16, 4, 16, 4, 3).mean((2, 4)).repeat(4, 1).repeat(4, 2)
    dirty = (clean * 0.9 + 12 + grain).clip(0, 255).astype(np.uint8)
    distance = sliced_wasserstein(clean, dirty)
    assert distance["64"] > 2 * distance["16"]


def test_less_contrast_is_no_distance():
    brighter = (pictures() // 2 + 100).astype(np.uint8)
    assert sliced_wasserstein(pictures(), brighter)["mean"] < 12  # what is left is rounding


@pytest.mark.parametrize(("a", "b"), [((2, 32, 32, 3), (2, 64, 64, 3)), ((2, 8, 8, 3),) * 2, ((0, 32, 32, 3),) * 2])
def test_what_cannot_be_compared_is_refused(a: tuple, b: tuple):
    with pytest.raises(ValueError, match="two sets"):
        sliced_wasserstein(np.zeros(a, np.uint8), np.zeros(b, np.uint8))


def test_the_frechet_distance_of_two_gaussians_is_the_one_of_the_formula():
    z = RNG.randn(200_000, 3)
    first, second = z * [1, 2, 3], RNG.randn(200_000, 3) * [2, 2, 1] + [1, 0, -2]
    # Independent axes: |m1 - m2|² + sum (s1 - s2)²
    assert frechet(first, second) == pytest.approx(5 + 1 + 0 + 4, rel=0.02)
    assert frechet(first, first) == pytest.approx(0, abs=1e-6)


def test_the_frechet_distance_does_not_mind_turned_axes():
    turn = np.linalg.qr(RNG.randn(4, 4))[0]
    a, b = RNG.randn(500, 4) * [1, 2, 3, 4], RNG.randn(500, 4) + 1
    assert frechet(a @ turn, b @ turn) == pytest.approx(frechet(a, b), rel=1e-6)


def test_the_kernel_distance_is_unbiased():
    found = [kernel_distance(*np.random.RandomState(seed).randn(2, 40, 5)) for seed in range(300)]
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(len(found))
    assert min(found) < 0 < max(found)


def test_the_kernel_distance_of_constant_features_is_that_of_the_formula():
    x, y = np.full((5, 4), 1.0), np.full((7, 4), 2.0)
    assert kernel_distance(x, y) == pytest.approx((1 + 1) ** 3 + (4 + 1) ** 3 - 2 * (2 + 1) ** 3)


def test_the_share_of_what_was_asked_for_is_counted_by_attribute():
    asked = [{"hair": "pink", "glasses": "yes"}, {"hair": "blue"}, {"hair": "red"}, {"hair": "red"}]

    def reader(found: np.ndarray) -> Sequence[dict[str, str]]:
        assert len(found) == 4
        return [{"hair": "pink", "glasses": "no"}, {"hair": "blue"}, {"hair": "red", "lids": "open"}, {}]

    assert read_back(pictures(4), asked, reader) == {"hair": 0.75, "glasses": 0.0}
