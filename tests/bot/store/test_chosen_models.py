"""What groups draw with."""

from bot.store import Store

GROUP, OTHER, ME = "qq:30003", "qq:30004", "qq:10001"


async def test_a_choice_holds_for_its_owner_and_use_alone(store: Store) -> None:
    assert await store.chosen_models.of(GROUP) == {}
    await store.chosen_models.choose(GROUP, "waifu", "moe")
    await store.chosen_models.choose(GROUP, "railgun", "misaka")
    await store.chosen_models.choose(GROUP, "waifu", "moe@20260131T101500-1a2b3c")
    assert await store.chosen_models.of(GROUP) == {"waifu": "moe@20260131T101500-1a2b3c", "railgun": "misaka"}
    assert await store.chosen_models.of(OTHER) == {}


async def test_one_choice_or_all_are_taken_back(store: Store) -> None:
    for use in ("waifu", "railgun"):
        await store.chosen_models.choose(ME, use, "moe")
    await store.chosen_models.forget(ME, "waifu")
    assert await store.chosen_models.of(ME) == {"railgun": "moe"}
    await store.chosen_models.forget(ME)
    assert await store.chosen_models.of(ME) == {}
