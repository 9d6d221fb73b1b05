import pytest

from data.labelling.tags import MEANINGS, TOLD_WHERE_TRUE, VOCABULARY, of_booru, several


def test_every_tag_means_words_that_there_are():
    for tag, meanings in MEANINGS.items():
        assert tag == tag.lower()
        for attribute, words in meanings:
            assert words
            assert words <= set(VOCABULARY[attribute]), tag
    for attribute, words in TOLD_WHERE_TRUE.items():
        assert words <= set(VOCABULARY[attribute])


@pytest.mark.parametrize("attribute", ["hair", "eyes", "glasses", "lids", "mouth", "length", "ears", "headwear"])
def test_every_word_of_the_plain_attributes_can_be_tagged(attribute: str):
    told = {word for meanings in MEANINGS.values() for name, words in meanings if name == attribute for word in words}
    assert set(VOCABULARY[attribute]) - told <= {"human"}  # nobody tags what everybody has


def test_tags_of_several_people_are_known_as_such():
    assert several(of_booru(["2girls", "pink_hair"]))
    assert several(of_booru(["1girl", "1boy"]))
    assert not several(of_booru(["1girl", "solo"]))
