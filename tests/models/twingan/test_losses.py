import numpy as np
import pytest
import torch

from data.drawn import draw
from data.drawn.parameters import Parameters
from data.labels import NAMES, told
from data.likeness import likeness
from data.vision.features import Features
from models.twingan import losses
from models.twingan.losses import Seeing, mean_of


def test_only_what_counts_is_in_the_mean():
    assert float(mean_of(torch.tensor([1.0, 5.0, 9.0]), torch.tensor([1.0, 0.0, 1.0]))) == 5
    assert float(mean_of(torch.tensor([1.0]), torch.tensor([0.0]))) == 0


def test_labels_that_nobody_knows_weigh_nothing():
    read, c = torch.tensor([[0.0, 9.0, 1.0]]), torch.zeros(1, 3)
    ones = torch.ones(3)
    assert float(losses.labels(read, c, torch.tensor([[1.0, 0.0, 0.0]]), ones)) == 0
    assert float(losses.labels(read, c, torch.tensor([[1.0, 0.0, 1.0]]), ones)) == pytest.approx(0.25)
    assert float(losses.labels(read, c, torch.zeros(1, 3), ones)) == 0
    # One that is far off weighs no more than MOST_ASKED.
    assert float(losses.labels(read, c, torch.tensor([[0.0, 1.0, 0.0]]), ones)) == losses.MOST_ASKED


def test_a_line_weighs_less_than_a_colour():
    plain = torch.zeros(1, 3, 32, 32)
    checks = (torch.arange(32)[:, None] + torch.arange(32)) % 2 * 2.0 - 1
    assert float(losses.in_two_sizes(plain, plain + checks)) == pytest.approx(1.0)
    assert float(losses.in_two_sizes(plain, plain + 1.0)) == pytest.approx(2.0)


def test_pictures_are_told_apart_where_each_is_nearest_to_its_own():
    a = torch.eye(6, 8)
    same = losses.tell_apart(a, a + 0.01, torch.ones(6))
    other = losses.tell_apart(a, a.roll(1, 0), torch.ones(6))
    assert float(same.max()) < 0.1 < 3 < float(other.min())
    # Who does not count is nobody's rival either.
    twice = torch.cat([a, a])
    counts = torch.tensor([1.0] * 6 + [0.0] * 6)
    torch.testing.assert_close(losses.tell_apart(twice, twice + 0.01, counts)[:6], same, atol=1e-3, rtol=0)
    assert not losses.tell_apart(twice, twice, counts)[6:].any()


def test_cosine_is_0_for_one_direction_and_2_for_the_opposite():
    a = torch.tensor([[1.0, 2.0], [1.0, 2.0]])
    assert losses.cosine(a, torch.tensor([[2.0, 4.0], [-1.0, -2.0]])).tolist() == pytest.approx([0, 2], abs=1e-6)


def picture(**numbers: float) -> torch.Tensor:
    labels = {"hair_l": 0.0, "hair_a": 1.0, "hair_b": 0.0, "skin_tone": 0.1, "yaw": 0.0, "glasses": 0.0} | numbers
    parameters = likeness(labels)
    assert isinstance(parameters, Parameters)
    pixels = draw(parameters, 64).pixels.astype(np.float32)
    alpha = pixels[..., 3:] / 255
    return torch.from_numpy(pixels[..., :3] / 127.5 - 1).mul(torch.from_numpy(alpha)).permute(2, 0, 1)[None]


@pytest.fixture(scope="module")
def seeing() -> Seeing:
    return Seeing(Features(), NAMES, torch.float32)


def unlike(seeing: Seeing, x: torch.Tensor, **said: float) -> float:
    """How far what is read of pictures is from these labels."""
    c = torch.tensor([[said.get(name, 0.0) for name in NAMES]])
    known = torch.tensor([[float(name in said) for name in NAMES]])
    return float(seeing.unlike(seeing.maps(x), c, known, torch.ones(len(NAMES))))


def test_the_features_network_reads_what_a_drawing_shows(seeing: Seeing):
    left, right, dark = picture(yaw=-0.8), picture(yaw=0.8, glasses=1.0), picture(hair_l=-1.5, hair_a=0.0)
    assert unlike(seeing, left, yaw=-0.8) < unlike(seeing, right, yaw=-0.8)
    assert unlike(seeing, right, yaw=0.8) < unlike(seeing, left, yaw=0.8)
    assert unlike(seeing, dark, hair_l=-1.5) < unlike(seeing, left, hair_l=-1.5)
    assert unlike(seeing, right, glasses=1.0) < 0.7 < unlike(seeing, right, glasses=0.0)
    assert unlike(seeing, left, glasses=0.0) < 0.7 < unlike(seeing, left, glasses=1.0)


def test_what_it_does_not_read_counts_for_nothing(seeing: Seeing):
    assert unlike(seeing, picture(), style_cel=1.0) == 0
    assert unlike(seeing, picture()) == 0


def test_a_gradient_leads_to_glasses_where_nobody_would_think_of_any(seeing: Seeing):
    x = picture(glasses=0.0).requires_grad_(True)
    c = torch.tensor([[float(name == "glasses") for name in NAMES]])
    loss = seeing.unlike(seeing.maps(x), c, c, torch.ones(len(NAMES))).sum()
    (gradient,) = torch.autograd.grad(loss, x)
    assert float(loss.detach()) > 2  # of a probability it would be 1 at most, and its gradient hardly there
    step = x.detach() - 0.2 * gradient / gradient.abs().max()
    assert float(seeing.unlike(seeing.maps(step), c, c, torch.ones(len(NAMES)))) < float(loss.detach())


def test_a_gradient_leads_to_the_hair_that_is_wanted(seeing: Seeing):
    x = picture(hair_a=0.0).requires_grad_(True)
    c = torch.tensor([[told_of(hair_a=2.0)[name] for name in NAMES]])
    said = torch.tensor([[float(name == "hair_a") for name in NAMES]])
    loss = seeing.unlike(seeing.maps(x), c, said, torch.ones(len(NAMES))).sum()
    (gradient,) = torch.autograd.grad(loss, x)
    step = x.detach() - 0.2 * gradient / gradient.abs().max()
    after = seeing.unlike(seeing.maps(step), c, said, torch.ones(len(NAMES))).sum()
    assert float(after) < float(loss.detach())


def told_of(**numbers: float) -> dict[str, float]:
    return dict.fromkeys(NAMES, 0.0) | told({"numbers": numbers})


def test_maps_of_one_picture_are_no_distance_apart(seeing: Seeing):
    a, b = seeing.maps(picture()), seeing.maps(picture(yaw=0.9))
    assert float(seeing.distance(a, a)) == 0
    assert float(seeing.distance(a, b)) > 0.05


def test_what_reads_none_of_the_labels_is_refused():
    with pytest.raises(ValueError, match="reads none"):
        Seeing(Features(), ("moo",), torch.float32)


def test_a_pixel_of_the_face_can_count_more_than_another():
    one, face, corner = (torch.zeros(1, 3, 32, 32) for _ in range(3))
    face[:, :, 20, 16], corner[:, :, 1, 1] = 1.0, 1.0
    even, more = (losses.in_two_sizes(one, other) for other in (face, corner))
    assert torch.allclose(even, more)
    face_more, corner_more = (losses.in_two_sizes(one, other, 4.0) for other in (face, corner))
    assert torch.allclose(face_more / corner_more, torch.tensor(4.0))
    everywhere = torch.ones(1, 3, 32, 32)
    assert torch.allclose(losses.in_two_sizes(one, everywhere, 4.0), losses.in_two_sizes(one, everywhere))
