"""What can be asked of a model's faces, in the members' words: the way from `hair:pink` to label values and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.chat import Chat
from bot.command import UserError
from bot.line.wishes import label
from data.labels import ATTRIBUTES, obeyed, values
from models.registry import UnknownModel


def obeyed_by(chat: Chat, model: str) -> tuple[str, ...]:
    """The attributes that a model (`waifu`, `waifu@starter`) can be asked for; () where it is gone."""
    try:
        return obeyed(names_of(chat, model))
    except UserError:
        return ()


def names_of(chat: Chat, model: str) -> tuple[str, ...]:
    """The label names of a model. Raises `UserError` where it is gone."""
    try:
        names = chat.services.models.resolve(model).config.get("labels")
    except UnknownModel:
        raise UserError("picture.model_gone", model=model) from None
    return tuple(str(name) for name in names) if isinstance(names, list) else ()


def labels_for(chat: Chat, model: str, wishes: Mapping[str, str]) -> dict[str, float]:
    """The label values that wishes stand for. Raises `UserError` where the model does not obey one of them."""
    can = obeyed_by(chat, model) if wishes else ()
    if wishes and not can:
        raise UserError("waifu.obeys_nothing")
    if deaf := [name for name in wishes if name not in can]:
        raise UserError(
            "waifu.does_not_obey", attribute=attribute_name(chat, deaf[0]), known=attribute_names(chat, can)
        )
    return {name: value for name, value in merged(wishes).items() if name in names_of(chat, model)}


def merged(wishes: Mapping[str, str]) -> dict[str, float]:
    """Label values by name. Who asks for a colour of eyes wants to see them open. KeyError for what is no attribute or
    choice."""
    found: dict[str, float] = values("lids", "open") if "eyes" in wishes else {}
    for attribute, choice in wishes.items():
        found |= values(attribute, choice)
    return found


def known_wishes(value: object) -> dict[str, str]:
    """The wishes in a stored recipe, as far as there are such attributes and choices today, in their usual order."""
    stored = value if isinstance(value, Mapping) else {}
    return {name: stored[name] for name, choices in ATTRIBUTES.items() if stored.get(name) in choices}


def attribute_name(chat: Chat, attribute: str) -> str:
    """What members call an attribute."""
    return chat.text(f"choice.attribute.{attribute}")


def attribute_names(chat: Chat, attributes: Sequence[str]) -> str:
    return chat.text("list.comma").join(attribute_name(chat, name) for name in attributes)


def choice_name(chat: Chat, attribute: str, choice: str) -> str:
    """What members call a choice."""
    return label(chat.services.catalogue, chat.locale, attribute, choice)


def in_words(chat: Chat, wishes: Mapping[str, str]) -> str:
    """发色 粉、瞳色 绿"""
    return chat.text("list.comma").join(
        chat.text("waifu.wish", attribute=attribute_name(chat, name), choice=choice_name(chat, name, choice))
        for name, choice in wishes.items()
    )


def as_typed(wishes: Mapping[str, str]) -> str:
    """`hair:pink eyes:green`"""
    return " ".join(f"{name}:{choice}" for name, choice in wishes.items())
