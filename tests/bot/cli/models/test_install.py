"""`python -m bot install`: what was trained is drawn with, by name."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file, save_file

from bot.cli.models.install import install
from bot.cli.refusal import Refusal
from models.checkpoint import load_model
from models.registry import Registry, UnknownModel
from models.training import card, strips
from tests.models.stylegan import tiny
from tests.models.twingan import tiny as tiny_twingan

EVERYTHING = {"model.safetensors", "config.json", "card.md", "sheet.jpg", "strip.jpg", "strip.webp"}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """What a run of two snapshots leaves, and something of its user's."""
    run = tmp_path / "run"
    (run / "sheets").mkdir(parents=True)
    for kimg in (0, 10, 20):
        Image.fromarray(np.full((128, 128, 3), 40 + 10 * kimg, np.uint8)).save(run / "sheets" / f"{kimg:06d}.png")
    strips.save_strip(run / "strip.png", run / "sheets", 32)
    strips.save_animation(run / "strip.webp", run / "sheets", 32)
    tiny.store(run / "snapshots" / "000010", 1, parent="moe@starter")
    tiny.store(run / "model", 2, parent="moe@starter")
    card.illustrate(run / "model", run)
    (run / "model" / "notes.txt").write_text("mine")
    (run / "options.json").write_text("{}")
    return run


def newest(storage: Path, name: str = "rei") -> Path:
    return Registry(storage / "models").resolve(name).folder


def test_a_run_gives_its_model_with_its_film_strip(run: Path, storage: Path, capsys: pytest.CaptureFixture[str]):
    install(run, "rei")
    folder = newest(storage)
    assert {path.name for path in folder.iterdir()} == EVERYTHING
    assert load_model(folder).config["parent"] == "moe@starter"
    assert (folder / "strip.webp").read_bytes() == (run / "strip.webp").read_bytes()
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"rei@{folder.name}"
    assert "sample --model rei " in said[1]


def test_a_model_that_translates_is_tried_by_translating(
    tmp_path: Path, storage: Path, capsys: pytest.CaptureFixture[str]
):
    install(tiny_twingan.store(tmp_path / "twin"), "rei")
    assert set(load_model(newest(storage), None).modules) == {"E_ema", "G_ema", "D_photo", "D_anime"}
    assert "translate --model rei --in" in capsys.readouterr().out


def test_a_models_folder_will_do_and_a_snapshot_gets_the_strip_of_its_run(run: Path, storage: Path):
    install(run / "model", "rei")
    install(run / "snapshots" / "000010", "rei")
    folder = newest(storage)
    assert {path.name for path in folder.iterdir()} == EVERYTHING
    with Image.open(folder / "sheet.jpg") as sheet:
        assert abs(int(np.asarray(sheet).mean()) - 140) <= 2  # that of the snapshot


def test_the_same_model_is_not_stored_twice_and_an_earlier_one_can_come_back(
    run: Path, storage: Path, capsys: pytest.CaptureFixture[str]
):
    install(run, "rei")
    first = newest(storage)
    install(run, "rei")
    assert capsys.readouterr().out.splitlines()[-1] == f"rei@{first.name} is this model already"
    install(run / "snapshots" / "000010", "rei")
    assert newest(storage) != first
    install(run, "rei")
    assert newest(storage).name[-6:] == first.name[-6:]
    assert len(list((storage / "models" / "rei").iterdir())) == 3


@pytest.mark.parametrize("name", ["../rei", "Rei", "", "rei@starter"])
def test_a_name_that_no_model_may_have_is_refused(run: Path, storage: Path, name: str):
    with pytest.raises(Refusal, match="--name is of small letters"):
        install(run, name)
    assert not storage.exists()


def test_what_characters_are_called_is_no_name_for_others(run: Path, storage: Path):
    with pytest.raises(Refusal, match="take another name"):
        install(run, "c12")
    assert not storage.exists()


def test_what_is_no_model_is_refused_and_leaves_nothing(run: Path, storage: Path, monkeypatch: pytest.MonkeyPatch):
    broken = run / "snapshots" / "000010"
    weights = load_file(broken / "model.safetensors")
    first = next(iter(weights))
    for damaged, sentence in (
        ({**weights, first: np.full_like(weights[first], np.nan)}, "not finite"),
        ({key: value for key, value in weights.items() if key != first}, "lacks the tensor"),
    ):
        save_file(damaged, broken / "model.safetensors")
        with pytest.raises(Refusal, match=sentence) as refusal:
            install(broken, "rei")
        assert ".part" not in str(refusal.value)
    (broken / "config.json").write_text('{"family": "features"}')
    with pytest.raises(Refusal, match="no family of networks is called 'features'"):
        install(broken, "rei")
    with pytest.raises(Refusal, match="no folder of a run or a model"):
        install(run / "sheets", "rei")
    monkeypatch.setenv("STORAGE_CAP_GB", "0.000001")
    with pytest.raises(Refusal, match=r"the model in .*STORAGE_CAP_GB"):
        install(run, "rei")
    shutil.rmtree(run / "model")
    with pytest.raises(Refusal, match=r"has no model yet.*snapshots"):
        install(run, "rei")
    assert not [path for path in storage.rglob("*") if path.is_file()]
    with pytest.raises(UnknownModel):
        newest(storage)
