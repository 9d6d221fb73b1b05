"""`/mix`: faces with the styles of several."""

import io

import numpy as np
import pytest
from PIL import Image

from bot.command import Reply
from tests.bot.house import House


async def _body(home: House, reply: Reply) -> dict:
    assert not reply.failed, reply.text
    recipe = await home.services.store.recipes.get(reply.pictures[0].id or "")
    assert recipe is not None
    return recipe.body


def _faces(reply: Reply) -> list[np.ndarray]:
    """The faces of a sheet, without their numbers' corner."""
    picture = reply.pictures[0]
    sheet = np.asarray(Image.open(io.BytesIO(picture.encoded.content)).convert("RGB")).astype(int)
    return [sheet[f.y + 8 : f.y + f.height // 2, f.x + 8 : f.x + f.width // 2] for f in picture.faces]


async def _drawn(home: House, line: str) -> list[np.ndarray]:
    """The faces that are answered with, on a surface that gets them without loss."""
    return _faces(await home.ask(line, surface="discord"))


def _alike(a: np.ndarray, b: np.ndarray) -> bool:
    return float(np.abs(a - b).mean()) < 0.7


async def test_a_child_stands_between_her_parents_and_is_like_neither(gallery: House) -> None:
    first, child, second = await _drawn(gallery, "/mix 1 2 model:moe")
    own = await _drawn(gallery, "/waifu 2 seed:1 model:moe")
    assert np.abs(first.mean() - own[0].mean()) < 5  # another size on another sheet
    assert not _alike(child, first)
    assert not _alike(child, second)


async def test_whose_styles_a_child_has_can_be_chosen(gallery: House) -> None:
    first, child, second = await _drawn(gallery, "/mix 1 2 model:moe coarse:first middle:first fine:first")
    assert _alike(child, first)
    assert not _alike(child, second)
    by_halves = await gallery.ask("/融合 1 2 模型:moe 轮廓:各半 五官:各半 上色:各半")
    assert (await _body(gallery, by_halves))["take"] == ["half"] * 3
    assert "两人各半" in by_halves.text


async def test_the_whole_grid_of_two_has_all_eight_with_both_parents_in_its_corners(gallery: House) -> None:
    mixed = await gallery.ask("/mix 1 2 model:moe")
    grid = await gallery.ask(next(b for b in mixed.buttons if b.label == "grid").line(), surface="discord")
    faces = _faces(grid)
    assert len(faces) == 8
    assert len({f.y for f in grid.pictures[0].faces}) == 2
    named = await _drawn(gallery, "/mix 1 2 model:moe grid:yes")
    assert all(_alike(a, b) for a, b in zip(faces, named, strict=True))
    assert len({face.tobytes() for face in faces}) == 8


async def test_more_than_two_are_crossed_each_with_each(gallery: House) -> None:
    drawn = (await gallery.ask("/waifu 3 seed:1 model:moe")).pictures[0].id
    reply = await gallery.ask(f"/mix #{drawn}", surface="discord")
    points = (await _body(gallery, reply))["faces"]
    assert [point["seed"] for point in points] == [1, 2, 3]
    faces = _faces(reply)
    assert len(faces) == 9
    again = await _drawn(gallery, "/mix 1 2 3 model:moe")
    assert all(_alike(a, b) for a, b in zip(faces, again, strict=True))
    assert not _alike(faces[1], faces[3])  # her shape and his colours are not his shape and her colours


async def test_a_child_has_a_name_and_children_of_her_own(gallery: House) -> None:
    first = (await gallery.ask("/mix 1 2 model:moe")).pictures[0].id
    second = await gallery.ask(f"/mix #{first}.2 3 coarse:second")
    assert (await _body(gallery, second))["faces"][0]["coarse"] == {"seed": 1}
    for line in (f"/more #{first}.2 2", f"/bigger #{first}.2", f"/save #{first}.2", f"/recipe #{first}.2"):
        assert not (await gallery.ask(line)).failed, line
    told = (await gallery.ask(f"/recipe #{first}")).text
    assert "/mix 1 2 model:moe coarse:first middle:second fine:second trunc:0.7" in told
    pink = await _body(gallery, await gallery.ask(f"/fade #{first}.2 age from:child to:adult"))
    assert {leaf["seed"] for leaf in (pink["latent"]["coarse"], pink["latent"]["fine"])} == {1, 2}


async def test_a_face_of_too_many_others_is_where_it_ends(gallery: House) -> None:
    reply, mixed = await gallery.ask("/mix 1 2 model:moe"), 1
    while not reply.failed:
        picture = reply.pictures[0].id
        reply, mixed = await gallery.ask(f"/mix #{picture}.2 9{mixed} coarse:half middle:half fine:half"), mixed + 1
        assert mixed <= 10
    assert mixed >= 5
    assert "大众脸" in reply.text


async def test_a_child_of_a_childs_takes_no_more_than_three_faces(gallery: House) -> None:
    picture = (await gallery.ask("/mix 1 2 model:moe")).pictures[0].id
    for seed in range(3, 12):
        reply = await gallery.ask(f"/mix #{picture}.2 {seed} middle:first")
        picture = reply.pictures[0].id
    body = await _body(gallery, await gallery.ask(f"/bigger #{picture}.2"))
    assert body["latents"] == [{"coarse": {"seed": 1}, "middle": {"seed": 2}, "fine": {"seed": 11}}]


async def test_a_network_without_styles_takes_half_of_each_and_says_so(gallery: House) -> None:
    reply = await gallery.ask("/mix 1 2 model:dots")
    assert len(reply.pictures[0].faces) == 3
    assert "StyleGAN" in reply.text
    assert (await _body(gallery, reply))["styles"] is False
    assert len((await gallery.ask("/mix 1 2 model:dots grid:yes")).pictures[0].faces) == 8
    declined = await gallery.ask("/mix 1 2 model:dots coarse:first")
    assert declined.failed
    assert "dots" in declined.text


async def test_the_same_again_is_with_other_faces(gallery: House) -> None:
    mixed = await gallery.ask("/mix 1 2 model:moe coarse:second")
    again = await _body(gallery, await gallery.ask(f"/again #{mixed.pictures[0].id}"))
    assert again["take"] == ["second", "second", "second"]
    assert [point["seed"] for point in again["faces"]] != [1, 2]


@pytest.mark.parametrize("line", ["/mix 1 2 3 coarse:first", "/mix 1 2 grid:yes fine:half"])
async def test_all_ways_leave_nothing_to_choose(gallery: House, line: str) -> None:
    reply = await gallery.ask(f"{line} model:moe")
    assert reply.failed
    assert "全部" in reply.text


async def test_what_was_not_mixed_has_no_grid(gallery: House) -> None:
    drawn = (await gallery.ask("/waifu 1 model:moe")).pictures[0].id
    assert (await gallery.ask(f"/grid #{drawn}")).failed
