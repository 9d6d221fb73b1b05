"""Recipes, keeping, taking back."""

import json

import numpy as np

from bot.command import Role
from data.pictures import Upload
from data.pictures.lane import PictureRunner
from data.pictures.requests import Sheet
from tests.bot.house import House


async def test_a_recipe_gives_the_line_that_draws_it_again(home: House) -> None:
    drawn = await home.ask("/waifu 4 seed:7 trunc:0.5")
    reply = await home.ask(f"/recipe #{drawn.pictures[0].id}")
    assert "/waifu count:4 seed:7 trunc:0.5" in reply.text
    assert "waifu@starter" in reply.text


async def test_a_reply_names_the_picture_in_any_command(home: House) -> None:
    drawn = await home.ask("/waifu 1 seed:7")
    reply = await home.ask("/recipe", replied_to="1")
    assert f"#{drawn.pictures[0].id}" in reply.text


async def test_one_face_of_a_sheet_has_a_recipe_of_its_own(home: House) -> None:
    drawn = await home.ask("/waifu 4 seed:7")
    assert " 9" in (await home.ask(f"/recipe #{drawn.pictures[0].id}.3")).text


async def test_sisters_say_where_they_come_from(home: House) -> None:
    drawn = await home.ask("/waifu 4 seed:7")
    more = await home.ask(f"/more #{drawn.pictures[0].id}.2")
    assert f"#{drawn.pictures[0].id}.2" in (await home.ask(f"/recipe #{more.pictures[0].id}")).text


async def _recipe_of(home: House, content: bytes) -> str:
    return (await home.ask("/recipe", uploads=(Upload(content, "image/png", "test"),), locale="en")).text


async def test_the_recipe_is_read_out_of_a_picture_that_is_handed_in(home: House) -> None:
    drawn = await home.ask("/waifu 1 seed:77")
    text = await _recipe_of(home, drawn.pictures[0].encoded.content)
    assert "77" in text
    assert f"#{drawn.pictures[0].id}" in text


async def test_a_forged_recipe_is_not_believed(home: House) -> None:
    drawn = await home.ask("/waifu 1 seed:7")
    id = drawn.pictures[0].id
    pixels = [np.zeros((8, 8, 3), np.uint8)]
    lies = [
        json.dumps({"op": "draw", "id": id, "model": "x", "latents": [{"seed": 8}], "trunc": 1}),
        json.dumps({"op": "draw", "model": "x", "latents": [{"seed": -1}], "trunc": 1}),
        json.dumps({"op": "draw", "model": "x", "latents": [{"seed": 1}] * 1000, "trunc": 1}),
        json.dumps({"op": "draw", "model": "x", "latents": "no", "trunc": "NaN"}),
        "{" * 5000,
        '{"op":"draw"}',
    ]
    for lie in lies:
        content = PictureRunner().run([Sheet(pixels, lie, big=True)])[0].content
        assert f"#{id}" not in await _recipe_of(home, content)
    assert "not a picture" in await _recipe_of(home, b"<html>")


async def test_kept_faces_come_back_newest_first_on_one_sheet(home: House) -> None:
    first = await home.ask("/waifu 4 seed:7")
    second = await home.ask("/waifu 1 seed:100")
    assert (await home.ask("/saved")).pictures == ()
    await home.ask(f"/save #{first.pictures[0].id}.2")
    await home.ask(f"/save #{second.pictures[0].id}")
    await home.ask(f"/save #{second.pictures[0].id}")
    shown = await home.ask("/saved")
    assert len(shown.pictures[0].faces) == 2
    body = (await home.services.store.recipes.get(shown.pictures[0].id or "")).body  # type: ignore[union-attr]
    assert body["faces"] == [f"{second.pictures[0].id}.1", f"{first.pictures[0].id}.2"]
    assert not (await home.ask(f"/bigger #{shown.pictures[0].id}.2")).failed
    assert (await home.ask("/saved", member="qq:2")).pictures == ()


async def test_a_face_kept_from_the_sheet_of_kept_ones_is_the_face_itself(home: House) -> None:
    drawn = await home.ask("/waifu 4 seed:7")
    await home.ask(f"/save #{drawn.pictures[0].id}.2")
    shown = await home.ask("/saved")
    await home.ask(f"/save #{shown.pictures[0].id}", member="qq:2")
    (kept,) = await home.services.store.favourites.list("qq:2")
    assert (kept.picture, kept.face) == (drawn.pictures[0].id, 2)


async def test_a_face_is_let_go_from_where_it_was_drawn_or_from_the_sheet_of_kept_ones(home: House) -> None:
    drawn = (await home.ask("/waifu 4 seed:7")).pictures[0].id
    for face in (1, 2):
        await home.ask(f"/save #{drawn}.{face}")
    shown = await home.ask("/saved")
    assert [b.label for b in shown.buttons] == ["more", "bigger", "unsave"]
    await home.ask(shown.buttons[2].line(1))  # the newest first
    assert [f.face for f in await home.services.store.favourites.list("qq:1")] == [1]
    assert "不在" in (await home.ask(f"/unsave #{drawn}.2")).text
    assert (await home.ask(f"/unsave #{drawn}.1", member="qq:2")).text != ""
    assert await home.services.store.favourites.count("qq:1") == 1
    await home.ask(f"/取消收藏 #{drawn}.1")
    assert await home.services.store.favourites.count("qq:1") == 0


async def test_kept_faces_turn_pages(home: House) -> None:
    drawn = await home.ask("/waifu 17 seed:7")
    for i in range(1, 18):
        await home.ask(f"/save #{drawn.pictures[0].id}.{i}")
    shown = await home.ask("/saved")
    assert len(shown.pictures[0].faces) == 16
    (turn,) = [b for b in shown.buttons if b.label == "next"]
    assert len((await home.ask(turn.line())).pictures[0].faces) == 0
    assert (await home.ask("/saved 9")).pictures == ()


async def test_who_asked_can_take_an_answer_back_and_others_cannot(home: House) -> None:
    await home.ask("/waifu 1")
    assert (await home.ask("/delete", replied_to="1", member="qq:2")).failed
    assert home.answers.deleted == []
    assert not (await home.ask("/delete", replied_to="1")).failed
    assert home.answers.deleted == ["1"]


async def test_an_admin_can_take_back_anybodys(home: House) -> None:
    await home.ask("/waifu 1")
    await home.ask("/delete", replied_to="1", member="qq:2", role=Role.ADMIN)
    assert home.answers.deleted == ["1"]


async def test_delete_alone_means_the_latest_and_a_name_means_that_one(home: House) -> None:
    first = await home.ask("/waifu 1")
    await home.ask("/waifu 1")
    await home.ask("/delete")
    await home.ask(f"/delete #{first.pictures[0].id}")
    assert home.answers.deleted == ["2", "1"]


async def test_there_may_be_nothing_to_take_back(home: House) -> None:
    assert (await home.ask("/delete")).failed
    assert (await home.ask("/delete", replied_to="999")).failed
