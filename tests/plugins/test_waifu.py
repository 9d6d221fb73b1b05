"""`/waifu` and what one does next with a face."""

import io

import numpy as np
import pytest
from PIL import Image

from bot.command import Picture, Reply
from bot.faces.recipes import draw_of
from models.requests import MAX_STEPS
from tests.bot.house import House
from tests.bot.toy_models import colour


async def _body(home: House, reply: Reply) -> dict:
    assert reply.pictures[0].id is not None
    recipe = await home.services.store.recipes.get(reply.pictures[0].id)
    assert recipe is not None
    return recipe.body


def _shown(picture: Picture) -> list[np.ndarray]:
    """The colour in the middle of each face."""
    sheet = np.asarray(Image.open(io.BytesIO(picture.encoded.content)).convert("RGB")).astype(int)
    if not picture.faces:
        return [sheet[sheet.shape[0] // 2, sheet.shape[1] // 2]]
    return [sheet[f.y + f.height // 2, f.x + f.width // 2] for f in picture.faces]


async def test_seeds_count_on_from_the_one_that_was_given(home: House) -> None:
    body = await _body(home, await home.ask("/waifu seed:7 count:4"))
    assert [v["seed"] for v in body["latents"]] == [7, 8, 9, 10]


async def test_seeds_go_round_at_the_end_of_their_range(home: House) -> None:
    body = await _body(home, await home.ask("/waifu seed:4294967295 count:2"))
    assert [v["seed"] for v in body["latents"]] == [4294967295, 0]


async def test_the_sheet_shows_what_the_recipe_says_in_reading_order(home: House) -> None:
    reply = await home.ask("/waifu 9 seed:3 trunc:0.5")
    draw = draw_of(await _body(home, reply))
    assert draw.trunc == 0.5
    for i, seen in enumerate(_shown(reply.pictures[0])):
        assert np.abs(seen - colour(draw, i)).max() <= 6


async def test_the_same_seed_is_the_same_picture_and_no_seed_is_a_new_one(home: House) -> None:
    first, second = [await home.ask("/waifu 1 seed:misaka") for _ in range(2)]
    assert _shown(first.pictures[0])[0].tolist() == _shown(second.pictures[0])[0].tolist()
    bodies = [await _body(home, await home.ask("/waifu 1")) for _ in range(2)]
    assert bodies[0]["latents"] != bodies[1]["latents"]


async def test_more_takes_a_small_step_from_the_face_that_was_named(home: House) -> None:
    parent = await home.ask("/waifu 4 seed:7")
    reply = await home.ask(f"/more #{parent.pictures[0].id}.2 count:3")
    body = await _body(home, reply)
    assert [v["seed"] for v in body["latents"]] == [8, 8, 8]
    steps = [tuple(map(tuple, v["steps"])) for v in body["latents"]]
    assert len(set(steps)) == 3
    assert all(len(s) == 1 and 0 < s[0][1] < 0.6 for s in steps)


async def test_more_of_more_walks_on_until_it_is_too_far(home: House) -> None:
    reply = await home.ask("/waifu 1 seed:7")
    for steps in range(1, 4):
        reply = await home.ask(f"/more #{reply.pictures[0].id} 1")
        assert len((await _body(home, reply))["latents"][0]["steps"]) == steps
    far = {
        "op": "draw",
        "model": "waifu@starter",
        "latents": [{"seed": 1, "steps": [[2, 0.1]] * MAX_STEPS}],
        "trunc": 1,
    }
    recipe = await home.services.store.recipes.add(far, member="qq:1", group=None)
    assert (await home.ask(f"/more #{recipe.id}")).failed


async def test_bigger_is_the_same_face_as_a_large_png(home: House) -> None:
    parent = await home.ask("/waifu 4 seed:7")
    reply = await home.ask(f"/bigger #{parent.pictures[0].id}.3")
    (picture,) = reply.pictures
    assert picture.encoded.media_type == "image/png"
    assert min(picture.encoded.width, picture.encoded.height) >= 512
    assert (await _body(home, reply))["latents"] == [{"seed": 9}]
    assert np.abs(_shown(picture)[0] - _shown(parent.pictures[0])[2]).max() <= 6


async def test_again_keeps_count_and_truncation_and_takes_new_seeds(home: House) -> None:
    parent = await home.ask("/waifu 4 seed:7 trunc:0.4")
    body = await _body(home, await home.ask(f"/again #{parent.pictures[0].id}"))
    assert len(body["latents"]) == 4
    assert body["trunc"] == 0.4
    assert body["latents"][0] != {"seed": 7}


@pytest.mark.parametrize("line", ["/more #{id}", "/bigger #{id}", "/bigger #{id}.5", "/more #{id}.99", "/save #{id}"])
async def test_which_face_must_be_clear(home: House, line: str) -> None:
    parent = await home.ask("/waifu 4")
    reply = await home.ask(line.format(id=parent.pictures[0].id))
    assert reply.failed
    assert "4" in reply.text


async def test_a_model_that_is_gone_is_said_to_be_gone(home: House) -> None:
    body = {"op": "draw", "model": "waifu@20200101T000000-abcdef", "latents": [{"seed": 1}], "trunc": 1}
    recipe = await home.services.store.recipes.add(body, member="qq:1", group=None)
    reply = await home.ask(f"/bigger #{recipe.id}")
    assert reply.failed
    assert "20200101T000000" in reply.text


@pytest.mark.parametrize(("surface", "media_type"), [("discord", "image/png"), ("qq", "image/jpeg")])
async def test_a_platform_that_encodes_again_is_sent_what_has_lost_nothing(
    home: House, surface: str, media_type: str
) -> None:
    reply = await home.ask("/waifu 4", surface=surface)
    assert reply.pictures[0].encoded.media_type == media_type
