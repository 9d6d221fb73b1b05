"""When a character is due, whatever the clocks do."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.characters.scheduling import NIGHTLY, LocalCron, Scheduling, cron_of, zone_of
from bot.command import UserError
from bot.store import Store
from bot.store.schedules import KeptSchedule
from tests.bot.characters.house import settings_of

BERLIN = ZoneInfo("Europe/Berlin")


def due(cron: str, start: datetime, count: int, zone: ZoneInfo = BERLIN) -> list[str]:
    trigger, now, before, found = LocalCron(cron, zone), start, None, []
    for _ in range(count):
        before = trigger.get_next_fire_time(before, now)
        assert before is not None
        found.append(f"{before:%a %d. %H:%M %z}")
        now = before + timedelta(seconds=1)
    return found


def test_an_hour_that_is_left_out_moves_on_and_comes_once():
    assert due("30 2 * * *", datetime(2026, 3, 28, tzinfo=BERLIN), 3) == [
        "Sat 28. 02:30 +0100", "Sun 29. 03:30 +0200", "Mon 30. 02:30 +0200",
    ]  # fmt: skip


def test_an_hour_that_comes_twice_counts_once():
    assert due("30 2 * * *", datetime(2026, 10, 24, tzinfo=BERLIN), 3) == [
        "Sat 24. 02:30 +0200", "Sun 25. 02:30 +0200", "Mon 26. 02:30 +0100",
    ]  # fmt: skip
    second = datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN, fold=1)  # a bot that starts within the second one
    assert due("30 2 * * *", second, 1) == ["Mon 26. 02:30 +0100"]


def test_a_bot_that_fired_before_the_clock_was_set_back_does_not_fire_again():
    trigger = LocalCron("30 3 * * *", BERLIN)
    fired = trigger.get_next_fire_time(None, datetime(2026, 5, 4, tzinfo=BERLIN))
    assert fired is not None
    again = trigger.get_next_fire_time(fired, fired - timedelta(minutes=5))
    assert again == fired + timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "names"),
    [
        ("0", "Sun"), ("7", "Sun"), ("1", "Mon"), ("sun", "Sun"), ("1-5", "Mon Tue Wed Thu Fri"),
        ("6-1", "Mon Sat Sun"), ("5-7", "Fri Sat Sun"), ("fri-sun", "Fri Sat Sun"), ("*/2", "Tue Thu Sat Sun"),
        ("1-5/2", "Mon Wed Fri"),
        ("1,3,sun", "Mon Wed Sun"), ("*", "Mon Tue Wed Thu Fri Sat Sun"),
    ],
)  # fmt: skip
def test_days_of_the_week_are_crons(days: str, names: str):
    monday = datetime(2026, 6, 1, tzinfo=BERLIN)
    count = len(names.split())
    assert [one.split()[0] for one in due(f"0 4 * * {days}", monday, count)] == names.split()


def test_either_kind_of_day_will_do_where_both_are_named():
    assert due("0 4 15 * 1", datetime(2026, 6, 9, tzinfo=BERLIN), 3) == [
        "Mon 15. 04:00 +0200", "Mon 22. 04:00 +0200", "Mon 29. 04:00 +0200",
    ]  # fmt: skip
    assert due("0 4 17 * 1", datetime(2026, 6, 16, tzinfo=BERLIN), 2) == ["Wed 17. 04:00 +0200", "Mon 22. 04:00 +0200"]


def test_a_time_is_a_cron_line_of_every_day():
    assert cron_of("4:30") == "30 4 * * *"
    assert cron_of(" 04:05 ") == "5 4 * * *"
    assert cron_of("23：59") == "59 23 * * *"
    assert cron_of("0  4 * *  SUN") == "0 4 * * sun"


@pytest.mark.parametrize(
    "text",
    ["", "25:00", "4:60", "* * * *", "* * * * * *", "60 0 * * *", "0 0 31 2 *", "0 0 * * 9", "a b c d e", "*/0 * * * *",
     "0 0 * * 1/0", "0 0 * * 1-", "0 0 * * -", "0 0 * * ,", "\x00", "1" * 1000, "0 0 * * 1;rm", "@daily"],
)  # fmt: skip
def test_what_is_no_time_is_refused(text: str):
    with pytest.raises(UserError) as refused:
        cron_of(text)
    assert refused.value.key == "retrain.schedule_unreadable"
    assert len(refused.value.values["text"]) <= 100


@pytest.mark.parametrize(
    ("typed", "zone"),
    [("Asia/Tokyo", "Asia/Tokyo"), (" asia/tokyo ", "Asia/Tokyo"), ("tokyo", "Asia/Tokyo"), ("utc", "UTC"),
     ("america/new york", "America/New_York"), ("Argentina/Buenos_Aires", None), ("Louisville", None), ("", None),
     ("posixrules", None), ("../Asia/Tokyo", None), ("Asia", None)],
)  # fmt: skip
def test_a_zone_is_named_as_people_type_it(typed: str, zone: str | None):
    if zone is not None:
        assert zone_of(typed).key == zone
        return
    with pytest.raises(UserError) as refused:
        zone_of(typed)
    assert refused.value.key == "retrain.zone_unknown"


async def test_a_zone_that_this_machine_does_not_know_keeps_nobody_from_being_trained(tmp_path: Path):
    store = await Store.open(settings_of(tmp_path))
    await store.schedules.put(KeptSchedule(12, "30 4 * * *", "Mars/Olympus"))
    lost = await Scheduling(store, "Asia/Shanghai").get(12)
    assert (lost.cron, lost.zone.key) == ("30 4 * * *", "Asia/Shanghai")
    await store.close()


async def test_each_character_is_due_by_the_clock_of_her_own_zone_through_summer_time(tmp_path: Path):
    store = await Store.open(settings_of(tmp_path))
    scheduling = Scheduling(store, "Asia/Shanghai")
    tokyo = await scheduling.set(1, zone="Asia/Tokyo")
    berlin = await scheduling.set(2, zone="Europe/Berlin")
    assert tokyo.cron == berlin.cron == NIGHTLY  # who names a zone alone keeps the time
    for day, utc in ((28, "02:30"), (29, "01:30")):  # the clocks of Berlin go forward at one o'clock UTC on the 29th
        now = datetime(2026, 3, day, tzinfo=UTC)
        due = berlin.next(now)
        assert due is not None
        assert (f"{due:%d. %H:%M}", f"{due.astimezone(UTC):%H:%M}") == (f"{day}. 03:30", utc)
        other = tokyo.next(now)
        assert other is not None
        assert f"{other.astimezone(UTC):%d. %H:%M}" == f"{day}. 18:30"
    await store.close()


async def test_a_schedule_is_the_default_until_somebody_says_otherwise(tmp_path: Path):
    store = await Store.open(settings_of(tmp_path))
    told = []

    async def changed(character: int) -> None:
        told.append(character)

    scheduling = Scheduling(store, "Asia/Shanghai", changed)
    default = await scheduling.get(12)
    assert (default.cron, default.zone.key, default.enabled, default.chosen) == (NIGHTLY, "Asia/Shanghai", True, False)
    assert default.next(datetime(2026, 1, 1, tzinfo=UTC)) == datetime(2026, 1, 1, 19, 30, tzinfo=UTC)

    await scheduling.set(12, when="4:30", zone="Europe/Berlin", minutes=20.0, least=5)
    await scheduling.set(12, enabled=False)
    off = await scheduling.get(12)
    assert (off.cron, off.zone.key, off.minutes, off.least, off.chosen) == (
        "30 4 * * *",
        "Europe/Berlin",
        20.0,
        5,
        True,
    )
    assert off.next(datetime(2026, 1, 1, tzinfo=UTC)) is None
    assert (await scheduling.set(12, when="0 5 * * 0")).enabled  # who names a time wants it

    for wrong in ({"when": "soon"}, {"zone": "Mars/Olympus"}, {"zone": "../../etc/passwd"}, {"zone": ""}):
        with pytest.raises(UserError):
            await scheduling.set(12, **wrong)  # type: ignore[arg-type]
    assert (await scheduling.get(12)).cron == "0 5 * * 0"
    assert not (await scheduling.reset(12)).chosen
    assert told == [12] * 4
    await store.close()
