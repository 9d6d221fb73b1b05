"""Runs and versions in words, for whoever speaks of them: the catalogue's texts below `retrain`."""

from __future__ import annotations

from bot.locale import Catalogue
from bot.store.characters import Character
from bot.store.runs import Run
from bot.store.versions import Version


def reasons(catalogue: Catalogue, locale: str, version: Version) -> str:
    """Why a candidate is one; "" for no reason."""
    words = [catalogue.text(locale, f"retrain.reason.{one}") for one in version.reasons]
    return catalogue.text(locale, "list.comma").join(words)


def ended(catalogue: Catalogue, locale: str, run: Run) -> str:
    """Why a run came to nothing."""
    key = f"retrain.ended.{run.reason}"
    return catalogue.text(locale, key if catalogue.has(key) else "retrain.ended.failed")


def numbers(catalogue: Catalogue, locale: str, version: Version) -> str:
    """How far a version is from her held-out pictures, and how far the one was that it is compared with; "" where
    nothing was measured."""
    try:
        new, old = (float(version.numbers[name]["distance"]) for name in ("new", "old"))
    except (KeyError, TypeError, ValueError):
        return ""
    return catalogue.text(locale, "retrain.numbers", new=f"{new:.3g}", old=f"{old:.3g}")


def notice(catalogue: Catalogue, locale: str, run: Run, character: Character, version: Version | None) -> str:
    """What is said when a run has begun, or is over."""
    if run.state == "running":
        values = {"name": character.name, "pictures": run.pictures, "minutes": f"{run.minutes:g}"}
        return catalogue.text(locale, "retrain.notice.began", **values)
    if version is None:
        return catalogue.text(locale, "retrain.notice.failed", name=character.name, why=ended(catalogue, locale, run))
    key = "retrain.notice.candidate" if version.state == "candidate" else "retrain.notice.promoted"
    values = {"name": character.name, "pictures": version.pictures, "why": reasons(catalogue, locale, version)}
    lines = [catalogue.text(locale, key, **values), numbers(catalogue, locale, version)]
    return "\n".join(line for line in lines if line)


def trouble(catalogue: Catalogue, locale: str, run: Run, character: Character) -> str:
    """What whoever runs the bot is told of a run that failed."""
    values = {"run": run.id, "name": character.name, "model": character.model, "detail": run.detail or "-"}
    return catalogue.text(locale, "retrain.notice.trouble", why=ended(catalogue, locale, run), **values)
