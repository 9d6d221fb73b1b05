import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store import Store, recipes
from bot.store.recipes import ALPHABET, LONGEST, MAX_BODY_BYTES, SHORTEST, new_id, normalise_id

BODY = {"op": "draw", "model": "waifu@starter", "latents": [{"seed": 7}], "trunc": 0.7}
SAME_TO_THE_EYE = {"0": "0oO", "1": "1iIlL"}

ids = st.text(ALPHABET, min_size=SHORTEST, max_size=LONGEST)


async def test_a_recipe_comes_back_as_it_was_kept(store: Store) -> None:
    parent = await store.recipes.add(BODY, member="qq:10001", group=None)
    kept = await store.recipes.add(BODY, member="qq:10002", group="qq:30003", parents=[parent.id])

    found = await store.recipes.get(kept.id)
    assert found == kept
    assert found is not None
    assert (found.op, found.model, found.body) == ("draw", "waifu@starter", BODY)
    assert (found.member, found.group, found.parents) == ("qq:10002", "qq:30003", (parent.id,))
    assert found.created.utcoffset() is not None


async def test_an_unknown_id_has_no_recipe(store: Store) -> None:
    assert await store.recipes.get("zzzz") is None


async def test_ids_have_four_characters_at_first(store: Store) -> None:
    kept = await asyncio.gather(*(store.recipes.add(BODY, member="qq:10001", group=None) for _ in range(50)))
    assert {len(r.id) for r in kept} == {SHORTEST}
    assert len({r.id for r in kept}) == 50


async def test_ids_grow_where_they_run_out_and_never_meet(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipes, "ALPHABET", "0a")  # 15 ids of four characters that are not digits alone
    kept = await asyncio.gather(*(store.recipes.add(BODY, member="qq:10001", group=None) for _ in range(60)))
    assert len({r.id for r in kept}) == 60
    assert min(len(r.id) for r in kept) == SHORTEST < max(len(r.id) for r in kept)


@pytest.mark.parametrize(
    "body",
    [
        {"model": "waifu"},
        {"op": "draw"},
        {"op": 1, "model": "waifu"},
        {**BODY, "pixels": b"bytes"},
        {**BODY, "trunc": float("nan")},
        {**BODY, "note": "長" * (MAX_BODY_BYTES // 3)},
    ],
    ids=["no op", "no model", "op is no text", "bytes", "NaN", "too big"],
)
async def test_what_is_no_recipe_is_not_kept(store: Store, body: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a recipe"):
        await store.recipes.add(body, member="qq:10001", group=None)


async def test_a_kept_recipe_does_not_change_with_the_callers_dict(store: Store) -> None:
    body: dict[str, Any] = {**BODY, "latents": [{"seed": 7}]}
    kept = await store.recipes.add(body, member="qq:10001", group=None)
    body["latents"].append({"seed": 8})
    assert kept.body["latents"] == [{"seed": 7}]


@given(st.integers(SHORTEST, LONGEST))
def test_a_new_id_reads_as_itself_and_is_no_number(length: int) -> None:
    id = new_id(length)
    assert len(id) == length
    assert normalise_id(id) == id
    assert not id.isdecimal()


@given(ids, st.data())
def test_an_id_is_understood_however_it_was_copied_down(id: str, data: st.DataObject) -> None:
    typed = "".join(data.draw(st.sampled_from(SAME_TO_THE_EYE.get(c, c + c.upper()))) for c in id)
    assert normalise_id(typed) == id
    assert normalise_id("#" + typed) == id


@given(st.text(max_size=20) | st.text(ALPHABET + "uU\u212a.# \u0663", max_size=20))
def test_whatever_is_typed_is_an_id_or_none(text: str) -> None:
    id = normalise_id(text)
    assert id is None or (SHORTEST <= len(id) <= LONGEST and set(id) <= set(ALPHABET))


@pytest.mark.parametrize("text", ["", "#", "k7f", "##k7f3", "k7f3.2", "k7u3", "k 7f3", "\u212a7f3", "k7f3" * 5])
def test_what_only_looks_like_an_id_is_none(text: str) -> None:
    assert normalise_id(text) is None
