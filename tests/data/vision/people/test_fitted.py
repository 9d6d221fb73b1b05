import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from data.vision.people.fitted import WEIGHTS, Fitted, Linear, PeopleUnavailable, fitted, save
from data.vision.people.patches import CELLS


def small() -> Fitted:
    rng = np.random.default_rng(0)
    linear = lambda inputs, outputs: Linear(
        rng.normal(size=(inputs, outputs)).astype(np.float32), rng.normal(size=outputs).astype(np.float32)
    )
    return Fitted((linear(CELLS, 4),), linear(CELLS, 1))


def test_what_was_saved_comes_back(tmp_path: Path):
    before = small()
    save(before, tmp_path / "people", {"seed": 3})
    after = fitted(tmp_path / "people")
    assert np.abs(after.align[0].weight - before.align[0].weight).max() < 0.01
    assert after.face.bias == pytest.approx(before.face.bias)
    assert json.loads((tmp_path / "people" / "config.json").read_text())["seed"] == 3


def test_the_weights_that_ship_fit_what_they_are_shown():
    fit = fitted()
    assert {stage.weight.shape for stage in fit.align} == {(CELLS, 4)}
    assert fit.face.weight.shape == (CELLS, 1)
    assert sum(file.stat().st_size for file in WEIGHTS.rglob("*")) < 2_000_000


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
            ({"align.0.weight": np.zeros(4, np.float32)}, r"align\.0 is"),
        ]
    ):
        other = tmp_path / f"other{number}"
        other.mkdir()
        save_file({**good, **change}, other / "model.safetensors")
        (other / "config.json").write_text(json.dumps(config))
        with pytest.raises(PeopleUnavailable, match=told):
            fitted(other)
    for number, words in enumerate(['{"family": "finder"}', "[]", "{", json.dumps({**config, "stages": 2})]):
        other = tmp_path / f"config{number}"
        other.mkdir()
        save_file(good, other / "model.safetensors")
        (other / "config.json").write_text(words)
        with pytest.raises(PeopleUnavailable):
            fitted(other)
