"""Who is told what, how often, and what is said when it is over."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

import pytest
from loguru import logger

from bot.locale import LOCALES, Catalogue
from bot.monitoring.alerts import AGAIN, CALM, MOST_AN_HOUR, REPEAT, Alerts, standing_alerts
from bot.monitoring.checks import DOWN
from bot.monitoring.metrics import Metrics
from bot.monitoring.troubles import KINDS, Trouble
from bot.monitoring.watch import in_turn
from bot.monitoring.wording import sentence
from bot.services import Services
from bot.store.leases import Leases
from tests.bot.monitoring.conftest import Build
from tests.bot.monitoring.peers import Clock, StillSurface


class Wrong:
    """A check that finds what it is told to."""

    def __init__(self, *troubles: Trouble) -> None:
        self.troubles: Sequence[Trouble] = troubles

    def __call__(self, now: float) -> Iterable[Trouble]:
        return self.troubles


DISK = Trouble("disk_full", values={"percent": 93, "free": "1.0 GB"})
JOB = Trouble("job_failed", "clean-up")


class Scene:
    """Alerts whose checks and clock a test turns."""

    def __init__(self, services: Services, *troubles: Trouble, **more) -> None:
        self.services, self.clock, self.wrong = services, Clock(), Wrong(*troubles)
        self.alerts = Alerts(services, clock=self.clock, checks=[self.wrong], **more)
        self.qq, self.discord, self.web = (
            cast(StillSurface, services.surfaces[name]) for name in ("qq", "discord", "web")
        )

    async def after(self, seconds: float, *troubles: Trouble) -> None:
        """So much later these are wrong, and somebody looks."""
        self.clock.now += seconds
        self.wrong.troubles = troubles
        await self.alerts.look()

    async def calm(self, *troubles: Trouble) -> None:
        """Only these are wrong, for long enough that the others are over."""
        await self.after(0, *troubles)
        await self.after(CALM, *troubles)


async def test_a_surface_that_is_down_for_five_minutes_is_told_to_those_who_can_be_reached(services: Services) -> None:
    clock = Clock()
    alerts = Alerts(services, clock=clock)
    qq, discord = (cast(StillSurface, services.surfaces[name]) for name in ("qq", "discord"))
    await alerts.look()
    qq.is_("failed", "the token is wrong")
    for _ in range(11):
        await alerts.look()
        clock.now += 30
    assert (qq.texts, len(discord.texts)) == ([], 1)
    assert "qq" in discord.texts[0]
    assert "5 min" in discord.texts[0]
    assert "the token is wrong" in discord.texts[0]
    assert discord.told[0][0] == "discord:@2"

    clock.now += DOWN
    qq.is_("up")
    await alerts.look()
    clock.now += CALM
    await alerts.look()
    for surface in (qq, discord):  # who could not be told before learns of it now
        assert "qq is back" in surface.texts[-1]
        assert "All is well again" in surface.texts[-1]


async def test_it_is_said_once_and_again_after_six_hours(services: Services) -> None:
    scene = Scene(services)
    for _ in range(20):
        await scene.after(30, DISK)
    assert len(scene.qq.texts) == 1
    await scene.after(REPEAT, DISK)
    assert len(scene.qq.texts) == 2
    assert "still" not in scene.qq.texts[0]
    assert "still" in scene.qq.texts[1]


async def test_what_is_over_is_said_and_all_is_well_only_where_nothing_is_left(services: Services) -> None:
    scene = Scene(services)
    await scene.after(0, DISK, JOB)
    await scene.calm(JOB)
    assert "room on the disk again" in scene.qq.texts[-1]
    assert "All is well" not in scene.qq.texts[-1]
    await scene.calm()
    assert "All is well again" in scene.qq.texts[-1]
    await scene.after(2 * REPEAT)
    assert len(scene.qq.texts) == 3


async def test_what_comes_and_goes_is_not_told_as_over_each_time(services: Services) -> None:
    scene = Scene(services)
    for _ in range(20):
        await scene.after(30, DISK)
        await scene.after(30)
    assert len(scene.qq.texts) == 1


async def test_many_troubles_at_once_are_one_message_of_bearable_length(services: Services) -> None:
    scene = Scene(services)
    await scene.after(0, *(Trouble("worker_dying", f"model-{i}", values={"times": 3}) for i in range(200)))
    assert len(scene.qq.texts) == 1
    assert "model-0" in scene.qq.texts[0]
    assert "188 more" in scene.qq.texts[0]
    assert scene.qq.texts[0].count("\n") < 20


async def test_a_storm_is_cut_to_so_many_messages_an_hour_and_nothing_is_forgotten(services: Services) -> None:
    scene, troubles = Scene(services), []
    for i in range(3 * MOST_AN_HOUR):
        troubles.append(Trouble("worker_dying", f"model-{i}", values={"times": 3}))
        await scene.after(30, *troubles)
    assert len(scene.qq.texts) == MOST_AN_HOUR
    await scene.after(3600, *troubles)
    assert len(scene.qq.texts) == MOST_AN_HOUR + 1
    for trouble in troubles[MOST_AN_HOUR:]:
        assert trouble.subject in scene.qq.texts[-1]


async def test_where_nobody_could_be_told_it_is_tried_again_after_a_while(services: Services) -> None:
    scene = Scene(services)
    scene.qq.refuses = scene.discord.refuses = True
    await scene.after(0, DISK)
    scene.discord.refuses = False
    await scene.after(30, DISK)
    assert scene.discord.texts == []  # an account that refuses is not bothered twice a minute
    await scene.after(AGAIN, DISK)
    assert len(scene.discord.texts) == 1


async def test_what_was_over_before_anybody_could_be_reached_is_told_when_somebody_can(services: Services) -> None:
    scene = Scene(services)
    scene.qq.is_("waiting")
    scene.discord.is_("failed")
    await scene.after(0, DISK)
    await scene.calm()
    assert scene.qq.texts == []
    scene.qq.is_("up")
    await scene.after(30)
    assert "room on the disk again" in scene.qq.texts[0]


async def test_each_superuser_is_told_in_their_language(services: Services) -> None:
    await services.store.members.set_locale("qq:1", "zh-CN")
    scene = Scene(services)
    await scene.after(0, DISK)
    assert "磁盘" in scene.qq.texts[0]
    assert "disk" in scene.discord.texts[0]
    assert (scene.qq.told[0][1].locale, scene.discord.told[0][1].locale) == ("zh-CN", "en")


async def test_without_a_database_the_bots_own_language_is_spoken(services: Services) -> None:
    async with services.store.database.write() as connection:
        await connection.exec_driver_sql("DROP TABLE members")
    scene = Scene(services)
    await scene.after(0, DISK)
    assert "disk" in scene.qq.texts[0]


async def test_who_sits_at_the_machine_is_told_on_the_page_as_long_as_it_has_no_password(build: Build) -> None:
    async with build(superusers=set(), web_password=None) as services:
        scene = Scene(services)
        await scene.after(0, DISK)
        assert [chat for chat, _ in scene.web.told] == ["web:@local"]
    async with build(superusers=set()) as services:
        scene = Scene(services)
        await scene.after(0, DISK)
        assert scene.web.told + scene.qq.told + scene.discord.told == []


async def test_a_surface_that_breaks_while_it_tells_keeps_nobody_else_from_hearing(services: Services) -> None:
    class Broken(StillSurface):
        async def tell(self, chat, reply):
            raise RuntimeError("a bug")

    services.surfaces["qq"] = Broken("qq")
    scene = Scene(services)
    await scene.after(0, DISK)
    assert len(scene.discord.texts) == 1


async def test_switched_off_it_tells_nobody_but_still_shows(build: Build) -> None:
    async with build(alerts=False) as services:
        scene = Scene(services)
        await scene.after(0, DISK)
        assert scene.qq.texts == []
        (shown,) = standing_alerts(services)
        assert shown["kind"] == "disk_full"
        assert "93 %" in shown["text"]
        assert "T" in shown["since"]
        await scene.calm()
        assert standing_alerts(services) == []


async def test_of_several_bots_one_tells_what_all_see_and_each_tells_its_own(services: Services) -> None:
    one = Scene(services, may_speak=in_turn(Leases(services.store.database)))
    # another bot, which happens to speak through the same surfaces
    there = replace(services, metrics=Metrics())
    other = Scene(there, may_speak=in_turn(Leases(services.store.database)))

    def said(words: str) -> int:
        return sum(words in text for text in one.qq.texts)

    dying = Trouble("worker_dying", "model-0", values={"times": 3})
    await one.after(0, JOB)
    await other.after(0, JOB, dying)
    assert (said("clean-up"), said("model-0")) == (1, 1)
    await other.calm()
    assert (said("lives quietly"), said("went well")) == (1, 0)  # who told of it tells that it is over
    await one.calm()
    assert said("went well") == 1


async def test_another_bot_takes_over_from_one_that_has_ended(services: Services) -> None:
    speaker = "one"

    def of(name: str):
        async def may_speak(id: str) -> bool:
            return speaker == name

        return may_speak

    one = Scene(services, may_speak=of("one"))
    other = Scene(replace(services, metrics=Metrics()), may_speak=of("other"))
    await one.after(0, JOB)
    await other.after(0, JOB)
    assert len(one.qq.texts) == 1
    speaker = "other"
    await other.after(30, JOB)
    assert len(one.qq.texts) == 2


async def test_where_nobody_can_say_who_tells_it_is_told(services: Services) -> None:
    async def away(id: str) -> bool:
        raise OSError("the database is away")

    scene = Scene(services, may_speak=away)
    await scene.after(0, Trouble("database_away", lasting=60))
    assert len(scene.qq.texts) == 1


async def test_a_check_that_fails_keeps_the_others_from_nothing_and_is_logged_once(services: Services) -> None:
    def broken(now: float) -> list[Trouble]:
        raise RuntimeError("a surface's bug")

    lines: list[str] = []
    sink = logger.add(lines.append, level="ERROR")
    try:
        alerts = Alerts(services, clock=Clock(), checks=[broken, Wrong(DISK)])
        await alerts.look()
        await alerts.look()
    finally:
        logger.remove(sink)
    assert len(cast(StillSurface, services.surfaces["qq"]).texts) == 1
    assert sum("cannot be asked" in line for line in lines) == 1


async def test_alerts_stand_in_the_log(services: Services) -> None:
    lines: list[str] = []
    sink = logger.add(lines.append, level="INFO", format="{level} {message}")
    try:
        scene = Scene(services)
        await scene.after(0, DISK)
        await scene.after(30, DISK)
        await scene.calm()
    finally:
        logger.remove(sink)
    ours = [line for line in lines if "alert" in line]
    assert [line.split()[0] for line in ours] == ["WARNING", "INFO"]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_words(kind: str, locale: str) -> None:
    catalogue = Catalogue.load()
    values: dict[str, str | int] = {"percent": 93, "free": "1.0 GB", "times": 3, "detail": "why"}
    for over in (False, True):
        said = sentence(catalogue, locale, Trouble(kind, "qq", 4000.0, values), over=over)
        assert not said.startswith("alerts.")
        assert "{" not in said
    assert "1 h 7 min" in sentence(catalogue, "en", Trouble("surface_down", "qq", 4000.0))
