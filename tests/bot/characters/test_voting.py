"""Votes on what a character's own model has drawn."""

from pathlib import Path

import pytest

from bot.characters import retraining
from bot.characters.promotion import ENOUGH_VOTES
from bot.characters.voting import vote
from bot.command import UserError
from bot.store.recipes import Recipe
from tests.bot.characters.given import ADMIN, MEMBER, STRANGER
from tests.bot.characters.school import School, school
from tests.bot.characters.toy_trainer import OLD

NEARLY = {"old": OLD, "new": {**OLD, "distance": 1.15}}  # too far by itself, near enough where members like it


async def drawn(at: School, model: str, faces: int = 4) -> Recipe:
    body = {"op": "draw", "model": model, "latents": [{"seed": n} for n in range(faces)], "trunc": 0.7}
    return await at.store.recipes.add(body, member=MEMBER.member, group=MEMBER.group)


async def learnt(at: School) -> str:
    await at.more()
    run = await at.over(await retraining.start(at.services, ADMIN, at.her))
    assert run.version is not None
    return run.version


async def test_a_member_has_one_vote_on_each_face_and_may_change_it(tmp_path: Path) -> None:
    async with school(tmp_path) as at:
        picture = await drawn(at, await learnt(at))
        for face, good, votes in ((1, True, (1, 0)), (2, False, (1, 1)), (2, True, (2, 0)), (None, True, (3, 0))):
            voted = await vote(at.services, MEMBER, picture, face, good)
            assert (voted.votes.good, voted.votes.bad) == votes
            assert (voted.character, voted.version, voted.promoted) == (at.her, picture.model, False)
        (one,) = (await retraining.history(at.services, MEMBER, at.her)).versions
        assert one.votes.good == 3


async def test_votes_are_for_what_is_there_and_known_here(tmp_path: Path) -> None:
    async with school(tmp_path) as at:
        picture = await drawn(at, await learnt(at))
        others = await drawn(at, "waifu@starter")
        gone = await drawn(at, "c1@20260101T000000-ffffff")
        for actor, which, face, key in (
            (MEMBER, others, None, "vote.not_hers"),
            (STRANGER, picture, None, "vote.not_hers"),
            (MEMBER, gone, None, "vote.gone"),
            (MEMBER, picture, 5, "picture.no_face"),
            (MEMBER, picture, 0, "picture.no_face"),
        ):
            with pytest.raises(UserError) as caught:
                await vote(at.services, actor, which, face, True)
            assert caught.value.key == key


async def test_a_candidate_that_is_liked_comes_into_use_with_the_last_vote_that_it_takes(tmp_path: Path) -> None:
    async with school(tmp_path, numbers=NEARLY) as at:
        version = await learnt(at)
        assert await at.services.trainings.lineage.in_use(at.her) is None
        picture = await drawn(at, version, ENOUGH_VOTES)
        came = [(await vote(at.services, MEMBER, picture, n + 1, True)).promoted for n in range(ENOUGH_VOTES)]
        assert came == [*[False] * (ENOUGH_VOTES - 1), True]
        assert at.services.models.resolve("c1").id == version
