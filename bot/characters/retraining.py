"""What members do about the learning of a character: see how it goes, and for who manages her start it, stop it, say
when it is, choose the version that draws.

Every function takes the `Actor` and refuses with `UserError` what they may not do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.characters.acting import Actor, must_manage, must_see, sees
from bot.characters.preparing import LEAST_NEW
from bot.characters.runs import LONGEST, SHORTEST
from bot.characters.scheduling import Schedule
from bot.command import Role, UserError
from bot.line.values import quoted
from bot.services import Services
from bot.store.characters import Character
from bot.store.contribution import Counts
from bot.store.runs import Run
from bot.store.versions import Version
from bot.store.votes import Tally

MOST_NEW = 10_000  # pictures that a schedule may wait for


@dataclass(frozen=True, slots=True)
class Standing:
    """How a character stands."""

    character: Character
    counts: Counts  # of what was contributed
    new: int  # accepted pictures that no version has seen
    least: int  # as many of them as a run by schedule takes
    version: Version | None  # that draws her
    run: Run | None  # that waits or runs
    schedule: Schedule
    due: datetime | None  # when that is next, in its zone; None for never


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run that waits or runs."""

    run: Run
    character: Character
    place: int  # 0: it runs; else how many wait before it, and itself


@dataclass(frozen=True, slots=True)
class Judged:
    """A version, and what members think of what it draws."""

    version: Version
    votes: Tally


@dataclass(frozen=True, slots=True)
class History:
    """Newest first."""

    runs: Sequence[Run]
    versions: Sequence[Judged]


async def standing(services: Services, actor: Actor, character: Character) -> Standing:
    """Raises `UserError`."""
    must_see(actor, character)
    schedule = await services.scheduling.get(character.id)
    _, new = await services.trainings.preparing.new_pictures(character.id)
    return Standing(
        character,
        await services.store.contributions.counts(character.id),
        new,
        LEAST_NEW if schedule.least is None else schedule.least,
        await services.trainings.lineage.in_use(character),
        await _under_way(services, character),
        schedule,
        schedule.next(services.gate.now()),
    )


async def start(
    services: Services,
    actor: Actor,
    character: Character,
    *,
    minutes: float | None = None,
    anyway: bool = False,
    follow: float = 0.0,
) -> Run:
    """Put a run into the queue; `anyway` though there is less new to learn from than a schedule waits for. For `follow`
    seconds the chat sees how far it is. Raises `UserError`."""
    must_manage(actor, character)
    _check_minutes(services, actor, minutes)
    schedule = await services.scheduling.get(character.id)
    return await services.trainings.ask(
        character,
        member=actor.member,
        group=actor.group,
        minutes=schedule.minutes if minutes is None else minutes,
        least=0 if anyway else schedule.least,
        follow=follow,
    )


async def stop(services: Services, actor: Actor, character: Character) -> Run:
    """Have the run that waits or runs end for good; gives it. Raises `UserError`, also where there is none."""
    must_manage(actor, character)
    run = await _under_way(services, character)
    if run is None or not await services.trainings.stop_run(run.id):
        raise UserError("retrain.nothing_runs", name=character.name)
    return await services.trainings.get(run.id) or run


async def under_way(services: Services, actor: Actor) -> list[Waiting]:
    """What runs and what waits of the characters that are known here, in their order."""
    found, before = [], 0
    for run in await services.trainings.under_way():
        before += run.state == "queued"
        character = await services.store.characters.get(run.character)
        if character is not None and sees(actor, character):
            found.append(Waiting(run, character, before if run.state == "queued" else 0))
    return found


async def history(services: Services, actor: Actor, character: Character, most: int = 10) -> History:
    """Her last runs and versions. Raises `UserError`."""
    must_see(actor, character)
    versions = (await services.store.versions.list(character.id))[:most]
    votes = await services.store.votes.tallies([one.id for one in versions])
    runs = await services.trainings.history(character.id, most)
    return History(runs, [Judged(one, votes[one.id]) for one in versions])


async def promote(services: Services, actor: Actor, character: Character, version: str) -> tuple[Version, str | None]:
    """Have a version draw her, whatever the gate has said of it: named by its id, by what follows the @ in it, or by
    what that ends with. Gives it, and the id of the one before. Raises `UserError`."""
    must_manage(actor, character)
    wanted = version.strip().removeprefix("@").casefold()
    versions = await services.store.versions.list(character.id)
    found = [one for one in versions if wanted in _names(one)]
    if len(found) != 1:
        raise UserError("retrain.no_such_version", version=quoted(version))
    if found[0].state == "promoted":
        raise UserError("retrain.in_use", version=found[0].id.partition("@")[2])
    before = await services.trainings.lineage.promote(character, found[0].id)
    return found[0], None if before is None else before.id


async def rollback(services: Services, actor: Actor, character: Character) -> tuple[Version | None, str | None]:
    """Back to the version that drew her before; gives it, None where none did, and the id of the one that did until
    now. Raises `UserError`."""
    must_manage(actor, character)
    used = await services.trainings.lineage.in_use(character)
    return await services.trainings.lineage.rollback(character), None if used is None else used.id


async def schedule(
    services: Services,
    actor: Actor,
    character: Character,
    *,
    when: str | None = None,
    zone: str | None = None,
    enabled: bool | None = None,
    minutes: float | None = None,
    least: int | None = None,
) -> Schedule:
    """Change what is given of when she is learnt by herself: a time (`4:30`) or a cron line, the time zone, whether at
    all, for how long, from how many new pictures on. With nothing given it is only shown, to everybody. Raises
    `UserError`, and then nothing has changed."""
    if when is zone is enabled is minutes is least is None:
        must_see(actor, character)
        return await services.scheduling.get(character.id)
    must_manage(actor, character)
    _check_minutes(services, actor, minutes)
    if least is not None and not 1 <= least <= MOST_NEW:
        raise UserError("retrain.least", most=MOST_NEW)
    return await services.scheduling.set(
        character.id, when=when, zone=zone, enabled=enabled, minutes=minutes, least=least
    )


async def unschedule(services: Services, actor: Actor, character: Character) -> Schedule:
    """Back to every night at the bot's own time. Raises `UserError`."""
    must_manage(actor, character)
    return await services.scheduling.reset(character.id)


def _check_minutes(services: Services, actor: Actor, minutes: float | None) -> None:
    """Raises `UserError`. In private anybody manages somebody, and keeps the device no longer than is usual."""
    private = actor.group is None and actor.role < Role.SUPERUSER
    most = max(SHORTEST, services.settings.train_minutes) if private else LONGEST
    if minutes is not None and not SHORTEST <= minutes <= most:
        raise UserError("retrain.minutes", least=f"{SHORTEST:g}", most=f"{most:g}")


async def _under_way(services: Services, character: Character) -> Run | None:
    last = await services.trainings.history(character.id, 1)
    return last[0] if last and last[0].under_way else None


def _names(version: Version) -> tuple[str, str, str]:
    id = version.id.casefold()
    return id, id.partition("@")[2], id.rpartition("-")[2]
