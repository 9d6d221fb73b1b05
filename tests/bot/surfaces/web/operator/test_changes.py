"""What can be done at the page, and what is refused, each with a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.store.bans import Ban
from bot.store.contribution import Counts
from tests.bot.surfaces.web.operator.conftest import GROUP, ONE, TWO, Desk, running_desk

WORDS = {"aliases": "", "description": "", "licence": "", "contributors": "everybody", "review": "auto"}
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("create", {"name": "Ann", "home": "group", "group": "the group", **WORDS}, "the group"),
    ("create", {"name": "Ann", "home": "nowhere", **WORDS}, "home"),
    ("create", {"name": "Ann", "home": "me", **WORDS, "review": "perhaps"}, "review"),
    ("create", {"home": "me", **WORDS}, "name"),
    ("change", {"character": 1, "name": "12"}, "12"),
    ("change", {"character": "1", "name": "Ann"}, "character"),
    ("change", {"character": 77}, "77"),
    ("delete", {"character": 1, "name": "mikot"}, "Mikoto"),
    ("accept", {"ids": []}, "ids"),
    ("accept", {"ids": [True]}, "ids"),
    ("accept", {"ids": [99]}, "99"),
    ("ban-member", {"character": 1, "member": "web:local", "reason": ""}, "you"),
    ("undo-batch", {"character": 1, "batch": "none"}, "none"),
    ("undo-batch", {"character": 1, "batch": "a\0b"}, "batch"),
    ("start", {"character": 1, "anyway": True}, "pictures"),
    ("start", {"character": 1, "anyway": True, "minutes": 0.2}, "minutes"),
    ("stop", {"character": 1}, "Mikoto"),
    ("promote", {"character": 1, "version": "abc"}, "abc"),
    ("rollback", {"character": 1}, "learnt"),
    ("schedule", {"character": 1, "enabled": True, "when": "soon"}, "soon"),
    ("schedule", {"character": 1, "enabled": True, "zone": "Moon"}, "Moon"),
    ("group", {"group": GROUP, "quota": 201}, "200"),
    ("group", {"group": GROUP, "cooldown": 9}, "3"),
    ("group", {"group": GROUP, "quiet": "at night"}, "at night"),
]


async def test_a_character_is_created_for_everybody_for_a_group_and_for_oneself(desk: Desk) -> None:
    for name, home, owner in (("Ann", "everybody", "*"), ("Ben", "group", "qq:8"), ("Cem", "me", "web:local")):
        made = await desk.does(
            "create", name=name, home=home, group="qq:8", **WORDS | {"aliases": f"{name}y，小{name}"}
        )
        one = await desk.store.characters.get(made["id"])
        assert one is not None
        assert (one.owner, one.aliases, one.member) == (owner, (f"{name}y", f"小{name}"), "web:local")
    shown = {one["name"]: one for one in (await desk.asks("home"))["characters"]}
    assert [shown[name]["home"] for name in ("Mikoto", "Ann", "Ben", "Cem")] == [
        "group",
        "everybody",
        "group",
        "member",
    ]


async def test_what_cannot_be_done_is_refused_with_a_sentence(desk: Desk) -> None:
    for change, fields, word in REFUSED:
        refused = await desk.does(change, 409, **fields)
        assert word in refused["text"], (change, fields)
        assert "{" not in refused["text"]
    assert [one.name for one in await desk.store.characters.all()] == ["Mikoto"]


async def test_what_is_no_change_and_what_cannot_be_read_is_refused(desk: Desk) -> None:
    await desk.does("dance", 404)
    for body in (b"{", b"[1]", b"\xff", b'{"name": ' + b"[" * 50_000, b'{"name": "' + b"x" * 70_000 + b'"}'):
        headers = {"Content-Type": "application/json"}
        async with desk.site.post("/operator/do/create", data=body, headers=headers) as response:
            assert response.status == 409
            assert (await response.json())["text"]
    for path in (
        "characters/77",
        "characters/x",
        "runs/3",
        "characters/1/contributions?state=lost",
        "characters/1/contributions?batch=%00",
    ):
        assert (await desk.asks(path, 409))["text"]


async def test_she_is_renamed_hidden_meant_and_deleted(desk: Desk) -> None:
    await desk.given(2)
    await desk.does("change", character=1, name="Biri", hidden=True, review="always")
    shown = await desk.asks("characters/1")
    assert (shown["name"], shown["hidden"], shown["review"], shown["aliases"]) == ("Biri", True, "always", ["炮姐"])
    other = await desk.does("create", name="Ann", home="group", group=GROUP, **WORDS)
    await desk.does("default", character=other["id"])
    assert (await desk.asks(f"characters/{other['id']}"))["default"]
    everybodys = await desk.does("create", name="Ben", home="everybody", **WORDS)
    assert "Ben" in (await desk.does("default", 409, character=everybodys["id"]))["text"]
    gone = await desk.does("delete", character=1, name="biri")
    assert "2 pictures" in gone["text"]
    assert await desk.store.characters.get(1) is None


# --------------------------------------------------------------------------------------------------------------- review


async def test_contributions_are_decided_about(desk: Desk) -> None:
    ids = [*await desk.given(4), *await desk.given(3, member=TWO, first=4)]
    await desk.does("accept", ids=ids[:2])
    await desk.does("refuse", ids=[ids[2]])
    assert (await desk.does("ban", ids=[ids[3], ids[3]]))["text"].startswith("1 banned")
    waiting = await desk.asks("characters/1/contributions?state=waiting")
    assert [one["id"] for one in waiting["contributions"]] == ids[4:]
    assert waiting["counts"] == {"accepted": 2, "waiting": 3, "refused": 2, "contributors": 2}
    assert (await desk.does("undo-member", character=1, member=TWO))["text"].startswith("3 refused")
    await desk.does("pardon", ids=[ids[2]])
    assert await desk.store.contributions.get(ids[2]) is None
    banned = await desk.does("ban-member", character=1, member=ONE, reason="noise")
    assert ONE in banned["text"]
    assert await desk.store.group_bans.get(GROUP, ONE) == Ban(None, "noise")
    assert (await desk.store.contributions.counts(1)).accepted == 0


async def test_what_was_taken_back_meanwhile_keeps_nothing_from_being_decided(desk: Desk) -> None:
    mine, theirs = await desk.given(3), await desk.given(1, member=TWO, first=3)
    await desk.store.contributions.take_back(TWO)
    for change, one in (("accept", mine[0]), ("refuse", mine[1]), ("ban", mine[2]), ("pardon", mine[1])):
        assert (await desk.does(change, ids=[*theirs, one, *range(1000, 1700)]))["text"].startswith("1 "), change
    assert await desk.store.contributions.counts(1) == Counts(accepted=1, refused=1, contributors=1)
    await desk.does("accept", 409, ids=theirs)


async def test_pages_of_contributions_follow_each_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.surfaces.web.operator.views.PAGE", 3)
    ids = [*await desk.given(7, "accepted")]
    found, after = [], 0
    while after is not None:
        page = await desk.asks(f"characters/1/contributions?state=accepted&after={after}")
        found += [one["id"] for one in page["contributions"]]
        after = page["next"]
    assert found == ids[::-1]


async def test_heads_are_shown_until_they_are_refused(desk: Desk) -> None:
    (id,) = await desk.given(1)
    async with desk.site.get(f"/operator/heads/{id}") as response:
        assert (response.status, response.content_type) == (200, "image/webp")
    await desk.does("refuse", ids=[id])
    for number in (id, 99, "x"):
        async with desk.site.get(f"/operator/heads/{number}") as response:
            assert response.status == 404


# ------------------------------------------------------------------------------------------------------------ trainings


async def test_she_is_learnt_and_versions_change_places(desk: Desk) -> None:
    await desk.given(12, "accepted")
    first = await desk.learnt()
    await desk.given(1, "accepted", first=12)
    second = await desk.learnt()
    shown = await desk.asks("characters/1")
    assert [one["id"] for one in shown["versions"]] == [second, first]
    assert shown["version"] == second
    await desk.does("rollback", character=1)
    assert (await desk.asks("characters/1"))["version"] == first
    assert second in (await desk.does("promote", character=1, version=second))["text"]
    assert (await desk.asks("characters/1"))["version"] == second
    run = await desk.asks(f"runs/{shown['runs'][0]['id']}")
    assert (run["state"], run["name"], run["version"]["id"]) == ("done", "Mikoto", second)


async def test_a_run_is_watched_and_stopped(tmp_path: Path) -> None:
    async with running_desk(tmp_path, {"hold": True}) as desk:
        await desk.given(12, "accepted")
        run = (await desk.does("start", character=1, anyway=False))["run"]
        async for now in desk.services.trainings.watch(run):
            if now.progress.get("stage") == "learning":
                break
        shown = await desk.asks(f"runs/{run}")
        assert (shown["state"], shown["progress"]["stage_name"]) == ("running", "learning")
        assert [one["name"] for one in (await desk.asks("bot"))["trainings"]] == ["Mikoto"]
        await desk.does("start", 409, character=1, anyway=True)
        await desk.does("stop", character=1)
        stopped = await desk.asks(f"runs/{run}")
        assert (stopped["state"], stopped["why"]) == ("stopped", "somebody stopped it")


async def test_pictures_of_a_run_are_shown_and_no_other_file_is(desk: Desk) -> None:
    await desk.given(12, "accepted")
    version = await desk.learnt()
    folder = desk.services.trainings.lineage.folder(f"c1@{version}")
    (folder / "pairs.jpg").write_bytes(b"old beside new")
    shown = await desk.asks("characters/1")
    async with desk.site.get(shown["versions"][0]["pairs"]) as response:
        assert (await response.read(), response.content_type) == (b"old beside new", "image/jpeg")
    for name in ("sheet", "config.json", "..%2fconfig.json", "pairs.jpg"):
        async with desk.site.get(f"/operator/runs/1/{name}") as response:
            assert response.status == 404


async def test_a_schedule_is_set_and_given_up(desk: Desk) -> None:
    await desk.does("schedule", character=1, enabled=True, when="4:05", zone="Europe/Berlin", minutes=12, least=3)
    shown = (await desk.asks("characters/1"))["schedule"]
    assert (shown["cron"], shown["zone"], shown["minutes"], shown["least"]) == ("5 4 * * *", "Europe/Berlin", 12, 3)
    await desk.does("schedule", character=1, enabled=False)
    assert (await desk.asks("characters/1"))["schedule"]["due"] is None
    await desk.does("unschedule", character=1)
    assert not (await desk.asks("characters/1"))["schedule"]["chosen"]


# --------------------------------------------------------------------------------------------------------------- groups


async def test_a_groups_limits_and_bans(desk: Desk) -> None:
    await desk.does("group", group=GROUP, cooldown=1.5, quota=40, quiet="23-7")
    await desk.store.group_bans.ban(GROUP, TWO, Ban(None, "loud"))
    (shown,) = (await desk.asks("groups"))["groups"]
    assert (shown["cooldown"], shown["quota"], shown["quiet"]) == (1.5, 40, "23:00-07:00")
    assert shown["bans"] == [{"member": TWO, "until": None, "reason": "loud"}]
    assert shown["characters"] == [{"id": 1, "name": "Mikoto"}]
    await desk.does("unban-member", group=GROUP, member=TWO)
    await desk.does("ban-group", group=GROUP, reason="spam")
    await desk.does("group", group=GROUP)
    (shown,) = (await desk.asks("groups"))["groups"]
    assert (shown["cooldown"], shown["quota"], shown["quiet"], shown["bans"]) == (None, None, None, [])
    assert shown["ban"] == {"until": None, "reason": "spam"}
    await desk.does("unban-group", group=GROUP)
    assert (await desk.asks("groups"))["groups"][0]["ban"] is None


async def test_the_work_names_workers_and_surfaces(desk: Desk) -> None:
    shown = await desk.asks("bot")
    assert [one["name"] for one in shown["hands"]] == ["model-0", "picture-0"]
    assert shown["surfaces"] == [{"name": "web", "state": "up", "detail": ""}]
