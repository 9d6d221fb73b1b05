import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from data import origins
from data.dataset import DatasetError
from data.dataset.people import DRAWN, HUMAN, LENT, WISHED, People, pack_people
from data.drawn import draw_head, sample_parameters
from data.labels import NAMES, told


def heads(folder: Path, count: int = 3, size: int = 48) -> Path:
    """PNGs of heads on nothing, under whose transparency there is a background, and their labels.jsonl."""
    folder.mkdir(parents=True)
    lines = []
    for seed in range(count):
        head = draw_head(sample_parameters(seed, yaw=20.0), size).pixels
        hidden = head[..., 3:] == 0
        pixels = np.where(hidden, np.array([0, 0, 200, 0], np.uint8), head)
        Image.fromarray(pixels).save(folder / f"{seed}.png")
        lines.append({"file": f"{seed}.png", "hair": "red", "numbers": {"yaw": 0.5}})
    (folder / "labels.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    cut = [{"file": f"{seed}.png", "source": f"{seed}.jpg", "sha256": f"of {seed}"} for seed in range(count)]
    (folder / origins.FILE).write_text(origins.lines(cut), encoding="utf-8")
    return folder


def test_people_are_packed_with_alpha_labels_and_drawings(tmp_path: Path):
    people = pack_people(str(heads(tmp_path / "in")), 32, tmp_path / "sets", ("portrait", "cat"), processes=1)
    assert (len(people), people.size) == (3, 32)
    assert people.pixels.shape == (3, 32, 32, 4)
    assert people.names == ["0.png", "1.png", "2.png"]
    assert people.sources == ["of 0", "of 1", "of 2"]
    corner = people.pixels[0, 1, 1].astype(int)
    assert corner[3] == 0
    assert abs(corner - [0, 0, 200, 0]).max() < 8  # what is behind the head is kept
    known = {**HUMAN, **told({"hair": "red", "numbers": {"yaw": 0.5}})}
    for row in range(3):
        assert people.said[row].tolist() == [float(name in known) for name in NAMES]
        np.testing.assert_allclose(people.c[row], [known.get(name, 0) for name in NAMES], atol=1e-6)
    for kind, drawn in people.drawn.items():
        assert drawn.pixels.shape == (3, DRAWN, 32, 32, 4)
        yaw, hair = NAMES.index("yaw"), NAMES.index("hair_a")
        np.testing.assert_allclose(drawn.c[..., yaw], 0.5, atol=1e-3, err_msg=kind)
        np.testing.assert_allclose(drawn.c[..., hair], known["hair_a"], atol=0.1, err_msg=kind)
    assert people.wished is not None
    assert people.lent is not None
    assert people.wished.pixels.shape == (3, WISHED, 32, 32, 4)
    assert people.lent.pixels.shape == people.lent.lenders.shape == (3, LENT, 32, 32, 4)
    asked = people.wished.asked > 0
    assert asked.any(2).all()
    assert not people.wished.c[~asked].any()
    plain = people.drawn["portrait"].pixels[0, 0]
    assert not all(np.array_equal(one, plain) for one in people.wished.pixels[0])
    assert np.ptp(people.lent.c[..., NAMES.index("hair_l")]) > 0.1  # they are somebody each
    assert np.array_equal(people.drawn["portrait"].pixels[0, 0], people.drawn["portrait"].pixels[1, 0])  # plain ones
    assert not np.array_equal(people.drawn["portrait"].pixels[0, 1], people.drawn["portrait"].pixels[1, 1])


def test_the_same_people_are_packed_once_and_other_labels_are_other_people(tmp_path: Path):
    source = heads(tmp_path / "in", 1)
    one, two = (pack_people(str(source), 16, tmp_path / "sets", processes=1) for _ in range(2))
    assert one.folder == two.folder
    cats = pack_people(str(source), 16, tmp_path / "sets", ("cat",), processes=1)
    assert cats.folder != one.folder
    assert (cats.wished, cats.lent) == (None, None)  # of cats nobody asks anything
    (source / "labels.jsonl").write_text('{"file": "0.png", "hair": "blue"}', encoding="utf-8")
    other = pack_people(str(source), 16, tmp_path / "sets", processes=1)
    assert other.folder != one.folder
    assert other.manifest_hash != one.manifest_hash


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(tmp_path: Path):
    source = heads(tmp_path / "in", 2)
    (source / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno picture")
    lines = (source / "labels.jsonl").read_text(encoding="utf-8")
    (source / "labels.jsonl").write_text(lines + '\n{"file": "1.png", "numbers": {"yaw": 99}}', encoding="utf-8")
    people = pack_people(str(source), 16, tmp_path / "sets", processes=1)
    assert people.names == ["0.png"]
    assert [entry["file"] for entry in people.manifest["skipped"]] == ["1.png", "broken.png"]
    (source / "0.png").unlink()
    (source / "1.png").unlink()
    with pytest.raises(DatasetError, match=r"no picture in .* can be read; the first one is broken\.png"):
        pack_people(str(source), 16, tmp_path / "sets", processes=1)


def test_a_photo_without_labels_is_looked_at(tmp_path: Path):
    folder = tmp_path / "in"
    folder.mkdir()
    Image.fromarray(np.full((64, 48, 3), 120, np.uint8)).save(folder / "grey.jpg")
    people = pack_people(str(folder), 16, tmp_path / "sets", processes=1)
    assert people.pixels.shape == (1, 16, 16, 4)
    # There is nobody in it: nothing is known but that people have no cat's ears.
    assert people.said[0].tolist() == [float(name in HUMAN) for name in NAMES]


def test_a_packing_that_was_killed_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import data.dataset.people as module

    source, done = heads(tmp_path / "in", 5), []
    monkeypatch.setattr(module, "CHUNK", 2)
    chunk = module._chunk

    def killed(*given: Any) -> Any:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(given[-1])
        return chunk(*given)

    monkeypatch.setattr(module, "_chunk", killed)
    with pytest.raises(KeyboardInterrupt):
        pack_people(str(source), 16, tmp_path / "sets", processes=1)
    monkeypatch.setattr(module, "_chunk", chunk)
    shown: list[int] = []
    people = pack_people(str(source), 16, tmp_path / "sets", report=lambda at, _: shown.append(at), processes=1)
    assert shown[0] == 4
    assert len(people) == 5
    assert not [*(tmp_path / "sets").glob(".*.part")]
    monkeypatch.setattr(module, "CHUNK", 64)
    whole = pack_people(str(source), 16, tmp_path / "others", processes=1)
    assert whole.manifest_hash == people.manifest_hash


def test_a_folder_that_holds_no_people_is_refused(tmp_path: Path):
    with pytest.raises(DatasetError, match="no packed people"):
        People(tmp_path)
