"""What the page shows, as JSON; moments are ISO 8601 in UTC, and the browser says them in its own words."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args

from bot.characters import retraining, reviewing, wording
from bot.characters.preparing import LEAST_NEW
from bot.characters.progress import STAGES
from bot.command import UserError
from bot.monitoring.alerts import standing_alerts
from bot.monitoring.redaction import Redaction, secrets_of
from bot.services import Services
from bot.store.bans import Ban
from bot.store.characters import Character
from bot.store.contribution import STATES, Contribution, State
from bot.store.groups import GroupSettings
from bot.store.runs import Run
from bot.store.schema import EVERYBODY
from bot.store.versions import Version
from bot.surfaces.base import SurfaceHealth
from bot.surfaces.web.operator.curves import lines
from bot.surfaces.web.operator.door import Operator
from bot.surfaces.web.operator.given import Given
from bot.surfaces.web.status import pool_status

SAMPLE, LATELY = 12, 120  # heads shown of a character: the best of those that came last
PAGE = 60  # contributions asked for at once
HISTORY = 50  # versions and runs
LINES = 60  # of a run's log


class Views:
    """Everything that may be asked for. Numbers come from an address as they are; who asks for nobody gets
    `UserError`."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # -----------------------------------------------------------------------------------------------------------------

    async def home(self, operator: Operator, locale: str) -> dict[str, Any]:
        """Everybody's characters, and what is learnt just now."""
        store = self._services.store
        under_way = {one.run.character: one for one in await retraining.under_way(self._services, operator.actor())}
        used = {version.character: version.id for version in await store.versions.all_in_use()}
        shown = []
        for one in await store.characters.all():
            run = under_way.get(one.id)
            shown.append(
                self._character(operator, one)
                | {
                    "counts": _counts(await store.contributions.counts(one.id)),
                    "sample": await self._sample(one),
                    "version": _short(used.get(one.id)),
                    "run": None if run is None else self._run(locale, run.run) | {"place": run.place},
                }
            )
        return {"characters": shown}

    async def character(self, operator: Operator, locale: str, number: int) -> dict[str, Any]:
        services, actor = self._services, operator.actor()
        her = await self._her(number)
        standing = await retraining.standing(services, actor, her)
        history = await retraining.history(services, actor, her, HISTORY)
        default = await services.store.characters.default(her.owner)
        schedule = standing.schedule
        return self._character(operator, her) | {
            "default": default is not None and default.id == her.id,
            "counts": _counts(standing.counts),
            "sample": await self._sample(her),
            "new": standing.new,
            "least": standing.least,
            "version": None if standing.version is None else _short(standing.version.id),
            "drawn": None if standing.version is None else await self._drawn(standing.version),
            "run": None if standing.run is None else self._run(locale, standing.run),
            "schedule": {
                "cron": schedule.cron, "zone": schedule.zone.key, "enabled": schedule.enabled,
                "minutes": schedule.minutes, "least": schedule.least, "chosen": schedule.chosen,
                "due": _moment(standing.due),
            },
            "least_new": LEAST_NEW,
            "versions": [self._version(locale, one.version) | {
                "votes": [one.votes.good, one.votes.bad], "pairs": await self._pairs(one.version),
            } for one in history.versions],
            "runs": [self._run(locale, one) for one in history.runs],
        }  # fmt: skip

    async def contributions(
        self, operator: Operator, locale: str, number: int, asked: Mapping[str, str]
    ) -> dict[str, Any]:
        """A page of them: `state`, `after`, and of whom: `member`, `batch`."""
        her, state = await self._her(number), _state(asked.get("state", "waiting"))
        after = asked.get("after", "0")
        if not (after.isascii() and after.isdecimal() and len(after) <= 18):
            raise UserError("operator.odd", field="after")
        reviewing.must_manage(operator.actor(), her)
        of = Given(asked)
        member, batch = (of.text(name) if name in of else None for name in ("member", "batch"))
        found = await self._services.store.contributions.list(
            number, state, member=member, batch=batch,
            after=int(after), limit=PAGE + 1, newest=state != "waiting",
        )  # fmt: skip
        counts = await self._services.store.contributions.counts(number)
        return {
            "name": her.name,
            "counts": _counts(counts),
            "contributions": [self._contribution(locale, one) for one in found[:PAGE]],
            "next": found[PAGE - 1].id if len(found) > PAGE else None,
        }

    async def run(self, operator: Operator, locale: str, number: int) -> dict[str, Any]:
        services = self._services
        run = await services.trainings.get(number)
        if run is None:
            raise UserError("operator.no_run", number=number)
        her = await services.store.characters.get(run.character)
        version = None if run.version is None else await services.store.versions.get(run.version)
        curves = await services.trainings.curves(number)
        stamps = await asyncio.to_thread(_stamps, await services.trainings.sheets(run))
        return self._run(locale, run) | {
            "name": None if her is None else her.name,
            "version": None if version is None else self._version(locale, version),
            "curves": await asyncio.to_thread(lines, curves),
            "sheets": {name: f"/operator/runs/{number}/{name}?at={at}" for name, at in stamps.items()},
            "log": await services.trainings.log(number, LINES),
        }

    async def bot(self, operator: Operator, locale: str) -> dict[str, Any]:
        """How the bot is: its work, its workers, its surfaces, and what is learnt or waits to be."""
        services = self._services
        status, hide = services.pool.status(), Redaction(secrets_of(services.settings))
        return {
            **pool_status(status),
            "served": status.served,
            "turned_away": status.refused,
            "lanes": dict(status.waiting_in),
            "hands": [
                {
                    "name": one.name, "lane": one.lane, "device": one.device, "state": one.state,
                    "restarts": one.restarts, "bytes": one.memory_bytes, "models": sorted(one.models),
                }
                for one in status.workers
            ],
            "surfaces": [
                {"name": name} | _health(surface.health(), hide) for name, surface in services.surfaces.items()
            ],
            "alerts": standing_alerts(services),
            "trainings": [
                self._run(locale, one.run) | {"place": one.place, "name": one.character.name}
                for one in await retraining.under_way(services, operator.actor())
            ],
        }  # fmt: skip

    async def groups(self) -> dict[str, Any]:
        """Where the bot is, and every other group that has settings or characters of its own here."""
        store = self._services.store
        names: dict[str, tuple[str, int | None]] = {}
        for surface in self._services.surfaces.values():
            for one in await surface.groups():
                names[one.id] = one.name, one.members
        settings = {one.id: one for one in await store.groups.list()}
        characters: dict[str, list[dict[str, Any]]] = {}
        for one in await store.characters.all():
            if one.owner != EVERYBODY and not one.private:
                characters.setdefault(one.owner, []).append({"id": one.id, "name": one.name})
        bans: dict[str, list[dict[str, Any]]] = {}
        now = self._services.gate.now()
        for one in await store.group_bans.list():
            if one.ban.holds(now):
                bans.setdefault(one.group, []).append({"member": one.member} | _ban(one.ban))
        allowed = self._services.settings.groups_allow
        shown = []
        for id in sorted(names.keys() | settings.keys() | characters.keys() | bans.keys() | allowed):
            name, members = names.get(id, ("", None))
            own = settings.get(id) or GroupSettings(id)
            shown.append({
                "id": id, "name": name, "members": members, "there": id in names,
                "allowed": not allowed or id in allowed,
                "cooldown": own.cooldown_seconds, "quota": own.quota_per_day, "quiet": own.quiet,
                "off": sorted(own.disabled),
                "ban": _ban(own.ban) if own.ban is not None and own.ban.holds(now) else None,
                "bans": bans.get(id, []), "characters": characters.get(id, []),
            })  # fmt: skip
        return {"groups": shown}

    # -----------------------------------------------------------------------------------------------------------------

    async def _her(self, number: int) -> Character:
        her = await self._services.store.characters.get(number)
        if her is None:
            raise UserError("operator.no_character", number=number)
        return her

    async def _sample(self, her: Character) -> list[int]:
        last = await self._services.store.contributions.list(her.id, "accepted", limit=LATELY, newest=True)
        return [one.id for one in sorted(last, key=lambda one: -one.score)[:SAMPLE]]

    async def _drawn(self, version: Version) -> str | None:
        """The address of what a version draws."""
        return await self._sheet(version, "sheet")

    async def _pairs(self, version: Version) -> str | None:
        return await self._sheet(version, "pairs")

    async def _sheet(self, version: Version, name: str) -> str | None:
        run = None if version.run is None else await self._services.trainings.get(version.run)
        if run is None or run.version != version.id:
            return None
        found = await self._services.trainings.sheets(run)
        return f"/operator/runs/{run.id}/{name}" if name in found else None

    @staticmethod
    def _character(operator: Operator, one: Character) -> dict[str, Any]:
        home = "everybody" if one.owner == EVERYBODY else "member" if one.private else "group"
        return {
            "id": one.id, "model": one.model, "name": one.name, "aliases": one.aliases,
            "description": one.description, "licence": one.licence, "contributors": one.contributors,
            "review": one.review, "hidden": one.hidden, "owner": one.owner, "home": home,
            "chooses": home == "group" or one.owner == operator.member, "created": _moment(one.created),
        }  # fmt: skip

    def _contribution(self, locale: str, one: Contribution) -> dict[str, Any]:
        catalogue, key = self._services.catalogue, f"contribute.waiting.{one.note}"
        return {
            "id": one.id, "member": one.member, "batch": one.batch, "origin": one.origin, "state": one.state,
            "why": catalogue.text(locale, key) if catalogue.has(key) else "",
            "kept": one.file is not None, "side": one.side, "sharpness": round(one.sharpness, 3),
            "likeness": one.likeness, "nsfw": one.nsfw, "score": one.score, "created": _moment(one.created),
            "decided": _moment(one.decided), "by": one.decided_by,
        }  # fmt: skip

    def _run(self, locale: str, run: Run) -> dict[str, Any]:
        catalogue = self._services.catalogue
        over = run.state in ("failed", "stopped")
        progress, stage = dict(run.progress), run.progress.get("stage")
        if stage in STAGES:
            progress["stage_name"] = catalogue.text(locale, f"retrain.stage.{stage}")
        return {
            "id": run.id, "character": run.character, "state": run.state, "under_way": run.under_way,
            "state_name": catalogue.text(locale, f"retrain.state.{run.state}"),
            "device": run.device, "member": run.member, "minutes": run.minutes, "pictures": run.pictures,
            "base": run.base, "became": _short(run.version), "progress": progress,
            "why": wording.ended(catalogue, locale, run) if over else "", "detail": run.detail if over else "",
            "created": _moment(run.created), "began": _moment(run.began), "ended": _moment(run.ended),
        }  # fmt: skip

    def _version(self, locale: str, one: Version) -> dict[str, Any]:
        catalogue = self._services.catalogue
        return {
            "id": _short(one.id), "parent": one.parent, "run": one.run, "kimg": one.kimg, "pictures": one.pictures,
            "state": one.state, "state_name": catalogue.text(locale, f"retrain.version.{one.state}"),
            "tainted": one.tainted, "pruned": one.pruned,
            "why": wording.reasons(catalogue, locale, one), "numbers": wording.numbers(catalogue, locale, one),
            "created": _moment(one.created), "promoted": _moment(one.promoted),
        }  # fmt: skip


def _state(word: str) -> State:
    if word not in STATES:
        raise UserError("operator.odd", field="state")
    return next(state for state in get_args(State) if state == word)


def _counts(counts: Any) -> dict[str, int]:
    return {name: getattr(counts, name) for name in ("accepted", "waiting", "refused", "contributors")}


def _short(version: str | None) -> str | None:
    """What follows the @ in a version's name."""
    return None if version is None else version.partition("@")[2]


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def _ban(ban: Ban) -> dict[str, Any]:
    return {"until": _moment(ban.until), "reason": ban.reason}


def _health(health: SurfaceHealth, hide: Redaction) -> dict[str, str]:
    return {"state": health.state, "detail": hide(health.detail) if health.detail else ""}


def _stamps(sheets: Mapping[str, Any]) -> dict[str, int]:
    """When each was written, in milliseconds: its address changes when it does."""
    found = {}
    for name, path in sheets.items():
        try:
            found[name] = path.stat().st_mtime_ns // 1_000_000
        except OSError:  # it was thinned just now
            continue
    return found
