import shlex
from pathlib import Path

import numpy as np

from models.training.card import add_metrics, card, command, illustrate
from models.training.sheets import save_sheet

CONFIG = {
    "family": "dcgan",
    "network": {"resolution": 96, "z_dim": 100, "widths": [8], "c_dim": 32, "start": 3},
    "cfg": "waifu",
    "options": {"batch": 32, "mirror": True},
    "data": "drawn:count=9,seed=0",
    "init": None,
    "asked": {"data": "drawn:", "kimg": 600.0, "d_every": 2, "mirror": True, "cond": False},
}
MANIFEST = {"count": 60000, "hash": "f" * 64}


def lines(gap: float) -> list[dict]:
    return [
        {"nimg": 500 * i, "loss_D": 1.0, "loss_G": 2.0, "gap": gap, "s/kimg": 9.0, "time": 0.0} for i in range(1, 41)
    ]


def test_the_command_repeats_the_run_with_its_data_as_resolved():
    words = shlex.split(command(CONFIG))
    assert words[:5] == ["python", "-m", "bot", "train", "dcgan"]
    for pair in (["--data", "drawn:count=9,seed=0"], ["--kimg", "600"], ["--d-every", "2"]):
        assert pair == words[words.index(pair[0]) : words.index(pair[0]) + 2]
    assert "--mirror" in words
    assert "--no-cond" in words


def test_a_card_tells_what_is_known():
    text = card(CONFIG, MANIFEST, 600_000, 6000.0, lines(0.5))
    for known in ("60,000 pictures", "ffffffffffff", "600 kimg in 1 h 40 min (10.0 s/kimg)", "| 20 | 1.000 | 2.000 |"):
        assert known in text
    assert "far ahead" not in text
    assert "far ahead" in card(CONFIG, MANIFEST, 600_000, 6000.0, lines(0.97))


def test_a_run_too_short_for_statistics_has_a_card_too():
    assert "Too short" in card(CONFIG, MANIFEST, 8, 1.0, [])


def test_the_run_s_last_sheet_and_curves_go_beside_the_card(tmp_path: Path):
    (tmp_path / "model").mkdir()
    (tmp_path / "sheets").mkdir()
    save_sheet(tmp_path / "sheets" / "000001.png", np.zeros((4, 8, 8, 3), np.uint8))
    illustrate(tmp_path / "model", tmp_path)
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["sheet.jpg"]


def test_metrics_take_the_place_of_those_before(tmp_path: Path):
    (tmp_path / "card.md").write_text(card(CONFIG, MANIFEST, 8, 1.0, []), encoding="utf-8")
    for number in (1, 2):
        add_metrics(tmp_path, f"SWD {number}")
    text = (tmp_path / "card.md").read_text(encoding="utf-8")
    assert "SWD 2" in text
    assert "SWD 1" not in text
    assert text.count("## ") == 5
    assert text.index("## Metrics") < text.index("## Known faults")


def test_a_card_of_several_domains_tells_the_data_of_each_and_its_command_has_them():
    network = {"resolution": 64, "c_dim": 32, "channel_base": 8, "channel_max": 8, "norm": "batch_renorm"}
    config = {
        **CONFIG, "family": "twingan", "network": {**network, "domains": ["photo", "anime"]},
        "data": {"photo": "photos", "anime": "drawn:count=9"},
        "sources": {"a": "photos", "b": "drawn:count=9", "domain": ["dog=dogs", "fox=foxes"]},
        "asked": {"a": "photos", "domain": ["dog=dogs"], "kimg": 2.0},
    }  # fmt: skip
    text = card(config, {"photo": MANIFEST, "anime": {"count": 9, "hash": "a" * 64}}, 2000, 60.0, lines(0.5))
    assert text.startswith("# A TwinGAN at 64 px")
    assert "batch renorm norm by domain: photo, anime" in text
    assert "**Data**, photo: 60,000 pictures of `photos` (set ffffffffffff)" in text
    assert "**Data**, anime: 9 pictures of `drawn:count=9` (set aaaaaaaaaaaa)" in text
    words = shlex.split(command(config))
    assert words[5:] == [
        "--a", "photos", "--domain", "dog=dogs", "--domain", "fox=foxes", "--kimg", "2", "--b", "drawn:count=9",
        "--outdir", "RUN",
    ]  # fmt: skip
