import pytest

from models.training.statistics import Tick


def test_a_loss_that_only_some_steps_have_is_averaged_over_these():
    tick = Tick(seconds=0.4)
    for i in range(4):
        tick.add({"loss_D": 1.0, **({"read": 3.0} if i == 2 else {})}, 8)
    line = Tick(**tick.to_json()).line(32)
    assert (line["loss_D"], line["read"]) == (1.0, 3.0)
    assert line["s/kimg"] == pytest.approx(12.5)
