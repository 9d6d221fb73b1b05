import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.cli.models.sample import sample
from bot.cli.pictures.dataset import pack
from bot.cli.refusal import Refusal
from bot.cli.training.dcgan import train_dcgan
from data.labels import NAMES
from models.checkpoint import load_model
from models.dcgan.network import DCGANConfig
from models.dcgan.options import PRESETS
from models.training.statistics import read


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for i in range(6):
        Image.new("RGB", (70, 70), (40 * i, 0, 99)).save(folder / f"{i}.png")
    return folder


def resolved(capsys: pytest.CaptureFixture[str], **options: Any) -> dict[str, Any]:
    train_dcgan(**options, dry_run=True)
    return json.loads(capsys.readouterr().out)


def test_a_dry_run_prints_the_resolved_config_and_touches_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    config = resolved(capsys, outdir=tmp_path / "run", data="drawn:", kimg=2.0)
    assert config["cfg"] == "waifu"
    assert config["network"] == DCGANConfig.of(96, len(NAMES), "none").to_json()
    assert config["data"] == "drawn:count=2000,seed=0"
    assert config["options"] == PRESETS["waifu"].to_json()
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / "var").exists()


def test_options_given_go_before_the_preset(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    given: dict[str, Any] = {"batch": 8, "lr": 0.5, "mirror": False, "aug": "cutout", "gamma": 0.3, "d_every": 2}
    config = resolved(capsys, outdir=tmp_path, data="drawn:", kimg=1.0, resolution=64, cond=False, **given)
    assert config["options"] == {**PRESETS["waifu"].to_json(), **given}
    assert (config["network"]["resolution"], config["network"]["c_dim"]) == (64, 0)


def test_the_classic_preset_can_be_steered_in_place_of_its_schedule(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    plain = resolved(capsys, outdir=tmp_path, data="drawn:", kimg=1.0, cfg="classic")["options"]
    assert (plain["schedule"][0], plain["d_every"], plain["g_every"]) == ([0.0, 1e-3], 1, 5)
    steered = resolved(capsys, outdir=tmp_path, data="drawn:", kimg=1.0, cfg="classic", steer=True)["options"]
    assert (steered["schedule"], steered["steer"], steered["g_every"]) == ([], True, 5)


def test_pictures_teach_labels_where_labels_lie_beside_them(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert resolved(capsys, outdir=tmp_path, data=str(pictures), kimg=1.0)["network"]["c_dim"] == 0
    with pytest.raises(Refusal, match="--cond needs labels"):
        train_dcgan(outdir=tmp_path / "run", data=str(pictures), kimg=1.0, cond=True)
    lines = [json.dumps({"file": f"{i}.png", "hair": "red" if i % 2 else "blue"}) for i in range(6)]
    (pictures / "labels.jsonl").write_text("\n".join(lines))
    assert resolved(capsys, outdir=tmp_path, data=str(pictures), kimg=1.0)["network"]["c_dim"] == len(NAMES)


@pytest.mark.slow
def test_a_run_with_labels_gives_a_model_that_can_be_told_what_to_draw(pictures: Path, tmp_path: Path):
    lines = [json.dumps({"file": f"{i}.png", "hair": "red" if i % 2 else "blue"}) for i in range(6)]
    (pictures / "labels.jsonl").write_text("\n".join(lines))
    out = tmp_path / "run"
    train_dcgan(outdir=out, data=str(pictures), kimg=0.008, batch=4, resolution=64)
    lines[0] = json.dumps({"file": "0.png", "hair": "pink"})
    (pictures / "labels.jsonl").write_text("\n".join(lines))
    with pytest.raises(Refusal, match="was started with another labels"):
        train_dcgan(outdir=out, resume=True, kimg=0.016)
    config = load_model(out / "model", ("G_ema", "D")).config
    assert {name for name in config["labels"] if name} == {"hair_l", "hair_a", "hair_b"}
    assert len(config["labels"]) == len(NAMES)
    assert len(config["logits"]["real"]) == 101
    sample(str(out / "model"), seeds="0-3", labels="hair=pink", out=tmp_path / "sheet.png")
    with pytest.raises(Refusal, match="it knows hair_l, hair_a, hair_b"):
        sample(str(out / "model"), seeds="0", labels="glasses=yes", out=tmp_path / "sheet.png")
    card = (out / "model" / "card.md").read_text(encoding="utf-8")
    assert "python -m bot train dcgan --data" in card
    assert "## Known faults" in card
    assert (out / "model" / "sheet.jpg").is_file()


@pytest.mark.slow
def test_a_run_is_trained_continued_and_sampled(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "run"
    train_dcgan(outdir=out, data=str(pictures), kimg=0.008, batch=4, resolution=64)
    (pictures / "0.png").rename(tmp_path / "0.png")
    with pytest.raises(Refusal, match="was started with another data"):
        train_dcgan(outdir=out, resume=True, kimg=0.016)
    (tmp_path / "0.png").rename(pictures / "0.png")
    with pytest.raises(Refusal, match=r"was started with another options\.batch \(4, now 8\)"):
        train_dcgan(outdir=out, resume=True, batch=8, kimg=0.016)
    train_dcgan(outdir=out, resume=True, kimg=0.016)
    assert [line["nimg"] for line in read(out / "stats.jsonl")] == [8, 16]
    model = load_model(out / "model", ("G_ema", "D"))
    assert model.config["kimg"] == 0.016
    assert (out / "model" / "card.md").is_file()

    train_dcgan(
        outdir=tmp_path / "next", data=str(pictures), kimg=0.004, batch=4, resolution=64, init=str(out / "model")
    )
    assert load_model(tmp_path / "next" / "model").config["parent"] == str(out / "model")
    with pytest.raises(Refusal, match="is another network"):
        train_dcgan(outdir=tmp_path / "other", data=str(pictures), kimg=0.004, batch=4, init=str(out / "model"))

    sample(str(out / "model"), seeds="0-3", out=tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (128, 128)


def test_drawn_faces_stay_as_many_when_the_run_grows(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "run"
    out.mkdir()
    config = resolved(capsys, outdir=out, data="drawn:", kimg=1.0)
    (out / "options.json").write_text(json.dumps(config))
    assert resolved(capsys, outdir=out, resume=True, kimg=3.0)["data"] == "drawn:count=1000,seed=0"
    assert resolved(capsys, outdir=out, data="drawn:", resume=True, kimg=3.0)["data"] == "drawn:count=1000,seed=0"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"kimg": 1.0}, "give both"),
        ({"data": "drawn:"}, "give both"),
        ({"data": "nowhere", "kimg": 1.0}, "no folder, no zip file"),
        ({"data": "drawn:", "kimg": 1.0, "aug": "blur"}, "augmentation is none"),
        ({"data": "drawn:", "kimg": 1.0, "resolution": 100}, "64, 96, 128, 256 px, not 100"),
        ({"data": "drawn:", "kimg": 1.0, "cfg": "fancy"}, "there is no preset 'fancy'; there is waifu, small, classic"),
        ({"resume": True}, "no run to continue"),
        ({"data": "drawn:count=4", "kimg": 0.004, "batch": 4, "init": "nobody"}, "there is no model 'nobody'"),
    ],
)
def test_what_cannot_be_trained_is_refused(tmp_path: Path, options: dict, sentence: str):
    with pytest.raises(Refusal, match=sentence):
        train_dcgan(outdir=tmp_path / "run", **options)


def test_a_folder_in_use_is_refused_before_anything_is_packed(tmp_path: Path, storage: Path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "mine.txt").write_text("mine")
    with pytest.raises(Refusal, match="is not empty"):
        train_dcgan(outdir=tmp_path / "run", data="drawn:", kimg=1.0)
    assert not storage.exists()


def test_a_set_packed_into_a_folder_can_be_trained_on(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    pack(str(pictures), resolution=64, out=tmp_path / "set")
    assert capsys.readouterr().out.startswith("6 pictures, 64 px")
    with pytest.raises(Refusal, match="are 64 px and the network draws 96 px"):
        train_dcgan(outdir=tmp_path / "run", data=str(tmp_path / "set"), kimg=0.01)


@pytest.mark.slow
def test_a_run_over_drawn_faces_continues_on_them_although_the_drawing_program_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    pytest.importorskip("skia")
    out = tmp_path / "run"
    train_dcgan(outdir=out, data="drawn:count=4", kimg=0.004, batch=4, resolution=64)
    monkeypatch.setattr("data.dataset.Source.key", lambda source, size: "another")
    train_dcgan(outdir=out, resume=True, kimg=0.008)
    assert load_model(out / "model").config["kimg"] == 0.008


def test_somebody_elses_set_is_trained_on_without_its_labels(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    archive = tmp_path / "theirs.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(pictures.iterdir()):
            file.write(path, f"00000/{path.name}")
        file.writestr("dataset.json", json.dumps({"labels": [[f"00000/{i}.png", i % 2] for i in range(6)]}))
    assert resolved(capsys, outdir=tmp_path / "run", data=str(archive), kimg=1.0)["network"]["c_dim"] == 0
    with pytest.raises(Refusal, match=r"--cond needs labels.*somebody else's classes or numbers"):
        train_dcgan(outdir=tmp_path / "run", data=str(archive), kimg=1.0, cond=True)
    train_dcgan(outdir=tmp_path / "run", data=str(archive), kimg=0.004, batch=4, resolution=64)
    assert "are left out" in "".join(capsys.readouterr().err.split("\n"))


@pytest.mark.slow
def test_a_packed_zip_teaches_the_labels_that_it_carries(tmp_path: Path, pictures: Path):
    lines = [{"file": f"{i}.png", "hair": ("pink", "blue")[i % 2]} for i in range(6)]
    (pictures / "labels.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    pack(str(pictures), tmp_path / "set.zip", resolution=64)
    train_dcgan(outdir=tmp_path / "run", data=str(tmp_path / "set.zip"), kimg=0.004, batch=4, resolution=64)
    config = load_model(tmp_path / "run" / "model").config
    assert config["network"]["c_dim"] == len(NAMES)
