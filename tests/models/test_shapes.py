import subprocess
import sys
from pathlib import Path

import torch

from models.shapes import only_shapes
from tests.models import tiny
from tests.models.stylegan import tiny as tiny_stylegan
from tests.models.twingan import tiny as tiny_twingan

LOADING = """
import sys
from pathlib import Path
from models.checkpoint import load_model
for folder in sys.argv[1:]:
    load_model(Path(folder))
    assert "sympy" not in sys.modules, folder
"""


def test_models_of_all_families_load_without_torchs_compiler(tmp_path: Path):
    """It takes seconds to load, while somebody waits for the first picture."""
    kinds = {"dcgan": tiny, "stylegan": tiny_stylegan, "twingan": tiny_twingan}
    folders = [str(kind.store(tmp_path / name)) for name, kind in kinds.items()]
    done = subprocess.run([sys.executable, "-c", LOADING, *folders], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_is_built_has_shapes_and_no_numbers():
    with only_shapes():
        conv, norm = torch.nn.Conv2d(3, 5, 3), torch.nn.BatchNorm2d(5)
        torch.nn.init.normal_(conv.weight, 0.0, 0.02)
        drawn = torch.randn(4, 2).div_(2)
    tensors = (*conv.state_dict().values(), *norm.state_dict().values(), drawn)
    assert {value.device.type for value in tensors} == {"meta"}
    assert (conv.weight.shape, drawn.shape) == ((5, 3, 3, 3), (4, 2))
    assert float(torch.randn(100).div_(2).std()) > 0
