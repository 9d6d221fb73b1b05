import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.cli.refusal import Refusal
from bot.cli.training.measure import measure
from tests.models import tiny


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_DIR", str(tmp_path / "var"))


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for i, pixels in enumerate(tiny.pictures(np.arange(12))):
        Image.fromarray(pixels).save(folder / f"{i:02d}.png")
    return folder


def test_a_model_is_measured_against_pictures_and_its_card_says_so(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    model = tiny.store_labelled(tmp_path / "model")
    (model / "card.md").write_text("# tiny\n\n## Metrics\n\nNone yet.\n\n## Known faults\n\n- All.\n")
    measure(str(model), against=str(pictures), read=0, card=True)
    answer = json.loads(capsys.readouterr().out)
    assert answer["pictures"] == 12
    assert set(answer["swd"]) == {"16", "mean"}
    assert answer["swd"]["mean"] > 0
    card = (model / "card.md").read_text(encoding="utf-8")
    assert f"| SWD, 16 px | {answer['swd']['16']:g} |" in card
    assert "None yet" not in card
    assert card.endswith("## Known faults\n\n- All.\n")


def test_what_is_not_there_is_refused(pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(Refusal, match="there is no model"):
        measure("nobody", against=str(pictures))
    monkeypatch.setitem(__import__("sys").modules, "torch_fidelity", None)
    with pytest.raises(Refusal, match="pip install torch-fidelity"):
        measure(str(tiny.store(tmp_path / "model")), against=str(pictures), read=0, fid=True)
