import asyncio

from bot.store import Store
from tests.bot.store.contributed import ME, YOU


async def test_a_yes_holds_for_its_text_until_it_is_taken_back(store: Store) -> None:
    assert not await store.consents.holds(ME, 1)
    assert await store.consents.give(ME, 1)
    assert not await store.consents.give(ME, 1)
    assert await store.consents.holds(ME, 1)
    assert not await store.consents.holds(ME, 2)
    assert not await store.consents.holds(YOU, 1)
    assert await store.consents.withdraw(ME)
    assert not await store.consents.withdraw(ME)
    assert not await store.consents.holds(ME, 1)


async def test_every_yes_stays_known_with_its_times_until_it_is_forgotten(store: Store) -> None:
    await store.consents.give(ME, 1)
    await store.consents.withdraw(ME)
    await store.consents.give(ME, 2)
    first, second = await store.consents.of(ME)
    assert (first.version, second.version) == (1, 2)
    assert first.withdrawn is not None
    assert first.given <= first.withdrawn <= second.given
    assert second.withdrawn is None
    await store.consents.forget(ME)
    assert await store.consents.of(ME) == []
    assert not await store.consents.holds(ME, 2)


async def test_who_says_yes_twice_at_once_has_said_it_once(store: Store) -> None:
    assert sorted(await asyncio.gather(*(store.consents.give(ME, 1) for _ in range(5)))) == [False] * 4 + [True]
    assert len(await store.consents.of(ME)) == 1
