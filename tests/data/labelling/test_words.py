import pytest

from data.labelling import Tag, decided, of_booru
from data.labelling.tags import VOCABULARY


def seen(attribute: str, **chances: float) -> dict[str, list[float]]:
    """What a network gives the words of an attribute; the rest is shared by those that are not named."""
    words = VOCABULARY[attribute]
    left = (1 - sum(chances.values())) / max(1, len(words) - len(chances))
    return {attribute: [chances.get(word, left) for word in words]}


def test_a_tag_goes_before_what_a_network_sees():
    found = decided(seen("hair", blue=0.9), of_booru(["solo", "pink_hair"]))
    assert found["hair"].word == "pink"
    assert found["hair"].by == "tags"


def test_where_a_tag_leaves_a_choice_the_network_chooses():
    chances = seen("hair", chestnut=0.3, brown=0.1, red=0.5)
    assert decided(chances, of_booru(["brown_hair"]))["hair"][:2] == ("chestnut", "tags+seen")
    chances = seen("mouth", open=0.4, smile=0.3)
    assert decided(chances, of_booru(["smile", "open_mouth"]))["mouth"].word == "open"


def test_without_tags_the_network_decides_and_says_how_sure_it_is():
    word = decided(seen("hair", blue=0.8))["hair"]
    assert word[:2] == ("blue", "seen")
    assert word.confidence == pytest.approx(0.8, abs=0.01)


def test_of_two_people_each_has_the_tagged_colour_that_she_is_seen_with():
    tags = of_booru(["2girls", "pink_hair", "black_hair"])
    assert decided(seen("hair", pink=0.6), tags, heads=2)["hair"].word == "pink"
    assert decided(seen("hair", black=0.6), tags, heads=2)["hair"].word == "black"
    # Neither is surely meant, and a sure look goes before.
    assert decided(seen("hair", green=0.97), tags, heads=2)["hair"].word == "green"
    assert decided(seen("hair", green=0.97), of_booru(["1girl", "pink_hair"]))["hair"].word == "pink"


def test_what_people_would_have_tagged_is_rarely_there_untagged():
    unsure, sure = seen("glasses", yes=0.7), seen("glasses", yes=0.99)
    assert decided(unsure)["glasses"].word == "yes"
    assert decided(unsure, of_booru(["1girl"]))["glasses"].word == "no"
    assert decided(sure, of_booru(["1girl"]))["glasses"].word == "yes"
    assert decided({}, of_booru(["1girl"]))["glasses"].word == "no"


def test_a_tagger_that_is_unsure_counts_for_little():
    chances = seen("eyes", blue=0.9)
    assert decided(chances, [Tag("red_eyes", 0.3)])["eyes"].word == "blue"
    assert decided(chances, [Tag("red_eyes", 1.0)])["eyes"].word == "red"


def test_measured_hair_tells_between_neighbours():
    chances = seen("hair", red=0.5, pink=0.4)
    assert decided(chances, hair=(250, 150, 190))["hair"].word == "pink"
    assert decided(chances, hair=(180, 40, 40))["hair"].word == "red"


def test_of_what_nobody_says_anything_there_is_no_word():
    assert decided({}) == {}
    assert "hair" not in decided({}, of_booru(["1girl"]))


def test_a_tagger_goes_before_looks_and_after_what_people_tagged():
    chances = seen("hair", blue=0.9)
    told = [Tag("black_hair", 0.8), Tag("blue_hair", 0.1)]
    assert decided(chances, tagger=told)["hair"][:2] == ("black", "tagger")
    assert decided(chances, of_booru(["1girl", "pink_hair"]), tagger=told)["hair"][:2] == ("pink", "tags")
    assert (
        decided(seen("hair", green=0.95), of_booru(["pink_hair"]), tagger=[Tag("pink_hair", 0.12)])["hair"][0] == "pink"
    )


def test_of_several_people_a_tagger_that_sees_one_of_them_knows_whose_hair_is_meant():
    tags = of_booru(["2girls", "pink_hair", "black_hair"])
    chances = seen("hair", pink=0.5, black=0.4)
    assert decided(chances, tags, heads=2, tagger=[Tag("black_hair", 0.7)])["hair"][:2] == ("black", "tags+tagger")
    assert decided(chances, tags, heads=2, tagger=[Tag("green_hair", 0.97)])["hair"][:2] == ("green", "tagger")


def test_a_tagger_chooses_where_tags_leave_a_choice_and_looks_where_it_leaves_one():
    chances = seen("mouth", open=0.5)
    tags = of_booru(["closed_mouth"])  # closed, a smile or a frown
    assert decided(chances, tags, tagger=[Tag("grin", 0.9)])["mouth"][:2] == ("smile", "tags+tagger")
    brown = [Tag("brown_hair", 0.9)]
    assert decided(seen("hair", chestnut=0.4), tagger=brown)["hair"][:2] == ("chestnut", "tagger+seen")
    assert decided(seen("hair", chestnut=0.4), of_booru(["brown_hair"]), tagger=brown)["hair"][1] == "tags+seen"


def test_a_tagger_is_believed_as_far_as_it_is_sure():
    chances = seen("glasses", yes=0.6)
    words = [decided(chances, tagger=[Tag("glasses", sure)])["glasses"] for sure in (0.1, 0.6, 0.9)]
    assert [word.word for word in words] == ["no", "yes", "yes"]
    assert words[1].confidence < words[2].confidence
    assert decided(seen("glasses", yes=0.7), tagger=[Tag("solo", 0.9)])["glasses"].word == "no"  # it would have said so
    assert decided({}, tagger=[Tag("cat_ears", 0.9)])["ears"][:2] == ("cat", "tagger")
    assert decided({}, tagger=[Tag("solo", 0.9)])["glasses"][:2] == ("no", "tagger")
