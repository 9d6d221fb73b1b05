"""`/fade`: one face that changes by degrees."""

import io

import numpy as np
import pytest
from PIL import Image

from bot.command import Picture, Reply
from bot.faces.recipes import draw_of
from data.labels import ATTRIBUTES, NAMES, values
from tests.bot import toy_models
from tests.bot.house import House


async def _body(home: House, reply: Reply) -> dict:
    assert not reply.failed, reply.text
    recipe = await home.services.store.recipes.get(reply.pictures[0].id or "")
    assert recipe is not None
    return recipe.body


def _values(body: dict, name: str) -> list[float]:
    return [dict(latent.labels)[name] for latent in draw_of(body).latents]


def _shown(picture: Picture) -> list[np.ndarray]:
    sheet = np.asarray(Image.open(io.BytesIO(picture.encoded.content)).convert("RGB")).astype(int)
    return [sheet[f.y + f.height // 2, f.x + f.width // 2] for f in picture.faces]


@pytest.mark.parametrize(
    "line",
    [
        "/fade hair from:black to:white steps:5",
        "/fade attribute:hair from:black to:white steps:5",
        "/fade hair black white steps:5",
        "/fade black hair white hair steps:5",
        "渐变 发色 黑 白 步数:5",
        "渐变 黑发 白发 步数:5",
        "/fade hair:black-white steps:5",
    ],
)
async def test_one_face_runs_from_one_value_to_the_other(obedient: House, line: str) -> None:
    reply = await obedient.ask(line)
    body = await _body(obedient, reply)
    draw = draw_of(body)
    assert len({latent.leaves[0].seed for latent in draw.latents}) == 1
    start, end = values("hair", "black")["hair_l"], values("hair", "white")["hair_l"]
    assert _values(body, "hair_l") == pytest.approx(list(np.linspace(start, end, 5)))
    (picture,) = reply.pictures
    assert len({face.y for face in picture.faces}) == 1
    for i, seen in enumerate(_shown(picture)):
        assert np.abs(seen - toy_models.colour(draw, i)).max() <= 6


async def test_everything_that_can_be_asked_for_can_change(obedient: House) -> None:
    for attribute in ATTRIBUTES:
        draw = draw_of(await _body(obedient, await obedient.ask(f"/fade {attribute} steps:2")))
        assert draw.latents[0].labels != draw.latents[1].labels


async def test_without_a_word_it_shows_something_and_says_how_to_say_more(obedient: House) -> None:
    reply = await obedient.ask("渐变")
    assert (await _body(obedient, reply))["attribute"] == "hair"
    assert "渐变 眼镜" in reply.text


async def test_a_named_face_starts_as_she_is(obedient: House) -> None:
    drawn = (await obedient.ask("/waifu 2 seed:7")).pictures[0].id
    body = await _body(obedient, await obedient.ask(f"/fade #{drawn}.2 hair:pink"))
    own = dict(zip(NAMES, toy_models.bank()[0].tolist(), strict=True))
    assert body["latent"] == {"seed": 8}
    assert body["from"] == pytest.approx({name: own[name] for name in values("hair", "pink")})
    assert body["words"] == [None, "pink"]
    # she is green already: then she goes on to something else
    same = await _body(obedient, await obedient.ask(f"/fade #{drawn}.2 hair:green"))
    assert same["words"][0] != "green"


async def test_what_else_was_asked_for_is_held_still(obedient: House) -> None:
    reply = await obedient.ask("/fade 眼镜 粉发")
    body = await _body(obedient, reply)
    assert len(set(_values(body, "hair_l"))) == 1
    assert _values(body, "glasses") == pytest.approx(list(np.linspace(0, 1, 8)))
    drawn = (await obedient.ask("/waifu 1 粉发")).pictures[0].id
    asked = await _body(obedient, await obedient.ask(f"/fade #{drawn} 眼镜"))
    assert asked["wishes"] == {"hair": "pink"}


async def test_each_step_is_a_face_like_any_other(obedient: House) -> None:
    fade = (await obedient.ask("/fade hair black white steps:3 seed:7")).pictures[0].id
    middle = draw_of(await _body(obedient, await obedient.ask(f"/bigger #{fade}.2"))).latents[0]
    assert dict(middle.labels)["hair_l"] == pytest.approx(
        (values("hair", "black")["hair_l"] + values("hair", "white")["hair_l"]) / 2
    )
    more = draw_of(await _body(obedient, await obedient.ask(f"/more #{fade}.2 2")))
    assert {latent.labels for latent in more.latents} == {middle.labels}
    assert not (await obedient.ask(f"/save #{fade}.2")).failed
    assert len((await obedient.ask("/saved")).pictures) == 1
    assert (await obedient.ask(f"/bigger #{fade}.4")).failed
    again = draw_of(await _body(obedient, await obedient.ask(f"/again #{fade}")))
    assert again.latents[0].leaves[0].seed != 7
    assert again.latents[0].labels == draw_of(await _body_of(obedient, fade)).latents[0].labels


async def _body_of(home: House, id: str | None) -> dict:
    recipe = await home.services.store.recipes.get(id or "")
    assert recipe is not None
    return recipe.body


async def test_it_moves_where_asked_to_in_the_format_that_the_platform_shows(obedient: House) -> None:
    qq = await obedient.ask("/fade hair black white animate:yes seed:7")
    web = await obedient.ask("/fade hair black white animate:yes", surface="web", clickable=True)
    for reply, media_type in ((qq, "image/gif"), (web, "image/webp")):
        (picture,) = reply.pictures
        assert picture.encoded.media_type == media_type
        assert picture.faces == ()
        assert getattr(Image.open(io.BytesIO(picture.encoded.content)), "n_frames", 1) == 30
    # one that moves is a picture with a face: where she ended
    last = draw_of(await _body(obedient, await obedient.ask(f"/bigger #{qq.pictures[0].id}"))).latents[0]
    assert dict(last.labels)["hair_l"] == pytest.approx(values("hair", "white")["hair_l"])


async def test_a_row_can_be_made_to_move_and_back(obedient: House) -> None:
    row = await obedient.ask("/fade hair black white seed:7")
    moving = await obedient.ask("动", replied_to="1")
    still = await obedient.ask("分步", replied_to="2")
    bodies = [await _body(obedient, reply) for reply in (row, moving, still)]
    assert [(body["animated"], body["steps"]) for body in bodies] == [(False, 8), (True, 16), (False, 8)]
    assert bodies[0]["latent"] == bodies[1]["latent"] == bodies[2]["latent"]
    assert {button.label for button in moving.buttons} == {"again", "steps"}
    assert (await _body(obedient, await obedient.ask("再来", replied_to="2")))["animated"]
    drawn = await obedient.ask("/waifu 1")
    assert (await obedient.ask(f"/animate #{drawn.pictures[0].id}")).failed


async def test_the_recipes_line_draws_the_same_fade(obedient: House) -> None:
    for line in ("/fade mouth closed open steps:9", "/fade 眼镜 粉发 动画:是", "/fade seed:7 hair:pink"):
        body = await _body(obedient, drawn := await obedient.ask(line))
        told = (await obedient.ask(f"/recipe #{drawn.pictures[0].id}", locale="en")).text
        (again,) = [text.removeprefix("Again: ") for text in told.splitlines() if text.startswith("Again: ")]
        assert await _body(obedient, await obedient.ask(again)) == body


@pytest.mark.parametrize(
    "line",
    [
        "/fade hair from:rainbow",
        "/fade hair pink pink",
        "/fade 粉发 绿瞳",
        "/fade 黑发 白发 眼镜 眼镜:有-无",
        "/fade hair:black-white to:pink",
        "/fade tail",
        "/fade steps:1",
        "/fade steps:25",
        "/fade #zzzz",
    ],
)
async def test_mistakes_come_back_as_sentences(obedient: House, line: str) -> None:
    for locale in ("zh-CN", "en"):
        reply = await obedient.ask(line, locale=locale)
        assert reply.failed
        assert reply.pictures == ()
        assert "." in reply.text or "。" in reply.text or "！" in reply.text or "？" in reply.text or "!" in reply.text


async def test_talk_is_left_alone(obedient: House) -> None:
    assert await obedient.say("渐变 真好看") is None
    assert await obedient.say("渐变色的头发") is None
