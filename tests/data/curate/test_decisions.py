import json
from pathlib import Path

import pytest

from data.curate import CurateError, Decision
from data.curate.decisions import read, write

GOOD = Decision("老婆/a.png", True, "good", width=8, height=9, sharpness=0.5, colour=0.1)
BAD = Decision("b.png", False, "blurred")


def test_decisions_are_lines_that_a_person_can_read_and_come_back(tmp_path: Path):
    write(tmp_path / "d.jsonl", [GOOD, BAD])
    assert '"老婆/a.png", "keep": true' in (tmp_path / "d.jsonl").read_text(encoding="utf-8")
    assert read(tmp_path / "d.jsonl") == {"老婆/a.png": GOOD, "b.png": BAD}
    assert read(tmp_path / "nowhere.jsonl") == {}


def test_a_line_that_was_changed_is_a_persons_from_then_on(tmp_path: Path):
    write(tmp_path / "d.jsonl", [GOOD, BAD])
    lines = (tmp_path / "d.jsonl").read_text(encoding="utf-8").replace('"keep": false', '"keep": true')
    (tmp_path / "d.jsonl").write_text(lines + "\n\n", encoding="utf-8")
    found = read(tmp_path / "d.jsonl")
    assert (found["b.png"].keep, found["b.png"].person) == (True, True)
    assert not found["老婆/a.png"].person


def test_a_name_that_is_no_text_survives(tmp_path: Path):
    odd = Decision("\udcff.png", True, "good")
    write(tmp_path / "d.jsonl", [odd])
    assert read(tmp_path / "d.jsonl") == {odd.file: odd}


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "7",
        '{"file": "a.png"}',
        json.dumps({"file": "a.png", "keep": "no", "verdict": "good"}),
        json.dumps({"file": 3, "keep": True, "verdict": "good"}),
        json.dumps({"file": "a.png", "keep": True, "verdict": "good", "more": 1}),
    ],
)
def test_a_line_that_a_person_broke_is_named_and_nothing_is_lost(line: str, tmp_path: Path):
    write(tmp_path / "d.jsonl", [GOOD])
    with (tmp_path / "d.jsonl").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(CurateError, match=r"^line 2 of .*d\.jsonl is no decision"):
        read(tmp_path / "d.jsonl")
