"""Sheets and training sets on disk."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.cli.pictures.draw import draw_command
from bot.cli.refusal import Refusal

pytest.importorskip("skia", reason="skia cannot be loaded here (Debian: libegl1 libgl1)", exc_type=ImportError)


def test_a_picture_holds_all_heads_in_a_near_square_grid(tmp_path: Path) -> None:
    draw_command(count=5, size=32, seed=3, out=tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (96, 64)


def test_a_folder_and_a_zip_hold_the_same_pictures_and_labels(tmp_path: Path) -> None:
    draw_command(count=3, size=32, seed=8, out=tmp_path / "heads")
    draw_command(count=3, size=32, seed=8, out=tmp_path / "heads.zip")
    lines = [json.loads(line) for line in (tmp_path / "heads" / "labels.jsonl").read_text().splitlines()]
    assert [line["seed"] for line in lines] == [8, 9, 10]
    with zipfile.ZipFile(tmp_path / "heads.zip") as archive:
        assert sorted(archive.namelist()) == sorted(path.name for path in (tmp_path / "heads").iterdir())
        for line in lines:
            assert archive.read(line["file"]) == (tmp_path / "heads" / line["file"]).read_bytes()


def test_the_same_seeds_give_the_same_zip(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        draw_command(count=2, size=32, seed=1, out=tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_name_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="neither"):
        draw_command(count=1, size=32, out=tmp_path / "heads.txt")


def test_a_named_character_is_drawn_and_labelled_as_such(tmp_path: Path) -> None:
    draw_command(count=3, size=32, seed=4, out=tmp_path / "biri", character="biri")
    lines = [json.loads(line) for line in (tmp_path / "biri" / "labels.jsonl").read_text().splitlines()]
    assert {(line["character"], line["hair_color"]) for line in lines} == {("biri", "chestnut")}
    assert len({line["yaw"] for line in lines}) == 3


def test_a_character_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"nobody is called 'nemo'; there is biri"):
        draw_command(count=1, size=32, out=tmp_path / "nemo.png", character="nemo")


def test_the_sheet_in_the_docs_is_what_the_command_draws(tmp_path: Path) -> None:
    draw_command(count=64, size=128, seed=0, out=tmp_path / "sheet.png")
    shown = Path(__file__).parents[3] / "docs" / "images" / "drawn-128.png"
    with Image.open(tmp_path / "sheet.png") as now, Image.open(shown) as then:
        difference = np.abs(np.asarray(now, np.int16) - np.asarray(then, np.int16))
    assert difference.mean() < 0.05  # another machine may round a gradient its own way
