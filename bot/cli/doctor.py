"""`python -m bot doctor`: is everything well?"""

from typing import Annotated

import typer


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object on stdout.")] = False,
) -> None:
    """See whether everything that the bot needs is well, and what to do where it is not. Changes nothing."""
    from bot.doctor.visit import visit

    raise typer.Exit(visit(as_json))
