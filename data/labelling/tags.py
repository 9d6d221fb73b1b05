"""What the tags of boorus, and of taggers that learnt theirs, mean in the words of `data.labels`.

A tag leaves some words of an attribute possible: `light_brown_hair` may be what we call brown, chestnut or blond.
Names are Danbooru's (https://danbooru.donmai.us/wiki_pages/tag_groups), with those of other sites that differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from data.drawn.parameters import FRINGES
from data.labels import ATTRIBUTES

VOCABULARY: dict[str, tuple[str, ...]] = {**ATTRIBUTES, "fringe": FRINGES, "ribbon": ("none", "top")}
"""Attribute -> words that a label may have: those of the commands, and two of the drawing program's parameters."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of a picture, and how sure whoever gave it is: 1 for a person, a probability for a network."""

    name: str
    confidence: float = 1.0


def of_booru(names: Iterable[str]) -> list[Tag]:
    """What people have said of a picture."""
    return [Tag(name) for name in sorted(names)]


_SAID: dict[str, dict[str, str]] = {
    # attribute -> words -> tags that leave these words possible
    "hair": {
        "black": "black_hair", "brown chestnut": "brown_hair", "brown chestnut blond": "light_brown_hair",
        "brown black": "dark_brown_hair", "blond": "blonde_hair blond_hair", "blond white": "platinum_blonde_hair",
        "orange": "orange_hair", "silver white": "grey_hair gray_hair silver_hair", "white silver": "white_hair",
        "red": "red_hair", "pink": "pink_hair", "purple": "purple_hair light_purple_hair dark_purple_hair",
        "blue": "blue_hair", "blue teal silver": "light_blue_hair", "blue black": "dark_blue_hair",
        "teal blue green": "aqua_hair", "green": "green_hair dark_green_hair light_green_hair",
    },
    "eyes": {
        "black": "black_eyes", "brown": "brown_eyes", "gold": "yellow_eyes golden_eyes amber_eyes",
        "gold red brown": "orange_eyes", "red": "red_eyes", "pink": "pink_eyes", "purple": "purple_eyes violet_eyes",
        "blue": "blue_eyes", "teal blue green": "aqua_eyes", "green": "green_eyes",
        "silver white": "grey_eyes gray_eyes silver_eyes", "white": "white_eyes",
    },
    "lids": {
        "closed": "closed_eyes eyes_closed", "half": "half-closed_eyes half-closed_eye jitome",
        "open": "wide-eyed",
    },
    "glasses": {
        "yes": "glasses sunglasses semi-rimless_eyewear under-rim_eyewear over-rim_eyewear rimless_eyewear "
        "round_eyewear black-framed_eyewear red-framed_eyewear bespectacled tinted_eyewear monocle",
        "no": "eyewear_on_head no_eyewear eyewear_removed",
    },
    "mouth": {
        "open": "open_mouth :d :o yawning shouting laughing screaming", "smile open": "smile light_smile",
        "smile": "grin smirk evil_smile closed_smile :3", "closed smile frown": "closed_mouth",
        "closed frown": "pout :/ expressionless", "frown": "frown :( scowl",
    },
    "age": {
        "child": "child female_child male_child toddler baby",
        "adult": "mature_female mature_male old old_woman old_man",
    },
    "gender": {
        "feminine": "1girl 2girls 3girls 4girls 5girls 6+girls multiple_girls",
        "masculine": "1boy 2boys 3boys 4boys 5boys 6+boys multiple_boys",
    },
    "length": {
        "short": "short_hair very_short_hair pixie_cut", "short medium": "bob_cut", "medium": "medium_hair",
        "long": "long_hair very_long_hair absurdly_long_hair",
    },
    "ears": {
        "cat": "cat_ears fox_ears animal_ears wolf_ears dog_ears tiger_ears kemonomimi nekomimi lion_ears",
        "elf": "pointy_ears long_pointy_ears elf",
    },
    "style": {
        "chibi": "chibi", "retro": "retro_artstyle 1980s_(style) 1990s_(style)", "flat": "flat_color",
        "ink": "lineart sketch ink_(medium)", "soft": "watercolor_(medium) painting_(medium)",
    },
    "skin": {
        "dark tan": "dark_skin dark-skinned_female dark-skinned_male", "dark": "very_dark_skin", "tan": "tan tanned",
        "pale": "pale_skin",
    },
    "look": {"left right": "profile from_side looking_to_the_side"},
    "blush": {"yes": "blush light_blush full-face_blush blush_stickers"},
    "hairstyle": {
        "twin_tails": "twintails twin_tails low_twintails short_twintails twin_braids low_twin_braids twin_drills "
        "two_side_up",
        "ponytail": "ponytail high_ponytail low_ponytail side_ponytail short_ponytail one_side_up",
        "loose": "hair_down",
    },
    "headwear": {
        "yes": "hat beret cap baseball_cap witch_hat straw_hat sun_hat beanie peaked_cap top_hat cabbie_hat mob_cap "
        "headphones crown mini_crown tiara maid_headdress helmet hood hood_up santa_hat nurse_cap sailor_hat "
        "military_hat",
        "no": "hat_removed headwear_removed unworn_hat unworn_headwear hood_down",
    },
    "fringe": {
        "blunt hime": "blunt_bangs", "hime": "hime_cut", "parted": "parted_bangs", "curtain": "curtained_hair",
        "swept_left swept_right": "swept_bangs", "asymmetric": "asymmetrical_bangs", "slicked": "hair_slicked_back",
    },
    "ribbon": {"top": "hair_ribbon hair_bow bow_hairband"},
}  # fmt: skip

MEANINGS: dict[str, list[tuple[str, frozenset[str]]]] = {}
"""Tag -> attributes and the words of each that it leaves possible."""
for _attribute, _told in _SAID.items():
    for _words, _tags in _told.items():
        for _tag in _tags.split():
            MEANINGS.setdefault(_tag, []).append((_attribute, frozenset(_words.split())))

TOLD_WHERE_TRUE: dict[str, frozenset[str]] = {
    "glasses": frozenset({"yes"}),
    "ears": frozenset({"cat", "elf"}),
    "headwear": frozenset({"yes"}),
    "hairstyle": frozenset({"twin_tails", "ponytail"}),
    "lids": frozenset({"closed", "half"}),
    "style": frozenset({"chibi"}),
    "skin": frozenset({"tan", "dark"}),
    "ribbon": frozenset({"top"}),
}
"""Words that people nearly always tag where they are true: a picture with tags, but not with these, is likely none."""

_COUNTS = frozenset(f"{count}{kind}" for kind in ("girls", "boys") for count in ("2", "3", "4", "5", "6+", "multiple_"))


def several(tags: Iterable[Tag]) -> bool:
    """Whether they are about more than one person, so that nobody knows whose hair is meant."""
    names = {tag.name for tag in tags}
    return bool(names & _COUNTS) or ("1girl" in names and "1boy" in names)
