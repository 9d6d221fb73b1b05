"""`/waifu` with attributes, and the best of many."""

from pathlib import Path

import numpy as np
import pytest

from bot.command import Reply
from bot.faces.recipes import draw_of
from data.labels import NAMES, values
from models.requests import Draw, Latent
from tests.bot import toy_models
from tests.bot.house import House, house
from tests.bot.toy_models import beauty

PINK = values("hair", "pink")


async def _body(home: House, reply: Reply) -> dict:
    recipe = await home.services.store.recipes.get(reply.pictures[0].id or "")
    assert recipe is not None
    return recipe.body


async def test_every_face_is_asked_for_what_the_line_says(obedient: House) -> None:
    for line in ("/waifu hair:pink glasses:yes count:16 seed:7", "老婆 粉发 眼镜 16 种子:7"):
        reply = await obedient.ask(line)
        draw = draw_of(await _body(obedient, reply))
        assert [latent.leaves[0].seed for latent in draw.latents] == list(range(7, 23))
        assert {latent.labels for latent in draw.latents} == {Latent(0).labelled(PINK | {"glasses": 1.0}).labels}
        assert "粉" in reply.text
        assert "眼镜" in reply.text


async def test_who_asks_for_the_color_of_eyes_sees_them_open(obedient: House) -> None:
    for line, opened in (("/waifu green eyes", 0.95), ("/waifu green eyes, closed eyes", 0.0)):
        draw = draw_of(await _body(obedient, await obedient.ask(line)))
        assert {dict(latent.labels)["eyes_open"] for latent in draw.latents} == {opened}


async def test_all_that_can_be_asked_of_64_faces_fits_into_the_recipe(obedient: House) -> None:
    every = "粉发 绿瞳 睁眼 眼镜 微笑 青少年 女孩 长发 猫耳 复古画风 白皮 正脸 害羞 双马尾 帽子"
    reply = await obedient.ask(f"/waifu 64 {every}")
    draw = draw_of(await _body(obedient, reply))
    assert len(draw.latents) == 64
    assert len(draw.latents[63].labels) > 20


async def test_what_is_done_next_keeps_what_was_asked_for(obedient: House) -> None:
    first = (await obedient.ask("/waifu 粉发 眼镜 2")).pictures[0].id
    again = await obedient.ask(f"/again #{first}")
    for reply in (again, await obedient.ask(f"/more #{first}.2 3"), await obedient.ask(f"/bigger #{first}.1")):
        body = await _body(obedient, reply)
        assert body["wishes"] == {"hair": "pink", "glasses": "yes"}
        assert all(dict(latent.labels).items() >= PINK.items() for latent in draw_of(body).latents)
    deeper = await obedient.ask(f"/again #{(await obedient.ask(f'/bigger #{again.pictures[0].id}.1')).pictures[0].id}")
    assert (await _body(obedient, deeper))["wishes"] == {"hair": "pink", "glasses": "yes"}


async def test_the_recipes_line_draws_the_same_faces(obedient: House) -> None:
    for line in ("/waifu pink hair green eyes 3", "/waifu best:3of40 粉发", "/waifu 5"):
        first = await _body(obedient, drawn := await obedient.ask(line))
        told = (await obedient.ask(f"/recipe #{drawn.pictures[0].id}", locale="en")).text
        (again,) = [text.removeprefix("Again: ") for text in told.splitlines() if text.startswith("Again: ")]
        assert await _body(obedient, await obedient.ask(again)) == first


async def test_the_best_of_many_come_first(obedient: House) -> None:
    reply = await obedient.ask("/waifu best:9of100 seed:7")
    draw = draw_of(await _body(obedient, reply))
    everybody = Draw(draw.model, tuple(Latent(7 + i) for i in range(100)), 0.7)
    ranking = sorted(range(100), key=lambda i: -beauty(everybody, i))
    assert [latent.leaves[0].seed for latent in draw.latents] == [7 + i for i in ranking[:9]]
    assert len(reply.pictures[0].faces) == 9
    assert reply.counts == 2
    assert obedient.answers.progressed[-1].count("100") == 2  # 100 of 100 looked at


async def test_of_many_as_many_are_kept_as_count_says(obedient: House) -> None:
    assert len((await obedient.ask("/waifu 16 best:64")).pictures[0].faces) == 16
    assert len((await obedient.ask("/waifu 16 best:9")).pictures[0].faces) == 9
    body = await _body(obedient, kept := await obedient.ask("/waifu best:4of20"))
    again = await _body(obedient, await obedient.ask(f"/again #{kept.pictures[0].id}"))
    assert (len(again["latents"]), again["best"]["of"]) == (4, body["best"]["of"])


async def test_a_large_choice_takes_more_of_a_members_day(tmp_path: Path) -> None:
    async with house(tmp_path, quota_per_day=9) as home:
        assert not (await home.ask("/waifu best:4of512")).failed
        assert not (await home.ask("/waifu")).failed
        assert (await home.ask("/waifu")).failed


async def test_a_model_without_labels_says_politely_that_it_draws_what_it_likes(home: House) -> None:
    for line in ("/waifu hair:pink", "/fade", "/fade 眼镜", "老婆 粉发"):
        reply = await home.ask(line, addressed=True)
        assert reply.failed
        assert "/waifu" in reply.text
    drawn = await home.ask("/waifu 2")
    assert "fade" not in [button.label for button in drawn.buttons]


async def test_a_model_with_some_labels_says_which_it_obeys(tmp_path: Path) -> None:
    async with house(tmp_path, labels=[name for name in NAMES if name.startswith("hair_")]) as home:
        assert not (await home.ask("/waifu hair:pink")).failed
        refused = await home.ask("/waifu 粉发 眼镜")
        assert refused.failed
        assert "眼镜" in refused.text
        assert "发色" in refused.text


async def test_a_model_that_cannot_choose_says_so(tmp_path: Path) -> None:
    async with house(tmp_path, models=toy_models.BLIND) as home:
        refused = await home.ask("/waifu best:4of8")
        assert refused.failed
        assert "best" in refused.text


@pytest.mark.parametrize("labels", [("hair_l",), ()])
async def test_what_a_newer_model_no_longer_knows_is_not_drawn_wrongly(tmp_path: Path, labels: tuple) -> None:
    async with house(tmp_path, labels=labels) as home:
        body = {
            "op": "draw",
            "model": "waifu@starter",
            "latents": [{"seed": 1}],
            "labels": {"glasses": 1.0},
            "trunc": 1,
        }
        for more in ({}, {"wishes": {"glasses": "yes"}}):
            recipe = await home.services.store.recipes.add(body | more, member="qq:1", group=None)
            assert (await home.ask(f"/again #{recipe.id}")).failed


async def test_a_fades_face_is_a_button_away(obedient: House) -> None:
    drawn = await obedient.ask("/waifu 2 粉发")
    (button,) = [b for b in drawn.buttons if b.label == "fade"]
    reply = await obedient.ask(button.line(2))
    body = await _body(obedient, reply)
    assert body["latent"]["seed"] == draw_of(await _body(obedient, drawn)).latents[1].leaves[0].seed
    assert body["words"][0] == "pink"  # from what she was asked to be
    pressed = await obedient.ask("变2", replied_to="1")
    assert (await _body(obedient, pressed))["latent"] == body["latent"]


async def test_a_sheet_shows_what_was_asked_for(obedient: House) -> None:
    reply = await obedient.ask("/waifu 4 粉发")
    draw = draw_of(await _body(obedient, reply))
    colours = {tuple(toy_models.colour(draw, i)) for i in range(4)}
    assert len(colours) == 1
    unasked = draw_of(await _body(obedient, await obedient.ask("/waifu 4")))
    assert tuple(toy_models.colour(unasked, 0)) not in colours
    assert np.all(np.array([*colours]) > 0)
