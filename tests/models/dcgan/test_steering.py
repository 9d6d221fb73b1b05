import torch

from models.dcgan.steering import D_AHEAD, DROP, G_AHEAD, PATIENCE, SLOW, Steering

BATCH = 500


def watched(steps: int, loss=lambda i: (1.0, 1.0), gap: float = 0.5, steering: Steering | None = None) -> Steering:
    steering = steering or Steering()
    for i in range(steps):
        loss_D, loss_G = loss(i)
        steering.watch(loss_D, loss_G, gap, BATCH)
    return steering


def test_the_rate_drops_when_both_losses_stand_still_and_again_after_as_long():
    first = (SLOW + PATIENCE) // BATCH
    assert float(watched(first - 2).factor) == 1.0
    assert float(watched(first).factor) == DROP
    assert float(watched(first + PATIENCE // BATCH).factor) == DROP**2


def test_the_rate_stays_while_one_loss_still_moves():
    def moving(i: int) -> tuple[float, float]:
        return 1.0, 1.0 + 0.05 * i

    assert float(watched(200, moving).factor) == 1.0


def test_who_runs_away_waits_until_the_other_has_caught_up():
    ahead = watched(30, gap=1.0)
    assert ahead.d_waits
    assert not ahead.g_waits
    assert not watched(10, gap=0.5, steering=ahead).d_waits
    behind = watched(30, gap=0.0)
    assert behind.g_waits
    assert not behind.d_waits
    assert G_AHEAD < 0.5 < D_AHEAD


def test_its_whole_state_is_in_its_buffers():
    one = watched(100)
    other = Steering()
    other.load_state_dict(one.state_dict())
    for steering in (one, other):
        watched(25, lambda i: (1.0 + i, 2.0), 0.7, steering)
    for key, value in one.state_dict().items():
        assert torch.equal(value, other.state_dict()[key]), key
