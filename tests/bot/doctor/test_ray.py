"""What the doctor says about Ray."""

import socket
from pathlib import Path

import pytest

from bot.doctor import ray
from bot.doctor.finding import Sign
from bot.doctor.ray import check_ray
from tests.bot.doctor.patients import settings, told


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray, "is_installed", lambda name: True)


async def test_of_a_local_pool_nothing_is_said(tmp_path: Path) -> None:
    assert await check_ray(settings(tmp_path)) == []


async def test_an_address_that_nobody_uses_is_noticed(tmp_path: Path) -> None:
    assert told(await check_ray(settings(tmp_path, ray_address="10.0.0.5:6379"))) == [(Sign.WARN, "unused")]


async def test_ray_must_be_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray, "is_installed", lambda name: False)
    assert told(await check_ray(settings(tmp_path, pool="ray"))) == [(Sign.BAD, "missing")]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        (None, (Sign.GOOD, "own")),
        ("auto", (Sign.NOTE, "auto")),
        ("somewhere", (Sign.BAD, "address")),
        ("127.0.0.1:1", (Sign.BAD, "unreachable")),
    ],
)
async def test_an_address_is_tried(tmp_path: Path, address: str | None, found: tuple[Sign, str]) -> None:
    assert told(await check_ray(settings(tmp_path, pool="ray", ray_address=address))) == [found]


async def test_a_cluster_that_answers_is_joined(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as head:
        address = f"ray://127.0.0.1:{head.getsockname()[1]}"
        assert told(await check_ray(settings(tmp_path, pool="ray", ray_address=address))) == [(Sign.GOOD, "joined")]
