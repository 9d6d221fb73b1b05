import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.characters import consent, contributing
from bot.characters.characters import change
from bot.characters.contributing import COMPARED, likeness_of, open_batch, score_of
from bot.characters.outcomes import ENDING, NOTES, REASONS, Outcome
from bot.characters.reviewing import ban_picture, refuse
from bot.command import UserError
from bot.locale import LOCALES, Catalogue
from bot.store.contribution import DIMENSIONS, Known
from data.pictures import Upload
from tests.bot.characters import given
from tests.bot.characters.given import (
    ADMIN,
    ALIEN,
    ALONE,
    BLUE,
    GREEN,
    MEMBER,
    RED,
    STRANGER,
    SUPERUSER,
    batch,
    character,
    file,
    give,
    kept_files,
    picture,
    uploads,
    zipped,
)
from tests.bot.house import House, house
from tests.plugins.brought import REFUSED

CATALOGUE = Catalogue.load()


def said(outcome: Outcome) -> str:
    """What a member reads of it, in both languages."""
    texts = [CATALOGUE.text(locale, outcome.key, **outcome.values) for locale in LOCALES]
    assert outcome.key not in texts
    return " / ".join(texts)


async def test_a_head_is_kept_and_nothing_else_of_the_picture(home: House) -> None:
    her = await character(home)
    (outcome,) = await give(home, her, 1, actor=ADMIN)
    assert (outcome.state, outcome.reason, outcome.published) == ("accepted", "", True)
    kept = outcome.contribution
    assert kept is not None
    assert f" {kept.id}" in said(outcome)
    content = await home.services.store.files.get(str(kept.file))
    assert content == outcome.portrait
    head = Image.open(io.BytesIO(content or b""))
    assert head.format == "WEBP"
    assert head.width == head.height == kept.side < 420
    assert np.asarray(head)[head.height // 2, head.width // 2, 0] > 190  # the face
    assert len(kept_files(home)) == 1
    assert (kept.member, kept.origin, kept.batch) == (ADMIN.member, "qq", kept.batch)
    assert kept.score > 0.8


async def test_where_nothing_has_looked_at_it_a_members_picture_waits_and_is_not_shown(home: House) -> None:
    her = await character(home)
    (outcome,) = await give(home, her, 1)
    assert (outcome.state, outcome.reason, outcome.published) == ("waiting", "unrated", False)
    assert "admin" in said(outcome)
    assert outcome.contribution is not None
    assert outcome.contribution.note == "unrated"
    open_ = await character(home, "Kuroko", review="never")
    assert (await give(home, open_, 1))[0].state == "accepted"


async def test_a_classifier_lets_the_harmless_in_and_keeps_the_rest_for_an_admin_or_out(rated: House) -> None:
    her, all_ = await character(rated), await character(rated, "Kuroko", review="always")
    never = await character(rated, "Saten", review="never")
    assert [o.state for o in await give(rated, her, 1, 2)] == ["accepted", "accepted"]
    assert [(o.state, o.reason) for o in await give(rated, all_, 1)] == [("waiting", "reviewed")]
    for who in (her, all_, never):
        (doubtful,) = await give(rated, who, 3, stripe=50)
        assert (doubtful.state, doubtful.reason) == ("waiting", "doubtful")
        assert doubtful.contribution is not None
        assert doubtful.contribution.nsfw == pytest.approx(0.5)
        (adult,) = await give(rated, who, 4, stripe=95)
        assert (adult.state, adult.reason, adult.contribution) == ("refused", "nsfw", None)
    assert (await give(rated, her, 5, stripe=50, actor=ADMIN))[0].state == "waiting"  # whoever it is
    assert (await give(rated, her, 6, stripe=95, actor=ADMIN))[0].reason == "nsfw"


async def test_a_classifier_that_does_not_answer_is_like_none(tmp_path: Path) -> None:
    async with house(tmp_path, models=given.UNRATING, rater_onnx=tmp_path / "rater") as home:
        her = await character(home)
        (outcome,) = await give(home, her, 1)
        assert (outcome.state, outcome.reason) == ("waiting", "unrated")


async def test_who_does_not_look_like_the_others_waits_once_there_are_some(rated: House) -> None:
    her = await character(rated)
    early = await give(rated, her, *range(COMPARED - 1))
    assert {o.state for o in early} == {"accepted"}
    assert all(o.contribution and o.contribution.likeness is None for o in early)
    (last,) = await give(rated, her, COMPARED, hair=ALIEN)  # nobody knows yet what she looks like
    assert last.state == "accepted"
    like, unlike = [(await give(rated, her, n, hair=hair))[0] for n, hair in ((50, given.HAIR), (51, ALIEN))]
    assert (like.state, unlike.state, unlike.reason) == ("accepted", "waiting", "unlike")
    assert like.contribution is not None
    assert unlike.contribution is not None
    assert (like.contribution.likeness or 0) > 0.8 > contributing.UNLIKE > (unlike.contribution.likeness or 0)
    assert like.contribution.score > unlike.contribution.score


# ------------------------------------------------------------------------------------------------------------ copies


async def test_a_copy_is_refused_with_the_number_of_the_first(home: House) -> None:
    her = await character(home)
    (first,) = await give(home, her, 1, actor=ADMIN)
    pixels = picture(1)
    small = np.asarray(Image.fromarray(pixels).resize((288, 252), Image.Resampling.LANCZOS))
    sent = await batch(home, her)
    for copy in (
        file(pixels),
        file(pixels, "JPEG", quality=70),
        file(small),
        file(np.ascontiguousarray(pixels[:, ::-1])),
    ):
        outcome = await sent.take(copy)
        assert (outcome.state, outcome.reason, outcome.contribution) == ("refused", "duplicate", first.contribution)
        assert str(first.contribution and first.contribution.id) in said(outcome)
    assert len(kept_files(home)) == 1
    assert (await sent.take(file(picture(2)))).state == "waiting"
    again = await sent.take(file(picture(2), "JPEG", quality=70))  # of what this batch brought, too
    assert again.reason == "duplicate"
    other = await character(home, "Kuroko")
    assert (await give(home, other, 1))[0].state == "waiting"


async def test_what_was_refused_is_not_taken_again_and_what_is_banned_never(home: House) -> None:
    store, her = home.services.store, await character(home)
    one, two = [o.contribution for o in await give(home, her, 1, 2)]
    assert one is not None
    assert two is not None
    await refuse(store, ADMIN, [one.id])
    (again,) = await give(home, her, 1)
    assert again.reason == "refused_before"
    assert f" {one.id}" in said(again)
    await ban_picture(store, ADMIN, two.id, "not ours")
    await store.contributions.pardon(two.id)
    small = np.asarray(Image.fromarray(picture(2)).resize((300, 262), Image.Resampling.LANCZOS))
    sent = await batch(home, await character(home, "Kuroko"))  # for any of the group's characters
    for copy in (file(picture(2)), file(small), file(np.ascontiguousarray(picture(2)[:, ::-1]))):
        assert (await sent.take(copy)).reason == "banned_picture"


# --------------------------------------------------------------------------------------------------- several faces


async def test_of_several_faces_the_member_says_which(home: House) -> None:
    her = await character(home)
    sent = await batch(home, her, ADMIN)
    content = file(picture(1, (RED, GREEN, BLUE)))
    which = await sent.take(content)
    assert (which.state, which.reason, len(which.choices)) == ("refused", "which_face", 3)
    assert [int(choice[len(choice) * 6 // 10, len(choice) // 2].argmax()) for choice in which.choices] == [0, 1, 2]
    assert "face:1" in said(which)
    for wrong in (0, 4):
        outcome = await sent.take(content, wrong)
        assert (outcome.reason, outcome.values) == ("no_such_face", {"face": wrong, "count": 3})
    kept = [await sent.take(content, number) for number in (2, 3)]
    assert [o.state for o in kept] == ["accepted"] * 2
    for outcome, channel in zip(kept, (1, 2), strict=True):
        head = np.asarray(Image.open(io.BytesIO(outcome.portrait or b"")))
        assert head[len(head) // 2, len(head) // 2].argmax() == channel


# -------------------------------------------------------------------------------------------------- what is no good


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_good_picture_is_refused_with_a_reason(home: House, name: str) -> None:
    content, word = REFUSED[name]
    sent = await batch(home, await character(home))
    outcome = await sent.take(content)
    assert outcome.state == "refused"
    assert word in said(outcome)
    assert not outcome.ends
    assert (await sent.take(file(picture(1)))).state == "waiting"
    assert len(kept_files(home)) == 1


async def test_what_shows_nobody_or_too_little_of_her_is_refused_with_a_reason(home: House) -> None:
    sent = await batch(home, await character(home))
    small = np.asarray(Image.fromarray(picture(1)).resize((96, 84), Image.Resampling.LANCZOS))
    blurred = np.asarray(Image.fromarray(small).resize((480, 420), Image.Resampling.BICUBIC))
    cases = {
        "no_face": file(np.full((64, 64, 3), 200, np.uint8)),
        "cut_off": file(np.ascontiguousarray(picture(1)[:, 161:])),
        "small": file(small),
        "blurred": file(blurred),
    }
    for reason, content in cases.items():
        outcome = await sent.take(content)
        assert outcome.reason == reason
        said(outcome)
    assert kept_files(home) == []


async def test_without_a_network_that_sees_nothing_is_kept(tmp_path: Path) -> None:
    async with house(tmp_path, models="tests.bot.toy_models:BlindToyModels") as home:
        (outcome,) = await give(home, await character(home), 1)
        assert outcome.reason == "blind"
        assert kept_files(home) == []


# ------------------------------------------------------------------------------------------------------------- zips


async def test_a_zip_is_taken_picture_by_picture(home: House) -> None:
    her = await character(home)
    sent = await batch(home, her, ADMIN)
    archive = zipped(file(picture(1)), b"no picture", file(picture(2)), file(picture(1)))
    outcomes = [o async for o in sent.take_all(uploads(archive, file(picture(3))))]
    assert [o.reason or o.state for o in outcomes] == ["accepted", "not_a_picture", "accepted", "duplicate", "accepted"]
    assert {o.contribution.batch for o in outcomes if o.contribution} == {sent.id}
    nothing = [o async for o in sent.take_all(uploads(zipped(), b"PK\x03\x04 no zip at all"))]
    assert [o.reason for o in nothing] == ["empty_zip", "empty_zip"]


async def test_of_what_cannot_be_fetched_that_is_said_and_the_rest_goes_on(home: House) -> None:
    async def brought() -> AsyncIterator[Upload | UserError]:
        yield home.services.door.refusal("gone")
        yield Upload(file(picture(1)), "image/png", "test")
        yield home.services.door.refusal("too_large")

    sent = await batch(home, await character(home), ADMIN)
    outcomes = [o async for o in sent.take_all(brought())]
    assert [o.reason or o.state for o in outcomes] == ["gone", "accepted", "too_large"]
    assert "20 MB" in said(outcomes[2])


async def test_of_a_zip_no_more_is_taken_than_is_wanted(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contributing, "MOST_FILES", 2)
    sent = await batch(home, await character(home), ADMIN)
    outcomes = [o async for o in sent.take_all(uploads(zipped(*(file(picture(n)) for n in range(4)))))]
    assert [o.reason or o.state for o in outcomes] == ["accepted", "accepted", "left_out"]
    assert "2" in said(outcomes[-1])


# ------------------------------------------------------------------------------------------- who may, and how often


async def test_nothing_is_taken_from_who_has_not_said_yes_or_has_taken_it_back(home: House) -> None:
    her, store = await character(home), home.services.store
    with pytest.raises(consent.ConsentMissing):
        await open_batch(home.services, MEMBER, her)
    sent = await batch(home, her)
    assert (await sent.take(file(picture(1)))).state == "waiting"
    held, gone = await consent.withdraw(store, MEMBER.member)
    assert (held, gone.pictures) == (True, 1)
    late = await sent.take(file(picture(2)))  # a batch that was open meanwhile
    assert (late.reason, late.ends) == ("no_consent", True)
    assert kept_files(home) == []
    with pytest.raises(consent.ConsentMissing):
        await open_batch(home.services, MEMBER, her)
    assert await consent.withdraw(store, MEMBER.member) == (False, type(gone)())


async def test_on_discord_only_where_the_operator_says_so(tmp_path: Path, home: House) -> None:
    member = replace(MEMBER, surface="discord")
    her = await character(home)
    await consent.give(home.services.store, member.member)
    with pytest.raises(UserError) as refused:
        await open_batch(home.services, member, her)
    assert refused.value.key == "contribute.not_on_discord"
    async with house(tmp_path / "other", models=given.FACTORY, discord_contributions=True) as allowed:
        assert (await give(allowed, await character(allowed), 1, actor=member))[0].state == "waiting"


async def test_who_may_contribute_is_for_those_to_say_who_manage_her(home: House) -> None:
    store, her = home.services.store, await character(home)
    for member in (MEMBER, ADMIN, STRANGER, SUPERUSER):
        await consent.give(store, member.member)

    async def may(actor) -> str:
        try:
            await open_batch(home.services, actor, her)
        except UserError as error:
            return error.key
        return ""

    assert [await may(MEMBER), await may(ADMIN), await may(SUPERUSER)] == ["", "", ""]
    assert await may(STRANGER) == "character.not_here"  # an admin, but of another group
    her = await change(store, ADMIN, her, contributors="admins")
    assert [await may(MEMBER), await may(ADMIN)] == ["contribute.admins", ""]
    her = await change(store, ADMIN, her, contributors="nobody")
    assert [await may(MEMBER), await may(ADMIN)] == ["contribute.closed", ""]
    her = await change(store, ADMIN, her, contributors="everybody", hidden=True)
    assert [await may(MEMBER), await may(ADMIN)] == ["character.not_here", ""]


async def test_an_end_is_an_end_for_the_rest_of_the_batch(tmp_path: Path) -> None:
    async with house(tmp_path, models=given.FACTORY, contributions_per_day=2) as home:
        sent = await batch(home, await character(home))
        outcomes = [o async for o in sent.take_all(uploads(*(file(picture(n)) for n in range(5))))]
        assert [o.state for o in outcomes] == ["waiting", "waiting", "refused"]
        assert outcomes[-1].reason == "quota_day"
        assert "2" in said(outcomes[-1])


async def test_a_full_storage_is_said_and_keeps_nothing(tmp_path: Path) -> None:
    async with house(tmp_path, models=given.FACTORY, storage_cap_gb=1e-6) as home:
        (outcome,) = await give(home, await character(home), 1)
        assert (outcome.reason, outcome.ends) == ("storage_full", True)
        assert kept_files(home) == []


async def test_in_private_everybody_has_characters_of_their_own(home: House) -> None:
    own = await character(home, "Mikoto", ALONE)
    assert own.owner == ALONE.member
    assert (await give(home, own, 1, actor=ALONE))[0].state == "accepted"
    with pytest.raises(UserError):
        await give(home, own, 2, actor=MEMBER)  # the same member, but before others


# --------------------------------------------------------------------------------------------------------- measures


def test_likeness_is_that_to_what_the_accepted_have_in_common() -> None:
    few = np.zeros((COMPARED + 1, DIMENSIONS), np.float16)
    few[:, 0] = 1
    few[-1] = -few[-1]  # which waits, and counts for nothing
    accepted = np.array([True] * COMPARED + [False])
    known = Known(np.arange(COMPARED + 1), accepted, np.zeros((COMPARED + 1, 4), np.uint64), few)
    probe = np.zeros(DIMENSIONS, np.float32)
    probe[:2] = 0.6, 0.8
    assert likeness_of(probe, known) == pytest.approx(0.6)
    assert likeness_of(probe, replace(known, accepted=accepted & (np.arange(COMPARED + 1) > 0))) is None


def test_the_score_grows_with_size_sharpness_and_likeness() -> None:
    assert score_of(256, 0.6, None) == score_of(900, 0.9, 1.0) == 1.0
    assert score_of(100, 0.6, None) < score_of(200, 0.6, None) < 1
    assert score_of(256, 0.3, None) < score_of(256, 0.5, None) < 1
    assert score_of(256, 0.6, -0.5) == 0 < score_of(256, 0.6, 0.5) < 1


def test_every_reason_has_its_words_and_those_that_end_are_among_them() -> None:
    for key in (*(f"contribute.refused.{reason}" for reason in REASONS), *(f"contribute.waiting.{n}" for n in NOTES)):
        assert CATALOGUE.has(key), key
    assert set(REASONS) >= ENDING
    known = {
        f"contribute.{state}.{reason}" for state, all_ in (("refused", REASONS), ("waiting", NOTES)) for reason in all_
    }
    there = {key for key in CATALOGUE.keys("en") if key.startswith(("contribute.refused.", "contribute.waiting."))}
    assert there == known
