"""`python -m bot bench`: how fast it is on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from benchmarks.figures import Figure


def bench(
    quick: Annotated[bool, typer.Option("--quick", help="A third of the rounds: less certain.")] = False,
) -> None:
    """Measure this machine and print a table; docs/performance.md keeps one."""
    import asyncio
    import importlib.util
    import os
    from pathlib import Path

    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch is loaded: see bot/pool/passive.py

    from rich.console import Console
    from rich.table import Table

    from benchmarks import (
        chat,
        contributions,
        discord,
        drawing,
        heads,
        inference,
        latent,
        pool,
        pool_ray,
        sets,
        store,
        stylegan,
        training,
        translating,
        twin_search,
    )
    from bot.settings import load

    settings = load()
    console = Console()
    rounds = 3 if quick else 9
    groups = [
        ("The whole bot", lambda: asyncio.run(chat.measure(2 if quick else chat.ROUNDS))),
        ("Faces that turn into one another (60 frames)", lambda: asyncio.run(latent.measure(2 if quick else 5))),
        ("The pool", lambda: asyncio.run(pool.throughput(settings, rounds))),
        ("A character learnt meanwhile", lambda: asyncio.run(training.waiting(settings, 10 if quick else 40))),
        ("The generator, 96 px", lambda: inference.measure(settings.storage_dir / "models", rounds=rounds)),
        (
            "StyleGAN2 drawing, 128 px, batches of 8",
            lambda: [*stylegan.drawing(8192, rounds), *stylegan.drawing(16384, rounds)],
        ),
        ("StyleGAN2 learning", lambda: stylegan.learning(rounds // 2 + 1)),
        ("The drawing program", lambda: drawing.measure(rounds)),
        ("Training sets", lambda: sets.measure(rounds)),
        ("Heads out of pictures", lambda: heads.measure(rounds)),
        ("Photos into drawings", lambda: translating.network(rounds)),
        ("Who looks like whom", lambda: asyncio.run(twin_search.measure(rounds))),
        ("Contributions to a character", lambda: asyncio.run(contributions.measure(rounds))),
    ]
    if Path("tests/wire/fake_discord.py").exists():  # in a checkout, which has the fake Discord and painted people
        groups.insert(1, ("Discord beside QQ", lambda: asyncio.run(discord.measure())))
        groups.insert(2, ("Photos into drawings, in a chat", lambda: asyncio.run(translating.command(rounds))))
    if importlib.util.find_spec("ray") is not None:
        groups.append(("The pool on Ray", lambda: asyncio.run(pool_ray.measure(settings))))
    if (url := settings.database_url) and url.startswith("postgres"):
        groups.append(("The store", lambda: asyncio.run(store.measure(url, rounds))))
    table = Table("", "", "", "", title=_machine())
    for title, measure in groups:
        with console.status(title):
            figures = measure()
        table.add_section()
        table.add_row(f"[b]{title}")
        for figure in figures:
            value = f"{figure.value:,.2f}" if figure.value < 100 else f"{figure.value:,.0f}"
            table.add_row(figure.name, value, figure.unit, _limit(figure))
    console.print(table)


def _limit(figure: Figure) -> str:
    if figure.holds is None:
        return ""
    bound = f">= {figure.floor:g}" if figure.floor is not None else f"<= {figure.ceiling:g}"
    return f"[{'green' if figure.holds else 'red'}]{bound}"


def _machine() -> str:
    import os
    import platform

    from models.throughput import processor

    return f"{processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
