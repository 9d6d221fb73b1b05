import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.cli.refusal import Refusal
from bot.cli.training.finder import train_finder
from bot.cli.training.measure_finder import measure_finder
from data.vision.finder import Finder
from models.training.statistics import read


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STORAGE_DIR", str(tmp_path / "var"))
    monkeypatch.delenv("ANIMEFACE_CASCADE", raising=False)
    return tmp_path / "var"


def test_a_dry_run_prints_the_resolved_config_and_touches_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    train_finder(outdir=tmp_path / "run", kimg=30.0, batch=16, photos=tmp_path / "photos", dry_run=True)
    config = json.loads(capsys.readouterr().out)
    assert config["data"] == "drawn:count=3600,seed=0"
    assert (config["options"]["batch"], config["options"]["decay_kimg"]) == (16, 30.0)
    assert config["photos"] == str(tmp_path / "photos")
    assert config["network"]["side"] == 768
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_run_is_trained_continued_and_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    pytest.importorskip("skia")
    out, data, photos = tmp_path / "run", "drawn:count=6", tmp_path / "photos"
    photos.mkdir()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)).save(photos / "a.jpg")
    train_finder(outdir=out, data=data, photos=photos, kimg=0.016, batch=8)
    with pytest.raises(Refusal, match=r"was started with another options\.batch \(8, now 16\)"):
        train_finder(outdir=out, resume=True, batch=16, kimg=0.032)
    train_finder(outdir=out, resume=True, kimg=0.032)
    assert [line["nimg"] for line in read(out / "stats.jsonl")] == [16, 32]
    finder = Finder(out / "model")
    assert finder.info["kimg"] == 0.032
    assert "1 photographs" in (out / "model" / "card.md").read_text()

    train_finder(outdir=tmp_path / "next", data=data, kimg=0.008, batch=8, init=out / "model")
    assert Finder(tmp_path / "next" / "model").info["parent"] == str(out / "model")

    capsys.readouterr()
    Image.new("RGB", (50, 40)).save(photos / "b.png")
    images = {"b.png": {"faces": [[1, 1, 30, 30]], "ignore": [], "tags": ["flat"]}}
    (photos / "faces.json").write_text(json.dumps({"images": images}))
    measure_finder(model=out / "model", pictures=photos, scenes=2)
    report = json.loads(capsys.readouterr().out)
    assert report["model"]["kimg"] == 0.032
    assert report["own"]["pictures"]["tags"]["flat"]["recall"] == 0.0
    assert report["own"]["scenes"]["pictures"] == 2
    assert "cascade" not in report


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "--kimg says for how long"),
        ({"kimg": 1.0, "data": "nowhere"}, "no folder, no zip file"),
        ({"kimg": 1.0, "data": "drawn:count=8,kind=cat"}, "learns on drawn heads"),
        ({"resume": True}, "no run to continue"),
        ({"kimg": 0.008, "batch": 8, "data": "drawn:count=2", "photos": Path("nowhere")}, "no photographs"),
        ({"kimg": 0.008, "batch": 8, "data": "drawn:count=2", "init": Path("nowhere")}, r"config\.json cannot be read"),
    ],
)
def test_what_cannot_be_trained_is_refused(tmp_path: Path, options: dict, sentence: str):
    with pytest.raises(Refusal, match=sentence):
        train_finder(outdir=tmp_path / "run", **options)


def test_what_cannot_be_measured_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(Refusal, match="cannot be read"):
        measure_finder(model=tmp_path)
    monkeypatch.setenv("ANIMEFACE_CASCADE", str(tmp_path / "gone.xml"))
    with pytest.raises(Refusal, match="holds no cascade"):
        measure_finder(scenes=0)
