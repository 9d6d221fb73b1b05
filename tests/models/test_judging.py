import numpy as np
import pytest
import torch

from models.dcgan.network import Discriminator
from models.judging import favours, logits, merits, percentiles, prepared, score
from tests.models import tiny


def test_a_score_is_the_mean_share_of_pictures_and_drawings_below():
    known = {"real": percentiles(np.linspace(0, 10, 1001)), "fake": percentiles(np.linspace(-10, 0, 1001))}
    assert score(5.0, known) == pytest.approx((0.5 + 1.0) / 2)
    assert score(-5.0, known) == pytest.approx((0.0 + 0.5) / 2)
    assert (score(-99.0, known), score(99.0, known)) == (0.0, 1.0)
    values = [score(logit, known) for logit in np.linspace(-12, 12, 50)]
    assert values == sorted(values)


@pytest.mark.parametrize("known", [{}, {"real": None}, {"real": "abc", "fake": [1]}])
def test_a_model_that_kept_no_sample_gives_its_probability(known: dict):
    assert score(0.0, known) == 0.5
    assert score(1000.0, known) > 0.99
    assert score(-1000.0, known) < 0.01


def test_a_merit_is_what_a_logit_does_not_owe_to_labels():
    chance = np.random.RandomState(0)
    c = np.stack([chance.rand(2000) < 0.2, chance.rand(2000)], 1).astype(np.float32)  # shut eyes, something else
    skill = chance.randn(2000)
    found = skill + 3.0 * c[:, 0]
    known = {"favours": favours(found, c)}
    assert known["favours"] == pytest.approx([3.0, 0.0], abs=0.3)
    shut = c[np.argsort(-merits(found, c, known))[:200], 0].mean()
    assert c[np.argsort(-found)[:200], 0].mean() > 0.8  # by the logit alone, the best are those with shut eyes
    assert shut == pytest.approx(0.2, abs=0.1)


@pytest.mark.parametrize("known", [{}, {"favours": None}, {"favours": [1.0]}, {"favours": ["a", "b"]}])
def test_without_a_fit_for_its_labels_the_logit_is_the_merit(known: dict):
    found = np.array([1.0, 2.0])
    assert merits(found, np.ones((2, 2), np.float32), known) is found


def test_where_labels_are_unknown_those_that_d_reads_count():
    torch.manual_seed(0)
    D = Discriminator(tiny.LABELLED).eval()
    x = torch.randn(4, 3, 16, 16)
    with torch.no_grad():
        read = D.read(D.features(x))
    torch.testing.assert_close(logits(D, x), logits(D, x, read))
    assert not torch.allclose(logits(D, x), logits(D, x, read + 1))


def test_a_picture_is_judged_by_its_middle_square():
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = 255
    x = prepared(wide, 16)
    assert x.shape == (1, 3, 16, 16)
    assert float(x.mean()) > 0.95
    assert float(prepared(np.zeros((1, 9, 3), np.uint8), 16).max()) == -1.0
