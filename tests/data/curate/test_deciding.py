from dataclasses import replace

import pytest

from data.curate import Decision, Limits, Measured, decide

pytest.importorskip("skia")
from tests.data.curate.faces import blurred, faces, grey, measures, mirrored, smaller


@pytest.fixture
def pictures() -> list[Measured]:
    first, second, third, *_ = faces()
    return [
        *measures(
            smaller(first, 120),
            first,
            smaller(mirrored(first), 140),
            blurred(second, 3),
            grey(second),
            smaller(third, 50),
        ),
        Measured("broken", "", "the picture is damaged"),
    ]


def verdicts(decisions: list[Decision]) -> list[str]:
    return [decision.verdict for decision in decisions]


ALL = ["duplicate", "good", "duplicate", "blurred", "monochrome", "tiny", "unreadable"]


def test_each_picture_is_left_out_for_what_is_wrong_with_it_and_the_best_copy_stays(pictures: list[Measured]):
    found = decide(pictures, Limits(), {})
    assert verdicts(found) == ALL
    assert [decision.keep for decision in found] == [verdict == "good" for verdict in ALL]
    assert found[0].why == found[2].why == "of 1"
    assert found[6].why == "the picture is damaged"
    assert (found[5].width, found[5].height) == (50, 50)


def test_limits_are_options(pictures: list[Measured]):
    lenient = Limits(min_side=1, min_sharpness=0, min_colour=0, keep_duplicates=True)
    assert verdicts(decide(pictures, lenient, {})) == ["good"] * 6 + ["unreadable"]
    assert "good" not in verdicts(decide(pictures, Limits(min_side=200), {}))


def earlier(decisions: list[Decision], **keep: bool) -> dict[str, Decision]:
    """As they are read after a person has changed them."""
    return {d.file: replace(d, keep=keep.get("_" + d.file, d.keep)).seen for d in decisions}


def test_what_a_person_decided_stays_whatever_the_limits_say(pictures: list[Measured]):
    changed = earlier(decide(pictures, Limits(), {}), _3=True, _1=False)
    for limits in (Limits(), Limits(min_side=1, min_sharpness=0, min_colour=0), Limits(min_side=500)):
        found = decide(pictures, limits, changed)
        assert (found[3].keep, found[3].person) == (True, True)
        assert (found[1].keep, found[1].person) == (False, True)
        changed = {d.file: d.seen for d in found}


def test_copies_of_what_a_person_dropped_are_dropped_with_it(pictures: list[Measured]):
    found = decide(pictures, Limits(), earlier(decide(pictures, Limits(), {}), _1=False))
    assert not any(decision.keep for decision in found)


def test_the_copy_that_a_person_chose_takes_the_place_of_the_best(pictures: list[Measured]):
    found = decide(pictures, Limits(), earlier(decide(pictures, Limits(), {}), _0=True, _1=False))
    assert [decision.keep for decision in found[:3]] == [True, False, False]
    assert found[2].why == "of 0"


def test_nobody_can_keep_what_cannot_be_read(pictures: list[Measured]):
    assert not decide(pictures, Limits(), earlier(decide(pictures, Limits(), {}), _broken=True))[6].keep
