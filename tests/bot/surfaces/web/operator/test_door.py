"""Nobody but who runs the bot sees the operator's page, or changes anything there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.surfaces.web.operator.changes import CHANGES
from bot.surfaces.web.sessions import COOKIE
from tests.bot.surfaces.web.operator.conftest import Desk, running_desk

SEEN = [
    "/operator", "/operator/bot", "/operator/groups", "/operator/characters/1", "/operator/characters/1/review",
    "/operator/runs/1", "/operator/data/home", "/operator/data/bot", "/operator/data/groups",
    "/operator/data/characters/1", "/operator/data/characters/1/contributions", "/operator/data/runs/1",
    "/operator/heads/1", "/operator/runs/1/pairs",
]  # fmt: skip


async def _nothing(desk: Desk, status: int, headers: dict[str, str]) -> None:
    """Neither to see nor to change, whatever is asked for."""
    for path in SEEN:
        async with desk.site.get(path, headers=headers) as response:
            text = await response.text()
        is_page = not path.startswith(("/operator/data", "/operator/heads")) and path != "/operator/runs/1/pairs"
        assert response.status == (303 if status == 401 and is_page else status), path
        assert "Mikoto" not in text
    for name in CHANGES:
        fields = {"character": 1, "ids": [1], "name": "Mikoto", "group": "qq:30003", "minutes": 1, "anyway": True}
        async with desk.site.post(f"/operator/do/{name}", json=fields, headers=headers) as response:
            assert response.status == status, name
    her = await desk.store.characters.get(1)
    assert her == desk.her
    assert (await desk.store.contributions.counts(1)).waiting == 1
    assert await desk.services.trainings.history(1) == []


async def test_from_elsewhere_nobody_gets_anything(desk: Desk) -> None:
    await desk.given(1)
    for headers in ({"X-Forwarded-For": "203.0.113.9"}, {"Host": "rebound.evil.example"}):
        await _nothing(desk, 403, headers)


async def test_without_the_password_nobody_gets_anything(tmp_path: Path) -> None:
    async with running_desk(tmp_path, web_password="sesame") as desk:
        await desk.given(1)
        await _nothing(desk, 401, {})
        await _nothing(desk, 401, {"Cookie": f"{COOKIE}=0000000000000000.1.{'0' * 64}"})


async def test_the_password_of_the_chat_page_alone_opens_no_other(tmp_path: Path) -> None:
    async with running_desk(tmp_path, web_password="sesame") as desk:
        await desk.given(1)
        async with desk.site.post("/login", data={"password": "sesame"}) as response:
            assert response.status == 303
        await _nothing(desk, 403, {})
        async with desk.site.get("/operator", headers={"Accept-Language": "en"}) as response:
            assert "SUPERUSERS" in await response.text()
        async with desk.site.get("/") as response:
            assert '"operator":false' in await response.text()


async def test_whom_superusers_names_it_opens_to(tmp_path: Path) -> None:
    member = "web:abcdefghjkmn0123"
    async with running_desk(tmp_path, web_password="sesame", superusers={member}) as desk:
        sessions = desk.site.surface._admission.sessions
        assert sessions is not None
        cookie = sessions._signed(member.removeprefix("web:"), int(sessions._clock()))
        desk.site.http.cookie_jar.update_cookies({COOKIE: cookie})
        assert [one["name"] for one in (await desk.asks("home"))["characters"]] == ["Mikoto"]
        (id,) = await desk.given(1)
        await desk.does("accept", ids=[id])
        decided = await desk.store.contributions.get(id)
        assert decided is not None
        assert (decided.state, decided.decided_by) == ("accepted", member)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1", ""])
async def test_no_other_site_changes_anything(desk: Desk, origin: str) -> None:
    await desk.given(1)
    for name in CHANGES:
        fields = {"character": 1, "ids": [1], "name": "Mikoto", "group": "qq:30003", "anyway": True}
        headers = {"Origin": origin}
        async with desk.site.post(f"/operator/do/{name}", json=fields, headers=headers) as response:
            assert response.status == 403, name
    assert await desk.store.characters.get(1) == desk.her
    assert (await desk.store.contributions.counts(1)).waiting == 1
    for name in CHANGES:  # a picture of another site's, or a link
        async with desk.site.get(f"/operator/do/{name}") as response:
            assert response.status == 405


async def test_its_answers_are_kept_by_nobody(desk: Desk) -> None:
    (id,) = await desk.given(1)
    for path in ("/operator", "/operator/data/home", f"/operator/heads/{id}"):
        async with desk.site.get(path) as response:
            assert response.status == 200
            assert response.headers["Cache-Control"] == "no-store"
            assert "script-src 'self'" in response.headers["Content-Security-Policy"]
