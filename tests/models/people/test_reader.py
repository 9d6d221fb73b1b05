from pathlib import Path

import numpy as np
import pytest
import torch

from data.vision.people import reading
from data.vision.people.fitted import PeopleUnavailable
from data.vision.people.patches import Pyramid
from data.vision.people.reading import ATTRIBUTES, SIDE, read
from models.checkpoint import save_model
from models.people import reader
from models.people.reader import NOT_SAID, Heads, ReaderOptions, export, heads, learn
from tests.data.people import BLACK, BLOND, person
from tests.models.people.shown import SQUARE, people

QUICK = ReaderOptions(epochs=40, batch=8)


def shown() -> Heads:
    painted = people()
    return heads(painted, [photo.square for photo in painted])


def test_what_a_person_said_is_learnt_of_heads_as_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    told: list[tuple[str, int, int]] = []
    network, figures = learn(shown(), QUICK, report=lambda what, done, of: told.append((what, done, of)))
    assert {what for what, _, _ in told} == {"learning to be measured", "learning"}
    assert all(done <= of for _, done, of in told)
    assert figures["count"] == 5
    assert set(figures) == {"count", *ATTRIBUTES}
    tensors, config = export(network)
    save_model(tmp_path / "reader", tensors, config, half=True)
    features = reading._reader(tmp_path / "reader")
    monkeypatch.setattr(reading, "_reader", lambda: features)
    of = lambda **changes: read(Pyramid(person(128, **changes)), SQUARE)
    black, blond = of(hair=BLACK), of(hair=BLOND)
    assert black.words["hair"]["black"] > blond.words["hair"]["black"] + 0.2
    assert blond.words["lightness"]["light"] > black.words["lightness"]["light"] + 0.2
    assert of(glasses=True).words["glasses"]["yes"] > of().words["glasses"]["yes"]


def test_the_same_seed_learns_the_same_and_another_one_something_else():
    options = ReaderOptions(epochs=1, batch=8)
    one, again, other = (learn(shown(), options, seed)[0].state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert not all(torch.equal(one[name], other[name]) for name in one)


def test_what_nobody_said_teaches_nothing():
    silent = Heads(shown().pixels, np.full((24, len(ATTRIBUTES)), NOT_SAID))
    options = ReaderOptions(epochs=1, batch=8, weight_decay=0.0)
    network, figures = learn(silent, options)
    begun = dict(reader._begun(0).named_parameters())
    assert all(torch.equal(value, begun[name]) for name, value in network.named_parameters())
    assert all(figures[name] == {} for name in ATTRIBUTES)


def test_a_mirror_changes_where_somebody_looks():
    at, other = [*ATTRIBUTES].index("look"), [*ATTRIBUTES].index("mouth")
    said = torch.full((3, len(ATTRIBUTES)), NOT_SAID)
    said[:2, at], said[:2, other] = torch.tensor([0, 1]), 1
    turned = reader._mirrored(said, torch.tensor([True, True, True]))
    assert turned[:, at].tolist() == [2, 1, NOT_SAID]
    assert turned[:, other].tolist() == [1, 1, NOT_SAID]
    assert said[0, at] == 0
    assert torch.equal(reader._mirrored(said, torch.tensor([False] * 3)), said)


def test_what_is_rare_counts_more():
    said = np.full((20, len(ATTRIBUTES)), NOT_SAID)
    at = [*ATTRIBUTES].index("glasses")
    said[:16, at], said[16:, at] = 0, 1
    no, yes = reader._weights(said)[at].tolist()
    assert yes == pytest.approx(4**reader.RARE * no)
    assert (16 * no + 4 * yes) / 20 == pytest.approx(1)


def test_some_are_shown_before_another_background_and_themselves_stay():
    pixels = torch.from_numpy(shown().pixels).permute(0, 3, 1, 2).float() / 127.5 - 1
    found = reader._before_another(pixels, torch.Generator().manual_seed(0))
    hers, behind = pixels[:, 3:] > 0.99, pixels[:, 3:] < -0.99
    assert hers.any()
    assert behind.any()
    off = (found - pixels[:, :3]).abs()
    assert float((off * hers).max()) < 0.02
    assert 2 <= int((off * behind).flatten(1).any(1).sum()) <= 14


def test_a_head_is_as_large_as_it_is_read():
    assert shown().pixels.shape == (24, SIDE, SIDE, 4)


def test_a_network_that_reads_something_else_is_refused(tmp_path: Path):
    network, _ = learn(shown(), ReaderOptions(epochs=1, batch=8))
    tensors, config = export(network)
    save_model(tmp_path / "reader", tensors, config)
    reading._reader(tmp_path / "reader")
    config["network"]["numbers"] = ["skin", "look"]
    save_model(tmp_path / "other", tensors, config)
    with pytest.raises(PeopleUnavailable, match="reads something else"):
        reading._reader(tmp_path / "other")
    with pytest.raises(PeopleUnavailable, match="cannot be read"):
        reading._reader(tmp_path / "none")
