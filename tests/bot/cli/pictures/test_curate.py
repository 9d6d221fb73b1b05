import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.cli.pictures.curate import curate
from bot.cli.pictures.dataset import pack, report
from bot.cli.refusal import Refusal
from data.dataset import resolve


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Two that are good, one of them twice; a grey one, a tiny one, and one that is none."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name, colors, side in (
        ("a.png", ("red", "blue"), 90), ("b.png", ("yellow", "green"), 80), ("grey.png", ("black", "white"), 90),
        ("tiny.png", ("red", "lime"), 20),
    ):  # fmt: skip
        image = Image.new("RGB", (side, side), colors[0])
        across = (0, 0, side, side // 3) if name == "a.png" else (0, 0, side // 3, side // 2)
        image.paste(colors[1], across)
        image.save(folder / name)
    Image.open(folder / "a.png").resize((70, 70)).save(folder / "copy.png")
    (folder / "none.png").write_bytes(b"<html>")
    return folder


def run(pictures: Path, out: Path, **options: Any) -> dict[str, dict[str, Any]]:
    """The decisions by file."""
    curate(str(pictures), out, **options)
    text = (out if out.suffix else out / "decisions.jsonl").read_text(encoding="utf-8")
    return {entry["file"]: entry for entry in map(json.loads, text.splitlines())}


def kept(out: Path) -> list[str]:
    return sorted(path.name for path in out.glob("*.png"))


def test_pictures_are_chosen_and_copied(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    found = run(pictures, tmp_path / "out")
    assert {name: entry["verdict"] for name, entry in found.items()} == {
        "a.png": "good", "b.png": "good", "copy.png": "duplicate", "grey.png": "monochrome", "none.png": "unreadable",
        "tiny.png": "tiny",
    }  # fmt: skip
    assert kept(tmp_path / "out") == ["a.png", "b.png"]
    said = capsys.readouterr().out
    assert said.startswith("6 pictures: 2 kept, ")
    assert "1 duplicate" in said
    assert len(list(pictures.iterdir())) == 6


def test_what_a_person_changes_in_the_decisions_is_done_by_the_next_run(pictures: Path, tmp_path: Path):
    run(pictures, tmp_path / "out")
    file = tmp_path / "out" / "decisions.jsonl"
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        line["keep"] = {"grey.png": True, "b.png": False}.get(line["file"], line["keep"])
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    for options in ({}, {"min_side": 1}, {"min_colour": 0.9}):
        found = run(pictures, tmp_path / "out", **options)
        assert "grey.png" in kept(tmp_path / "out")
        assert "b.png" not in kept(tmp_path / "out")
        assert found["b.png"]["person"]


def test_a_picture_that_was_taken_out_of_the_source_is_taken_out_of_what_was_chosen(pictures: Path, tmp_path: Path):
    run(pictures, tmp_path / "out")
    (tmp_path / "out" / "mine.png").write_bytes((pictures / "b.png").read_bytes())
    (pictures / "b.png").unlink()
    run(pictures, tmp_path / "out")
    assert kept(tmp_path / "out") == ["a.png", "mine.png"]


def test_limits_are_options_and_a_list_can_be_had_without_copies(pictures: Path, tmp_path: Path):
    found = run(pictures, tmp_path / "list.jsonl", min_side=1, min_sharpness=0.0, min_colour=0.0, keep_duplicates=True)
    assert [name for name, entry in found.items() if not entry["keep"]] == ["none.png"]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("source", "out", "sentence"),
    [
        ("pictures", "pictures/out", "name another folder"),
        ("nowhere", "out", "is no folder, no zip file"),
        ("drawn:count=3", "out", "pack it first"),
    ],
)
def test_what_cannot_be_is_refused(
    source: str, out: str, sentence: str, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refusal, match=sentence):
        curate(source, Path(out))


def test_decisions_that_a_person_broke_are_refused_and_stay(pictures: Path, tmp_path: Path):
    run(pictures, tmp_path / "out")
    (tmp_path / "out" / "decisions.jsonl").write_text("{")
    with pytest.raises(Refusal, match="line 1 of"):
        curate(str(pictures), tmp_path / "out")
    assert (tmp_path / "out" / "decisions.jsonl").read_text() == "{"


def test_curate_pack_report_are_run_in_a_row(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    curate(str(pictures), tmp_path / "out")
    pack(str(tmp_path / "out"), tmp_path / "set.zip", resolution=32)
    report(str(tmp_path / "set.zip"), tmp_path / "set.html")
    report(str(tmp_path / "out"), tmp_path / "out.html")
    assert resolve(str(tmp_path / "set.zip")).names == ("00000/img00000000.png", "00000/img00000001.png")
    assert "Least sharp" in (tmp_path / "set.html").read_text(encoding="utf-8")
    assert "Chosen from" in (tmp_path / "out.html").read_text(encoding="utf-8")
    assert capsys.readouterr().out.splitlines()[1] == f"2 pictures, 32 px: {tmp_path / 'set.zip'}"
