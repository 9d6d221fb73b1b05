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
