from dataclasses import replace

import pytest

from bot.characters import characters
from bot.characters.characters import change, create, delete, find, listed, make_default
from bot.command import UserError
from bot.locale import LOCALES, Catalogue
from bot.settings import Settings
from bot.store import Store
from bot.store.schema import EVERYBODY
from tests.bot.characters.given import ADMIN, ALONE, GROUP, MEMBER, STRANGER, SUPERUSER, services_of

CATALOGUE = Catalogue.load()


async def refusal(doing) -> str:
    """The key of the sentence that it is refused with; it is a sentence in both languages."""
    with pytest.raises(UserError) as caught:
        await doing
    for locale in LOCALES:
        assert CATALOGUE.text(locale, caught.value.key, **caught.value.values) != caught.value.key
    return caught.value.key


async def test_admins_create_a_groups_characters_and_everybody_their_own_in_private(store: Store) -> None:
    hers = await create(store, ADMIN, "  Mikoto   Misaka ", aliases=["炮姐", "mikoto misaka"], description=" Level 5 ")
    assert (hers.owner, hers.name, hers.aliases, hers.description) == (
        ADMIN.group,
        "Mikoto Misaka",
        ("炮姐",),
        "Level 5",
    )
    assert await refusal(create(store, MEMBER, "Kuroko")) == "character.admin"
    assert (await create(store, ALONE, "Kuroko")).owner == ALONE.member
    assert await refusal(create(store, ADMIN, "Biri", everywhere=True)) == "character.superuser"
    everybodys = await create(store, SUPERUSER, "Biri", everywhere=True)
    assert everybodys.owner == EVERYBODY
    assert [one.name for one in await listed(store, MEMBER)] == ["Mikoto Misaka", "Biri"]
    assert [one.name for one in await listed(store, ALONE)] == ["Kuroko", "Biri"]
    assert [one.name for one in await listed(store, STRANGER)] == ["Biri"]


@pytest.mark.parametrize(
    "name", ["", "   ", "a,b", "a:b", '"x"', "#k7f3", "7", "c12", "C7", "all", "默认", "x" * 25, "a\nb:"]
)
async def test_what_a_line_would_read_as_something_else_is_no_name(store: Store, name: str) -> None:
    assert await refusal(create(store, ADMIN, name)) == "character.odd_name"
    her = await create(store, ADMIN, "Mikoto")
    assert await refusal(change(store, ADMIN, her, name=name)) == "character.odd_name"
    assert await refusal(change(store, ADMIN, her, aliases=["fine", name])) == "character.odd_name"


async def test_names_are_taken_once_and_texts_and_numbers_have_an_end(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    her = await create(store, ADMIN, "Mikoto", aliases=["Railgun"])
    assert await refusal(create(store, ADMIN, "railgun")) == "character.taken"
    other = await create(store, ADMIN, "Kuroko")
    assert await refusal(change(store, ADMIN, other, name="MIKOTO")) == "character.taken"
    assert await refusal(change(store, ADMIN, her, description="x" * 301)) == "character.long_text"
    assert await refusal(change(store, ADMIN, her, licence="x" * 301)) == "character.long_text"
    assert await refusal(change(store, ADMIN, her, aliases=[f"n{n}x" for n in range(9)])) == "character.many_aliases"
    told = (await change(store, ADMIN, her, description=" two\nlines,\0 a bell\a and 👩‍🎤 ")).description
    assert told == "two\nlines, a bell and 👩‍🎤"
    monkeypatch.setattr(characters, "MOST_OF_GROUP", 2)
    assert await refusal(create(store, ADMIN, "third")) == "character.full"


async def test_she_is_found_by_every_name_and_the_groups_own_go_first(store: Store) -> None:
    assert await refusal(find(store, MEMBER)) == "character.none"
    assert await refusal(find(store, MEMBER, "Mikoto")) == "character.none"
    everybodys = await create(store, SUPERUSER, "Mikoto", everywhere=True)
    assert await find(store, MEMBER) == await find(store, MEMBER, "MIKOTO") == everybodys  # the only one there is
    own = await create(store, ADMIN, "mikoto", aliases=["炮姐"])
    for typed in ("Mikoto", " 炮姐 ", own.model, own.model.upper(), None):
        assert await find(store, MEMBER, typed) == own
    assert await find(store, MEMBER, everybodys.model) == everybodys
    with pytest.raises(UserError) as caught:
        await find(store, MEMBER, "nobody")
    assert (caught.value.key, caught.value.values["known"]) == ("character.unknown", "mikoto, Mikoto")


async def test_the_default_is_the_groups_to_choose_also_from_everybodys(settings: Settings, store: Store) -> None:
    services = services_of(settings, store)
    everybodys = await create(store, SUPERUSER, "Biri", everywhere=True)
    first, second = await create(store, ADMIN, "Mikoto"), await create(store, ADMIN, "Kuroko")
    assert await find(store, MEMBER) == first
    assert await refusal(make_default(store, MEMBER, second)) == "character.admin"
    for chosen in (second, everybodys):
        await make_default(store, ADMIN, chosen)
        assert await find(store, MEMBER) == chosen
    strangers = await create(store, STRANGER, "Elsewhere")
    for actor in (ADMIN, replace(SUPERUSER, group=GROUP)):
        assert await refusal(make_default(store, actor, strangers)) == "character.not_here"
    await delete(services, SUPERUSER, everybodys)
    assert await refusal(find(store, MEMBER)) == "character.which"


async def test_a_hidden_one_is_known_to_who_manages_her_only(store: Store) -> None:
    her = await change(store, ADMIN, await create(store, ADMIN, "Mikoto"), hidden=True)
    assert await listed(store, MEMBER) == []
    assert await refusal(find(store, MEMBER, "Mikoto")) == await refusal(find(store, MEMBER)) == "character.none"
    assert await listed(store, ADMIN) == [her]
    assert await find(store, ADMIN) == her
    shown = await change(store, ADMIN, her, hidden=False)
    assert await find(store, MEMBER, "mikoto") == shown


async def test_nobody_touches_what_is_not_theirs(settings: Settings, store: Store) -> None:
    services = services_of(settings, store)
    her, everybodys = await create(store, ADMIN, "Mikoto"), await create(store, SUPERUSER, "Biri", everywhere=True)
    own = await create(store, ALONE, "mine")
    cases = [
        (MEMBER, her, "character.not_yours"),
        (STRANGER, her, "character.not_here"),
        (ADMIN, everybodys, "character.not_yours"),
        (replace(ADMIN, member=ALONE.member), own, "character.not_here"),  # an admin, but not at home here
        (replace(ALONE, member="qq:5"), own, "character.not_here"),
        (replace(ADMIN, group=None), her, "character.not_here"),  # an admin of the group who asks in private
    ]
    for actor, character, key in cases:
        assert await refusal(change(store, actor, character, name="stolen")) == key
        assert await refusal(delete(services, actor, character)) == key
        if key == "character.not_here":
            assert await refusal(find(store, actor, character.model)) == "character.unknown"  # there is Biri
    for character in (her, everybodys, own):
        assert (await change(store, SUPERUSER, character, description="fine")).description == "fine"
        assert await find(store, SUPERUSER, character.model)
        await delete(services, SUPERUSER, character)


async def test_who_was_deleted_meanwhile_is_gone(settings: Settings, store: Store) -> None:
    services = services_of(settings, store)
    her = await create(store, ADMIN, "Mikoto")
    await delete(services, ADMIN, her)
    assert await refusal(change(store, ADMIN, her, name="Kuroko")) == "character.gone"
    assert await refusal(delete(services, ADMIN, her)) == "character.gone"
