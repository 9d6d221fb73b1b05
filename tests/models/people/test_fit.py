import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data.vision.frame import Frame
from data.vision.people.aligning import align, step_to
from data.vision.people.patches import Pyramid, gradients
from models.people.fit import Nobody, fit, placed
from models.people.photos import NoPhotos, Photo, photographs
from models.people.ridge import balanced, held_out, ridge
from tests.data.people import person
from tests.models.people.shown import SQUARE, people


def test_faces_are_learnt_from_photographs_and_what_is_none_from_others(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("models.people.fit.LIGHTS", 2)
    rng = np.random.default_rng(1)
    nobody = [Nobody(np.asarray(rng.integers(0, 255, (96, 96, 3)), np.uint8)) for _ in range(12)]
    told: list[str] = []
    fitted, figures = fit(people(), nobody, report=lambda what, done, of: told.append(what))
    assert figures["photographs"] == 24
    assert figures["align"]["degrees"] < 8
    assert {"aligning", "faces and others"} <= set(told)
    picture = person(128, glasses=True, look=0.05)
    grey = Pyramid(picture[..., 1])
    there = align(grey, Frame(70, 60, 96, 15), fitted.align)
    assert np.abs(step_to(there, SQUARE)).max() < 0.3
    assert float(fitted.face(gradients(grey.square(SQUARE)))[0]) > 0
    near = Photo("near.png", picture, Frame(70, 60, 96, 15), False, {})
    known, found = placed([people()[0], near], fitted.align)
    assert known == SQUARE
    assert np.abs(step_to(found, SQUARE)).max() < 0.3
    again, _ = fit(people(), nobody)
    assert (again.face.weight == fitted.face.weight).all()


def test_ridge_finds_the_map_and_a_penalty_makes_it_small():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 6)).astype(np.float32)
    true = rng.normal(size=(6, 2))
    y = x @ true + [3.0, -1.0]
    found = ridge(x, y, 1e-6)
    assert found.weight == pytest.approx(true, abs=1e-3)
    assert found.bias == pytest.approx([3.0, -1.0], abs=1e-3)
    assert np.abs(ridge(x, y, 1e4).weight).max() < 0.2
    # Against the textbook: (X'WX + penalty I)^-1 X'Wy of centred rows.
    w = rng.uniform(0.1, 2, 200)
    a, b = x - np.average(x, 0, w), y - np.average(y, 0, w)
    book = np.linalg.solve(a.T @ (a * w[:, None]) + 5 * np.eye(6), a.T @ (b * w[:, None]))
    assert ridge(x, y, 5.0, w).weight == pytest.approx(book, abs=1e-4)


def test_few_rows_and_many_inputs_are_no_other_fit():
    rng = np.random.default_rng(2)
    x, y, w = rng.normal(size=(12, 30)).astype(np.float32), rng.normal(size=(12, 1)), rng.uniform(0.2, 2, 12)
    a, b = x - np.average(x, 0, w), y - np.average(y, 0, w)
    book = np.linalg.solve(a.T @ (a * w[:, None]) + 2 * np.eye(30), a.T @ (b * w[:, None]))
    found = ridge(x, y, 2.0, w)
    assert found.weight == pytest.approx(book, abs=1e-4)
    assert found.bias == pytest.approx(np.average(y, 0, w) - np.average(x, 0, w) @ book, abs=1e-4)


def test_what_is_held_out_was_not_shown():
    """Of pure chance nothing can be said; a fit to the rows themselves would say it all."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 100)).astype(np.float32)
    y = np.where(rng.random(60) < 0.5, 1.0, -1.0)
    said = held_out(x, y, 0.1, np.arange(60))
    assert 0.25 < np.mean((said > 0) == (y > 0)) < 0.75
    assert balanced(np.array([1, 1, 1, -1])).tolist() == pytest.approx([2 / 3] * 3 + [2])


def test_photographs_are_read_by_their_folders(tmp_path: Path):
    (tmp_path / "exact").mkdir()
    (tmp_path / "near").mkdir()
    for name in ("exact/a.png", "exact/b.png", "near/c.png"):
        Image.fromarray(person(64)).save(tmp_path / name)
    (tmp_path / "exact" / "page.png").write_text("<html>")
    labels = tmp_path / "labels.json"
    told = {
        "squares": {"exact/": [0.5, 0.52, 0.84], "near/": [0.5, 0.5, 0.7]}, "exact": ["exact/"],
        "photos": [{"file": "exact/a.png", "glasses": "yes", "hair": "red", "colour": "x"}],
    }  # fmt: skip
    labels.write_text(json.dumps(told))
    found = photographs(tmp_path, labels, frozenset({"exact/b.png"}))
    assert [(photo.name, photo.exact, dict(photo.said)) for photo in found] == [
        ("exact/a.png", True, {"glasses": "yes", "hair": "red"}), ("near/c.png", False, {}),
    ]  # fmt: skip
    square = found[1].square
    assert (square.x, square.y, square.side) == pytest.approx((32, 32, 44.8))
    assert square.turn == 0
    with pytest.raises(NoPhotos, match="has no photographs in exact/"):
        photographs(tmp_path / "near", labels)
    labels.write_text("{}")
    with pytest.raises(NoPhotos, match="cannot be read"):
        photographs(tmp_path, labels)
