"""Every change that can be made at the page, by its name: who may, and what is refused, is for `bot.characters` to say.

Each takes the services, the operator and the fields that the page sends, and gives the catalogue's sentence for what
was done, with its fields.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.characters import characters, retraining, reviewing
from bot.characters.reviewing import Decided
from bot.command import UserError
from bot.line.values import quoted
from bot.quiet import QuietHours
from bot.services import Services
from bot.store.bans import Ban
from bot.store.characters import CONTRIBUTORS, REVIEWS, Character, CharacterChanges
from bot.store.groups import GroupChanges
from bot.store.schema import EVERYBODY
from bot.surfaces.web.operator.door import Operator
from bot.surfaces.web.operator.given import Given

HOMES = ("everybody", "me", "group")
_GROUP = re.compile(r"[a-z]+:[^\s:@]{1,64}")
LONGEST_COOLDOWN, MOST_QUOTA = 3600, 100_000


@dataclass(frozen=True, slots=True)
class Done:
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)  # for the page to go on with


Change = Callable[[Services, Operator, Given], Awaitable[Done]]


# ---------------------------------------------------------------------------------------------------------------------
# Characters


async def create(services: Services, operator: Operator, given: Given) -> Done:
    home = given.word("home", HOMES)
    actor = operator.actor(_group(given) if home == "group" else None)
    her = await characters.create(
        services.store,
        actor,
        given.text("name"),
        aliases=given.words("aliases"),
        description=given.text("description"),
        licence=given.text("licence"),
        contributors=given.word("contributors", CONTRIBUTORS),
        review=given.word("review", REVIEWS),
        everywhere=home == "everybody",
    )
    return Done("operator.done.created", {"name": her.name}, {"id": her.id})


async def change(services: Services, operator: Operator, given: Given) -> Done:
    changes = CharacterChanges()
    if "name" in given:
        changes["name"] = given.text("name")
    if "aliases" in given:
        changes["aliases"] = given.words("aliases")
    if "description" in given:
        changes["description"] = given.text("description")
    if "licence" in given:
        changes["licence"] = given.text("licence")
    if "contributors" in given:
        changes["contributors"] = given.word("contributors", CONTRIBUTORS)
    if "review" in given:
        changes["review"] = given.word("review", REVIEWS)
    if "hidden" in given:
        changes["hidden"] = given.flag("hidden")
    her = await characters.change(services.store, operator.actor(), await _her(services, given), **changes)
    return Done("operator.done.changed", {"name": her.name})


async def make_default(services: Services, operator: Operator, given: Given) -> Done:
    her = await _her(services, given)
    if her.owner == EVERYBODY or (her.private and her.owner != operator.member):
        raise UserError("operator.no_default", name=her.name)
    actor = operator.actor(None if her.private else her.owner)
    await characters.make_default(services.store, actor, her)
    return Done("operator.done.default", {"name": her.name})


async def delete(services: Services, operator: Operator, given: Given) -> Done:
    """Her name has to be typed: nobody brings her back."""
    her = await _her(services, given)
    if " ".join(given.text("name").split()).casefold() != her.name.casefold():
        raise UserError("operator.other_name", name=her.name)
    gone = await characters.delete(services, operator.actor(), her)
    return Done("operator.done.deleted", {"name": her.name, "pictures": gone.pictures, "versions": gone.versions})


# ---------------------------------------------------------------------------------------------------------------------
# Contributions


async def accept(services: Services, operator: Operator, given: Given) -> Done:
    decided = await reviewing.accept(services.store, operator.actor(), await _there(services, given))
    return Done("operator.done.accepted", {"count": len(decided.changed)})


async def refuse(services: Services, operator: Operator, given: Given) -> Done:
    return _refused(await reviewing.refuse(services.store, operator.actor(), await _there(services, given)))


async def ban_pictures(services: Services, operator: Operator, given: Given) -> Done:
    """Each and whatever looks the same."""
    ids = await _there(services, given)
    for id in ids:
        await reviewing.ban_picture(services.store, operator.actor(), id)
    return Done("operator.done.banned", {"count": len(ids)})


async def pardon(services: Services, operator: Operator, given: Given) -> Done:
    ids = await _there(services, given)
    for id in ids:
        await reviewing.pardon(services.store, operator.actor(), id)
    return Done("operator.done.pardoned", {"count": len(ids)})


async def undo_batch(services: Services, operator: Operator, given: Given) -> Done:
    her = await _her(services, given)
    return _refused(await reviewing.undo(services.store, operator.actor(), her, batch=given.text("batch")))


async def undo_member(services: Services, operator: Operator, given: Given) -> Done:
    her = await _her(services, given)
    return _refused(await reviewing.undo(services.store, operator.actor(), her, member=given.text("member")))


async def ban_member(services: Services, operator: Operator, given: Given) -> Done:
    her, member, reason = await _her(services, given), given.text("member"), given.text("reason")
    decided = await reviewing.ban_member(services.store, operator.actor(), her, member, reason=reason)
    return Done("operator.done.member_banned", {"member": member, "count": len(decided.changed)})


# ---------------------------------------------------------------------------------------------------------------------
# Trainings


async def start(services: Services, operator: Operator, given: Given) -> Done:
    her = await _her(services, given)
    minutes = given.number("minutes") if "minutes" in given else None
    run = await retraining.start(services, operator.actor(), her, minutes=minutes, anyway=given.flag("anyway"))
    return Done("operator.done.started", {"run": run.id}, {"run": run.id})


async def stop(services: Services, operator: Operator, given: Given) -> Done:
    run = await retraining.stop(services, operator.actor(), await _her(services, given))
    return Done("operator.done.stopped", {"run": run.id})


async def promote(services: Services, operator: Operator, given: Given) -> Done:
    her = await _her(services, given)
    version, _ = await retraining.promote(services, operator.actor(), her, given.text("version"))
    return Done("operator.done.promoted", {"name": her.name, "version": version.id.partition("@")[2]})


async def rollback(services: Services, operator: Operator, given: Given) -> Done:
    her = await _her(services, given)
    version, _ = await retraining.rollback(services, operator.actor(), her)
    if version is None:
        return Done("operator.done.unlearnt", {"name": her.name})
    return Done("operator.done.promoted", {"name": her.name, "version": version.id.partition("@")[2]})


async def schedule(services: Services, operator: Operator, given: Given) -> Done:
    her = await _her(services, given)
    await retraining.schedule(
        services,
        operator.actor(),
        her,
        when=given.text("when") if "when" in given else None,
        zone=given.text("zone") if "zone" in given else None,
        minutes=given.number("minutes") if "minutes" in given else None,
        least=given.whole("least") if "least" in given else None,
        enabled=given.flag("enabled"),
    )
    return Done("operator.done.scheduled" if given.flag("enabled") else "operator.done.unscheduled", {"name": her.name})


async def unschedule(services: Services, operator: Operator, given: Given) -> Done:
    her = await _her(services, given)
    await retraining.unschedule(services, operator.actor(), her)
    return Done("operator.done.scheduled", {"name": her.name})


# ---------------------------------------------------------------------------------------------------------------------
# Groups


async def group_limits(services: Services, operator: Operator, given: Given) -> Done:
    """What is left out is the bot's own again."""
    own, changes = services.settings, GroupChanges(cooldown_seconds=None, quota_per_day=None, quiet=None)
    if "cooldown" in given:
        seconds = given.number("cooldown")
        if not 0 <= seconds <= min(own.cooldown_seconds, LONGEST_COOLDOWN):
            raise UserError("settings.cooldown_high", most=f"{own.cooldown_seconds:g}")
        changes["cooldown_seconds"] = seconds
    if "quota" in given:
        quota = given.whole("quota")
        if quota > min(own.quota_per_day, MOST_QUOTA):
            raise UserError("settings.quota_high", most=own.quota_per_day)
        changes["quota_per_day"] = quota
    if "quiet" in given:
        hours = QuietHours.parse(given.text("quiet"))
        if hours is None:
            raise UserError("settings.quiet_odd", value=quoted(given.text("quiet")))
        changes["quiet"] = str(hours)
    group = _group(given)
    await services.store.groups.update(group, **changes)
    return Done("operator.done.group", {"group": group})


async def group_ban(services: Services, operator: Operator, given: Given) -> Done:
    group, reason = _group(given), given.text("reason")[: reviewing.LONGEST_REASON]
    await services.store.groups.update(group, ban=Ban(None, reason))
    return Done("operator.done.group_banned", {"group": group})


async def group_unban(services: Services, operator: Operator, given: Given) -> Done:
    group = _group(given)
    await services.store.groups.update(group, ban=None)
    return Done("operator.done.group_unbanned", {"group": group})


async def member_unban(services: Services, operator: Operator, given: Given) -> Done:
    group, member = _group(given), given.text("member")
    await services.store.group_bans.unban(group, member)
    return Done("operator.done.member_unbanned", {"member": member})


CHANGES: Mapping[str, Change] = {
    "create": create,
    "change": change,
    "default": make_default,
    "delete": delete,
    "accept": accept,
    "refuse": refuse,
    "ban": ban_pictures,
    "pardon": pardon,
    "undo-batch": undo_batch,
    "undo-member": undo_member,
    "ban-member": ban_member,
    "start": start,
    "stop": stop,
    "promote": promote,
    "rollback": rollback,
    "schedule": schedule,
    "unschedule": unschedule,
    "group": group_limits,
    "ban-group": group_ban,
    "unban-group": group_unban,
    "unban-member": member_unban,
}


async def _her(services: Services, given: Given) -> Character:
    number = given.whole("character")
    her = await services.store.characters.get(number)
    if her is None:
        raise UserError("operator.no_character", number=number)
    return her


async def _there(services: Services, given: Given) -> list[int]:
    """The pictures that are meant, but for those that somebody has taken back since the page showed them: of the others
    all is to be as it was decided. Where none is left they are as they were given."""
    ids = given.ids("ids")
    there = {one.id for one in await services.store.contributions.some(ids)}
    return [id for id in ids if id in there] or ids


def _group(given: Given) -> str:
    group = given.text("group").strip()
    if _GROUP.fullmatch(group) is None:
        raise UserError("group.no_id", value=quoted(group))
    return group


def _refused(decided: Decided) -> Done:
    values = {"count": len(decided.changed), "versions": decided.gone.versions}
    return Done("operator.done.refused_learnt" if decided.gone.versions else "operator.done.refused", values)
