import json
import shlex
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from PIL import Image

from bot.cli.refusal import Refusal
from bot.cli.training.twingan import train_twingan
from data.labels import NAMES
from models.checkpoint import load_model, read_config
from models.training.card import command
from models.training.statistics import read
from models.twingan.options import preset
from models.twingan.train import TwinTask
from tests.data.dataset.test_people import heads

SMALL: dict[str, Any] = {"resolution": 16, "channel_base": 64, "channel_max": 8, "batch": 4, "grow": 0.0}
DRAWN: dict[str, Any] = {"b": "drawn:count=6,kind=portrait", "c": "drawn:count=6,kind=cat"}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return heads(tmp_path / "photos", 12, 32)


def resolved(capsys: pytest.CaptureFixture[str], **options: Any) -> dict[str, Any]:
    train_twingan(**options, dry_run=True)
    return json.loads(capsys.readouterr().out)


def test_a_dry_run_prints_the_resolved_config_and_touches_nothing(
    tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str]
):
    config = resolved(capsys, outdir=tmp_path / "run", a=str(photos), b="drawn:kind=portrait", kimg=2.0)
    network, options = preset("small", ("photo", "anime"), len(NAMES))
    assert (config["network"], config["options"]) == (network.to_json(), options.to_json())
    assert config["data"] == {"photo": str(photos), "anime": "drawn:count=2000,seed=0,kind=portrait"}
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / "var").exists()


def test_options_given_go_before_the_preset_and_the_card_s_command_has_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    given: dict[str, Any] = {"lr": 0.5, "penalty": "dragan", "gamma": 0.25, "back": 0.5, "mirror": False}
    config = resolved(
        capsys, outdir=tmp_path, a="drawn:count=6", domain=["dog=drawn:count=5,seed=9"], cfg="twin",
        kimg=1.0, norm="instance", weight=["cycle=0.3", "pixel_cycle=0.2"], **DRAWN, **SMALL, **given,
    )  # fmt: skip
    assert {name: config["options"][name] for name in given} == given
    assert (config["options"]["cycle"], config["options"]["pixel_cycle"]) == (0.3, 0.2)
    assert (config["network"]["norm"], config["network"]["channel_base"]) == ("instance", 64)
    assert config["network"]["domains"] == ["photo", "anime", "cat", "dog"]
    words = shlex.split(command(config))
    assert words[:5] == ["python", "-m", "bot", "train", "twingan"]
    for pair in (["--a", "drawn:count=6,seed=0"], ["--domain", "dog=drawn:count=5,seed=9"], ["--weight", "cycle=0.3"]):
        assert any(pair == words[i : i + 2] for i in range(len(words))), pair
    assert "--no-mirror" in words


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"kimg": 1.0}, "give all three"),
        ({"a": "drawn:", "b": "drawn:"}, "give all three"),
        ({"a": "drawn:", "b": "drawn:", "kimg": 1.0, "domain": ["moo"]}, "--domain is NAME=SOURCE"),
        ({"a": "drawn:", "b": "drawn:", "kimg": 1.0, "domain": ["anime=drawn:"]}, "--domain is NAME=SOURCE"),
        ({"a": "drawn:", "b": "nowhere", "kimg": 1.0}, "nowhere"),
        ({"a": "drawn:", "b": "drawn:", "kimg": 1.0, "resolution": 96}, "power of two"),
        ({"a": "drawn:", "b": "drawn:", "kimg": 1.0, "cfg": "moo"}, "there is no preset 'moo'"),
        ({"a": "drawn:", "b": "drawn:", "kimg": 1.0, "weight": ["moo=1"]}, "--weight is NAME=VALUE"),
        ({"a": "drawn:", "b": "drawn:", "kimg": 1.0, "weight": ["gan=much"]}, "could not convert"),
        ({"a": "drawn:", "b": "drawn:", "kimg": 1.0, "penalty": "wgan"}, "a penalty is"),
        ({"a": "drawn:", "b": "drawn:", "kimg": 1.0, "init": "nobody"}, "nobody"),
    ],
)
def test_what_cannot_be_trained_is_refused(options: dict[str, Any], sentence: str, tmp_path: Path):
    with pytest.raises(Refusal, match=sentence):
        train_twingan(outdir=tmp_path / "run", **options)


def test_three_domains_are_trained_and_a_killed_run_continues_with_the_same_losses(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
):
    def trained(out: Path, **more: Any) -> None:
        train_twingan(outdir=out, a=str(photos), kimg=0.032, seed=4, **{**DRAWN, **SMALL, "grow": 0.6}, **more)

    trained(tmp_path / "whole")
    step = TwinTask.step

    def killed(task: TwinTask, batch: np.ndarray, nimg: int) -> Any:
        if nimg == 16:
            signal.raise_signal(signal.SIGTERM)
        return step(task, batch, nimg)

    with monkeypatch.context() as patch:
        patch.setattr(TwinTask, "step", killed)
        with pytest.raises(typer.Exit) as ended:
            trained(tmp_path / "parts")
    assert ended.value.exit_code == 128 + signal.SIGTERM
    with pytest.raises(Refusal, match=r"was started with another options\.batch"):
        train_twingan(outdir=tmp_path / "parts", resume=True, batch=8)
    train_twingan(outdir=tmp_path / "parts", resume=True)
    whole, parts = (read(tmp_path / name / "stats.jsonl") for name in ("whole", "parts"))
    timeless = lambda lines: [{k: v for k, v in line.items() if k not in ("s/kimg", "time")} for line in lines]
    assert timeless(whole) == timeless(parts)
    assert {"loss_D", "loss_G", "rec", "goal", "cycle"} <= set(whole[-1])

    out = tmp_path / "whole"
    model = load_model(out / "model", ("E_ema", "G_ema", "D_anime"))
    assert set(model.modules) == {"E_ema", "G_ema"}
    assert (model.config["kimg"], model.config["domains"]) == (0.032, ["photo", "anime", "cat"])
    card = (out / "model" / "card.md").read_text(encoding="utf-8")
    assert card.startswith("# A TwinGAN at 16 px")
    assert "**Data**, cat: 6 pictures of `drawn:count=6,seed=0,kind=cat`" in card
    assert [path.name for path in (out / "model").glob("sheet.jpg")] == ["sheet.jpg"]
    with Image.open(out / "sheets" / "000000.png") as sheet:  # two photos are held out: each beside both translations
        assert sheet.size == (4 * 16, 2 * 16)


def test_a_domain_is_added_to_a_model_without_touching_what_it_has(tmp_path: Path, photos: Path):
    given = {"a": str(photos), "b": DRAWN["b"], "kimg": 0.008}
    train_twingan(outdir=tmp_path / "first", **given, **SMALL)
    init = tmp_path / "first" / "model"
    train_twingan(outdir=tmp_path / "second", init=str(init), **given, c=DRAWN["c"], batch=4)
    before, after = (load_model(tmp_path / name / "model", ("E_ema", "G_ema")) for name in ("first", "second"))
    assert after.config["domains"] == ["photo", "anime", "cat"]
    assert after.config["parent"] == str(init)
    assert after.config["network"]["channel_base"] == 64  # whatever the preset would have
    for name, module in before.modules.items():
        now = after.modules[name].state_dict()
        for key, value in module.state_dict().items():
            assert np.array_equal(value, now[key]), f"{name}.{key}"
        assert any("in_cat" in key for key in now), name


def test_photos_that_a_list_names_are_held_out(tmp_path: Path, photos: Path):
    names = tmp_path / "held.json"
    names.write_text(json.dumps({"photos": [{"file": "3.png"}, {"sha256": "of 5"}]}), encoding="utf-8")
    given: dict[str, Any] = {"a": str(photos), "b": DRAWN["b"], "kimg": 0.004, **SMALL}
    train_twingan(outdir=tmp_path / "run", held_out=names, **given)
    with Image.open(tmp_path / "run" / "sheets" / "000000.png") as sheet:
        pixels = np.asarray(sheet.convert("RGB"))
    for row, name in enumerate(("3.png", "5.png")):
        with Image.open(photos / name) as photo:
            small = np.asarray(photo.convert("RGBA"))[..., :3].reshape(16, 2, 16, 2, 3).mean((1, 3))
        assert np.abs(pixels[16 * row : 16 * row + 16, :16] - small).mean() < 12, name
    names.write_text("nobody.png\n", encoding="utf-8")
    with pytest.raises(Refusal, match="names no photo"):
        train_twingan(outdir=tmp_path / "other", held_out=names, **given)


def test_weights_of_another_family_are_refused(tmp_path: Path):
    from tests.models import tiny

    tiny.store(tmp_path / "dcgan")
    with pytest.raises(Refusal, match="is no TwinGAN"):
        train_twingan(outdir=tmp_path / "run", a="drawn:", b="drawn:", kimg=1.0, init=str(tmp_path / "dcgan"))
    assert read_config(tmp_path / "dcgan")["family"] == "dcgan"
