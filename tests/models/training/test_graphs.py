import pytest
import torch

from models.training.graphs import WARM_UP, Graphed, Tensors

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


@pytest.mark.parametrize("device", DEVICES)
def test_a_recorded_step_does_and_says_what_the_plain_one_does(device: str):
    ended = []
    for enabled in (True, False):
        weight = torch.ones(4, device=device)

        def work(kind: bool, inputs: Tensors, weight: torch.Tensor = weight) -> Tensors:
            weight.add_(inputs["x"] * (2.0 if kind else 1.0))
            return {"mean": weight.mean()}

        graphed = Graphed(work, torch.device(device), enabled)
        means = [graphed(i % 3 == 0, {"x": torch.full((4,), float(i))})["mean"] for i in range(6 * WARM_UP)]
        ended.append((torch.stack(means).tolist(), weight.tolist()))
    assert ended[0] == ended[1]
    assert ended[0][0] == sorted(set(ended[0][0]) | {1.0})  # each answer is the caller's: no later step changes it
