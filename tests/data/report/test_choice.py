import re
from dataclasses import replace
from pathlib import Path

import pytest

from data.curate import Decision
from data.dataset.reading import pictures_of
from data.report.choice import choice_page
from tests.data.dataset.pictures import fill

GOOD = Decision("00000.png", True, "good", width=90, head=0.9)
DECISIONS = [
    GOOD,
    replace(GOOD, file="00001.png", keep=False, verdict="no head", head=0.48),
    replace(GOOD, file="00002.png", keep=False, verdict="no head", head=0.1),
    replace(GOOD, file="00003.png", keep=False, verdict="duplicate", why="of 00000.png"),
    replace(GOOD, file="00004.png", keep=False, verdict="nsfw", nsfw=0.71),
    replace(GOOD, file="00005.png", keep=False, person=True),
    replace(GOOD, file="00006.png", head=0.55),
]


@pytest.fixture
def parts(tmp_path: Path) -> dict[str, list[str]]:
    """Heading -> captions of the pictures below it."""
    text = choice_page(pictures_of(str(fill(tmp_path / "pictures", 7))), DECISIONS)
    headed = re.findall(r"<h2>(.*?)</h2>(.*?)</section>", text, re.DOTALL)
    return {title: re.findall("<figcaption>(.*?)</figcaption>", content, re.DOTALL) for title, content in headed}


def test_what_was_left_out_is_shown_by_reason_with_scores_and_names_the_nearest_to_the_limit_first(parts):
    assert parts["Left out: no head (2)"] == ["0.48\n00001.png", "0.1\n00002.png"]
    assert parts["Left out: nsfw (1)"] == ["0.71\n00004.png"]


def test_a_copy_stands_behind_what_it_is_a_copy_of(parts):
    assert parts["Left out: duplicate (1)"] == ["00000.png", "00003.png"]


def test_what_a_person_decided_comes_first_and_what_is_kept_last(parts):
    assert next(iter(parts)) == "Decided by a person (1)"
    assert parts["Decided by a person (1)"] == ["dropped\n00005.png"]
    assert list(parts)[-1] == "Kept (2)"
    assert parts["Kept (2)"] == ["00006.png", "00000.png"]  # the least surely a head first
