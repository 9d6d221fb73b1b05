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


def head(name: str, **scores: float) -> Measured:
    """Somebody, sharp and colourful."""
    usual = {"width": 200, "height": 200, "sharpness": 0.7, "colour": 0.2, "head": 0.9}
    return Measured(name, "", pixels=name, **{**usual, **scores})  # type: ignore[arg-type]


HEADS = [
    head("good"), head("also good", second=0.5, lettering=0.004), head("a cat", head=0.3), head("a pair", second=0.8),
    head("a caption", lettering=0.05),
]  # fmt: skip
ALONE = Limits(keep_duplicates=True)


def test_among_heads_what_is_none_and_what_is_two_and_what_is_written_on_is_left_out_with_its_score():
    found = decide(HEADS, ALONE, {})
    assert verdicts(found) == ["good", "good", "no head", "two heads", "lettering"]
    assert [decision.keep for decision in found] == [True, True, False, False, False]
    assert (found[2].head, found[3].second, found[4].lettering) == (0.3, 0.8, 0.05)


def test_limits_of_heads_are_options():
    lenient = replace(ALONE, min_head=0.2, max_second=0.9, max_lettering=0.1)
    assert verdicts(decide(HEADS, lenient, {})) == ["good"] * 5
    assert verdicts(decide(HEADS, replace(ALONE, heads=False), {})) == ["good"] * 5


def test_where_most_pictures_show_no_head_none_is_judged_by_it_unless_asked_for():
    cats = [head(f"cat {i}", head=0.1) for i in range(6)]
    assert verdicts(decide([*HEADS, *cats], ALONE, {})) == ["good"] * 11
    assert verdicts(decide(cats, replace(ALONE, heads=True), {})) == ["no head"] * 6


def test_a_person_may_keep_what_is_no_head_and_drop_what_is_one():
    changed = earlier(decide(HEADS, ALONE, {}))
    changed = {d.file: replace(d, keep=d.file == "a cat").seen for d in changed.values()}
    found = {d.file: d.keep for d in decide(HEADS, replace(ALONE, min_head=0.95), changed)}
    assert found == {"good": False, "also good": False, "a cat": True, "a pair": False, "a caption": False}


def test_pictures_of_another_rating_are_left_out_where_theirs_is_known():
    ratings = {"good": "g", "also good": "q", "a pair": "e"}
    found = decide(HEADS, replace(ALONE, ratings=frozenset("gs"), heads=False), {}, ratings)
    assert verdicts(found) == ["good", "rating", "good", "rating", "good"]


UNSAFE = replace(HEADS[0], file="unsafe", ratings={"g": 0.1, "q": 0.3, "e": 0.6})


def test_a_classifiers_rating_holds_where_nobody_has_given_one():
    wanted = replace(ALONE, ratings=frozenset("gs"))
    assert verdicts(decide([HEADS[0], UNSAFE], wanted, {})) == ["good", "rating"]
    assert decide([UNSAFE], wanted, {})[0].why == "nobody has rated it, and it looks explicit"
    (stated,) = decide([UNSAFE], replace(wanted, max_nsfw=1), {}, {"unsafe": "g"})
    assert stated.verdict == "good"
    assert decide([HEADS[0]], wanted, {}, {"good": "q"})[0].why == "it is rated questionable"


def test_what_a_classifier_is_sure_of_is_left_out_with_its_score():
    safe, unsafe = decide([HEADS[0], UNSAFE], ALONE, {})
    assert (safe.verdict, safe.nsfw) == ("good", None)  # nobody has looked
    assert (unsafe.verdict, unsafe.nsfw) == ("nsfw", pytest.approx(0.9))
    assert verdicts(decide([UNSAFE], replace(ALONE, max_nsfw=0.95), {})) == ["good"]
    assert verdicts(decide([UNSAFE], ALONE, {}, {"unsafe": "g"})) == ["nsfw"]


def test_nobody_is_spared_what_was_asked_for():
    assert verdicts(decide([UNSAFE], replace(ALONE, ratings=frozenset("qe")), {})) == ["good"]
    assert verdicts(decide([UNSAFE], ALONE, {}, {"unsafe": "e"})) == ["good"]
