import threading
import time

import numpy as np
import torch

from models.training.yielding import Pace, yielding
from tests.models.stylegan import tiny


def test_a_step_passes_places_forward_and_backward_and_learns_the_same():
    pace, plain, polite = Pace(), tiny.task(), tiny.task()
    with yielding(pace):
        for number in range(3):
            polite.step(tiny.labelled(np.arange(tiny.BATCH)), number * tiny.BATCH)
    forward = pace.places
    for number in range(3):
        plain.step(tiny.labelled(np.arange(tiny.BATCH)), number * tiny.BATCH)
    assert pace.places == forward  # outside of the block nobody is asked
    for name, module in plain.modules.items():
        for key, value in module.state_dict().items():
            torch.testing.assert_close(polite.modules[name].state_dict()[key], value)
    layers = len([*polite.G.modules()]) + len([*polite.D.modules()])
    assert forward > 2 * 3 * layers


def test_work_waits_where_it_is_until_it_may_go_on():
    may_go, waits = threading.Event(), threading.Event()

    def wait() -> None:
        waits.set()
        may_go.wait(60)

    done = threading.Event()

    def work() -> None:
        with yielding(Pace(wait)):
            tiny.plain_task().step(tiny.pictures(np.arange(tiny.BATCH)), 0)
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert waits.wait(60)
    assert not done.is_set()
    may_go.set()
    thread.join(60)
    assert done.is_set()


def test_the_longest_time_between_two_places_is_kept_without_the_waiting():
    pace = Pace(lambda: time.sleep(0.05))
    pace()
    pace()
    assert pace.longest < 0.05
    time.sleep(0.1)
    pace()
    assert pace.longest >= 0.1
    pace.forget()
    assert pace.longest == 0.0
    assert pace.places == 3
