import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from data.vision.frame import Frame
from data.vision.people.fitted import HAIR, WEIGHTS, Fitted, Likeness, Linear, PeopleUnavailable, fitted, save
from data.vision.people.patches import CELLS, Pyramid
from data.vision.people.reading import SQUARES, seen


def small() -> Fitted:
    rng = np.random.default_rng(0)
    linear = lambda inputs, outputs: Linear(
        rng.normal(size=(inputs, outputs)).astype(np.float32), rng.normal(size=outputs).astype(np.float32)
    )
    known = rng.normal(size=(7, 5)).astype(np.float32)
    return Fitted((linear(CELLS, 4),), linear(CELLS, 1), {"yaw": linear(5, 1)}, Likeness(known, linear(7, HAIR)))


def test_what_was_saved_comes_back(tmp_path: Path):
    before = small()
    save(before, tmp_path / "people", {"seed": 3})
    after = fitted(tmp_path / "people")
    assert np.abs(after.align[0].weight - before.align[0].weight).max() < 0.01
    assert after.face.bias == pytest.approx(before.face.bias)
    assert list(after.read) == ["yaw"]
    assert np.abs(after.hair.known - before.hair.known).max() < 0.01
    assert after.hair.near(before.hair.known).diagonal() == pytest.approx(1, abs=1e-4)
    assert json.loads((tmp_path / "people" / "config.json").read_text())["seed"] == 3


def test_the_weights_that_ship_fit_what_they_are_shown():
    fit = fitted()
    nothing = Pyramid(np.zeros((64, 64, 3), np.uint8))
    assert {stage.weight.shape for stage in fit.align} == {(CELLS, 4)}
    assert fit.face.weight.shape == (CELLS, 1)
    assert {name: reader.weight.shape for name, reader in fit.read.items()} == {
        name: (len(seen(name, nothing, Frame(32, 32, 40))), 1) for name in SQUARES
    }
    assert sum(file.stat().st_size for file in WEIGHTS.iterdir()) < 300_000


def test_what_is_none_is_refused_in_a_sentence(tmp_path: Path):
    folder = tmp_path / "people"
    with pytest.raises(PeopleUnavailable, match="cannot be read"):
        fitted(folder)
    save(small(), folder, {})
    config = json.loads((folder / "config.json").read_text())
    good = load_file(folder / "model.safetensors")
    for number, (change, told) in enumerate(
        [
            ({"face.bias": np.full(1, np.nan, np.float32)}, "not finite"),
            ({"face.weight": np.zeros((CELLS, 2), np.float16)}, "face is"),
            ({"hair.known": np.zeros((6, 5), np.float16)}, r"hair\.known is"),
            ({"hair.known": np.full((7, 5), np.inf, np.float16)}, "not finite"),
            ({"align.0.weight": np.zeros(4, np.float32)}, r"align\.0 is"),
        ]
    ):
        other = tmp_path / f"other{number}"
        other.mkdir()
        save_file({**good, **change}, other / "model.safetensors")
        (other / "config.json").write_text(json.dumps(config))
        with pytest.raises(PeopleUnavailable, match=told):
            fitted(other)
    for number, words in enumerate(['{"family": "finder"}', "[]", "{", json.dumps({**config, "read": ["gone"]})]):
        other = tmp_path / f"config{number}"
        other.mkdir()
        save_file(good, other / "model.safetensors")
        (other / "config.json").write_text(words)
        with pytest.raises(PeopleUnavailable):
            fitted(other)
