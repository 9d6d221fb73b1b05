from typing import Any

import pytest
import torch

from models.stylegan.discriminator import Discriminator
from tests.models.stylegan import naive, tiny


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"d_architecture": "skip", "mbstd_group": None, "mbstd_channels": 2},
        {"d_architecture": "orig", "conv_clamp": 0.6, "mbstd_channels": 0},
        {"c_dim": 3, "cmap_dim": 5, "d_mapping_layers": 3, "mbstd_group": 3, "resolution": 64},
        {"img_channels": 1, "resample_filter": (1.0, 2.0, 1.0), "mbstd_group": 2},
    ],
)
def test_it_judges_as_the_papers_say(changes: dict[str, Any]):
    D = tiny.discriminator(**changes)
    torch.manual_seed(1)
    for name, parameter in D.named_parameters():
        if name.endswith("bias"):
            parameter += 0.3 * torch.randn(parameter.shape)
    config = D.config
    x = torch.randn(12, config.img_channels, config.resolution, config.resolution)
    c = torch.randn(12, 3) if config.c_dim else None
    p = {key: value.double() for key, value in D.state_dict().items()}
    wanted = naive.discriminator(p, config, x.double(), None if c is None else c.double())
    torch.testing.assert_close(D(x, c).double(), wanted, rtol=1e-4, atol=1e-4)


def test_a_logit_depends_on_the_company_until_it_stands_alone():
    D = tiny.discriminator(mbstd_group=4)
    x = torch.randn(4, 3, 32, 32)
    assert not torch.allclose(D(x)[:1], D(x[:1]))
    spread = D.spread(x)
    together = D(x)
    D.stand_alone(spread)
    torch.testing.assert_close(D(x)[:1], D(x[:1]))
    torch.testing.assert_close(D(x), together, rtol=1e-4, atol=1e-5)  # one group: its spread is that of each


def test_d_that_never_learnt_to_read_names_the_likeliest_class():
    D = tiny.discriminator(c_dim=3)
    h = D.features(torch.randn(5, 3, 32, 32))
    read = D.read(h)
    for i in range(5):
        each = [float(D.logits(h[i : i + 1], torch.eye(3)[k : k + 1])) for k in range(3)]
        assert read[i].tolist() == [float(k == each.index(max(each))) for k in range(3)]


def test_freezing_counts_layers_from_the_picture_on():
    D = Discriminator(tiny.config())
    D.freeze(5)
    frozen = {name.rpartition(".")[0] for name, p in D.named_parameters() if not p.requires_grad}
    assert frozen == {"b32.fromrgb", "b32.conv0", "b32.conv1", "b32.skip", "b16.conv0"}


def test_its_parts_have_the_names_of_the_files_that_people_exchange():
    state = Discriminator(tiny.config(c_dim=3)).state_dict()
    assert state["b4.conv.weight"].shape[1] == state["b4.conv.weight"].shape[0] + 1
    for name in ("b32.fromrgb.weight", "b16.skip.weight", "b8.conv1.bias", "b4.fc.weight", "b4.out.bias"):
        assert name in state
    assert "mapping.embed.weight" in state
    assert "b16.fromrgb.weight" in Discriminator(tiny.config(d_architecture="skip")).state_dict()
