import numpy as np
import torch

from models.stylegan.discriminator import Discriminator
from models.stylegan.reading import FARTHEST, labels_read
from tests.models.stylegan import tiny


def test_labels_are_those_that_d_reads_within_what_labels_may_be():
    torch.manual_seed(0)
    D = Discriminator(tiny.labelled_config()).eval()
    with torch.no_grad():
        D.b4.read.bias.copy_(torch.tensor([100.0, 0.0, -100.0]))
    found = labels_read(D, tiny.pictures, 70)
    assert (found.shape, found.dtype) == ((70, 3), np.float32)
    assert set(found[:, 0]) == {FARTHEST}
    assert set(found[:, 2]) == {-FARTHEST}
    assert np.abs(found[:, 1]).max() < FARTHEST
    assert np.ptp(found[:, 1]) > 0
