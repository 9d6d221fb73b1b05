"""`/help` and `/status`."""

import pytest

from bot.command import Role
from tests.bot.house import House


@pytest.mark.parametrize("role", Role)
async def test_help_lists_what_who_asks_can_type_and_leaves_out_what_is_hidden(home: House, role: Role) -> None:
    text = (await home.ask("/help", role=role)).text
    for command in home.services.commands.all():
        assert (f"/{command.name}（" in text) is (not command.hidden and command.needs <= role), command.name


async def test_help_for_one_command_shows_every_option_with_its_range(home: House) -> None:
    for name in ("waifu", "/waifu", "老婆"):
        text = (await home.ask(f"/help {name}", locale="en")).text
        assert "count" in text
        assert "1–64" in text
        assert "seed" in text


async def test_help_for_what_there_is_not_guesses(home: House) -> None:
    reply = await home.ask("/help wafu", locale="en")
    assert reply.failed
    assert "/waifu" in reply.text


async def test_status_counts_and_keeps_process_details_for_superusers(home: House) -> None:
    await home.ask("/waifu 3")
    member = (await home.ask("/status", locale="en")).text
    superuser = (await home.ask("/status", locale="en", role=Role.SUPERUSER)).text
    assert "waifu@starter" in member
    assert "MB" not in member
    assert "MB" in superuser


async def test_what_draws_is_listed_first_and_what_admins_may_do_last(home: House) -> None:
    lines = (await home.ask("/help", role=Role.SUPERUSER)).text.splitlines()
    names = [line[1:].partition("（")[0] for line in lines if line.startswith("/")]
    found = [c for name in names if (c := home.services.commands.get(name)) is not None]
    assert found[0].name == "waifu"
    assert [c.needs > Role.MEMBER for c in found] == sorted(c.needs > Role.MEMBER for c in found)
    members = [c for c in found if c.needs is Role.MEMBER]
    assert [not c.costs for c in members] == sorted(not c.costs for c in members)
    first = next(c.name for c in found if c.needs > Role.MEMBER)
    assert lines[lines.index("给管理员：") + 1].startswith(f"/{first}（")
