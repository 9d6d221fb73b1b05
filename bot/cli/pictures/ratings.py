"""`--rating` of what chooses among pictures that are here."""

import typer


def asked(text: str) -> frozenset[str] | None:
    """The ratings of "g,s", None of "any". Raises typer.BadParameter."""
    from data.booru.post import RATINGS
    from data.booru.query import subset

    if text.strip().lower() == "any":
        return None
    try:
        return subset(text, RATINGS, "rating")
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--rating") from error
