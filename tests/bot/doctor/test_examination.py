"""All checks together."""

import asyncio
from pathlib import Path

import pytest

from bot.doctor import examination
from bot.doctor.configured import Configuration
from bot.doctor.examination import examine
from bot.doctor.finding import Finding, Sign, good
from tests.bot.doctor.patients import told


def _with(monkeypatch: pytest.MonkeyPatch, *checks) -> Configuration:
    monkeypatch.setattr(examination, "_checks", lambda configuration: list(checks))
    return Configuration(Path(".env"))


async def test_a_check_that_stumbles_or_hangs_leaves_the_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    async def stumbles() -> list[Finding]:
        raise RuntimeError("oh")

    async def hangs() -> list[Finding]:
        await asyncio.Event().wait()
        return []

    async def well() -> list[Finding]:
        return [good("packages", "all", count=1)]

    configuration = _with(monkeypatch, ("disk", stumbles, 60.0), ("port", hangs, 0.1), ("packages", well, 60.0))
    findings = [finding async for finding in examine(configuration)]
    assert told(findings) == [(Sign.WARN, "check_failed"), (Sign.WARN, "check_slow"), (Sign.GOOD, "all")]


async def test_they_run_at_once_and_are_told_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    second_is_done = asyncio.Event()

    async def first() -> list[Finding]:
        await second_is_done.wait()
        return [good("packages", "all", count=1)]

    async def second() -> list[Finding]:
        second_is_done.set()
        return [good("packages", "all", count=2)]

    findings = examine(_with(monkeypatch, ("packages", first, 60.0), ("packages", second, 60.0)))
    assert [finding.values["count"] async for finding in findings] == [1, 2]


async def test_without_the_packages_it_still_looks_at_what_it_can() -> None:
    found = [finding async for finding in examine(Configuration(Path(".env")))]  # whose settings nobody could read
    assert {"python", "packages", "settings", "pictures", "rest"} == {finding.check for finding in found}
