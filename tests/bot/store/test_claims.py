"""Who answers a message that several processes hear."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from bot.settings import Settings
from bot.store import Store
from bot.store.claims import HOLDS
from bot.store.schema import ClaimRow

MESSAGE = ("qq", "qq:30003", "-77")


async def _age(store: Store, age: timedelta) -> None:
    async with store.database.write() as connection:
        await connection.execute(update(ClaimRow).values(created=store.database.moment(-age)))


async def test_the_first_takes_a_message_and_nobody_else_does(store: Store) -> None:
    assert await store.claims.take(*MESSAGE) is True
    assert await store.claims.take(*MESSAGE) is False
    assert await store.claims.take("discord", "qq:30003", "-77") is True
    assert await store.claims.take("qq", "qq:30004", "-77") is True
    assert await store.claims.take("qq", "qq:30003", "-78") is True


async def test_of_many_who_hear_it_at_once_one_takes_it(settings: Settings) -> None:
    stores = [await Store.open(settings) for _ in range(3)]
    for n in range(10):
        taken = await asyncio.gather(*(store.claims.take("qq", "qq:30003", str(n)) for store in stores * 3))
        assert sorted(taken) == [False] * 8 + [True]
    for store in stores:
        await store.close()


async def test_an_id_that_comes_again_much_later_is_another_message(store: Store) -> None:
    await store.claims.take(*MESSAGE)
    await _age(store, HOLDS - timedelta(minutes=1))
    assert await store.claims.take(*MESSAGE) is False
    await _age(store, HOLDS + timedelta(minutes=1))
    assert await store.claims.take(*MESSAGE) is True
    assert await store.claims.take(*MESSAGE) is False


async def test_old_claims_are_forgotten(store: Store) -> None:
    await store.claims.take(*MESSAGE)
    await _age(store, timedelta(days=2))
    await store.claims.take("qq", "qq:30003", "new")
    assert await store.claims.forget_before(datetime.now(UTC) - timedelta(days=1)) == 1
    assert await store.claims.take("qq", "qq:30003", "new") is False
