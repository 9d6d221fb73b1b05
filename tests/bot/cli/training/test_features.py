import json
from pathlib import Path

import pytest

from bot.cli.refusal import Refusal
from bot.cli.training.features import train_features
from bot.cli.training.measure_features import measure_features
from data.vision.features import Features
from models.training.statistics import read


def test_a_dry_run_prints_the_resolved_config_and_touches_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    train_features(outdir=tmp_path / "run", kimg=30.0, batch=64, dry_run=True)
    config = json.loads(capsys.readouterr().out)
    assert config["data"] == "drawn:count=40000,seed=0,views=4"
    assert (config["options"]["batch"], config["options"]["decay_kimg"]) == (64, 30.0)
    assert config["network"]["size"] == 80
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_run_is_trained_continued_and_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    pytest.importorskip("skia")
    out, data = tmp_path / "run", "drawn:count=16,views=4"
    train_features(outdir=out, data=data, kimg=0.016, batch=8)
    with pytest.raises(Refusal, match=r"was started with another options\.batch \(8, now 16\)"):
        train_features(outdir=out, resume=True, batch=16, kimg=0.032)
    train_features(outdir=out, resume=True, kimg=0.032)
    assert [line["nimg"] for line in read(out / "stats.jsonl")] == [16, 32]
    features = Features(out / "model")
    assert features.info["kimg"] == 0.032
    assert (out / "model" / "card.md").is_file()

    train_features(outdir=tmp_path / "next", data=data, kimg=0.008, batch=8, init=out / "model")
    assert Features(tmp_path / "next" / "model").info["parent"] == str(out / "model")

    capsys.readouterr()
    measure_features(model=out / "model", count=8, characters=3, views=2)
    report = json.loads(capsys.readouterr().out)
    assert report["model"]["kimg"] == 0.032
    assert report["attributes"]["count"] == 8
    assert report["characters"]["characters"] == 3
    assert "real" not in report


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "--kimg says for how long"),
        ({"kimg": 1.0, "data": "nowhere"}, "no folder, no zip file"),
        ({"resume": True}, "no run to continue"),
        ({"kimg": 0.008, "batch": 8, "data": "drawn:count=8", "init": Path("nowhere")}, r"config\.json cannot be read"),
    ],
)
def test_what_cannot_be_trained_is_refused(tmp_path: Path, options: dict, sentence: str):
    with pytest.raises(Refusal, match=sentence):
        train_features(outdir=tmp_path / "run", **options)


def test_what_cannot_be_measured_is_refused(tmp_path: Path):
    with pytest.raises(Refusal, match="cannot be read"):
        measure_features(model=tmp_path)
