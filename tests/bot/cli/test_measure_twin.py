import hashlib
import json
from pathlib import Path

import pytest
from PIL import Image

from bot.cli.measure import measure
from bot.cli.refusal import Refusal
from tests.data.people import DARK, person
from tests.models.twingan import tiny


@pytest.fixture
def described(tmp_path: Path) -> tuple[Path, Path]:
    """Photographs, and what is said of them."""
    folder = tmp_path / "photos"
    folder.mkdir()
    entries = []
    for name, picture, said in (
        (
            "a.png",
            person(),
            {"hair": "black", "lightness": "dark", "look": "front", "mouth": "closed", "skin": "light"},
        ),
        ("b.png", person(skin=DARK, look=0.05), {"look": "right", "skin": "dark", "glasses": "no"}),
    ):
        Image.fromarray(picture).save(folder / name)
        entries.append({"file": name, "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest(), **said})
    entries.append({"file": "gone.png", "sha256": "0" * 64, "look": "left"})
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps({"photos": entries}))
    return folder, labels


def test_drawings_are_compared_with_what_a_person_said_of_the_photographs(
    described: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    photos, labels = described
    model = tiny.store(tmp_path / "twin")
    measure(str(model), photos=photos, labels=labels, card=True)
    answer = json.loads(capsys.readouterr().out)
    assert (answer["photographs"], answer["missing"], answer["framed"]) == (2, 1, 1.0)
    assert {name: told["of"] for name, told in answer["agreement"].items()} == {
        "lightness": 1, "hair": 1, "look": 2, "mouth": 1, "glasses": 1, "skin": 2,
    }  # fmt: skip
    assert 0.0 <= answer["face"] <= 1.0
    assert 0.0 <= answer["mirrored"] <= 1.0
    card = (model / "card.md").read_text(encoding="utf-8")
    assert "| head direction kept |" in card
    assert "2 photographs of synthetic people" in card


def test_what_cannot_be_measured_is_refused(described: tuple[Path, Path], tmp_path: Path):
    from tests.models import tiny as drawing

    photos, labels = described
    twin = str(tiny.store(tmp_path / "twin"))
    with pytest.raises(Refusal, match="give either --against or"):
        measure(twin)
    with pytest.raises(Refusal, match="give either --against or"):
        measure(twin, against="drawn:", photos=photos)
    with pytest.raises(Refusal, match="it never translates pictures"):
        measure(str(drawing.store(tmp_path / "drawing")), photos=photos, labels=labels)
    with pytest.raises(Refusal, match=r"none of the 3 photographs that are described is in"):
        measure(twin, photos=tmp_path, labels=labels)
    labels.write_text("[]")
    with pytest.raises(Refusal, match="describes no photographs"):
        measure(twin, photos=photos, labels=labels)
