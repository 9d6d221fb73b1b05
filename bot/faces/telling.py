"""Recipes in words: how a picture was made, and the line that makes it again."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat import Chat
from bot.faces.attributes import as_typed, attribute_name, choice_name, merged
from bot.faces.crossing import Mix
from bot.faces.drawing import PLAIN
from bot.faces.mixing import shares_in_words
from bot.faces.recipes import DrawnFace, Fade
from bot.faces.walking import Walk
from bot.store.recipes import Recipe
from models.latent.bands import BANDS
from models.latent.points import Point
from models.requests import Latent


def origin(chat: Chat, found: Recipe, faces: Sequence[DrawnFace]) -> str:
    """Where the faces of a whole picture come from."""
    match found.op:
        case "fade":
            return _fade(chat, Fade.of(found.body))
        case "walk":
            walk = Walk.of(found.body)
            words = chat.text("morph.arrow").join(walk.words)
            return chat.text("recipe.walk", faces=words, frames=walk.frames, space=walk.space)
        case "mix":
            mix = Mix.of(found.body)
            key = "recipe.mix_all" if mix.grid else "recipe.mix" if mix.styles else "recipe.mix_half"
            words = chat.text("mix.plus").join(mix.words)
            return chat.text(key, faces=words, shares=shares_in_words(chat, mix))
    if best := found.body.get("best"):
        return chat.text("recipe.chosen", keep=len(faces), of=best["of"], seed=best["seed"])
    return seeds(chat, [face.latent for face in faces])


def seeds(chat: Chat, points: Sequence[Point]) -> str:
    """The seeds of faces, and how far they have walked from them."""
    if any(len(point.leaves) > 1 for point in points):
        leaves = dict.fromkeys(leaf.seed for point in points for leaf in point.leaves)
        return chat.text("recipe.made_of", seeds=chat.text("list.comma").join(map(str, leaves)))
    first, last = points[0].leaves[0], points[-1].leaves[0]
    if steps := max(len(leaf.steps) for point in points for leaf in point.leaves):
        return chat.text("recipe.stepped", seed=first.seed, steps=steps)
    if len(points) == 1:
        return chat.text("recipe.seed", seed=first.seed)
    return chat.text("recipe.seeds", first=first.seed, last=last.seed)


def line_of(found: Recipe, faces: Sequence[DrawnFace]) -> str:
    """The command that draws it again, "" where no line can say it."""
    name = found.model.partition("@")[0]
    model = "" if name == PLAIN else f"model:{name}"
    match found.op:
        case "walk":
            words = _walk(Walk.of(found.body), model)
        case "mix":
            words = _mix(Mix.of(found.body), model)
        case _:
            words = _drawn(found, faces, model)
    return " ".join(word for word in (*words, f"trunc:{faces[0].trunc:g}") if word) if words else ""


# ---------------------------------------------------------------------------------------------------------------------


def _fade(chat: Chat, fade: Fade) -> str:
    one, other = (
        chat.text("fade.own") if word is None else choice_name(chat, fade.attribute, word) for word in fade.words
    )
    attribute = attribute_name(chat, fade.attribute)
    change = chat.text("recipe.fade", attribute=attribute, one=one, other=other, steps=fade.steps)
    return f"{seeds(chat, [fade.latent])}\n{change}"


def _walk(walk: Walk, model: str) -> list[str]:
    ease = "" if walk.eased else "ease:no"
    return ["/morph", *walk.words, f"frames:{walk.frames}", f"space:{walk.space}", ease, _of_seeds(walk.words, model)]


def _mix(mix: Mix, model: str) -> list[str]:
    words = ["/mix", *mix.words, _of_seeds(mix.words, model)]
    if mix.grid:
        return [*words, "grid:yes"]
    return [*words, *(f"{band}:{share}" for band, share in zip(BANDS, mix.take, strict=True) if mix.styles)]


def _of_seeds(words: Sequence[str], model: str) -> str:
    """What must be said of seeds; a picture knows itself by which model it is."""
    return "" if any(word.startswith("#") for word in words) else model


def _drawn(found: Recipe, faces: Sequence[DrawnFace], model: str) -> list[str]:
    fade = Fade.of(found.body) if found.op == "fade" else None
    points = [fade.latent] if fade else [face.latent for face in faces]
    wishes = faces[0].wishes
    latents = [point for point in points if isinstance(point, Latent)]
    if len(latents) < len(points) or any(v.steps or dict(v.labels) != merged(wishes) for v in latents):
        return []
    if fade is not None:
        one, other = fade.words
        words = [f"/fade {fade.attribute}", f"from:{one}" if one else "", f"to:{other}", f"steps:{fade.steps}"]
        words += ["animate:yes" if found.body.get("animated") else "", as_typed(wishes), f"seed:{latents[0].seed}"]
        return [] if model else words
    if best := found.body.get("best"):
        return ["/waifu", f"best:{len(faces)}of{best['of']}", as_typed(wishes), f"seed:{best['seed']}", model]
    return ["/waifu", f"count:{len(faces)}", as_typed(wishes), f"seed:{latents[0].seed}", model]
