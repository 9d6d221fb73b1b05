"""Contributions for the tests: pictures that no two of are alike, unless they are asked to be."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from bot.store import Store
from bot.store.characters import Character
from bot.store.contribution import DIMENSIONS, Contribution, Draft, Limits

GROUP, OTHER = "qq:30003", "qq:30004"
ME, YOU = "qq:10001", "qq:10002"
TEXT = 1  # version of what everybody here has agreed to
LIMITS = Limits(datetime.now(UTC) - timedelta(hours=1), per_day=1000, consent=TEXT)


def hash_of(name: object) -> bytes:
    """256 bits that half of differ from any other's."""
    return hashlib.sha256(str(name).encode()).digest()


def near(phash: bytes, bits: int) -> bytes:
    """The same hash but for so many bits."""
    flipped = np.unpackbits(np.frombuffer(phash, np.uint8))
    flipped[:bits] ^= 1
    return np.packbits(flipped).tobytes()


def embedding(name: object = "her") -> bytes:
    values = np.random.default_rng(list(hash_of(name))).normal(size=DIMENSIONS)
    return (values / np.linalg.norm(values)).astype("<f2").tobytes()


def draft(character: Character, name: object, member: str = ME, **changes: Any) -> Draft:
    base = Draft(
        character.id, member, "batch", "qq", "accepted", "", f"picture {name}".encode(), hash_of(name),
        hash_of(f"whole {name}"), (hash_of(f"mirrored {name}"), hash_of(f"mirrored whole {name}")), embedding(),
        300, 0.6, None, None, 0.9,
    )  # fmt: skip
    return replace(base, **changes)


async def character(store: Store, name: str = "Mikoto", owner: str = GROUP, member: str = ME) -> Character:
    return await store.characters.add(owner, member=member, most=10, name=name)


async def give(store: Store, draft: Draft, limits: Limits = LIMITS) -> Contribution:
    """Keep a picture of a member who has said yes."""
    await store.consents.give(draft.member, TEXT)
    return await store.contributions.add(draft, limits)
