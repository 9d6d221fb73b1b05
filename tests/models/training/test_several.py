import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from models.training import several

ROOT = Path(__file__).parents[3]


def test_alone_everything_is_everybodys_and_nothing_is_asked():
    inputs = {"z": torch.arange(4.0), "beta": torch.tensor(1.0)}
    assert several.part(inputs, ("beta",)) == inputs
    assert (several.rank(), several.world()) == (0, 1)
    assert several.agree(True)
    assert not several.agree(False)
    value = torch.tensor([3.0])
    several.average([value])
    assert value.item() == 3.0


@pytest.mark.slow
@pytest.mark.parametrize("family", ["stylegan", "twingan"])
def test_two_processes_learn_what_one_learns_in_two_micro_batches(tmp_path: Path, family: str):
    run = ["-m", "tests.models.training.several_run", family]
    subprocess.run([sys.executable, *run, str(tmp_path / "one.pt"), "4"], cwd=ROOT, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", str(port)]
    subprocess.run([*started, *run, str(tmp_path / "two.pt"), "0"], cwd=ROOT, check=True)
    one, two = (torch.load(tmp_path / name, weights_only=True) for name in ("one.pt", "two.pt"))
    for name in one:
        for key, value in one[name].items():
            if "w_avg" not in key and name != "path":  # running means take micro-batches one after the other
                torch.testing.assert_close(two[name][key], value, rtol=1e-3, atol=2e-4, msg=f"{name}.{key}")
    if family == "stylegan":
        assert float(two["ada"]["seen"]) == 8  # of both
