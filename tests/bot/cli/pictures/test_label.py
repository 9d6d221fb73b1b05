import json
import re
from pathlib import Path

import numpy as np
import pytest

from bot.cli.pictures.curate import curate
from bot.cli.pictures.dataset import pack, report
from bot.cli.pictures.label import label
from bot.cli.refusal import Refusal
from data import origins
from data.dataset import index
from data.labels import NAMES

pytest.importorskip("skia")
from data.drawn.spec import Spec
from tests.data.scenes import encoded

COUNT = 4


@pytest.fixture
def heads(tmp_path: Path) -> Path:
    """Drawn heads as crop leaves them, of which a site said something; and what is no picture."""
    folder = tmp_path / "heads"
    folder.mkdir()
    drawn = Spec(COUNT, seed=4_400_000, kind="portrait")
    entries = []
    for i in range(COUNT):
        (folder / f"{i}.png").write_bytes(encoded(drawn.draw(i, 160)[0]))
        entries.append(
            {"file": f"{i}.png", "heads": 1, "post": {"tags": ["1girl", "elf", "green_hair"], "rating": "g"}}
        )
    (folder / "page.png").write_bytes(b"<html>")
    (folder / origins.FILE).write_text(origins.lines(entries))
    return folder


def lines(folder: Path) -> dict[str, dict]:
    found = map(json.loads, (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines())
    return {line["file"]: line for line in found}


def test_tags_and_looks_become_words(heads: Path, capsys: pytest.CaptureFixture[str]):
    label(heads)
    assert capsys.readouterr().out.startswith(f"{COUNT} pictures labelled, ")
    found = lines(heads)
    assert len(found) == COUNT
    assert {line["hair"] for line in found.values()} == {"green"}
    assert {line["ears"] for line in found.values()} == {"elf"}
    assert all(line["by"]["eyes"][1] == "seen" for line in found.values())


def test_a_word_that_a_person_changed_stays(heads: Path):
    label(heads)
    found = lines(heads)
    found["1.png"]["hair"] = "pink"
    (heads / "labels.jsonl").write_text("".join(json.dumps(line) + "\n" for line in found.values()))
    label(heads)
    assert [lines(heads)[f"{i}.png"]["hair"] for i in range(3)] == ["green", "pink", "green"]


def test_what_curate_keeps_is_labelled_and_packed_with_its_labels(heads: Path, tmp_path: Path):
    curate(str(heads), tmp_path / "chosen")
    found = lines(tmp_path / "chosen")
    assert {line["hair"] for line in found.values()} == {"green"}
    assert set(origins.read(tmp_path / "chosen")) == set(found)
    found["0.png"]["hair"] = "white"  # a person, in what was chosen
    (tmp_path / "chosen" / "labels.jsonl").write_text("".join(json.dumps(line) + "\n" for line in found.values()))
    (heads / "labels.jsonl").write_text('{"file": "2.png", "hair": "black"}\n')  # and in what it was chosen from
    curate(str(heads), tmp_path / "chosen")
    again = lines(tmp_path / "chosen")
    assert [again[f"{i}.png"]["hair"] for i in range(3)] == ["white", "green", "black"]
    pack(str(tmp_path / "chosen"), tmp_path / "set.zip", resolution=32)
    packed = index.read(tmp_path / "set.zip")
    assert packed is not None
    assert packed.vectors is not None
    assert len(packed.vectors) == len(again)


def test_labels_can_be_left_as_they_are(heads: Path, tmp_path: Path):
    curate(str(heads), tmp_path / "chosen", labels=False)
    assert not (tmp_path / "chosen" / "labels.jsonl").exists()


def test_only_pictures_of_the_wanted_ratings_are_kept(heads: Path, tmp_path: Path):
    curate(str(heads), tmp_path / "chosen", rating="s,q")
    assert not list((tmp_path / "chosen").glob("*.png"))


def test_the_page_shows_what_was_left_out(heads: Path, tmp_path: Path):
    curate(str(heads), tmp_path / "chosen", min_head=1.0, heads=True)
    page = (tmp_path / "chosen" / "decisions.html").read_text(encoding="utf-8")
    assert f"Left out: no head ({COUNT})" in page
    assert page.count("data:image/webp") == COUNT


def test_labels_that_are_vectors_stay(heads: Path, tmp_path: Path):
    names = [f"{i}.png" for i in range(COUNT)]
    (heads / index.FILE).write_bytes(index.write(names, np.zeros((COUNT, len(NAMES)), np.float32), {}))
    with pytest.raises(Refusal, match=r"have labels, in dataset\.json"):
        label(heads)
    curate(str(heads), tmp_path / "chosen")
    assert not (tmp_path / "chosen" / "labels.jsonl").exists()
    assert (tmp_path / "chosen" / index.FILE).exists()


def test_a_file_is_no_folder(heads: Path):
    with pytest.raises(Refusal, match="is no folder"):
        label(heads / "0.png")


@pytest.fixture
def tagger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One that sees elves with glasses whatever it is shown, and is sure that it is explicit."""
    pytest.importorskip("onnxruntime")
    from tests.data.vision.onnx.networks import constant

    folder = tmp_path / "tagger"
    rows = ["general,9", "explicit,9", "glasses,0", "cat_ears,0", "solo,0"]
    constant(folder / "model.onnx", np.array([[0.1, 0.9, 1.0, 0.8, 1.0]]), [1, 16, 16, 3])
    (folder / "selected_tags.csv").write_text("\n".join(["tag_id,name,category", *(f"1,{row}" for row in rows)]))
    monkeypatch.setenv("TAGGER_ONNX", str(folder))
    return folder


def test_a_tagger_speaks_after_people_and_before_looks(heads: Path, tagger: Path, capsys: pytest.CaptureFixture[str]):
    (heads / "labels.jsonl").write_text('{"file": "1.png", "glasses": "no"}\n')
    label(heads)
    assert re.fullmatch(
        r"4 pictures labelled, words: \d+ by their tags, \d+ by a tagger, \d+ by their looks: .*\n",
        capsys.readouterr().out,
    )
    found = lines(heads)
    assert [found[f"{i}.png"]["glasses"] for i in range(3)] == ["yes", "no", "yes"]
    assert found["0.png"]["by"]["glasses"][1] == "tagger"
    assert {(line["ears"], line["hair"]) for line in found.values()} == {("elf", "green")}


def test_curate_leaves_out_what_a_classifier_would_not_show_and_says_so(heads: Path, tagger: Path, tmp_path: Path):
    curate(str(heads), tmp_path / "chosen")
    page = (tmp_path / "chosen" / "decisions.html").read_text(encoding="utf-8")
    assert f"Left out: nsfw ({COUNT})" in page
    curate(str(heads), tmp_path / "kept", max_nsfw=1.0)
    assert {line["glasses"] for line in lines(tmp_path / "kept").values()} == {"yes"}
    curate(str(heads), tmp_path / "rated", rating="g", max_nsfw=1.0)  # which their site says that they are
    assert lines(tmp_path / "rated").keys() == lines(tmp_path / "kept").keys()
    (heads / origins.FILE).unlink()
    curate(str(heads), tmp_path / "unrated", rating="g", max_nsfw=1.0)
    assert not list((tmp_path / "unrated").glob("*.png"))
    report(str(heads), tmp_path / "heads.html")
    assert "<h2>Least safe</h2>" in (tmp_path / "heads.html").read_text(encoding="utf-8")


def test_a_tagger_that_cannot_be_used_is_a_refusal(heads: Path, tagger: Path):
    (tagger / "model.onnx").unlink()
    with pytest.raises(Refusal, match=r"model\.onnx cannot be read"):
        label(heads)
