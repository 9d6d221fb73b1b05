from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from models.checkpoint import load_model, save_model
from models.stylegan import comparing
from models.stylegan.comparing import GAP, Comparison, Drawer, compare, save_pairs
from models.stylegan.generator import Generator
from tests.models.stylegan import tiny


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny.store(tmp_path / "model")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "DRAWN", 24)
    monkeypatch.setattr(comparing, "LOOKED_AT", 4)


def without_d(folder: Path, change) -> Path:
    """A model whose G draws otherwise."""
    G: Generator = load_model(folder).modules["G_ema"]  # type: ignore[assignment]
    with torch.no_grad():
        change(G)
    tensors = {f"G_ema.{key}": value for key, value in G.state_dict().items()}
    written = {
        "family": "stylegan",
        "network": G.config.to_json(),
        "labels": [*tiny.NAMES],
        "kimg": 1.0,
        "parent": None,
    }
    save_model(folder.with_name("other"), tensors, written)
    return folder.with_name("other")


def test_the_same_model_is_as_near_as_itself(model: Path, few: None):
    pictures = tiny.pictures(np.arange(20))
    comparison = Comparison(pictures[:12], pictures[12:])
    one, two = (comparison.measure(Drawer(model)) for _ in range(2))
    assert one == two
    assert {"distance", "swd", "noise", "diversity", "copies"} <= one.keys()
    assert one["noise"] > 0


def test_pictures_by_the_model_itself_are_nearer_than_others(model: Path, few: None):
    own = Drawer(model).sampled(40, seed=5)
    strange = tiny.pictures(np.arange(40))
    mine, others = Comparison(own[:30], own[30:]), Comparison(strange[:30], strange[30:])
    assert mine.measure(Drawer(model))["distance"] < others.measure(Drawer(model))["distance"]
    assert 0.8 < mine.measure(Drawer(model))["diversity"] < 1.25


def test_a_network_that_draws_one_picture_has_collapsed(model: Path, few: None):
    def collapse(G: Generator) -> None:
        for block in G.synthesis.blocks():
            for conv in (block.conv1, block.torgb):
                conv.affine.weight.zero_()
            if block.resolution > 4:
                block.conv0.affine.weight.zero_()

    own = Drawer(model).sampled(40, seed=5)
    comparison = Comparison(own[:30], own[30:])
    assert comparison.measure(Drawer(without_d(model, collapse)))["diversity"] < 0.1


def test_drawings_of_what_was_learnt_are_copies_also_where_nothing_was_held_out(model: Path, few: None):
    own = Drawer(model).sampled(24)  # the very ones that will be drawn
    assert Comparison(own, own[:0]).measure(Drawer(model))["copies"] > 0.9
    others = Drawer(model).sampled(24, seed=5)
    assert Comparison(others, others[:0]).measure(Drawer(model))["copies"] < 0.5


def test_pairs_show_the_old_picture_left_of_the_new_one(tmp_path: Path):
    old, new = (np.full((6, 32, 32, 3), value, np.uint8) for value in (0, 200))
    save_pairs(tmp_path / "pairs.jpg", old, new)
    with Image.open(tmp_path / "pairs.jpg") as sheet:
        pixels = np.asarray(sheet.convert("L")).astype(int)
    assert pixels.shape == (2 * 32 + 3 * GAP, 4 * (64 + GAP) + 9 * GAP)
    for x in (0, 64 + GAP + 3 * GAP):
        assert abs(pixels[16, x + 16]) < 20
        assert abs(pixels[16, x + 32 + GAP + 16] - 200) < 20
    assert pixels[-16, -16] > 230  # a place that stays empty


def test_two_models_are_compared_and_shown(model: Path, tmp_path: Path, few: None):
    other = tiny.store(tmp_path / "second", seed=3)
    pictures = tiny.pictures(np.arange(20))
    numbers = compare({"old": model, "new": other}, pictures[:12], pictures[12:], tmp_path / "pairs.jpg")
    assert numbers.keys() == {"old", "new"}
    assert numbers["old"]["distance"] != numbers["new"]["distance"]
    assert (tmp_path / "pairs.jpg").stat().st_size > 1000
