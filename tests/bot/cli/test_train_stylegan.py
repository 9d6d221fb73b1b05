import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bot.cli.refusal import Refusal
from bot.cli.sample import sample
from bot.cli.train import train_dcgan
from bot.cli.train_stylegan import finetune, train_stylegan
from data.labels import NAMES
from models.checkpoint import load_model, read_config
from models.stylegan.options import preset
from models.training.statistics import read

SMALL: dict[str, Any] = {
    "resolution": 32, "channel_base": 64, "channel_max": 4, "z_dim": 4, "w_dim": 4, "batch": 4,
}  # fmt: skip


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return folder(tmp_path / "pictures", 6)


def folder(path: Path, count: int, labels: bool = False) -> Path:
    path.mkdir()
    chance = np.random.RandomState(0)
    for i in range(count):
        coarse = chance.randint(0, 255, (5, 5, 3)).astype(np.uint8)
        Image.fromarray(coarse).resize((40, 40)).save(path / f"{i}.png")
    if labels:
        lines = [json.dumps({"file": f"{i}.png", "hair": "red" if i % 2 else "blue"}) for i in range(count)]
        (path / "labels.jsonl").write_text("\n".join(lines))
    return path


def resolved(capsys: pytest.CaptureFixture[str], **options: Any) -> dict[str, Any]:
    train_stylegan(**options, dry_run=True)
    return json.loads(capsys.readouterr().out)


def test_a_dry_run_prints_the_resolved_config_and_touches_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    config = resolved(capsys, outdir=tmp_path / "run", data="drawn:", kimg=2.0)
    network, options = preset("auto", 128, len(NAMES))
    assert (config["network"], config["options"]) == (network.to_json(), options.to_json())
    assert config["data"] == "drawn:count=2000,seed=0"
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / "var").exists()


def test_options_given_go_before_the_preset(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    given: dict[str, Any] = {"lr": 0.5, "mirror": True, "gamma": 0.3, "target": 0.4, "freezed": 2, "micro_batch": 2}
    config = resolved(
        capsys, outdir=tmp_path, data="drawn:", kimg=1.0, cfg="moe", cond=False, aug="diffaug", **SMALL, **given
    )
    assert {name: config["options"][name] for name in given} == given
    assert config["options"]["aug"] == "color,translation,cutout"
    assert (config["network"]["c_dim"], config["network"]["channel_base"], config["network"]["w_dim"]) == (0, 64, 4)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"kimg": 1.0}, "give both"),
        ({"data": "drawn:", "kimg": 1.0, "resolution": 96}, "power of two"),
        ({"data": "drawn:", "kimg": 1.0, "cfg": "moo"}, "there is no preset 'moo'"),
        ({"data": "drawn:", "kimg": 1.0, "aug": "blur"}, "augmentation is none"),
        ({"data": "drawn:", "kimg": 1.0, "batch": 8, "micro_batch": 3}, "micro_batch divides"),
        ({"data": "drawn:", "kimg": 1.0, "init": "nobody"}, "nobody"),
    ],
)
def test_what_cannot_be_trained_is_refused(options: dict[str, Any], sentence: str, tmp_path: Path):
    with pytest.raises(Refusal, match=sentence):
        train_stylegan(outdir=tmp_path / "run", **options)


def test_fine_tuning_needs_a_stylegan_to_begin_with(pictures: Path, tmp_path: Path):
    with pytest.raises(Refusal, match="--from"):
        finetune(outdir=tmp_path / "run", data=str(pictures), kimg=1.0)
    train_dcgan(outdir=tmp_path / "dcgan", data=str(pictures), kimg=0.004, batch=4, resolution=64)
    with pytest.raises(Refusal, match="is no StyleGAN"):
        finetune(outdir=tmp_path / "run", base=str(tmp_path / "dcgan" / "model"), data=str(pictures), kimg=1.0)


@pytest.mark.slow
def test_a_run_is_trained_continued_and_sampled_and_its_film_strip_is_there(pictures: Path, tmp_path: Path):
    out = tmp_path / "run"
    train_stylegan(outdir=out, data=str(pictures), kimg=0.008, **SMALL)
    with pytest.raises(Refusal, match=r"was started with another options\.batch \(4, now 8\)"):
        train_stylegan(outdir=out, resume=True, batch=8, kimg=0.016)
    train_stylegan(outdir=out, resume=True, kimg=0.016)
    assert [line["nimg"] for line in read(out / "stats.jsonl")] == [8, 16]
    model = load_model(out / "model", ("G_ema", "D"))
    assert model.config["kimg"] == 0.016
    assert set(model.modules) == {"G_ema", "D"}
    card = (out / "model" / "card.md").read_text(encoding="utf-8")
    assert card.startswith("# A StyleGAN2 at 32 px")
    assert "python -m bot train stylegan --data" in card
    sample(str(out / "model"), seeds="0-3", trunc=0.7, out=tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (64, 64)


@pytest.mark.slow
def test_a_network_begins_as_a_smaller_one(pictures: Path, tmp_path: Path):
    sizes = {**SMALL, "channel_base": 512, "channel_max": 8}
    train_stylegan(outdir=tmp_path / "small", data=str(pictures), kimg=0.004, **sizes)
    small = str(tmp_path / "small" / "model")
    train_stylegan(outdir=tmp_path / "large", data=str(pictures), kimg=0.004, init=small, **{**sizes, "resolution": 64})
    model = load_model(tmp_path / "large" / "model")
    assert (model.config["network"]["resolution"], model.config["parent"]) == (64, small)
    with pytest.raises(Refusal, match="is another network than the one to train: a network grows into"):
        train_stylegan(outdir=tmp_path / "wide", data=str(pictures), kimg=0.004, init=small, **{**sizes, "w_dim": 8})


@pytest.mark.slow
def test_fine_tuning_holds_pictures_out_and_ships_the_best_snapshot_with_its_film_strip(tmp_path: Path):
    base, few = folder(tmp_path / "many", 6, labels=True), folder(tmp_path / "few", 24)
    train_stylegan(outdir=tmp_path / "base", data=str(base), kimg=0.008, cfg="small", **{**SMALL, "channel_base": 128})
    out = tmp_path / "run"
    finetune(
        outdir=out, base=str(tmp_path / "base" / "model"), data=str(few), kimg=3.0, batch=8, snap=1, keep_d=False,
    )  # fmt: skip
    measured = read(out / "metrics.jsonl")
    assert [line["nimg"] for line in measured] == [1000, 2000, 3000]
    assert all({"swd", "copies", "distance"} <= set(line) for line in measured)
    model = load_model(out / "model", ("G_ema", "D"))
    assert set(model.modules) == {"G_ema"}
    candidates = [line for line in measured if line["copies"] <= 0.1]
    if candidates:
        assert model.config["kimg"] * 1000 == min(candidates, key=lambda line: line["distance"])["nimg"]
    assert model.config["parent"] == str(tmp_path / "base" / "model")
    assert "python -m bot finetune --from" in (out / "model" / "card.md").read_text(encoding="utf-8")
    for file in ("strip.png", "strip.webp", "film.webp", "model/strip.jpg", "model/strip.webp"):
        assert (out / file).stat().st_size > 0, file
    # The pictures came without labels: D read them off, so the model can still be told what to draw.
    assert len(read_config(out / "model")["labels"]) == len(NAMES)
    with Image.open(out / "strip.png") as strip:
        assert strip.width == 4 * 32


@pytest.mark.slow
def test_styles_truncation_and_cutoff_are_those_of_the_network(pictures: Path, tmp_path: Path):
    out = tmp_path / "run"
    train_stylegan(outdir=out, data=str(pictures), kimg=0.008, **SMALL)
    model = str(out / "model")
    G: Any = load_model(out / "model").modules["G_ema"]
    z = np.random.RandomState(0).randn(3, 4).astype(np.float32)
    np.savez(tmp_path / "z.npz", z=z)
    import torch

    def drawn(**options: Any) -> np.ndarray:
        sample(model, precision="float32", npz=tmp_path / "out.npz", **options)
        return np.load(tmp_path / "out.npz")["images"]

    for trunc, cutoff in ((1.0, None), (0.5, None), (0.7, 2)):
        for noise_mode in ("const", "none"):
            wanted = G(torch.from_numpy(z), None, trunc, cutoff, noise_mode).numpy()
            found = drawn(latents=tmp_path / "z.npz", trunc=trunc, trunc_cutoff=cutoff, noise_mode=noise_mode)
            np.testing.assert_allclose(found, wanted, atol=1e-4)
    ws = G.ws(torch.from_numpy(z), trunc=0.3).numpy()
    np.savez(tmp_path / "ws.npz", ws=ws)
    np.testing.assert_allclose(
        drawn(latents=tmp_path / "ws.npz", trunc=0.0), G.synthesis(torch.from_numpy(ws), "const").numpy(), atol=1e-4
    )
    np.savez(tmp_path / "wrong.npz", ws=ws[:, 1:])
    with pytest.raises(Refusal, match=r"the shape \(N, 8, 4\)"):
        drawn(latents=tmp_path / "wrong.npz")
